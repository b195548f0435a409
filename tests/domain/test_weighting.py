"""Points go to the qualification first and then to its units: exactly, in whole steps, by relative weight."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from domain.values import CreditPoints
from domain.weighting import EVENLY, Weight, weigh
from tests.domain.builders import ecvet


def a_weight(importance: int | str, complexity: int | str = 1, effort: int | str = 1) -> Weight:
    return Weight(Decimal(importance), Decimal(complexity), Decimal(effort))


def shares(points: CreditPoints, units: dict[str, Weight], **more: object) -> list[str]:
    return [str(each.points.points) for each in weigh(points, units, **more)]  # type: ignore[arg-type]  # passed on


def test_points_follow_the_relative_weight():
    units = {"length": a_weight(1, 1, 1), "eqf": a_weight(2, 2, 2), "ecvet": a_weight(3, 3, 3)}

    assert shares(ecvet(6), units) == ["1", "2", "3"]


def test_the_same_unit_weighs_differently_in_two_qualifications():
    unit = a_weight(3, 1, 1)
    in_one = weigh(ecvet(10), {"ecvet": unit, "other": a_weight(1, 1, 1)})
    in_another = weigh(ecvet(10), {"ecvet": unit, "other": a_weight(9, 1, 1)})

    assert in_one[0].unit == in_another[0].unit
    assert in_one[0].points.points > in_another[0].points.points


def test_what_the_awarding_body_finds_important_decides():
    units = {"important": a_weight(4, 1, 1), "laborious": a_weight(1, 1, 4)}

    assert shares(ecvet(10), units, emphasis=a_weight(1, 0, 0)) == ["8", "2"]
    assert shares(ecvet(10), units, emphasis=a_weight(0, 0, 1)) == ["2", "8"]
    assert shares(ecvet(10), units, emphasis=EVENLY) == ["5", "5"]


def test_whole_steps_go_by_the_largest_remainder_and_the_first_of_equals():
    units = {name: a_weight(1) for name in ("a", "b", "c")}

    assert shares(ecvet(4), units, step=Decimal(1)) == ["2", "1", "1"]


def test_a_unit_of_next_to_no_weight_has_one_step():
    units = {"all": a_weight(1000), "hardly": Weight(Decimal("0.001"), Decimal(0), Decimal(0))}

    assert shares(ecvet(2), units) == ["1.5", "0.5"]


BAD = {
    "no units": (ecvet(6), {}, Decimal(1), "1 to 400"),
    "no multiple of the step": (ecvet("6.2"), {"a": a_weight(1)}, Decimal("0.5"), "steps of"),
    "fewer steps than units": (ecvet(1), {n: a_weight(1) for n in "abc"}, Decimal("0.5"), "not enough"),
    "a step of nothing": (ecvet(6), {"a": a_weight(1)}, Decimal(0), "more than nothing"),
    "a unit with no id": (ecvet(6), {"A unit": a_weight(1)}, Decimal(1), "unit's id"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_weighed_is_refused(case: tuple[CreditPoints, dict[str, Weight], Decimal, str]):
    points, units, step, complaint = case

    with pytest.raises(InvalidValue, match=complaint):
        weigh(points, units, step=step)


def test_nothing_weighs_nothing():
    with pytest.raises(InvalidValue, match="no weight at all"):
        a_weight(0, 0, 0)


def test_measures_that_say_nothing_of_any_unit_are_refused():
    units = {"a": Weight(Decimal(1), Decimal(0), Decimal(0))}

    with pytest.raises(InvalidValue, match="say nothing"):
        weigh(ecvet(6), units, emphasis=a_weight(0, 0, 1))


weights = st.builds(
    Weight, *(st.integers(1, 1000).map(lambda thousandths: Decimal(thousandths) / 1000) for _ in range(3))
)


@given(st.lists(weights, min_size=1, max_size=12), st.integers(1, 120), st.sampled_from(["0.25", "0.5", "1"]))
def test_the_sum_is_the_qualifications_and_no_unit_is_further_from_its_share_than_the_steps_compel(
    listed: list[Weight], extra: int, step: str
):
    size = Decimal(step)
    points = ecvet(str(size * (len(listed) + extra)))
    units = {f"u-{place}": weight for place, weight in enumerate(listed)}

    given = weigh(points, units, step=size)

    assert sum(each.points.points for each in given) == points.points
    assert all(Fraction(each.points.points) / Fraction(size) >= 1 for each in given)
    assert all((Fraction(each.points.points) / Fraction(size)).denominator == 1 for each in given)
    heavier = max(units, key=lambda unit: sum(units[unit].parts))
    by_unit = {each.unit: each.points.points for each in given}
    for unit, weight in units.items():
        if all(mine <= other for mine, other in zip(weight.parts, units[heavier].parts, strict=True)):
            assert by_unit[unit] <= by_unit[heavier] + size  # type: ignore[index]  # ids are plain strings
