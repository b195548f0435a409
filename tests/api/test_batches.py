"""Many documents in one request, at the door."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from api.routes import batches
from api.wire.batch import MOST_AT_ONCE
from tests.api.world import Door, problem_of
from tests.offices import NOON
from tests.verifying.world import a_credential
from wallet.receipt import check_receipt
from wallet.trusting import LedgerEvidence
from wallet.verdict import Outcome

BATCHES = "/verifications/batches"


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


def test_each_document_has_its_line_and_its_reasons(door: Door, badge: str):
    sent = [
        badge,
        altered(badge),
        {"applicant": "ann", "credential": json.loads(badge)},
        a_credential(),
        "no JSON",
    ]

    told = door.anybody.post(BATCHES, {"documents": sent})

    assert told.status_code == 200, told.text
    table = told.json()
    assert table["outcomes"] == {"passed": 2, "failed": 2, "could-not-check": 1}
    assert [line["outcome"] for line in table["lines"]] == [
        "passed",
        "failed",
        "passed",
        "could-not-check",
        "failed",
    ]
    assert table["lines"][1]["reasons"] == "proof: invalid-signature"
    assert [line["repeats"] for line in table["lines"]] == [None, 1, 1, None, None]
    assert table["lines"][2]["applicant"] == "ann"


def test_json_lines_say_the_same(door: Door, badge: str):
    lines = [badge, json.dumps(altered(badge)), json.dumps(badge)]
    body = "\n".join([*lines, "", ""]).encode()

    told = door.anybody.post_text(BATCHES, body, Content_Type="application/jsonl")

    assert told.status_code == 200, told.text
    assert [line["outcome"] for line in told.json()["lines"]] == ["passed", "failed", "passed"]


BAD_LINES = {
    "two values in a line": b'{"a":1},{"b":2}\n',
    "an array that ends early": b'{"a":1}],"policy":{}\n',
    "half a value": b'{"a":\n',
    "a member twice": b'{"a":1,"a":2}\n',
    "Latin-1": '{"a":"é"}'.encode("latin-1"),
}


@pytest.mark.parametrize("body", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_lines_that_are_no_json_lines_are_malformed(door: Door, body: bytes):
    told = door.anybody.post_text(BATCHES, body, Content_Type="application/x-ndjson")

    assert problem_of(told) == "unreadable-body"


def test_a_batch_has_a_limit(door: Door):
    told = door.anybody.post(BATCHES, {"documents": ["x"] * (MOST_AT_ONCE + 1)})

    assert problem_of(told) == "invalid-request"


def test_what_nobody_comes_to_in_time_is_not_checked(door: Door, badge: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "_SECONDS", 0)

    told = door.anybody.post(BATCHES, {"documents": [badge]})

    assert told.json()["outcomes"] == {"passed": 0, "failed": 0, "could-not-check": 1}


def test_the_readers_terms_hold_for_all(door: Door):
    unregistered = a_credential()

    told = door.anybody.post(BATCHES, {"documents": [unregistered], "policy": {"checks": ["proof"]}})
    refused = door.anybody.post(BATCHES, {"documents": [], "policy": {"colour": "blue"}})

    assert told.json()["lines"][0]["outcome"] == "could-not-check"
    assert refused.status_code == 422


def test_an_institution_gets_a_receipt_that_proves_the_table(door: Door, badge: str):
    told = door.university.post(f"/institutions/aitu{BATCHES}", {"documents": [badge, altered(badge)]})

    assert told.status_code == 200, told.text
    answer = told.json()
    verdict = check_receipt(
        json.dumps(answer["receipt"]).encode(),
        evidence=LedgerEvidence(door.office.ledger, NOON + timedelta(days=1)),
        at=NOON + timedelta(days=1),
        table_sha256=sha256(answer["table"].encode()).hexdigest(),
    )
    assert verdict.outcome is Outcome.PASSED, verdict.sentence
    assert verdict.receipt is not None
    assert verdict.receipt.outcomes == {"passed": 1, "failed": 1, "could-not-check": 0}
    assert [json.loads(line)["outcome"] for line in answer["table"].splitlines()] == ["passed", "failed"]


def test_nobody_else_signs_for_an_institution(door: Door):
    for who, status in ((door.anybody, 401), (door.learner, 403), (door.registry, 403)):
        assert who.post(f"/institutions/aitu{BATCHES}", {"documents": []}).status_code == status
