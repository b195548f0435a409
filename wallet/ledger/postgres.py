"""A PostgreSQL database in the place of a file: for more than one machine, and more than one writing process.

It keeps what `wallet.ledger.database` promises, and takes the same statements: they are written once, in SQLite's
words, and the few that PostgreSQL says otherwise are translated by `wallet.ledger.dialect`.

Writers take turns by an advisory lock, held to the end of the transaction: sequences are then contiguous and in
commit order, as on SQLite. (Locking the table instead, as the event store's library does, stops every writer
while the table is vacuumed.) What can be computed again has a lock of its own and does not wait for the disk.

A durable transaction has been confirmed when it returns: by the standby too, where the server waits for one. A
server that gave up waiting says so in a warning (01000) and commits all the same; that is no confirmation, and is
told as StorageUnavailable. Whoever sends the request again is answered from what is found only after a `barrier`.
"""

import os
import select
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qs, unquote, urlsplit

from pg8000.converters import make_params  # type: ignore[import-untyped]  # no hints
from pg8000.core import DATA_ROW, READY_FOR_QUERY, SYNC, Context, CoreConnection  # type: ignore[import-untyped]  # no hints
from pg8000.exceptions import DatabaseError as ServerError  # type: ignore[import-untyped]  # no hints
from pg8000.exceptions import InterfaceError

from domain.errors import InvalidValue
from wallet.errors import LedgerDamaged, NotALedger, StorageUnavailable
from wallet.ledger import database
from wallet.ledger.database import BUSY_SECONDS, Cursor, Database, Watcher
from wallet.ledger.dialect import Insertion, plain_insertion, translated
from wallet.settings import SCHEMES

DEFAULT_PORT: Final = 5432

_LOCKS: Final = 0x4C43_57  # "LCW": our part of the advisory locks of a database
_EVENTS_LOCK, _VIEWS_LOCK = 1, 2
_POLL_SECONDS: Final = 0.1
_ROWS_AT_ONCE: Final = 500
_WORTH_A_COPY: Final = 4
"""Rows. Fewer are faster as prepared statements."""
_NUMERIC: Final = 1700
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_WAIT_CANCELLED: Final = b"01000"
_STATEMENTS_KEPT: Final = 500
"""Statements that a connection keeps prepared: more than there are, unless somebody makes them up on the way."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a URL leads: one database, on any of several servers, of which one takes writes."""

    user: str
    password: str | None
    name: str
    hosts: tuple[tuple[str, int], ...]
    """In the order in which they are tried. A host that begins with a slash is the folder of a socket."""
    plain: bool
    """Without TLS, to another machine too."""

    @classmethod
    def of(cls, url: str) -> "Address":
        """`postgresql://user:password@host:5432/name`, with several hosts between commas where one takes over from
        another; `?host=/a/folder` for a socket, `?sslmode=disable` for a network that is trusted. A password that
        it does not hold is taken from PGPASSWORD.

        Raises InvalidValue.
        """
        parts = urlsplit(url)
        place = parts.netloc.rpartition("@")[2]
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if unknown := set(asked) - {"host", "sslmode"}:
            raise InvalidValue(
                f"A database's URL may ask for host and sslmode, not for {', '.join(unknown)}."
            )
        try:
            hosts = tuple(_host_and_port(each) for each in (asked.get("host") or place).split(","))
        except ValueError as error:
            raise InvalidValue(
                "A database's URL looks like postgresql://user:password@host:5432/name."
            ) from error
        name = unquote(parts.path.removeprefix("/"))
        if not url.startswith(SCHEMES) or not name:
            raise InvalidValue("A database's URL looks like postgresql://user:password@host:5432/name.")
        return cls(
            user=unquote(parts.username or "postgres"),
            password=unquote(parts.password) if parts.password else os.environ.get("PGPASSWORD"),
            name=name,
            hosts=hosts,
            plain=asked.get("sslmode") == "disable",
        )

    def __str__(self) -> str:
        """What it is called in a sentence; it says neither who comes in nor how."""
        return f"Database {self.name} at {', '.join(host for host, _ in self.hosts)}"


def _host_and_port(written: str) -> tuple[str, int]:
    if written.startswith("/"):
        return written, DEFAULT_PORT
    parts = urlsplit(f"//{written}")
    return parts.hostname or "localhost", parts.port or DEFAULT_PORT


class PostgresDatabase(Database):
    """Connections to one database, by its URL. Safe to share between threads."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """Of a URL as `Address` reads it. Another machine is spoken to by TLS, its certificate checked.

        Nothing is opened yet. Raises InvalidValue.
        """
        self.address: Final = Address.of(url)
        super().__init__(Path(self.address.name), busy_seconds=busy_seconds)
        self.name = str(self.address)
        self._free: list[_Connection] = []
        self._turns = {True: threading.Lock(), False: threading.Lock()}

    is_remote = True

    @property
    def flavour(self) -> str:
        """`PostgreSQL 15.8`, of the server that was asked. Raises StorageUnavailable."""
        with self._lent() as connection:
            return f"PostgreSQL {str(connection.ask('SHOW server_version')).split()[0]}"

    @property
    def exists(self) -> bool:
        """A server says itself what it lacks."""
        return True

    # --- connections ------------------------------------------------------------------------------------

    def _open(self) -> "_Connection":
        while True:
            if self._closed:
                raise StorageUnavailable(f"{self.name} has been closed.")
            try:
                connection = self._free.pop()
            except IndexError:
                return self._connect()
            if not connection.has_been_left():
                return connection
            connection.close()

    def _connect(self) -> "_Connection":
        """To the first server that takes writes; where there is but one, to that one."""
        several = len(self.address.hosts) > 1
        failed: Exception | None = None
        for host, port in self.address.hosts:
            try:
                connection = self._connect_to(host, port)
                if not several or not connection.ask("SELECT pg_is_in_recovery()"):
                    return connection
                connection.close()
            except (ServerError, InterfaceError, OSError) as error:
                failed = error
        if failed is not None:
            raise self._meaning(failed) from failed
        raise StorageUnavailable(f"{self.name} takes no writes: every server of it follows another.")

    def _connect_to(self, host: str, port: int) -> "_Connection":
        socket = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else None
        plain = socket is not None or host in _LOCAL or self.address.plain
        connection = _Connection(
            user=self.address.user,
            password=self.address.password,
            host=host,
            port=port,
            database=self.address.name,
            unix_sock=socket,
            ssl_context=None if plain else ssl.create_default_context(),
            timeout=self._busy_seconds,
            application_name="wallet",
        )
        connection.say(f"SET lock_timeout = {int(self._busy_seconds * 1000)}")
        return connection

    @contextmanager
    def _lent(self) -> Iterator["_Connection"]:
        """A connection, which is thrown away where anything went wrong with it."""
        connection = self._open()
        try:
            yield connection
        except (ServerError, InterfaceError, OSError) as error:
            connection.close()
            if not isinstance(error, ServerError):
                self._forget_free()  # where one is cut off the others are, too
            raise self._meaning(error) from error
        except BaseException:
            if connection.has_rolled_back():
                self._give(connection)
            raise
        self._give(connection)

    def _give(self, connection: "_Connection") -> None:
        self._free.append(connection)
        if self._closed:  # meanwhile
            self._forget_free()

    def _forget_free(self) -> None:
        with suppress(IndexError):
            while True:
                self._free.pop().close()

    def close(self) -> None:
        self._closed = True
        self._forget_free()

    # --- reading and writing ----------------------------------------------------------------------------

    @contextmanager
    def reader(self) -> Iterator[Cursor]:
        with self._lent() as connection:
            yield cast(Cursor, _Cursor(connection))

    @contextmanager
    def snapshot(self) -> Iterator[Cursor]:
        with self._lent() as connection:
            connection.say("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield cast(Cursor, _Cursor(connection))
            connection.say("COMMIT")

    @contextmanager
    def writer(self, *, durable: bool = True) -> Iterator[Cursor]:
        turn = self._turns[durable]
        if not turn.acquire(timeout=self._busy_seconds):
            raise StorageUnavailable(
                f"{self.name} is busy: no turn to write within {self._busy_seconds:g} s."
            )
        try:
            with self._lent() as connection:
                lock = _EVENTS_LOCK if durable else _VIEWS_LOCK
                relaxed = "" if durable else "SET LOCAL synchronous_commit TO off; "
                connection.say(f"BEGIN; {relaxed}SELECT pg_advisory_xact_lock({_LOCKS}, {lock})")
                cursor = _Cursor(connection) if durable else _PatientCursor(connection)
                yield cast(Cursor, cursor)
                if isinstance(cursor, _PatientCursor):
                    cursor.send()
                remarks = connection.say("COMMIT")
                if durable and any(remark.get(b"C") == _WAIT_CANCELLED for remark in remarks):
                    raise StorageUnavailable(
                        f"{self.name} did not confirm that its standby has what was written; "
                        "send the same request again, under the same idempotency key."
                    )
        finally:
            turn.release()

    def barrier(self) -> None:
        """Return once everything committed until now is as safe as a durable transaction is."""
        with self.writer() as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, 'wallet', 'barrier')")

    def watch(self) -> Watcher:
        watcher = _Watcher(self)
        self._watchers.add(watcher)
        return watcher

    # --- the whole of it --------------------------------------------------------------------------------

    def integrity(self) -> str | None:
        """None: a server's pages have checksums of their own (`initdb --data-checksums`)."""
        return None

    def stored_rows(self, first: int, last: int, limit: int) -> list[tuple[int, bytes, int, bytes, bytes]]:
        with self.reader() as cursor:
            rows = cursor.execute(
                "SELECT sequence, stream, position, name, envelope FROM events"
                " WHERE sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?",
                [first, last, limit],
            ).fetchall()
        return [(number, stream.encode(), at, name.encode(), data) for number, stream, at, name, data in rows]

    def empty_log(self) -> None:
        """Nothing: a server keeps deleted rows in its pages and its log for a while (docs/operations.md, Erasure)."""

    def refuse_unfit(self) -> None:
        """Raise StorageUnavailable for a database that does not keep every letter as it is."""
        with self.reader() as cursor:
            [encoding] = cursor.execute("SHOW server_encoding").fetchone()
        if encoding != "UTF8":
            raise StorageUnavailable(
                f"{self.name} is in {encoding}; make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
            )

    def version(self) -> int:
        """At which step its tables are; 0 for an empty database. Raises NotALedger."""
        with self.reader() as cursor:
            tables, ours = cursor.execute(
                "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()),"
                " to_regclass('migrations') IS NOT NULL"
            ).fetchone()
            if ours:
                steps = cursor.execute("SELECT COUNT(*) FROM migrations WHERE step LIKE '0%'").fetchone()
                return int(steps[0])
        if tables:
            raise NotALedger(self.name)
        return 0

    def _meaning(self, error: BaseException) -> Exception:
        """The server's error as one of ours, in a plain sentence; a mistake in our SQL stays what it is."""
        if not isinstance(error, ServerError):
            # The server may have said why before it hung up, and the library have told only that it did.
            before: BaseException | None = error
            while before is not None and not isinstance(before, ServerError):
                before = before.__cause__ or before.__context__
            if before is not None:
                return self._meaning(before)
            return StorageUnavailable(f"{self.name} does not answer; what was sent may be sent again.")
        code, message = _told(error)
        if code in ("XX001", "XX002"):
            return LedgerDamaged(f"{self.name} is damaged: {message}.")
        if code[:2] in _UNAVAILABLE or code in _UNAVAILABLE:
            why = _UNAVAILABLE.get(code) or _UNAVAILABLE[code[:2]]
            return StorageUnavailable(f"{self.name} {why}; nothing was written.")
        return cast(Exception, error)


# Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNAVAILABLE: Final = {
    "08": "cannot be reached",
    "25006": "is read-only",
    "28": "does not let this program in",
    "3D000": "is not there",
    "40": "had to give way to another transaction",
    "42501": "does not let this program do that",
    "53": "has no room left: disk, memory or connections",
    "55P03": "is busy: no turn to write in time",
    "57": "is stopping, or gave up the request",
    "58": "cannot be read or written: the disk reports an error",
}


def _told(error: ServerError) -> tuple[str, str]:
    """The server's code, five letters, and its message."""
    said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return str(said.get("C", "")), str(said.get("M", error))


class _Connection:
    """One connection, with the statements it has been asked before: those take one journey, others three."""

    def __init__(self, **where: Any) -> None:
        self._wire = CoreConnection(**where)
        self._wire.register_in_adapter(_NUMERIC, int)  # a sum of whole numbers is a whole number
        self._known: dict[str, tuple[bytes, Any, Any]] = {}
        self._columns: dict[str, str] = {}

    def ask(self, statement: str) -> Any:
        """The one value that this statement answers."""
        return self._wire.execute_unnamed(statement).rows[0][0]

    def say(self, statements: str) -> list[dict[bytes, bytes]]:
        """Statements without values; what the server remarked on them."""
        self._wire.notices.clear()
        self._wire.execute_simple(statements)
        return list(self._wire.notices)

    def run(self, statement: str, values: Sequence[Any]) -> Any:
        """The library's context of a statement: rows, columns, how many rows it was about."""
        if statement not in self._known:
            if len(self._known) >= _STATEMENTS_KEPT:
                return self._wire.execute_unnamed(statement, vals=values)
            self._known[statement] = self._wire.prepare_statement(statement, ())
        name, columns, read = self._known[statement]
        sent = make_params(self._wire.py_types, values)
        if not columns:
            return self._wire.execute_named(name, sent, columns, read, statement)
        return self._answered(name, sent, columns, statement)

    def _answered(self, name: bytes, sent: Sequence[str | None], columns: Any, statement: str) -> Any:
        """As the library's `execute_named`, which reads a row in twice the time: events are read by the million."""
        wire = self._wire
        context = Context(statement, columns=columns, input_funcs=[])
        wire.send_BIND(name, sent)
        wire.send_EXECUTE()
        wire._send_message(SYNC, b"")
        wire._sock.flush()
        receive, rows, code = wire._sock.read, [], b""
        while code != READY_FOR_QUERY:
            code, length = _HEAD.unpack(_whole(receive(_HEAD.size), _HEAD.size))
            body = _whole(receive(length - 4), length - 4)
            if code == DATA_ROW:
                rows.append(body)
            else:
                wire.message_types[code](body, context)
        if context.error is not None:
            raise context.error
        readers = [_READERS.get(column["type_oid"], bytes.decode) for column in columns]
        context.rows = [_row_of(body, readers) for body in rows]
        return context

    def copy_in(self, insertion: Insertion, rows: Iterable[Sequence[Any]]) -> None:
        """Rows as text (https://www.postgresql.org/docs/current/sql-copy.html), far faster than as statements."""
        columns = insertion.columns or self._columns_of(insertion.table)
        text = "".join([insertion.line(row) for row in rows])
        self._wire.execute_unnamed(f"COPY {insertion.table} ({columns}) FROM STDIN", stream=[text.encode()])

    def _columns_of(self, table: str) -> str:
        """All of them but `rowid`, which numbers itself."""
        if table not in self._columns:
            found = self._wire.execute_unnamed(
                "SELECT attname FROM pg_attribute WHERE attrelid = CAST($1 AS REGCLASS) AND attnum > 0"
                " AND NOT attisdropped AND attname <> 'rowid' ORDER BY attnum",
                vals=(table,),
            ).rows
            self._columns[table] = ", ".join(name for (name,) in found)
        return self._columns[table]

    def has_been_left(self) -> bool:
        """Whether the server has hung up, or said something nobody asked for, while nobody used it."""
        try:
            return bool(select.select([self._wire._usock], [], [], 0)[0])
        except (OSError, ValueError, TypeError):
            return True

    def has_rolled_back(self) -> bool:
        """Whether it is out of any transaction and of use again; it is closed where it is not."""
        try:
            self.say("ROLLBACK")
        except (ServerError, InterfaceError, OSError):
            self.close()
            return False
        return True

    def close(self) -> None:
        """Whether or not it is open still."""
        with suppress(InterfaceError, OSError):
            self._wire.close()


_HEAD: Final = struct.Struct("!ci")
_LENGTH: Final = struct.Struct("!i").unpack_from
_READERS: Final[dict[int, Callable[[bytes], Any]]] = {
    16: lambda data: data == b"t",  # bool
    17: lambda data: bytes.fromhex(data[2:].decode()),  # bytea
    20: int,  # int8
    21: int,  # int2
    23: int,  # int4
    1700: int,  # numeric: a sum of whole numbers is a whole number
}
"""By the number of a type: https://www.postgresql.org/docs/current/catalog-pg-type.html. Any other is text."""


def _whole(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise InterfaceError("network error")
    return data


def _row_of(body: bytes, readers: Sequence[Callable[[bytes], Any]]) -> tuple[Any, ...]:
    place = 2
    row: list[Any] = []
    for read in readers:
        [length] = _LENGTH(body, place)
        place += 4
        if length < 0:
            row.append(None)
        else:
            row.append(read(body[place : place + length]))
            place += length
    return tuple(row)


class _Cursor:
    """The part of a cursor that is used here, over one connection."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: Iterator[Sequence[Any]] = iter(())
        self.rowcount = -1
        self.description: Sequence[Any] = ()

    def execute(self, statement: str, values: Iterable[Any] = ()) -> "_Cursor":
        # SQLite has no truth values but 0 and 1.
        sent = tuple(int(value) if isinstance(value, bool) else value for value in values)
        with _constraints_named():
            context = self._connection.run(translated(statement), sent)
        self.rowcount = context.row_count
        self.description = [(column["name"],) for column in context.columns or ()]
        self._rows = map(tuple, context.rows or ())
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> "_Cursor":
        """By COPY, where it is a plain insertion; else some hundred rows in one statement: not a journey for each."""
        waiting = list(rows)
        insertion = plain_insertion(statement)
        if insertion is not None and len(waiting) >= _WORTH_A_COPY:
            with _constraints_named():
                self._connection.copy_in(insertion, waiting)
            self.rowcount = len(waiting)
            return self
        before, _, after = statement.partition("VALUES ")
        group, rest = after[: after.index(")") + 1], after[after.index(")") + 1 :]
        changed = 0
        for start in range(0, len(waiting), _ROWS_AT_ONCE):
            part = waiting[start : start + _ROWS_AT_ONCE]
            groups = ", ".join([group] * len(part))
            changed += self.execute(
                f"{before}VALUES {groups}{rest}", [each for row in part for each in row]
            ).rowcount
        self.rowcount = changed
        return self

    def fetchone(self) -> Sequence[Any] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[Sequence[Any]]:
        return list(self._rows)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return self._rows

    def close(self) -> None:
        self._rows = iter(())


class _PatientCursor(_Cursor):
    """A view is made of many single insertions. Those that follow one another wait, and are sent together.

    They are sent before any other statement and before the end, so nothing can see that they waited; but what is
    wrong with one is told only then.
    """

    def __init__(self, connection: _Connection) -> None:
        super().__init__(connection)
        self._statement = ""
        self._waiting: list[Sequence[Any]] = []

    def execute(self, statement: str, values: Iterable[Any] = ()) -> _Cursor:
        if self._waiting and statement != self._statement:
            self.send()
        if plain_insertion(statement) is None:
            return super().execute(statement, values)
        self._statement = statement
        self._waiting.append(tuple(values))
        self.rowcount = 1
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> _Cursor:
        self.send()
        return super().executemany(statement, rows)

    def send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if len(waiting) < _WORTH_A_COPY:
            for values in waiting:
                super().execute(self._statement, values)
        else:
            super().executemany(self._statement, waiting)


@contextmanager
def _constraints_named() -> Iterator[None]:
    """A constraint that is violated, as SQLite tells it."""
    try:
        yield
    except ServerError as error:
        code, message = _told(error)
        if code.startswith("23"):
            raise database.IntegrityError(message) from error
        raise


class _Watcher(Watcher):
    """Waits for events: woken at once by this process, and by looking for any other."""

    def __init__(self, watched: PostgresDatabase) -> None:
        self._database = watched
        self._woken = threading.Event()
        self._seen = self._last()

    def _last(self) -> int:
        with self._database.reader() as cursor:
            return int(cursor.execute("SELECT COALESCE(MAX(sequence), 0) FROM events").fetchone()[0])

    def wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            woken = self._woken.wait(max(0.0, min(_POLL_SECONDS, left)))
            self._woken.clear()
            last = self._last()
            changed, self._seen = last != self._seen, last
            if woken or changed:
                return True
            if left <= 0:
                return False

    def close(self) -> None:
        """It holds nothing."""
