"""The tables, made by `wallet migrate` and by nothing else.

Steps are numbered, and only ever added. The number of the last one done is the file's `user_version`; what
was done when is in the table `migrations`. A file is brought forward in one transaction, so two who migrate
at once do it once.

A view's tables hold nothing that cannot be computed again. When a view's definition changes, its tables are
made anew and it starts from the first event.
"""

import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from wallet.errors import NewerDatabase, NotALedger, NotMigrated, StorageUnavailable
from wallet.ledger.answers import ANSWERS_TABLE
from wallet.ledger.database import BUSY_SECONDS, Cursor, Database, tables_made_by
from wallet.ledger.postgres import PostgresDatabase
from wallet.ledger.recorders import EVENTS_TABLE, POSITIONS_TABLE
from wallet.ledger.view import View
from wallet.people import ACCESS_REASONS, ACCOUNTS, SHARES, STAFF_ACCOUNTS, TWO_PERSONS, VOUCHED
from wallet.published import PUBLISHED_LISTS_TABLE
from wallet.transparency.log import LOG_TABLES

_MIGRATIONS_TABLE = (
    "CREATE TABLE migrations (step TEXT PRIMARY KEY, digest TEXT NOT NULL, done_at INTEGER NOT NULL) STRICT"
)
API_KEYS_TABLE = """
CREATE TABLE api_keys (
    digest     BLOB    PRIMARY KEY,
    holder     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT
"""
API_KEY_LIMITS = (
    "ALTER TABLE api_keys ADD COLUMN scopes TEXT",
    "ALTER TABLE api_keys ADD COLUMN ends_at INTEGER",
    """
    CREATE TABLE passes (
        digest  BLOB    PRIMARY KEY,
        key     BLOB    NOT NULL,
        scopes  TEXT,
        sealed  BLOB    NOT NULL,
        ends_at INTEGER NOT NULL
    ) STRICT
    """,
)
LEARNER_KEYS_TABLE = """
CREATE TABLE learner_keys (
    learner      TEXT PRIMARY KEY,
    data_key     BLOB,
    signing_seed BLOB
) STRICT
"""


class Step(msgspec.Struct, frozen=True):
    """One numbered change. What it did to a file is never edited here, only followed by another step."""

    name: str
    statements: tuple[str, ...]


class Kind(msgspec.Struct, frozen=True):
    """A kind of file: its name under the home folder, the mark in its header, and its steps in order."""

    file: str
    mark: int
    steps: tuple[Step, ...]


LEDGER: Final = Kind(
    "wallet.sqlite",
    int.from_bytes(b"LCWl"),
    (
        Step("0001 events, in one sequence and by stream", (EVENTS_TABLE,)),
        Step("0002 answers by idempotency key", (ANSWERS_TABLE,)),
        Step("0003 how far each follower has come", (POSITIONS_TABLE,)),
        Step("0004 keys of programs that call the interface", (API_KEYS_TABLE,)),
        Step("0005 status lists as last signed", (PUBLISHED_LISTS_TABLE,)),
        Step("0006 people, how they are let in, and what they opened", ACCOUNTS),
        Step("0007 what learners show, and who looked", SHARES),
        Step("0008 the log's tree, its checkpoints as signed, and stamps on them", LOG_TABLES),
        Step("0009 what a key may do and until when, and passes for a short time", API_KEY_LIMITS),
        Step("0010 from which account each of the staff signs", STAFF_ACCOUNTS),
        Step("0011 who vouches for an institution's staff, and for whom", VOUCHED),
        Step("0012 what two persons do together", TWO_PERSONS),
        Step("0013 by what right somebody looked at a record", ACCESS_REASONS),
    ),
)
LEARNER_KEYS: Final = Kind(
    "learner-keys.sqlite",
    int.from_bytes(b"LCWk"),
    (Step("0001 a data key and a signing key for each learner", (LEARNER_KEYS_TABLE,)),),
)


def migrate(home: Path, views: Sequence[View] = (), *, database: str = "") -> list[str]:
    """Make the files under `home` what this program needs; the names of the steps that were done, often none.

    The ledger is a file there too, or the PostgreSQL database of the URL `database`.

    Raises NewerDatabase, NotALedger, StorageUnavailable, LedgerDamaged; that file is then as it was.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    done = _bring_forward(home, LEARNER_KEYS)
    return done + (
        _bring_server_forward(database, views) if database else _bring_forward(home, LEDGER, views)
    )


def refuse_unready(database: Database, kind: Kind, views: Sequence[View] = ()) -> None:
    """Raise NotMigrated, NewerDatabase or NotALedger unless the file is exactly what this program needs."""
    if not database.exists:
        raise NotMigrated(database.name, "there is no such file")
    with database.reader() as cursor:
        version = (
            database.version()
            if isinstance(database, PostgresDatabase)
            else _version(cursor, database.path, kind)
        )
        if version > len(kind.steps):
            raise NewerDatabase(database.name, version, len(kind.steps))
        if version < len(kind.steps):
            raise NotMigrated(database.name, f"step {version} of {len(kind.steps)}")
        for view in views:
            if _is_outdated(cursor, view):
                raise NotMigrated(database.name, f"the view {view.name} has no tables, or old ones")


def clear_view(cursor: Cursor, view: View) -> None:
    """Make the view's tables anew, empty, and forget how far it had come; in the caller's transaction."""
    for table in tables_made_by(view.create_tables()):
        cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
    for statement in view.create_tables():
        cursor.execute(statement)
    cursor.execute("DELETE FROM positions WHERE follower = ?", [view.name])


def _bring_forward(home: Path, kind: Kind, views: Sequence[View] = ()) -> list[str]:
    path = home / kind.file
    path.touch(mode=0o600)
    with Database(path) as database:
        with database.reader() as cursor:
            _version(cursor, path, kind)
        _write_ahead(database)
        with database.writer() as cursor:
            # Asked again: whoever migrated while we waited for our turn has left us nothing to do.
            done = _steps_after(cursor, kind, _version(cursor, path, kind))
            done += [_remake(cursor, view, kind.file) for view in views if _is_outdated(cursor, view)]
    return done


def _bring_server_forward(url: str, views: Sequence[View]) -> list[str]:
    with PostgresDatabase(url) as database:
        database.refuse_unfit()
        with database.writer() as cursor:
            # Asked within our turn: whoever migrated while we waited for it has left us nothing to do.
            version = database.version()
            if version > len(LEDGER.steps):
                raise NewerDatabase(database.name, version, len(LEDGER.steps))
            if version == 0:
                cursor.execute(_MIGRATIONS_TABLE)
            for step in LEDGER.steps[version:]:
                for statement in step.statements:
                    cursor.execute(statement)
                _record(cursor, step.name, step.statements)
            done = [f"{database.name}: {step.name}" for step in LEDGER.steps[version:]]
            return done + [
                _remake(cursor, view, database.name) for view in views if _is_outdated(cursor, view)
            ]


def _steps_after(cursor: Cursor, kind: Kind, version: int) -> list[str]:
    if version == 0:
        cursor.execute(_MIGRATIONS_TABLE)
        cursor.execute(f"PRAGMA application_id = {kind.mark}")
    for step in kind.steps[version:]:
        for statement in step.statements:
            cursor.execute(statement)
        _record(cursor, step.name, step.statements)
    cursor.execute(f"PRAGMA user_version = {len(kind.steps)}")
    return [f"{kind.file}: {step.name}" for step in kind.steps[version:]]


def _is_outdated(cursor: Cursor, view: View) -> bool:
    return _digest_of_last(cursor, view) != _digest(view.create_tables())


def _remake(cursor: Cursor, view: View, where: str) -> str:
    clear_view(cursor, view)
    _record(cursor, _step_of(view), view.create_tables())
    return f"{where}: {_step_of(view)}"


def _step_of(view: View) -> str:
    return f"view {view.name}"


def _version(cursor: Cursor, path: Path, kind: Kind) -> int:
    """Which step the file is at; 0 where it is empty."""
    # One statement, so that the three are of one moment: somebody may be migrating right now.
    version, mark, tables = cursor.execute(
        "SELECT user_version, application_id, (SELECT COUNT(*) FROM sqlite_schema)"
        " FROM pragma_user_version, pragma_application_id"
    ).fetchone()
    if mark != kind.mark:
        if mark or version or tables:
            raise NotALedger(path)
        return 0
    if version > len(kind.steps):
        raise NewerDatabase(path, version, len(kind.steps))
    return int(version)


def _write_ahead(database: Database) -> None:
    """Switch the file to a write-ahead log, for good. SQLite does not wait its turn for this, so we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with database.reader() as cursor:
                cursor.execute("PRAGMA journal_mode = WAL")
                return
        except StorageUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _record(cursor: Cursor, step: str, statements: Sequence[str]) -> None:
    cursor.execute(
        "INSERT INTO migrations (step, digest, done_at) VALUES (?, ?, ?) ON CONFLICT (step)"
        " DO UPDATE SET digest = excluded.digest, done_at = excluded.done_at",
        [step, _digest(statements), time.time_ns() // 1000],
    )


def _digest_of_last(cursor: Cursor, view: View) -> str | None:
    found = cursor.execute("SELECT digest FROM migrations WHERE step = ?", [_step_of(view)]).fetchone()
    return found[0] if found else None


def _digest(statements: Sequence[str]) -> str:
    return sha256("\n;\n".join(statements).encode()).hexdigest()
