"""The pinned contexts: every file is the one that was pinned, and nothing else is a context."""

import hashlib
import json
from importlib.resources import files

import pytest

from keys.contexts import PINNED, PINS, Contexts, Pin
from keys.errors import ContextNotAllowed

V2 = "https://www.w3.org/ns/credentials/v2"
LOOSE = "https://example.org/contexts/loose/v1"


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.file)
def test_every_file_is_the_one_that_was_pinned(pin: Pin):
    content = files("keys.contexts").joinpath(pin.file).read_bytes()

    assert hashlib.sha256(content).hexdigest() == pin.sha256
    assert PINNED[pin.url] == json.loads(content)
    assert set(PINNED[pin.url]) == {"@context"}
    assert pin.origin
    assert pin.licence


def test_every_context_file_is_in_the_table():
    lying_there = {entry.name for entry in files("keys.contexts").iterdir() if entry.name.endswith(".json")}

    assert lying_there == {pin.file for pin in PINS}
    assert len({pin.url for pin in PINS}) == len(PINS)


def test_the_credentials_context_is_the_text_the_data_model_publishes_the_hash_of():
    # VC Data Model 2.0, appendix B.1
    assert PINNED.sha256(V2) == "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"


def test_a_context_whose_file_was_changed_is_not_read():
    changed = Contexts((PINS[0]._replace(sha256="0" * 64),))

    with pytest.raises(ContextNotAllowed, match="not the one that was pinned"):
        changed[PINS[0].url]


def test_a_context_that_defines_everything_is_not_pinned():
    assert LOOSE not in PINNED
    with pytest.raises(KeyError):
        PINNED[LOOSE]
    with pytest.raises(ContextNotAllowed, match="pinned, never fetched"):
        PINNED.sha256(LOOSE)


def test_extended_contexts_leave_the_pinned_ones_as_they_were():
    more = PINNED.extended({LOOSE: {"@context": {"@vocab": "https://example.org/#"}}})

    assert LOOSE in more
    assert LOOSE not in PINNED
    assert len(more) == len(PINNED) + 1
    assert list(more)[-1] == LOOSE
    assert (
        more.sha256(LOOSE) == hashlib.sha256(b'{"@context":{"@vocab":"https://example.org/#"}}').hexdigest()
    )


def test_a_pinned_context_cannot_be_given_another_meaning():
    with pytest.raises(ContextNotAllowed, match="cannot be given another meaning"):
        PINNED.extended({V2: {"@context": {}}})

    assert len(PINNED.extended({V2: PINNED[V2]})) == len(PINNED)


def test_two_sets_of_contexts_are_never_taken_for_one_another():
    assert Contexts(PINS) != Contexts(PINS)
    assert len({Contexts(PINS), Contexts(PINS)}) == 2
    assert repr(PINNED) == f"<Contexts: {len(PINS)} urls>"
