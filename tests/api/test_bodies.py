"""Bodies are read strictly: each of these is refused with a problem document, and none is a fault."""

import pytest

from tests.api.world import Door, problem_of


def body(points: bytes = b"6", more: bytes = b"") -> bytes:
    return (
        b'{"unit": "algorithms", "awarded_on": "2026-05-29", "points": {"scheme": "ECTS", "points": '
        + points
        + b"}"
        + more
        + b"}"
    )


UNREADABLE = {
    "a member twice": (body(more=b', "unit": "databases"'), "duplicate-member"),
    "NaN": (body(b"NaN"), "not-a-number"),
    "Infinity": (body(b"-Infinity"), "not-a-number"),
    "1e400": (body(b"1e400"), "number-too-big"),
    "beyond 2 to the 53": (body(b"9007199254740993"), "number-too-big"),
    "half a surrogate pair": (body(more=rb', "x": "\ud800"'), "lone-surrogate"),
    "too deep": (body(b"[" * 100_000 + b"]" * 100_000), "too-deep"),
    "a byte order mark": (b"\xef\xbb\xbf" + body(), "not-json"),
    "not UTF-8": (body(more=b', "x": "\xff"'), "not-utf8"),
    "cut short": (body()[:-2], "not-json"),
    "text after the end": (body() + b" {}", "not-json"),
}


@pytest.mark.parametrize(("text", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_could_be_read_in_two_ways_is_not_read(text: bytes, reason: str, door: Door):
    refused = door.university.post_text(f"{door.wallet}/credits", text)

    assert (refused.status_code, problem_of(refused)) == (400, "unreadable-body")
    assert refused.json()["reason"] == reason


UNSAYABLE = {
    "points that are true": (body(b"true"), "/points/points"),
    "points in quotes": (body(b'"6"'), "/points/points"),
    "no points": (body(b"0"), "/points/points"),
    "points below zero": (body(b"-1"), "/points/points"),
    "a fourth decimal": (body(b"0.0001"), "/points/points"),
    "a million points": (body(b"1000000"), "/points/points"),
    "points that are nothing": (body(b"null"), "/points/points"),
    "an unknown member": (body(more=b', "a/b~c": 1'), "/a~1b~0c"),
    "a day that is none": (b'{"unit": "algorithms", "awarded_on": "2026-02-30"}', "/awarded_on"),
    "a moment for a day": (b'{"unit": "algorithms", "awarded_on": "2026-05-29T00:00:00Z"}', "/awarded_on"),
    "seconds for a day": (b'{"unit": "algorithms", "awarded_on": 1780000000}', "/awarded_on"),
    "a member missing": (b'{"unit": "algorithms"}', "/awarded_on"),
    "a list": (b"[]", ""),
    "a number": (b"6", ""),
    "nothing": (b"", ""),
    "schemes that disagree": (body(more=b', "scheme": "KZ"'), ""),
    "a grade with a line break": (
        body(more=rb', "grade": {"value": "A\nB", "scale": "s"}'),
        "/grade/value",
    ),
}


@pytest.mark.parametrize(("text", "pointer"), UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_cannot_be_said_is_pointed_to(text: bytes, pointer: str, door: Door):
    refused = door.university.post_text(f"{door.wallet}/credits", text)

    assert (refused.status_code, problem_of(refused)) == (422, "invalid-request")
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def test_what_was_sent_is_not_repeated_in_a_complaint(door: Door):
    refused = door.university.post(
        f"{door.wallet}/credits", {"unit": "algorithms", "awarded_on": "Aigerim's birthday"}
    )

    assert "Aigerim" not in refused.text


WRONG_TYPES = ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "json"]


@pytest.mark.parametrize("media_type", WRONG_TYPES)
def test_a_body_that_is_not_declared_to_be_json_is_not_read(media_type: str, door: Door):
    refused = door.university.ask(
        "POST",
        f"{door.wallet}/credits",
        content=body(),
        headers=door.university.headers({"Content_Type": media_type}),
    )

    assert (refused.status_code, problem_of(refused)) == (415, "wrong-media-type")


def test_a_long_body_is_not_read(door: Door):
    spaces = b" " * (1024 * 1024)

    refused = door.university.post_text(f"{door.wallet}/credits", body() + spaces)
    document = door.anybody.post_text("/verifications", b'{"document": "{}"}' + spaces)
    long_document = door.anybody.post_text("/verifications", b'{"document": "{}"}' + 4 * spaces)

    assert (refused.status_code, problem_of(refused)) == (413, "too-large")
    assert document.status_code == 200
    assert problem_of(long_document) == "too-large"


def test_json_types_with_a_suffix_and_a_charset_are_read(door: Door):
    for media_type in ("application/json; charset=UTF-8", "application/ld+json"):
        read = door.anybody.ask(
            "POST", "/verifications", content=b'{"document": "{}"}', headers={"Content-Type": media_type}
        )
        assert read.status_code == 200


def test_an_id_in_the_address_is_checked_too(door: Door):
    refused = door.learner.get("/learners/NOT-AN-ID/record")

    assert refused.status_code == 422
    assert refused.json()["errors"][0] == {
        "in": "path",
        "pointer": "/learner",
        "detail": refused.json()["errors"][0]["detail"],
    }
