"""A qualification: what an institution confers, and the tree of requirements that earns it.

    all of
    ├── the unit «ECVET in educational programmes»
    ├── at least 4 ECVET from {length and workload, EQF and EQARF}
    └── 1 of
        ├── …

The tree says *what is asked*; `domain.progress` says how far a learner's credits answer it.
Sources: ECVET Recommendation 2009, Annex II (points go to the qualification first, then to its units by
relative weight); ECTS Users' Guide 2015, 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from math import comb

import msgspec

from domain.errors import AlreadyDescribed, InvalidValue, WrongInstitution
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.values import (
    CreditPoints,
    InstitutionId,
    IscedF,
    Level,
    Names,
    QualificationId,
    Setting,
    UnitId,
    in_languages,
    isced_f,
    qualification_id,
    settle,
    unit_id,
)

# --- requirements ---------------------------------------------------------------------------------------


class _Requirement(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="requires"
):
    label: Names

    def _settle_label(self) -> None:
        settle(self, "label", in_languages(self.label, "a requirement's label"))


class RequiredUnit(_Requirement, frozen=True, tag="unit"):
    """The unit itself, whatever it is worth: its credit must be there, and none of its points are spent."""

    unit: UnitId

    def __post_init__(self) -> None:
        self._settle_label()
        unit_id(self.unit)


class PointsFrom(_Requirement, frozen=True, tag="points"):
    """At least so many points, in their scheme, from credit that qualifies. No point serves two of these.

    `units`: only from these; None is from any. `min_level`: in its own framework, this level or above.
    `settings`: only learning from these; empty is any. `most_not_formal`: the largest part of the points that
    non-formal and informal learning together may fill, from 0 to 1 (`Decimal("0.25")`: a quarter).
    """

    points: CreditPoints
    units: tuple[UnitId, ...] | None = None
    min_level: Level | None = None
    settings: tuple[Setting, ...] = ()
    most_not_formal: Decimal | None = None

    def __post_init__(self) -> None:
        self._settle_label()
        if self.units is not None:
            if not self.units:
                raise InvalidValue("A requirement of points from no units at all can never be met.")
            settle(self, "units", tuple(sorted({unit_id(unit) for unit in self.units})))
        settle(self, "settings", tuple(setting for setting in Setting if setting in self.settings))
        share = self.most_not_formal
        if share is not None and not (
            type(share) is Decimal and share.is_finite() and 0 <= share <= 1 and -3 <= _exponent(share) <= 0
        ):
            raise InvalidValue("A largest part is a decimal number from 0 to 1 with at most 3 decimals.")


class AllOf(_Requirement, frozen=True, tag="all"):
    requirements: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        self._settle_label()
        if not self.requirements:
            raise InvalidValue("A requirement of all of nothing asks nothing.")


class NOf(_Requirement, frozen=True, tag="some"):
    """At least `n` of these; `n=1` is any of them."""

    n: int
    requirements: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        self._settle_label()
        if not 1 <= self.n <= len(self.requirements):
            raise InvalidValue(f"{self.n} of {len(self.requirements)} requirements cannot be asked.")


Requirement = AllOf | NOf | RequiredUnit | PointsFrom

MOST_DEPTH = 12
MOST_REQUIREMENTS = 400
MOST_WAYS = 100
"""How many combinations of choices `domain.progress` may have to try; more make an answer slow."""


def walk(requirement: Requirement, depth: int = 1) -> Iterator[tuple[Requirement, int]]:
    """Every requirement of the tree with its depth, from the top down and in order."""
    yield requirement, depth
    if isinstance(requirement, AllOf | NOf):
        for part in requirement.requirements:
            yield from walk(part, depth + 1)


def asks_points(requirement: Requirement) -> bool:
    """Whether any part of it spends points, so that a choice of it takes them from another requirement."""
    return any(isinstance(part, PointsFrom) for part, _ in walk(requirement))


def ways(requirement: Requirement) -> int:
    """The largest number of combinations that its choices between point-spending parts can make."""
    if not isinstance(requirement, AllOf | NOf):
        return 1
    product = 1
    spending = [part for part in requirement.requirements if asks_points(part)]
    for part in spending:
        product *= ways(part)
    if isinstance(requirement, NOf):
        product *= max(comb(len(spending), chosen) for chosen in range(requirement.n + 1))
    return product


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "only NaN and infinities have a letter here"
    return exponent


# --- facts ----------------------------------------------------------------------------------------------


class QualificationKind(StrEnum):
    """The rungs of the national ladder, and what stands beside it."""

    SKILLED_WORKER = "skilled_worker"
    MID_LEVEL_SPECIALIST = "mid_level_specialist"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"
    MICRO_CREDENTIAL = "micro_credential"
    PROGRAMME = "programme"
    """A module or continuing programme that ends in a certificate."""


class Allocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The unit's weight in this qualification; the same unit may weigh differently in another."""

    unit: UnitId
    points: CreditPoints

    def __post_init__(self) -> None:
        unit_id(self.unit)


class QualificationDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue says of a qualification. It is part of two stored events: its fields never change.

    `points` is what the whole is worth; a learner needs that many in force, besides the requirement.
    `level` is the level of the EQF, `national_level` that of the country's own framework.
    Refuses (InvalidValue): allocations in another scheme or of a unit twice, and a tree that is too deep, too
    large or offers too many ways (`MOST_DEPTH`, `MOST_REQUIREMENTS`, `MOST_WAYS`).
    """

    names: Names
    points: CreditPoints
    level: Level
    kind: QualificationKind
    requirement: Requirement
    national_level: Level | None = None
    field: IscedF | None = None
    allocations: tuple[Allocation, ...] = ()

    def __post_init__(self) -> None:
        settle(self, "names", in_languages(self.names, "a qualification's name"))
        if self.field is not None:
            isced_f(self.field)
        if len({allocation.unit for allocation in self.allocations}) < len(self.allocations):
            raise InvalidValue("A unit has one weight in a qualification, and here it has two.")
        if any(allocation.points.scheme is not self.points.scheme for allocation in self.allocations):
            raise InvalidValue(f"A qualification in {self.points.scheme} weighs its units in that scheme.")
        depths = [depth for _, depth in walk(self.requirement)]
        if max(depths) > MOST_DEPTH or len(depths) > MOST_REQUIREMENTS:
            raise InvalidValue(
                f"The requirement is too large: {len(depths)} parts, {max(depths)} deep, "
                f"of {MOST_REQUIREMENTS} and {MOST_DEPTH}."
            )
        if ways(self.requirement) > MOST_WAYS:
            raise InvalidValue(f"The requirement can be met in too many ways; at most {MOST_WAYS} are tried.")


class QualificationDescribed(
    QualificationDescription, Event, tag="qualification.described.v1", forbid_unknown_fields=True
):
    qualification: QualificationId
    institution: InstitutionId


class QualificationRevised(
    QualificationDescription, Event, tag="qualification.revised.v1", forbid_unknown_fields=True
):
    """The whole description anew. What was conferred before stays conferred."""


# --- state ----------------------------------------------------------------------------------------------


class Qualification(QualificationDescription, frozen=True, kw_only=True):
    id: QualificationId
    institution: InstitutionId
    revision: int = 1


def evolve(qualification: Qualification | None, event: Event) -> Qualification:
    """The qualification after one more fact."""
    match qualification, event:
        case None, QualificationDescribed():
            return _described(event, event.qualification, event.institution, revision=1)
        case Qualification(), QualificationRevised():
            revision = qualification.revision + 1
            return _described(event, qualification.id, qualification.institution, revision)
    raise cannot_follow(event, "a qualification")


def _described(
    says: QualificationDescription, qualification: QualificationId, institution: InstitutionId, revision: int
) -> Qualification:
    description = {name: getattr(says, name) for name in QualificationDescription.__struct_fields__}
    return Qualification(id=qualification, institution=institution, revision=revision, **description)


def fold(events: Iterable[Event]) -> Qualification:
    """The qualification its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No qualification is described under this id.")


# --- decisions ------------------------------------------------------------------------------------------


def describe(
    existing: Qualification | None,
    description: QualificationDescription,
    *,
    qualification: str,
    by: Institution,
) -> QualificationDescribed:
    """Enter a qualification in the institution's catalogue. Refuses: AlreadyDescribed, InvalidValue."""
    if existing is not None:
        raise AlreadyDescribed(f"The qualification {existing.id} is described already; it may be revised.")
    return QualificationDescribed(
        qualification=qualification_id(qualification),
        institution=by.id,
        **msgspec.structs.asdict(description),
    )


def revise(
    qualification: Qualification, description: QualificationDescription, *, by: Institution
) -> QualificationRevised:
    """Describe the qualification anew, from now on. Refuses: WrongInstitution."""
    if by.id != qualification.institution:
        owner = qualification.institution
        raise WrongInstitution(f"{qualification.id} is {owner}'s, and {by.id} cannot revise it.")
    return QualificationRevised(**msgspec.structs.asdict(description))
