"""What holds for every request."""

import asyncio
import json
import threading
import time

import httpx
import pytest

from api.edge import Edge
from tests.api.world import Door, Knocker, a_door, problem_of
from tests.offices import an_office
from wallet import describing, showing
from wallet.errors import StorageUnavailable, ViewFailed


def test_every_answer_keeps_a_browser_from_doing_anything_but_show_it(door: Door):
    for answer in (
        door.anybody.get("/"),
        door.anybody.get("/units"),
        door.anybody.get("/nowhere"),
        door.anybody.post("/learners"),
        door.anybody.ask("OPTIONS", "/units"),
    ):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
        assert answer.headers["x-request-id"]
        assert "server" not in answer.headers


def test_what_is_about_a_person_is_stored_by_nobody_on_the_way(door: Door):
    assert door.learner.get(f"{door.wallet}/record").headers["cache-control"] == "no-store"


def test_a_request_keeps_the_id_it_came_with_and_a_strange_one_is_replaced(door: Door):
    assert door.anybody.get("/healthz", X_Request_Id="abc-1").headers["x-request-id"] == "abc-1"
    assert door.anybody.get("/healthz", X_Request_Id="a b\tc").headers["x-request-id"] != "a b\tc"


def test_an_unknown_address_and_a_wrong_method_are_problems(door: Door):
    nowhere = door.anybody.get("/nowhere")
    wrong = door.anybody.ask("DELETE", "/institutions")

    assert (nowhere.status_code, problem_of(nowhere)) == (404, "no-such-address")
    assert (wrong.status_code, problem_of(wrong)) == (405, "wrong-method")
    assert wrong.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_head_is_get_without_its_body(door: Door):
    head = door.anybody.ask("HEAD", "/units")
    get = door.anybody.get("/units")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_options_tells_what_can_be_done(door: Door):
    options = door.anybody.ask("OPTIONS", f"{door.wallet}/credits")
    nowhere = door.anybody.ask("OPTIONS", "/nowhere")

    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert nowhere.status_code == 404


def test_a_fault_of_ours_is_told_without_its_insides_and_logged(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(showing, "show_record", broken)

    answer = door.learner.get(f"{door.wallet}/record", X_Request_Id="r-1")

    assert (answer.status_code, problem_of(answer)) == (500, "fault")
    assert "secret of the house" not in answer.text
    assert "RuntimeError" in caplog.text


def test_storage_that_does_not_answer_is_503_and_may_be_tried_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise StorageUnavailable("The disk is full; nothing was written.")

    monkeypatch.setattr(describing, "describe_unit", full)
    unit = {
        "unit": "logic",
        "code": "L",
        "names": {"en": "Logic"},
        "outcomes": [{"id": "lo1", "text": {"en": "Conclude"}}],
        "setting": "formal",
        "points": [],
    }

    answer = door.university.post("/institutions/aitu/units", unit)

    assert (answer.status_code, problem_of(answer)) == (503, "storage-unavailable")
    assert answer.headers["retry-after"] == "1"


def test_a_request_that_takes_too_long_is_answered_at_the_deadline_and_nothing_is_pretended(tmp_path):
    with an_office(tmp_path) as office:
        door = a_door(office, deadline=0.3)
        held = threading.Event()

        def hold_the_file() -> None:
            with office.ledger.database.writer():
                held.set()
                time.sleep(0.8)

        holding = threading.Thread(target=hold_the_file)
        holding.start()
        held.wait()
        began = time.monotonic()
        late = door.award(Idempotency_Key="k-1")
        took = time.monotonic() - began
        holding.join()
        time.sleep(0.3)
        again = door.award(Idempotency_Key="k-1")

        assert (late.status_code, problem_of(late)) == (503, "out-of-time")
        assert "may have been recorded" in late.json()["detail"]
        assert took < 2
        assert again.status_code == 201
        assert len(door.learner.get(f"{door.wallet}/credits").json()["credits"]) == 1


def test_readiness_is_that_the_ledger_can_be_written_and_the_views_follow(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    ready = door.anybody.get("/readyz")

    def stuck() -> int:
        raise ViewFailed("record", 1, 2)

    monkeypatch.setattr(door.office.follower, "catch_up", stuck)
    not_ready = door.anybody.get("/readyz")

    assert ready.json() == {"ready": True, "events": door.office.ledger.last_sequence()}
    assert (not_ready.status_code, problem_of(not_ready)) == (503, "not-ready")
    assert door.anybody.get("/healthz").json() == {"alive": True}


def test_a_follower_that_stands_still_is_not_ready(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door.office.follower, "failure", RuntimeError("stuck"))

    assert problem_of(door.anybody.get("/readyz")) == "not-ready"


def test_a_queue_that_is_full_turns_away_at_once_and_is_still_watched_over(door: Door):
    crowded = threading.Event()
    standing = asyncio.Event()

    async def slow(scope, receive, send):
        if scope["path"] == "/healthz":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        crowded.set()
        await standing.wait()
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    async def crowd() -> tuple[httpx.Response, httpx.Response, list[httpx.Response]]:
        edge = Edge(slow, metrics=door.app.state.metrics, most_waiting=3)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(edge), base_url="https://records.example"
        ) as client:
            waiting = [asyncio.create_task(client.post("/units")) for _ in range(3)]
            while not crowded.is_set() or edge.waiting < 3:
                await asyncio.sleep(0.001)
            refused, watched = await client.post("/units"), await client.get("/healthz")
            standing.set()
            done = await asyncio.gather(*waiting)
            assert (await client.post("/units")).status_code == 201
        return refused, watched, done

    refused, watched, done = asyncio.run(crowd())

    assert (refused.status_code, problem_of(refused)) == (503, "too-busy")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["x-request-id"]
    assert watched.status_code == 200
    assert [each.status_code for each in done] == [201] * 3


def test_the_edge_lets_anything_but_requests_through(door: Door):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(Edge(app, metrics=door.app.state.metrics)({"type": "lifespan"}, None, None))

    assert seen == ["lifespan"]


def test_a_hundred_awards_at_once_are_one_credit(door: Door):
    async def crowd() -> list[int]:
        sent = json.dumps({"unit": "algorithms", "awarded_on": "2026-05-29"})
        headers = door.university.headers({"Content_Type": "application/json"})
        asked = [
            door.university.asking("POST", f"{door.wallet}/credits", content=sent, headers=headers)
            for _ in range(100)
        ]
        answers = await asyncio.gather(*asked)
        assert {problem_of(answer) for answer in answers if answer.status_code != 201} == {"already-awarded"}
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(crowd()) == [201] + [409] * 99
    assert len(door.learner.get(f"{door.wallet}/credits").json()["credits"]) == 1


def test_the_door_is_closed_to_callers_that_only_look_like_one(door: Door):
    assert problem_of(Knocker(door.app, "lcw_nobody").get(f"{door.wallet}/record")) == "no-key"
