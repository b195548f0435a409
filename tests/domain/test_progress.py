"""How far a learner is: met by what, missing what, and why the rest does not help."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from domain.credit import CreditAwarded
from domain.progress import Progress, Standing, progress
from domain.qualification import Requirement
from domain.values import CreditPoints, Level, Setting
from domain.wallet import lines_towards
from tests.domain.builders import (
    EQF5,
    LATER,
    a_qualification,
    a_wallet,
    a_withdrawal,
    all_of,
    an_award,
    ects,
    ecvet,
    kz,
    n_of,
    points_from,
    required,
)
from wallet.solving import solve


def towards(requirement: Requirement, *awards: CreditAwarded, points: CreditPoints | None = None) -> Progress:
    wallet = a_wallet(*awards)
    qualification = a_qualification(requirement, points=points or ects("0.001"))
    return progress(qualification, lines_towards(wallet, qualification), on=LATER, solver=solve)


def uses(standing: Standing) -> list[tuple[str, str]]:
    return [(use.credit, str(use.points)) for use in standing.by]


def reasons(answer: Progress, credit: str) -> list[str]:
    (unused,) = (unused for unused in answer.unused if unused.credit == credit)
    return [reason.sentence for reason in unused.reasons]


A = an_award("c-a", unit="a", points=ects(6))
B = an_award("c-b", unit="b", points=ects(4))
C = an_award("c-c", unit="c", points=ects(5))


def test_a_required_unit_is_met_by_its_credit() -> None:
    answer = towards(required("a"), A)

    assert answer.complete
    assert (answer.used, answer.unused, answer.missing) == (("c-a",), (), ())


def test_what_is_missing_is_said_in_parts() -> None:
    answer = towards(all_of(required("a"), required("b"), points_from(ects(10))), A)

    assert not answer.complete
    assert answer.standing.share == Fraction(1 + 0 + Fraction(6, 10)) / 3
    assert answer.missing == ("the unit b (Unit b)", "4 ECTS more of 10 ECTS (Points)")


def test_a_point_is_spent_once() -> None:
    answer = towards(all_of(points_from(ects(6)), points_from(ects(6))), A)

    first, second = answer.standing.parts
    assert (first.satisfied, second.satisfied) == (True, False)
    assert uses(second) == []


def test_one_requirement_standing_twice_is_asked_twice() -> None:
    the_same = points_from(ects(6))

    assert not towards(all_of(the_same, the_same), A).complete
    assert towards(all_of(the_same, the_same), A, B, C).complete


def test_a_credit_may_serve_two_requirements_each_with_a_part() -> None:
    answer = towards(all_of(points_from(ects(4)), points_from(ects("1.5"))), A)

    assert [uses(part) for part in answer.standing.parts] == [[("c-a", "4 ECTS")], [("c-a", "1.5 ECTS")]]


def test_a_credit_makes_way_where_another_can_take_its_place() -> None:
    # In order, «any» would take a first; only a can serve the second requirement.
    answer = towards(all_of(points_from(ects(5)), points_from(ects(6), "a")), A, C)

    assert answer.complete
    assert [uses(part) for part in answer.standing.parts] == [[("c-c", "5 ECTS")], [("c-a", "6 ECTS")]]


def test_a_required_unit_spends_no_points() -> None:
    assert towards(all_of(required("a"), points_from(ects(6))), A).complete


def test_the_total_is_asked_besides_the_tree() -> None:
    answer = towards(required("a"), A, B, points=ects(12))

    assert answer.standing.satisfied
    assert not answer.complete
    assert answer.share == Fraction(10, 12)
    assert answer.missing == ("2 ECTS more in all, of the qualification's 12 ECTS",)
    assert answer.used == ("c-a", "c-b")


def test_credit_of_another_scheme_never_helps_and_is_told_so() -> None:
    answer = towards(points_from(kz(5)), an_award("c-k", points=kz(3)), A, points=kz(5))

    assert answer.total.reached == Decimal(3)
    assert uses(answer.standing) == [("c-k", "3 KZ")]
    assert "it is in ECTS; this requirement counts KZ and nothing converts it" in reasons(answer, "c-a")


UNUSED = {
    "another unit": (points_from(ects(9), "b"), A, "its unit is not among those this requirement names"),
    "too low a level": (
        points_from(ects(9), min_level=Level("EQF", 6)),
        A,
        "it is at EQF level 5; this requirement asks EQF level 6 or above",
    ),
    "a level of another framework": (
        points_from(ects(9), min_level=Level("NQF-KZ", 5)),
        A,
        "its level is stated as EQF level 5; this requirement asks NQF-KZ level 5",
    ),
    "no level": (
        points_from(ects(9), min_level=EQF5),
        an_award("c-a", level=None),
        "its level is not stated; this requirement asks EQF level 5",
    ),
    "another setting": (
        points_from(ects(9), settings=(Setting.FORMAL,)),
        an_award("c-a", setting=Setting.NON_FORMAL),
        "it is non-formal learning, which this requirement does not take",
    ),
    "no room for learning outside formal education": (
        points_from(ects(9), most_not_formal=Decimal(0)),
        an_award("c-a", setting=Setting.INFORMAL),
        "the part that informal learning may have in this requirement is full",
    ),
    "nobody asks for it": (required("b"), A, "no requirement asks for its unit"),
}


@pytest.mark.parametrize(("requirement", "award", "reason"), UNUSED.values(), ids=UNUSED.keys())
def test_an_unused_credit_says_why(requirement: Requirement, award: CreditAwarded, reason: str) -> None:
    # The other credit fills the total, so that nothing but the requirement speaks for this one.
    other = an_award("c-0", unit="zero", points=ects(1))
    answer = towards(all_of(requirement), other, award, points=ects(1))

    assert reason in reasons(answer, "c-a")


def test_a_credit_beyond_what_is_asked_says_so() -> None:
    answer = towards(points_from(ects(6)), A, B)

    assert reasons(answer, "c-b") == [
        "this requirement is met without it",
        "the qualification's 0.001 ECTS are reached without it",
    ]


def test_a_withdrawn_credit_says_why() -> None:
    wallet = a_wallet(an_award("c-1"), a_withdrawal("c-1"))
    answer = progress(a_qualification(), lines_towards(wallet, a_qualification()), on=LATER, solver=solve)

    assert reasons(answer, "c-1") == ["it was withdrawn by aitu on 2025-12-20: assessed in error"]


def test_learning_outside_formal_education_fills_its_part_and_no_more() -> None:
    informal = an_award("c-i", unit="i", points=ects(10), setting=Setting.INFORMAL)
    asked = points_from(ects(10), most_not_formal=Decimal("0.25"))

    assert uses(towards(asked, informal).standing) == [("c-i", "2.5 ECTS")]
    assert towards(asked, informal, A, B).complete
    assert not towards(asked, informal, A).complete


def test_a_choice_takes_the_branch_that_can_be_met() -> None:
    answer = towards(
        n_of(1, points_from(ects(20), label="Long"), points_from(ects(4), "b", label="Short")), A, B
    )

    assert answer.complete
    assert [part.asked for part in answer.standing.parts] == [False, True]
    assert "of this choice, another part comes nearer" in reasons(answer, "c-a")


def test_a_choice_leaves_points_for_what_has_no_choice() -> None:
    requirement = all_of(
        n_of(1, points_from(ects(6), "a"), points_from(ects(4), "b")), points_from(ects(6), "a")
    )

    assert towards(requirement, A, B).complete


def test_units_answer_a_choice_before_points_are_spent_on_it() -> None:
    requirement = all_of(n_of(1, points_from(ects(6)), required("a")), points_from(ects(6)))

    assert towards(requirement, A).complete


def test_two_of_three_is_as_near_as_its_nearest_two() -> None:
    answer = towards(n_of(2, required("a"), required("x"), required("y")), A)

    assert answer.standing.share == Fraction(1, 2)
    assert answer.missing == ("1 more of 3 (2 of these)",)


def test_the_same_credits_give_the_same_answer() -> None:
    requirement = all_of(points_from(ects(5)), n_of(1, points_from(ects(3)), points_from(ecvet(1))))

    assert towards(requirement, A, B, C) == towards(requirement, A, B, C)


def test_a_degree_of_many_credits_is_answered_quickly() -> None:
    awards = [an_award(f"c-{n}", unit=f"u-{n}", points=ects(5), on=date(2025, 1, 1)) for n in range(60)]
    requirement = all_of(
        *(points_from(ects(30), *(f"u-{n}" for n in range(start, start + 12))) for start in range(0, 48, 6)),
        n_of(2, *(points_from(ects(5 + n)) for n in range(6))),
    )

    assert towards(requirement, *awards, points=ects(240)).complete
