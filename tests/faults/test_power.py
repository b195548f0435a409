"""A loss of power at any moment: what was acknowledged is there, and of the rest all or nothing.

Every write of a running ledger is recorded; then the power fails after each of them (in the quick run after some),
and the ledger is opened on what may be left.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.signing import Ed25519Signer
from tests.faults.disk import LEAVINGS, Disk, Leave, PowerLoss, files_in, library, put
from tests.ledger.world import NOON, LampLit, open_ledger
from wallet.ledger.database import Database
from wallet.ledger.ledger import Answer, Ledger, Write
from wallet.transparency.log import Log

pytestmark = pytest.mark.skipif(
    library() is None, reason="this SQLite's functions cannot be called from here"
)

STREAM = "lamp/hall"
AT_ONCE = 3


@dataclass(frozen=True)
class Recorded:
    """What a run of the ledger did to the disk, and when it said that a batch was safe."""

    before: dict[str, bytes]
    disk: Disk
    acknowledged: list[tuple[int, int]]
    """How much had been done when it said so, and how many lamps were safe by then."""
    sent: list[str]

    def safe_at(self, point: int) -> int:
        return max((lamps for done, lamps in self.acknowledged if done <= point), default=0)


def save(ledger: Ledger, lamps: list[str], signer: Ed25519Signer, key: str) -> None:
    """With an answer beside it, as a request does."""
    events = [LampLit(lamp=lamp) for lamp in lamps]
    ledger.save(
        Write(STREAM, ledger.history(STREAM), events, signer), at=NOON, answer=Answer(key, "f", b"201")
    )


def a_run(folder: Path, batches: int) -> Recorded:
    """Batches of three lamps, the log brought forward between them as the follower does, and the file closed."""
    with open_ledger(folder):
        pass
    before = files_in(folder)
    signer = Ed25519Signer.generate()
    acknowledged: list[tuple[int, int]] = []
    sent: list[str] = []
    with Disk() as disk, open_ledger(folder) as ledger:
        for number in range(batches):
            lamps = [f"{number}-{each}" for each in range(AT_ONCE)]
            sent += lamps
            save(ledger, lamps, signer, f"request-{number}")
            acknowledged.append((len(disk.done), len(sent)))
            if number % 4 == 3:
                Log(ledger.database).catch_up()
            if number % 11 == 10:
                with ledger.database.reader() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return Recorded(before, disk, acknowledged, sent)


def lamps_left(image: dict[str, bytes], folder: Path) -> list[str]:
    """The lamps that are found after the power is back; their chain and the file itself are sound."""
    put(image, folder)
    with open_ledger(folder) as ledger:
        lit = [event.lamp for event in ledger.history(STREAM).events]
        with ledger.database.reader() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        answered = sum(ledger.answer(f"request-{number}") is not None for number in range(len(lit) + 1))
    assert answered * AT_ONCE == len(lit)  # an answer and its events: both, or neither
    return lit


def lost(recorded: Recorded, points: list[int], leavings: tuple[Leave, ...], tmp_path: Path) -> int:
    """In how many of the moments something acknowledged was lost. Fails where anything was half-written."""
    rng, loss, found = random.Random(11), PowerLoss(recorded.before, recorded.disk.done), 0
    for point in points:
        loss.forward(point)
        for leave in leavings:
            lit = lamps_left(loss.image(leave, rng), tmp_path / f"{point}-{leave}")
            assert lit == recorded.sent[: len(lit)]
            assert len(lit) % AT_ONCE == 0
            found += len(lit) < recorded.safe_at(point)
    return found


def test_nothing_acknowledged_is_lost_at_some_moments(tmp_path: Path):
    recorded = a_run(tmp_path / "run", batches=12)
    done = len(recorded.disk.done)
    points = sorted(random.Random(3).sample(range(1, done + 1), 25))

    assert any(each.kind == "delete" for each in recorded.disk.done)  # closing it is among the moments
    assert lost(recorded, points, LEAVINGS, tmp_path) == 0


@pytest.mark.long
def test_nothing_acknowledged_is_lost_at_any_moment(tmp_path: Path):
    recorded = a_run(tmp_path / "run", batches=60)
    points = list(range(1, len(recorded.disk.done) + 1))

    assert len(points) * len(LEAVINGS) > 2_000
    assert lost(recorded, points, LEAVINGS, tmp_path) == 0


def test_the_simulation_sees_what_a_laxer_ledger_would_lose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With a write that does not wait for the disk there are moments at which acknowledged events are gone."""
    strict: Callable[..., object] = Database.writer
    monkeypatch.setattr(Database, "writer", lambda self, *, durable=True: strict(self, durable=False))

    recorded = a_run(tmp_path / "run", batches=8)
    points = [done for done, _ in recorded.acknowledged]

    assert lost(recorded, points, ("nothing",), tmp_path) > 0


def test_an_answer_found_after_a_kill_is_safe_before_it_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Killed after writing and before the disk had it: the next program finds the answer, and may not trust it yet."""
    first = a_run(tmp_path / "run", batches=2)
    last_write = max(
        number
        for number, done in enumerate(first.disk.done, 1)
        if done.file.endswith("-wal") and done.kind == "write"
    )
    loss = PowerLoss(first.before, first.disk.done)
    loss.forward(last_write)
    put(loss.image("everything", random.Random(1)), tmp_path / "killed")

    with Disk() as second:
        sync = os.fsync

        def noting(descriptor: int) -> None:
            sync(descriptor)
            second.synced(Path(f"/proc/self/fd/{descriptor}").readlink().name)

        monkeypatch.setattr(os, "fsync", noting)
        with open_ledger(tmp_path / "killed") as ledger:
            assert ledger.answer("request-1") is not None
            seen = len(second.done)

    after = PowerLoss(first.before, [*first.disk.done[:last_write], *second.done])
    after.forward(last_write + seen)
    lit = lamps_left(after.image("nothing", random.Random(1)), tmp_path / "after")
    assert lit == first.sent
