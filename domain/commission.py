"""A commission of recognition: composed by the institution, with a chair and a deputy whom its members elect.

Stream `commission/{commission}`. An odd number of members, not more than the policy allows, of administration and
teaching staff. Chair and deputy are elected at the first meeting by open majority: each ballot is signed by the
member who casts it, and may be cast anew until the election is over. A composition never changes; another one is
another commission, and an appeal goes to one with nobody in common.
Source: joint Order 544/322 of 24 October 2023; the rules of Astana IT University.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

import msgspec

from domain.errors import (
    AlreadyComposed,
    InvalidValue,
    NotComposed,
    NotOfTheCommission,
    WrongInstitution,
)
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.recognition_policy import Clause, RecognitionRules
from domain.staff import Person, Side
from domain.values import CommissionId, InstitutionId, PersonId, commission_id, day, person_id, text

# --- facts ----------------------------------------------------------------------------------------------


class CommissionComposed(Event, tag="commission.composed.v1"):
    commission: CommissionId
    institution: InstitutionId
    members: tuple[PersonId, ...]
    reference: str
    """The institution's order that appoints them."""
    composed_on: date


class BallotCast(Event, tag="commission.ballot_cast.v1"):
    """An open vote, signed by the member `by`: whom she wants as chair, and whom as deputy."""

    by: PersonId
    chair: PersonId
    deputy: PersonId
    cast_on: date


class OfficersElected(Event, tag="commission.officers_elected.v1"):
    institution: InstitutionId
    chair: PersonId
    deputy: PersonId
    elected_on: date


# --- state ----------------------------------------------------------------------------------------------


class Commission(msgspec.Struct, frozen=True, kw_only=True):
    composed: CommissionComposed
    ballots: Mapping[PersonId, BallotCast]
    """The last of each member."""
    elected: OfficersElected | None = None

    @property
    def id(self) -> CommissionId:
        return self.composed.commission

    @property
    def institution(self) -> InstitutionId:
        return self.composed.institution

    @property
    def members(self) -> tuple[PersonId, ...]:
        return self.composed.members


def evolve(commission: Commission | None, event: Event) -> Commission:
    """The commission after one more fact."""
    match commission, event:
        case None, CommissionComposed():
            return Commission(composed=event, ballots=MappingProxyType({}))
        case Commission(), BallotCast():
            ballots = MappingProxyType({**commission.ballots, event.by: event})
            return msgspec.structs.replace(commission, ballots=ballots)
        case Commission(), OfficersElected():
            return msgspec.structs.replace(commission, elected=event)
    raise cannot_follow(event, "a commission")


def fold(events: Iterable[Event]) -> Commission:
    """The commission its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No commission is composed under this id.")


# --- decisions ------------------------------------------------------------------------------------------


def compose(
    existing: Commission | None,
    rules: RecognitionRules,
    *,
    commission: str,
    by: Institution,
    members: Iterable[Person],
    reference: str,
    on: date,
) -> CommissionComposed:
    """Appoint the members. Refuses: AlreadyComposed, NotComposed (with the clause), WrongInstitution, InvalidValue."""
    if existing is not None:
        raise AlreadyComposed(
            f"The commission {existing.id} is composed already; another one takes another id."
        )
    appointed = tuple(members)
    cited = rules.clause(Clause.COMPOSITION)
    if len({each.id for each in appointed}) < len(appointed):
        raise InvalidValue("A member is named once.")
    if len(appointed) < 3 or not len(appointed) % 2 or len(appointed) > rules.most_members:
        raise NotComposed(
            f"A commission has an odd number of members from 3 to {rules.most_members}, and not {len(appointed)}",
            cited,
        )
    for each in appointed:
        if each.institution != by.id:
            raise WrongInstitution(f"{each.id} is of {each.institution}, and not of the staff of {by.id}.")
    if {each.side for each in appointed} != set(Side):
        raise NotComposed("A commission has members of the administration and of the teaching staff", cited)
    return CommissionComposed(
        commission=commission_id(commission),
        institution=by.id,
        members=tuple(each.id for each in appointed),
        reference=text(reference, "the reference of an order"),
        composed_on=day(on),
    )


def cast_ballot(commission: Commission, *, by: str, chair: str, deputy: str, on: date) -> BallotCast:
    """Vote openly for a chair and a deputy. Refuses: AlreadyComposed (elected), NotOfTheCommission, InvalidValue."""
    _not_elected_yet(commission)
    for named in (by, chair, deputy):
        if named not in commission.members:
            raise NotOfTheCommission(f"{person_id(named)} is no member of the commission {commission.id}.")
    if chair == deputy:
        raise InvalidValue("Chair and deputy are two persons.")
    return BallotCast(
        by=PersonId(by), chair=PersonId(chair), deputy=PersonId(deputy), cast_on=_not_before(commission, on)
    )


def elect(commission: Commission, rules: RecognitionRules, *, by: Institution, on: date) -> OfficersElected:
    """Declare elected whom a majority of all members wants: as chair, and as deputy.

    Refuses: AlreadyComposed (elected before), NotComposed (no majority yet, with the clause), WrongInstitution.
    """
    _not_elected_yet(commission)
    if commission.institution != by.id:
        raise WrongInstitution(f"The commission {commission.id} is {commission.institution}'s.")
    chair = _wanted(commission, rules, "chair", [ballot.chair for ballot in commission.ballots.values()])
    deputy = _wanted(commission, rules, "deputy", [ballot.deputy for ballot in commission.ballots.values()])
    return OfficersElected(
        institution=by.id, chair=chair, deputy=deputy, elected_on=_not_before(commission, on)
    )


def _wanted(commission: Commission, rules: RecognitionRules, office: str, votes: list[PersonId]) -> PersonId:
    [(first, number)] = Counter(votes).most_common(1) or [(PersonId(""), 0)]
    if 2 * number <= len(commission.members):
        raise NotComposed(
            f"Nobody has the votes of more than half of the {len(commission.members)} members as {office}",
            rules.clause(Clause.OFFICERS),
        )
    return first


def _not_elected_yet(commission: Commission) -> None:
    if commission.elected is not None:
        raise AlreadyComposed(
            f"The commission {commission.id} elected {commission.elected.chair} as its chair already."
        )


def _not_before(commission: Commission, on: date) -> date:
    if day(on) < commission.composed.composed_on:
        raise InvalidValue(f"The commission {commission.id} had not been composed on {on}.")
    return on
