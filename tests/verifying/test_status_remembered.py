"""What is remembered of a status list is true of its text for ever, and nothing else is remembered."""

import json
from datetime import timedelta

import pytest

from tests.verifying.world import (
    JULY,
    JUNE,
    REVOCATIONS,
    a_credential,
    a_list,
    a_registry,
    a_term,
    an_issuer,
    stranger,
    text_of,
)
from wallet.evidence import StatusListEvidence, StatusRecord
from wallet.formats.status_list import entry
from wallet.verdict import Outcome
from wallet.verifying import Policy, status, verify
from wallet.verifying.remembering import LONGEST, TEXTS

IN_LIST = {"status": (entry(list_url=REVOCATIONS, index=7, purpose="revocation"),)}
ASKED = (status._readable, status._holds, status._said)
GOOD = text_of(a_credential(**IN_LIST))


@pytest.fixture(autouse=True)
def nothing_remembered():
    for asked in ASKED:
        asked.memory.cache_clear()


def check(copy, *, issuer=None, at=JULY, policy=None):
    facts = a_registry(issuer, lists={REVOCATIONS: [copy]})
    return verify(GOOD, policy=policy or Policy(), at=at, evidence=facts).check("status")


@pytest.fixture
def copy():
    """A list that has served once."""
    copy = a_list()
    assert check(copy).outcome is Outcome.PASSED
    return copy


def test_a_list_is_read_and_its_proof_checked_once_for_many_credentials(copy):
    for _ in range(5):
        check(StatusListEvidence(text=bytes(bytearray(copy.text)), got_at=JULY, source=copy.source))

    assert [asked.memory.cache_info().misses for asked in ASKED] == [1, 1, 1]


def test_a_list_with_one_bit_changed_is_another_text(copy):
    document = json.loads(copy.text)
    raised = json.loads(a_list("revocation", 7).text)["credentialSubject"]["encodedList"]
    document["credentialSubject"]["encodedList"] = raised

    altered = StatusListEvidence(text=text_of(document), got_at=JULY, source=copy.source)

    assert check(altered).reason == "list-proof"


def test_a_proof_that_held_under_one_key_is_not_remembered_under_another(copy):
    other_key = an_issuer(a_term(stranger))

    facts = a_registry(other_key, lists={REVOCATIONS: [copy]})
    verdict = verify(GOOD, at=JULY, evidence=facts)

    assert verdict.check("proof").outcome is Outcome.FAILED
    assert status.not_revoked(_case(facts)).reason == "list-proof"


def _case(facts):
    return status.Case(json.loads(GOOD), Policy(), JULY, facts)


def test_a_proof_that_did_not_hold_is_asked_again():
    forged = a_list(signer=stranger)

    assert {check(forged).reason for _ in range(2)} == {"list-proof"}
    assert status._holds.memory.cache_info().currsize == 0


def test_a_key_that_is_found_stolen_later_takes_the_remembered_list_with_it(copy):
    stolen = an_issuer(a_term(compromised_at=JUNE - timedelta(days=1)))
    facts = a_registry(stolen, lists={REVOCATIONS: [copy]})

    assert status.not_revoked(_case(facts)).reason == "list-key"


def test_a_remembered_list_grows_old_like_any_other(copy):
    assert check(copy, at=JULY + timedelta(days=2)).reason == "stale-list"
    impatient = Policy(max_status_age=timedelta(microseconds=1))
    assert check(copy, policy=impatient, at=JULY + timedelta(seconds=1)).reason == "stale-list"


def test_what_is_remembered_is_bounded():
    for number in range(2 * TEXTS):
        check(a_list("revocation", 1000 + number))

    assert [asked.memory.cache_info().currsize for asked in ASKED] == [TEXTS] * 3


def test_a_text_as_long_as_only_a_stranger_makes_it_serves_and_is_not_remembered():
    copy = a_list()
    padded = StatusListEvidence(text=copy.text + b" " * LONGEST, got_at=JULY, source=copy.source)

    assert check(padded).outcome is Outcome.PASSED
    assert [asked.memory.cache_info().currsize for asked in ASKED] == [0, 0, 0]


class WithRecord:
    """The registry, and somebody's record of what its list said."""

    def __init__(self, record, facts=None):
        self._record, self._facts = record, facts or a_registry(lists={})

    def __getattr__(self, name):
        return getattr(self._facts, name)

    def status_on(self, _url, _index, _at, /):
        return self._record


def a_record(**changes):
    given = {
        "issuer": an_issuer().did,
        "purpose": "revocation",
        "is_set": False,
        "since": None,
        "events": (),
        "raised_later": None,
        "source": an_issuer().source,
    }
    return StatusRecord(**{**given, **changes})


RECORDS = {
    "of a bit that was clear": (a_record(), Outcome.PASSED, "holds"),
    "of a bit that was raised": (a_record(is_set=True, since=JUNE, events=(12,)), Outcome.FAILED, "revoked"),
    "of another issuer's list": (a_record(issuer="did:web:x"), Outcome.COULD_NOT_CHECK, "list-of-another"),
    "of another purpose": (a_record(purpose="suspension"), Outcome.COULD_NOT_CHECK, "another-purpose"),
}


@pytest.mark.parametrize(("record", "outcome", "reason"), RECORDS.values(), ids=RECORDS)
def test_a_record_of_the_past_speaks_for_the_issuers_own_list_only(record, outcome, reason):
    answered = verify(GOOD, at=JULY, evidence=WithRecord(record)).check("status")

    assert (answered.outcome, answered.reason) == (outcome, reason)


def test_a_record_by_somebody_untrusted_counts_for_nothing():
    untrusted = a_record(source=type(an_issuer().source)(name="a file", trusted=False))

    assert verify(GOOD, at=JULY, evidence=WithRecord(untrusted)).check("status").reason == "no-list"
