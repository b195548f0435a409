"""The envelope: who recorded which event when, what came before it, and the event itself, as bytes.

Stored as one value, format 1, integers big-endian:

    bytes  what
    1      format: 1
    8      recorded_at, microseconds since 1970-01-01T00:00:00Z
    32     previous: the hash of the stream's envelope before this one; zeros for the first
    32     commitment: SHA-256(salt ‖ payload)
    1 + 1  lengths of the two texts that follow
    a      actor: the did:key of whoever signed
    s      sealed_for: the learner under whose key the body is sealed; empty where it is open
    64     signature
    ...    body: salt (16 bytes) ‖ payload; where sealed, nonce ‖ AES-256-GCM(salt ‖ payload)

The place of an envelope (stream, position, name) is not inside it but in the columns beside it, once. The
hash covers the place and everything before the signature, so no part of either can be another's:

    hash      = SHA-256("wallet event 1\\n" ‖ len(stream) ":" stream position ":" len(name) ":" name ‖ head)
    signature = Ed25519("wallet event signature 1\\n" ‖ hash)

The hash does not cover the body, only the commitment to it: when a learner's key is destroyed, the chain
and the signatures still hold, and the salt, gone with the payload, keeps anyone from guessing what was
committed to. The hash is also the associated data of a sealed body, which therefore opens in its own row
only.
"""

import os
import struct
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from keys.sealing import DataKey
from wallet.errors import TamperFound

FORMAT: Final = 1
GENESIS: Final = bytes(32)
"""What the first envelope of a stream names as its previous hash."""

HEAD: Final = struct.Struct(">BQ32s32sBB")
SIGNATURE_BYTES: Final = 64
SALT_BYTES: Final = 16

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_HASHED_AS: Final = b"wallet event 1\n"
_SIGNED_AS: Final = b"wallet event signature 1\n"


def microseconds(at: datetime) -> int:
    """Since 1970, of an aware time. Raises ValueError for a time without a zone, or before 1970."""
    if at.tzinfo is None:
        raise ValueError("a time without a time zone says nothing")
    since = (at - EPOCH) // _MICROSECOND
    if since < 0:
        raise ValueError("nothing was recorded before 1970")
    return since


def moment(since: int) -> datetime:
    """The aware UTC time of so many microseconds since 1970."""
    return EPOCH + timedelta(0, 0, since)


def place(stream: str, position: int, name: str) -> bytes:
    """The columns beside an envelope as bytes in which no two places are alike."""
    return f"{len(stream)}:{stream}{position}:{len(name)}:{name}".encode()


def hash_of(place_: bytes, head: bytes) -> bytes:
    """What the next envelope names, what is signed, and what a sealed body is bound to."""
    return sha256(_HASHED_AS + place_ + head).digest()


def statement(hash_: bytes) -> bytes:
    """What the actor signs. The words before the hash keep the signature from meaning anything elsewhere."""
    return _SIGNED_AS + hash_


class Draft(msgspec.Struct, frozen=True):
    """An envelope that lacks only its signature."""

    stream: str
    position: int
    name: str
    head: bytes
    hash: bytes
    body: bytes

    def signed(self, signature: bytes) -> "Envelope":
        return Envelope(self.stream, self.position, self.name, self.head + signature + self.body)


def draft(
    stream: str,
    position: int,
    name: str,
    payload: bytes,
    *,
    recorded: int,
    actor: str,
    previous: bytes,
    sealed_for: str = "",
    data_key: DataKey | None = None,
) -> Draft:
    """Salt, commit, and seal where a key is given. `recorded` is in microseconds since 1970."""
    salted = os.urandom(SALT_BYTES) + payload
    who, whose = actor.encode(), sealed_for.encode()
    commitment = sha256(salted).digest()
    head = HEAD.pack(FORMAT, recorded, previous, commitment, len(who), len(whose)) + who + whose
    hash_ = hash_of(place(stream, position, name), head)
    body = salted if data_key is None else data_key.seal(salted, hash_)
    return Draft(stream, position, name, head, hash_, body)


class Envelope(msgspec.Struct, frozen=True):
    """A stored envelope in its place: the very bytes that were hashed. To the event store, a domain event."""

    stream: str
    position: int
    name: str
    data: bytes

    @property
    def originator_id(self) -> str:
        return self.stream

    @property
    def originator_version(self) -> int:
        return self.position

    def contents(self, sequence: int | None = None) -> "Contents":
        """What the bytes say. Raises TamperFound, naming `sequence`, where they are no envelope."""
        return unpack(sequence, self.stream, self.position, self.name, self.data)


class Contents(msgspec.Struct, frozen=True, gc=False):
    """What an envelope says, the body still closed. Nothing of it has been checked but its shape."""

    hash: bytes
    recorded: int
    previous: bytes
    commitment: bytes
    actor: bytes
    sealed_for: bytes
    signature: bytes
    body: bytes


def unpack(sequence: int | None, stream: str, position: int, name: str, data: bytes) -> Contents:
    """The contents of a row. Raises TamperFound where the bytes are no envelope of a known format."""
    try:
        version, recorded, previous, commitment, actor, sealed_for = HEAD.unpack_from(data)
    except struct.error:
        raise TamperFound(stream, position, sequence, "the envelope is cut short") from None
    if version != FORMAT:
        raise TamperFound(stream, position, sequence, f"the envelope has the unknown format {version}")
    who = HEAD.size + actor
    end = who + sealed_for
    body = end + SIGNATURE_BYTES
    if len(data) < body + SALT_BYTES:
        raise TamperFound(stream, position, sequence, "the envelope is cut short")
    return Contents(
        hash_of(place(stream, position, name), data[:end]),
        recorded,
        previous,
        commitment,
        data[HEAD.size : who],
        data[who:end],
        data[end:body],
        data[body:],
    )


def open_body(contents: Contents, data_key: DataKey | None) -> bytes:
    """The payload, which is what was committed to. Raises SealBroken or CommitmentBroken."""
    salted = contents.body if data_key is None else data_key.open(contents.body, contents.hash)
    if sha256(salted).digest() != contents.commitment:
        raise CommitmentBroken
    return salted[SALT_BYTES:]


class CommitmentBroken(Exception):
    """The payload is not the one the envelope commits to. The ledger names the row."""
