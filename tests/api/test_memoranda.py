"""Memoranda over the web door: anyone reads them, partners sign them."""

from typing import Any

from tests.api.world import Door, problem_of

TERMS: dict[str, Any] = {
    "memorandum": "exchange",
    "names": {"en": "Exchange"},
    "partners": ["college"],
    "compared": [
        {
            "institution": each,
            "names": {"en": "Bachelor"},
            "level": {"framework": "EQF", "value": 6},
        }
        for each in ("aitu", "college")
    ],
    "valid_from": "2026-01-01",
    "proposed_on": "2025-12-01",
}


def test_a_memorandum_is_proposed_signed_and_ended(door: Door):
    proposed = door.university.post("/memoranda", TERMS, Idempotency_Key="1")
    again = door.university.post("/memoranda", TERMS, Idempotency_Key="1")
    waiting = door.anybody.get("/memoranda/exchange").json()
    signed = door.stranger.post("/memoranda/exchange/signatures", {"signed_on": "2025-12-24"})
    in_force = door.anybody.get("/memoranda/exchange").json()
    ended = door.stranger.post("/memoranda/exchange/end", {"reason": "closed", "ended_on": "2026-02-01"})

    assert (proposed.status_code, proposed.headers["location"]) == (201, "/memoranda/exchange")
    assert again.json() == proposed.json()
    assert (waiting["standing"], waiting["unsigned"]) == ("proposed", ["college"])
    assert waiting["accepted"] == ["quality-assurance", "assessment", "validation", "recognition"]
    assert signed.status_code == 201
    assert in_force["standing"] == "in-force"
    assert in_force["compared"] == TERMS["compared"]
    assert ended.status_code == 201
    assert door.anybody.get("/memoranda/exchange").json()["standing"] == "ended"


def test_the_list_is_everybodys_or_of_one_partner(door: Door):
    door.university.post("/memoranda", TERMS)

    every = door.anybody.get("/memoranda").json()["memoranda"]

    assert [each["memorandum"] for each in every] == ["exchange"]
    assert door.anybody.get("/memoranda?institution=college").json()["memoranda"] == every
    assert door.anybody.get("/memoranda?institution=nowhere").json()["memoranda"] == []


def test_what_is_refused(door: Door):
    door.university.post("/memoranda", TERMS)

    assert problem_of(door.university.post("/memoranda", TERMS)) == "already-proposed"
    for who in (door.learner, door.registry):
        assert problem_of(who.post("/memoranda", TERMS)) == "wrong-role"
    nobody = {**TERMS, "memorandum": "other", "partners": ["nowhere"]}
    assert problem_of(door.university.post("/memoranda", nobody)) == "not-found"
    alone = {**TERMS, "memorandum": "other", "partners": ["aitu"]}
    assert problem_of(door.university.post("/memoranda", alone)) == "invalid-value"
    signing = {"signed_on": "2026-01-02"}
    assert problem_of(door.university.post("/memoranda/exchange/signatures", signing)) == "already-signed"
    assert problem_of(door.university.post("/memoranda/other/signatures", signing)) == "not-found"
    assert problem_of(door.anybody.get("/memoranda/other")) == "not-found"
