"""The log of the door: each line an object, and nobody in it."""

import json
import logging
import threading

import pytest

from api.logs import REQUEST, JsonLines, told
from tests.api.world import Door, problem_of
from wallet import showing


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """What was logged, as it is written."""
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_a_request_is_one_line_by_the_pattern_of_its_address(door: Door, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "api.requests"):
        door.learner.get(f"{door.wallet}/record", X_Request_Id="r-1")

    [line] = [line for line in lines(caplog) if line["logger"] == "api.requests"]

    assert (line["event"], line["level"], line["request"]) == ("answered", "info", "r-1")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/learners/{learner}/record", 200)
    assert line["time"].endswith("Z")
    assert door.admitted.learner not in json.dumps(line)


def test_a_fault_is_told_by_where_it_arose_and_not_in_its_own_words(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(_office: object, learner: str, *_: object, **__: object) -> None:
        try:
            raise KeyError(learner)
        except KeyError as error:
            raise RuntimeError(f"the secret of {learner}") from error

    monkeypatch.setattr(showing, "show_record", broken)

    answer = door.learner.get(f"{door.wallet}/record", X_Request_Id="r-2")

    [line] = [line for line in lines(caplog) if line.get("event") == "fault"]
    assert problem_of(answer) == "fault"
    assert (line["error"], line["request"]) == ("RuntimeError", "r-2")
    assert any(str(place).startswith("api/routes/") for place in line["at"])
    assert str(line["at"][-1]).endswith(" broken")
    assert [cause["error"] for cause in line["causes"]] == ["KeyError"]
    assert door.admitted.learner not in json.dumps(line)


def test_its_words_are_told_to_whoever_debugs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("WALLET_DEBUG", "1")
    try:
        raise RuntimeError("in so many words")
    except RuntimeError:
        logging.getLogger("api.requests").exception("fault", extra=told())

    assert "in so many words" in lines(caplog)[0]["words"]


def test_what_others_log_is_a_message_and_names_the_request_it_belongs_to(caplog: pytest.LogCaptureFixture):
    token = REQUEST.set("r-3")
    try:
        logging.getLogger("elsewhere").warning("two\nlines of %s", "theirs")
        [line] = lines(caplog)
    finally:
        REQUEST.reset(token)

    assert (line["message"], line["request"]) == ("two\nlines of theirs", "r-3")
    assert "event" not in line


def test_a_thread_that_belongs_to_no_request_names_none(caplog: pytest.LogCaptureFixture):
    seen: list[str | None] = []
    thread = threading.Thread(target=lambda: seen.append(REQUEST.get()))
    thread.start()
    thread.join()

    assert seen == [None]
