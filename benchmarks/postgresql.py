"""The ledger on PostgreSQL: appending and following, each against the server taking the same bytes by COPY.

The server is one of our own, started for this in a temporary folder, with fsync. Where none is installed there is
nothing to measure, and a line says so.
"""

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from pg8000.core import CoreConnection

from benchmarks.ledger import BATCH, CHEAP, LEARNER, LONG, appending, follow, recording, replay, singly
from benchmarks.measure import Line, rate
from keys.keystore import Keystore
from keys.signing import Ed25519Signer
from tests.ledger.server import a_server, binaries
from wallet.ledger.learner_keys import LearnerKeys
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import migrate
from wallet.ledger.postgres import PostgresDatabase
from wallet.ledger.recorders import SqlApplicationRecorder
from wallet.projections import VIEWS

Row = tuple[str, int, str, bytes]


def lines() -> Iterator[Line]:
    if binaries() is None:
        print(
            "No PostgreSQL is installed here (apt-get install postgresql): nothing is measured.",
            file=sys.stderr,
        )
        return
    with tempfile.TemporaryDirectory() as folder, a_server(fsync=True) as server:
        home, url = Path(folder), server.a_database()
        keystore = Keystore.create(home / "keystore.json", b"benchmark", params=CHEAP)
        migrate(home, VIEWS, database=url)
        with (
            LearnerKeys(home / "learner-keys.sqlite", keystore) as learner_keys,
            Ledger(url, learner_keys) as ledger,
        ):
            learner_keys.create(LEARNER)
            yield from _lines(ledger, server.a_database(), server.a_database())


def _lines(ledger: Ledger, raw_url: str, own_url: str) -> Iterator[Line]:
    append = appending(ledger, Ed25519Signer.generate())
    for _ in range(4):
        append(LONG)
    with ledger.database.reader() as cursor:
        kept = cursor.execute(
            "SELECT stream, position, name, envelope FROM events LIMIT ?", [BATCH]
        ).fetchall()
    with tempfile.TemporaryDirectory() as aside:
        for url in (raw_url, own_url):
            migrate(Path(aside), database=url)
    with PostgresDatabase(raw_url) as raw, PostgresDatabase(own_url) as ours:
        copy = copying(raw, kept)
        record = recording(SqlApplicationRecorder(ours), kept)
        in_batches = rate(lambda: copy(BATCH))
        yield Line(
            "postgresql",
            f"append ready envelopes, {BATCH} at once",
            rate(lambda: record(BATCH)),
            "COPY, the same",
            in_batches,
        )
        yield Line(
            "postgresql",
            "append ready envelopes, one at a time",
            rate(lambda: singly(record)),
            "COPY, the same",
            rate(lambda: singly(copy)),
        )
    yield Line(
        "postgresql",
        "follow into the record",
        rate(lambda: follow(ledger)),
        "COPY of events, in batches",
        in_batches,
        floor=50_000,
    )
    yield Line(
        "postgresql",
        "replay: read, open, check the chain, fold",
        rate(lambda: replay(ledger)),
        "COPY of events, in batches",
        in_batches,
    )


def copying(database: PostgresDatabase, kept: list[Row]) -> Callable[[int], int]:
    """PostgreSQL alone: so many rows of the same bytes, in one statement, on the disk when it returns."""
    host, _ = database.address.hosts[0]
    connection = CoreConnection(
        user=database.address.user, database=database.address.name, unix_sock=f"{host}/.s.PGSQL.5432"
    )
    sequences, streams = itertools.count(1), itertools.count()

    def copy(count: int) -> int:
        stream = f"wallet/{next(streams):036}"
        text = "".join(
            f"{next(sequences)}\t{stream}\t{position}\t{name}\t\\\\x{envelope.hex()}\n"
            for _, position, name, envelope in kept[:count]
        )
        connection.execute_unnamed("COPY events FROM STDIN", stream=BytesIO(text.encode()))
        return count

    return copy
