"""An average is made of every unit taken: credit by its grade here, failures by theirs, and each is shown."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.attempt import fail, withdraw_failure
from domain.average import averages
from domain.errors import AlreadyAssessed, InvalidValue, NotFoundInWallet, NotInForce, WrongInstitution
from domain.grade_conversion import ByExperts, convert
from domain.grade_scale import kz_letters
from domain.grading import Retakes
from domain.values import CreditScheme, Grade
from domain.wallet import Wallet
from tests.domain.builders import DAY, LATER, a_transfer, a_unit, a_wallet, an_award, an_institution, ects

AITU = an_institution("aitu")
KZ = kz_letters()
UNIT = a_unit("failed-unit", points=(ects(6),))


def graded(credit: str, letter: str, points: int, **more: Any) -> Any:
    return an_award(
        credit, unit=f"unit-{credit}", grade=Grade(letter, "kz-letter"), points=ects(points), **more
    )


def a_failure(wallet: Wallet, attempt: str = "t-1", **changed: Any) -> Any:
    said: dict[str, Any] = {
        "by": AITU,
        "attempt": attempt,
        "scheme": CreditScheme.ECTS,
        "failed_on": DAY,
        "grade": Grade("F", "kz-letter"),
        "scale": KZ,
        **changed,
    }
    return fail(wallet.attempts, changed.pop("unit", UNIT), **{k: v for k, v in said.items() if k != "unit"})


def average(wallet: Wallet, retakes: Retakes = Retakes.ALL) -> Fraction:
    (only,) = averages(wallet, at=AITU, scale=KZ, retakes=retakes).averages
    return only.exactly


def test_a_failure_weighs_by_the_points_of_its_unit_and_carries_no_credit() -> None:
    wallet = a_wallet(graded("c-1", "A", 3), graded("c-2", "B", 2))
    wallet = wallet.after(a_failure(wallet))

    assert average(wallet) == Fraction(18, 11)
    assert len(wallet.credits) == 2


def test_a_withdrawn_failure_is_no_part_of_the_average() -> None:
    wallet = a_wallet(graded("c-1", "A", 3))
    wallet = wallet.after(a_failure(wallet))
    wallet = wallet.after(withdraw_failure(wallet.attempts, "t-1", by=AITU, reason="another's", on=LATER))

    assert average(wallet) == 4
    with pytest.raises(NotInForce):
        withdraw_failure(wallet.attempts, "t-1", by=AITU, reason="again", on=LATER)


def test_where_only_the_last_attempt_counts_the_failure_before_it_is_shown_and_left_out() -> None:
    wallet = a_wallet()
    wallet = wallet.after(a_failure(wallet))
    passed = an_award("c-1", unit="failed-unit", grade=Grade("B", "kz-letter"), points=ects(6), on=LATER)
    wallet = wallet.after(passed)

    assert average(wallet) == Fraction(3, 2)
    assert average(wallet, Retakes.LAST) == 3
    (left_out,) = averages(wallet, at=AITU, scale=KZ, retakes=Retakes.LAST).left_out
    assert (left_out.of, left_out.left_out) == ("t-1", "the unit was taken again")


def test_a_transferred_line_is_graded_by_what_its_grade_was_converted_to() -> None:
    award = an_award("c-1", by="host", grade=Grade("1.0", "de"))
    wallet = a_wallet(award, a_transfer("c-2", of=award, to="aitu"))
    assert averages(wallet, at=AITU, scale=KZ, retakes=Retakes.ALL).averages == ()

    wallet = wallet.after(
        convert(
            wallet.conversions,
            conversion="v-1",
            by=AITU,
            original=Grade("1.0", "de"),
            result=Grade("A-", "kz-letter"),
            basis=ByExperts(experts=("S. Expert",), reason="compared"),
            converted_on=LATER,
            credit=wallet.credit("c-1"),
        )
    )

    (only,) = averages(wallet, at=AITU, scale=KZ, retakes=Retakes.ALL).averages
    assert only.exactly == Fraction(Decimal("3.67"))
    assert only.graded[0].original == Grade("1.0", "de")


def test_a_line_without_points_is_told_and_not_guessed() -> None:
    wallet = a_wallet(graded("c-1", "A", 3), an_award("c-2", unit="u-2", grade=Grade("7", "ten")))

    shown = averages(wallet, at=AITU, scale=KZ, retakes=Retakes.ALL)

    assert [each.of for each in shown.left_out] == ["c-2"]
    assert "no points" in (shown.left_out[0].left_out or "")


NO_FAILURES: dict[str, tuple[type[Exception], dict[str, Any]]] = {
    "a grade that passes": (InvalidValue, {"grade": Grade("D", "kz-letter")}),
    "a grade that is none": (InvalidValue, {"grade": Grade("Z", "kz-letter")}),
    "another's unit": (WrongInstitution, {"by": an_institution("host")}),
    "a scheme of no points": (InvalidValue, {"scheme": CreditScheme.ECVET}),
    "an attempt's id again": (AlreadyAssessed, {"attempt": "t-1"}),
}


@pytest.mark.parametrize("case", NO_FAILURES)
def test_what_is_no_failure_is_refused(case: str) -> None:
    refusal, changed = NO_FAILURES[case]
    wallet = a_wallet()
    wallet = wallet.after(a_failure(wallet))
    with pytest.raises(refusal):
        a_failure(wallet, **{"attempt": "t-2", **changed})


def test_only_who_entered_a_failure_withdraws_it_and_not_before_it() -> None:
    wallet = a_wallet()
    wallet = wallet.after(a_failure(wallet))
    with pytest.raises(WrongInstitution):
        withdraw_failure(wallet.attempts, "t-1", by=an_institution("host"), reason="r", on=LATER)
    with pytest.raises(InvalidValue):
        withdraw_failure(wallet.attempts, "t-1", by=AITU, reason="r", on=date(2025, 1, 1))
    with pytest.raises(NotFoundInWallet):
        withdraw_failure(wallet.attempts, "t-9", by=AITU, reason="r", on=LATER)
