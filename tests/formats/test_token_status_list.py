"""Token status lists: the draft's own vectors, every width, and what a stranger may send instead."""

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import jose
from keys.signing import Ed25519Signer
from wallet.formats.status_list import StatusListRefused
from wallet.formats.token_status_list import (
    MOST_BYTES,
    SIZES,
    TYPE,
    checked_list,
    decode,
    encode,
    list_claims,
    open_list,
    read_entry,
    read_list,
    sign_list,
    status_claim,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "token_status_list.json").read_text())["lists"]
URI = "https://registry.example/tokens/1"
JUNE = datetime(2026, 6, 30, 9, tzinfo=UTC)
signer = Ed25519Signer.from_seed(bytes([3]) * 32)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def a_list(**changes):
    given = {
        "uri": URI,
        "statuses": {5: 1},
        "size": 64,
        "issued_at": JUNE,
        "expires_at": JUNE + timedelta(days=1),
    }
    return list_claims(**{**given, **changes})


def statuses_of(lst: str, bits: int) -> dict[int, int]:
    """Read by a second hand: as one number in little-endian bytes, from its low end."""
    number = int.from_bytes(zlib.decompress(base64.urlsafe_b64decode(lst + "==")), "little")
    found = {}
    while number:
        index = ((number & -number).bit_length() - 1) // bits
        found[index] = number >> index * bits & (1 << bits) - 1
        number &= ~(((1 << bits) - 1) << index * bits)
    return found


@pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda vector: f"{vector['bits']} bits, {vector['size']} places"
)
def test_the_published_lists_are_read_and_written_as_they_were_meant(vector):
    statuses = {int(index): status for index, status in vector["statuses"].items()}
    claims = {"sub": URI, "iat": 0, "status_list": {"bits": vector["bits"], "lst": vector["lst"]}}

    found = read_list(claims)

    assert {index: found.status(index) for index in statuses} == statuses
    assert statuses_of(vector["lst"], vector["bits"]) == statuses
    assert decode(encode(statuses, size=vector["size"], bits=vector["bits"])) == decode(vector["lst"])


@given(st.data())
def test_what_is_written_is_read_back_and_nothing_else(data):
    bits = data.draw(st.sampled_from(SIZES))
    statuses = data.draw(st.dictionaries(st.integers(0, 511), st.integers(0, 2**bits - 1), max_size=40))

    found = read_list(a_list(statuses=statuses, size=512, bits=bits))

    assert [found.status(index) for index in range(512)] == [statuses.get(index, 0) for index in range(512)]
    assert statuses_of(encode(statuses, size=512, bits=bits), bits) == {
        k: v for k, v in statuses.items() if v
    }


def test_index_0_is_the_low_end_of_the_first_byte():
    assert decode(encode({0: 1}, size=8)) == b"\x01"
    assert decode(encode({0: 3, 3: 2}, size=4, bits=2)) == b"\x83"


def test_a_list_is_a_jwt_of_its_own_type_about_its_own_address():
    text = sign_list(a_list(ttl=timedelta(hours=12)), signer=signer, kid="key-1")

    assert jose.read(text).header == {"typ": TYPE, "kid": "key-1", "alg": "EdDSA"}
    found = checked_list(text, signer.public)
    assert (found.uri, found.status(5), found.ttl) == (URI, 1, timedelta(hours=12))
    assert (found.valid_from, found.valid_until) == (JUNE, JUNE + timedelta(days=1))


def test_a_jwt_of_another_type_is_no_list():
    with pytest.raises(StatusListRefused, match="cannot be read"):
        open_list(jose.sign(json.dumps(a_list()).encode(), signer, typ="jwt", kid="key-1"))


def test_a_list_signed_by_another_is_refused():
    text = sign_list(a_list(), signer=Ed25519Signer.generate(), kid="key-1")

    with pytest.raises(StatusListRefused, match="cannot be relied on"):
        checked_list(text, signer.public)


def with_list(**changes):
    claims = a_list()
    return claims | {"status_list": claims["status_list"] | changes}


BROKEN_LISTS = {
    "no list": (a_list() | {"status_list": "eNrbuRgAAhcBXQ"}, "not-a-status-list"),
    "no bits": (with_list(bits=None), "malformed-list"),
    "three bits": (with_list(bits=3), "list-bits"),
    "true bits": (with_list(bits=True), "malformed-list"),
    "bits as text": (with_list(bits="1"), "malformed-list"),
    "a list that is no text": (with_list(lst=7), "not-a-status-list"),
    "padding": (with_list(lst="eNrbuRgAAhcBXQ=="), "not-base64url"),
    "base64 of the other kind": (with_list(lst="+/+/"), "not-base64url"),
    "another spelling of the same bytes": (with_list(lst="eNrbuRgAAhcBXR"), "not-base64url"),
    "gzip": (with_list(lst=base64url(zlib.compress(b"ab", wbits=31))), "not-zlib"),
    "bare deflate": (with_list(lst=base64url(zlib.compress(b"ab", wbits=-15))), "not-zlib"),
    "cut short": (with_list(lst=base64url(zlib.compress(b"ab" * 9)[:-3])), "not-zlib"),
    "something after it": (with_list(lst=base64url(zlib.compress(b"ab") + b"x")), "not-zlib"),
    "a bomb": (with_list(lst=base64url(zlib.compress(bytes(MOST_BYTES * 64)))), "too-long"),
    "no address": (a_list() | {"sub": "tokens/1"}, "malformed-list"),
    "no date": ({k: v for k, v in a_list().items() if k != "iat"}, "malformed-list"),
    "a date in words": (a_list() | {"iat": "today"}, "malformed-list"),
    "a date beyond the calendar": (a_list() | {"exp": 1e300}, "malformed-list"),
    "an end that is true": (a_list() | {"exp": True}, "malformed-list"),
    "no time to live": (a_list() | {"ttl": 0}, "malformed-list"),
    "a time to live in words": (a_list() | {"ttl": "P1D"}, "malformed-list"),
}


@pytest.mark.parametrize(("claims", "reason"), BROKEN_LISTS.values(), ids=BROKEN_LISTS)
def test_a_broken_list_is_refused(claims, reason):
    with pytest.raises(StatusListRefused) as refused:
        read_list(claims)

    assert refused.value.reason == reason


@pytest.mark.parametrize("index", [-1, 64, 10**30])
def test_a_place_outside_the_list_says_nothing(index):
    with pytest.raises(StatusListRefused, match="outside"):
        read_list(a_list()).status(index)


UNWRITABLE = {
    "five places of one bit": ({}, 5, 1, "list-size"),
    "no places": ({}, 0, 1, "list-size"),
    "too many places": ({}, 8 * MOST_BYTES + 8, 1, "list-size"),
    "three bits": ({}, 8, 3, "list-bits"),
    "a place outside": ({8: 1}, 8, 1, "index-out-of-range"),
    "a status that does not fit": ({0: 2}, 8, 1, "status-too-big"),
}


@pytest.mark.parametrize(("statuses", "size", "bits", "reason"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_what_cannot_be_written_is_refused(statuses, size, bits, reason):
    with pytest.raises(StatusListRefused) as refused:
        encode(statuses, size=size, bits=bits)

    assert refused.value.reason == reason


def test_a_token_without_a_status_names_none():
    assert read_entry({"iss": "https://a.example"}) is None


def test_a_status_claim_is_read_as_it_was_written():
    entry = read_entry({"status": status_claim(uri=URI, index=412)})

    assert (entry.uri, entry.index) == (URI, 412)


BROKEN_CLAIMS = {
    "null": (None, "malformed-entry"),
    "text": ("valid", "malformed-entry"),
    "another mechanism": ({"status_attestation": {}}, "unknown-status-type"),
    "index as text": ({"status_list": {"idx": "412", "uri": URI}}, "malformed-entry"),
    "index true": ({"status_list": {"idx": True, "uri": URI}}, "malformed-entry"),
    "index below zero": ({"status_list": {"idx": -1, "uri": URI}}, "malformed-entry"),
    "index with a fraction": ({"status_list": {"idx": 1.0, "uri": URI}}, "malformed-entry"),
    "no address": ({"status_list": {"idx": 1}}, "malformed-entry"),
    "a relative address": ({"status_list": {"idx": 1, "uri": "tokens/1"}}, "malformed-entry"),
    "an array": ({"status_list": [1, URI]}, "malformed-entry"),
}


@pytest.mark.parametrize(("status", "reason"), BROKEN_CLAIMS.values(), ids=BROKEN_CLAIMS)
def test_a_broken_status_claim_is_refused(status, reason):
    with pytest.raises(StatusListRefused) as refused:
        read_entry({"status": status})

    assert refused.value.reason == reason
