"""A unit: a coherent set of learning outcomes that can be assessed, and the credit allocated to them.

A course, a module, a micro-credential's content: whatever an institution awards credit for as a whole.
Sources: ECTS Users' Guide 2015, 3; ECVET Recommendation 2009, Annex II.
"""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from domain.errors import AlreadyDescribed, InvalidValue, WrongInstitution
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.values import (
    CreditPoints,
    CreditScheme,
    InstitutionId,
    IscedF,
    LearningOutcome,
    Level,
    Names,
    OutcomeId,
    Setting,
    UnitId,
    hours,
    in_languages,
    isced_f,
    language_tag,
    optional_text,
    points_by_scheme,
    settle,
    term_name,
    text,
    unit_id,
    uri,
)

# --- facts ----------------------------------------------------------------------------------------------


class UnitDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue says of a unit. It is part of two stored events: its fields never change.

    `points` is the credit allocated to the whole unit, at most one amount a scheme: a unit may be worth
    5 ECTS and 5 KZ, which are not 10 of anything. `workload_hours` are the learner's, all kinds together.
    Refuses (InvalidValue): no outcomes, an outcome's id twice, a scheme twice.
    """

    code: str
    names: Names
    outcomes: tuple[LearningOutcome, ...]
    setting: Setting
    points: tuple[CreditPoints, ...]
    level: Level | None = None
    field: IscedF | None = None
    workload_hours: Decimal | None = None
    language: str | None = None
    assessment: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        settle(self, "code", text(self.code, "a unit's code", limit=50))
        settle(self, "names", in_languages(self.names, "a unit's name"))
        settle(self, "points", points_by_scheme(self.points, f"The unit {self.code}"))
        settle(self, "workload_hours", hours(self.workload_hours, "a workload"))
        settle(self, "assessment", optional_text(self.assessment, "a type of assessment"))
        if self.field is not None:
            isced_f(self.field)
        if self.language is not None:
            language_tag(self.language)
        uri(self.url)
        if not self.outcomes:
            raise InvalidValue(f"The unit {self.code} has no learning outcomes, and credit is for outcomes.")
        if len({outcome.id for outcome in self.outcomes}) < len(self.outcomes):
            raise InvalidValue(f"The unit {self.code} has two learning outcomes of one id.")


class UnitDescribed(UnitDescription, Event, tag="unit.described.v1", forbid_unknown_fields=True):
    unit: UnitId
    institution: InstitutionId


class UnitRevised(UnitDescription, Event, tag="unit.revised.v1", forbid_unknown_fields=True):
    """The whole description anew. Credit awarded before stays as it was awarded."""


class UnitOffered(Event, tag="unit.offered.v1"):
    """When the unit is taught, and what has to come before it; the whole of it anew, each time it is said."""

    terms: tuple[str, ...]
    """The institution's names for its terms, such as `autumn`; none is every term."""
    prerequisites: tuple[UnitId, ...]


# --- state ----------------------------------------------------------------------------------------------


class Unit(UnitDescription, frozen=True, kw_only=True):
    id: UnitId
    institution: InstitutionId
    revision: int = 1
    terms: tuple[str, ...] = ()
    """The terms it is taught in; none is every term."""
    prerequisites: tuple[UnitId, ...] = ()

    @property
    def outcome_ids(self) -> tuple[OutcomeId, ...]:
        return tuple(outcome.id for outcome in self.outcomes)

    def allocated(self, scheme: CreditScheme) -> CreditPoints | None:
        """The credit allocated to the unit in that scheme, if any is."""
        return next((points for points in self.points if points.scheme is scheme), None)


def evolve(unit: Unit | None, event: Event) -> Unit:
    """The unit after one more fact."""
    match unit, event:
        case None, UnitDescribed():
            return _described(event, event.unit, event.institution, revision=1)
        case Unit(), UnitRevised():
            revised = _described(event, unit.id, unit.institution, revision=unit.revision + 1)
            return msgspec.structs.replace(revised, terms=unit.terms, prerequisites=unit.prerequisites)
        case Unit(), UnitOffered():
            return msgspec.structs.replace(unit, terms=event.terms, prerequisites=event.prerequisites)
    raise cannot_follow(event, "a unit")


def _described(says: UnitDescription, unit: UnitId, institution: InstitutionId, revision: int) -> Unit:
    description = {name: getattr(says, name) for name in UnitDescription.__struct_fields__}
    return Unit(id=unit, institution=institution, revision=revision, **description)


def fold(events: Iterable[Event]) -> Unit:
    """The unit its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No unit is described under this id.")


# --- decisions ------------------------------------------------------------------------------------------


def describe(
    existing: Unit | None, description: UnitDescription, *, unit: str, by: Institution
) -> UnitDescribed:
    """Enter a unit in the institution's catalogue.

    Refuses: AlreadyDescribed, InvalidValue.
    """
    if existing is not None:
        raise AlreadyDescribed(f"The unit {existing.id} is described already; it may be revised.")
    return UnitDescribed(unit=unit_id(unit), institution=by.id, **msgspec.structs.asdict(description))


def revise(unit: Unit, description: UnitDescription, *, by: Institution) -> UnitRevised:
    """Describe the unit anew, from now on.

    Refuses: WrongInstitution, InvalidValue (another setting would make it another unit).
    """
    if by.id != unit.institution:
        raise WrongInstitution(f"The unit {unit.id} is {unit.institution}'s, and {by.id} cannot revise it.")
    if description.setting is not unit.setting:
        raise InvalidValue(f"The unit {unit.id} is {unit.setting} learning, which a revision cannot change.")
    return UnitRevised(**msgspec.structs.asdict(description))


MOST_TERMS = 12


def offer(
    unit: Unit, *, terms: Iterable[str] = (), prerequisites: Iterable[str] = (), by: Institution
) -> UnitOffered:
    """Say in which terms the unit is taught, every term where none is named, and which units come before it.

    Refuses: WrongInstitution, InvalidValue (a unit before itself, names of terms that are none).
    """
    if by.id != unit.institution:
        raise WrongInstitution(f"The unit {unit.id} is {unit.institution}'s, and {by.id} cannot offer it.")
    before = tuple(sorted({unit_id(each) for each in prerequisites}))
    if unit.id in before:
        raise InvalidValue(f"The unit {unit.id} cannot come before itself.")
    taught = tuple(dict.fromkeys(term_name(term) for term in terms))
    if len(taught) > MOST_TERMS:
        raise InvalidValue(f"A year has at most {MOST_TERMS} terms.")
    return UnitOffered(terms=taught, prerequisites=before)
