"""A grade is converted as was fixed beforehand; a fail becomes no pass; the original is kept.

The vector is the pair of tables of the project's rules (host A–E, n = 369; home 5–3, n = 200); a second reading
of it, by hand, is in the intervals test: cumulated percentages from the best.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import (
    AlreadyAssessed,
    AlreadyPublished,
    InvalidValue,
    NotConvertible,
    NotFound,
    NotInForce,
    NotPassed,
    Refused,
)
from domain.grade_conversion import (
    ByDistribution,
    ByExperts,
    by_correspondence,
    by_distribution,
    by_experts,
    by_formula,
    chosen,
    convert,
    shares,
)
from domain.grade_scale import GradeScale, Span, Step, kz_letters, rounded
from domain.grading import (
    Choice,
    Correspondent,
    DistributionPublished,
    GradeCount,
    Grading,
    PolicyFixed,
    agree_correspondence,
    evolve,
    fix_policy,
    fold,
    publish_distribution,
    publish_scale,
)
from domain.values import Grade, Level
from tests.domain.builders import DAY, LATER, a_wallet, an_award, an_institution, named

HOME, HOST = an_institution("aitu"), an_institution("host")
SINCE, UNTIL, PUBLISHED = date(2023, 7, 1), date(2025, 6, 30), date(2025, 7, 1)
HOST_COUNTS = {"A": 7, "B": 37, "C": 135, "D": 98, "E": 92}
HOME_COUNTS = {"5": 20, "4.5": 35, "4": 60, "3.5": 45, "3": 40}
VECTOR = {
    Choice.MID: ["5", "5", "4", "3.5", "3"],
    Choice.BEST: ["5", "5", "4.5", "4", "3.5"],
    Choice.WORST: ["5", "4.5", "4", "3.5", "3"],
}


def scale_of(name: str, *passing: str, failing: str = "F") -> GradeScale:
    steps = [Step(value=value, passing=True) for value in passing]
    return GradeScale(scale=name, names=named(name), steps=(*steps, Step(value=failing, passing=False)))


TEN = GradeScale(
    scale="ten",
    names=named("Ten"),
    span=Span(
        best=rounded(Fraction(10), 0), lowest_pass=rounded(Fraction(6), 0), worst=rounded(Fraction(1), 0)
    ),
)
GERMAN = GradeScale(
    scale="de",
    names=named("German"),
    span=Span(
        best=rounded(Fraction(1), 0), lowest_pass=rounded(Fraction(4), 0), worst=rounded(Fraction(5), 0)
    ),
)


def a_grading(*scales: GradeScale, by: Any = HOME) -> Grading:
    grading = fold(by.id, [])
    for scale in scales:
        grading = evolve(grading, publish_scale(grading, scale, by=by, published_on=PUBLISHED))
    return grading


OURS = a_grading(scale_of("home", *HOME_COUNTS), scale_of("host", *HOST_COUNTS), TEN, GERMAN, kz_letters())
THEIRS = a_grading(scale_of("host", *HOST_COUNTS), by=HOST)


def a_table(
    grading: Grading, by: Any, scale: str, counts: dict[str, int], **more: Any
) -> DistributionPublished:
    said = {"table": scale, "since": SINCE, "until": UNTIL, "published_on": PUBLISHED, **more}
    return publish_distribution(grading, by=by, scale=scale, counts=counts, **said)


def a_policy(choice: Choice = Choice.MID, **more: Any) -> PolicyFixed:
    said: dict[str, Any] = {
        "policy": "p-1",
        "least_grades": 30,
        "in_force_from": PUBLISHED,
        "fixed_on": PUBLISHED,
        "formula_scale": "de",
        **more,
    }
    return fix_policy(OURS, by=HOME, choice=choice, **said)


HOST_TABLE = a_table(THEIRS, HOST, "host", HOST_COUNTS)
HOME_TABLE = a_table(OURS, HOME, "home", HOME_COUNTS)


# --- by distribution ------------------------------------------------------------------------------------


def test_the_shares_are_cumulated_from_the_best() -> None:
    upto = [rounded(share.upto * 100) for share in shares(HOST_TABLE.counts)]

    assert [str(each) for each in upto] == ["1.90", "11.92", "48.51", "75.07", "100.00"]


@pytest.mark.parametrize("choice", VECTOR)
def test_the_vector_is_converted_as_given(choice: Choice) -> None:
    converted = [
        by_distribution(Grade(value, "host"), HOST_TABLE, HOME_TABLE, a_policy(choice), passing=True)[0]
        for value in HOST_COUNTS
    ]

    assert converted == [Grade(value, "home") for value in VECTOR[choice]]


def test_a_conversion_says_by_which_tables_policy_and_shares() -> None:
    _, basis = by_distribution(Grade("B", "host"), HOST_TABLE, HOME_TABLE, a_policy(), passing=True)

    assert basis == ByDistribution(
        their_institution=HOST.id,
        their_table="host",
        our_table="home",
        policy="p-1",
        choice=Choice.MID,
        their_share=("7/369", "44/369"),
        our_share=("0", "1/10"),
    )


def a_count(*counts: int) -> tuple[GradeCount, ...]:
    return tuple(GradeCount(str(place), count) for place, count in enumerate(counts))


def test_a_middle_on_a_boundary_takes_the_better() -> None:
    (whole,) = shares(a_count(4))

    assert chosen(whole, shares(a_count(2, 2)), Choice.MID).value == "0"


def test_of_two_equal_majorities_the_better_is_taken() -> None:
    (whole,) = shares(a_count(4))

    assert chosen(whole, shares(a_count(1, 2, 2)), Choice.MAJORITY).value == "1"


some_counts = st.lists(st.integers(0, 40), min_size=1, max_size=8).filter(any).map(lambda c: a_count(*c))


@given(some_counts, some_counts, st.sampled_from(Choice))
def test_a_better_grade_never_becomes_a_worse_one_and_none_becomes_one_never_given(
    theirs: tuple[GradeCount, ...], ours: tuple[GradeCount, ...], choice: Choice
) -> None:
    taken = [int(chosen(share, shares(ours), choice).value) for share in shares(theirs)]

    assert taken == sorted(taken)
    assert all(ours[place].count for place in taken)


@given(some_counts, some_counts)
def test_the_choices_lie_between_the_best_and_the_worst(
    theirs: tuple[GradeCount, ...], ours: tuple[GradeCount, ...]
) -> None:
    for share in shares(theirs):
        best, worst = (int(chosen(share, shares(ours), each).value) for each in (Choice.BEST, Choice.WORST))
        for each in (Choice.MID, Choice.MAJORITY):
            assert best <= int(chosen(share, shares(ours), each).value) <= worst


@given(some_counts)
def test_a_table_converts_its_own_grades_to_themselves(counts: tuple[GradeCount, ...]) -> None:
    for choice in Choice:
        for share in shares(counts):
            assert chosen(share, shares(counts), choice) == share


UNCONVERTIBLE: dict[str, tuple[type[Refused], Callable[[], object]]] = {
    "a fail": (
        NotPassed,
        lambda: by_distribution(Grade("F", "host"), HOST_TABLE, HOME_TABLE, a_policy(), passing=False),
    ),
    "a grade never given": (
        NotConvertible,
        lambda: by_distribution(
            Grade("A", "host"),
            a_table(THEIRS, HOST, "host", {**HOST_COUNTS, "A": 0}),
            HOME_TABLE,
            a_policy(),
            passing=True,
        ),
    ),
    "a table that is too small": (
        NotConvertible,
        lambda: by_distribution(
            Grade("A", "host"), HOST_TABLE, HOME_TABLE, a_policy(least_grades=201), passing=True
        ),
    ),
    "another scale": (
        InvalidValue,
        lambda: by_distribution(Grade("A", "theirs"), HOST_TABLE, HOME_TABLE, a_policy(), passing=True),
    ),
    "tables of unlike fields": (
        NotConvertible,
        lambda: by_distribution(
            Grade("A", "host"),
            a_table(THEIRS, HOST, "host", HOST_COUNTS, field="0613"),
            a_table(OURS, HOME, "home", HOME_COUNTS, field="0911"),
            a_policy(),
            passing=True,
        ),
    ),
    "tables of unlike cycles": (
        NotConvertible,
        lambda: by_distribution(
            Grade("A", "host"),
            a_table(THEIRS, HOST, "host", HOST_COUNTS, cycle=Level("EQF", 6)),
            a_table(OURS, HOME, "home", HOME_COUNTS, cycle=Level("EQF", 7)),
            a_policy(),
            passing=True,
        ),
    ),
}


@pytest.mark.parametrize("case", UNCONVERTIBLE)
def test_what_a_distribution_cannot_say_is_refused(case: str) -> None:
    refusal, attempted = UNCONVERTIBLE[case]
    with pytest.raises(refusal):
        attempted()


# --- tables, scales and policies ------------------------------------------------------------------------

UNPUBLISHABLE: dict[str, tuple[type[Refused], Callable[[], object]]] = {
    "a scale twice": (AlreadyPublished, lambda: publish_scale(OURS, TEN, by=HOME, published_on=DAY)),
    "a table on a scale nobody knows": (NotFound, lambda: a_table(OURS, HOME, "strange", {"A": 1})),
    "a fail among the counted": (InvalidValue, lambda: a_table(OURS, HOME, "home", {"5": 10, "F": 1})),
    "a grade that is none": (InvalidValue, lambda: a_table(OURS, HOME, "home", {"6": 10})),
    "nothing counted": (InvalidValue, lambda: a_table(OURS, HOME, "home", {"5": 0})),
    "a year only": (InvalidValue, lambda: a_table(OURS, HOME, "home", {"5": 1}, until=date(2025, 6, 29))),
    "days to come": (InvalidValue, lambda: a_table(OURS, HOME, "home", {"5": 1}, until=date(2025, 7, 2))),
    "a table twice": (
        AlreadyPublished,
        lambda: a_table(evolve(OURS, HOME_TABLE), HOME, "home", HOME_COUNTS),
    ),
    "a policy in force before it is fixed": (
        InvalidValue,
        lambda: a_policy(in_force_from=date(2025, 6, 1)),
    ),
    "an average without points": (InvalidValue, lambda: a_policy(average_scale="home")),
    "a least number of none": (InvalidValue, lambda: a_policy(least_grades=0)),
}


@pytest.mark.parametrize("case", UNPUBLISHABLE)
def test_what_cannot_be_published_is_refused(case: str) -> None:
    refusal, attempted = UNPUBLISHABLE[case]
    with pytest.raises(refusal):
        attempted()


def test_two_years_may_begin_on_the_29th_of_february() -> None:
    leap = a_table(OURS, HOME, "home", HOME_COUNTS, since=date(2020, 2, 29), until=date(2022, 2, 27))

    assert leap.total == 200


def test_the_policy_of_a_day_is_the_last_one_in_force_by_then() -> None:
    first = a_policy()
    later = a_policy(policy="p-2", in_force_from=date(2026, 1, 1))
    grading = evolve(evolve(OURS, first), later)

    assert grading.policy(date(2025, 12, 31)) == first
    assert grading.policy(date(2026, 1, 1)) == later
    with pytest.raises(NotFound):
        grading.policy(date(2025, 6, 30))


# --- by correspondence, experts, formula ----------------------------------------------------------------


def an_agreement(*pairs: tuple[str, str]) -> Any:
    return agree_correspondence(
        OURS,
        by=HOME,
        correspondence="with-host",
        from_scale="host",
        to_scale="home",
        pairs=[Correspondent(*pair) for pair in pairs],
        agreed_with="Host University",
        in_force_from=DAY,
        agreed_on=PUBLISHED,
    )


def test_an_agreed_grade_becomes_what_was_agreed_from_its_day_on() -> None:
    agreed = an_agreement(("A", "5"), ("B", "4"))

    assert by_correspondence(Grade("B", "host"), OURS, agreed, on=DAY)[0] == Grade("4", "home")
    with pytest.raises(NotInForce):
        by_correspondence(Grade("B", "host"), OURS, agreed, on=PUBLISHED)
    with pytest.raises(NotConvertible):
        by_correspondence(Grade("C", "host"), OURS, agreed, on=DAY)


DISAGREEABLE = {
    "a fail that becomes a pass": [("F", "3")],
    "a better grade that becomes the worse": [("A", "4"), ("B", "5")],
    "a grade read in two ways": [("A", "5"), ("A", "4")],
    "a grade that is none of theirs": [("Z", "5")],
    "a grade that is none of ours": [("A", "6")],
    "nothing": [],
}


@pytest.mark.parametrize("pairs", DISAGREEABLE.values(), ids=DISAGREEABLE.keys())
def test_what_cannot_be_agreed_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidValue):
        an_agreement(*pairs)


def test_experts_say_who_they_are_and_why() -> None:
    given, basis = by_experts(
        Grade("passed", "mooc"), Grade("4", "home"), OURS, experts=["S. Expert"], reason="outcomes compared"
    )

    assert given == Grade("4", "home")
    assert basis == ByExperts(experts=("S. Expert",), reason="outcomes compared")


def test_experts_do_not_make_a_pass_of_a_fail() -> None:
    with pytest.raises(NotPassed):
        by_experts(Grade("F", "host"), Grade("4", "home"), OURS, experts=["S. Expert"], reason="kindness")


def test_the_formula_gives_one_decimal_of_the_german_scale() -> None:
    given, basis = by_formula(Grade("8", "ten"), OURS, a_policy())

    assert given == Grade("2.5", "de")
    assert basis.exactly == "5/2"
    assert by_formula(Grade("8.1", "ten"), OURS, a_policy())[0] == Grade("2.4", "de")
    with pytest.raises(NotConvertible):
        by_formula(Grade("A", "host"), OURS, a_policy())


# --- kept in the wallet ---------------------------------------------------------------------------------


def a_conversion(existing: Any, held: Any, **changed: Any) -> Any:
    said: dict[str, Any] = {
        "conversion": "v-1",
        "by": HOME,
        "original": held.grade,
        "result": Grade("5", "home"),
        "basis": ByExperts(experts=("S. Expert",), reason="compared"),
        "converted_on": LATER,
        "credit": held,
        **changed,
    }
    return convert(existing, **said)


def test_a_conversion_keeps_the_original_beside_the_result() -> None:
    wallet = a_wallet(an_award("c-1", grade=Grade("A", "host")))
    event = a_conversion(wallet.conversions, wallet.credit("c-1"))
    after = wallet.after(event)

    assert after.conversions[event.conversion].original == Grade("A", "host")
    assert after.credit("c-1").grade == Grade("A", "host")
    with pytest.raises(AlreadyAssessed):
        a_conversion(after.conversions, after.credit("c-1"))


NO_CONVERSIONS: dict[str, dict[str, Any]] = {
    "of another grade": {"original": Grade("B", "host")},
    "before the credit": {"converted_on": date(2025, 1, 1)},
    "of nobody's grade": {"credit": None},
}


@pytest.mark.parametrize("changed", NO_CONVERSIONS.values(), ids=NO_CONVERSIONS.keys())
def test_what_is_no_conversion_is_refused(changed: dict[str, Any]) -> None:
    wallet = a_wallet(an_award("c-1", grade=Grade("A", "host")))
    with pytest.raises(InvalidValue):
        a_conversion(wallet.conversions, wallet.credit("c-1"), **changed)
