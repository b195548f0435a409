"""Checkpoints, and the texts that carry proofs: written and read as C2SP lays down.

A checkpoint (tlog-checkpoint) is a signed note:

    records.example/log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — records.example/log Az3grl…

A proof of inclusion (tlog-proof) is one more text around it, and a proof of consistency (the body of
tlog-witness, add-checkpoint) another:

    c2sp.org/tlog-proof@v1          old 20852014
    extra AQID…                     PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
    index 73894
    gSKyXoYZUgZ6jduWYrkDOA…=        records.example/log
                                    …
    records.example/log
    …
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from keys.errors import KeysError, MalformedNote, NotSignedBy
from keys.note import Note, NoteKey, SignatureType, cosign, from_base64, sign, to_base64
from keys.signing import PublicKey, Signer
from wallet.errors import CheckpointRefused
from wallet.transparency.merkle import HASH

MOST_STEPS: Final = 63
"""A tree of 2^63 leaves has no longer proof."""

_PROOF: Final = "c2sp.org/tlog-proof@v1"
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """What a log says of itself: how many leaves it has, and the root over them. Not checked by being read."""

    origin: str
    size: int
    root: bytes
    note: bytes
    """The signed note it stands in, exactly as it was published."""

    @classmethod
    def parse(cls, data: bytes) -> "Checkpoint":
        """Raises CheckpointRefused for anything but a checkpoint in the one way to write it."""
        try:
            lines = Note.parse(data).text[:-1].split("\n")
            if len(lines) < 3 or not all(lines):
                raise MalformedNote("A checkpoint has three lines: whose log it is, its size and its root.")
            root = from_base64(lines[2])
        except MalformedNote as error:
            raise CheckpointRefused(f"This is not a checkpoint of a log. {error}") from error
        if len(root) != HASH:
            raise CheckpointRefused("The checkpoint's root is not a hash.")
        return cls(lines[0], _number(lines[1]), root, data)

    def check(self, keys: Iterable[NoteKey]) -> NoteKey:
        """Which of the log's keys signed it. Raises CheckpointRefused where none did, or one falsely."""
        note = Note.parse(self.note)
        for key in keys:
            if key.name != self.origin:
                continue
            try:
                note.check(key)
            except NotSignedBy:
                continue
            except KeysError as error:
                raise CheckpointRefused(f"The checkpoint was altered. {error}") from error
            return key
        raise CheckpointRefused("The checkpoint is not signed with a key that is known as this log's.")

    def cosigned(self, witnesses: Iterable[NoteKey]) -> dict[NoteKey, datetime]:
        """Which of these have cosigned it, and when each says it did. Raises CheckpointRefused for a false one."""
        note = Note.parse(self.note)
        found = {}
        for witness in witnesses:
            try:
                made = note.check(witness)
            except NotSignedBy:
                continue
            except KeysError as error:
                raise CheckpointRefused(f"A cosignature does not hold. {error}") from error
            if made is not None:
                found[witness] = made
        return found


def origin_of(base_url: str) -> str:
    """The origin of the log that is served under this address: `records.example/log` (tlog-tiles, Parameters)."""
    return f"{urlsplit(base_url).netloc}/log"


def log_keys(origin: str, keys: Iterable[PublicKey]) -> list[NoteKey]:
    """The keys of a log's owner as those of the log. Raises InvalidKey where the origin can name none."""
    return [NoteKey(origin, key) for key in keys]


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Signer, at: datetime) -> Checkpoint:
    """A new checkpoint: signed, and cosigned with the same key, which is how its owner states the time."""
    text = f"{origin}\n{size}\n{to_base64(root)}\n"
    note = Note(text, (sign(text, origin, signer), cosign(text, origin, signer, at)))
    return Checkpoint(origin, size, root, note.to_bytes())


def stated_time(checkpoint: Checkpoint, key: NoteKey) -> datetime | None:
    """When the log itself says that it signed; `key` is the one that did."""
    dated = NoteKey(key.name, key.public, SignatureType.COSIGNATURE)
    return checkpoint.cosigned([dated]).get(dated)


def cosigners(checkpoint: Checkpoint) -> set[tuple[str, bytes]]:
    """The names and key ids of all who seem to have cosigned it; who did is known from their keys alone."""
    signatures = Note.parse(checkpoint.note).signatures
    return {(line.name, line.id) for line in signatures if line.name != checkpoint.origin}


class InclusionProof(msgspec.Struct, frozen=True):
    """A leaf's place in the tree of a checkpoint. `entry` is what the leaf is of, where it is carried along."""

    checkpoint: Checkpoint
    index: int
    path: tuple[bytes, ...]
    entry: bytes = b""

    def to_text(self) -> str:
        extra = [f"extra {to_base64(self.entry)}"] if self.entry else []
        lines = [_PROOF, *extra, f"index {self.index}", *map(to_base64, self.path)]
        return "\n".join(lines) + "\n\n" + self.checkpoint.note.decode()

    @classmethod
    def parse(cls, data: bytes) -> "InclusionProof":
        """Raises CheckpointRefused for anything but a proof of inclusion in the one way to write it."""
        lines, checkpoint = _above_a_checkpoint(data)
        if not lines or lines[0] != _PROOF:
            raise CheckpointRefused("This is not a proof of inclusion in a log.")
        rest = lines[1:]
        entry = b""
        try:
            if rest and rest[0].startswith("extra "):
                entry = from_base64(rest.pop(0).removeprefix("extra "))
        except MalformedNote as error:
            raise CheckpointRefused(f"The proof is not written as one. {error}") from error
        if not rest or not rest[0].startswith("index "):
            raise CheckpointRefused("The proof does not say which entry it is of.")
        index = _number(rest[0].removeprefix("index "))
        return cls(checkpoint, index, _hashes(rest[1:]), entry)


class ConsistencyProof(msgspec.Struct, frozen=True):
    """That the tree of a checkpoint begins with the tree of `old` leaves."""

    checkpoint: Checkpoint
    old: int
    path: tuple[bytes, ...]

    def to_text(self) -> str:
        return (
            "\n".join([f"old {self.old}", *map(to_base64, self.path)])
            + "\n\n"
            + self.checkpoint.note.decode()
        )

    @classmethod
    def parse(cls, data: bytes) -> "ConsistencyProof":
        """Raises CheckpointRefused for anything but a proof of consistency in the one way to write it."""
        lines, checkpoint = _above_a_checkpoint(data)
        if not lines or not lines[0].startswith("old "):
            raise CheckpointRefused("This is not a proof of consistency of a log.")
        return cls(checkpoint, _number(lines[0].removeprefix("old ")), _hashes(lines[1:]))


def _above_a_checkpoint(data: bytes) -> tuple[list[str], Checkpoint]:
    """The lines before the first empty one, and the checkpoint after it."""
    above, blank, below = data.partition(b"\n\n")
    if not blank:
        raise CheckpointRefused("This carries no checkpoint of a log.")
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise CheckpointRefused("This is not a proof about a log.") from None
    return lines, Checkpoint.parse(below)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MOST_STEPS:
        raise CheckpointRefused(f"A proof has at most {MOST_STEPS} steps.")
    try:
        hashes = tuple(map(from_base64, lines))
    except MalformedNote as error:
        raise CheckpointRefused(f"The proof is not written as one. {error}") from error
    if any(len(each) != HASH for each in hashes):
        raise CheckpointRefused("A step of the proof is not a hash.")
    return hashes


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise CheckpointRefused(f"{text[:40]!a} is not a number as a log writes it.")
    return int(text)
