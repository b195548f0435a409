"""Moving a ledger between a file and a PostgreSQL server: every event as it was stored, and what lies beside them.

What is made from events (views, the log's tree) is made anew. The learners' keys, the keystore and the portfolios
stay where they are, in the home folder. The copy is believed only when its audit holds, against the head and the
checkpoint of the ledger that it was copied from; until then nothing says where it is.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Final

import msgspec

from wallet.auditing import AuditReport, audit
from wallet.errors import LedgerError
from wallet.ledger.database import Database, tables_made_by
from wallet.ledger.follower import Follower
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import LEDGER, migrate
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.transparency.log import Log

_PAGE: Final = 1000
_MADE_FROM_EVENTS: Final = {"events", "positions", "log_tiles", "log_edge"}
"""The events themselves, and what their copy makes again."""
_IN_THE_ORDER_OF_MAKING: Final = {"api_keys", "shares"}
"""Tables that are listed in the order in which their rows came."""

Progress = Callable[[int, int], None]


class NotEmpty(LedgerError):
    """A ledger is copied to an empty place only: two cannot be mixed."""


class NotCopied(LedgerError):
    """The ledger does not hold, or what lies beside its events did not arrive: the copy is not to be used."""


class Copied(msgspec.Struct, frozen=True):
    """What arrived: the audit of the copy, and how many rows of each table that no event makes."""

    report: AuditReport
    beside: dict[str, int]


def copy_ledger(office: Office, to: str, *, at: datetime, progress: Progress | None = None) -> Copied:
    """Copy the office's ledger into an empty place, audit the copy, and use it from now on.

    `to` is the URL of a PostgreSQL database, or empty for the file in the home folder. Nobody can record anything
    in the old ledger meanwhile; a program that had it open before goes on using it, so stop the server first.

    Raises NotEmpty, NotCopied, NotALedger, StorageUnavailable.
    """
    checkpoint = office.checkpoint(at).checkpoint
    with office.ledger.database.writer():
        original = audit(office.ledger, views=())
        if original.finding is not None:
            raise NotCopied(f"Nothing was copied. {original.finding}")
        migrate(office.settings.home, VIEWS, database=to)
        with Ledger(to or office.settings.file, office.learner_keys) as copy:
            if copy.last_sequence():
                raise NotEmpty(f"{copy.database.name} holds a ledger already.")
            _copy_events(office.ledger.database, copy.database, original.events, progress)
            beside = _copy_beside(office.ledger.database, copy.database)
            Follower(copy, VIEWS).catch_up()
            Log(copy.database).catch_up()
            report = audit(copy, expected_head=original.head, checkpoint=checkpoint, views=VIEWS)
        if report.holds:
            office.settings.use(to)
    return Copied(report, beside)


def _copy_events(here: Database, there: Database, last: int, progress: Progress | None) -> None:
    done = 0
    while rows := here.stored_rows(done + 1, last, _PAGE):
        with there.writer(durable=False) as cursor:
            cursor.executemany(
                "INSERT INTO events (sequence, stream, position, name, envelope) VALUES (?, ?, ?, ?, ?)",
                [
                    (number, stream.decode(), at, name.decode(), data)
                    for number, stream, at, name, data in rows
                ],
            )
        done = rows[-1][0]
        if progress is not None:
            progress(done, last)


def _copy_beside(here: Database, there: Database) -> dict[str, int]:
    """How many rows of each table; durable, and the events before them with it."""
    tables = tables_made_by([statement for step in LEDGER.steps for statement in step.statements])
    return {table: _copy_table(here, there, table) for table in tables if table not in _MADE_FROM_EVENTS}


def _copy_table(here: Database, there: Database, table: str) -> int:
    done = 0
    with here.reader() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608 - a table of ours
        columns = [name for name, *_ in cursor.description if name != "rowid"]
        listed, places = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
        order = "ORDER BY rowid" if table in _IN_THE_ORDER_OF_MAKING else ""
        rows = iter(cursor.execute(f'SELECT {listed} FROM "{table}" {order}'))  # noqa: S608 - a table of ours
        while part := list(islice(rows, _PAGE)):
            with there.writer() as writing:
                writing.executemany(
                    f'INSERT INTO "{table}" ({listed}) VALUES ({places})',  # noqa: S608 - a table of ours
                    part,
                )
            done += len(part)
    with there.reader() as cursor:
        arrived = cursor.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - a table of ours
    if arrived != done:
        raise NotCopied(f"Of the table {table} {arrived} rows of {done} arrived; the copy is not to be used.")
    return done
