"""The stored bytes: one format, and nothing in them that could be somewhere else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import SealBroken
from keys.sealing import DataKey
from keys.signing import Ed25519Signer
from wallet.errors import TamperFound
from wallet.ledger.envelope import (
    GENESIS,
    HEAD,
    CommitmentBroken,
    Envelope,
    draft,
    open_body,
    place,
    statement,
    unpack,
)

SIGNER = Ed25519Signer(bytes(range(32)))
KEY = DataKey(b"d" * 32)


def an_envelope(payload: bytes = b"payload", *, sealed: bool = False) -> Envelope:
    unsigned = draft(
        "lamp/hall",
        1,
        "lamp.lit.v1",
        payload,
        recorded=1_751_284_800_000_000,
        actor=SIGNER.public.did,
        previous=GENESIS,
        sealed_for="ada" if sealed else "",
        data_key=KEY if sealed else None,
    )
    return unsigned.signed(SIGNER.sign(statement(unsigned.hash)))


def test_the_bytes_are_laid_out_as_the_docstring_says():
    envelope = an_envelope(b"payload")
    data, actor = envelope.data, SIGNER.public.did.encode()
    salted = data[75 + len(actor) + 64 :]

    assert data[0] == 1
    assert int.from_bytes(data[1:9]) == 1_751_284_800_000_000
    assert data[9:41] == GENESIS
    assert data[41:73] == sha256(salted).digest()
    assert data[73:75] == bytes([len(actor), 0])
    assert data[75 : 75 + len(actor)] == actor
    assert salted[16:] == b"payload"
    expected = sha256(b"wallet event 1\n9:lamp/hall1:11:lamp.lit.v1" + data[: 75 + len(actor)]).digest()
    assert envelope.contents().hash == expected
    SIGNER.public.verify(data[75 + len(actor) :][:64], b"wallet event signature 1\n" + expected)


def test_the_same_payload_is_never_committed_to_alike():
    assert an_envelope().contents().commitment != an_envelope().contents().commitment


@given(st.binary(), st.booleans())
def test_what_was_put_in_comes_out(payload: bytes, sealed: bool):
    contents = an_envelope(payload, sealed=sealed).contents()
    assert open_body(contents, KEY if sealed else None) == payload


TRICKY = st.text("1:a", max_size=4)
"""Texts made of what separates and counts, so that two places would be alike if they could."""


@given(TRICKY, st.integers(0, 12), TRICKY, TRICKY, st.integers(0, 12), TRICKY)
def test_no_two_places_are_written_alike(
    stream: str, position: int, name: str, stream2: str, position2: int, name2: str
):
    alike = place(stream, position, name) == place(stream2, position2, name2)
    assert alike == ((stream, position, name) == (stream2, position2, name2))


ELSEWHERE = {
    "another stream": ("lamp/stair", 1, "lamp.lit.v1"),
    "another position": ("lamp/hall", 2, "lamp.lit.v1"),
    "another name": ("lamp/hall", 1, "lamp.out.v1"),
}


@pytest.mark.parametrize("elsewhere", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_sealed_body_opens_in_its_own_place_only(elsewhere: tuple[str, int, str]):
    moved = Envelope(*elsewhere, an_envelope(sealed=True).data)
    with pytest.raises(SealBroken):
        open_body(moved.contents(), KEY)


def test_an_open_body_must_be_the_one_committed_to():
    data = an_envelope(b"6 credits").data.replace(b"6 credits", b"9 credits")
    with pytest.raises(CommitmentBroken):
        open_body(unpack(1, "lamp/hall", 1, "lamp.lit.v1", data), None)


SPOILT = {
    "nothing at all": b"",
    "less than a head": an_envelope().data[: HEAD.size - 1],
    "no body": an_envelope(b"").data[:-1],
    "another format": b"\x02" + an_envelope().data[1:],
    "lengths past the end": an_envelope().data[:73] + b"\xff\xff" + an_envelope().data[75:],
}


@pytest.mark.parametrize("data", SPOILT.values(), ids=SPOILT)
def test_bytes_that_are_no_envelope_are_refused_by_name(data: bytes):
    with pytest.raises(TamperFound, match=r"Event 7 \(lamp/hall, position 1\) does not hold: the envelope "):
        unpack(7, "lamp/hall", 1, "lamp.lit.v1", data)
