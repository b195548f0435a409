"""The audit: read everything again from the first event, and believe nothing that cannot be shown.

For every event, in order:

 (1) it is the next of the ledger, and its columns are what columns are;
 (2) it is the next of its stream, and names the hash of the one before it;
 (3) its payload, where the key still exists, opens in this place only, is the one committed to, and decodes; and of a
     learner who was erased no key exists;
 (4) its actor may sign such an event, by the keys that were in force (`wallet.ledger.authority`);
 (5) its actor did sign it.

And beside that:

 (6) SQLite's own check of the file, which finds a damaged index where ours would read past it;
 (7) the log's tree, computed again from the events, is the one that is kept, and every checkpoint that was ever
     signed has the root that the tree had then, and a signature of the registry's;
 (8) each view, made again from the events, is the one that people are shown.

What this cannot show by itself: that the last events are missing, or that the whole ledger is another one, signed
by another registry. For that it takes something that was kept elsewhere: `expected_head`, from an earlier audit's
report, or better a `checkpoint` of the log, which a witness or any reader may have kept.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from typing import Final

import msgspec

from domain.erasure import LearnerErased
from domain.errors import HistoryError
from keys.errors import KeysError
from keys.signing import PublicKey
from wallet.errors import LedgerDamaged, TamperFound, UnknownEvent
from wallet.ledger.authority import Known, may_sign
from wallet.ledger.comparing import ViewDiffers, compare_view
from wallet.ledger.database import DatabaseError
from wallet.ledger.entry import Entry
from wallet.ledger.envelope import GENESIS, statement, unpack
from wallet.ledger.ledger import Ledger
from wallet.ledger.recorders import Row
from wallet.ledger.view import View
from wallet.transparency.auditing import TreeAudit, TreeDiffers
from wallet.transparency.checkpoint import Checkpoint

_PAGE: Final = 1000
_CHECKED_AT_ONCE: Final = 50


class Head(msgspec.Struct, frozen=True):
    """The ledger up to an event, in 32 bytes: SHA-256 over the head before it and the event's hash."""

    sequence: int = 0
    digest: bytes = GENESIS

    def after(self, hash_: bytes) -> "Head":
        """The head one event later."""
        digest = sha256(b"wallet ledger head 1\n" + self.digest + hash_).digest()
        return Head(self.sequence + 1, digest)


class Finding(msgspec.Struct, frozen=True):
    """The first thing that does not hold; without a sequence where it is about the file, not an event."""

    reason: str
    sequence: int | None = None
    stream: str | None = None
    position: int | None = None

    def __str__(self) -> str:
        if self.sequence is None:
            return f"The ledger does not hold: {self.reason}."
        return (
            f"Event {self.sequence} ({self.stream}, position {self.position}) does not hold: {self.reason}."
        )


class AuditReport(msgspec.Struct, frozen=True):
    """What was checked, and the first thing that does not hold.

    `head` is worth keeping, away from this machine.
    """

    events: int
    """Events that hold, all before the finding."""
    streams: int
    erased: int
    """Events whose payload no longer opens, their learner being erased. All else about them was checked; a
    payload that nobody can open is the one thing in a ledger that may change unseen.
    """
    head: Head
    finding: Finding | None = None
    checkpoints: int = 0
    """Checkpoints of the log that hold."""
    views: int = 0
    """Views that are as the events make them."""

    @property
    def holds(self) -> bool:
        return self.finding is None


def audit(
    ledger: Ledger,
    *,
    expected_head: Head | None = None,
    checkpoint: Checkpoint | None = None,
    of_a_backup: bool = False,
    views: Sequence[View] = (),
    progress: Callable[[int, int], None] | None = None,
) -> AuditReport:
    """Check every event recorded until now, the log, and these views. `checkpoint` is one that was kept elsewhere.

    Of a backup it may have been signed later, over the same events, so that it is not kept there.
    `progress` is told how many of how many are done, a page at a time.

    Raises StorageUnavailable, and NoLearnerKey where the file of learners' keys is not this ledger's.
    """
    try:
        tree = TreeAudit(ledger.database, checkpoint, of_a_backup=of_a_backup)
        return _audit(ledger, expected_head, tree, views, progress)
    except DatabaseError as error:  # the text of the tables' own definitions was changed
        return AuditReport(0, 0, 0, Head(), Finding(f"SQLite cannot read its tables ({error})"))


def _audit(
    ledger: Ledger,
    expected_head: Head | None,
    tree: TreeAudit,
    views: Sequence[View],
    progress: Callable[[int, int], None] | None,
) -> AuditReport:
    total = ledger.last_sequence()
    auditor = _Auditor(ledger, expected_head, tree)
    finding, viewed = _integrity(ledger), 0
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="audit") as pool:
        try:
            tree.begin()
            for page in _pages(ledger, total):
                auditor.check(page, pool)
                if progress is not None:
                    progress(auditor.head.sequence, total)
            auditor.check_the_end()
            tree.check_the_end(auditor.registry_keys)
            for view in views:
                compare_view(ledger, view)
                viewed += 1
        except TamperFound as found:
            finding = Finding(found.reason, found.sequence, found.stream, found.position)
        except LedgerDamaged as damaged:
            finding = finding or Finding(str(damaged).rstrip("."))
        except (_HeadNotFound, TreeDiffers, ViewDiffers) as missing:
            finding = finding or Finding(str(missing))
    return AuditReport(
        auditor.head.sequence,
        len(auditor.streams),
        auditor.erased,
        auditor.head,
        finding,
        tree.checkpoints,
        viewed,
    )


StoredRow = tuple[int, bytes, int, bytes, bytes]
"""A row whose text has not been decoded: sequence, stream, position, name, envelope."""

_LEAST: Final = -(2**63)
"""The least sequence a row can have. A row put before the first event must be seen, too."""


class _HeadNotFound(Exception):
    """The ledger is not the one whose head was kept."""


class _Signed(msgspec.Struct, frozen=True):
    """A signature still to be checked, of an event that holds otherwise."""

    row: Row
    key: PublicKey
    signature: bytes
    message: bytes
    before: Head


class _Auditor:
    """What has been read so far, and the checks of one event and one page."""

    def __init__(self, ledger: Ledger, expected_head: Head | None, tree: TreeAudit) -> None:
        self._ledger = ledger
        self._expected = expected_head
        self._tree = tree
        self._known = Known()
        self.head = Head()
        self.streams: dict[str, tuple[int, bytes]] = {}
        self.erased = 0

    def check(self, rows: Sequence[StoredRow], pool: ThreadPoolExecutor) -> None:
        """Check a page: signatures on the pool's threads, all else meanwhile. Raises the first finding."""
        waiting: list[_Signed] = []
        checks: list[Future[_Signed | None]] = []
        found: Exception | None = None
        for stored, entry in zip(rows, self._opened(rows), strict=True):
            try:
                waiting.append(self._all_but_signature(_row(*stored), entry))
            except (TamperFound, _HeadNotFound) as error:
                found = error
                break
            if len(waiting) == _CHECKED_AT_ONCE:
                checks.append(pool.submit(_first_unsigned, waiting))
                waiting = []
        checks.append(pool.submit(_first_unsigned, waiting))
        for check in checks:
            if unsigned := check.result():
                self.head = unsigned.before
                raise _tampered(unsigned.row, "its actor did not sign it")
        if found is not None:
            raise found
        self._tree.take([_row(*stored) for stored in rows])

    @property
    def registry_keys(self) -> tuple[str, list[PublicKey]]:
        """The address of the registry and every key it has had, as the events say."""
        return self._known.registry_keys

    def check_the_end(self) -> None:
        """Raise _HeadNotFound where the ledger ends before the head that was kept."""
        if self._expected is not None and self._expected.sequence > self.head.sequence:
            missing = self._expected.sequence - self.head.sequence
            raise _HeadNotFound(f"its last events are missing, at least {missing} of them")

    def _opened(self, rows: Sequence[StoredRow]) -> Sequence[Entry | None]:
        """The payloads of a whole page, where every one of them opens; else nothing, and each is opened in its turn.

        Opening them together asks once, and not for every event, whether a learner's key has been destroyed meanwhile.
        """
        try:
            return self._ledger.entries_of([_row(*stored) for stored in rows])
        except (TamperFound, UnknownEvent):
            return [None] * len(rows)

    def _all_but_signature(self, row: Row, entry: Entry | None) -> _Signed:
        """`entry` is the row opened already, or None where opening it is still to be tried."""
        sequence, stream, position, name, _ = row
        # (1) the next of the ledger
        if sequence != self.head.sequence + 1:
            raise _tampered(row, f"event {self.head.sequence + 1}, before it, is missing")
        contents = unpack(*row)
        # (2) the next of its stream
        last, previous = self.streams.get(stream, (0, GENESIS))
        if position != last + 1:
            raise _tampered(row, f"its stream has come to position {last}")
        if contents.previous != previous:
            raise _tampered(row, "it does not follow the event before it")
        # (3) its payload
        if entry is None:
            try:
                [entry] = self._ledger.entries_of([row])
            except UnknownEvent as error:
                raise _tampered(row, f"no event is called {name}") from error
        if isinstance(entry.event, LearnerErased) and self._ledger.learner_keys.data_key(entry.event.learner):
            raise _tampered(row, "the learner was erased by it, and her key is there; erase her again")
        # (4) who may sign
        self._known.now = max(self._known.now, entry.recorded_at)
        try:
            key = PublicKey.from_did_key(entry.actor)
            if not may_sign(entry, self._known):
                raise _tampered(row, f"its actor, {entry.actor}, may not sign {name}")
            self._known.learn(entry)
        except KeysError as error:
            raise _tampered(row, "its actor is not a key") from error
        except HistoryError as error:
            raise _tampered(row, str(error).rstrip(".")) from error
        before, self.head = self.head, self.head.after(entry.hash)
        self.streams[stream] = (position, entry.hash)
        self.erased += entry.event is None
        if self._expected is not None and self.head.sequence == self._expected.sequence:
            self._compare_head()
        # (5) who did sign: on another thread
        return _Signed(row, key, contents.signature, statement(entry.hash), before)

    def _compare_head(self) -> None:
        if self._expected != self.head:
            raise _HeadNotFound(
                f"up to event {self.head.sequence} it is not the ledger whose head was kept:"
                " events were changed, removed or put in another order"
            )


def _first_unsigned(signed: Sequence[_Signed]) -> _Signed | None:
    for each in signed:
        try:
            each.key.verify(each.signature, each.message)
        except KeysError:
            return each
    return None


def _integrity(ledger: Ledger) -> Finding | None:
    try:
        found = ledger.database.integrity()
    except LedgerDamaged as damaged:
        return Finding(str(damaged).rstrip("."))
    return None if found is None else Finding(found)


def _pages(ledger: Ledger, total: int) -> Iterator[list[StoredRow]]:
    first = _LEAST
    while rows := ledger.database.stored_rows(first, total, _PAGE):
        yield rows
        first = rows[-1][0] + 1


def _row(sequence: int, stream: bytes, position: int, name: bytes, data: bytes) -> Row:
    try:
        return sequence, stream.decode(), position, name.decode(), data
    except UnicodeDecodeError as error:
        where = stream.decode(errors="replace")
        raise TamperFound(where, position, sequence, "its columns hold bytes that are no text") from error


def _tampered(row: Row, reason: str) -> TamperFound:
    sequence, stream, position, _, _ = row
    return TamperFound(stream, position, sequence, reason)
