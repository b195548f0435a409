"""Step 6 for tokens: revoked, suspended, or could not check, by a list of the issuer's."""

import json
from datetime import timedelta

import pytest

from keys import cose, jose
from keys.signing import Ed25519Signer
from tests.verifying.world import (
    AITU,
    JULY,
    JUNE,
    KEY_1,
    REGISTRY,
    REVOCATIONS,
    a_credential,
    a_registry,
    a_term,
    an_issuer,
    clean_lists,
    registrar,
    stranger,
)
from tests.verifying.world import a_list as bitstring
from wallet.evidence import Source, StatusListEvidence
from wallet.formats.enveloped import MediaType
from wallet.formats.token_status_list import encode, list_claims, sign_list, sign_list_cwt, status_claim
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify
from wallet.verifying.case import Case
from wallet.verifying.token_status import keys_of_case, token_not_revoked

URI = "https://registry.example/tokens/1"
UNTRUSTED = Source(name="a file that came along", trusted=False)
IN_LIST = {"iss": AITU, "status": status_claim(uri=URI, index=7)}


def a_list(
    statuses=None,
    *,
    signer: Ed25519Signer = registrar,
    kid="key-1",
    source=REGISTRY,
    got_at=JULY,
    changes=None,
    **more,
):
    given = {
        "uri": URI,
        "statuses": statuses or {},
        "size": 64,
        "bits": 2,
        "issued_at": JULY - timedelta(hours=1),
        "expires_at": JULY + timedelta(days=1),
    }
    claims = list_claims(**{**given, **more}) | (changes or {})
    text = sign_list(claims, signer=signer, kid=kid).encode()
    return StatusListEvidence(text=text, got_at=got_at, source=source)


def status(*copies, claims=IN_LIST, at=JULY, issuer=None, **policy):
    terms = Policy(**policy)
    facts = a_registry(issuer, lists={URI: copies})
    case = Case({"issuer": AITU}, terms, at, facts)
    return token_not_revoked(claims, keys_of_case(case), at=at, evidence=facts, policy=terms)


@pytest.mark.parametrize("kid", ["key-1", f"{AITU}#key-1"])
def test_a_valid_token_passes_by_the_issuers_list(kid):
    check = status(a_list({6: 1, 8: 1}, kid=kid))

    assert check.outcome is Outcome.PASSED
    assert check.evidence == {"list": URI, "index": 7, "listDate": "2026-07-31T08:00:00Z", "status": 0}


FOUND = {
    "revoked": (1, Outcome.FAILED, "revoked"),
    "suspended": (2, Outcome.FAILED, "suspended"),
    "something of the issuer's own": (3, Outcome.COULD_NOT_CHECK, "unknown-status"),
}


@pytest.mark.parametrize(("found", "outcome", "reason"), FOUND.values(), ids=FOUND)
def test_any_other_status_is_no_pass(found, outcome, reason):
    check = status(a_list({7: found}))

    assert (check.outcome, check.reason) == (outcome, reason)


def resized(size):
    return {"status_list": {"bits": 1, "lst": encode({}, size=size)}}


UNRELIABLE = {
    "not a JWT": (StatusListEvidence(text=b"<html>", got_at=JULY, source=UNTRUSTED), "list-unreadable"),
    "not even text": (StatusListEvidence(text=b"\xff\xfe", got_at=JULY, source=UNTRUSTED), "list-unreadable"),
    "signed by another in the issuer's name": (a_list(signer=stranger), "list-proof"),
    "signed with a key nobody has heard of": (a_list(kid="key-2"), "list-key"),
    "signed by another in their own name": (
        a_list(signer=stranger, kid=f"{stranger.public.did}#{stranger.public.multikey}"),
        "list-key",
    ),
    "naming a key that is none": (a_list(kid="did:key:z6Mk#z6Mk"), "list-key"),
    "of another address": (a_list(uri=URI + "0"), "another-list"),
    "that is no list": (a_list(changes={"status_list": 7}), "not-a-status-list"),
    "past its end": (a_list(expires_at=JULY - timedelta(seconds=1)), "stale-list"),
    "got too long ago": (a_list(ttl=timedelta(minutes=1), got_at=JULY - timedelta(minutes=2)), "stale-list"),
    "said to be fresh by nobody trusted": (
        a_list(ttl=timedelta(minutes=1), source=UNTRUSTED),
        "stale-list",
    ),
    "signed before its key was published": (
        a_list(issued_at=JUNE - timedelta(days=999), expires_at=JULY + timedelta(days=1)),
        "list-key",
    ),
}


@pytest.mark.parametrize(("copy", "reason"), UNRELIABLE.values(), ids=UNRELIABLE)
def test_a_list_that_cannot_be_relied_on_only_makes_us_say_could_not_check(copy, reason):
    check = status(copy)

    assert (check.outcome, check.reason) == (Outcome.COULD_NOT_CHECK, reason)


def test_a_second_copy_serves_where_the_first_does_not():
    old = a_list(expires_at=JULY - timedelta(seconds=1))

    assert status(old, a_list(signer=stranger), a_list()).outcome is Outcome.PASSED


def test_even_an_old_list_shows_a_revocation():
    old = a_list({7: 1}, expires_at=JULY - timedelta(seconds=1))

    assert status(old).reason == "revoked"


def test_a_token_beyond_the_list_is_rejected():
    check = status(a_list(changes=resized(8)), claims={"status": status_claim(uri=URI, index=8)})

    assert (check.outcome, check.reason) == (Outcome.FAILED, "index-out-of-range")


def test_a_list_signed_with_a_stolen_key_counts_for_nothing():
    stolen = an_issuer(a_term(compromised_at=JULY - timedelta(days=1)))

    assert status(a_list(), issuer=stolen).reason == "list-key"


def test_with_no_list_at_hand_the_status_could_not_be_checked():
    assert status().reason == "no-list"


def test_a_reader_may_want_a_newer_list_than_the_issuer_does():
    copy = a_list(got_at=JULY - timedelta(hours=2))

    assert status(copy).outcome is Outcome.PASSED
    assert status(copy, max_status_age=timedelta(hours=1)).reason == "stale-list"


def test_a_token_without_status_is_not_shown_as_checked_and_fails_where_one_is_required():
    assert status(claims={"iss": AITU}).sentence.startswith("The credential names no status list")
    assert status(claims={"iss": AITU}, require_status=True).reason == "status-required"


def test_a_status_of_another_mechanism_could_not_be_checked_and_a_broken_one_fails():
    assert status(claims={"status": {"other": {}}}).outcome is Outcome.COULD_NOT_CHECK
    assert status(claims={"status": "valid"}).outcome is Outcome.FAILED


# --- as a CWT -------------------------------------------------------------------------------------------


def a_cwt_list(statuses=None, *, signer: Ed25519Signer = registrar, tagged: bool = False, **changes):
    claims = list_claims(
        uri=URI,
        statuses=statuses or {},
        size=64,
        bits=2,
        issued_at=JULY - timedelta(hours=1),
        expires_at=JULY + timedelta(days=1),
        ttl=timedelta(hours=6),
    )
    text = sign_list_cwt(claims | changes, signer=signer, kid=f"{AITU}#key-1")
    return StatusListEvidence(text=b"\xd8\x3d" * tagged + text, got_at=JULY, source=REGISTRY)


@pytest.mark.parametrize("tagged", [False, True])
def test_a_list_may_be_a_cwt(tagged):
    assert status(a_cwt_list({6: 1}, tagged=tagged)).outcome is Outcome.PASSED
    assert status(a_cwt_list({7: 1}, tagged=tagged)).reason == "revoked"


def test_a_cwt_by_another_key_says_nothing():
    assert status(a_cwt_list(signer=stranger)).reason == "list-proof"


def test_a_cwt_that_is_altered_anywhere_says_nothing_good():
    text = a_cwt_list({7: 1}).text
    for place in range(len(text)):
        altered = text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]
        copy = StatusListEvidence(text=altered, got_at=JULY, source=REGISTRY)

        assert status(copy).outcome is not Outcome.PASSED


# --- of a credential in a message -----------------------------------------------------------------------


def in_a_message(media_type: MediaType, claim) -> bytes:
    document = {name: value for name, value in a_credential(status=()).items() if name != "proof"}
    if media_type is MediaType.VC_COSE:
        return cose.sign(
            json.dumps(document).encode(),
            registrar,
            typ="application/vc+cose",
            content_type="application/vc",
            kid=KEY_1.encode(),
            cwt_claims={65535: claim},
        )
    payload = json.dumps({**document, "status": claim}).encode()
    jwt = jose.sign(payload, registrar, typ=media_type, cty="vc", kid=KEY_1)
    return (jwt + "~" * (media_type is MediaType.VC_SD_JWT)).encode()


IN_MESSAGES = [MediaType.VC_JWT, MediaType.VC_SD_JWT, MediaType.VC_COSE]


def asked(message: bytes, *copies, **policy):
    lists = {**clean_lists(), URI: copies}
    return verify(message, policy=Policy(**policy), at=JULY, evidence=a_registry(lists=lists))


@pytest.mark.parametrize("media_type", IN_MESSAGES)
def test_the_list_a_message_names_is_asked(media_type):
    message = in_a_message(media_type, status_claim(uri=URI, index=7))

    assert asked(message, a_list(), require_status=True).passed
    assert asked(message, a_list({7: 1})).check("status").reason == "revoked"
    assert asked(message).check("status").reason == "no-list"


@pytest.mark.parametrize("media_type", IN_MESSAGES)
@pytest.mark.parametrize(
    "claim", [{}, [], "revoked", {"status_list": {"idx": -1, "uri": URI}}, {"status_list": None}]
)
def test_a_status_that_cannot_be_read_never_passes(media_type, claim):
    assert not asked(in_a_message(media_type, claim), a_list()).passed


def test_a_message_that_names_both_kinds_of_list_passes_by_both_only():
    document = {name: value for name, value in a_credential().items() if name != "proof"}
    claim = status_claim(uri=URI, index=7)
    message = jose.sign(
        json.dumps({**document, "status": claim}).encode(), registrar, typ="vc+jwt", cty="vc", kid=KEY_1
    ).encode()

    assert asked(message, a_list()).passed
    assert asked(message, a_list({7: 1})).check("status").reason == "revoked"
    revoked = {**clean_lists(), REVOCATIONS: [bitstring("revocation", 94_567)], URI: [a_list()]}
    verdict = verify(message, at=JULY, evidence=a_registry(lists=revoked))
    assert verdict.check("status").reason == "revoked"
