"""Credit schemes on the wire: rules that read one in another, a record read so, and weights of units."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from api.wire.scalars import (
    Amount,
    Answer,
    Body,
    ConversionRuleId,
    Day,
    Points,
    Quantity,
    Scheme,
    UnitId,
    example,
    line,
)
from domain.conversion_rule import (
    ConversionRule,
    ConversionRulePublished,
    ConversionRuleWithdrawn,
    ConversionTerms,
    RuleApplied,
)
from domain.qualification import QualificationRevised
from domain.weighting import Weight
from wallet.converting import LineRead, ReadInScheme

# --- what is asked --------------------------------------------------------------------------------------


class PublishRule(Body):
    """One point of `from_scheme` is `factor` of `to_scheme`, exactly; of a result, what is beyond `decimals` is cut.

    The days are those on which the credit was awarded. A rule is never changed.
    """

    rule: ConversionRuleId
    from_scheme: Scheme
    to_scheme: Scheme
    factor: Annotated[str, Field(pattern="^[1-9][0-9]{0,5}(/[1-9][0-9]{0,5})?$", examples=["3/2"])]
    decimals: Annotated[int, Field(ge=0, le=3)] = 3
    awarded_from: Day | None = None
    awarded_until: Day | None = None
    reason: Annotated[str, line("a rule's reason")]
    source: Annotated[str, line("a rule's source")]

    model_config = example(
        rule="kz-before-2018",
        from_scheme="KZ",
        to_scheme="ECTS",
        factor="3/2",
        decimals=1,
        awarded_until="2017-12-31",
        reason="A credit was then 15 contact hours.",
        source="Order of the rector 2026/7",
    )

    def to_domain(self) -> ConversionTerms:
        return ConversionTerms(
            from_scheme=self.from_scheme,
            to_scheme=self.to_scheme,
            factor=self.factor,
            decimals=self.decimals,
            valid_from=self.awarded_from,
            valid_until=self.awarded_until,
            reason=self.reason,
            source=self.source,
        )


class WithdrawRule(Body):
    reason: Annotated[str, line("a reason")]
    withdrawn_on: Day

    model_config = example(reason="The order was replaced.", withdrawn_on="2099-06-30")


class WeightSaid(Body):
    """How a unit weighs against the others: any measure that is the same for all of them."""

    importance: Quantity
    complexity: Quantity
    effort: Quantity

    def to_domain(self) -> Weight:
        return Weight(self.importance, self.complexity, self.effort)


class UnitWeighed(Body):
    unit: UnitId
    weight: WeightSaid


class WeighUnits(Body):
    """`emphasis`: which of the three measures counts how much. Points go in multiples of `step`."""

    units: Annotated[list[UnitWeighed], Field(min_length=1, max_length=400)]
    emphasis: WeightSaid | None = None
    step: Amount | None = None

    model_config = example(
        units=[{"unit": "algorithms", "weight": {"importance": 3, "complexity": 2, "effort": 4}}],
        emphasis={"importance": 1, "complexity": 1, "effort": 1},
        step=0.5,
    )


# --- what is answered -----------------------------------------------------------------------------------


class TermsShown(Answer):
    from_scheme: Scheme
    to_scheme: Scheme
    factor: str
    decimals: int
    awarded_from: date | None
    awarded_until: date | None
    reason: str
    source: str

    @classmethod
    def of(cls, terms: ConversionTerms) -> Self:
        return cls(
            from_scheme=terms.from_scheme,
            to_scheme=terms.to_scheme,
            factor=terms.factor,
            decimals=terms.decimals,
            awarded_from=terms.valid_from,
            awarded_until=terms.valid_until,
            reason=terms.reason,
            source=terms.source,
        )


class RuleShown(Answer):
    """A rule. Where it was withdrawn, nothing is converted by it any more."""

    rule: str
    institution: str
    terms: TermsShown
    published_on: date
    withdrawn_on: date | None
    why_withdrawn: str | None

    @classmethod
    def of(cls, rule: ConversionRule) -> Self:
        ended = rule.withdrawn
        return cls(
            rule=rule.id,
            institution=rule.institution,
            terms=TermsShown.of(rule.terms),
            published_on=rule.published_on,
            withdrawn_on=None if ended is None else ended.withdrawn_on,
            why_withdrawn=None if ended is None else ended.reason,
        )

    @classmethod
    def published(cls, event: ConversionRulePublished) -> Self:
        return cls.of(ConversionRule(event.rule, event.institution, event.terms, event.published_on))


class RuleWithdrawn(Answer):
    institution: str
    reason: str
    withdrawn_on: date

    @classmethod
    def of(cls, event: ConversionRuleWithdrawn) -> Self:
        return cls(institution=event.institution, reason=event.reason, withdrawn_on=event.withdrawn_on)


class Rules(Answer):
    rules: list[RuleShown]


class RuleAppliedShown(Answer):
    """A rule as it was when something was converted by it."""

    rule: str
    institution: str
    terms: TermsShown

    @classmethod
    def of(cls, applied: RuleApplied | None) -> Self | None:
        if applied is None:
            return None
        return cls(rule=applied.rule, institution=applied.institution, terms=TermsShown.of(applied.terms))


class HoursShown(Answer):
    least: Quantity
    most: Quantity


class LineReadShown(Answer):
    """A line that counts. `in_scheme` is null where no one rule is about it, and `why_not` says so.

    `hours` are what its own points stand for; null where their scheme fixes none.
    """

    credit: str
    institution: str
    awarded_on: date
    points: Points
    hours: HoursShown | None
    in_scheme: Points | None
    by: RuleAppliedShown | None
    why_not: str | None

    @classmethod
    def of(cls, line_: LineRead) -> Self:
        credit, read, hours = line_.credit, line_.read, line_.hours
        return cls(
            credit=credit.id,
            institution=credit.institution,
            awarded_on=line_.awarded_on,
            points=Points.of(credit.points),
            hours=None if hours is None else HoursShown(least=hours.least, most=hours.most),
            in_scheme=None if read.points is None else Points.of(read.points),
            by=RuleAppliedShown.of(read.by),
            why_not=read.why_not,
        )


class SumByRule(Answer):
    by: RuleAppliedShown
    points: Points


class ReadInSchemeShown(Answer):
    """A record read in one scheme. What is `of_itself` and what each rule gives are never added up."""

    learner: str
    scheme: Scheme
    lines: list[LineReadShown]
    of_itself: Points | None
    by_rule: list[SumByRule]

    @classmethod
    def of(cls, read: ReadInScheme) -> Self:
        return cls(
            learner=read.learner,
            scheme=read.scheme,
            lines=[LineReadShown.of(each) for each in read.lines],
            of_itself=None if read.of_itself is None else Points.of(read.of_itself),
            by_rule=[
                SumByRule(
                    by=RuleAppliedShown(
                        rule=rule.rule, institution=rule.institution, terms=TermsShown.of(rule.terms)
                    ),
                    points=Points.of(points),
                )
                for rule, points in read.by_rule
            ],
        )


class UnitShare(Answer):
    unit: str
    points: Points


class UnitsWeighed(Answer):
    """The qualification's points, and what of them each unit has."""

    points: Points
    units: list[UnitShare]

    @classmethod
    def of(cls, event: QualificationRevised) -> Self:
        return cls(
            points=Points.of(event.points),
            units=[UnitShare(unit=each.unit, points=Points.of(each.points)) for each in event.allocations],
        )
