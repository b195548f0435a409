"""A small witness: it cosigns a log's checkpoints, as long as each follows from the one before.

It remembers one checkpoint a log, in a file, and has signed it only once it is in the file. Two views of a log
can then not both be cosigned: whichever comes second does not follow from the first.

Source: C2SP tlog-witness, add-checkpoint.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from keys.note import Note, NoteKey, SignatureType, cosign
from keys.signing import Signer
from wallet.errors import CheckpointRefused, LogError, LogProofBroken
from wallet.transparency.checkpoint import ConsistencyProof
from wallet.transparency.proofs import check_consistency

SIZE_TYPE: Final = "text/x.tlog.size"


class Reply(msgspec.Struct, frozen=True):
    """What the witness answers: a status of HTTP, and a text."""

    status: int
    body: str
    media_type: str = "text/plain; charset=utf-8"


class _Seen(msgspec.Struct, frozen=True):
    """The last checkpoint of a log that was cosigned."""

    size: int
    root: bytes


class StateUnreadable(LogError):
    """The witness's memory cannot be read: it then cosigns nothing, rather than begin anew."""


class Witness:
    """One witness, of these logs and no others. Its file may be shared by several processes."""

    def __init__(self, name: str, signer: Signer, logs: Sequence[NoteKey], state: Path) -> None:
        """Raises InvalidKey for a name that can name no witness, StateUnreadable."""
        self.key: Final = NoteKey(name, signer.public, SignatureType.COSIGNATURE)
        self._signer = signer
        self._logs: dict[str, list[NoteKey]] = {}
        for log in logs:
            self._logs.setdefault(log.name, []).append(log)
        self._state = state
        with self._locked():
            self._remembered()

    def add_checkpoint(self, body: bytes, at: datetime) -> Reply:
        """Answer a request to cosign. Raises StateUnreadable, OSError where the state cannot be kept."""
        try:
            asked = ConsistencyProof.parse(body)
        except CheckpointRefused as error:
            return Reply(400, f"{error}\n")
        checkpoint = asked.checkpoint
        if checkpoint.origin not in self._logs:
            return Reply(404, "This log is not known here.\n")
        try:
            checkpoint.check(self._logs[checkpoint.origin])
        except CheckpointRefused as error:
            return Reply(403, f"{error}\n")
        if asked.old > checkpoint.size:
            return Reply(400, "The old size is beyond the new one.\n")
        with self._locked():
            remembered = self._remembered()
            seen = remembered.get(checkpoint.origin, _Seen(0, b""))
            same_size_other_root = asked.old == checkpoint.size == seen.size and checkpoint.root != seen.root
            if asked.old != seen.size or (same_size_other_root and seen.size):
                return Reply(409, f"{seen.size}\n", SIZE_TYPE)
            try:
                check_consistency(seen.size, checkpoint.size, asked.path, seen.root, checkpoint.root)
            except LogProofBroken as error:
                return Reply(422, f"{error}\n")
            self._remember({**remembered, checkpoint.origin: _Seen(checkpoint.size, checkpoint.root)})
        line = cosign(Note.parse(checkpoint.note).text, self.key.name, self._signer, at).line
        return Reply(200, line)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time, in whatever process: to compare and to remember must be one act."""
        with Path(f"{self._state}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _remembered(self) -> dict[str, _Seen]:
        try:
            return msgspec.json.decode(self._state.read_bytes(), type=dict[str, _Seen])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise StateUnreadable(
                f"{self._state} cannot be read as what a witness remembers: {error}."
            ) from error

    def _remember(self, seen: Mapping[str, _Seen]) -> None:
        """Replace the file as a whole, on the disk before anything is signed."""
        folder = self._state.parent
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{self._state.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(seen))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._state)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
