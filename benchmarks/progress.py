"""Progress: one learner of 200 credits against 60 requirements, a cohort of 10,000, what-if over 500 units, and a plan.

The raw limit of an audit is the plain sum: the points of every credit added up once for each requirement that looks at
it, in the same Python. Whatever decides which credit serves which requirement has to read at least that. Where a
solver is needed, its own time stands beside.
"""

import random
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from benchmarks.measure import Line, Rate, rate
from domain.counting import Line as CreditLine
from domain.credit import Credit
from domain.planning import Planned, Term, plan, with_planned
from domain.programme import Optimum, Programme
from domain.progress import progress
from domain.qualification import Qualification, QualificationKind
from domain.requirement import (
    AllOf,
    Core,
    Elective,
    NOf,
    Overall,
    PointsFrom,
    Requirement,
    parts_of,
    walk,
)
from domain.unit import Unit
from domain.values import (
    CreditId,
    CreditPoints,
    CreditScheme,
    InstitutionId,
    LearningOutcome,
    Level,
    OutcomeId,
    QualificationId,
    Setting,
    UnitId,
)
from wallet.solving import solve

ON = date(2026, 6, 1)
AT = InstitutionId("northfield")
CREDITS = 200
COHORT = 10_000
WISHES = 500


def lines() -> Iterator[Line]:
    degree = a_degree()
    assert sum(not parts_of(part) for part, _ in walk(degree.requirement)) == 60
    full = a_record(CREDITS, seed=1)
    raw = rate(lambda: plain_sums(degree, full))

    yield Line(
        "progress",
        f"audits: one learner, {CREDITS} credits × 60 requirements",
        rate(lambda: audited(degree, full)),
        "the plain sums",
        raw,
        floor=1 / 0.050,
    )

    halfway = a_record(CREDITS // 2, seed=2)
    solver = Timed()
    ours = rate(lambda: audited(degree, halfway, solver))
    yield Line(
        "progress",
        f"audits: one learner half way, {CREDITS // 2} credits × 60 requirements",
        ours,
        "the solver's own time" if solver.programmes else "the plain sums",
        solver.rate() if solver.programmes else rate(lambda: plain_sums(degree, halfway)),
        floor=1 / 0.050,
    )

    cohort = [a_record(20 + number % 60, seed=number) for number in range(COHORT // 10)]
    few, many = once(degree, cohort, 1), once(degree, cohort, 10)
    yield Line(
        "progress",
        f"learners audited, of a cohort of {COHORT:,}",
        many,
        f"the same a learner, of a cohort of {COHORT // 10:,}: cost is linear",
        few,
        reach=0.8,
    )

    units = [a_unit(number) for number in range(1_000, 1_000 + WISHES)]
    planned = [Planned(unit=unit) for unit in units]

    def what_if() -> int:
        joined = with_planned(halfway, planned, AT, ON, CreditScheme.KZ)
        assumed = frozenset(line.credit.id for line in joined[len(halfway) :])
        progress(degree, joined, on=ON, solver=solve, assumed=assumed)
        return 1

    wished = with_planned(halfway, planned, AT, ON, CreditScheme.KZ)
    yield Line(
        "progress",
        f"what-ifs over {WISHES} units",
        rate(what_if, rounds=3),
        "the plain sums",
        rate(lambda: plain_sums(degree, wished)),
        floor=1,
    )

    terms = [Term(name=name, capacity=Decimal(30)) for name in ("autumn", "spring") * 4]
    offered = [a_unit(number) for number in range(300)]
    own = Timed()

    def planning() -> int:
        plan(degree, halfway, offered, terms, on=ON, solver=own)
        return 1

    yield Line(
        "progress",
        "plans over 300 units and 8 terms",
        rate(planning, rounds=3),
        "the solver's own time",
        own.rate(),
    )


# --- what is measured -----------------------------------------------------------------------------------


def audited(degree: Qualification, record: tuple[CreditLine, ...], solver: "Timed | None" = None) -> int:
    for _ in range(5):
        progress(degree, record, on=ON, solver=solver or solve)
    return 5


def plain_sums(degree: Qualification, record: tuple[CreditLine, ...]) -> int:
    """The points of what each requirement could take, added up: no choice, no sharing out."""
    leaves = [part for part, _ in walk(degree.requirement) if not parts_of(part)]
    named = [frozenset(units) if (units := getattr(leaf, "units", None)) else None for leaf in leaves]
    for _ in range(5):
        for units in named:
            sum(
                (line.credit.points.points for line in record if units is None or line.credit.unit in units),
                Decimal(0),
            )
    return 5


def once(degree: Qualification, cohort: list[tuple[CreditLine, ...]], times: int) -> Rate:
    """A cohort is long enough to be measured in one go."""
    began = time.perf_counter()
    for _ in range(times):
        for record in cohort:
            progress(degree, record, on=ON, solver=solve)
    return Rate(times * len(cohort) / (time.perf_counter() - began))


class Timed:
    """A solver that knows how long it took."""

    def __init__(self) -> None:
        self.programmes = 0
        self.seconds = 0.0

    def __call__(self, programme: Programme, /) -> Optimum | None:
        began = time.perf_counter()
        optimum = solve(programme, seconds=60)
        self.seconds += time.perf_counter() - began
        self.programmes += 1
        return optimum

    def rate(self) -> Rate:
        """Of what asked for it: as many a second as if nothing but the solver took time."""
        return Rate(self.programmes / self.seconds)


# --- a degree of 240 points, and who studies for it -----------------------------------------------------


def a_degree() -> Qualification:
    """A core of 30 units, 12 groups of electives, 10 of points that overlap, 2 choices, and 4 that ask of the whole."""
    core = [
        Core(label=named(f"Core {each}"), units=(unit_id(each),), min_level=Level("EQF", 6))
        for each in range(30)
    ]
    electives = [
        Elective(label=named(f"Elective {each}"), points=kz(5), units=group(30 + 8 * each, 8))
        for each in range(12)
    ]
    points = [
        PointsFrom(
            label=named(f"Group {each}"),
            points=kz(8),
            units=group(126 + 6 * each, 12),
            most_not_formal=Decimal("0.5"),
        )
        for each in range(10)
    ]
    choices: list[Requirement] = [
        NOf(
            label=named(f"Choice {each}"),
            n=1,
            requirements=(
                PointsFrom(label=named("Long"), points=kz(10), units=group(192 + 8 * each, 8)),
                Elective(label=named("Short"), points=kz(5), units=group(192 + 8 * each, 8)),
            ),
        )
        for each in range(2)
    ]
    whole: list[Requirement] = [
        Overall(label=named("In residence"), points=kz(60), in_residence=True),
        Overall(label=named("Recent"), points=kz(120), most_years=10),
        Overall(label=named("Formal"), points=kz(200), most_not_formal=Decimal("0.5")),
        Overall(label=named("At level"), points=kz(180), min_level=Level("EQF", 6)),
    ]
    return Qualification(
        names=named("Degree"),
        points=kz(240),
        level=Level("EQF", 6),
        kind=QualificationKind.BACHELOR,
        requirement=AllOf(label=named("All"), requirements=(*core, *electives, *points, *choices, *whole)),
        id=QualificationId("degree"),
        institution=AT,
    )


def a_record(count: int, *, seed: int) -> tuple[CreditLine, ...]:
    drawn = random.Random(seed)
    return tuple(
        CreditLine(
            Credit(
                CreditId(f"c-{number}"),
                AT,
                unit_id(unit),
                kz(drawn.choice([3, 4, 5, 5, 5, 6])),
                drawn.choice([Setting.FORMAL] * 5 + [Setting.NON_FORMAL]),
                Level("EQF", 6),
                None,
                None,
                (),
                None,
                ON,
            ),
            ON,
        )
        for number, unit in enumerate(drawn.sample(range(210), count))
    )


def a_unit(number: int) -> Unit:
    return Unit(
        code=f"U{number}",
        names=named(f"Unit {number}"),
        outcomes=(LearningOutcome(id=OutcomeId("lo1"), text=named("Do it")),),
        setting=Setting.FORMAL,
        points=(kz(5),),
        level=Level("EQF", 6),
        id=unit_id(number),
        institution=AT,
        terms=("autumn",) if number % 3 == 0 else (),
        prerequisites=(unit_id(number - 1),) if number % 10 == 5 else (),
    )


def group(start: int, size: int) -> tuple[UnitId, ...]:
    return tuple(unit_id(each) for each in range(start, start + size))


def unit_id(number: int) -> UnitId:
    return UnitId(f"u-{number}")


def kz(points: int) -> CreditPoints:
    return CreditPoints(CreditScheme.KZ, Decimal(points))


def named(english: str) -> dict[str, str]:
    return {"en": english}
