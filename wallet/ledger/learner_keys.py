"""Learners' own keys, and how they are forgotten.

Each learner has a data key, which seals what the ledger holds about them, and a signing key, with which
they sign. Both lie in a file of their own, wrapped by the keystore, so that the ledger and its backups can
be kept for decades and this file's backups for days. Erasing a learner is destroying both keys: a tombstone
remains, so that no second key is ever made under the same id, and the freed bytes are overwritten, in the
write-ahead log too.

The file is trusted only as far as the wrapping: whoever alters it can lock a learner's events, not read them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from keys.sealing import DataKey
from keys.signing import Ed25519Signer
from wallet.errors import Erased, LearnerKeyExists, NoLearnerKey
from wallet.ledger import database
from wallet.ledger.database import BUSY_SECONDS, Connection, Database
from wallet.ledger.migrate import LEARNER_KEYS, refuse_unready

_CACHED: Final = 10_000
"""How many learners' keys are held in memory; past that the cache starts over."""


class Wrapper(Protocol):
    """What the keystore does for us: only it can unwrap, and nothing unwraps under another name."""

    def wrap(self, plaintext: bytes, associated: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes: ...


class LearnerKeys:
    """Every learner's keys, for any number of threads. Another process's erasure is seen at the next call."""

    def __init__(self, path: Path, wrapper: Wrapper, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """Raises NotMigrated, NewerDatabase, NotALedger, StorageUnavailable."""
        self._database = Database(path, busy_seconds=busy_seconds)
        refuse_unready(self._database, LEARNER_KEYS)
        self._wrapper = wrapper
        self._lock = threading.Lock()
        self._connection: Connection = self._database.connect()
        self._seen = -1
        self._data_keys: dict[str, DataKey | None] = {}
        self._signers: dict[str, Ed25519Signer] = {}

    def create(self, learner: str, brought: Ed25519Signer | None = None) -> Ed25519Signer:
        """Make a learner's keys, on the disk before this returns; their signer. Raises LearnerKeyExists.

        `brought` is the key that she signed with elsewhere, which stays hers.
        """
        data_key, signer = DataKey.generate(), brought or Ed25519Signer.generate()
        row = [
            learner,
            self._wrapper.wrap(data_key.raw, _data_key_of(learner)),
            self._wrapper.wrap(signer.seed, _signing_key_of(learner)),
        ]
        try:
            with self._database.writer() as cursor:
                cursor.execute(
                    "INSERT INTO learner_keys (learner, data_key, signing_seed) VALUES (?, ?, ?)", row
                )
        except database.IntegrityError:
            raise LearnerKeyExists(learner) from None
        return signer

    def data_key(self, learner: str) -> DataKey | None:
        """What seals this learner's events; None where the learner was erased. Raises NoLearnerKey."""
        with self._current_cache():
            if learner not in self._data_keys:
                wrapped, _ = self._read(learner)
                self._data_keys[learner] = (
                    DataKey(self._wrapper.unwrap(wrapped, _data_key_of(learner))) if wrapped else None
                )
            return self._data_keys[learner]

    def signer(self, learner: str) -> Ed25519Signer:
        """What signs for this learner. Raises Erased, NoLearnerKey."""
        with self._current_cache():
            if learner not in self._signers:
                _, wrapped = self._read(learner)
                if wrapped is None:
                    raise Erased(learner)
                seed = self._wrapper.unwrap(wrapped, _signing_key_of(learner))
                self._signers[learner] = Ed25519Signer.from_seed(seed)
            return self._signers[learner]

    def destroy(self, learner: str) -> None:
        """Forget the learner's keys for ever, in the file and here. Doing it again changes nothing.

        Raises NoLearnerKey for a learner never seen, and StorageUnavailable where another program holds the
        file open in the middle of reading, so that the overwritten pages are not yet out of the write-ahead
        log: the keys can no longer be used, but do it again.
        """
        with self._database.writer() as cursor:
            cursor.execute(
                "UPDATE learner_keys SET data_key = NULL, signing_seed = NULL WHERE learner = ?", [learner]
            )
            known = cursor.rowcount
        with self._lock:
            self._data_keys.pop(learner, None)
            self._signers.pop(learner, None)
        if not known:
            raise NoLearnerKey(learner)
        self._database.empty_log()

    def close(self) -> None:
        """Close the file, and forget the keys in memory."""
        with self._lock:
            self._forget()
            self._connection.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _current_cache(self) -> Iterator[None]:
        """The caches, this thread's alone, emptied first if any connection has written to the file since."""
        try:
            with self._lock:
                seen = self._connection.execute("PRAGMA data_version").fetchone()[0]
                if seen != self._seen or len(self._data_keys) > _CACHED or len(self._signers) > _CACHED:
                    self._forget()
                    self._seen = seen
                yield
        except database.DatabaseError as error:
            raise self._database.meaning_of(error) from error

    def _forget(self) -> None:
        self._data_keys.clear()
        self._signers.clear()

    def _read(self, learner: str) -> tuple[bytes | None, bytes | None]:
        row: tuple[bytes | None, bytes | None] | None = self._connection.execute(
            "SELECT data_key, signing_seed FROM learner_keys WHERE learner = ?", [learner]
        ).fetchone()
        if row is None:
            raise NoLearnerKey(learner)
        return row


def _data_key_of(learner: str) -> bytes:
    return b"data key of " + learner.encode()


def _signing_key_of(learner: str) -> bytes:
    return b"signing key of " + learner.encode()
