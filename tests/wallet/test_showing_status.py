"""Was it revoked on that day, by whom, and why; and the same question put to a verification."""

from datetime import datetime, timedelta

import pytest

from domain.credential import Standing
from domain.errors import NotFound
from tests.offices import NOON, a_credit, a_learner
from wallet import issuing
from wallet.office import Office
from wallet.showing_status import StandingHistory, show_standing
from wallet.trusting import LedgerEvidence, local_evidence
from wallet.verdict import Outcome, Verdict
from wallet.verifying import verify

DAY = timedelta(days=1)
NOW = NOON + 30 * DAY


@pytest.fixture
def badge(office: Office):
    learner = a_learner(office).learner
    credit = a_credit(office, learner)
    return issuing.issue_credit(office, "aitu", learner=learner, credit=credit.credit, at=NOON)


@pytest.fixture
def revoked(office: Office, badge) -> StandingHistory:
    """Suspended on the 2nd day, reinstated on the 4th, revoked on the 6th."""
    given = (office, "aitu", badge.credential)
    issuing.suspend(*given, reason="an appeal is pending", at=NOON + 2 * DAY)
    issuing.reinstate(*given, at=NOON + 4 * DAY)
    issuing.revoke(*given, reason="plagiarism", at=NOON + 6 * DAY)
    return show_standing(office, badge.credential)


def verdict(office: Office, document: str, at: datetime) -> Verdict:
    return verify(document.encode(), at=at, evidence=LedgerEvidence(office.ledger, NOW))


STANDING = {
    "before it was issued": (-1 * DAY, None, None),
    "when issued": (timedelta(), Standing.IN_FORCE, None),
    "while suspended": (3 * DAY, Standing.SUSPENDED, "an appeal is pending"),
    "after reinstatement": (5 * DAY, Standing.IN_FORCE, None),
    "the moment before revocation": (6 * DAY - timedelta(microseconds=1), Standing.IN_FORCE, None),
    "the moment of revocation": (6 * DAY, Standing.REVOKED, "plagiarism"),
    "ever after": (900 * DAY, Standing.REVOKED, "plagiarism"),
}


@pytest.mark.parametrize(("after", "standing", "reason"), STANDING.values(), ids=STANDING)
def test_the_standing_on_a_day_is_the_one_recorded_by_then(revoked, after, standing, reason):
    held = revoked.on(NOON + after)

    assert (held and held.standing, held and held.reason) == (standing, reason)


def test_every_change_names_its_key_and_the_events_that_say_so(office: Office, revoked):
    assert revoked.institution == "aitu"
    assert {change.key for change in revoked.changes} == {"did:web:records.example:i:aitu#key-1"}
    for change in revoked.changes:
        names = [office.ledger.entries_after(number - 1, 1)[0].name for number in change.list_events]
        assert names in (["status_list.allocated.v1"], ["status_list.flagged.v1"])


def test_a_superseded_credential_names_the_one_to_ask_for_instead(office: Office, badge):
    new = issuing.supersede(office, "aitu", badge.credential, at=NOON + DAY)

    assert show_standing(office, badge.credential).changes[-1].superseded_by == new.credential


def test_after_a_learner_is_erased_the_standing_is_left_and_the_reason_is_gone(
    office: Office, badge, revoked
):
    office.learner_keys.destroy(badge.learner)

    told = show_standing(office, badge.credential)

    assert [change.standing for change in told.changes] == [change.standing for change in revoked.changes]
    assert [change.actor for change in told.changes] == [change.actor for change in revoked.changes]
    assert {change.reason for change in told.changes} == {None}


def test_of_a_credential_nobody_issued_nothing_is_told(office: Office):
    with pytest.raises(NotFound):
        show_standing(office, "urn:uuid:00000000-0000-4000-8000-000000000000")


VERIFIED = {
    "before the suspension": (DAY, Outcome.PASSED, "holds"),
    "while suspended": (3 * DAY, Outcome.FAILED, "suspended"),
    "after reinstatement": (5 * DAY, Outcome.PASSED, "holds"),
    "after revocation": (7 * DAY, Outcome.FAILED, "revoked"),
    "now": (30 * DAY, Outcome.FAILED, "revoked"),
}


@pytest.mark.usefixtures("revoked")
@pytest.mark.parametrize(("after", "outcome", "reason"), VERIFIED.values(), ids=VERIFIED)
def test_a_verification_of_a_past_day_uses_the_status_of_that_day(office, badge, after, outcome, reason):
    check = verdict(office, badge.document, NOON + after).check("status")

    assert (check.outcome, check.reason) == (outcome, reason)


@pytest.mark.usefixtures("revoked")
def test_the_reader_sees_who_says_so_and_what_came_later(office: Office, badge):
    check = verdict(office, badge.document, NOON + 5 * DAY).check("status")

    assert "Not revoked on 2026-06-06T12:00:00Z, according to this wallet's registry" in check.sentence
    assert "Later it was revoked, on 2026-06-07T12:00:00Z." in check.sentence
    suspension = next(each for each in check.evidence["statuses"] if each["purpose"] == "suspension")
    assert suspension["accordingTo"] == "this wallet's registry"
    assert len(suspension["events"]) == 1


@pytest.mark.usefixtures("revoked")
def test_the_past_can_be_asked_about_without_a_passphrase(office: Office, badge):
    with local_evidence(office.settings, NOW) as evidence:
        passed = verify(badge.document.encode(), at=NOON + DAY, evidence=evidence)

    assert passed.check("status").outcome is Outcome.PASSED


def test_the_ledger_says_nothing_of_lists_that_are_not_its_own(office: Office, badge):
    evidence = LedgerEvidence(office.ledger, NOW)
    ours = "https://records.example/i/aitu/status/1/revocation"

    assert evidence.status_on(ours, 1, NOON + DAY) is not None
    assert evidence.status_on(ours, 1, NOW) is None  # that is no past: the list itself is asked
    assert evidence.status_on(ours, 1, NOON - DAY) is None  # there was no list yet
    assert evidence.status_on(ours.replace("aitu", "kbtu"), 1, NOON + DAY) is None
    assert evidence.status_on("https://elsewhere.example/status/1/revocation", 1, NOON + DAY) is None
