"""One Idempotency-Key, one act. What was answered first is answered again, and is kept so that only the caller can
read it (`wallet.answering`)."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest

from tests.api.world import Door, Knocker, problem_of
from tests.offices import NOON, a_unit


def test_the_same_request_under_the_same_key_is_done_once_and_answered_the_same(door: Door):
    first = door.award(Idempotency_Key="k-1")
    again = door.award(Idempotency_Key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_a_body_that_says_the_same_in_another_order_is_the_same_request(door: Door):
    path = f"{door.wallet}/credits"
    first = door.university.post_text(
        path, b'{"unit": "algorithms", "awarded_on": "2026-05-29"}', Idempotency_Key="k-1"
    )
    again = door.university.post_text(
        path, b'{"awarded_on":"2026-05-29","unit":"algorithms"}', Idempotency_Key="k-1"
    )

    assert first.content == again.content


OTHERS = {
    "another body": ("/credits", {"unit": "databases", "awarded_on": "2026-05-29"}),
    "another address": ("/conferrals", {"qualification": "first-year", "conferred_on": "2026-05-29"}),
}


@pytest.mark.parametrize(("path", "body"), OTHERS.values(), ids=OTHERS)
def test_the_same_key_with_another_request_is_refused(path: str, body: dict[str, str], door: Door):
    door.award(Idempotency_Key="k-1")

    refused = door.university.post(f"{door.wallet}{path}", body, Idempotency_Key="k-1")

    assert (refused.status_code, problem_of(refused)) == (409, "idempotency-key-reused")


def test_two_callers_may_use_the_same_key(door: Door):
    a_unit(door.office, "rhetoric", institution="college")
    door.award(Idempotency_Key="k-1")

    other = door.stranger.post(
        f"{door.wallet}/credits", {"unit": "rhetoric", "awarded_on": "2026-05-29"}, Idempotency_Key="k-1"
    )

    assert other.status_code == 201
    assert other.json()["unit"] == "rhetoric"


def test_what_was_refused_may_be_asked_again(door: Door):
    early = door.university.post(
        f"{door.wallet}/conferrals",
        {"qualification": "first-year", "conferred_on": "2026-05-29"},
        Idempotency_Key="k-1",
    )
    door.award()
    late = door.university.post(
        f"{door.wallet}/conferrals",
        {"qualification": "first-year", "conferred_on": "2026-05-29"},
        Idempotency_Key="k-1",
    )

    assert (early.status_code, late.status_code) == (409, 201)


def test_the_same_request_sent_many_times_at_once_is_done_once(door: Door):
    async def crowd() -> list[tuple[int, bytes]]:
        sent = {"unit": "algorithms", "awarded_on": "2026-05-29"}
        headers = door.university.headers({"Idempotency_Key": "k-1"})
        asked = [
            door.university.asking("POST", f"{door.wallet}/credits", json=sent, headers=headers)
            for _ in range(20)
        ]
        return [(response.status_code, response.content) for response in await asyncio.gather(*asked)]

    answers = Counter(asyncio.run(crowd()))

    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert len(door.learner.get(f"{door.wallet}/credits").json()["credits"]) == 1


def test_a_learner_is_admitted_once_and_her_key_is_told_again_to_whoever_asked_first(door: Door):
    first = door.university.post("/learners", Idempotency_Key="k-1")
    again = door.university.post("/learners", Idempotency_Key="k-1")

    assert first.json() == again.json()
    learner = Knocker(door.app, first.json()["api_key"])
    assert learner.get(f"/learners/{first.json()['learner']}/record").status_code == 200


def test_an_api_key_is_made_once(door: Door):
    first = door.registry.post("/institutions/aitu/api-keys", {"label": "one"}, Idempotency_Key="k-1")
    again = door.registry.post("/institutions/aitu/api-keys", {"label": "one"}, Idempotency_Key="k-1")

    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_no_answer_is_kept_in_clear(door: Door):
    made = door.registry.post("/institutions/aitu/api-keys", {"label": "one"}, Idempotency_Key="k-1").json()
    awarded = door.award(Idempotency_Key="k-2").json()

    with door.office.ledger.database.reader() as cursor:
        kept = b"".join(body for (body,) in cursor.execute("SELECT body FROM answers"))
    assert len(kept) > 200
    for word in (made["api_key"], awarded["credit"], "algorithms", "aitu"):
        assert word.encode() not in kept


def test_an_answer_about_an_erased_learner_is_gone(door: Door):
    door.award(Idempotency_Key="k-1")
    door.office.learner_keys.destroy(door.admitted.learner)

    again = door.award(Idempotency_Key="k-1")

    assert (again.status_code, problem_of(again)) == (410, "erased")


def test_an_answer_is_forgotten_after_its_time(door: Door):
    door.award(Idempotency_Key="k-1")
    door.office.ledger.forget_answers(before=NOON + timedelta(days=36500))

    again = door.award(Idempotency_Key="k-1")

    assert problem_of(again) == "already-awarded"


@pytest.mark.parametrize("key", ["", "with space", "x" * 256])
def test_what_is_no_idempotency_key_is_refused(key: str, door: Door):
    refused = door.award(Idempotency_Key=key)

    assert refused.status_code == 422
    assert json.loads(refused.text)["errors"][0]["in"] == "header"
