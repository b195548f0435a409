"""What was acknowledged is there after a kill; what could not be kept was refused, and left nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keys.signing import Ed25519Signer
from tests.ledger.world import NOON, LampLit, light, open_ledger
from wallet.errors import StorageUnavailable
from wallet.ledger.database import Database
from wallet.ledger.ledger import Answer, Ledger, Write
from wallet.ledger.migrate import LEDGER

ROOT = Path(__file__).resolve().parents[2]


def a_writer(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.acknowledging", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_every_acknowledged_event_survives_a_kill(tmp_path: Path):
    writer = a_writer(str(tmp_path), "lamp/hall")
    acknowledged = [writer.stdout.readline().split() for _ in range(40)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [line.split() for line in writer.communicate()[0].splitlines()]

    with open_ledger(tmp_path) as ledger:
        history = ledger.history("lamp/hall")
        kept = [[str(entry.sequence), entry.event.lamp] for entry in history.entries]
        light(ledger, "lamp/hall", "after the kill")

    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) - len(acknowledged) <= 1  # saved, and killed before it could say so


def test_two_processes_share_a_stream_without_losing_an_event(tmp_path: Path):
    with open_ledger(tmp_path):
        pass
    writers = [a_writer(str(tmp_path), "lamp/hall", "25") for _ in range(2)]
    said = [writer.communicate(timeout=30)[0].split()[::2] for writer in writers]

    with open_ledger(tmp_path) as ledger:
        assert ledger.history("lamp/hall").position == 50
    assert sorted(int(sequence) for sequences in said for sequence in sequences) == list(range(1, 51))


def refused(ledger: Ledger, match: str) -> None:
    """Try a save that the storage cannot take; nothing of it may be left, and the next read must work."""
    write = Write(
        "lamp/hall", ledger.history("lamp/hall"), [LampLit(lamp="x" * 3000)] * 20, Ed25519Signer.generate()
    )
    before = ledger.last_sequence()
    with pytest.raises(StorageUnavailable, match=match) as error:
        ledger.save(write, at=NOON, answer=Answer("request-1", "f", b"201"))
    assert str(error.value).endswith(".")
    assert ledger.last_sequence() == before
    assert ledger.answer("request-1") is None


def test_a_full_disk_refuses_the_whole_save_and_later_takes_it(ledger: Ledger):
    light(ledger, "lamp/hall", "east")
    with ledger.database.writer() as cursor:  # the connection that will write
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 2}")

    refused(ledger, "the disk is full")

    with ledger.database.writer() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {pages + 1000}")
    assert light(ledger, "lamp/hall", "west")[0].sequence == 2


def test_a_read_only_file_refuses_the_save(ledger: Ledger):
    light(ledger, "lamp/hall", "east")
    with ledger.database.writer() as cursor:
        cursor.execute("PRAGMA query_only = ON")

    refused(ledger, "read-only")


def test_a_file_locked_by_another_program_refuses_the_save(ledger: Ledger):
    with ledger.database.writer() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with Database(ledger.database.path) as other:
        with other.writer():
            refused(ledger, "locked by another program")
        light(ledger, "lamp/hall", "east")


def test_a_turn_to_write_that_never_comes_is_given_up(tmp_path: Path):
    with (
        open_ledger(tmp_path),
        Database(tmp_path / LEDGER.file, busy_seconds=0.05) as database,
        database.writer(),
        pytest.raises(StorageUnavailable, match="no turn to write"),
        database.writer(),
    ):
        pass


def test_a_folder_that_vanished_is_named(tmp_path: Path):
    with (
        Database(tmp_path / "gone" / LEDGER.file) as database,
        pytest.raises(StorageUnavailable, match=r"gone/wallet\.sqlite cannot be opened"),
        database.reader(),
    ):
        pass


def test_a_closed_database_says_so(ledger: Ledger):
    ledger.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        ledger.last_sequence()
    with pytest.raises(StorageUnavailable, match="closed"), ledger.database.writer():
        pass
