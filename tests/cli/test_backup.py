"""`wallet backup` and `wallet restore`: there and back, and one sentence where it cannot be."""

from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program


def test_a_wallet_is_backed_up_lost_and_restored(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    shown = wallet.json("learner", "show", enrolled.learner)
    told = wallet("backup", "monday.backup").out
    wallet.home.rename(tmp_path / "lost")

    restored = wallet("restore", "monday.backup").out

    assert told.startswith("Backed up: ")
    assert "monday.backup.keys" in told
    assert restored.startswith(f"Restored into {wallet.home}, as it was on ")
    assert "events in" in restored
    assert wallet.json("learner", "show", enrolled.learner) == shown
    assert wallet.json("audit")["holds"] is True


def test_a_backup_asks_for_no_passphrase_and_a_restore_does(wallet: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WALLET_PASSPHRASE")

    wallet("backup", "monday.backup")

    assert "no passphrase" in wallet("restore", "monday.backup", "--home", "again", code=1).err
    monkeypatch.setenv("WALLET_PASSPHRASE", "a guess")
    assert "does not open the keystore" in wallet("restore", "monday.backup", "--home", "again", code=1).err
    assert not Path("again").exists()


REFUSALS = {
    "no wallet to back up": (("backup", "x", "--home", "nowhere"), "There is no wallet in nowhere"),
    "a folder that is not there": (("backup", "no/such/x"), "There is no folder"),
    "a backup that is there": (("backup", "README"), "README is there already"),
    "no such backup": (("restore", "nothing", "--home", "again"), "There is no file nothing"),
    "no backup at all": (("restore", "README", "--home", "again"), "README is no backup of a wallet"),
    "a folder as a backup": (("restore", ".", "--home", "again"), "is a folder, and no backup"),
    "a wallet in the place": (("restore", "README"), "nothing is ever restored over it"),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_it_refuses_in_one_sentence(arguments: tuple[str, ...], sentence: str, wallet: Program):
    Path("README").write_text("read me")

    refused = wallet(*arguments, code=1).err

    assert sentence in " ".join(refused.split())
    assert "Traceback" not in refused
