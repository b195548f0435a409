"""Qualifications on the wire, with their trees of requirements.

The four kinds of requirement have the names they are stored under: `unit`, `points`, `all`, `some`.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from api.wire.scalars import (
    Amount,
    Answer,
    Body,
    Field4,
    LevelOf,
    Names,
    Points,
    QualificationId,
    Setting,
    Share,
    UnitId,
    example,
)
from domain import qualification as domain
from domain.qualification import (
    Allocation,
    Qualification,
    QualificationDescribed,
    QualificationDescription,
    QualificationKind,
)
from domain.values import CreditScheme, IscedF, unit_id
from wallet.projections.catalogue import QualificationRow

NamesOfUnit = Callable[[str], Mapping[str, str]]
"""How a unit is called: what a requirement of it is called, where nobody says otherwise."""


# --- requirements ---------------------------------------------------------------------------------------


class RequiredUnit(Body):
    """The unit itself, whatever it is worth. Without a label it is called as the unit is."""

    requires: Literal["unit"]
    unit: UnitId
    label: Names | None = None

    def to_domain(self, names_of: NamesOfUnit) -> domain.Requirement:
        return domain.RequiredUnit(label=self.label or dict(names_of(self.unit)), unit=unit_id(self.unit))


class PointsFrom(Body):
    """At least so many points, from credit that qualifies. No point serves two of these.

    `units`: only from these. `min_level`: at this level or above, in its framework. `settings`: only learning from
    these. `most_not_formal`: the largest part that non-formal and informal learning together may fill, 0 to 1.
    """

    requires: Literal["points"]
    label: Names
    points: Points
    units: Annotated[list[UnitId], Field(min_length=1, max_length=400)] | None = None
    min_level: LevelOf | None = None
    settings: list[Setting] = Field(default_factory=list, max_length=3)
    most_not_formal: Share | None = None

    def to_domain(self, _names_of: NamesOfUnit) -> domain.Requirement:
        return domain.PointsFrom(
            label=self.label,
            points=self.points.to_domain(),
            units=None if self.units is None else tuple(unit_id(unit) for unit in self.units),
            min_level=self.min_level.to_domain() if self.min_level else None,
            settings=tuple(self.settings),
            most_not_formal=self.most_not_formal,
        )


class AllOf(Body):
    """Every one of these."""

    requires: Literal["all"]
    label: Names
    requirements: Annotated[list["Requirement"], Field(min_length=1, max_length=400)]

    def to_domain(self, names_of: NamesOfUnit) -> domain.Requirement:
        parts = tuple(part.to_domain(names_of) for part in self.requirements)
        return domain.AllOf(label=self.label, requirements=parts)


class SomeOf(Body):
    """At least `n` of these; 1 is any of them."""

    requires: Literal["some"]
    label: Names
    n: Annotated[int, Field(ge=1, le=400)]
    requirements: Annotated[list["Requirement"], Field(min_length=1, max_length=400)]

    def to_domain(self, names_of: NamesOfUnit) -> domain.Requirement:
        parts = tuple(part.to_domain(names_of) for part in self.requirements)
        return domain.NOf(label=self.label, n=self.n, requirements=parts)


Requirement = Annotated[AllOf | SomeOf | RequiredUnit | PointsFrom, Field(discriminator="requires")]


def shown(requirement: domain.Requirement) -> "Requirement":
    """The tree in the form it was sent in."""
    label = requirement.label
    match requirement:
        case domain.RequiredUnit():
            return RequiredUnit.model_construct(requires="unit", unit=requirement.unit, label=label)
        case domain.PointsFrom():
            return PointsFrom.model_construct(
                requires="points",
                label=label,
                points=Points.of(requirement.points),
                units=None if requirement.units is None else list(requirement.units),
                min_level=LevelOf.of(requirement.min_level) if requirement.min_level else None,
                settings=list(requirement.settings),
                most_not_formal=requirement.most_not_formal,
            )
        case domain.AllOf():
            parts = [shown(part) for part in requirement.requirements]
            return AllOf.model_construct(requires="all", label=label, requirements=parts)
        case domain.NOf():
            parts = [shown(part) for part in requirement.requirements]
            return SomeOf.model_construct(requires="some", label=label, n=requirement.n, requirements=parts)


# --- qualifications -------------------------------------------------------------------------------------


class Weight(Body):
    """What a unit weighs in this qualification, in the qualification's own scheme."""

    unit: UnitId
    points: Amount

    def to_domain(self, scheme: CreditScheme) -> Allocation:
        return Allocation(unit_id(self.unit), Points(scheme=scheme, points=self.points).to_domain())


class DescribeQualification(Body):
    """`level` is the level of the EQF; `points` what the whole is worth, and what a learner needs in force."""

    qualification: QualificationId
    names: Names
    points: Points
    level: LevelOf
    kind: Annotated[QualificationKind, Field(strict=False)]
    requirement: Requirement
    national_level: LevelOf | None = None
    field: Field4 | None = None
    allocations: list[Weight] = Field(default_factory=list, max_length=400)

    model_config = example(
        qualification="micro-algorithms",
        names={"en": "Micro-credential: algorithms"},
        points={"scheme": "ECTS", "points": 5},
        level={"framework": "EQF", "value": 6},
        kind="micro_credential",
        requirement={
            "requires": "all",
            "label": {"en": "The whole of it"},
            "requirements": [
                {"requires": "unit", "unit": "algorithms"},
                {
                    "requires": "points",
                    "label": {"en": "5 ECTS at level 6 or above"},
                    "points": {"scheme": "ECTS", "points": 5},
                    "min_level": {"framework": "EQF", "value": 6},
                },
            ],
        },
    )

    def to_domain(self, names_of: NamesOfUnit) -> QualificationDescription:
        return QualificationDescription(
            names=self.names,
            points=self.points.to_domain(),
            level=self.level.to_domain(),
            kind=self.kind,
            requirement=self.requirement.to_domain(names_of),
            national_level=self.national_level.to_domain() if self.national_level else None,
            field=IscedF(self.field) if self.field else None,
            allocations=tuple(weight.to_domain(self.points.scheme) for weight in self.allocations),
        )


class QualificationShown(Answer):
    """A qualification as its institution describes it today."""

    qualification: str
    institution: str
    revision: int
    names: dict[str, str]
    points: Points
    level: LevelOf
    kind: QualificationKind
    requirement: Requirement
    national_level: LevelOf | None
    field: str | None
    allocations: list[Weight]

    @classmethod
    def of(cls, state: Qualification) -> Self:
        return cls(
            qualification=state.id, institution=state.institution, revision=state.revision, **_said(state)
        )

    @classmethod
    def described(cls, event: QualificationDescribed) -> Self:
        return cls(
            qualification=event.qualification, institution=event.institution, revision=1, **_said(event)
        )


def _said(description: QualificationDescription) -> dict[str, Any]:
    national = description.national_level
    return {
        "names": description.names,
        "points": Points.of(description.points),
        "level": LevelOf.of(description.level),
        "kind": description.kind,
        "requirement": shown(description.requirement),
        "national_level": LevelOf.of(national) if national else None,
        "field": description.field,
        "allocations": [
            Weight.model_construct(unit=each.unit, points=each.points.points)
            for each in description.allocations
        ],
    }


class QualificationListed(Answer):
    qualification: str
    institution: str
    names: dict[str, str]
    kind: QualificationKind

    @classmethod
    def of(cls, row: QualificationRow) -> Self:
        return cls(
            qualification=row.qualification,
            institution=row.institution,
            names=row.names,
            kind=QualificationKind(row.kind),
        )


class Qualifications(Answer):
    qualifications: list[QualificationListed]
