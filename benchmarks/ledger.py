"""The ledger: appending, replaying, following; each against SQLite doing the same with the same bytes.

The raw limit has the ledger's own table, with its index, its write-ahead log and its `synchronous=FULL`. The
events are a learner's: sealed under her key, chained, committed to and signed.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from benchmarks.credentials import raw_sign, raw_verify
from benchmarks.measure import Line, rate, together
from domain.values import (
    CreditId,
    CreditPoints,
    CreditScheme,
    Grade,
    InstitutionId,
    LearnerId,
    Level,
    OutcomeId,
    Setting,
    UnitId,
)
from domain.wallet import CreditAwarded, WalletOpened, fold
from keys.keystore import Argon2Params, Keystore
from keys.signing import Ed25519Signer
from wallet.ledger.database import Database
from wallet.ledger.follower import Follower
from wallet.ledger.learner_keys import LearnerKeys
from wallet.ledger.ledger import History, Ledger, Write
from wallet.ledger.migrate import migrate
from wallet.ledger.recorders import EVENTS_TABLE, SqlApplicationRecorder
from wallet.projections import VIEWS
from wallet.projections.record import RecordView
from wallet.transparency.log import Log

AT = datetime(2026, 6, 26, 10, tzinfo=UTC)
LEARNER = LearnerId("7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b")
STREAM = f"wallet/{LEARNER}"
BATCH = 500
LONG = 5_000
CHEAP = Argon2Params(memory_kib=32, iterations=1, lanes=1)

Row = tuple[str, int, str, bytes]


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        keystore = Keystore.create(home / "keystore.json", b"benchmark", params=CHEAP)
        migrate(home, VIEWS)
        with (
            LearnerKeys(home / "learner-keys.sqlite", keystore) as learner_keys,
            Ledger(home / "wallet.sqlite", learner_keys) as ledger,
        ):
            learner_keys.create(LEARNER)
            yield from _lines(home, ledger)


def _lines(home: Path, ledger: Ledger) -> Iterator[Line]:
    signer = Ed25519Signer.generate()
    sign, check = raw_sign(signer), raw_verify(signer)
    append = appending(ledger, signer)
    append(LONG)
    with ledger.database.reader() as cursor:
        kept = cursor.execute(
            "SELECT stream, position, name, envelope FROM events LIMIT ?", [BATCH]
        ).fetchall()

    with (
        closing(an_empty_ledger(home / "raw.sqlite")) as raw,
        closing(an_empty_ledger(home / "ours.sqlite")) as ours,
    ):
        insert = inserting(raw, kept)
        record = recording(SqlApplicationRecorder(ours), kept)
        in_batches = rate(lambda: insert(BATCH))
        one_by_one = rate(lambda: singly(insert))
        yield Line(
            "ledger",
            f"append ready envelopes, {BATCH} at once",
            rate(lambda: record(BATCH)),
            "insert, the same",
            in_batches,
            0.3,
        )
        yield Line(
            "ledger",
            "append ready envelopes, one at a time",
            rate(lambda: singly(record)),
            "insert, the same",
            one_by_one,
        )
        yield Line(
            "ledger",
            f"seal, chain, sign, append, {BATCH} at once",
            rate(lambda: append(BATCH)),
            "insert + sign + verify",
            together(in_batches, sign, check),
        )
        yield Line(
            "ledger",
            "seal, chain, sign, append, one at a time",
            rate(lambda: singly(append)),
            "insert + sign + verify",
            together(one_by_one, sign, check),
        )

    yield Line(
        "ledger",
        "replay: read, open, check the chain, fold",
        rate(lambda: replay(ledger)),
        "select the rows",
        rate(lambda: select(ledger)),
        floor=100_000,
    )
    yield Line(
        "ledger",
        "log: leaves of the Merkle tree, from rows to tiles",
        rate(lambda: Log(ledger.database).rebuild()),
        "SHA-256, four a leaf",
        rate(hashing),
        floor=200_000,
    )
    yield Line(
        "ledger", "follow into the record", rate(lambda: follow(ledger)), "insert, in batches", in_batches
    )


def an_empty_ledger(path: Path) -> Database:
    """A file with the table of events alone."""
    path.touch()
    database = Database(path)
    with database.reader() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
    with database.writer() as cursor:
        cursor.execute(EVENTS_TABLE)
    return database


def appending(ledger: Ledger, signer: Ed25519Signer) -> Callable[[int], int]:
    """Appends so many awards to one learner's wallet, in one save."""
    numbers = itertools.count()
    opened = WalletOpened(learner=LEARNER, key_multikey=signer.public.multikey)
    last = ledger.save(Write(STREAM, History(STREAM), [opened], signer, LEARNER), at=AT)[-1]

    def append(count: int) -> int:
        nonlocal last
        events = [an_award(number) for number in itertools.islice(numbers, count)]
        after = History(STREAM, last.position, last.hash)
        last = ledger.save(Write(STREAM, after, events, signer, LEARNER), at=AT)[-1]
        return count

    return append


def inserting(database: Database, kept: list[Row]) -> Callable[[int], int]:
    """SQLite alone: so many rows of the same bytes, in one transaction."""
    sequences, streams = itertools.count(1), itertools.count()

    def insert(count: int) -> int:
        stream = f"wallet/{next(streams):036}"
        rows = [
            (next(sequences), stream, position, name, envelope)
            for _, position, name, envelope in kept[:count]
        ]
        with database.writer() as cursor:
            cursor.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
        return count

    return insert


def recording(recorder: SqlApplicationRecorder, kept: list[Row]) -> Callable[[int], int]:
    """The same rows through the recorder: numbered in commit order, followers woken."""
    streams = itertools.count()

    def record(count: int) -> int:
        stream = f"wallet/{next(streams):036}"
        events = [
            StoredEvent(stream, position, name, envelope) for _, position, name, envelope in kept[:count]
        ]
        recorder.insert_events(events)
        return count

    return record


def singly(work: Callable[[int], int]) -> int:
    """Fifty times one: a commit each."""
    return sum(work(1) for _ in range(50))


def replay(ledger: Ledger) -> int:
    history = ledger.history(STREAM)
    fold(history.events)
    return history.position


def hashing() -> int:
    """What a leaf takes: the envelope's hash, the digest of the rest, the leaf, and a node."""
    head, rest, entry, nodes = bytes(220), bytes(400), bytes(65), bytes(65)
    for _ in range(10_000):
        sha256(head).digest(), sha256(rest).digest(), sha256(entry).digest(), sha256(nodes).digest()
    return 10_000


def select(ledger: Ledger) -> int:
    with ledger.database.reader() as cursor:
        return len(
            cursor.execute(
                "SELECT sequence, stream, position, name, envelope FROM events "
                "WHERE stream = ? ORDER BY position",
                [STREAM],
            ).fetchall()
        )


def follow(ledger: Ledger) -> int:
    """Make the record anew from the first event: the view with the most to do."""
    follower = Follower(ledger, VIEWS)
    try:
        return follower.rebuild(RecordView())
    finally:
        follower.stop()


def an_award(number: int) -> CreditAwarded:
    return CreditAwarded(
        credit=CreditId(f"credit-{number}"),
        institution=InstitutionId("northfield"),
        unit=UnitId(f"unit-{number % 900}"),
        points=CreditPoints(CreditScheme.ECTS, Decimal("4.5")),
        setting=Setting.FORMAL,
        level=Level("EQF", 6),
        grade=Grade("A-", "KZ letter scale"),
        outcomes=(OutcomeId("lo1"), OutcomeId("lo2")),
        awarded_on=date(2025, 3, 14),
    )
