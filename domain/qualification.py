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

from collections.abc import Iterable

import msgspec

from domain.errors import AlreadyDescribed, AlreadyDone, InvalidValue, NotFound, WrongInstitution
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.ladder import QualificationKind
from domain.requirement import (
    AllOf,
    NOf,
    PointsFrom,
    RequiredUnit,
    Requirement,
    units_named,
    walk,
)
from domain.values import (
    CreditPoints,
    InstitutionId,
    IscedF,
    Level,
    Names,
    QualificationId,
    UnitId,
    in_languages,
    isced_f,
    qualification_id,
    settle,
    text,
    unit_id,
)

__all__ = [
    "AllOf",
    "Allocation",
    "NOf",
    "PointsFrom",
    "Qualification",
    "QualificationDescribed",
    "QualificationDescription",
    "QualificationKind",
    "QualificationRevised",
    "RequiredUnit",
    "Requirement",
    "Sharing",
    "SharingAllowed",
    "SharingEnded",
    "allow_sharing",
    "describe",
    "end_sharing",
    "evolve",
    "fold",
    "revise",
    "units_named",
    "walk",
]

MOST_DEPTH = 12
MOST_REQUIREMENTS = 400


# --- facts ----------------------------------------------------------------------------------------------


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
    Refuses (InvalidValue): allocations in another scheme or of a unit twice, and a tree that is too deep or too
    large (`MOST_DEPTH`, `MOST_REQUIREMENTS`).
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


class QualificationDescribed(
    QualificationDescription, Event, tag="qualification.described.v1", forbid_unknown_fields=True
):
    qualification: QualificationId
    institution: InstitutionId


class QualificationRevised(
    QualificationDescription, Event, tag="qualification.revised.v1", forbid_unknown_fields=True
):
    """The whole description anew. What was conferred before stays conferred."""


class SharingAllowed(Event, tag="qualification.sharing_allowed.v1"):
    """From now on, credit that the other qualification rests on may count towards this one as well."""

    other: QualificationId
    rule: str
    """The rule that allows it, as the institution cites it."""


class SharingEnded(Event, tag="qualification.sharing_ended.v1"):
    """The rule no longer holds. What was conferred under it stays conferred."""

    other: QualificationId


# --- state ----------------------------------------------------------------------------------------------


class Sharing(msgspec.Struct, frozen=True):
    """A rule by which credit may stand under two qualifications: this one, and the `other` held before."""

    other: QualificationId
    rule: str


class Qualification(QualificationDescription, frozen=True, kw_only=True):
    id: QualificationId
    institution: InstitutionId
    revision: int = 1
    sharing: tuple[Sharing, ...] = ()
    """In the order of the other qualifications' ids."""

    def shares_with(self, other: QualificationId) -> Sharing | None:
        """The rule that lets credit under `other` count here too, if there is one."""
        return next((rule for rule in self.sharing if rule.other == other), None)


def evolve(qualification: Qualification | None, event: Event) -> Qualification:
    """The qualification after one more fact."""
    match qualification, event:
        case None, QualificationDescribed():
            return _described(event, event.qualification, event.institution, revision=1)
        case Qualification(), QualificationRevised():
            revision = qualification.revision + 1
            revised = _described(event, qualification.id, qualification.institution, revision)
            return msgspec.structs.replace(revised, sharing=qualification.sharing)
        case Qualification(), SharingAllowed():
            rules = {rule.other: rule for rule in qualification.sharing}
            rules[event.other] = Sharing(event.other, event.rule)
            sharing = tuple(rules[other] for other in sorted(rules))
            return msgspec.structs.replace(qualification, sharing=sharing)
        case Qualification(), SharingEnded():
            left = tuple(rule for rule in qualification.sharing if rule.other != event.other)
            return msgspec.structs.replace(qualification, sharing=left)
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


def allow_sharing(qualification: Qualification, *, other: str, rule: str, by: Institution) -> SharingAllowed:
    """Let credit that `other` rests on count towards this qualification too: a stackable micro-credential.

    Whose the other qualification is does not matter: the institution decides what counts towards its own.
    Refuses: WrongInstitution, AlreadyDone (that rule holds already), InvalidValue.
    """
    _refuse_strangers(qualification, by)
    named, cited = qualification_id(other), text(rule, "a sharing rule")
    if named == qualification.id:
        raise InvalidValue(f"{named} shares credit with itself already.")
    known = qualification.shares_with(named)
    if known is not None and known.rule == cited:
        raise AlreadyDone(f"{qualification.id} shares credit with {named} under that rule already.")
    return SharingAllowed(other=named, rule=cited)


def end_sharing(qualification: Qualification, *, other: str, by: Institution) -> SharingEnded:
    """Let it count once again. Refuses: WrongInstitution, NotFound (there is no such rule)."""
    _refuse_strangers(qualification, by)
    named = qualification_id(other)
    if qualification.shares_with(named) is None:
        raise NotFound(f"{qualification.id} shares no credit with {named}.")
    return SharingEnded(other=named)


def _refuse_strangers(qualification: Qualification, by: Institution) -> None:
    if by.id != qualification.institution:
        owner = qualification.institution
        raise WrongInstitution(f"{qualification.id} is {owner}'s, and {by.id} cannot change it.")
