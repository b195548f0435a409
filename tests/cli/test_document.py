"""`wallet document`: documents printed at the terminal, and verified by whoever is handed one."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program

NAMED = ("--family-name", "Қасымова", "--given-names", "Әйгерім", "--born", "2004-03-17", "--confirmed")


@pytest.fixture
def recorded(wallet: Program, enrolled: Enrolled) -> str:
    """The credential of her credit, which a record of hers carries too."""
    issued = wallet.json("credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner)
    wallet("credential", "record", "-l", enrolled.learner, "-i", "saryarqa")
    credential: str = issued["credential"]
    return credential


def test_a_transcript_is_printed_and_verified(wallet: Program, enrolled: Enrolled, recorded: str):
    told = wallet(
        "document", "transcript", enrolled.learner, "-i", "saryarqa", "-o", "t.pdf", "--language", "kk",
        "--language", "en", *NAMED,
    )  # fmt: skip

    assert "Printed, and signed: t.pdf." in told.out
    assert Path("t.pdf").read_bytes().startswith(b"%PDF-1.7")
    verified = wallet("verify", "t.pdf", "--offline")
    assert "Passed: this is as Saryarqa Technical University printed it" in verified.out
    assert wallet.json("verify", "t.pdf", "--offline")["checks"][3]["code"] == "print-unaltered"


def test_a_certificate_is_printed_in_the_language_of_the_command(wallet: Program, recorded: str):
    told = wallet.json("document", "certificate", recorded, "-i", "saryarqa", "-o", "c.pdf", "--lang", "ru")

    assert told["languages"] == ["ru"]
    assert told["kind"] == "certificate"
    assert wallet("verify", "c.pdf", "--offline").code == 0


def test_a_stranger_verifies_with_a_bundle_and_no_wallet(wallet: Program, recorded: str, tmp_path: Path):
    wallet("document", "certificate", recorded, "-i", "saryarqa", "-o", "c.pdf")
    registry = wallet.json("credential", "bundle", recorded, "--out", "b.json")["registry"]
    nowhere = ("--home", str(tmp_path / "nothing"), "--offline")

    assert wallet("verify", "c.pdf", "--bundle", "b.json", "--trust", registry, *nowhere).code == 0
    assert "Could not check" in wallet("verify", "c.pdf", *nowhere, code=3).out


def test_a_file_that_was_saved_anew_is_told_so_and_printed_again(wallet: Program, recorded: str):
    wallet("document", "certificate", recorded, "-i", "saryarqa", "-o", "c.pdf")
    file = Path("c.pdf")
    file.with_name("d.pdf").write_bytes(file.read_bytes() + b"\n% saved by somebody\n")

    assert "not as it was made" in wallet("verify", "d.pdf", "--offline", code=3).out
    wallet("document", "again", "d.pdf", "-o", "e.pdf")
    assert Path("e.pdf").read_bytes() == file.read_bytes()


def test_a_supplement_takes_its_details_from_a_file(wallet: Program, recorded: str):
    Path("details.json").write_text('{"mode_of_study": {"en": "Full-time"}}')
    Path("rubbish.json").write_text('{"mood": 1}')

    told = wallet(
        "document",
        "supplement",
        recorded,
        "-i",
        "saryarqa",
        "-o",
        "s.pdf",
        "--details",
        "rubbish.json",
        code=2,
    )
    assert "does not hold the details" in told.err
    told = wallet(
        "document",
        "supplement",
        recorded,
        "-i",
        "saryarqa",
        "-o",
        "s.pdf",
        "--details",
        "details.json",
        code=1,
    )
    assert "goes with the credential of a qualification" in told.err
    assert not Path("s.pdf").exists()


REFUSED = {
    "no record yet": (("transcript", "LEARNER", "-i", "saryarqa"), 1, "issue it first"),
    "nobody's wallet": (("transcript", "7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b", "-i", "saryarqa"), 1, "no wallet"),
    "no such credential": (("certificate", "urn:uuid:0", "-i", "saryarqa"), 1, "credential"),
    "no such case": (("minutes", "nothing"), 1, "no case"),
    "a language of the moon": (
        ("transcript", "LEARNER", "-i", "saryarqa", "--language", "xx"), 1, "Documents are made in",
    ),
    "a name that is confirmed and not said": (
        ("transcript", "LEARNER", "-i", "saryarqa", "--confirmed"), 2, "about a name",
    ),
    "a name with an order to the terminal": (
        ("transcript", "LEARNER", "-i", "saryarqa", "--family-name", "\x1b[31m"), 1, "cannot be family name",
    ),
    "no PDF to print again": (("again", "nothing.pdf"), 2, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_printed_gets_a_sentence(case: str, wallet: Program, enrolled: Enrolled):
    said, code, told = REFUSED[case]
    arguments = [enrolled.learner if each == "LEARNER" else each for each in said]

    answered = wallet("document", *arguments, "-o", "x.pdf", code=code)

    assert told in answered.err
    assert "Traceback" not in answered.err
    assert not Path("x.pdf").exists()


def test_rubbish_is_verified_in_a_sentence(wallet: Program):
    Path("r.pdf").write_bytes(b"%PDF-1.7 rubbish")

    answered = wallet("verify", "r.pdf", "--offline", code=1)
    assert "The PDF is damaged, or is none" in answered.out
    assert json.loads(wallet("verify", "r.pdf", "--offline", "--json", code=1).out)["outcome"] == "failed"
    assert "for no occasion" in wallet("verify", "r.pdf", "--challenge", "x", code=2).err
