"""Verification at the door. What a verdict finds is tested in `tests/verifying`; here, how it is asked and told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.world import Door, problem_of
from tests.offices import NOON, a_credit
from tests.verifying.world import a_credential
from wallet import issuing, presenting
from wallet.office_evidence import OfficeEvidence
from wallet.verdict import PROBLEM_DETAILS


@pytest.fixture
def badge(door: Door) -> str:
    """A signed badge, as text."""
    credit = door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    return door.learner.get(issued.json()["href"]).text


def altered(badge: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(badge)
    document["credentialSubject"]["creditsEarned"] = 60
    return document


def test_a_failed_check_is_a_problem_with_the_whole_verdict_beside_it(door: Door, badge: str):
    told = door.anybody.post("/credentials/verify", {"verifiableCredential": altered(badge)})

    assert told.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"
    verdict = told.json()
    assert verdict["type"] == PROBLEM_DETAILS + "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert (verdict["status"], verdict["outcome"]) == (400, "failed")
    assert [check["code"] for check in verdict["checks"] if check["outcome"] == "failed"] == ["proof"]


def test_a_check_that_could_not_be_made_is_told_apart_from_one_that_failed(door: Door):
    strangers = a_credential()  # of an institution that this wallet has never heard of

    told = door.anybody.post("/credentials/verify", {"verifiableCredential": strangers})

    assert told.status_code == 422
    assert told.headers["content-type"] == "application/problem+json"
    assert (told.json()["status"], told.json()["outcome"]) == (422, "could-not-check")


def test_the_proof_alone_is_checked_where_nothing_more_is_asked(door: Door, badge: str):
    told = door.anybody.post(
        "/credentials/verify",
        {"verifiableCredential": json.loads(badge), "options": {"checks": ["proof"], "unheardOf": 1}},
    )

    assert told.status_code == 200
    assert len(told.json()["checks"]) == 3


MALFORMED = {
    "not JSON": (b"{", "PARSING_ERROR"),
    "a member twice": (b'{"verifiableCredential": {}, "verifiableCredential": {}}', "PARSING_ERROR"),
    "no credential": (b'{"options": {}}', "MALFORMED_VALUE_ERROR"),
    "a credential that is a list": (b'{"verifiableCredential": []}', "MALFORMED_VALUE_ERROR"),
    "options that are text": (b'{"verifiableCredential": {}, "options": "all"}', "MALFORMED_VALUE_ERROR"),
    "a list": (b"[]", "MALFORMED_VALUE_ERROR"),
    "an empty credential": (b'{"verifiableCredential": {}}', "MALFORMED_VALUE_ERROR"),
}


@pytest.mark.parametrize(("text", "problem"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_400_with_a_problem_of_the_data_model(text: bytes, problem: str, door: Door):
    told = door.anybody.post_text("/credentials/verify", text)

    assert told.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["type"] == PROBLEM_DETAILS + problem


@pytest.mark.parametrize("document", ["", "{", "[]", "null", '{"a": 1, "a": 2}', {}, {"@context": 5}])
def test_any_document_gets_a_verdict(document: Any, door: Door):
    told = door.anybody.post("/verifications", {"document": document})

    assert told.status_code == 200
    assert told.json()["outcome"] == "failed"


def test_the_bytes_that_are_verified_are_the_bytes_that_were_sent(door: Door, badge: str):
    spaced = json.dumps(json.loads(badge), indent=3)

    as_object = door.anybody.post_text("/verifications", b'{"document": ' + spaced.encode() + b"}")
    as_text = door.anybody.post("/verifications", {"document": spaced})

    read = [told.json()["checks"][0]["evidence"]["bytes"] for told in (as_object, as_text)]
    assert read == [len(spaced.encode())] * 2
    assert as_object.json()["outcome"] == "passed"


def test_a_verdict_may_be_asked_of_the_past(door: Door, badge: str):
    told = door.anybody.post("/verifications", {"document": badge, "at": "2020-01-01T00:00:00Z"})

    assert told.json()["outcome"] == "failed"
    assert told.json()["at"] == "2020-01-01T00:00:00Z"


def test_a_status_list_that_has_run_out_is_signed_anew_before_it_is_read(door: Door):
    learner = door.admitted.learner
    credit = a_credit(door.office, learner).credit
    long_ago = NOON - timedelta(days=400)
    issued = issuing.issue_credit(door.office, "aitu", learner=learner, credit=credit, at=NOON)
    with door.office.ledger.database.writer() as cursor:
        cursor.execute("UPDATE published_lists SET signed_at = ?", [long_ago.isoformat()])

    told = door.anybody.post("/verifications", {"document": issued.document})

    assert told.json()["outcome"] == "passed"


def test_a_status_list_at_an_address_like_ours_is_not_made_up(door: Door):
    evidence = OfficeEvidence(door.office, NOON)

    for number in ("1", "0", "x", "9" * 20):
        assert list(evidence.status_lists(f"https://records.example/i/aitu/status/{number}/revocation")) == []
    for url in ("https://elsewhere.example/i/aitu/status/1/revocation", "aitu/status/1/revocation", ""):
        assert list(evidence.status_lists(url)) == []


def test_a_reader_may_name_whose_credentials_they_take(door: Door, badge: str):
    told = door.anybody.post(
        "/verifications",
        {"document": badge, "policy": {"accept_issuers": ["did:web:records.example:i:college"]}},
    )

    assert told.json()["outcome"] == "failed"


@pytest.mark.parametrize(
    "policy", [{"accept_everybody": True}, {"accept_issuers": []}, {"max_status_age": 5}]
)
def test_terms_that_nobody_understands_are_refused(policy: dict[str, Any], door: Door, badge: str):
    refused = door.anybody.post("/verifications", {"document": badge, "policy": policy})

    assert (refused.status_code, problem_of(refused)) == (422, "policy-refused")


def test_a_bundle_that_is_broken_is_refused_whole(door: Door, badge: str):
    refused = door.anybody.post(
        "/verifications", {"document": badge, "bundle": {"type": "VerificationBundle"}}
    )

    assert refused.status_code == 422
    assert refused.json()["type"].endswith(":bundle-refused")


def test_the_bundle_of_a_credential_verifies_it(door: Door):
    credit = door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    bundle = door.learner.get(issued.json()["href"] + "/bundle")
    [document] = bundle.json()["credentials"]

    told = door.anybody.post("/verifications", {"document": document, "bundle": bundle.text})

    assert told.json()["outcome"] == "passed"


def a_presentation(door: Door, badge: str) -> dict[str, Any]:
    return presenting.present(
        door.office,
        door.admitted.learner,
        [badge],
        challenge="u1",
        domain="admissions.example",
        at=datetime.now(UTC).replace(microsecond=0),
    )


def test_a_presentation_is_verified_for_the_occasion_one_names(door: Door, badge: str):
    presented = a_presentation(door, badge)
    occasion = {"challenge": "u1", "domain": "admissions.example"}

    for document in (presented, json.dumps(presented)):
        told = door.anybody.post("/verifications", {"document": document, **occasion})
        assert (told.status_code, told.json()["outcome"]) == (200, "passed")
        assert [member["outcome"] for member in told.json()["members"]] == ["passed"]


NOT_FOR_IT = {
    "another challenge": {"challenge": "u2", "domain": "admissions.example"},
    "another domain": {"challenge": "u1", "domain": "elsewhere.example"},
    "two domains": {"challenge": "u1", "domain": ["admissions.example", "elsewhere.example"]},
}


@pytest.mark.parametrize("occasion", NOT_FOR_IT.values(), ids=NOT_FOR_IT)
def test_and_fails_for_any_other(occasion: dict[str, Any], door: Door, badge: str):
    told = door.anybody.post("/verifications", {"document": a_presentation(door, badge), **occasion})

    assert told.json()["outcome"] == "failed"


def test_a_credential_alone_is_no_answer_to_a_challenge(door: Door, badge: str):
    told = door.anybody.post("/verifications", {"document": badge, "challenge": "u1"})

    assert told.json()["outcome"] == "failed"


@pytest.mark.parametrize("occasion", [{"challenge": ""}, {"challenge": 5}, {"domain": []}, {"domain": [5]}])
def test_an_occasion_that_cannot_be_one_is_refused(occasion: dict[str, Any], door: Door, badge: str):
    refused = door.anybody.post("/verifications", {"document": badge, **occasion})

    assert (refused.status_code, problem_of(refused)) == (422, "invalid-request")
