"""From a claim or a course to credit, and who may say so."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.achievement import Result
from domain.errors import (
    AlreadyAwarded,
    InvalidValue,
    NotAccredited,
    NotAssessed,
    NotFound,
    RequirementsNotMet,
    UnlikeCredits,
    WrongDoor,
)
from domain.values import CreditPoints, CreditScheme, Grade, LearnerId, Setting
from tests.offices import (
    DAY,
    NOON,
    a_credit,
    a_learner,
    a_qualification,
    a_unit,
    a_university,
    named,
)
from wallet import advising, awarding, issuing, showing
from wallet.errors import AnswerExists
from wallet.office import Office, Once


def test_credit_awarded_is_in_the_record_at_once(office: Office):
    learner = a_learner(office).learner

    awarded = a_credit(office, learner)

    (total,) = showing.show_record(office, learner).totals
    assert str(total.points) == "6 ECTS"
    (sequence,) = total.events
    opened = showing.show_event(office, learner, sequence)
    assert opened is not None
    assert opened.event == awarded


def test_of_a_hundred_who_award_the_same_achievement_one_succeeds(office: Office):
    learner = a_learner(office).learner
    ready = threading.Barrier(100)

    def attempt(_: int) -> str:
        ready.wait()
        try:
            return a_credit(office, learner).credit
        except AlreadyAwarded:
            return "refused"

    with ThreadPoolExecutor(100) as crowd:
        outcomes = list(crowd.map(attempt, range(100)))

    assert outcomes.count("refused") == 99
    assert len(showing.show_record(office, learner).credits) == 1


def test_a_unit_worth_credit_in_two_schemes_wants_to_know_which(office: Office):
    learner = a_learner(office).learner
    a_unit(office, "ecvet", scheme=CreditScheme.ECVET, points=2)

    with pytest.raises(UnlikeCredits):
        awarding.award(
            office, "aitu", learner=learner, unit="ecvet", scheme=CreditScheme.KZ, awarded_on=DAY, at=NOON
        )
    awarded = awarding.award(
        office, "aitu", learner=learner, unit="ecvet", scheme=CreditScheme.ECVET, awarded_on=DAY, at=NOON
    )

    assert awarded.points == CreditPoints(CreditScheme.ECVET, Decimal(2))


def test_an_institution_nobody_accredited_awards_nothing(office: Office):
    learner = a_learner(office).learner
    a_university(office, "unknown", accredited=False)
    a_unit(office, "elsewhere", institution="unknown")

    with pytest.raises(NotAccredited):
        a_credit(office, learner, "elsewhere", institution="unknown")


def test_non_formal_learning_is_claimed_then_assessed_then_credited_and_keeps_its_setting(office: Office):
    learner = a_learner(office).learner
    claimed = awarding.claim(
        office,
        learner,
        setting=Setting.NON_FORMAL,
        names=named("Python course"),
        provider="Open Courses",
        achieved_on=DAY,
        at=NOON,
    )

    def credit_it() -> object:
        return awarding.award(
            office,
            "aitu",
            learner=learner,
            unit="algorithms",
            achievement=claimed.achievement,
            awarded_on=DAY,
            at=NOON,
        )

    with pytest.raises(NotAssessed):
        credit_it()
    awarding.assess(
        office,
        "aitu",
        learner=learner,
        achievement=claimed.achievement,
        result=Result.PASSED,
        unit="algorithms",
        grade=Grade("B+", "KZ letter scale"),
        assessed_on=DAY,
        at=NOON,
    )
    credit_it()

    (total,) = showing.show_record(office, learner).totals
    assert total.setting == "non_formal"
    with pytest.raises(AlreadyAwarded):
        a_credit(office, learner)


def test_formal_learning_cannot_be_claimed(office: Office):
    learner = a_learner(office).learner

    with pytest.raises(WrongDoor):
        awarding.claim(
            office, learner, setting=Setting.FORMAL, names=named("Degree"), achieved_on=DAY, at=NOON
        )


def test_non_formal_learning_without_a_provider_is_refused(office: Office):
    learner = a_learner(office).learner

    with pytest.raises(InvalidValue, match="provider"):
        awarding.claim(
            office, learner, setting=Setting.NON_FORMAL, names=named("Course"), achieved_on=DAY, at=NOON
        )


def test_a_claim_alone_is_shown_and_carries_no_credit(office: Office):
    learner = a_learner(office).learner

    awarding.claim(office, learner, setting=Setting.INFORMAL, names=named("Sport"), achieved_on=DAY, at=NOON)

    record = showing.show_record(office, learner)
    assert record.totals == ()
    (claim,) = record.achievements
    assert (claim.setting, claim.result) == ("informal", None)


def test_a_transferred_credit_counts_at_both_institutions_and_once_in_all(office: Office):
    learner = a_learner(office).learner
    a_university(office, "host")
    a_unit(office, "abroad", institution="host")
    there = a_credit(office, learner, "abroad", institution="host")

    awarding.transfer(
        office,
        "aitu",
        learner=learner,
        from_credit=there.credit,
        agreement="Learning agreement 12/2026",
        unit="algorithms",
        transferred_on=DAY,
        at=NOON,
    )

    record = showing.show_record(office, learner)
    assert [str(total.points) for total in record.totals] == ["6 ECTS"]
    assert {row.unit for row in record.units} == {"abroad", "algorithms"}
    a_qualification(office)
    assert advising.show_progress(office, learner, "first-year", on=DAY).progress.complete


def test_a_withdrawn_source_takes_what_was_transferred_from_it_along(office: Office):
    learner = a_learner(office).learner
    a_university(office, "host")
    a_unit(office, "abroad", institution="host")
    there = a_credit(office, learner, "abroad", institution="host")
    awarding.transfer(
        office,
        "aitu",
        learner=learner,
        from_credit=there.credit,
        agreement="LA 1",
        transferred_on=DAY,
        at=NOON,
    )

    issuing.withdraw_credit(
        office, "host", learner=learner, credit=there.credit, reason="in error", on=DAY, at=NOON
    )

    record = showing.show_record(office, learner)
    assert record.totals == ()
    assert all(row.why_withdrawn == "in error" for row in record.credits)


def test_a_qualification_is_conferred_when_its_requirements_are_met_and_not_before(office: Office):
    learner = a_learner(office).learner
    a_qualification(office)

    def confer() -> object:
        return awarding.confer(
            office, "aitu", learner=learner, qualification="first-year", conferred_on=DAY, at=NOON
        )

    with pytest.raises(RequirementsNotMet, match="algorithms"):
        confer()
    a_credit(office, learner)
    confer()

    assert [row.qualification for row in showing.show_record(office, learner).conferrals] == ["first-year"]


def test_a_conferral_resting_on_a_withdrawn_credit_is_told_of(office: Office):
    learner = a_learner(office).learner
    a_qualification(office)
    credit = a_credit(office, learner).credit
    awarding.confer(office, "aitu", learner=learner, qualification="first-year", conferred_on=DAY, at=NOON)

    issuing.withdraw_credit(
        office, "aitu", learner=learner, credit=credit, reason="in error", on=DAY, at=NOON + timedelta(1)
    )

    (doubtful,) = showing.show_record(office, learner).resting_on_withdrawn
    assert doubtful.credits == (credit,)


def test_one_idempotency_key_records_once_and_keeps_the_first_answer(office: Office):
    learner = a_learner(office).learner
    once = Once("key-1", "what was asked", lambda event: event.credit.encode())

    def award(unit: str) -> str:
        return awarding.award(
            office, "aitu", learner=learner, unit=unit, awarded_on=DAY, at=NOON, once=once
        ).credit

    first = award("algorithms")
    a_unit(office, "databases")
    with pytest.raises(AnswerExists):
        award("databases")

    kept = office.ledger.answer("key-1")
    assert kept is not None
    assert kept.body.decode() == first
    assert len(showing.show_record(office, learner).credits) == 1


STRANGERS = {
    "an unknown learner": LearnerId("7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b"),
}


@pytest.mark.parametrize("learner", STRANGERS.values(), ids=STRANGERS)
def test_nothing_is_awarded_to(office: Office, learner: LearnerId):
    with pytest.raises(NotFound):
        a_credit(office, learner)


def test_an_id_that_cannot_be_one_is_refused_and_names_no_stream(office: Office):
    with pytest.raises(InvalidValue):
        a_credit(office, "../institution/aitu")
