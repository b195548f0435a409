"""What a learner may ask beside what is recorded: what if, and what is left."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from api.wire import scalars
from api.wire.record import ProgressShown
from api.wire.scalars import Amount, Answer, Body, GradeGiven, Sum, example
from domain.planning import Term
from wallet.advising import Trajectory, WhatIf, Wish

_Day = Annotated[scalars.Day | None, Field(description="As of this day; today in UTC where none is named.")]


class WishSaid(Body):
    """A unit to be taken too. With a setting outside formal education it is a recognition that is proposed.

    A grade that a requirement asks is taken to be reached, unless one is said here.
    """

    unit: scalars.UnitId
    setting: scalars.Setting | None = None
    grade: GradeGiven | None = None

    def to_wish(self) -> Wish:
        return Wish(self.unit, self.setting, self.grade.to_domain() if self.grade else None)


class AskWhatIf(Body):
    """`preferred` are credits to be used first, where it makes no other difference."""

    units: Annotated[list[WishSaid], Field(max_length=1000)]
    preferred: list[scalars.CreditId] = Field(default_factory=list, max_length=1000)
    on: _Day = None

    model_config = example(units=[{"unit": "algorithms"}, {"unit": "databases", "setting": "non_formal"}])


class WhatIfShown(Answer):
    """How it stands, and how it would stand. Credit that is only thought of has ids such as `planned:algorithms`."""

    now: ProgressShown
    then: ProgressShown

    @classmethod
    def of(cls, answer: WhatIf) -> Self:
        return cls(now=ProgressShown.of(answer.now), then=ProgressShown.of(answer.then))


class TermSaid(Body):
    """A term ahead: the institution's name for it, and the most points it holds."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$", examples=["autumn"])]
    capacity: Amount = Decimal(30)

    def to_domain(self) -> Term:
        return Term(name=self.name, capacity=self.capacity)


class AskForPlan(Body):
    """The terms ahead, in order. The units are all of the institution's, unless some are named."""

    terms: Annotated[list[TermSaid], Field(min_length=1, max_length=24)]
    units: Annotated[list[scalars.UnitId], Field(min_length=1, max_length=1000)] | None = None
    on: _Day = None

    model_config = example(terms=[{"name": "autumn", "capacity": 30}, {"name": "spring", "capacity": 30}])


class AskForReport(Body):
    """`preferred` are credits to be used first, where it makes no other difference."""

    preferred: list[scalars.CreditId] = Field(default_factory=list, max_length=1000)
    on: _Day = None

    model_config = example(on="2026-06-30")


class StepShown(Answer):
    term: str
    units: list[str]
    points: Sum


class PlanShown(Answer):
    """The least set of units that completes the qualification. `aside` is what is missing and no unit brings."""

    qualification: str
    on: date
    steps: list[StepShown]
    units: list[str]
    aside: list[str]

    @classmethod
    def of(cls, answer: Trajectory) -> Self:
        return cls(
            qualification=answer.now.qualification.id,
            on=answer.now.on,
            steps=[
                StepShown(term=step.term, units=list(step.units), points=step.points)
                for step in answer.plan.steps
            ],
            units=list(answer.plan.units),
            aside=list(answer.plan.aside),
        )
