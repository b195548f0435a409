"""The ledger: the one port through which events are recorded and read.

Underneath is an `eventsourcing` application: its event store, its notification log, our mapper and recorder.
Events come in as domain events and leave as entries; envelopes, seals and SQL stay inside.

What is checked when. On writing: every signature, with the key an auditor will use. On reading: that every
payload that can be opened is the one committed to, and, for a stream, that each envelope names the one
before it. The signatures again, and who may sign what, in `wallet.auditing`: one such check costs more than
all of reading.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import msgspec
from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.persistence import InfrastructureFactory, IntegrityError, Recording
from eventsourcing.utils import Environment, EnvType

from domain.catalogue import EVENTS
from domain.event import Event
from keys.errors import SealBroken
from keys.sealing import DataKey
from keys.signing import PublicKey, Signer
from wallet.errors import AnswerExists, Erased, StreamMoved, TamperFound
from wallet.ledger import answers
from wallet.ledger.answers import Answer
from wallet.ledger.database import Cursor
from wallet.ledger.entry import Entry, History
from wallet.ledger.envelope import (
    GENESIS,
    CommitmentBroken,
    Draft,
    Envelope,
    draft,
    microseconds,
    moment,
    open_body,
    statement,
    unpack,
)
from wallet.ledger.mapper import Catalogue, LedgerMapper
from wallet.ledger.migrate import LEDGER, refuse_unready
from wallet.ledger.opening import open_database
from wallet.ledger.recorders import Row, SqlFactory, SqlProcessRecorder, SqlSubscription

__all__ = ["Answer", "Entry", "History", "Ledger", "Subscription", "Write"]

_CHECKED_AT_ONCE: Final = 32
"""Signatures handed to a worker thread together. A smaller batch is checked where it is made."""


_UNREADABLE: Final = (
    SealBroken,
    CommitmentBroken,
    UnicodeDecodeError,
    OverflowError,
    msgspec.MsgspecError,
)
"""What opening an envelope that was changed can raise."""


class LearnersDataKeys(Protocol):
    """What opens what was sealed: None where it stays closed."""

    def data_key(self, learner: str, /) -> DataKey | None: ...


class Write(msgspec.Struct, frozen=True):
    """Events for one stream, decided on after reading `after`, and signed by `signer`.

    Without events it says only what was read: nothing is recorded if that stream has grown since.
    `learner` is whose key seals the events that are personal; such an event without a learner is refused.
    """

    stream: str
    after: History
    events: Sequence[Event]
    signer: Signer
    learner: str | None = None


class Ledger:
    """One ledger file, shared by any number of threads; other processes may write to it too."""

    def __init__(
        self, path: Path | str, learner_keys: LearnersDataKeys, *, events: Mapping[str, type[Event]] = EVENTS
    ) -> None:
        """Of a migrated file, or of the database of a URL.

        Raises NotMigrated, NewerDatabase, NotALedger, StorageUnavailable.
        """
        with open_database(path) as database:
            refuse_unready(database, LEDGER)
        self.catalogue: Final = Catalogue(events)
        self.learner_keys: Final = learner_keys
        self._application: Final = _Application(path, self.catalogue)
        self._recorder: Final = self._application.recorder
        self.database: Final = self._recorder.database
        self._checkers: Final = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="check-signatures")

    def history(self, stream: str, *, since: History | None = None) -> History:
        """All of a stream, empty for one that does not exist yet; or what came `since` it was last read.

        Of a long stream a reader keeps what it made of the entries, and reads on from `position` and `head`.
        Raises TamperFound, StorageUnavailable.
        """
        known = since or History(stream)
        entries = self.entries_of(self._recorder.stream_rows(stream, gt=known.position), after=known)
        last = entries[-1] if entries else None
        return History(
            stream, last.position if last else known.position, last.hash if last else known.head, entries
        )

    def save(self, *writes: Write, at: datetime, answer: Answer | None = None) -> list[Entry]:
        """Record every write and the answer, or nothing; on the disk when this returns. `at` is aware.

        Raises StreamMoved where a stream has grown since it was read, AnswerExists where the answer's key
        is used, Erased, NoLearnerKey, UnknownEvent, StorageUnavailable; InvalidSignature where a signer did
        not sign what it was given.
        """
        if len({write.stream for write in writes}) < len(writes):
            raise ValueError("two writes to one stream in one save: the second has not seen the first")
        recorded = microseconds(at)
        events = [event for write in writes for event in write.events]
        drafts = [(draft_, write.signer) for write in writes for draft_ in self._drafts(write, recorded)]
        try:
            recordings = self._application.save(
                *self._signed(drafts), answer=answer, given_at=recorded, unmoved=_only_read(writes)
            )
        except IntegrityError as error:
            raise self._meaning_of(error, writes, answer) from error
        return [
            Entry(
                draft_.stream,
                draft_.position,
                recording.notification.id,
                draft_.name,
                at,
                signer.public.did,
                draft_.hash,
                event,
            )
            for (draft_, signer), event, recording in zip(drafts, events, recordings, strict=True)
        ]

    def answer(self, key: str) -> Answer | None:
        """What was answered to the request of this idempotency key."""
        with self.database.reader() as cursor:
            found = answers.find(cursor, key)
        if found is not None:
            self.database.barrier()  # it may be there and not yet be safe, where its writer was not told so
        return found

    def forget_answers(self, before: datetime) -> int:
        """Delete the answers given before that time, because they may name learners; how many they were."""
        with self.database.writer() as cursor:
            return answers.forget(cursor, microseconds(before))

    def entries_after(self, sequence: int, limit: int) -> list[Entry]:
        """The next entries of the whole ledger, at most `limit`. Raises TamperFound, StorageUnavailable."""
        return self.entries_of(self._recorder.rows_from(sequence + 1, limit))

    def entries_of(self, rows: Sequence[Row], *, after: History | None = None) -> list[Entry]:
        """Rows unpacked, opened, checked and decoded; where they are of one stream, what they come `after`.

        Raises TamperFound, UnknownEvent, NoLearnerKey.
        """
        entries = []
        chained, previous, first = after is not None, GENESIS, 1
        if after is not None:
            previous, first = after.head, after.position + 1
        data_keys: dict[bytes, DataKey | None] = {b"": None}
        data_key_of, decode = self.learner_keys.data_key, self.catalogue.decode_as
        for number, (sequence, stream, position, name, data) in enumerate(rows, first):
            contents = unpack(sequence, stream, position, name, data)
            if chained and (contents.previous != previous or position != number):
                raise TamperFound(stream, position, sequence, "it does not follow the event before it")
            previous = contents.hash
            sealed_for = contents.sealed_for
            try:
                if sealed_for not in data_keys:
                    data_keys[sealed_for] = data_key_of(sealed_for.decode())
                data_key = data_keys[sealed_for]
                closed = sealed_for and data_key is None
                event = None if closed else decode(name, open_body(contents, data_key))
                recorded_at, actor = moment(contents.recorded), _text(contents.actor)
            except _UNREADABLE as error:
                raise TamperFound(stream, position, sequence, _reason(error)) from error
            entries.append(Entry(stream, position, sequence, name, recorded_at, actor, previous, event))
        return entries

    def last_sequence(self) -> int:
        """How many events there are: the sequence of the last one, or 0."""
        return self._recorder.max_notification_id() or 0

    def subscribe(self, after: int = 0) -> "Subscription":
        """Entries as they are recorded, by whatever process, from the one after `after`; to be entered."""
        return Subscription(self, self._recorder.subscribe(gt=after))

    def close(self) -> None:
        """Close the file. The learners' keys belong to whoever opened them."""
        self._application.close()
        self._checkers.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def _drafts(self, write: Write, recorded: int) -> list[Draft]:
        """Chain, commit and seal."""
        if write.after.stream != write.stream:
            raise ValueError(f"decided on {write.after.stream}, and to be written to {write.stream}")
        drafts: list[Draft] = []
        previous = write.after.head
        actor = write.signer.public.did
        for position, event in enumerate(write.events, write.after.position + 1):
            learner = write.learner if event.personal else None
            if event.personal and learner is None:
                raise ValueError(f"{self.catalogue.name_of(event)} is about a learner, and none was named")
            drafts.append(
                draft(
                    write.stream,
                    position,
                    self.catalogue.name_of(event),
                    self.catalogue.encode(event),
                    recorded=recorded,
                    actor=actor,
                    previous=previous,
                    sealed_for=learner or "",
                    data_key=self._sealing_key(learner) if learner else None,
                )
            )
            previous = drafts[-1].hash
        return drafts

    def _sealing_key(self, learner: str) -> DataKey:
        key = self.learner_keys.data_key(learner)
        if key is None:
            raise Erased(learner)
        return key

    def _signed(self, drafts: Sequence[tuple[Draft, Signer]]) -> list[Envelope]:
        """Sign, and check every signature with the key that an auditor will use.

        Signing stays on this thread, as a token may insist on; a check costs three times as much and needs no
        lock, so those of a large batch run on other threads meanwhile: all of them, not a sample.
        """
        envelopes: list[Envelope] = []
        checks: list[Future[None]] = []
        for start in range(0, len(drafts), _CHECKED_AT_ONCE):
            signed = []
            for draft_, signer in drafts[start : start + _CHECKED_AT_ONCE]:
                message = statement(draft_.hash)
                signature = signer.sign(message)
                signed.append((signer.public, signature, message))
                envelopes.append(draft_.signed(signature))
            if len(drafts) <= _CHECKED_AT_ONCE:
                _check(signed)
            else:
                checks.append(self._checkers.submit(_check, signed))
        for check in checks:
            check.result()
        return envelopes

    def _meaning_of(self, error: IntegrityError, writes: Sequence[Write], answer: Answer | None) -> Exception:
        if answer is not None and self.answer(answer.key):
            return AnswerExists(answer.key)
        for write in writes:
            if self._recorder.stream_rows(write.stream, gt=write.after.position, limit=1):
                return StreamMoved(write.stream)
        return error


def _only_read(writes: Sequence[Write]) -> list[History]:
    """The streams that a decision rests on, and does not write to."""
    return [write.after for write in writes if not write.events]


class Subscription:
    """Entries, one by one, waiting for more at the end, until `stop()` is called from any thread."""

    def __init__(self, ledger: Ledger, notifications: SqlSubscription) -> None:
        self._ledger = ledger
        self._notifications = notifications

    def __enter__(self) -> Self:
        self._notifications.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notifications.__exit__(kind, error, trace)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Entry:
        row = next(self._notifications)
        [entry] = self._ledger.entries_of(
            [(row.id, str(row.originator_id), row.originator_version, row.topic, row.state)]
        )
        return entry

    def stop(self) -> None:
        """End the iteration, in whatever thread it waits."""
        self._notifications.stop()


class _Recorder(SqlProcessRecorder):
    """Keeps the answer in the transaction of its events."""

    def _insert_beside(
        self,
        cursor: Cursor,
        *,
        answer: Answer | None = None,
        given_at: int = 0,
        unmoved: Sequence[History] = (),
        **kwargs: Any,
    ) -> None:
        for read in unmoved:
            grown = "SELECT 1 FROM events WHERE stream = ? AND position > ? LIMIT 1"
            if cursor.execute(grown, [read.stream, read.position]).fetchone():
                raise IntegrityError(f"{read.stream} has grown since it was read")
        if answer is not None:
            answers.keep(cursor, answer, given_at)
        super()._insert_beside(cursor, **kwargs)


class _Application(Application[str]):
    """The library's application, with our parts in place of those it would look up by name.

    Nothing is taken from the environment: a variable meant for another program must not swap our mapper.
    """

    name = "ledger"
    recorder: _Recorder

    def __init__(self, path: Path | str, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        super().__init__({SqlFactory.LEDGER_FILE: str(path)})

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        return Environment(name, env)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return SqlFactory(env)

    def construct_mapper(self) -> LedgerMapper:
        return LedgerMapper(self._catalogue)

    def construct_recorder(self) -> _Recorder:
        assert isinstance(self.factory, SqlFactory)
        return _Recorder(self.factory.database)

    def save(self, *objs: Any, **kwargs: Any) -> list[Recording[str]]:
        """As inherited, for envelopes only: asking each whether it is an event costs 10 µs, and all are."""
        processing: ProcessingEvent[str] = ProcessingEvent()
        processing.events.extend(objs)
        processing.saved_kwargs.update(kwargs)
        recordings = self._record(processing)
        self._notify(recordings)
        return recordings


@lru_cache(maxsize=4096)
def _text(data: bytes) -> str:
    return data.decode()


def _check(signed: Sequence[tuple[PublicKey, bytes, bytes]]) -> None:
    for public, signature, message in signed:
        public.verify(signature, message)


def _reason(error: Exception) -> str:
    if isinstance(error, CommitmentBroken):
        return "its payload is not the one that was signed"
    if isinstance(error, SealBroken):
        return "its sealed payload was changed or moved"
    if isinstance(error, OverflowError):
        return "its time is no time"
    if isinstance(error, UnicodeDecodeError):
        return "its envelope holds bytes that are no text"
    return f"its payload is not what an event of this name holds ({error})"
