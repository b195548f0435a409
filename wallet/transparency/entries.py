"""What the log holds of an event: 64 bytes, digests both.

    bytes  what
    32     the envelope's hash: place, time, actor, what came before, and the commitment to the payload
    32     SHA-256 of all that follows in the envelope: the signature, and the payload as it lies there

The stored envelope itself is no entry. It says who is meant (`wallet/7f9a…`), and its sealed payload must not be
copied by strangers for ever: to erase a learner is to destroy a key, and that counts only while nobody has both.
A digest of it gives nothing away (the hash covers a salted commitment), and still fixes every byte: also those
of an erased payload, which no other check can hold to anything any more.
"""

from hashlib import sha256
from typing import Final

from wallet.errors import TamperFound
from wallet.ledger.envelope import FORMAT, HEAD, SALT_BYTES, SIGNATURE_BYTES, hash_of, place

ENTRY_BYTES: Final = 64

_FIRST_LENGTH: Final = HEAD.size - 2


def entry_of(sequence: int, stream: str, position: int, name: str, data: bytes) -> bytes:
    """The entry of a row of the ledger. Raises TamperFound where its bytes are no envelope."""
    if len(data) < HEAD.size or data[0] != FORMAT:
        raise TamperFound(stream, position, sequence, "the envelope is cut short, or of an unknown format")
    end = HEAD.size + data[_FIRST_LENGTH] + data[_FIRST_LENGTH + 1]
    if len(data) < end + SIGNATURE_BYTES + SALT_BYTES:
        raise TamperFound(stream, position, sequence, "the envelope is cut short")
    return hash_of(place(stream, position, name), data[:end]) + sha256(data[end:]).digest()
