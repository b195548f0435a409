"""How far a learner is towards a qualification: met by what, missing what, and why the rest does not help.

The answer is a tree beside the tree of requirements. It is exact (shares are fractions), it is the same for
the same credits in the same order, and it never mixes two schemes: credit in another is named among the
unused, with that reason.

A point is spent once: what serves one requirement of points serves no other (`domain.allocation`, which also says
which sharing out is the best). A required unit spends nothing; and the qualification's own total is over everything
that counts. More credit never satisfies less.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import count
from typing import Final

import msgspec

from domain.allocation import Choice, Demand, Every, How, Leaf, Problem, Served, Tree, allocate, credited
from domain.counting import Line
from domain.credit import Credit
from domain.ladder import QualificationKind, reaches
from domain.programme import Solver
from domain.qualification import Qualification
from domain.requirement import (
    AllOf,
    Core,
    Elective,
    GradeAverage,
    Holding,
    InOrder,
    NOf,
    Overall,
    PointsFrom,
    RequiredUnit,
    Requirement,
    Selective,
    parts_of,
    spoken,
)
from domain.values import (
    ConferralId,
    CreditId,
    CreditPoints,
    Names,
    QualificationId,
    Setting,
    UnitId,
    best,
)

__all__ = [
    "AllOf",
    "Held",
    "NOf",
    "PointsFrom",
    "Progress",
    "Reason",
    "RequiredUnit",
    "Requirement",
    "Standing",
    "Total",
    "Unused",
    "Use",
    "progress",
]


class Use(msgspec.Struct, frozen=True):
    """A credit that serves a requirement, and with how many of its points."""

    credit: CreditId
    points: CreditPoints


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one requirement stands; `missing` is a sentence without its full stop, or None."""

    requirement: Requirement
    satisfied: bool
    share: Fraction
    """From 0 to 1. Of a list of requirements it is the mean: of all of them, or of the best n."""
    by: tuple[Use, ...] = ()
    missing: str | None = None
    parts: tuple["Standing", ...] = ()
    asked: bool = True
    """False for what spends credit in a branch of a choice where another branch was taken."""
    held: tuple[ConferralId, ...] = ()
    """The conferrals that serve it, where it asks for a qualification."""


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The points that count, in the qualification's scheme, against what the whole is worth."""

    needed: CreditPoints
    reached: Decimal

    @property
    def satisfied(self) -> bool:
        return self.reached >= self.needed.points

    @property
    def share(self) -> Fraction:
        return min(Fraction(1), Fraction(self.reached) / Fraction(self.needed.points))

    @property
    def missing(self) -> str | None:
        if self.satisfied:
            return None
        scheme = self.needed.scheme
        return (
            f"{self.needed.points - self.reached} {scheme} more in all, of the qualification's {self.needed}"
        )


class Reason(msgspec.Struct, frozen=True):
    """Why a credit does not help; `requirement` is the label of the one that speaks, None for the whole."""

    sentence: str
    requirement: Names | None = None


class Unused(msgspec.Struct, frozen=True):
    credit: CreditId
    reasons: tuple[Reason, ...]


class Held(msgspec.Struct, frozen=True):
    """A qualification the learner holds, and which rung of the ladder it is, or what beside it."""

    conferral: ConferralId
    qualification: QualificationId
    kind: QualificationKind | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    qualification: QualificationId
    standing: Standing
    total: Total
    used: tuple[CreditId, ...]
    """What the qualification rests on: all that serves a requirement, and what fills the total besides."""
    unused: tuple[Unused, ...]

    @property
    def complete(self) -> bool:
        return self.standing.satisfied and self.total.satisfied

    @property
    def satisfied(self) -> int:
        """How many requirements are satisfied; of a choice, as many of its parts as it asks. It never falls by more
        credit, as shares may: more credit can satisfy one requirement at the cost of others that were half full.
        """
        return _satisfied(self.standing)

    @property
    def share(self) -> Fraction:
        """How full it is, as credit is shared out now."""
        return min(self.standing.share, self.total.share)

    @property
    def missing(self) -> tuple[str, ...]:
        """One sentence, without its full stop, for each gap."""
        gaps = [*_gaps(self.standing), self.total.missing]
        return tuple(gap for gap in gaps if gap is not None)


def progress(
    qualification: Qualification,
    judged: Iterable[Line],
    *,
    on: date,
    solver: Solver,
    holds: Iterable[Held] = (),
    preferred: Iterable[CreditId] = (),
    assumed: Collection[CreditId] = (),
) -> Progress:
    """How the credits that count stand on that day against the qualification's requirements.

    `judged` comes from `domain.wallet.lines_towards`. `preferred` are the credits the learner would use first, where
    it makes no other difference; the others follow in the order of the wallet. `assumed` are credits that are only
    planned: their grade is taken to be good enough.
    Raises whatever the solver raises.
    """
    judged = tuple(judged)
    audit = Audit(qualification, judged, on, tuple(holds), tuple(preferred), frozenset(assumed))
    standing = audit.standing(solver)
    needed = qualification.points
    alike = [line.credit for line in audit.lines if line.credit.points.scheme is needed.scheme]
    total = Total(needed=needed, reached=sum((credit.points.points for credit in alike), Decimal(0)))

    parts = tuple(_walk(standing))
    selecting = tuple(part for part in parts if isinstance(part.requirement, _Selecting))
    serving = {use.credit for part in parts for use in part.by}
    so_far = sum((credit.points.points for credit in alike if credit.id in serving), Decimal(0))
    for credit in alike:
        if credit.id not in serving and so_far < needed.points:
            serving.add(credit.id)
            so_far += credit.points.points

    return Progress(
        qualification=qualification.id,
        standing=standing,
        total=total,
        used=tuple(line.credit.id for line in audit.lines if line.credit.id in serving),
        unused=tuple(audit.unused(line, selecting) for line in judged if line.credit.id not in serving),
    )


_THOUSAND: Final = 1_000
"""Points have at most 3 decimals: in thousandths of a point, every amount is whole."""


def whole(points: Decimal) -> int:
    """In thousandths; a limit that falls between two of them is the lower one."""
    return int(points * _THOUSAND)


def _points(amount: int) -> Decimal:
    """The way back: exact, in the shortest form, and never with an exponent."""
    return Decimal(f"{Decimal(amount) / _THOUSAND:f}")


# --- the audit ------------------------------------------------------------------------------------------

_Selecting = PointsFrom | Selective
"""The kinds that ask of each credit whether it can serve."""


class _Node(msgspec.Struct, frozen=True):
    """A requirement with its number in the tree: two that are equal are still served each for itself.

    `demands` are what it asks of the allocation, by their indices; of a core one for each unit.
    """

    number: int
    requirement: Requirement
    parts: tuple["_Node", ...]
    spends: bool


class ToPlan(msgspec.Struct, frozen=True):
    """What a plan has to satisfy, and what of it no unit can bring: a sentence each, without its full stop."""

    tree: Tree
    aside: tuple[str, ...]


class Audit:
    """One question: these lines, this qualification, this day."""

    def __init__(
        self,
        qualification: Qualification,
        judged: Sequence[Line],
        on: date,
        holds: tuple[Held, ...],
        preferred: tuple[CreditId, ...],
        assumed: frozenset[CreditId],
    ) -> None:
        self.qualification = qualification
        self.on = on
        self.holds = holds
        self.assumed = assumed
        self.lines = tuple(line for line in judged if line.counts)
        self.of_unit: dict[UnitId, list[int]] = {}
        for index, line in enumerate(self.lines):
            if line.credit.unit is not None:
                self.of_unit.setdefault(line.credit.unit, []).append(index)
        index_of = {line.credit.id: index for index, line in enumerate(self.lines)}
        self.preferred = [index_of[credit] for credit in preferred if credit in index_of]
        self.demands: list[Demand] = []
        self.demands_of: dict[int, list[int]] = {}
        self.settled: dict[int, Standing] = {}
        self.before: dict[UnitId, tuple[UnitId, ...]] = {}
        """Of a plan, what a requirement wants achieved before a unit."""
        self.root = self._numbered(qualification.requirement, count())

    def _numbered(self, requirement: Requirement, numbers: Iterator[int]) -> _Node:
        number = next(numbers)
        parts = tuple(self._numbered(part, numbers) for part in parts_of(requirement))
        spends = requirement.spends or any(part.spends for part in parts)
        node = _Node(number, requirement, parts, spends)
        if not spends:
            self.settled[number] = self._settled(node)
        return node

    def standing(self, solver: Solver) -> Standing:
        """The tree of answers, under the best allocation there is."""
        if not self.root.spends:
            return self.settled[self.root.number]
        problem = Problem.of(
            self._tree(self.root),
            [whole(line.credit.points.points) for line in self.lines],
            self.demands,
            self.preferred,
        )
        allocated = allocate(problem, solver)
        return self._stand(self.root, allocated.served)

    # --- what is asked of the allocation

    def _tree(self, node: _Node) -> Tree:
        if not node.spends:
            return Leaf(met=self.settled[node.number].satisfied)
        match node.requirement:
            case PointsFrom() as asked:
                return self._demand(node, self._amounting(asked, asked.most_not_formal, How.DIVIDED))
            case Elective() as asked:
                return self._demand(node, self._amounting(asked, asked.most_not_formal, How.WHOLE))
            case Core() as asked:
                return Every(
                    tuple(
                        self._demand(
                            node, Demand(1, self._fit(asked, self.of_unit.get(unit, ())), how=How.ONE)
                        )
                        for unit in asked.units or ()
                    )
                )
            case NOf() as asked:
                # What spends nothing and is met is taken first; of the rest, what spends comes nearer than nothing.
                spending = [part for part in node.parts if part.spends]
                met = sum(self.settled[part.number].satisfied for part in node.parts if not part.spends)
                needed = min(max(asked.n - met, 0), len(spending))
                if not needed:
                    return Leaf(met=True)
                return Choice(node.number, needed, tuple(self._tree(part) for part in spending))
            case _:
                return Every(tuple(self._tree(part) for part in node.parts))

    def _demand(self, node: _Node, demand: Demand) -> Leaf:
        self.demands.append(demand)
        self.demands_of.setdefault(node.number, []).append(len(self.demands) - 1)
        return Leaf(len(self.demands) - 1)

    def _amounting(
        self, asked: PointsFrom | Elective | Overall, most_not_formal: Decimal | None, how: How
    ) -> Demand:
        fit = self._fit(asked, self._named(asked))
        amount = whole(asked.points.points)
        if most_not_formal is None:
            return Demand(amount, fit, how=how)
        return Demand(
            amount,
            free=tuple(each for each in fit if self.lines[each].credit.setting is Setting.FORMAL),
            limited=tuple(each for each in fit if self.lines[each].credit.setting is not Setting.FORMAL),
            limit=whole(asked.points.points * most_not_formal),
            how=how,
        )

    def _named(self, asked: _Selecting) -> Iterable[int]:
        """The lines of the units a requirement names: quicker than to ask every line."""
        if asked.units is None:
            return range(len(self.lines))
        return sorted(each for unit in asked.units for each in self.of_unit.get(unit, ()))

    def _fit(self, asked: _Selecting, among: Iterable[int]) -> tuple[int, ...]:
        return tuple(each for each in among if self._why_unfit(self.lines[each], asked) is None)

    def _why_unfit(self, line: Line, asked: _Selecting) -> str | None:
        """Why this credit could not serve this requirement in any sharing out; None if it could."""
        credit = line.credit
        unfit = _why_unlike(credit, asked)
        if unfit is not None or isinstance(asked, PointsFrom):
            return unfit
        if asked.grades is not None and credit.id not in self.assumed:
            if credit.grade is None or credit.grade.scale != asked.grades.scale:
                return f"it has no grade on {asked.grades.scale}, by which this requirement judges"
            if credit.grade.value not in asked.grades.values:
                return f"its grade is {credit.grade.value}; this requirement asks {asked.grades.values[-1]} or better"
        if asked.most_years is not None and _years_later(line.achieved_on, asked.most_years) < self.on:
            return f"it is of {line.achieved_on}; this requirement takes nothing older than {asked.most_years} years"
        if asked.in_residence and (credit.institution != self.qualification.institution or credit.source):
            return f"{self.qualification.institution} did not award it itself, as this requirement asks"
        if isinstance(asked, GradeAverage) and credit.id not in self.assumed:  # noqa: SIM102 - two questions
            if (
                credit.grade is None
                or credit.grade.scale != asked.scale
                or credit.grade.value not in asked.worth
            ):
                return f"it has no grade on {asked.scale}, over which this requirement is an average"
        return None

    # --- what is asked of a plan

    def to_plan(self) -> "ToPlan":
        """The tree as a plan has to satisfy it, where the lines hold what may still be taken.

        What only looks is stated as a demand too. What no unit brings is left out, and named where it is not met.
        """
        self.demands, self.demands_of, self.before = [], {}, {}
        aside: list[str] = []
        tree = self._to_plan(self.root, aside)
        return ToPlan(tree, tuple(aside))

    def _to_plan(self, node: _Node, aside: list[str] | None) -> Tree:
        """`aside` is None inside a choice: there, what is not met is not counted upon."""
        match node.requirement:
            case RequiredUnit() as asked:
                return self._demand(node, self._looked_for(asked.unit))
            case InOrder() as asked:
                if self._is_held(asked.unit):
                    return self._as_it_stands(node, aside)
                self.before[asked.unit] = (*self.before.get(asked.unit, ()), *asked.after)
                wanted = (asked.unit, *asked.after)
                return Every(tuple(self._demand(node, self._looked_for(unit)) for unit in wanted))
            case Overall() as asked:
                demand = self._amounting(asked, asked.most_not_formal, How.DIVIDED)
                return self._demand(node, msgspec.structs.replace(demand, spends=False))
            case GradeAverage() | Holding():
                return self._as_it_stands(node, aside)
            case AllOf():
                return Every(tuple(self._to_plan(part, aside) for part in node.parts))
            case NOf() as asked:
                parts = tuple(self._to_plan(part, None) for part in node.parts)
                return Choice(node.number, asked.n, parts)
            case _:
                return self._tree(node)

    def _looked_for(self, unit: UnitId) -> Demand:
        return Demand(1, tuple(self.of_unit.get(unit, ())), how=How.ONE, spends=False)

    def _is_held(self, unit: UnitId) -> bool:
        return any(self.lines[each].credit.id not in self.assumed for each in self.of_unit.get(unit, ()))

    def _as_it_stands(self, node: _Node, aside: list[str] | None) -> Leaf:
        """A requirement as it stands on what is there, and nothing planned."""
        held = [line for line in self.lines if line.credit.id not in self.assumed]
        standing = Audit(self.qualification, held, self.on, self.holds, (), frozenset())._settled(node)
        if standing.missing is None or aside is None:
            return Leaf(met=standing.satisfied)
        aside.append(standing.missing)
        return Leaf(met=True)

    # --- standings of what spends nothing

    def _settled(self, node: _Node) -> Standing:
        match node.requirement:
            case RequiredUnit() as asked:
                return self._stand_unit(asked)
            case Overall() as asked:
                return self._stand_overall(asked)
            case GradeAverage() as asked:
                return self._stand_average(asked)
            case InOrder() as asked:
                return self._stand_in_order(asked)
            case Holding() as asked:
                return self._stand_holding(asked)
            case AllOf() | NOf() as asked:
                return _stand_parts(asked, tuple(self.settled[part.number] for part in node.parts))
            case _:
                raise AssertionError(f"a {type(node.requirement).__name__} spends credit")

    def _stand_unit(self, asked: RequiredUnit) -> Standing:
        by = self._uses(self.of_unit.get(asked.unit, ()))
        return _met_or_not(asked, by, None if by else f"the unit {asked.unit} ({best(asked.label, 'en')})")

    def _stand_overall(self, asked: Overall) -> Standing:
        demand = self._amounting(asked, asked.most_not_formal, How.DIVIDED)
        taken: dict[int, int] = {}
        missing, room = demand.amount, demand.limit
        first = {each: place for place, each in enumerate(self.preferred)}
        for each in sorted(demand.accepted, key=lambda each: (first.get(each, len(first)), each)):
            limited = each in demand.limited
            share = min(missing, whole(self.lines[each].credit.points.points), room if limited else missing)
            if share:
                taken[each] = share
                missing -= share
                room -= share if limited else 0
        conditions = f" {asked.conditions}" if asked.conditions else ""
        return self._amounted(asked, demand, dict(sorted(taken.items())), conditions)

    def _stand_average(self, asked: GradeAverage) -> Standing:
        """Over the best points that are asked: what is worse than they are never lowers it."""
        fit = self._fit(asked, self._named(asked))
        most = max(asked.worth.values())
        ranked = sorted(fit, key=lambda each: -self._worth(each, asked, most))
        needed = left = whole(asked.points.points)
        by, weighed = {}, Decimal(0)
        for each in ranked:
            share = min(left, whole(self.lines[each].credit.points.points))
            if share:
                by[each] = share
                weighed += share * self._worth(each, asked, most)
                left -= share
        scheme, label = asked.points.scheme, best(asked.label, "en")
        uses = self._uses(sorted(by), by)
        if left:
            missing = f"{_points(left)} {scheme} more with a grade on {asked.scale} ({label})"
            return Standing(
                requirement=asked,
                satisfied=False,
                share=Fraction(needed - left, needed),
                by=uses,
                missing=missing,
            )
        average = Fraction(weighed) / needed
        if average >= Fraction(asked.at_least):
            return Standing(requirement=asked, satisfied=True, share=Fraction(1), by=uses)
        # Never rounded up: an average that is not reached must not look as if it were.
        shown = (Decimal(average.numerator) / Decimal(average.denominator)).quantize(
            Decimal("0.01"), ROUND_DOWN
        )
        missing = f"an average of {asked.at_least}: over the best {asked.points} it is {shown} ({label})"
        nearness = average / Fraction(asked.at_least)
        return Standing(requirement=asked, satisfied=False, share=nearness, by=uses, missing=missing)

    def _worth(self, index: int, asked: GradeAverage, most: Decimal) -> Decimal:
        credit = self.lines[index].credit
        if credit.grade is None or credit.id in self.assumed:
            return most
        return asked.worth[credit.grade.value]

    def _stand_in_order(self, asked: InOrder) -> Standing:
        """Of several credits for the unit the latest, of those before it the earliest: whatever can be in order is."""
        taken = max(
            self.of_unit.get(asked.unit, ()), key=lambda each: self.lines[each].achieved_on, default=None
        )
        label = best(asked.label, "en")
        if taken is None:
            return _met_or_not(asked, (), f"the unit {asked.unit} ({label})")
        until = self.lines[taken].achieved_on
        by, lacking = [taken], []
        for unit in asked.after:
            before = [each for each in self.of_unit.get(unit, ()) if self.lines[each].achieved_on <= until]
            by += before[:1]
            lacking += [] if before else [unit]
        told = (
            f"{', '.join(lacking)} by {until}, when {asked.unit} was achieved ({label})" if lacking else None
        )
        share = Fraction(len(by), 1 + len(asked.after))
        uses = self._uses(sorted(by))
        return Standing(requirement=asked, satisfied=not lacking, share=share, by=uses, missing=told)

    def _stand_holding(self, asked: Holding) -> Standing:
        held = tuple(each.conferral for each in self.holds if _is_wanted(each, asked))
        told = None if held else f"{asked.wanted}, which is not held ({best(asked.label, 'en')})"
        return Standing(
            requirement=asked, satisfied=bool(held), share=Fraction(bool(held)), missing=told, held=held[:1]
        )

    # --- standings of what spends

    def _stand(self, node: _Node, served: Sequence[Served | None]) -> Standing:
        if not node.spends:
            return self.settled[node.number]
        match node.requirement:
            case PointsFrom() | Elective() as asked:
                (number,) = self.demands_of.get(node.number, [None])
                by = None if number is None else served[number]
                if number is None or by is None:
                    return self._not_asked(asked)
                return self._amounted(asked, self.demands[number], by)
            case Core() as asked:
                return self._stand_core(
                    asked, [served[each] for each in self.demands_of.get(node.number, ())]
                )
            case AllOf() | NOf() as asked:
                return _stand_parts(asked, tuple(self._stand(part, served) for part in node.parts))
            case _:
                raise AssertionError(f"a {type(node.requirement).__name__} spends nothing")

    def _stand_core(self, asked: Core, served: Sequence[Served | None]) -> Standing:
        units = asked.units or ()
        if not served or None in served:
            return self._not_asked(asked)
        by = [each for found in served if found is not None for each in found]
        lacking = [unit for unit, found in zip(units, served, strict=True) if not found]
        told = f"of the core {', '.join(lacking)} ({best(asked.label, 'en')})" if lacking else None
        share = Fraction(len(units) - len(lacking), len(units))
        return Standing(
            requirement=asked, satisfied=not lacking, share=share, by=self._uses(sorted(by)), missing=told
        )

    def _amounted(
        self, asked: PointsFrom | Elective | Overall, demand: Demand, by: Served, conditions: str = ""
    ) -> Standing:
        reached = min(credited(demand, by), demand.amount)
        scheme, missing = asked.points.scheme, None
        if reached < demand.amount:
            more = _points(demand.amount - reached)
            missing = f"{more} {scheme} more of {asked.points}{conditions} ({best(asked.label, 'en')})"
        return Standing(
            requirement=asked,
            satisfied=reached == demand.amount,
            share=Fraction(reached, demand.amount),
            by=self._uses(by, by),
            missing=missing,
        )

    def _not_asked(self, asked: PointsFrom | Elective | Core) -> Standing:
        label = best(asked.label, "en")
        missing = f"{asked.asks(label)}"
        if isinstance(asked, PointsFrom | Elective):
            missing = f"{asked.points.points} {asked.points.scheme} more of {asked.points} ({label})"
        return Standing(requirement=asked, satisfied=False, share=Fraction(0), missing=missing, asked=False)

    def _uses(self, lines: Iterable[int], amounts: Mapping[int, int] | None = None) -> tuple[Use, ...]:
        uses = []
        for each in lines:
            points = self.lines[each].credit.points
            if amounts is not None:
                points = CreditPoints(points.scheme, _points(amounts[each]))
            uses.append(Use(self.lines[each].credit.id, points))
        return tuple(uses)

    # --- why a credit does not help

    def unused(self, line: Line, selecting: Sequence[Standing]) -> Unused:
        """The reason of every requirement that selects credit; and the whole's, where it does not count at all."""
        credit = line.credit
        if line.left_out is not None:
            return Unused(credit.id, (Reason(line.left_out.sentence),))
        reasons = [
            Reason(self._why_unused(line, part.requirement, part), part.requirement.label)
            for part in selecting
            if isinstance(part.requirement, _Selecting)
        ]
        if not reasons:
            reasons.append(Reason("no requirement asks for its unit"))
        needed = self.qualification.points
        if credit.points.scheme is not needed.scheme:
            told = f"it is in {credit.points.scheme}; the qualification counts {needed.scheme} and nothing converts it"
            reasons.append(Reason(told))
        else:
            reasons.append(Reason(f"the qualification's {needed} are reached without it"))
        return Unused(credit.id, tuple(reasons))

    def _why_unused(self, line: Line, asked: _Selecting, standing: Standing) -> str:
        unfit = self._why_unfit(line, asked)
        if unfit is not None:
            return unfit
        if standing.satisfied:
            return "this requirement is met without it"
        if not standing.asked:
            return "of this choice, another part comes nearer"
        if isinstance(asked, Core):
            return "another credit for its unit serves this requirement"
        if isinstance(asked, GradeAverage):
            return "this requirement is an average over better grades"
        return f"the part that {spoken(line.credit.setting)} learning may have in this requirement is full"


def _why_unlike(credit: Credit, asked: _Selecting) -> str | None:
    scheme = None if isinstance(asked, Core) else getattr(asked, "points", credit.points).scheme
    if scheme is not None and credit.points.scheme is not scheme:
        return f"it is in {credit.points.scheme}; this requirement counts {scheme} and nothing converts it"
    if asked.units is not None and credit.unit not in asked.units:
        return "its unit is not among those this requirement names"
    if asked.settings and credit.setting not in asked.settings:
        return f"it is {spoken(credit.setting)} learning, which this requirement does not take"
    if asked.min_level is not None:
        if credit.level is None:
            return f"its level is not stated; this requirement asks {asked.min_level}"
        if credit.level.framework != asked.min_level.framework:
            return f"its level is stated as {credit.level}; this requirement asks {asked.min_level}"
        if credit.level.value < asked.min_level.value:
            return f"it is at {credit.level}; this requirement asks {asked.min_level} or above"
    return None


def _years_later(day: date, years: int) -> date:
    """The same day so many years on; of 29 February, 1 March where there is no 29th."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _is_wanted(held: Held, asked: Holding) -> bool:
    if asked.rung is not None:
        return held.kind is not None and reaches(held.kind, asked.rung)
    return held.qualification in (asked.qualifications or ())


# --- the tree of answers --------------------------------------------------------------------------------


def _met_or_not(asked: Requirement, by: tuple[Use, ...], missing: str | None) -> Standing:
    met = missing is None
    return Standing(requirement=asked, satisfied=met, share=Fraction(met), by=by, missing=missing)


def _stand_parts(asked: AllOf | NOf, parts: tuple[Standing, ...]) -> Standing:
    n = asked.n if isinstance(asked, NOf) else len(parts)
    met = sum(part.satisfied for part in parts)
    nearest = sorted((part.share for part in parts), reverse=True)[:n]
    missing = f"{n - met} more of {len(parts)} ({best(asked.label, 'en')})" if met < n else None
    return Standing(
        requirement=asked,
        satisfied=met >= n,
        share=sum(nearest, Fraction(0)) / n,
        missing=missing,
        parts=parts,
    )


def _walk(standing: Standing) -> Iterator[Standing]:
    yield standing
    for part in standing.parts:
        yield from _walk(part)


def _satisfied(standing: Standing) -> int:
    match standing.requirement:
        case AllOf():
            return sum(_satisfied(part) for part in standing.parts)
        case NOf():
            return min(standing.requirement.n, sum(part.satisfied for part in standing.parts))
        case Core():
            return len(standing.by)
        case _:
            return int(standing.satisfied)


def _gaps(standing: Standing) -> Iterator[str | None]:
    """The sentences that say what to do: of all-of those of its parts, of a choice its own."""
    if standing.satisfied:
        return
    if isinstance(standing.requirement, AllOf):
        for part in standing.parts:
            yield from _gaps(part)
    else:
        yield standing.missing
