"""Planning what is left: the least set of units that completes a qualification, term by term.

A plan respects what has to come before what, the terms a unit is taught in, and how much a term holds. Of all plans
that complete the qualification the one is taken that, each before the next,

    1. has the fewest units
    2. has the fewest points
    3. ends in the earliest term
    4. has its units as early as they can be

What no unit can bring is set aside and named: a qualification to be held, an average of grades that are not given yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from domain.allocation import Choice, Every, Problem, Statement, Tree
from domain.counting import Line
from domain.credit import Credit
from domain.errors import AlreadyAwarded, InvalidValue, NoPlan
from domain.programme import Solver, Sum
from domain.progress import Audit, Held, whole
from domain.qualification import Qualification
from domain.unit import Unit
from domain.values import (
    CreditId,
    CreditPoints,
    CreditScheme,
    Grade,
    InstitutionId,
    Setting,
    UnitId,
    term_name,
)

MOST_TERMS_AHEAD = 24


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A unit the learner may still take; or, by another setting than the unit's, a recognition that is proposed."""

    unit: Unit
    setting: Setting | None = None
    points: CreditPoints | None = None
    grade: Grade | None = None
    """What it is expected to come to. Where it is not said, a required grade is taken to be reached."""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A term ahead: its name among the institution's terms, and the most points it holds."""

    name: str
    capacity: Decimal

    def __post_init__(self) -> None:
        term_name(self.name)
        if self.capacity <= 0:
            raise InvalidValue("A term holds more than no points.")


class Step(msgspec.Struct, frozen=True):
    """The units of one term, in the order of their ids, with their points."""

    term: str
    units: tuple[UnitId, ...]
    points: Decimal


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    steps: tuple[Step, ...]
    """One for each term up to the last that is needed; a term in between may be empty."""
    aside: tuple[str, ...]
    """What is still missing and no unit can bring, a sentence each without its full stop."""

    @property
    def units(self) -> tuple[UnitId, ...]:
        return tuple(unit for step in self.steps for unit in step.units)


def as_line(planned: Planned, at: InstitutionId, on: date, scheme: CreditScheme, number: int = 0) -> Line:
    """The credit as it would stand at the institution: of the whole unit, in the qualification's scheme if it can be.

    Refuses: InvalidValue (the unit is worth no points at all).
    """
    unit = planned.unit
    points = planned.points or unit.allocated(scheme) or next(iter(unit.points), None)
    if points is None:
        raise InvalidValue(f"The unit {unit.id} is worth no credit, and nothing can be planned with it.")
    credit = Credit(
        planned_id(unit.id, number),
        at,
        unit.id,
        points,
        planned.setting or unit.setting,
        unit.level,
        unit.field,
        planned.grade,
        unit.outcome_ids,
        None,
        on,
    )
    return Line(credit, on)


def planned_id(unit: UnitId, number: int = 0) -> CreditId:
    """What a credit is called that is not awarded yet: never a slug, so never a credit's own id."""
    return CreditId(f"planned:{unit}" if not number else f"planned:{unit}:{number}")


def with_planned(
    lines: Sequence[Line], planned: Iterable[Planned], at: InstitutionId, on: date, scheme: CreditScheme
) -> tuple[Line, ...]:
    """The lines, and what they would be joined by.

    Refuses: AlreadyAwarded (the unit counts already, or is planned twice), InvalidValue.
    """
    taken = {line.credit.unit for line in lines if line.counts}
    joined = list(lines)
    for each in planned:
        if each.unit.id in taken:
            raise AlreadyAwarded(f"The unit {each.unit.id} counts already, and is not planned again.")
        taken.add(each.unit.id)
        joined.append(as_line(each, at, on, scheme))
    return tuple(joined)


def plan(
    qualification: Qualification,
    lines: Sequence[Line],
    candidates: Iterable[Unit],
    terms: Sequence[Term],
    *,
    on: date,
    solver: Solver,
    holds: Iterable[Held] = (),
) -> Plan:
    """The least that completes the qualification from these candidates in these terms.

    `lines` comes from `domain.wallet.lines_towards`. Units that count already are no candidates again.
    Refuses: NoPlan, InvalidValue. Raises whatever the solver raises.
    """
    if not 1 <= len(terms) <= MOST_TERMS_AHEAD:
        raise InvalidValue(f"A plan is made for 1 to {MOST_TERMS_AHEAD} terms.")
    scheme, at = qualification.points.scheme, qualification.institution
    held_units = {line.credit.unit for line in lines if line.counts}
    open_to = {unit.id: unit for unit in candidates if unit.id not in held_units and unit.allocated(scheme)}
    planned = with_planned(lines, (Planned(unit=unit) for unit in open_to.values()), at, on, scheme)
    audit = Audit(
        qualification, planned, on, tuple(holds), (), frozenset(planned_id(unit) for unit in open_to)
    )
    wanted = audit.to_plan()
    least = _choice(audit, wanted.tree, open_to, terms, held_units, solver, in_terms=False)
    if least is None:
        raise NoPlan(f"{qualification.id} cannot be completed with the units that are offered.")
    # No set is smaller than the least one whenever units are taught: first it is tried whether one as small fits in.
    size = len(least), sum(whole(_points(open_to[unit], scheme)) for unit in least)
    chosen = None
    for until in range(_fewest_terms(size[1], terms), len(terms) + 1):
        # The earliest end is found term by term: a solver finds it hard to see that one term less is too few.
        chosen = _choice(
            audit, wanted.tree, open_to, terms[:until], held_units, solver, in_terms=True, size=size
        )
        if chosen is not None:
            break
    else:
        chosen = _choice(audit, wanted.tree, open_to, terms, held_units, solver, in_terms=True)
    if chosen is None:
        in_time = "1 term" if len(terms) == 1 else f"{len(terms)} terms"
        raise NoPlan(f"{qualification.id} cannot be completed in {in_time}, as units are taught and fit in.")
    last = max(chosen.values(), default=-1)
    steps = []
    for number, term in enumerate(terms[: last + 1]):
        units = tuple(sorted(unit for unit, when in chosen.items() if when == number))
        steps.append(
            Step(term.name, units, sum((_points(open_to[unit], scheme) for unit in units), Decimal(0)))
        )
    return Plan(steps=tuple(steps), aside=wanted.aside)


def _points(unit: Unit, scheme: CreditScheme) -> Decimal:
    allocated = unit.allocated(scheme)
    return Decimal(0) if allocated is None else allocated.points


def _fewest_terms(points: int, terms: Sequence[Term]) -> int:
    """How many of the terms hold so many points, at the least; as many as there are where they never do."""
    held = 0
    for number, term in enumerate(terms):
        if held >= points:
            return number
        held += whole(term.capacity)
    return len(terms)


def _choice(
    audit: Audit,
    tree: Tree,
    open_to: Mapping[UnitId, Unit],
    terms: Sequence[Term],
    held: set[UnitId | None],
    solver: Solver,
    *,
    in_terms: bool,
    size: tuple[int, int] | None = None,
) -> dict[UnitId, int] | None:
    """The units of the best plan with their terms, None where there is none; without `in_terms` all in the first.

    `size` is how many units, and points, it has to have.
    """
    scheme = audit.qualification.points.scheme
    index = {
        line.credit.unit: number for number, line in enumerate(audit.lines) if line.credit.id in audit.assumed
    }
    problem = Problem.of(tree, [whole(line.credit.points.points) for line in audit.lines], audit.demands)
    present: dict[int, Sum] = {number: Sum(0) for unit, number in index.items() if unit not in open_to}
    stated = Statement(problem, present)
    draft = stated.draft
    takes: dict[UnitId, dict[int, Sum]] = {}
    for unit in open_to.values():
        slots = (
            [number for number, term in enumerate(terms) if not unit.terms or term.name in unit.terms]
            if in_terms
            else [0]
        )
        takes[unit.id] = {number: draft.variable() for number in slots}
        there = Sum()
        for taken in takes[unit.id].values():
            there.add(taken)
        draft.at_most(there, Sum(1))
        present[index[unit.id]] = there
    for unit in open_to.values():
        for number, taken in takes[unit.id].items():
            for before in (*unit.prerequisites, *audit.before.get(unit.id, ())):
                if before in held:
                    continue
                done = Sum()
                for earlier, other in takes.get(before, {}).items():
                    if earlier < number or not in_terms:
                        done.add(other)
                draft.at_most(taken, done)
    if in_terms:
        for number, term in enumerate(terms):
            load = Sum()
            for unit in open_to.values():
                if number in takes[unit.id]:
                    load.add(takes[unit.id][number], whole(_points(unit, scheme)))
            draft.at_most(load, Sum(whole(term.capacity)))
    for item in _items(tree):
        draft.at_most(Sum(item.n if isinstance(item, Choice) else 1), stated.ask(item))
    stated.levels()
    total, needed = Sum(), whole(audit.qualification.points.points)
    for number, line in enumerate(audit.lines):
        if line.credit.points.scheme is scheme:
            total.add(present.get(number, Sum(1)), whole(line.credit.points.points))
    draft.at_most(Sum(needed), total)
    count, points, when = Sum(), Sum(), Sum()
    last = draft.variable(len(terms))
    for unit in open_to.values():
        for number, taken in takes[unit.id].items():
            count.add(taken, -1)
            points.add(taken, -whole(_points(unit, scheme)))
            when.add(taken, -number)
            draft.at_most(taken.times(number), last)
    levels = [count, points]
    if size is not None:
        for told, asked in zip((count, points), size, strict=True):
            draft.equal(told, Sum(-asked))
        levels = []
    elif in_terms:
        levels.append(last.times(-1))
    levels += [when] if in_terms else []
    optimum = solver(draft.programme([Sum(0, {v: f for v, f in each.terms.items() if f}) for each in levels]))
    if optimum is None:
        return None
    chosen = {}
    for unit_id, slots_taken in takes.items():
        for number, taken in slots_taken.items():
            (variable,) = taken.terms
            if optimum.values[variable]:
                chosen[unit_id] = number
    return chosen


def _items(tree: Tree) -> Iterable[Tree]:
    if isinstance(tree, Every):
        for part in tree.parts:
            yield from _items(part)
    else:
        yield tree
