"""`wallet import` and `wallet export`, at a terminal."""

from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program
from tests.formats.elmos import a_signatory, an_elmo, course

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
