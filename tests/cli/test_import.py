"""`wallet import` and `wallet export`, at a terminal."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.cli.conftest import Enrolled, Program
from tests.formats.elmos import a_signatory, an_elmo, course
from tests.formats.test_elm import a_seal
from tests.records.world import a_backup, a_locked_backup

DOCUMENT = an_elmo(course("Programme", "60", parts=[course("Part", "6")]), course("Chess", "2", grade="1.3"))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.xml"
    path.write_bytes(DOCUMENT)
    return path


@pytest.fixture
def learner(wallet: Program) -> str:
    told: str = wallet.json("learner", "add")["learner"]
    return told


def test_nothing_is_written_before_it_is_confirmed_and_nothing_twice(
    wallet: Program, learner: str, record: Path
):
    shown = wallet("import", str(record), "-l", learner).out
    empty = wallet("learner", "show", learner).out
    first = wallet("import", str(record), "-l", learner, "--confirm").out
    second = wallet("import", str(record), "-l", learner, "--confirm").out

    assert "62 ECTS" in shown
    assert "would be 68 ECTS" in shown
    assert "Nothing is written yet" in shown
    assert "empty" in empty
    assert "Brought in: 2" in first
    assert "Nothing was added" in second
    assert "Chess" in wallet("learner", "show", learner).out
    assert wallet("audit").code == 0


def test_a_signature_is_checked_by_a_certificate_that_is_named(wallet: Program, learner: str, tmp_path: Path):
    provider, path, pem = a_signatory(), tmp_path / "signed.xml", tmp_path / "provider.pem"
    path.write_bytes(provider.signed(DOCUMENT))
    pem.write_bytes(provider.pem)
    signed = wallet.json("import", str(path), "-l", learner, "--certificate", str(pem))
    path.write_bytes(path.read_bytes().replace(b">2<", b">20<"))
    changed = wallet("import", str(path), "-l", learner, "--certificate", str(pem), code=1)

    assert signed["signature"]["outcome"] == "passed"
    assert "changed after it was signed" in changed.out
    refused = wallet("import", str(path), "-l", learner, "--confirm", code=1)
    assert "Nothing is brought in" in refused.err


RUBBISH = {
    "no file": (None, "cannot be used"),
    "nothing in it": (b"", "no record"),
    "no XML": (b"\x00\xff", "no record"),
    "a document type": (b"<!DOCTYPE elmo><elmo/>", "document type"),
    "other XML": (b"<a/>", "This is XML, but no record"),
    "cut short": (DOCUMENT[:-5], "not well-formed"),
}


@pytest.mark.parametrize(("data", "said"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_gets_one_sentence(
    data: bytes | None, said: str, wallet: Program, learner: str, tmp_path: Path
):
    path = tmp_path / "rubbish.xml"
    if data is not None:
        path.write_bytes(data)

    refused = wallet("import", str(path), "-l", learner, code=1)

    assert said in refused.err
    assert len(refused.err.strip().splitlines()) == 1


def test_what_is_no_certificate_is_not_trusted(wallet: Program, learner: str, record: Path):
    refused = wallet("import", str(record), "-l", learner, "--certificate", str(record), code=1)

    assert "not a certificate" in refused.err


def test_a_record_is_exported_and_read_again(
    wallet: Program, enrolled: Enrolled, learner: str, tmp_path: Path
):
    out = tmp_path / "elmo.xml"
    wallet("export", enrolled.learner, "-o", str(out), "--given-names", "Айгерім", "--family-name", "Е.")

    shown = wallet("import", str(out), "-l", learner).out

    assert "Айгерім Е." in shown
    assert "5 KZ" in shown
    assert "no credit" in wallet("export", learner, "-o", str(out), code=1).err


@pytest.fixture
def badge(wallet: Program, enrolled: Enrolled, tmp_path: Path) -> Path:
    """A credential that was issued here, as its learner has it in a file."""
    path = tmp_path / "badge.json"
    wallet(
        "credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner, "--out", str(path)
    )
    return path


def test_a_badge_is_verified_shown_and_brought_in_once(wallet: Program, learner: str, badge: Path):
    shown = wallet("import", str(badge), "-l", learner, "--offline").out
    first = wallet("import", str(badge), "-l", learner, "--offline", "--confirm").out
    second = wallet("import", str(badge), "-l", learner, "--offline", "--confirm").out

    assert "Passed: this is as" in shown
    assert "5 KZ" in shown
    assert "Nothing is written yet" in shown
    assert "Brought in: 1" in first
    assert "Nothing was added" in second


def test_a_folder_and_a_zip_tell_of_each_file(wallet: Program, learner: str, badge: Path, tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.json").write_bytes(badge.read_bytes())
    (folder / "false.json").write_bytes(
        badge.read_bytes().replace(b'"creditsEarned":5', b'"creditsEarned":50')
    )
    packed = tmp_path / "all.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)

    for source in (folder, packed):
        told = wallet.json("import", str(source), "-l", learner, "--offline")
        assert {part["name"]: part["signature"] for part in told["parts"]} == {
            "false.json": "failed",
            "good.json": "passed",
        }
        assert told["totals"] == {"KZ": "5"}
    wallet("import", str(folder), "-l", learner, "--offline", "--confirm")
    assert "Nothing was added" in wallet("import", str(packed), "-l", learner, "--offline", "--confirm").out


def test_a_locked_backup_takes_the_passphrase_from_a_file(
    wallet: Program, learner: str, badge: Path, tmp_path: Path
):
    backup, words = tmp_path / "backup.json", tmp_path / "words"
    backup.write_bytes(a_locked_backup(a_backup(json.loads(badge.read_bytes())), "correct horse"))
    words.write_text("correct horse\n")

    locked = wallet("import", str(backup), "-l", learner, "--offline", code=1).err
    opened = wallet.json("import", str(backup), "-l", learner, "--offline", "--passphrase-file", str(words))

    assert "locked" in locked
    assert opened["totals"] == {"KZ": "5"}


@pytest.mark.parametrize("to", ["elmo", "elm", "csv", "json-resume"])
def test_an_export_tells_what_it_leaves_behind(wallet: Program, enrolled: Enrolled, tmp_path: Path, to: str):
    out = tmp_path / "record"

    told = wallet("export", enrolled.learner, "-f", to, "-o", str(out), "--born-on", "2004-05-17").out
    losses = wallet.json("export", enrolled.learner, "-f", to, "-o", str(out))["losses"]

    assert out.read_bytes()
    assert "Left behind" in told
    assert {"at", "lost", "why"} == set(losses[0])


def test_a_badge_leaves_as_it_was_issued_and_as_a_token(
    wallet: Program, enrolled: Enrolled, learner: str, badge: Path, tmp_path: Path
):
    packed, token = tmp_path / "badges.zip", tmp_path / "token"
    credential = json.loads(badge.read_bytes())["id"]

    wallet("export", enrolled.learner, "-f", "open-badges", "-o", str(packed))
    wallet("credential", "sd-jwt", credential, "-i", "saryarqa", "-o", str(token), "--given-names", "Айгерім")

    for path in (packed, token):
        assert wallet.json("import", str(path), "-l", learner, "--offline")["totals"] == {"KZ": "5"}
    assert "No format is called" in wallet("export", learner, "-f", "tablet", "-o", str(packed), code=1).err


@pytest.mark.parametrize("to", ["elm", "elmo"])
def test_what_an_institution_seals_is_read_again_as_its_own(
    wallet: Program, enrolled: Enrolled, learner: str, tmp_path: Path, to: str
):
    seal = a_seal(since=datetime.now(UTC) - timedelta(days=1))
    key, pem, out = tmp_path / "key.pem", tmp_path / "seal.pem", tmp_path / "sealed.json"
    key.write_bytes(
        seal.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    pem.write_bytes(seal.certificate.public_bytes(serialization.Encoding.PEM))
    sealing = ("--seal-key", str(key), "--seal-certificate", str(pem))

    wallet("export", enrolled.learner, "-f", to, "-o", str(out), *sealing)

    told = wallet.json("import", str(out), "-l", learner, "--offline", "--certificate", str(pem))
    assert (told["signature"]["outcome"], told["totals"]) == ("passed", {"KZ": "5"})
    assert (
        "put under a seal"
        in wallet("export", enrolled.learner, "-f", "csv", "-o", str(out), *sealing, code=1).err
    )
    wallet("export", enrolled.learner, "-f", "elm", "-o", str(out), *sealing[:2], code=2)
    pem.write_bytes(key.read_bytes())
    assert (
        "none in PEM" in wallet("export", enrolled.learner, "-f", "elm", "-o", str(out), *sealing, code=1).err
    )
