"""RFC 8785: one value, one text."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from keys.canonical import canonicalize
from keys.errors import NotCanonicalizable
from tests.shared import shared

# Origin: cyberphone/json-canonicalization, whose own and many other implementations agree on them. A wrong
# byte would break every eddsa-jcs-2022 signature that crosses implementations.
VECTORS = ("arrays", "french", "structures", "unicode", "values", "weird")

_numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["\ue000", "\U0001f600", "\x7f"])
_values = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_vectors_come_out_byte_for_byte(name: str):
    data = shared("vectors/jcs") / "testdata"

    written = canonicalize(json.loads((data / "input" / f"{name}.json").read_text("utf-8")))

    assert written == (data / "output" / f"{name}.json").read_bytes().strip()


@given(_values)
def test_the_quick_way_and_the_slow_way_write_the_same(value: Any):
    assert canonicalize(value) == rfc8785.dumps(value)


def test_names_are_ordered_by_utf_16_even_where_utf_8_orders_them_otherwise():
    assert canonicalize({"\ue000": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ue000":1}'.encode()


LOOP: list[Any] = []
LOOP.append(LOOP)

NOT_JSON = {
    "half a character": ("\ud800", "half a character"),
    "half a character in a name": ({"\udfff": 1}, "half a character"),
    "a name that is a number": ({1: 2}, "no word for"),
    "not a number": (float("nan"), "not finite"),
    "infinity": ([float("inf")], "not finite"),
    "2^53": (2**53, "beyond 2"),
    "a number of 400 digits": ([10**400], "beyond 2"),
    "bytes": ({"a": b"x"}, "no word for"),
    "a set": ({1, 2}, "no word for"),
    "a list in itself": (LOOP, "nested too deep"),
}


@pytest.mark.parametrize(("value", "why"), NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_json_cannot_say_is_refused(value: Any, why: str):
    with pytest.raises(NotCanonicalizable, match=why):
        canonicalize(value)
