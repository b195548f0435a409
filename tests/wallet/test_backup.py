"""A backup of a wallet in use, and its restore: the same wallet again, or nothing at all."""

import stat
import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.errors import WrongPassphrase
from tests.offices import NOON, PASSPHRASE, a_credit, a_learner, a_unit, a_university, an_office
from wallet import portfolio, registering
from wallet.auditing import audit
from wallet.backup import BackedUp, BackupRefused, back_up
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.restoring import Restored
from wallet.restoring import restore as restore_backup
from wallet.settings import Settings
from wallet.showing import show_record

A_PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
def learner(office: Office) -> str:
    learner = a_learner(office).learner
    a_credit(office, learner)
    portfolio.keep(office, learner, A_PNG, name="diploma.png", at=NOON)
    return learner


@pytest.fixture
def backup(office: Office, learner: str, tmp_path: Path) -> BackedUp:
    return back_up(office.settings, tmp_path / "saturday.backup", at=NOON)


def elsewhere(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "elsewhere" / "home")


def restore(settings: Settings, file: Path, passphrase: bytes, **more: Any) -> Restored:
    return restore_backup(settings, file, passphrase, **{"at": NOON, "erasures": b"", **more})


def test_a_restored_wallet_says_signs_and_opens_what_the_first_one_did(
    office: Office, learner: str, backup: BackedUp, tmp_path: Path
):
    restored = restore(elsewhere(tmp_path), backup.ledger, PASSPHRASE)

    assert restored.made_at == NOON
    assert restored.report.holds
    assert restored.report.events == backup.events == office.ledger.last_sequence()
    with Office.open(elsewhere(tmp_path), PASSPHRASE) as again:
        assert show_record(again, learner) == show_record(office, learner)
        digest = next(iter((again.settings.portfolios / learner).iterdir())).name
        assert (office.settings.portfolios / learner / digest).exists()
        registering.rotate_key(again, "aitu", at=NOON + timedelta(days=1))
        assert audit(again.ledger, views=VIEWS).holds


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    office: Office, learner: str, tmp_path: Path
):
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            a_learner(office)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(office.settings, tmp_path / f"{number}.backup", at=NOON) for number in range(3)]
    finally:
        stop.set()
        writer.join()

    for number, each in enumerate(made):
        restored = restore(Settings(tmp_path / f"home-{number}"), each.ledger, PASSPHRASE)
        assert restored.report.events == each.events


def test_only_its_owner_may_read_a_backup_and_what_came_of_it(backup: BackedUp, tmp_path: Path):
    settings = elsewhere(tmp_path)
    restore(settings, backup.ledger, PASSPHRASE)

    for path in (backup.ledger, backup.keys, *(p for p in settings.home.rglob("*") if p.is_file())):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


def test_the_ledgers_part_holds_no_key_and_the_keys_part_no_event(backup: BackedUp):
    with zipfile.ZipFile(backup.ledger) as ledger, zipfile.ZipFile(backup.keys) as keys:
        assert {name.split("/")[0] for name in ledger.namelist()} == {
            "wallet.sqlite",
            "portfolios",
            "manifest.json",
        }
        assert set(keys.namelist()) == {"learner-keys.sqlite", "keystore.json", "manifest.json"}


def test_a_backup_is_never_written_over(office: Office, backup: BackedUp):
    before = backup.ledger.read_bytes()

    with pytest.raises(BackupRefused, match="there already"):
        back_up(office.settings, backup.ledger, at=NOON)
    backup.ledger.unlink()
    with pytest.raises(BackupRefused, match="there already"):
        back_up(office.settings, backup.ledger, at=NOON)

    assert before
    assert not list(backup.keys.parent.glob(".saturday*"))


def test_nothing_is_restored_over_what_there_is(office: Office, backup: BackedUp, tmp_path: Path):
    with pytest.raises(BackupRefused, match="something in"):
        restore(office.settings, backup.ledger, PASSPHRASE)
    (tmp_path / "a-file").write_text("kept")
    with pytest.raises(BackupRefused, match="something in"):
        restore(Settings(tmp_path / "a-file"), backup.ledger, PASSPHRASE)
    (tmp_path / "empty").mkdir()
    assert restore(Settings(tmp_path / "empty"), backup.ledger, PASSPHRASE).report.holds


def test_another_passphrase_restores_nothing(backup: BackedUp, tmp_path: Path):
    with pytest.raises(WrongPassphrase):
        restore(elsewhere(tmp_path), backup.ledger, b"another")

    assert not list((tmp_path / "elsewhere").iterdir())


def _flipped_in_the_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _one_byte_more(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name != "manifest.json")
    members[name] += b"\0"


def _a_file_that_is_not_told_of(members: dict[str, bytes]) -> None:
    members["portfolios/extra"] = b"x"


def _a_way_out(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name != "manifest.json")
    members["manifest.json"] = members["manifest.json"].replace(name.encode(), b"../" + name.encode())
    members[f"../{name}"] = members.pop(name)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a bit flipped": _flipped_in_the_middle,
    "its end cut off": _cut_short,
    "no ZIP at all": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(500)),
    "nothing in it": lambda path: path.write_bytes(b""),
    "a folder in its place": lambda path: (path.unlink(), path.mkdir())[1],  # type: ignore[func-returns-value]  # two steps in one
    "not there": Path.unlink,
    "a ZIP of something else": lambda path: _rewritten(path, lambda members: members.pop("manifest.json")),
    "a manifest that is none": lambda path: _rewritten(
        path, lambda members: members.update({"manifest.json": b"[1]"})
    ),
    "a byte more in a file": lambda path: _rewritten(path, _one_byte_more),
    "a file it does not tell of": lambda path: _rewritten(path, _a_file_that_is_not_told_of),
    "a file that leads out of the folder": lambda path: _rewritten(path, _a_way_out),
}


@pytest.mark.parametrize("part", ["ledger", "keys"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_of_a_damaged_backup_nothing_is_restored(
    damage: Callable[[Path], None], part: str, backup: BackedUp, tmp_path: Path
):
    damage(getattr(backup, part))

    with pytest.raises(BackupRefused):
        restore(elsewhere(tmp_path), backup.ledger, PASSPHRASE)

    assert not (tmp_path / "elsewhere").exists() or not list((tmp_path / "elsewhere").iterdir())


def test_the_parts_are_not_taken_for_each_other(backup: BackedUp, tmp_path: Path):
    with pytest.raises(BackupRefused, match="with the keys, and the part with the ledger is wanted"):
        restore(elsewhere(tmp_path), backup.keys, PASSPHRASE, keys=backup.ledger)


def test_the_keys_of_another_wallet_are_told(backup: BackedUp, tmp_path: Path):
    with an_office(tmp_path / "another") as another:
        a_university(another)
        a_unit(another)
        theirs = back_up(another.settings, tmp_path / "theirs.backup", at=NOON)

    with pytest.raises(BackupRefused, match="keys of another wallet"):
        restore(elsewhere(tmp_path), backup.ledger, PASSPHRASE, keys=theirs.keys)


def test_keys_that_are_older_than_the_ledger_are_told(office: Office, backup: BackedUp, tmp_path: Path):
    a_learner(office)
    later = back_up(office.settings, tmp_path / "sunday.backup", at=NOON)

    with pytest.raises(
        BackupRefused, match="The keys are older than the ledger: There is no key for the learner"
    ):
        restore(elsewhere(tmp_path), later.ledger, PASSPHRASE, keys=backup.keys)
    assert restore(elsewhere(tmp_path), backup.ledger, PASSPHRASE, keys=later.keys).report.holds


def test_a_backup_that_was_changed_by_somebody_with_care_does_not_hold(
    office: Office, backup: BackedUp, tmp_path: Path
):
    with office.ledger.database.writer() as cursor:
        (envelope,) = cursor.execute("SELECT envelope FROM events WHERE sequence = 3").fetchone()
        spoilt = envelope[:-1] + bytes([envelope[-1] ^ 1])
        cursor.execute("UPDATE events SET envelope = ? WHERE sequence = 3", [spoilt])
    forged = back_up(office.settings, tmp_path / "forged.backup", at=NOON)

    with pytest.raises(BackupRefused, match=r"not restored\. Event 3"):
        restore(elsewhere(tmp_path), forged.ledger, PASSPHRASE)


def test_a_checkpoint_kept_elsewhere_shows_what_a_backup_lacks(
    office: Office, learner: str, backup: BackedUp, tmp_path: Path
):
    before = office.checkpoint(NOON).checkpoint
    a_credit(office, a_learner(office).learner)
    after = office.checkpoint(NOON).checkpoint

    with pytest.raises(BackupRefused, match="not restored"):
        restore(elsewhere(tmp_path), backup.ledger, PASSPHRASE, checkpoint=after)
    assert restore(elsewhere(tmp_path), backup.ledger, PASSPHRASE, checkpoint=before).report.holds
