"""Bitstring status lists, bit by bit."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.linked_data import canonical_nquads
from tests.shared import shared
from wallet.formats import faults
from wallet.formats.status_list import (
    MAXIMUM_ENTRIES,
    MINIMUM_ENTRIES,
    StatusListRefused,
    bit,
    decode,
    encode,
    entry,
    read_entry,
    read_list,
    status_list_credential,
)


def test_the_published_lists_are_read_as_they_were_meant():
    vectors = json.loads(shared("vectors/bitstring/lists.json").read_text())

    for vector in vectors:
        bits = decode(vector["encodedList"])
        assert len(bits) * 8 == vector["length"]
        assert [index for index in range(len(bits) * 8) if bit(bits, index)] == vector["set"]


@given(st.sets(st.integers(0, MINIMUM_ENTRIES - 1), max_size=20))
def test_what_is_written_is_read_back(indices):
    bits = decode(encode(indices))

    assert len(bits) == MINIMUM_ENTRIES // 8
    assert all(bit(bits, index) for index in indices)
    assert sum(byte.bit_count() for byte in bits) == len(indices)


def test_the_same_bits_are_always_the_same_text():
    assert encode({5, 1}) == encode({1, 5})


def test_index_0_is_the_left_most_bit():
    assert decode(encode({0}))[0] == 0b1000_0000


def multibase(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def packed(bits: bytes) -> str:
    return multibase(gzip.compress(bits))


CLEAR = bytes(MINIMUM_ENTRIES // 8)
GOOD = packed(CLEAR)
UNREADABLE = {
    "no multibase": (GOOD[1:], "not-multibase"),
    "another base": ("z" + GOOD[1:], "not-multibase"),
    "nothing": ("", "not-multibase"),
    "nothing after u": ("u", "not-gzip"),
    "padded": (GOOD + "=", "not-base64url"),
    "the other alphabet": ("u+/+/", "not-base64url"),
    "spare bits set": ("uAB", "not-base64url"),
    "a line end": (GOOD + "\n", "not-base64url"),
    "letters beyond ASCII": ("uаа", "not-base64url"),
    "not gzip": ("uAAAA", "not-gzip"),
    "cut short": (multibase(gzip.compress(CLEAR)[:-4]), "not-gzip"),
    "two streams": (multibase(gzip.compress(CLEAR) * 2), "not-gzip"),
    "100,000 entries": (packed(bytes(12_500)), "too-short"),
    "a bomb": (packed(bytes(64 * 1024 * 1024)), "too-long"),
}


@pytest.mark.parametrize(("text", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_list_in_any_other_spelling_is_refused(text, reason):
    with pytest.raises(StatusListRefused) as refused:
        decode(text)

    assert refused.value.reason == reason


@pytest.mark.parametrize("index", [-1, MINIMUM_ENTRIES])
def test_an_index_outside_the_list_is_refused(index):
    with pytest.raises(StatusListRefused):
        encode({index})
    with pytest.raises(StatusListRefused):
        bit(decode(GOOD), index)


@pytest.mark.parametrize("size", [0, 8, MINIMUM_ENTRIES - 8, MINIMUM_ENTRIES + 1, MAXIMUM_ENTRIES + 8])
def test_a_list_too_small_to_hide_in_or_too_big_to_read_is_not_made(size):
    with pytest.raises(StatusListRefused):
        encode((), size)


JUNE = datetime(2026, 6, 30, tzinfo=UTC)


def a_list_credential(**changes):
    given = {
        "list_url": "https://registry.example/status/1",
        "issuer": "did:web:registry.example",
        "purpose": "suspension",
        "set_indices": {7},
        "valid_from": JUNE,
        "valid_until": JUNE + timedelta(hours=1),
        "ttl": timedelta(minutes=5),
    }
    return status_list_credential(**{**given, **changes})


def test_a_list_is_a_credential_whose_every_term_is_defined():
    document = a_list_credential()

    assert faults(document) == []
    assert b"encodedList" in canonical_nquads(document)


def test_a_list_credential_is_read_back():
    found = read_list(a_list_credential())

    assert (found.url, found.issuer) == ("https://registry.example/status/1", "did:web:registry.example")
    assert found.purposes == ("suspension",)
    assert (found.valid_from, found.valid_until) == (JUNE, JUNE + timedelta(hours=1))
    assert found.ttl == timedelta(minutes=5)
    assert bit(found.bits, 7)


BAD_LISTS = {
    "no list at all": {},
    "another type": a_list_credential() | {"type": ["VerifiableCredential"]},
    "a subject that is a list": a_list_credential() | {"credentialSubject": []},
    "no bits": a_list_credential() | {"credentialSubject": {"type": "BitstringStatusList"}},
    "a time to live in words": a_list_credential()
    | {"credentialSubject": a_list_credential()["credentialSubject"] | {"ttl": "5m"}},
    "an end without zone": a_list_credential() | {"validUntil": "2026-06-30T00:00:00"},
}


@pytest.mark.parametrize("document", BAD_LISTS.values(), ids=BAD_LISTS)
def test_what_is_no_list_is_refused(document):
    with pytest.raises(StatusListRefused):
        read_list(document)


def test_an_entry_is_read_back_and_names_nobody():
    written = entry(list_url="https://registry.example/status/1", index=94_567, purpose="revocation")

    assert "id" not in written
    assert (read_entry(written).index, read_entry(written).purpose) == (94_567, "revocation")
