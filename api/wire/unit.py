"""Units on the wire."""

from typing import Annotated, Any, Final, Self

from pydantic import Field

from api.wire.scalars import (
    Answer,
    Body,
    Field4,
    Hours,
    Language,
    LevelOf,
    Names,
    OutcomeId,
    Points,
    Setting,
    UnitId,
    Uri,
    example,
    line,
)
from domain import values
from domain.unit import Unit, UnitDescribed, UnitDescription, UnitOffered, UnitRevised
from domain.values import IscedF, LearningOutcome
from wallet.projections.catalogue import UnitRow

_ALGORITHMS: Final[dict[str, Any]] = {
    "code": "CSE-1203",
    "names": {"en": "Algorithms", "kk": "Алгоритмдер"},
    "outcomes": [{"id": "lo1", "text": {"en": "Choose an algorithm by its complexity"}}],
    "setting": "formal",
    "points": [{"scheme": "ECTS", "points": 5}, {"scheme": "KZ", "points": 5}],
    "level": {"framework": "EQF", "value": 6},
    "field": "0613",
    "workload_hours": 150,
}


class OutcomeOfUnit(Body):
    """What a learner knows, understands and can do at the end; `id` is unique within the unit."""

    id: OutcomeId
    code: Annotated[str, line("an outcome's code", values.OUTCOME_CODE_LIMIT)] | None = None
    text: Names

    def to_domain(self) -> LearningOutcome:
        return LearningOutcome(id=values.outcome_id(self.id), text=self.text, code=self.code)

    @classmethod
    def of(cls, outcome: LearningOutcome) -> Self:
        return cls.model_construct(id=outcome.id, code=outcome.code, text=outcome.text)


class ReviseUnit(Body):
    """A unit's whole description; `points` is the credit allocated to all of it: at most one amount a scheme."""

    code: Annotated[str, line("a unit's code", 50)]
    names: Names
    outcomes: Annotated[list[OutcomeOfUnit], Field(min_length=1, max_length=100)]
    setting: Setting
    points: Annotated[list[Points], Field(max_length=3)]
    level: LevelOf | None = None
    field: Field4 | None = None
    workload_hours: Hours | None = None
    language: Language | None = None
    assessment: Annotated[str, line("a type of assessment")] | None = None
    url: Uri | None = None

    model_config = example(**_ALGORITHMS)

    def to_domain(self) -> UnitDescription:
        return UnitDescription(
            code=self.code,
            names=self.names,
            outcomes=tuple(outcome.to_domain() for outcome in self.outcomes),
            setting=self.setting,
            points=tuple(points.to_domain() for points in self.points),
            level=self.level.to_domain() if self.level else None,
            field=IscedF(self.field) if self.field else None,
            workload_hours=self.workload_hours,
            language=self.language,
            assessment=self.assessment,
            url=self.url,
        )


class DescribeUnit(ReviseUnit):
    """The same of a new unit, with its id."""

    unit: UnitId

    model_config = example(unit="algorithms", **_ALGORITHMS)


class OfferUnit(Body):
    """When the unit is taught (every term where none is named), and what comes before it; all of it anew each time."""

    terms: Annotated[
        list[Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]], Field(max_length=12)
    ] = Field(default_factory=list)
    prerequisites: Annotated[list[UnitId], Field(max_length=100)] = Field(default_factory=list)

    model_config = example(terms=["autumn"], prerequisites=["databases"])


class UnitOfferedShown(Answer):
    terms: list[str]
    prerequisites: list[str]

    @classmethod
    def of(cls, event: UnitOffered) -> Self:
        return cls(terms=list(event.terms), prerequisites=list(event.prerequisites))


class UnitShown(Answer):
    """A unit as its institution describes it today; `revision` counts how often it has."""

    unit: str
    institution: str
    revision: int
    code: str
    names: dict[str, str]
    outcomes: list[OutcomeOfUnit]
    setting: Setting
    points: list[Points]
    level: LevelOf | None
    field: str | None
    workload_hours: Hours | None
    language: str | None
    assessment: str | None
    url: str | None
    terms: list[str]
    prerequisites: list[str]

    @classmethod
    def of(cls, unit: Unit) -> Self:
        return cls(
            unit=unit.id,
            institution=unit.institution,
            revision=unit.revision,
            terms=list(unit.terms),
            prerequisites=list(unit.prerequisites),
            **_said(unit),
        )

    @classmethod
    def described(cls, event: UnitDescribed) -> Self:
        return cls(
            unit=event.unit,
            institution=event.institution,
            revision=1,
            terms=[],
            prerequisites=[],
            **_said(event),
        )


def _said(description: UnitDescription) -> dict[str, Any]:
    """The description's own fields, those of them that are groups in the wire's form."""
    return {
        **{name: getattr(description, name) for name in UnitDescription.__struct_fields__},
        "outcomes": [OutcomeOfUnit.of(outcome) for outcome in description.outcomes],
        "points": [Points.of(points) for points in description.points],
        "level": LevelOf.of(description.level) if description.level else None,
    }


class UnitRevisedShown(Answer):
    """A unit as it has just been described anew."""

    unit: str
    institution: str
    code: str
    names: dict[str, str]
    outcomes: list[OutcomeOfUnit]
    setting: Setting
    points: list[Points]
    level: LevelOf | None
    field: str | None
    workload_hours: Hours | None
    language: str | None
    assessment: str | None
    url: str | None

    @classmethod
    def of(cls, event: UnitRevised, unit: str, institution: str) -> Self:
        return cls(unit=unit, institution=institution, **_said(event))


class UnitListed(Answer):
    unit: str
    institution: str
    code: str
    names: dict[str, str]
    setting: Setting
    field: str | None

    @classmethod
    def of(cls, row: UnitRow) -> Self:
        return cls(
            unit=row.unit,
            institution=row.institution,
            code=row.code,
            names=row.names,
            setting=values.Setting(row.setting),
            field=row.field,
        )


class Units(Answer):
    units: list[UnitListed]
