"""`wallet backup` and `wallet restore`: there and back, and one sentence where it cannot be."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program


def test_a_wallet_is_backed_up_lost_and_restored(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    shown = wallet.json("learner", "show", enrolled.learner)
    told = wallet("backup", "monday.backup").out
    wallet.home.rename(tmp_path / "lost")

    restored = wallet("restore", "monday.backup", "--none-erased").out

    assert told.startswith("Backed up: ")
    assert "monday.backup.keys" in told
    assert restored.startswith(f"Restored into {wallet.home}, as it was on ")
    assert "events in" in restored
    assert wallet.json("learner", "show", enrolled.learner) == shown
    assert wallet.json("audit")["holds"] is True


def test_a_backup_asks_for_no_passphrase_and_a_restore_does(wallet: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WALLET_PASSPHRASE")

    wallet("backup", "monday.backup")

    restoring = ("restore", "monday.backup", "--none-erased", "--home", "again")
    assert "no passphrase" in wallet(*restoring, code=1).err
    monkeypatch.setenv("WALLET_PASSPHRASE", "a guess")
    assert "does not open the keystore" in wallet(*restoring, code=1).err
    assert not Path("again").exists()


REFUSALS = {
    "no wallet to back up": (("backup", "x", "--home", "nowhere"), "There is no wallet in nowhere"),
    "a folder that is not there": (("backup", "no/such/x"), "There is no folder"),
    "a backup that is there": (("backup", "README"), "README is there already"),
    "no such backup": (
        ("restore", "nothing", "--none-erased", "--home", "again"),
        "There is no file nothing",
    ),
    "no backup at all": (
        ("restore", "README", "--none-erased", "--home", "again"),
        "README is no backup of a wallet",
    ),
    "a folder as a backup": (
        ("restore", ".", "--none-erased", "--home", "again"),
        "is a folder, and no backup",
    ),
    "a wallet in the place": (("restore", "README", "--none-erased"), "nothing is ever restored over it"),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_it_refuses_in_one_sentence(arguments: tuple[str, ...], sentence: str, wallet: Program):
    Path("README").write_text("read me")

    refused = wallet(*arguments, code=1).err

    assert sentence in " ".join(refused.split())
    assert "Traceback" not in refused


# --- erasing --------------------------------------------------------------------------------------------


def test_a_learner_is_erased_with_a_receipt_and_a_restore_erases_her_again(
    wallet: Program, enrolled: Enrolled
):
    wallet("backup", "monday.backup")

    told = wallet("learner", "erase", enrolled.learner, "--yes", "--out", "receipt.json").out

    assert told.startswith("Erased on ")
    assert json.loads(Path("receipt.json").read_text())["learner"] == enrolled.learner
    assert "has been erased" in wallet("learner", "show", enrolled.learner, code=1).err
    assert wallet.json("audit")["holds"] is True
    restored = wallet(
        "restore", "monday.backup", "--erasures", str(wallet.home / "erasures.jsonl"), "--home", "again"
    ).out
    assert "Erased again: 1 learner." in restored
    assert "has been erased" in wallet("learner", "show", enrolled.learner, "--home", "again", code=1).err


def test_without_the_list_of_erasures_nothing_is_restored_by_accident(
    wallet: Program, monkeypatch: pytest.MonkeyPatch
):
    wallet("backup", "monday.backup")

    assert "--none-erased" in wallet("restore", "monday.backup", "--home", "again", code=2).err
    missing = wallet("restore", "monday.backup", "--erasures", "nowhere", "--home", "again", code=1).err
    assert missing == "nowhere cannot be used: No such file or directory.\n"
    Path("README").write_text("read me")
    not_a_list = wallet("restore", "monday.backup", "--erasures", "README", "--home", "again", code=1).err
    assert not_a_list.startswith("Line 1 of the list of erasures:")
    Path("kept.jsonl").write_bytes(b"")
    monkeypatch.setenv("WALLET_ERASURES", "kept.jsonl")
    wallet("restore", "monday.backup", "--home", "again")


def test_nobody_is_erased_by_accident(wallet: Program, enrolled: Enrolled):
    assert "say --yes" in wallet("learner", "erase", enrolled.learner, code=2).err
    nobody = "00000000-0000-4000-8000-000000000000"
    assert "There is no wallet" in wallet("learner", "erase", nobody, "--yes", code=1).err
    assert wallet.json("learner", "list")[0]["erased"] is False


def test_erasing_twice_gives_the_same_receipt(wallet: Program, enrolled: Enrolled):
    first = wallet.json("learner", "erase", enrolled.learner, "--yes")

    assert wallet.json("learner", "erase", enrolled.learner, "--yes") == first


def test_who_looked_and_what_was_shared_is_told_in_the_terminal(wallet: Program, enrolled: Enrolled):
    assert "Nobody else has looked" in wallet("learner", "accesses", enrolled.learner).out
    assert "Nothing was shared" in wallet("learner", "shares", enrolled.learner).out
    nobody = "00000000-0000-4000-8000-000000000000"
    assert "There is no wallet" in wallet("learner", "accesses", nobody, code=1).err


def test_the_receipt_of_an_erasure_is_checked_by_whoever_trusts_the_registry(
    wallet: Program, enrolled: Enrolled
):
    wallet("learner", "erase", enrolled.learner, "--yes", "--out", "receipt.json")
    registry = json.loads(Path("receipt.json").read_text())["registry"]["did"]
    away = ("receipt", "receipt.json", "--home", "nowhere")

    assert "was erased on" in wallet("receipt", "receipt.json").out
    assert f"--trust {registry}" in wallet(*away, code=3).out
    assert wallet.json(*away, "--trust", registry)["outcome"] == "passed"
    Path("receipt.json").write_text(
        Path("receipt.json").read_text().replace(enrolled.learner[:8], "00000000")
    )
    assert "does not hold" in wallet("receipt", "receipt.json", code=1).out
