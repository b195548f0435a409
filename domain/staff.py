"""The staff of an institution who examine and decide: each signs with a key of her own.

Stream `staff/{person}`. An expert's conclusion, a member's vote and a chair's minutes are acts of persons, not of the
house: the institution says whose key it is, and what might make her a judge in her own cause. A person is known by
an id and a position; her name is in the institution's own papers.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from domain.errors import AlreadyRegistered, WrongInstitution
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.values import InstitutionId, PersonId, UnitId, multikey, person_id, text, unit_id

# --- facts ----------------------------------------------------------------------------------------------


class Side(StrEnum):
    """Which side of the house a person is of; a commission has both."""

    ADMINISTRATION = "administration"
    TEACHING = "teaching"


class StaffRegistered(Event, tag="staff.registered.v1"):
    person: PersonId
    institution: InstitutionId
    position: str
    side: Side
    key_multikey: str
    teaches: tuple[UnitId, ...] = ()
    """Units she teaches, here or elsewhere: she does not judge what would replace them."""
    affiliations: tuple[str, ...] = ()
    """Providers outside for whom she works, as their documents name them."""


class StaffRevised(Event, tag="staff.revised.v1"):
    """What is true of her from now on; her key stays."""

    institution: InstitutionId
    position: str
    side: Side
    teaches: tuple[UnitId, ...] = ()
    affiliations: tuple[str, ...] = ()


# --- state ----------------------------------------------------------------------------------------------


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: PersonId
    institution: InstitutionId
    position: str
    side: Side
    key_multikey: str
    teaches: tuple[UnitId, ...]
    affiliations: tuple[str, ...]

    def works_for(self, provider: str | None) -> bool:
        """Whether a provider, as a document names it, is one she works for."""
        return provider is not None and _plain(provider) in map(_plain, self.affiliations)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def evolve(person: Person | None, event: Event) -> Person:
    """The person after one more fact."""
    match person, event:
        case None, StaffRegistered():
            return Person(
                id=event.person,
                institution=event.institution,
                position=event.position,
                side=event.side,
                key_multikey=event.key_multikey,
                teaches=event.teaches,
                affiliations=event.affiliations,
            )
        case Person(), StaffRevised():
            return msgspec.structs.replace(
                person,
                position=event.position,
                side=event.side,
                teaches=event.teaches,
                affiliations=event.affiliations,
            )
    raise cannot_follow(event, "a member of staff")


def fold(events: Iterable[Event]) -> Person:
    """The person her events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "Nobody of the staff is registered under this id.")


# --- decisions ------------------------------------------------------------------------------------------


def register(
    existing: Person | None,
    *,
    person: str,
    by: Institution,
    position: str,
    side: Side,
    key: str,
    teaches: Iterable[str] = (),
    affiliations: Iterable[str] = (),
) -> StaffRegistered:
    """Say that this person, with this key (a Multikey), is of the institution's staff.

    Refuses: AlreadyRegistered, InvalidValue.
    """
    if existing is not None:
        raise AlreadyRegistered(
            f"{existing.id} is registered among the staff of {existing.institution} already."
        )
    return StaffRegistered(
        person=person_id(person),
        institution=by.id,
        position=text(position, "a position"),
        side=side,
        key_multikey=multikey(key),
        teaches=_units(teaches),
        affiliations=_providers(affiliations),
    )


def revise(
    person: Person,
    *,
    by: Institution,
    position: str,
    side: Side,
    teaches: Iterable[str] = (),
    affiliations: Iterable[str] = (),
) -> StaffRevised:
    """Say what is true of her from now on. Refuses: WrongInstitution, InvalidValue."""
    if person.institution != by.id:
        raise WrongInstitution(f"{person.id} is of {person.institution}, and {by.id} cannot speak for her.")
    return StaffRevised(
        institution=by.id,
        position=text(position, "a position"),
        side=side,
        teaches=_units(teaches),
        affiliations=_providers(affiliations),
    )


def _units(named: Iterable[str]) -> tuple[UnitId, ...]:
    return tuple(dict.fromkeys(unit_id(unit) for unit in named))


def _providers(named: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text(name, "a provider's name") for name in named))
