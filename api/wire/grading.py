"""Scales, tables, correspondences, policies, conversions, failures and averages, on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

import msgspec
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from api.wire.scalars import (
    Answer,
    Body,
    Checked,
    CreditId,
    Day,
    Field4,
    GradeGiven,
    InstitutionId,
    LevelOf,
    Names,
    Points,
    Scheme,
    UnitId,
    example,
    line,
    shortest,
)
from domain import attempt as attempts
from domain import values
from domain.average import Average, Graded
from domain.errors import InvalidValue
from domain.grade_conversion import GradeConverted
from domain.grade_scale import GradeScale, Rounding, Span, Step, rounded
from domain.grading import (
    Choice,
    CorrespondenceAgreed,
    Correspondent,
    DistributionPublished,
    Grading,
    PolicyFixed,
    Retakes,
    ScalePublished,
)
from wallet.grading import (
    AveragesShown,
    Correspondence,
    Distribution,
    Experts,
    Formula,
    Way,
)

AttemptId = Annotated[
    str,
    Checked(
        values.attempt_id, pattern="^[0-9a-z][0-9a-z-]{0,62}$", examples=["2d1f9a4c-7a57-4c1b-9b9e-0f5d"]
    ),
]
OwnName = Annotated[
    str,
    Checked(
        lambda value: values.slug(value, "a name of one's own"),
        pattern="^[a-z0-9][a-z0-9-]{0,62}$",
        examples=["ict-2023-2025"],
    ),
]
ScaleName = Annotated[str, line("a grading scale", 100)]
GradeValue = Annotated[str, line("a grade", 50)]
ChoiceOf = Annotated[Choice, Field(strict=False)]
RoundingOf = Annotated[Rounding, Field(strict=False)]
RetakesOf = Annotated[Retakes, Field(strict=False)]


def _figure(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("A number is to be a JSON number: no quotes, no true, no false.")
    return values.exact(Decimal(f"{Decimal(value):f}"), "a figure of a scale")


Figure = Annotated[
    Decimal,
    BeforeValidator(_figure),
    PlainSerializer(shortest, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000, "multipleOf": 0.001}),
]
"""A number of a scale: points, a percentage, a grade; zero too."""

# --- scales ---------------------------------------------------------------------------------------------


class StepOf(Body):
    """A grade; `points` make an average, `from_percent` is the least percentage that earns it."""

    value: GradeValue
    passing: bool
    points: Figure | None = None
    from_percent: Figure | None = None


class SpanOf(Body):
    """Grades that are numbers, from the best to the worst; the best may be the least."""

    best: Figure
    lowest_pass: Figure
    worst: Figure


class ScaleOf(Body):
    """A scale, under the text that stands in its grades: its steps from best to worst, its span, or both."""

    scale: ScaleName
    names: Names
    steps: list[StepOf] = Field(default_factory=list, max_length=200)
    span: SpanOf | None = None

    model_config = example(
        scale="kz-letter",
        names={"en": "Letter scale"},
        steps=[
            {"value": "A", "passing": True, "points": 4, "from_percent": 95},
            {"value": "F", "passing": False, "points": 0, "from_percent": 0},
        ],
    )

    def to_domain(self) -> GradeScale:
        """Refuses InvalidValue."""
        return GradeScale(
            scale=self.scale,
            names=self.names,
            steps=tuple(Step(**each.model_dump()) for each in self.steps),
            span=None if self.span is None else Span(**self.span.model_dump()),
        )

    @classmethod
    def of(cls, scale: GradeScale) -> Self:
        return cls.model_construct(
            scale=scale.scale,
            names=scale.names,
            steps=[StepOf.model_construct(**msgspec.structs.asdict(step)) for step in scale.steps],
            span=None if scale.span is None else SpanOf.model_construct(**msgspec.structs.asdict(scale.span)),
        )


class ScaleShown(Answer):
    institution: str
    scale: ScaleOf
    published_on: date

    @classmethod
    def of(cls, event: ScalePublished) -> Self:
        return cls(
            institution=event.institution, scale=ScaleOf.of(event.scale), published_on=event.published_on
        )


# --- tables ---------------------------------------------------------------------------------------------


class CountOf(Body):
    value: GradeValue
    count: Annotated[int, Field(ge=0, le=1_000_000_000)]


class PublishTable(Body):
    """Without `counts`, the grades of credit that the institution awarded itself in those days are counted."""

    table: OwnName
    scale: ScaleName
    counts: list[CountOf] | None = Field(default=None, min_length=1, max_length=200)
    since: Day
    until: Day
    field: Field4 | None = None
    cycle: LevelOf | None = None
    graded_by: Annotated[str, line("whose grades they are")] | None = None
    source: Annotated[str, line("a source")] | None = None

    model_config = example(
        table="ict-2023-2025",
        scale="kz-letter",
        counts=[{"value": "A", "count": 20}],
        since="2023-07-01",
        until="2025-06-30",
        field="06",
    )

    def counted(self) -> dict[str, int] | None:
        """Refuses InvalidValue, a grade twice."""
        if self.counts is None:
            return None
        counts = {each.value: each.count for each in self.counts}
        if len(counts) < len(self.counts):
            raise InvalidValue("A grade is counted once.")
        return counts


class TableShown(Answer):
    """`counted_to` is the last event of the ledger that was counted, where the institution's own were."""

    institution: str
    table: str
    scale: str
    counts: list[CountOf]
    since: date
    until: date
    published_on: date
    field: str | None
    cycle: LevelOf | None
    graded_by: str | None
    source: str | None
    counted_to: int | None

    @classmethod
    def of(cls, event: DistributionPublished) -> Self:
        return cls(
            institution=event.institution,
            table=event.table,
            scale=event.scale,
            counts=[CountOf.model_construct(value=each.value, count=each.count) for each in event.counts],
            since=event.since,
            until=event.until,
            published_on=event.published_on,
            field=event.field,
            cycle=LevelOf.of(event.cycle) if event.cycle else None,
            graded_by=event.graded_by,
            source=event.source,
            counted_to=event.counted_to,
        )


# --- correspondences ------------------------------------------------------------------------------------


class PairOf(Body):
    theirs: GradeValue
    ours: GradeValue


class AgreeCorrespondence(Body):
    """Both scales are published by the institution first. A fail becomes no pass."""

    correspondence: OwnName
    from_scale: ScaleName
    to_scale: ScaleName
    pairs: list[PairOf] = Field(min_length=1, max_length=200)
    agreed_with: Annotated[str, line("a partner's name")]
    in_force_from: Day
    reference: Annotated[str, line("a reference")] | None = None

    model_config = example(
        correspondence="with-host",
        from_scale="ten",
        to_scale="kz-letter",
        pairs=[{"theirs": "10", "ours": "A"}],
        agreed_with="Host University",
        in_force_from="2026-09-01",
    )


class CorrespondenceShown(Answer):
    institution: str
    correspondence: str
    from_scale: str
    to_scale: str
    pairs: list[PairOf]
    agreed_with: str
    in_force_from: date
    agreed_on: date
    reference: str | None

    @classmethod
    def of(cls, event: CorrespondenceAgreed) -> Self:
        return cls(
            institution=event.institution,
            correspondence=event.correspondence,
            from_scale=event.from_scale,
            to_scale=event.to_scale,
            pairs=[PairOf.model_construct(theirs=each.theirs, ours=each.ours) for each in event.pairs],
            agreed_with=event.agreed_with,
            in_force_from=event.in_force_from,
            agreed_on=event.agreed_on,
            reference=event.reference,
        )


def pairs_of(said: AgreeCorrespondence) -> tuple[Correspondent, ...]:
    return tuple(Correspondent(each.theirs, each.ours) for each in said.pairs)


# --- policies -------------------------------------------------------------------------------------------


class FixPolicy(Body):
    """What the rules leave open, fixed before any grade is seen; the last one in force on a day is that day's."""

    policy: OwnName
    choice: ChoiceOf
    least_grades: Annotated[int, Field(ge=1, le=1_000_000_000)]
    percent_rounding: RoundingOf = Rounding.HALF_UP
    formula_rounding: RoundingOf = Rounding.DOWN
    retakes: RetakesOf = Retakes.ALL
    in_force_from: Day
    average_scale: ScaleName | None = None
    formula_scale: ScaleName | None = None
    reference: Annotated[str, line("a reference")] | None = None

    model_config = example(
        policy="grades-2026", choice="mid", least_grades=50, in_force_from="2099-09-01", reference="Order 7"
    )


class PolicyShown(Answer):
    institution: str
    policy: str
    choice: ChoiceOf
    least_grades: int
    percent_rounding: RoundingOf
    formula_rounding: RoundingOf
    retakes: RetakesOf
    in_force_from: date
    fixed_on: date
    average_scale: str | None
    formula_scale: str | None
    reference: str | None

    @classmethod
    def of(cls, event: PolicyFixed) -> Self:
        return cls(**msgspec.structs.asdict(event))


class GradingShown(Answer):
    """All that an institution has published on grades, in the order of publication."""

    institution: str
    scales: list[ScaleShown]
    tables: list[TableShown]
    correspondences: list[CorrespondenceShown]
    policies: list[PolicyShown]

    @classmethod
    def of(cls, grading: Grading) -> Self:
        return cls(
            institution=grading.institution,
            scales=[ScaleShown.of(each) for each in grading.scales.values()],
            tables=[TableShown.of(each) for each in grading.tables.values()],
            correspondences=[CorrespondenceShown.of(each) for each in grading.correspondences.values()],
            policies=[PolicyShown.of(each) for each in grading.policies.values()],
        )


# --- a learner's grades ---------------------------------------------------------------------------------


class ByCorrespondence(Body):
    by: Literal["correspondence"]
    correspondence: OwnName

    def way(self) -> Way:
        return Correspondence(self.correspondence)


class ByDistribution(Body):
    """`institution` is whose table theirs is; without it, it is one that the caller entered."""

    by: Literal["distribution"]
    their_table: OwnName
    our_table: OwnName
    institution: InstitutionId | None = None

    def way(self) -> Way:
        return Distribution(self.their_table, self.our_table, self.institution)


class ByExperts(Body):
    by: Literal["experts"]
    experts: list[Annotated[str, line("an expert's name")]] = Field(min_length=1, max_length=20)
    result: GradeGiven
    reason: Annotated[str, line("a reason")]

    def way(self) -> Way:
        return Experts(self.result.to_domain(), tuple(self.experts), self.reason)


class ByFormula(Body):
    by: Literal["modified-bavarian"]

    def way(self) -> Way:
        return Formula()


class ConvertGrade(Body):
    """The grade of a credit, or an `original` that somebody gave elsewhere."""

    credit: CreditId | None = None
    original: GradeGiven | None = None
    given_by: Annotated[str, line("who gave a grade")] | None = None
    way: Annotated[ByCorrespondence | ByDistribution | ByExperts | ByFormula, Field(discriminator="by")]
    converted_on: Day

    model_config = example(
        original={"value": "8", "scale": "ten"},
        given_by="Host University",
        way={"by": "modified-bavarian"},
        converted_on="2026-06-20",
    )


class ConversionShown(Answer):
    """`basis` says by what, so that it can be made again: tables, policy, shares as exact fractions."""

    conversion: str
    institution: str
    original: GradeGiven
    result: GradeGiven
    basis: dict[str, str | list[str]]
    converted_on: date
    credit: str | None
    given_by: str | None

    @classmethod
    def of(cls, event: GradeConverted) -> Self:
        return cls(
            conversion=event.conversion,
            institution=event.institution,
            original=GradeGiven.of(event.original),
            result=GradeGiven.of(event.result),
            basis=msgspec.to_builtins(event.basis),
            converted_on=event.converted_on,
            credit=event.credit,
            given_by=event.given_by,
        )


class FailUnit(Body):
    """A unit failed: no credit, but part of the transcript and the average."""

    unit: UnitId
    scheme: Scheme | None = None
    grade: GradeGiven | None = None
    failed_on: Day

    model_config = example(
        unit="algorithms",
        scheme="ECTS",
        grade={"value": "F", "scale": "KZ letter scale"},
        failed_on="2026-06-20",
    )


class FailureShown(Answer):
    attempt: str
    institution: str
    unit: str
    points: Points
    failed_on: date
    grade: GradeGiven | None

    @classmethod
    def of(cls, event: attempts.UnitFailed) -> Self:
        return cls(
            attempt=event.attempt,
            institution=event.institution,
            unit=event.unit,
            points=Points.of(event.points),
            failed_on=event.failed_on,
            grade=GradeGiven.of(event.grade) if event.grade else None,
        )


class FailureWithdrawnShown(Answer):
    attempt: str
    institution: str
    reason: str
    withdrawn_on: date

    @classmethod
    def of(cls, event: attempts.FailureWithdrawn) -> Self:
        return cls(
            attempt=event.attempt,
            institution=event.institution,
            reason=event.reason,
            withdrawn_on=event.withdrawn_on,
        )


class GradedShown(Answer):
    """A unit taken; `of` is the credit or the failed attempt, `left_out` why it is no part of the average."""

    of: str
    unit: str | None
    points: Points
    passed: bool
    on: date
    grade: GradeGiven | None
    original: GradeGiven | None
    left_out: str | None

    @classmethod
    def of_domain(cls, graded: Graded) -> Self:
        return cls(
            of=graded.of,
            unit=graded.unit,
            points=Points.of(graded.points),
            passed=graded.passed,
            on=graded.on,
            grade=GradeGiven.of(graded.grade) if graded.grade else None,
            original=GradeGiven.of(graded.original) if graded.original else None,
            left_out=graded.left_out,
        )


class AverageShown(Answer):
    """`average` is rounded to two decimals, half up; `exactly` is the fraction."""

    scheme: Scheme
    average: Figure
    exactly: str
    graded: list[GradedShown]

    @classmethod
    def of(cls, average: Average) -> Self:
        return cls(
            scheme=average.scheme,
            average=rounded(average.exactly),
            exactly=str(average.exactly),
            graded=[GradedShown.of_domain(each) for each in average.graded],
        )


class Averages(Answer):
    """One average for each scheme of credit; never one over two."""

    institution: str
    policy: str
    scale: str
    averages: list[AverageShown]
    left_out: list[GradedShown]

    @classmethod
    def of(cls, shown: AveragesShown) -> Self:
        return cls(
            institution=shown.institution,
            policy=shown.policy,
            scale=shown.scale,
            averages=[AverageShown.of(each) for each in shown.averages.averages],
            left_out=[GradedShown.of_domain(each) for each in shown.averages.left_out],
        )
