"""The event store's recorders: four interfaces of `eventsourcing.persistence`, and their factory.

They are the same on SQLite and on PostgreSQL; in what the two differ is the affair of `Database`.

Differences from the recorders the library ships, each for a reason:

- one writer at a time from BEGIN on, so that notification ids, here called sequence, are contiguous and in
  commit order: a reader that has seen 7 will never find a late 6;
- ids are written, not drawn from a rowid, so VACUUM cannot renumber them;
- `subscribe`, which the shipped one lacks;
- tables are made by `migrate`, not by whichever process comes first;
- rows travel as tuples.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType

from wallet.ledger import database
from wallet.ledger.database import Cursor, Database
from wallet.ledger.opening import open_database

EVENTS_TABLE = """
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    stream   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    envelope BLOB    NOT NULL,
    UNIQUE (stream, position)
) STRICT
"""
POSITIONS_TABLE = "CREATE TABLE positions (follower TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT"

Row = tuple[int, str, int, str, bytes]
"""One stored event: sequence, stream, position, name, envelope."""

_INSERT = "INSERT INTO events (sequence, stream, position, name, envelope) VALUES (?, ?, ?, ?, ?)"
_SELECT = "SELECT sequence, stream, position, name, envelope FROM events "


class SqlAggregateRecorder(AggregateRecorder):
    """Events by stream. Raises the library's IntegrityError where a stream's position is taken."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        self._insert(stored_events, **kwargs)
        return None

    def _insert(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:
        try:
            with self.database.writer() as cursor:
                self._insert_beside(cursor, **kwargs)
                last = cursor.execute("SELECT MAX(sequence) FROM events").fetchone()[0] or 0
                cursor.executemany(
                    _INSERT,
                    [
                        (sequence, event.originator_id, event.originator_version, event.topic, event.state)
                        for sequence, event in enumerate(stored_events, last + 1)
                    ],
                )
        except database.IntegrityError as error:
            raise IntegrityError(error) from error
        self.database.wake()
        return list(range(last + 1, last + 1 + len(stored_events)))

    def _insert_beside(self, cursor: Cursor, **kwargs: Any) -> None:
        """Write what belongs in the same transaction as the events."""

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        return [
            StoredEvent(stream, position, name, envelope)
            for _, stream, position, name, envelope in self.stream_rows(
                str(originator_id), gt=gt, lte=lte, desc=desc, limit=limit
            )
        ]

    def stream_rows(
        self,
        stream: str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[Row]:
        """What `select_events` selects, as bare rows: a StoredEvent for each costs as much as reading it."""
        statement, values = _SELECT + "WHERE stream = ? ", [stream, gt, lte, limit]
        if gt is not None:
            statement += "AND position > ? "
        if lte is not None:
            statement += "AND position <= ? "
        statement += "ORDER BY position DESC " if desc else "ORDER BY position "
        if limit is not None:
            statement += "LIMIT ?"
        with self.database.reader() as cursor:
            return cursor.execute(statement, [value for value in values if value is not None]).fetchall()


class SqlApplicationRecorder(SqlAggregateRecorder, ApplicationRecorder):
    """Events by stream, and all of them in one sequence."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        return self._insert(stored_events, **kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 0 if start is None else start if inclusive_of_start else start + 1
        return [
            Notification(stream, position, name, envelope, sequence)
            for sequence, stream, position, name, envelope in self.rows_from(first, limit, stop, topics)
        ]

    def rows_from(
        self, first: int, limit: int, last: int | None = None, names: Sequence[str] = ()
    ) -> list[Row]:
        """At most `limit` rows, in sequence, from `first` to `last`, both included."""
        statement, values = _SELECT + "WHERE sequence >= ? ", [first]
        if last is not None:
            statement += "AND sequence <= ? "
            values.append(last)
        if names:
            statement += f"AND name IN ({', '.join('?' * len(names))}) "
        with self.database.reader() as cursor:
            return cursor.execute(
                statement + "ORDER BY sequence LIMIT ?", [*values, *names, limit]
            ).fetchall()

    def max_notification_id(self) -> int | None:
        with self.database.reader() as cursor:
            last: int | None = cursor.execute("SELECT MAX(sequence) FROM events").fetchone()[0]
            return last

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "SqlSubscription":
        return SqlSubscription(self, gt=gt, topics=topics)


class SqlSubscription(Subscription[SqlApplicationRecorder]):
    """Notifications as they come, for ever, until `stop()`; the thread that iterates does the waiting."""

    PAGE = 500

    def __init__(
        self, recorder: SqlApplicationRecorder, gt: int | None = None, topics: Sequence[str] = ()
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._last = gt or 0
        self._page: Iterable[Notification] = iter(())
        self._watcher = recorder.database.watch()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            for notification in self._page:
                self._last = notification.id
                return notification
            page = self._recorder.select_notifications(
                self._last, self.PAGE, topics=self._topics, inclusive_of_start=False
            )
            self._page = iter(page)
            if not page:
                self._watcher.wait(1.0)
        raise StopIteration

    def stop(self) -> None:
        super().stop()
        self._watcher.wake()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._watcher.close()


class SqlTrackingRecorder(TrackingRecorder):
    """How far each follower has come. A position only moves forward; going back is an IntegrityError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def insert_tracking(self, tracking: Tracking) -> None:
        with self.database.writer(durable=False) as cursor:
            move_forward(cursor, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        with self.database.reader() as cursor:
            return position_of(cursor, application_name)


def position_of(cursor: Cursor, follower: str) -> int | None:
    """The last sequence the follower has taken in, or None."""
    found = cursor.execute("SELECT sequence FROM positions WHERE follower = ?", [follower]).fetchone()
    return found[0] if found else None


def positions_of(cursor: Cursor) -> dict[str, int]:
    """How far each follower has come that has begun."""
    return dict(cursor.execute("SELECT follower, sequence FROM positions").fetchall())


def move_forward(cursor: Cursor, tracking: Tracking) -> None:
    """Record a position in the caller's transaction. Raises IntegrityError where it is not ahead."""
    cursor.execute(
        "INSERT INTO positions (follower, sequence) VALUES (?, ?)"
        " ON CONFLICT (follower) DO UPDATE SET sequence = excluded.sequence"
        " WHERE excluded.sequence > positions.sequence",
        [tracking.application_name, tracking.notification_id],
    )
    if cursor.rowcount != 1:
        raise IntegrityError(f"{tracking.application_name} is already past {tracking.notification_id}")


class SqlProcessRecorder(SqlApplicationRecorder, SqlTrackingRecorder, ProcessRecorder):
    """Events together with the position of what they were made from."""

    def _insert_beside(self, cursor: Cursor, *, tracking: Tracking | None = None, **kwargs: Any) -> None:
        super()._insert_beside(cursor, **kwargs)
        if tracking is not None:
            move_forward(cursor, tracking)


class SqlFactory(InfrastructureFactory[SqlTrackingRecorder]):
    """Recorders for one database, a file or a URL in the variable LEDGER_FILE, where `migrate` made the tables."""

    LEDGER_FILE = "LEDGER_FILE"

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        path = self.env.get(self.LEDGER_FILE)
        if not path:
            raise OSError(f"{self.LEDGER_FILE} names no file")
        self.database = open_database(path)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Raises NotImplementedError for snapshots: no stream here grows long enough to need them."""
        if purpose != "events":
            raise NotImplementedError(f"no table is kept for {purpose}")
        return SqlAggregateRecorder(self.database)

    def application_recorder(self) -> SqlApplicationRecorder:
        return SqlApplicationRecorder(self.database)

    def tracking_recorder(
        self, tracking_recorder_class: type[SqlTrackingRecorder] | None = None
    ) -> SqlTrackingRecorder:
        return (tracking_recorder_class or SqlTrackingRecorder)(self.database)

    def process_recorder(self) -> SqlProcessRecorder:
        return SqlProcessRecorder(self.database)

    def close(self) -> None:
        self.database.close()
