"""A scale says what passes and what it is worth; an average holds every grade, failed ones too."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue, NotPassed, UnlikeCredits
from domain.grade_scale import (
    GradeScale,
    Rounding,
    Span,
    Step,
    Weighed,
    grade_average,
    grade_points,
    kz_letters,
    letter_of,
    modified_bavarian,
    passes,
    rank,
    rounded,
)
from domain.values import Grade
from tests.domain.builders import ects, kz, named

KZ = kz_letters()
TEN = Span(best=Decimal(10), lowest_pass=Decimal(6), worst=Decimal(1))
GERMAN = Span(best=Decimal(1), lowest_pass=Decimal(4), worst=Decimal(5))


def a_scale(*steps: Step, span: Span | None = None) -> GradeScale:
    return GradeScale(scale="theirs", names=named("Theirs"), steps=steps, span=span)


# --- scales ---------------------------------------------------------------------------------------------

LETTERS = {
    100: "A", 95: "A", 94: "A-", 90: "A-", 89: "B+", 85: "B+", 84: "B", 80: "B", 79: "B-", 75: "B-", 74: "C+",
    70: "C+", 69: "C", 65: "C", 64: "C-", 60: "C-", 59: "D+", 55: "D+", 54: "D", 50: "D", 49: "FX", 25: "FX",
    24: "F", 0: "F",
}  # fmt: skip
POINTS = {
    "A": "4", "A-": "3.67", "B+": "3.33", "B": "3", "B-": "2.67", "C+": "2.33", "C": "2", "C-": "1.67",
    "D+": "1.33", "D": "1", "FX": "0.5", "F": "0",
}  # fmt: skip


@pytest.mark.parametrize(("percent", "letter"), LETTERS.items())
def test_a_whole_percentage_earns_its_letter(percent: int, letter: str) -> None:
    assert letter_of(Decimal(percent), KZ, Rounding.REFUSE).value == letter


@pytest.mark.parametrize(("letter", "points"), POINTS.items())
def test_a_letter_is_worth_its_points(letter: str, points: str) -> None:
    assert grade_points(Grade(letter, "kz-letter"), KZ) == Decimal(points)


def test_fx_and_f_fail_and_all_else_passes() -> None:
    assert [step.value for step in KZ.steps if not passes(KZ, step.value)] == ["FX", "F"]


def test_whether_fx_counts_is_a_parameter() -> None:
    strict = kz_letters("strict", fx=Decimal(0))

    assert grade_points(Grade("FX", "strict"), strict) == 0


def test_94_and_a_half_has_no_row_and_the_institution_says_which() -> None:
    assert letter_of(Decimal("94.5"), KZ, Rounding.HALF_UP).value == "A"
    assert letter_of(Decimal("94.4"), KZ, Rounding.HALF_UP).value == "A-"
    assert letter_of(Decimal("94.5"), KZ, Rounding.DOWN).value == "A-"
    with pytest.raises(InvalidValue, match="between A- and A"):
        letter_of(Decimal("94.5"), KZ, Rounding.REFUSE)


def test_a_fraction_within_a_row_needs_no_rounding() -> None:
    assert letter_of(Decimal("92.5"), KZ, Rounding.REFUSE).value == "A-"


@given(st.decimals(0, 100, places=1), st.sampled_from(Rounding), st.decimals(0, 100, places=1))
def test_a_better_percentage_never_earns_a_worse_letter(one: Decimal, how: Rounding, other: Decimal) -> None:
    try:
        better, worse = (letter_of(each, KZ, how).value for each in (max(one, other), min(one, other)))
    except InvalidValue:
        assert how is Rounding.REFUSE
    else:
        assert rank(KZ, better) <= rank(KZ, worse)


NO_PERCENTAGES = {"below nothing": "-1", "above everything": "100.1", "not a number": "NaN"}


@pytest.mark.parametrize("percent", NO_PERCENTAGES.values(), ids=NO_PERCENTAGES.keys())
def test_what_is_no_percentage_is_refused(percent: str) -> None:
    with pytest.raises(InvalidValue):
        letter_of(Decimal(percent), KZ, Rounding.HALF_UP)


def _step(value: str, *, passing: bool = True, points: str | None = None) -> Step:
    return Step(value=value, passing=passing, points=None if points is None else Decimal(points))


NO_SCALES: dict[str, Callable[[], object]] = {
    "no grades": a_scale,
    "a grade twice": lambda: a_scale(_step("A"), _step("A")),
    "a pass below a fail": lambda: a_scale(_step("F", passing=False), _step("A")),
    "points that rise on the way down": lambda: a_scale(_step("A", points="3"), _step("B", points="4")),
    "points for some only": lambda: a_scale(_step("A", points="4"), _step("B")),
    "a pass beyond the worst": lambda: Span(best=Decimal(10), lowest_pass=Decimal(0), worst=Decimal(1)),
    "nothing but the best": lambda: Span(best=Decimal(1), lowest_pass=Decimal(1), worst=Decimal(1)),
    "more than a hundred per cent": lambda: Step(value="A", passing=True, from_percent=Decimal(101)),
}


@pytest.mark.parametrize("make", NO_SCALES.values(), ids=NO_SCALES.keys())
def test_what_is_no_scale_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidValue):
        make()


def test_numbers_are_grades_of_a_span_from_the_best_to_the_worst() -> None:
    ten = a_scale(span=TEN)

    assert passes(ten, "6")
    assert passes(ten, "6.00")
    assert not passes(ten, "5.9")
    for no_grade in ("11", "0", "A", "-6"):
        with pytest.raises(InvalidValue):
            passes(ten, no_grade)


def test_on_a_scale_that_counts_down_less_is_better() -> None:
    german = a_scale(span=GERMAN)

    assert passes(german, "1.3")
    assert not passes(german, "4.1")
    assert rank(german, "1.3") < rank(german, "2")


# --- averages -------------------------------------------------------------------------------------------


def weighed(*pairs: tuple[str, str]) -> list[Weighed]:
    return [Weighed(Decimal(points), kz(credit)) for credit, points in pairs]


def test_a_failed_unit_stays_in_the_denominator() -> None:
    average = grade_average(weighed(("3", "4"), ("2", "3"), ("6", "0")))

    assert average == Fraction(18, 11)
    assert rounded(average) == Decimal("1.64")


def test_the_average_is_exact() -> None:
    assert grade_average(weighed(("3", "4"), ("2", "3"), ("3", "0"))) == Fraction(18, 8)


def test_an_average_is_weighed_by_one_scheme() -> None:
    with pytest.raises(UnlikeCredits):
        grade_average([Weighed(Decimal(4), kz(5)), Weighed(Decimal(3), ects(5))])


def test_there_is_no_average_of_nothing() -> None:
    with pytest.raises(InvalidValue):
        grade_average([])


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(sorted(POINTS.values()))), min_size=1))
def test_an_average_lies_between_its_least_and_its_greatest(taken: list[tuple[int, str]]) -> None:
    average = grade_average(weighed(*((str(credit), points) for credit, points in taken)))

    points = [Fraction(points) for _, points in taken]
    assert min(points) <= average <= max(points)


def test_another_scales_grade_has_no_points_here() -> None:
    with pytest.raises(InvalidValue, match="another"):
        grade_points(Grade("A", "another"), KZ)


# --- the formula ----------------------------------------------------------------------------------------


def test_8_of_10_passed_with_6_is_2_and_a_half() -> None:
    assert modified_bavarian(Decimal(8), TEN) == Fraction(5, 2)


def test_the_best_is_1_and_the_lowest_pass_is_4() -> None:
    for span in (TEN, GERMAN):
        assert modified_bavarian(span.best, span) == 1
        assert modified_bavarian(span.lowest_pass, span) == 4


def test_the_formula_makes_no_pass_of_a_fail() -> None:
    with pytest.raises(NotPassed):
        modified_bavarian(Decimal("5.9"), TEN)
    with pytest.raises(InvalidValue):
        modified_bavarian(Decimal(11), TEN)
