"""One SQLite file: its connections, its transactions, and what its errors mean.

Readers never wait (write-ahead log). Writers queue, one at a time, on a lock of this process and then on
SQLite's own, and start with BEGIN IMMEDIATE: a deferred transaction that reads and then writes can fail at
once with "database is locked", whatever the timeout. A durable transaction is on the disk when it returns
(synchronous=FULL); one that can be computed again (a view's) skips that wait (NORMAL). What is deleted is
overwritten (secure_delete), because it may have been about a person.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from wallet.errors import LedgerDamaged, StorageUnavailable

# The SQLite inside many Pythons (3.40 among them) is within the range of a reported corruption when a
# write-ahead log is reset; the wheel carries a newer one. It has no hints: it is typed as what it replaces.
try:
    import pysqlite3.dbapi2 as _wheel  # type: ignore[import-not-found,import-untyped,unused-ignore]  # no hints; absent on some platforms
except ImportError:
    _wheel = None
_dbapi: Any = _wheel or sqlite3

Cursor = sqlite3.Cursor
Connection = sqlite3.Connection
DatabaseError: type[sqlite3.Error] = _dbapi.Error
IntegrityError: type[sqlite3.IntegrityError] = _dbapi.IntegrityError

BUSY_SECONDS = 5.0
"""How long a writer waits for its turn before it gives up: the same as a request's own deadline."""

_POLL_SECONDS = 0.05


def sqlite_flavour() -> str:
    """Which SQLite is in use, for a start-up line or a bug report: "SQLite 3.53.4 (pysqlite3)"."""
    return f"SQLite {_dbapi.sqlite_version} ({'pysqlite3' if _wheel else 'Python'})"


def tables_made_by(statements: Sequence[str]) -> list[str]:
    """The names of the tables that these CREATE statements make, found by running them in memory."""
    with closing(_dbapi.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]


def scratch() -> Connection:
    """A database of nobody's, in a temporary file that is gone when it is closed."""
    connection: Connection = _dbapi.connect("", isolation_level=None)
    return connection


class Database:
    """Connections to one file. Safe to share between threads; several processes may open the same file."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.name = str(path)
        """What it is called in a sentence."""
        self._busy_seconds = busy_seconds
        self._idle: list[Connection] = []
        self._writers: dict[bool, Connection] = {}
        self._write_lock = threading.Lock()
        self._watchers: WeakSet[Watcher] = WeakSet()
        self._closed = False
        self._settled = False

    def connect(self, *, durable: bool = True) -> Connection:
        """A new connection of the caller's own. Raises StorageUnavailable; the file must exist."""
        try:
            connection: Connection = _dbapi.connect(
                f"{self.path.absolute().as_uri()}?mode=rw",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=self._busy_seconds,
            )
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA secure_delete=ON")
        except (DatabaseError, UnicodeDecodeError) as error:  # a complaint may quote what is no text
            raise self.meaning_of(error) from error
        if not self._settled:
            self._settle()
            self._settled = True
        return connection

    def _settle(self) -> None:
        """Have the disk take in the write-ahead log as it was found, before anybody reads from it.

        A program killed between writing a transaction and waiting for the disk leaves it where the next one finds it
        whole, and would answer from it; and then power could still take it away.
        """
        try:
            found = os.open(self.path.with_name(self.path.name + "-wal"), os.O_RDWR)
        except FileNotFoundError:
            return  # everything is in the file itself, which was synced before the log was given up
        except OSError:
            return  # read-only: nobody will record anything here
        try:
            os.fsync(found)
        except OSError as error:
            raise StorageUnavailable(f"{self.path} cannot be read: the disk reports an error.") from error
        finally:
            os.close(found)

    @contextmanager
    def reader(self) -> Iterator[Cursor]:
        """A cursor to read with. Each statement sees one moment of the database."""
        if self._closed:
            raise StorageUnavailable(f"{self.path} has been closed.")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.connect()
        try:
            cursor = connection.cursor()
            yield cursor
            cursor.close()
        except DatabaseError as error:
            connection.close()
            raise self.meaning_of(error) from error
        except BaseException:
            connection.close()  # it may be in the middle of a statement
            raise
        self._give_back(connection)

    def _give_back(self, connection: Connection) -> None:
        self._idle.append(connection)
        if self._closed:  # meanwhile
            self.close()

    @contextmanager
    def snapshot(self) -> Iterator[Cursor]:
        """A cursor whose every statement sees the same moment of the database."""
        with self.reader() as cursor:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("COMMIT")

    @contextmanager
    def writer(self, *, durable: bool = True) -> Iterator[Cursor]:
        """One transaction: all of it is kept, or nothing.

        Raises StorageUnavailable, LedgerDamaged, or `IntegrityError` (a constraint, for the caller to name).
        Where the *commit* itself fails the disk may still hold it: whoever retries must look first, by the
        idempotency key.
        """
        if not self._write_lock.acquire(timeout=self._busy_seconds):
            raise StorageUnavailable(
                f"{self.path} is busy: no turn to write within {self._busy_seconds:g} s."
            )
        try:
            connection = self._writer(durable=durable)
            try:
                # Closed within our turn, whatever happens: a cursor that outlives it, in a traceback say, gives its
                # statement back when it is collected, and the connection's next user is using that very statement.
                with closing(connection.cursor()) as cursor:
                    cursor.execute("BEGIN IMMEDIATE")
                    yield cursor
                    cursor.execute("COMMIT")
            except BaseException as error:
                self._abandon(connection, durable=durable)
                if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError):
                    raise self.meaning_of(error) from error
                raise
        finally:
            self._write_lock.release()

    def _writer(self, *, durable: bool) -> Connection:
        if self._closed:
            raise StorageUnavailable(f"{self.path} has been closed.")
        if durable not in self._writers:
            self._writers[durable] = self.connect(durable=durable)
        return self._writers[durable]

    def _abandon(self, connection: Connection, *, durable: bool) -> None:
        try:
            connection.rollback()
        except DatabaseError:
            del self._writers[durable]  # closing rolls back what a broken connection could not
            connection.close()

    is_remote = False
    """Whether an answer is waited for, while something else could be done."""

    @property
    def flavour(self) -> str:
        """Which database program is in use, for a start-up line or a bug report."""
        return sqlite_flavour()

    @property
    def exists(self) -> bool:
        """Whether there is such a file."""
        return self.path.exists()

    def barrier(self) -> None:
        """Return once everything committed until now is safe: here it is, before anybody can see it."""

    def integrity(self) -> str | None:
        """What SQLite itself finds wrong with its file; None where it finds nothing. Raises LedgerDamaged."""
        with self.reader() as cursor:
            answer: str = cursor.execute("PRAGMA integrity_check(1)").fetchone()[0]
        return None if answer == "ok" else f"SQLite finds its file damaged ({answer})"

    def stored_rows(self, first: int, last: int, limit: int) -> list[tuple[int, bytes, int, bytes, bytes]]:
        """Rows of events with their text as bytes: what is no longer text must be found, not stumbled over."""
        try:
            with closing(self.connect()) as connection:
                connection.text_factory = bytes
                return connection.execute(
                    "SELECT sequence, stream, position, name, envelope FROM events"
                    " WHERE sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?",
                    [first, last, limit],
                ).fetchall()
        except DatabaseError as error:
            raise self.meaning_of(error) from error

    def empty_log(self) -> None:
        """Write the write-ahead log into the file and empty it, so that what was deleted is in neither.

        Raises StorageUnavailable where another program in the middle of reading still needs the log.
        """
        with self.reader() as cursor:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StorageUnavailable(f"Traces of what was deleted remain in {self.path}-wal; try again.")

    def copy_to(self, path: Path) -> None:
        """Make `path`, a new file for its owner alone, what this one is at one moment. Nobody has to wait meanwhile.

        By SQLite's own backup: a copied file is not one moment's, and lacks what is still in the write-ahead log.
        Raises StorageUnavailable, LedgerDamaged.
        """
        path.touch(mode=0o600, exist_ok=False)
        copy = Database(path)
        try:
            with closing(self.connect()) as source, closing(copy.connect()) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # the copy is one file, and nothing beside it
        except DatabaseError as error:
            raise copy.meaning_of(error) from error

    def watch(self) -> "Watcher":
        """Something to wait on for new commits, this process's or another's."""
        watcher = Watcher(self.connect())
        self._watchers.add(watcher)
        return watcher

    def wake(self) -> None:
        """Tell this process's watchers at once; those of other processes find out within 50 ms."""
        for watcher in list(self._watchers):
            watcher.wake()

    def close(self) -> None:
        """Close every idle connection; one in use is closed when it is given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
        with self._write_lock:
            while self._writers:
                self._writers.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def meaning_of(self, error: Exception) -> Exception:
        """SQLite's error as one of ours, in a plain sentence; a mistake in our SQL stays what it is."""
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if code is not None else None
        if isinstance(error, UnicodeDecodeError):
            return LedgerDamaged(f"{self.path} is damaged: what should be text is none.")
        if primary in _DAMAGED or (code is None and "decode to UTF-8" in str(error)):
            return LedgerDamaged(f"{self.path} is damaged: {error}.")
        if primary in _UNAVAILABLE:
            return StorageUnavailable(f"{self.path} {_UNAVAILABLE[primary]}; nothing was written.")
        return error


# Primary result codes of https://sqlite.org/rescode.html
_DAMAGED = {11, 26}  # CORRUPT, NOTADB
_UNAVAILABLE = {
    3: "may not be opened by this program",  # PERM
    5: "is locked by another program",  # BUSY
    6: "is locked by another connection",  # LOCKED
    7: "needs more memory than there is",  # NOMEM
    8: "is read-only",  # READONLY
    10: "cannot be read or written: the disk reports an error",  # IOERR
    13: "cannot grow: the disk is full",  # FULL
    14: "cannot be opened",  # CANTOPEN
}


class Watcher:
    """Waits for commits: woken at once by this process, and by SQLite's `data_version` for any other.

    `data_version` changes when another connection has committed, and costs no look at any table.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._woken = threading.Event()
        self._seen = self._data_version()

    def _data_version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def wake(self) -> None:
        self._woken.set()

    def wait(self, seconds: float) -> bool:
        """True as soon as something was committed since the last wait; False after `seconds` of nothing."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            woken = self._woken.wait(max(0.0, min(_POLL_SECONDS, left)))
            self._woken.clear()
            version = self._data_version()
            changed, self._seen = version != self._seen, version
            if woken or changed:
                return True
            if left <= 0:
                return False

    def close(self) -> None:
        self._connection.close()
