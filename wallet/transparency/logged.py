"""A credential's place in a log, as a reader can check it with nothing but the log's keys.

What is handed over is the event that recorded the credential, opened, and the proof that this event is in the
log. From the document to the signed root there is one way, and every step of it is a hash or a signature:

    document → payload → commitment → envelope's hash → entry → leaf → root → checkpoint

Opening the event shows the reader the learner's id here and which credits the credential tells of: less than the
credential itself does.
"""

from hashlib import sha256
from typing import Final

import msgspec

from domain.credential import CredentialIssued, QualificationCredentialIssued
from domain.event import stored_name
from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import KeysError
from keys.note import NoteKey
from keys.sealing import DataKey
from keys.signing import PublicKey
from wallet.errors import LogProofBroken
from wallet.ledger.envelope import HEAD, SALT_BYTES, SIGNATURE_BYTES, hash_of, place, statement, unpack
from wallet.transparency.checkpoint import InclusionProof
from wallet.transparency.merkle import leaf_hash
from wallet.transparency.proofs import check_inclusion

_ISSUED: Final = {
    stored_name(event): msgspec.json.Decoder(event).decode
    for event in (CredentialIssued, QualificationCredentialIssued)
}
_COMMITMENT: Final = slice(41, 73)
"""Where it stands in the head: after the format, the time and the hash of the envelope before."""


class LoggedEvent(msgspec.Struct, frozen=True):
    """A recorded event, its payload open: all that its entry in the log is made of."""

    stream: str
    position: int
    name: str
    head: bytes
    signature: bytes
    salted: bytes
    """Salt and payload, which the head commits to."""
    stored: bytes
    """SHA-256 of the signature and the payload as it lies in the ledger, sealed: the second half of the entry."""

    @classmethod
    def of(cls, row: tuple[int, str, int, str, bytes], data_key: DataKey | None) -> "LoggedEvent":
        """Raises TamperFound, and SealBroken where this is not the key it was sealed with."""
        sequence, stream, position, name, data = row
        contents = unpack(sequence, stream, position, name, data)
        end = HEAD.size + len(contents.actor) + len(contents.sealed_for)
        salted = contents.body if data_key is None else data_key.open(contents.body, contents.hash)
        stored = sha256(data[end:]).digest()
        return cls(stream, position, name, data[:end], contents.signature, salted, stored)

    def checked(self) -> bytes:
        """Its envelope's hash, once it commits to its payload and is signed by whom it names. Raises LogProofBroken."""
        if len(self.head) < HEAD.size or sha256(self.salted).digest() != self.head[_COMMITMENT]:
            raise LogProofBroken("The event that stands in the log does not commit to this document.")
        if len(self.signature) != SIGNATURE_BYTES:
            raise LogProofBroken("The event that stands in the log is not signed.")
        actor_length = self.head[HEAD.size - 2]
        hash_ = self.entry()[:32]
        try:
            actor = PublicKey.from_did_key(self.head[HEAD.size : HEAD.size + actor_length].decode())
            actor.verify(self.signature, statement(hash_))
        except (KeysError, UnicodeDecodeError) as error:
            raise LogProofBroken(
                "The event that stands in the log is not signed by the one it names."
            ) from error
        return hash_

    def entry(self) -> bytes:
        """The entry that such an event has in the log."""
        return hash_of(place(self.stream, self.position, self.name), self.head) + self.stored


class Inclusion(msgspec.Struct, frozen=True):
    """The proof and what it is of; `keys` are those of the log, from somebody the reader trusts."""

    event: LoggedEvent
    proof: InclusionProof
    keys: tuple[NoteKey, ...]
    timestamps: tuple[bytes, ...] = ()


def follow(inclusion: Inclusion) -> NoteKey:
    """Go the way from an event to the checkpoint; which key of the log signed it.

    Raises LogProofBroken, CheckpointRefused.
    """
    event, proof = inclusion.event, inclusion.proof
    event.checked()
    checkpoint = proof.checkpoint
    signed_by = checkpoint.check(inclusion.keys)
    check_inclusion(leaf_hash(event.entry()), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return signed_by


def check(inclusion: Inclusion, digest: bytes) -> NoteKey:
    """Go the whole way from a document to the checkpoint; which key of the log signed it.

    `digest` is the SHA-256 of the document's canonical JSON, proofs included. Raises LogProofBroken,
    CheckpointRefused.
    """
    event = inclusion.event
    if digest_of_issued(event.name, event.salted[SALT_BYTES:]) != digest:
        raise LogProofBroken("The event that stands in the log is not that of issuing this document.")
    return follow(inclusion)


def digest_of_issued(name: str, payload: bytes) -> bytes | None:
    """What a witness of the document in this payload is found by; None where there is none in it."""
    decode = _ISSUED.get(name)
    if decode is None:
        return None
    try:
        document = strict_json.parse(decode(payload).document.encode())
        return sha256(canonicalize(document)).digest()
    except (msgspec.MsgspecError, KeysError, UnicodeEncodeError):
        return None
