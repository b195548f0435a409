"""Revoked, suspended, or could not check: a status list helps nobody who alters it."""

import base64
import gzip
import json
from datetime import timedelta

import pytest

from tests.verifying.world import (
    AITU,
    JULY,
    REVOCATIONS,
    SUSPENSIONS,
    a_credential,
    a_list,
    a_registry,
    signed,
    stranger,
    text_of,
)
from wallet.evidence import Source, StatusListEvidence
from wallet.formats.status_list import MINIMUM_ENTRIES, entry
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify
from wallet.verifying.case import Case
from wallet.verifying.status import not_revoked

INDEX = 94_567
IN_LIST = {"status": (entry(list_url=REVOCATIONS, index=INDEX, purpose="revocation"),)}
UNTRUSTED = Source(name="a file that came along", trusted=False)


def status(*copies, at=JULY, max_age=None, **changes):
    """The check of the status of a credential, with these copies of its list at hand."""
    document = a_credential(**{**IN_LIST, **changes})
    policy = Policy(max_status_age=max_age)
    return verify(
        text_of(document), policy=policy, at=at, evidence=a_registry(lists={REVOCATIONS: copies})
    ).check("status")


def test_a_clear_bit_passes():
    assert status(a_list("revocation", INDEX + 1, INDEX - 1)).outcome is Outcome.PASSED


def test_a_revoked_credential_fails_and_says_by_which_list():
    check = status(a_list("revocation", INDEX))

    assert (check.outcome, check.reason) == (Outcome.FAILED, "revoked")
    assert "2026-07-31T08:00:00Z" in check.sentence


def test_a_suspended_credential_fails():
    lists = {REVOCATIONS: [a_list()], SUSPENSIONS: [a_list("suspension", INDEX, url=SUSPENSIONS)]}

    verdict = verify(text_of(a_credential()), at=JULY, evidence=a_registry(lists=lists))

    assert verdict.check("status").reason == "suspended"
    assert verdict.exit_code == 1


def test_one_missing_list_of_two_leaves_the_status_unchecked():
    verdict = verify(text_of(a_credential()), at=JULY, evidence=a_registry(lists={REVOCATIONS: [a_list()]}))

    assert verdict.check("status").reason == "no-list"
    assert verdict.problem.type.endswith("STATUS_RETRIEVAL_ERROR")


def test_with_no_list_at_hand_the_status_could_not_be_checked():
    assert status().outcome is Outcome.COULD_NOT_CHECK


def test_a_credential_without_status_is_not_shown_as_checked():
    verdict = verify(text_of(a_credential(status=())), at=JULY, evidence=a_registry())

    assert verdict.check("status") is None
    assert "status" in {answer.code for answer in verdict.not_applicable}


def old(*given) -> StatusListEvidence:
    return a_list(*given, valid_from=JULY - timedelta(days=3), valid_until=JULY - timedelta(days=1))


def altered(copy: StatusListEvidence, **changes) -> StatusListEvidence:
    document = json.loads(copy.text)
    document["credentialSubject"] |= changes
    return StatusListEvidence(text=text_of(document), got_at=copy.got_at, source=copy.source)


def packed(bits: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits)).rstrip(b"=").decode()


def resigned(copy: StatusListEvidence, **changes) -> StatusListEvidence:
    """The list changed by the issuer itself, and so signed anew."""
    document = {k: v for k, v in json.loads(copy.text).items() if k != "proof"}
    document["credentialSubject"] |= changes
    return StatusListEvidence(text=text_of(signed(document)), got_at=copy.got_at, source=copy.source)


did = stranger.public.did
UNRELIABLE = {
    "altered on the way": (
        altered(
            a_list(), encodedList=json.loads(a_list("revocation", 5).text)["credentialSubject"]["encodedList"]
        ),
        "list-proof",
    ),
    "not JSON": (StatusListEvidence(text=b"<html>", got_at=JULY, source=UNTRUSTED), "list-unreadable"),
    "not a credential": (StatusListEvidence(text=b"{}", got_at=JULY, source=UNTRUSTED), "list-malformed"),
    "signed by another, in the issuer's name": (
        a_list(signer=stranger, method=f"{AITU}#{stranger.public.multikey}"),
        "list-key",
    ),
    "of another issuer": (
        a_list(issuer=did, signer=stranger, method=f"{did}#{stranger.public.multikey}"),
        "list-of-another",
    ),
    "another list": (a_list(url=REVOCATIONS + "0"), "another-list"),
    "of another purpose": (a_list("suspension"), "another-purpose"),
    "past its end": (a_list(valid_until=JULY - timedelta(seconds=1)), "stale-list"),
    "got too long ago": (a_list(ttl=timedelta(minutes=1), got_at=JULY - timedelta(minutes=2)), "stale-list"),
    "said to be fresh by nobody trusted": (
        a_list(ttl=timedelta(minutes=1), valid_from=JULY - timedelta(days=9), source=UNTRUSTED),
        "stale-list",
    ),
    "too short for anybody to hide in": (resigned(a_list(), encodedList=packed(bytes(12_500))), "too-short"),
    "unpacking to more than there may be": (resigned(a_list(), encodedList=packed(bytes(2**21))), "too-long"),
    "an ordinary badge": (
        StatusListEvidence(text=text_of(a_credential()), got_at=JULY, source=UNTRUSTED),
        "not-a-status-list",
    ),
}


@pytest.mark.parametrize(("copy", "reason"), UNRELIABLE.values(), ids=UNRELIABLE)
def test_a_list_that_cannot_be_relied_on_only_makes_us_say_could_not_check(copy, reason):
    check = status(copy)

    assert (check.outcome, check.reason) == (Outcome.COULD_NOT_CHECK, reason)


def test_a_second_copy_serves_where_the_first_does_not():
    assert status(old(), a_list()).outcome is Outcome.PASSED


def test_even_an_old_list_shows_a_revocation():
    assert status(old("revocation", INDEX)).reason == "revoked"


def test_a_list_that_names_no_end_holds_five_minutes():
    def unended(got_at):
        document = {k: v for k, v in json.loads(a_list().text).items() if k not in {"proof", "validUntil"}}
        return StatusListEvidence(text=text_of(signed(document)), got_at=got_at, source=a_list().source)

    assert status(unended(JULY - timedelta(minutes=4))).outcome is Outcome.PASSED
    assert status(unended(JULY - timedelta(minutes=6))).reason == "stale-list"


def test_a_reader_may_want_a_newer_list_than_the_issuer_does():
    copy = a_list(got_at=JULY - timedelta(hours=2))

    assert status(copy).outcome is Outcome.PASSED
    assert status(copy, max_age=timedelta(hours=1)).reason == "stale-list"


BROKEN_ENTRIES = {
    "index beyond the list": (
        {"statusListIndex": str(MINIMUM_ENTRIES)},
        Outcome.FAILED,
        "index-out-of-range",
    ),
    "index not a number": ({"statusListIndex": "first"}, Outcome.FAILED, "malformed-entry"),
    "index a JSON number": ({"statusListIndex": 5}, Outcome.FAILED, "malformed-entry"),
    "index of a million digits": ({"statusListIndex": "9" * 10_000}, Outcome.FAILED, "malformed-entry"),
    "index in other digits": ({"statusListIndex": "٣"}, Outcome.FAILED, "malformed-entry"),
    "no purpose": ({"statusPurpose": ""}, Outcome.FAILED, "malformed-entry"),
    "no list": ({"statusListCredential": "status/1"}, Outcome.FAILED, "malformed-entry"),
    "two bits": ({"statusSize": 2}, Outcome.COULD_NOT_CHECK, "unknown-status-size"),
    "a status of another kind": (
        {"type": "1EdTechRevocationList", "id": "https://registry.example/revoked"},
        Outcome.COULD_NOT_CHECK,
        "unknown-status-type",
    ),
}


@pytest.mark.parametrize(("changes", "outcome", "reason"), BROKEN_ENTRIES.values(), ids=BROKEN_ENTRIES)
def test_a_broken_entry_is_never_a_clear_status(changes, outcome, reason):
    document = a_credential() | {"credentialStatus": IN_LIST["status"][0] | changes}
    case = Case(document, Policy(), JULY, a_registry(lists={REVOCATIONS: [a_list()]}))

    check = not_revoked(case)

    assert (check.outcome, check.reason) == (outcome, reason)


def test_too_many_statuses_are_not_all_asked_after():
    entries = tuple(entry(list_url=f"{REVOCATIONS}{n}", index=1, purpose="revocation") for n in range(17))

    assert status(status=entries).reason == "too-many-statuses"


@pytest.mark.parametrize(("purpose", "outcome"), [("refresh", Outcome.PASSED), ("message", Outcome.PASSED)])
def test_a_bit_that_only_tells_the_holder_something_does_no_harm(purpose, outcome):
    entries = (entry(list_url=REVOCATIONS, index=INDEX, purpose=purpose),)

    assert status(a_list(purpose, INDEX), status=entries).outcome is outcome


def test_a_list_from_later_than_the_time_asked_about_may_be_used():
    """What is not revoked today was not revoked yesterday."""
    assert status(a_list(), at=JULY - timedelta(days=2)).outcome is Outcome.PASSED
