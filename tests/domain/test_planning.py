"""What is left, term by term: the least that completes it, in an order that is possible."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import unit as units
from domain.errors import AlreadyAwarded, InvalidValue, NoPlan, WrongInstitution
from domain.event import Event
from domain.ladder import QualificationKind
from domain.planning import Plan, Planned, Term, plan, planned_id, with_planned
from domain.progress import progress
from domain.qualification import Qualification
from domain.requirement import Core, Elective, GradeAverage, Holding, InOrder, Overall, Requirement
from domain.unit import Unit
from domain.values import CreditPoints, CreditScheme, InstitutionId, UnitId
from domain.wallet import lines_towards
from tests.domain.builders import (
    a_qualification,
    a_unit,
    a_wallet,
    all_of,
    an_award,
    an_institution,
    kz,
    n_of,
    named,
    points_from,
    required,
)
from wallet.solving import solve

ON = date(2026, 6, 1)
AITU = InstitutionId("aitu")


def taught(unit: str, points: int = 5, *, terms: Iterable[str] = (), after: Iterable[str] = ()) -> Unit:
    described = a_unit(unit, points=[kz(points)])
    offered = units.offer(described, terms=terms, prerequisites=after, by=an_institution())
    return units.evolve(described, offered)


def terms(*names: str, capacity: int = 30) -> list[Term]:
    return [Term(name=name, capacity=Decimal(capacity)) for name in names]


YEAR = terms("autumn", "spring")


def planning(
    requirement: Requirement,
    *candidates: Unit,
    within: list[Term] = YEAR,
    points: CreditPoints | None = None,
    wallet: tuple[Event, ...] = (),
) -> Plan:
    qualification = a_qualification(requirement, points=points or kz(1))
    lines = lines_towards(a_wallet(*wallet), qualification)
    return plan(qualification, lines, candidates, within, on=ON, solver=solve)


def steps(made: Plan) -> list[tuple[str, list[str]]]:
    return [(step.term, list(step.units)) for step in made.steps]


def test_a_plan_takes_no_more_units_than_it_needs() -> None:
    made = planning(points_from(kz(10)), taught("a", 3), taught("b", 4), taught("c", 6), taught("d", 7))

    assert len(made.units) == 2
    assert made.steps[0].points == Decimal(10)


def test_what_is_held_already_is_not_planned_again() -> None:
    made = planning(
        all_of(required("a"), required("b")), taught("a"), taught("b"), wallet=(an_award("c-1", unit="a"),)
    )

    assert made.units == ("b",)


def test_what_comes_before_is_planned_before() -> None:
    made = planning(required("c"), taught("a"), taught("b", after=["a"]), taught("c", after=["b"]),
                    within=terms("autumn", "spring", "autumn"))  # fmt: skip

    assert steps(made) == [("autumn", ["a"]), ("spring", ["b"]), ("autumn", ["c"])]


def test_a_unit_is_taken_in_a_term_it_is_taught_in() -> None:
    made = planning(required("a"), taught("a", terms=["spring"]))

    assert steps(made) == [("autumn", []), ("spring", ["a"])]


def test_a_term_holds_what_it_holds() -> None:
    made = planning(
        all_of(*(required(each) for each in "abc")),
        *(taught(each) for each in "abc"),
        within=terms("autumn", "spring", capacity=10),
    )

    assert [len(step.units) for step in made.steps] == [2, 1]


def test_where_the_least_set_is_not_taught_in_time_a_larger_one_is() -> None:
    made = planning(
        points_from(kz(10)),
        taught("a", 10, terms=["summer"]),
        taught("b"),
        taught("c"),
        within=terms("autumn"),
    )

    assert made.units == ("b", "c")


def test_a_choice_takes_the_shorter_way() -> None:
    long = all_of(required("a"), required("b"), required("c"))

    assert planning(n_of(1, long, required("d")), *(taught(each) for each in "abcd")).units == ("d",)


def test_core_and_electives_are_not_filled_by_the_same_unit() -> None:
    asked = all_of(
        Core(label=named("Core"), units=(UnitId("a"),)),
        Elective(label=named("Free"), points=kz(5)),
        Overall(label=named("Here"), points=kz(10), in_residence=True),
    )

    assert planning(asked, taught("a"), taught("b")).units == ("a", "b")


def test_a_requirement_of_order_plans_what_comes_before() -> None:
    asked = InOrder(label=named("Thesis"), unit=UnitId("t"), after=(UnitId("a"),))

    assert steps(planning(asked, taught("t"), taught("a"))) == [("autumn", ["a"]), ("spring", ["t"])]


def test_the_whole_is_filled_up() -> None:
    assert len(planning(required("a"), taught("a"), taught("b"), taught("c"), points=kz(15)).units) == 3


def test_what_no_unit_brings_is_set_aside_and_named() -> None:
    asked = all_of(
        required("a"),
        Holding(label=named("Before"), rung=QualificationKind.BACHELOR),
        GradeAverage(
            label=named("Mean"), points=kz(5), at_least=Decimal(3), scale="kz-letter", worth={"A": Decimal(4)}
        ),
    )

    made = planning(asked, taught("a"))

    assert made.units == ("a",)
    assert len(made.aside) == 2
    assert "not held" in made.aside[0]


def test_a_choice_does_not_count_upon_what_is_set_aside() -> None:
    either = n_of(1, Holding(label=named("Before"), rung=QualificationKind.BACHELOR), required("a"))

    assert planning(either, taught("a")).units == ("a",)


def test_what_is_complete_needs_no_plan() -> None:
    made = planning(required("a"), taught("b"), wallet=(an_award("c-1", unit="a", points=kz(5)),))

    assert (made.steps, made.aside) == ((), ())


IMPOSSIBLE = {
    "a unit nobody offers": lambda: planning(required("x"), taught("a")),
    "too few terms for what comes before": lambda: planning(
        required("b"), taught("a"), taught("b", after=["a"]), within=terms("autumn")
    ),
    "too little room": lambda: planning(required("a"), taught("a", 6), within=terms("autumn", capacity=5)),
    "a circle of what comes before": lambda: planning(
        required("a"), taught("a", after=["b"]), taught("b", after=["a"])
    ),
    "credit of another scheme": lambda: planning(points_from(kz(5)), a_unit("e")),
}


@pytest.mark.parametrize("make", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_where_there_is_no_plan_it_is_said(make) -> None:
    with pytest.raises(NoPlan):
        make()


@pytest.mark.parametrize("number", [0, 25])
def test_a_plan_is_for_some_terms(number: int) -> None:
    with pytest.raises(InvalidValue):
        planning(required("a"), taught("a"), within=YEAR * 13 if number else [])


def test_a_term_holds_something_and_has_a_name() -> None:
    with pytest.raises(InvalidValue):
        Term(name="autumn", capacity=Decimal(0))
    with pytest.raises(InvalidValue):
        Term(name="Autumn 2026", capacity=Decimal(30))


def test_only_the_institution_offers_its_unit_and_never_before_itself() -> None:
    with pytest.raises(WrongInstitution):
        units.offer(a_unit("a"), by=an_institution("enu"))
    with pytest.raises(InvalidValue):
        units.offer(a_unit("a"), prerequisites=["a"], by=an_institution())
    with pytest.raises(InvalidValue):
        units.offer(a_unit("a"), terms=[f"t-{n}" for n in range(13)], by=an_institution())


def test_a_unit_that_counts_is_not_planned_and_none_is_planned_twice() -> None:
    qualification = a_qualification()
    lines = lines_towards(a_wallet(an_award("c-1", unit="a")), qualification)

    with pytest.raises(AlreadyAwarded):
        with_planned(lines, [Planned(unit=taught("a"))], AITU, ON, CreditScheme.KZ)
    with pytest.raises(AlreadyAwarded):
        with_planned(lines, [Planned(unit=taught("b"))] * 2, AITU, ON, CreditScheme.KZ)


# --- against trying everything --------------------------------------------------------------------------


@st.composite
def _futures(draw: st.DrawFn) -> tuple[Qualification, list[Unit], list[Term]]:
    names = [f"u-{number}" for number in range(draw(st.integers(1, 4)))]
    candidates = [
        taught(
            name,
            draw(st.integers(1, 3)),
            terms=draw(st.sampled_from([(), ("autumn",), ("spring",)])),
            after=draw(st.lists(st.sampled_from(names[:number]), max_size=1)) if number else (),
        )
        for number, name in enumerate(names)
    ]
    leaves = [
        points_from(
            kz(draw(st.integers(1, 4))), *draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
        ),
        Elective(label=named("Free"), points=kz(draw(st.integers(1, 4)))),
        required(draw(st.sampled_from(names))),
        Overall(label=named("All"), points=kz(draw(st.integers(1, 5)))),
    ]
    asked = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=3, unique_by=id))
    tree = draw(st.sampled_from([all_of(*asked), n_of(1, *asked)]))
    qualification = a_qualification(tree, points=kz(draw(st.integers(1, 4))))
    return qualification, candidates, terms("autumn", "spring", capacity=draw(st.integers(2, 5)))


def _by_trying_everything(
    qualification: Qualification, candidates: list[Unit], within: list[Term]
) -> tuple[int, int, int, int] | None:
    best = None
    for when in product([None, *range(len(within))], repeat=len(candidates)):
        taken = {unit.id: number for unit, number in zip(candidates, when, strict=True) if number is not None}
        chosen = [unit for unit in candidates if unit.id in taken]
        worth = {unit.id: unit.points[0].points for unit in chosen}
        possible = all(
            (not unit.terms or within[taken[unit.id]].name in unit.terms)
            and all(before in taken and taken[before] < taken[unit.id] for before in unit.prerequisites)
            for unit in chosen
        ) and all(
            sum((worth[unit] for unit, at in taken.items() if at == number), Decimal(0)) <= term.capacity
            for number, term in enumerate(within)
        )
        if not possible:
            continue
        lines = with_planned((), [Planned(unit=unit) for unit in chosen], AITU, ON, CreditScheme.KZ)
        assumed = [planned_id(unit.id) for unit in chosen]
        if progress(qualification, lines, on=ON, solver=solve, assumed=assumed).complete:
            key = (len(chosen), int(sum(worth.values())), max(taken.values(), default=0), sum(taken.values()))
            best = key if best is None else min(best, key)
    return best


@given(_futures())
@settings(max_examples=80, deadline=None)
def test_a_plan_is_as_good_as_trying_everything(future: tuple[Qualification, list[Unit], list[Term]]) -> None:
    qualification, candidates, within = future
    best = _by_trying_everything(*future)
    try:
        made = plan(qualification, (), candidates, within, on=ON, solver=solve)
    except NoPlan:
        assert best is None
        return

    when = {unit: number for number, step in enumerate(made.steps) for unit in step.units}
    points = sum((step.points for step in made.steps), Decimal(0))
    assert best == (len(when), int(points), max(when.values(), default=0), sum(when.values()))
