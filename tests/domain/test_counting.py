"""Every number opens: which credits are in it, and why each other one is not."""

from decimal import Decimal

from domain.counting import Why, lines, totals
from domain.credit import CreditAwarded
from domain.values import CreditScheme, Setting, institution_id
from tests.domain.builders import (
    a_transfer,
    a_wallet,
    a_withdrawal,
    an_award,
    ects,
    ecvet,
    kz,
)

AITU, ENU = institution_id("aitu"), institution_id("enu")


def test_a_transferred_line_is_not_added_to_its_source() -> None:
    wallet = a_wallet(an_award("c-1"), a_transfer("t-1"))

    judged = lines(wallet.credits)

    assert totals(judged) == {CreditScheme.ECTS: Decimal(6)}
    left_out = judged[1].left_out
    assert left_out is not None
    assert (left_out.kind, left_out.because_of) == (Why.SAME_LEARNING, "c-1")


def test_an_institution_counts_its_own_and_what_was_transferred_to_it() -> None:
    wallet = a_wallet(an_award("c-1"), a_transfer("t-1"), an_award("c-2", by="enu", unit="u", points=ects(5)))

    assert totals(lines(wallet.credits, at=AITU)) == {CreditScheme.ECTS: Decimal(6)}
    assert totals(lines(wallet.credits, at=ENU)) == {CreditScheme.ECTS: Decimal(11)}


def test_what_others_awarded_waits_for_a_transfer() -> None:
    (line,) = lines(a_wallet(an_award("c-1")).credits, at=ENU)

    assert line.left_out is not None
    assert line.left_out.kind is Why.ELSEWHERE
    assert line.left_out.sentence == "it is aitu's; enu counts it only after a transfer"


def test_what_was_brought_here_is_told_as_the_line_that_counts() -> None:
    judged = lines(a_wallet(an_award("c-1"), a_transfer("t-1")).credits, at=ENU)

    assert judged[0].left_out is not None
    assert (judged[0].left_out.kind, judged[0].left_out.because_of) == (Why.SAME_LEARNING, "t-1")


def test_a_withdrawn_credit_takes_its_transfers_with_it_and_says_why() -> None:
    wallet = a_wallet(an_award("c-1"), a_transfer("t-1"), a_withdrawal("c-1"))

    own, transferred = (line.left_out for line in lines(wallet.credits))

    assert own is not None
    assert transferred is not None
    assert own.kind is Why.WITHDRAWN
    assert "assessed in error" in own.sentence
    assert (transferred.kind, transferred.because_of) == (Why.SOURCE_WITHDRAWN, "c-1")
    assert totals(lines(wallet.credits, at=ENU)) == {}


def test_an_achievement_recognised_by_two_institutions_counts_once_in_all() -> None:
    def recognised(credit: str, by: str) -> CreditAwarded:
        return an_award(credit, by=by, unit=f"{by}-u", setting=Setting.NON_FORMAL, achievement="a-1")

    wallet = a_wallet(recognised("c-1", "aitu"), recognised("c-2", "enu"))

    assert totals(lines(wallet.credits)) == {CreditScheme.ECTS: Decimal(6)}
    assert totals(lines(wallet.credits, at=ENU)) == {CreditScheme.ECTS: Decimal(6)}


def test_schemes_are_summed_side_by_side() -> None:
    wallet = a_wallet(
        an_award("c-1", unit="u-1", points=kz(5)),
        an_award("c-2", unit="u-2", points=ects("4.5")),
        an_award("c-3", unit="u-3", points=ects("1.5")),
        an_award("c-4", unit="u-4", points=ecvet(3)),
    )

    assert list(totals(lines(wallet.credits)).items()) == [
        (CreditScheme.ECTS, Decimal(6)),
        (CreditScheme.ECVET, Decimal(3)),
        (CreditScheme.KZ, Decimal(5)),
    ]


def test_an_empty_wallet_adds_up_to_nothing() -> None:
    assert totals(lines(a_wallet().credits)) == {}
