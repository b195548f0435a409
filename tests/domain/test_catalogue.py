"""What is stored can be read for ever: names and shapes may grow in number, and never change.

`stored_events.json` holds one payload of every stored name as it was first written. A new event adds a line;
a line that has to be altered is a broken promise to every ledger there is. What accepting a change would
cost: an old event that reads differently, or not at all.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import EVENTS, decode
from domain.errors import DamagedEvent, UnknownEvent
from domain.event import Event, encode, stored_name
from tests.domain.builders import an_award
from tests.domain.strategies import events

STORED: dict[str, str] = json.loads((Path(__file__).parent / "stored_events.json").read_text("utf-8"))


def test_every_event_has_its_line_among_the_stored_ones() -> None:
    assert EVENTS.keys() == STORED.keys(), "add a line for a new event; never remove or rename one"


@pytest.mark.parametrize("name", STORED)
def test_what_was_stored_is_read_and_would_be_written_the_same(name: str) -> None:
    payload = STORED[name].encode()

    event = decode(name, payload)

    assert type(event) is EVENTS[name]
    assert encode(event) == payload


@given(events(list(EVENTS.values())))
def test_any_event_comes_back_as_it_was_written(event: Event) -> None:
    payload = encode(event)

    assert decode(stored_name(event), payload) == event
    assert encode(decode(stored_name(event), payload)) == payload


def test_a_stored_name_has_a_subject_a_past_tense_and_a_version() -> None:
    for name in EVENTS:
        subject, happened, version = name.split(".")
        assert subject.isidentifier()
        assert happened.isidentifier()
        assert version.startswith("v")
        assert version[1:].isdigit()


def test_an_event_never_changes() -> None:
    with pytest.raises(AttributeError):
        an_award().credit = "c-2"  # type: ignore[misc,assignment]  # the forbidden thing


def test_a_name_nobody_knows_is_unknown() -> None:
    with pytest.raises(UnknownEvent, match=r"os\.system"):
        decode("os.system", b"{}")


_GOOD = encode(an_award())
DAMAGED = {
    "nothing": b"",
    "not JSON": b"credit",
    "cut short": _GOOD[:-1],
    "two values": _GOOD + _GOOD,
    "not an object": b"[]",
    "not UTF-8": _GOOD.replace(b'"aitu"', b'"\xff\xfe"'),
    "a field too many": _GOOD.replace(b'{"event"', b'{"bonus":1,"event"'),
    "a field too few": _GOOD.replace(b'"credit":"c-1",', b""),
    "another event's payload": _GOOD.replace(b"credit.awarded.v1", b"credit.withdrawn.v1"),
    "points below zero": _GOOD.replace(b'"points":"6"', b'"points":"-6"'),
    "points that are true": _GOOD.replace(b'"points":"6"', b'"points":true'),
    "points with an exponent": _GOOD.replace(b'"points":"6"', b'"points":"6E+2"'),
    "a scheme nobody knows": _GOOD.replace(b'"ECTS"', b'"UCTS"'),
    "a day with an hour": _GOOD.replace(b'"2025-09-01"', b'"2025-09-01T10:00:00Z"'),
    "a level nine": _GOOD.replace(b'"value":5', b'"value":9'),
}


@pytest.mark.parametrize("payload", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_payload_is_said_to_be_damaged(payload: bytes) -> None:
    assert payload != _GOOD
    with pytest.raises(DamagedEvent, match=r"credit\.awarded\.v1"):
        decode("credit.awarded.v1", payload)


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_an_event_or_damaged(payload: bytes) -> None:
    for name in EVENTS:
        try:
            assert isinstance(decode(name, payload), Event)
        except DamagedEvent:
            continue


PERSONAL = (
    "wallet",
    "achievement",
    "agreement",
    "attempt",
    "credit",
    "conferral",
    "credential",
    "grade",
    "learning",
    "recognition",
    "share",
)


def test_what_speaks_of_a_person_is_marked_to_be_sealed() -> None:
    for name, event in EVENTS.items():
        subject = name.partition(".")[0]
        assert event.personal is (subject in PERSONAL or name == "qualification.conferred.v1"), name
