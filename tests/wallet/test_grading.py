"""Grades in a real office: published by one, converted by another, counted from the record, and audited."""

from datetime import date

import pytest

from domain.errors import NotConvertible, NotPassed
from domain.grade_scale import kz_letters
from domain.grading import Choice
from domain.values import Grade
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university
from wallet import awarding, grading, issuing
from wallet.auditing import audit
from wallet.grading import Distribution
from wallet.office import Office

SINCE, UNTIL = date(2024, 5, 1), date(2026, 5, 31)


@pytest.fixture
def graded(office: Office) -> Office:
    """Two universities that grade by letters; the first, with a policy."""
    a_university(office, "host")
    for each in ("aitu", "host"):
        grading.publish_scale(office, each, kz_letters(), at=NOON)
    grading.fix_policy(
        office, "aitu", policy="p-1", choice=Choice.MID, least_grades=2, in_force_from=NOON.date(), at=NOON
    )
    return office


def a_table(office: Office, institution: str, table: str, counts: dict[str, int] | None) -> None:
    grading.publish_table(
        office, institution, table=table, scale="kz-letter", counts=counts, since=SINCE, until=UNTIL, at=NOON
    )


def test_a_host_grade_becomes_the_home_grade_of_the_same_share_and_the_ledger_holds(graded: Office):
    a_unit(graded, "host-algorithms", institution="host")
    learner = a_learner(graded).learner
    credit = awarding.award(
        graded, "host", learner=learner, unit="host-algorithms", grade=Grade("B", "kz-letter"),
        awarded_on=date(2026, 5, 29), at=NOON,
    ).credit  # fmt: skip
    a_table(graded, "host", "theirs", {"A": 10, "B": 10})
    a_table(graded, "aitu", "ours", {"A": 10, "C": 10})

    converted = grading.convert_grade(
        graded, "aitu", learner=learner, credit=credit, way=Distribution("theirs", "ours", "host"),
        converted_on=NOON.date(), at=NOON,
    )  # fmt: skip

    assert converted.result == Grade("C", "kz-letter")
    assert graded.learner(learner).state.credit(credit).grade == Grade("B", "kz-letter")
    assert audit(graded.ledger).holds


def test_only_own_grades_in_force_are_counted(graded: Office):
    given = [("A", True), ("A", True), ("B", False)]
    for letter, stays in given:
        learner = a_learner(graded).learner
        credit = awarding.award(
            graded, "aitu", learner=learner, unit="algorithms", grade=Grade(letter, "kz-letter"),
            awarded_on=date(2026, 5, 29), at=NOON,
        ).credit  # fmt: skip
        if not stays:
            issuing.withdraw_credit(
                graded, "aitu", learner=learner, credit=credit, reason="error", on=NOON.date(), at=NOON
            )
    a_credit(graded, a_learner(graded).learner, "algorithms")

    a_table(graded, "aitu", "own", None)

    table = graded.grading("aitu").state.table("own")
    assert {each.value: each.count for each in table.counts if each.count} == {"A": 2}
    assert table.counted_to == graded.ledger.last_sequence() - 1


def test_a_fail_and_a_small_table_convert_to_nothing(graded: Office):
    learner = a_learner(graded).learner
    a_table(graded, "host", "theirs", {"A": 1})
    a_table(graded, "aitu", "ours", {"A": 10})

    for value, refusal in (("A", NotConvertible), ("F", NotPassed)):
        with pytest.raises(refusal):
            grading.convert_grade(
                graded, "aitu", learner=learner, original=Grade(value, "kz-letter"), given_by="Host",
                way=Distribution("theirs", "ours", "host"), converted_on=NOON.date(), at=NOON,
            )  # fmt: skip
