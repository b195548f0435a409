"""A disk that fails: each save is kept or refused in a sentence, and once it works again all goes on."""

from pathlib import Path

import pytest

from keys.signing import Ed25519Signer
from tests.faults.disk import CANNOT_SYNC, CANNOT_WRITE, FULL, READ_ONLY, Disk, library
from tests.faults.test_power import AT_ONCE, STREAM, save
from tests.ledger.world import open_ledger
from wallet.errors import StorageUnavailable
from wallet.ledger.ledger import Ledger
from wallet.transparency.log import Log

pytestmark = pytest.mark.skipif(
    library() is None, reason="this SQLite's functions cannot be called from here"
)

FAULTS = {
    "the disk is full": (FULL, ""),
    "only the log beside the file finds no room": (FULL, "-wal"),
    "the disk went read-only": (READ_ONLY, ""),
    "writes fail": (CANNOT_WRITE, ""),
    "syncs fail": (CANNOT_SYNC, ""),
    "syncs of the log beside the file fail": (CANNOT_SYNC, "-wal"),
}


def once(ledger: Ledger, number: int, signer: Ed25519Signer) -> None:
    """As whoever sends a request again does: look first, by the key, whether it was done."""
    if ledger.answer(f"request-{number}") is None:
        save(ledger, [f"{number}-{each}" for each in range(AT_ONCE)], signer, f"request-{number}")


@pytest.mark.parametrize(("code", "only"), FAULTS.values(), ids=FAULTS)
def test_a_save_at_every_step_of_which_the_disk_fails_is_kept_or_refused(
    tmp_path: Path, code: int, only: str
):
    signer, sentences = Ed25519Signer.generate(), set()
    with Disk() as disk, open_ledger(tmp_path) as ledger:
        once(ledger, 0, signer)
        number = 0
        for step in range(1, 200):
            number += 1
            disk.fail_at(step, code, only=only)
            try:
                once(ledger, number, signer)
                Log(ledger.database).catch_up()
            except StorageUnavailable as error:
                sentences.add(str(error))
            failed = disk.heal()
            once(ledger, number, signer)
            if not failed:
                break
        Log(ledger.database).catch_up()

        lit = [event.lamp for event in ledger.history(STREAM).events]
        with ledger.database.reader() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)
    assert not failed
    assert lit == [f"{each}-{lamp}" for each in range(number + 1) for lamp in range(AT_ONCE)]
    with open_ledger(tmp_path) as ledger:
        assert len(ledger.history(STREAM).events) == len(lit)
