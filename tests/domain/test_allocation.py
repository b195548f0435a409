"""Sharing credit out: as good as trying everything, checked against whoever solves it, and the same every time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.allocation import Choice, Demand, How, Leaf, Problem, allocate, credited
from domain.errors import SolverFault
from domain.programme import Optimum, Programme, Row
from tests.domain.allocating import a_problem, by_trying_everything
from wallet.solving import Unsolved, solve


@pytest.mark.parametrize("hundred", range(6))
def test_it_is_as_good_as_trying_everything(hundred: int) -> None:
    for number in range(100 * hundred, 100 * hundred + 100):
        problem = a_problem(number)
        assert allocate(problem, solve).levels == by_trying_everything(problem), number


@given(st.integers(20_000, 10**9))
@settings(max_examples=150, deadline=None)
def test_no_point_is_used_twice_and_no_limit_is_passed(number: int) -> None:
    problem = a_problem(number)

    served = allocate(problem, solve).served

    for supply, size in enumerate(problem.supplies):
        shares = [by[supply] for by in served if by is not None and supply in by]
        assert sum(shares) <= size
    for demand, by in zip(problem.demands, served, strict=True):
        if by is None:
            continue
        assert set(by) <= set(demand.accepted)
        if demand.how is How.DIVIDED:
            assert sum(by.values()) == credited(demand, by) <= demand.amount
        else:
            assert all(amount == problem.supplies[supply] for supply, amount in by.items())


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_the_same_problem_has_the_same_answer(number: int) -> None:
    assert allocate(a_problem(number), solve) == allocate(a_problem(number), solve)


def _contested() -> Problem:
    """Two requirements of whole credits that want the same one, and a choice beside them."""
    demands = [
        Demand(3, (0, 1), how=How.WHOLE),
        Demand(2, (0, 2), how=How.WHOLE),
        Demand(1, (0, 2), how=How.ONE),
    ]
    return Problem.of(Choice(0, 2, (Leaf(0), Leaf(1), Leaf(2))), [3, 1, 2], demands)


WRONG = {
    "more satisfied than is": lambda right: Optimum(right.values, (right.levels[0] + 1, *right.levels[1:])),
    "less satisfied than is": lambda right: Optimum(right.values, (right.levels[0] - 1, *right.levels[1:])),
    "nothing decided": lambda right: Optimum([0] * len(right.values), right.levels),
    "everything decided": lambda right: Optimum([1] * len(right.values), right.levels),
    "no way at all": lambda right: None,
}


@pytest.mark.parametrize("fault", WRONG.values(), ids=WRONG)
def test_a_solver_that_is_wrong_is_found_out(fault) -> None:
    def wrong(programme: Programme) -> Optimum | None:
        right = solve(programme)
        assert right is not None
        answer: Optimum | None = fault(right)
        return answer

    assert allocate(_contested(), solve).levels[0] == 2
    with pytest.raises(SolverFault):
        allocate(_contested(), wrong)


def test_points_that_all_suffice_need_no_solver() -> None:
    def nobody(_programme: Programme) -> Optimum | None:
        raise AssertionError("the flow is the optimum")

    demands = [Demand(5, (0, 1)), Demand(6, (0,)), Demand(4, (2,), (1,), 2)]
    problem = Problem.of(Choice(0, 2, tuple(Leaf(each) for each in range(3))), [6, 5, 3], demands)

    assert allocate(problem, nobody).levels == (2, 0, 0, -9, 0)


def test_the_fewest_points_are_spent_that_satisfy_as_much() -> None:
    demands = [Demand(20, (0, 1)), Demand(4, (0, 1))]
    problem = Problem.of(Choice(0, 1, (Leaf(0), Leaf(1))), [12, 12], demands)

    assert allocate(problem, solve).served == [None, {0: 4}]


def test_what_is_preferred_is_used_first() -> None:
    problem = Problem.of(Leaf(0), [6, 6, 6], [Demand(8, (0, 1, 2))], preferred=[2])

    assert allocate(problem, solve).served == [{0: 2, 2: 6}]


def test_of_whole_credits_those_are_taken_that_fit_best() -> None:
    problem = Problem.of(Leaf(0), [6, 5, 3, 4], [Demand(9, (0, 1, 2, 3), how=How.WHOLE)])

    assert allocate(problem, solve).levels == (1, 0, 0, -9, 0)


def test_what_is_too_large_to_be_exact_is_not_answered() -> None:
    with pytest.raises(Unsolved):
        solve(Programme([10**12], [True], [], [{0: 1}]))


def test_what_cannot_be_decided_in_time_is_not_answered() -> None:
    hard = {each: 2**20 + each * each * 977 for each in range(60)}
    knapsack = Programme([1] * 60, [True] * 60, [Row(hard, high=sum(hard.values()) // 2 + 1)], [hard])

    with pytest.raises(Unsolved):
        solve(knapsack, seconds=0.0)


def test_rows_that_contradict_each_other_have_no_answer() -> None:
    assert solve(Programme([1], [True], [Row({0: 1}, low=2)], [{0: 1}])) is None
