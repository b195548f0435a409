"""Whatever comes in, a verdict comes out; and whatever is changed in a signed credential, it fails."""

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.verifying.world import JCS, JULY, RDFC, a_credential, a_record, a_registry, text_of
from wallet.verdict import Outcome, Verdict
from wallet.verifying import Policy, verify

EVIDENCE = a_registry()
GOOD = a_credential()
RECORD = a_record(a_credential(status=()))
LOOSE = Policy(require_known_issuer=False)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=12), inside, max_size=3),
    max_leaves=8,
)


def verdict_of(data: bytes) -> Verdict:
    verdict = verify(data, policy=LOOSE, at=JULY, evidence=EVIDENCE)
    assert verdict.to_json()
    return verdict


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf{}")
@example(b'{"a":1e400}')
@example(b'{"\\ud800":1}')
def test_random_bytes_get_a_verdict(data):
    assert verdict_of(data).outcome is Outcome.FAILED


@given(json_values)
def test_random_json_gets_a_verdict(value):
    assert verdict_of(text_of(value)).outcome is Outcome.FAILED


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The path of every value in a document."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        found += places(inside, (*path, key))
    return found


def replaced(document: dict, path: tuple, value: Any) -> dict:
    changed = copy.deepcopy(document)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize("document", [GOOD, RECORD], ids=["a badge", "a record"])
@given(data=st.data())
def test_a_document_with_anything_in_place_of_anything_gets_a_verdict(document, data):
    path = data.draw(st.sampled_from(places(document)))
    value = data.draw(json_values)

    verdict_of(text_of(replaced(document, path, value)))


def at(document: Any, path: tuple) -> Any:
    for key in path:
        document = document[key]
    return document


def another(value: str | int | float) -> str | int | float:
    """A value of the same kind that differs in one place."""
    if isinstance(value, str):
        return ("b" if value[:1] == "a" else "a") + value[1:]
    return value + 1


UNKNOWN_KINDS = {("proof", "type"), ("proof", "cryptosuite")}
"""Changed here, a proof becomes one of a kind nobody knows: could not check."""


@pytest.mark.parametrize("suite", [RDFC, JCS])
def test_a_change_of_one_character_anywhere_fails_and_names_the_step(suite):
    document = a_credential(suite=suite)
    assert verdict_of(text_of(document)).outcome is Outcome.PASSED

    for path in places(document):
        value = at(document, path)
        if not isinstance(value, str | int | float):
            continue
        verdict = verdict_of(text_of(replaced(document, path, another(value))))

        assert verdict.outcome is not Outcome.PASSED, path
        if path not in UNKNOWN_KINDS:
            assert verdict.outcome is Outcome.FAILED, path
            assert verdict.problem is not None


@given(position=st.integers(min_value=0, max_value=len(text_of(GOOD)) - 1), flip=st.integers(1, 255))
def test_a_flipped_byte_never_passes_unless_the_text_still_says_the_same(position, flip):
    text = bytearray(text_of(GOOD))
    text[position] ^= flip

    verdict = verdict_of(bytes(text))

    if verdict.outcome is Outcome.PASSED:  # a space for another kind of space, or an escape for its letter
        assert json.loads(text) == GOOD
