"""`wallet verify-many` and `wallet receipt`, for an admissions office."""

import csv
import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program

PASSED, FAILED, UNREADABLE, COULD_NOT_CHECK = 0, 1, 2, 3


@pytest.fixture
def intake(wallet: Program, enrolled: Enrolled, tmp_path: Path) -> Path:
    """A folder with one badge of Ann's, which Bob has handed in too, and one that Bob has altered."""
    folder = tmp_path / "intake"
    for applicant in ("ann", "bob"):
        (folder / applicant).mkdir(parents=True)
    badge = folder / "ann" / "badge.json"
    wallet(
        "credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner, "--out", str(badge)
    )  # fmt: skip
    (folder / "bob" / "badge.json").write_bytes(badge.read_bytes())
    document = json.loads(badge.read_bytes())
    document["credentialSubject"]["creditsEarned"] = 60
    document["name"] = '=HYPERLINK("https://thief.example")'
    (folder / "bob" / "more.json").write_text(json.dumps(document))
    return folder


def test_a_folder_is_told_in_a_sentence_and_a_table(wallet: Program, intake: Path, tmp_path: Path):
    table = tmp_path / "table.csv"

    told = wallet("verify-many", str(intake), "--offline", "--table", str(table), code=FAILED)

    assert "3 submissions: 2 passed, 1 failed, 0 could not check." in told.out
    assert "bob/more.json" in told.out
    assert "same-file as 1" in told.out.replace("\n", " ")
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["applicant"], line["outcome"], line["repeated"]) for line in lines] == [
        ("ann", "passed", ""),
        ("bob", "passed", "same-file"),
        ("bob", "failed", "same-credential"),
    ]
    assert not any(cell.startswith("=") for line in lines for cell in line.values())


def test_a_zip_file_says_the_same_to_a_program(wallet: Program, intake: Path, tmp_path: Path):
    path = tmp_path / "intake.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(intake.rglob("*.json")):
            archive.write(file, file.relative_to(intake).as_posix())

    told = wallet.json("verify-many", str(path), "--offline", code=FAILED)

    assert told["outcomes"] == {"passed": 2, "failed": 1, "could-not-check": 0}
    assert told["repeated"] == 2
    assert told["noted"][-1]["reasons"] == "proof: invalid-signature"


def test_a_receipt_proves_the_table_to_whoever_knows_the_institution(
    wallet: Program, intake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    table, receipt, bundle = (tmp_path / name for name in ("table.jsonl", "receipt.json", "bundle.json"))
    wallet(
        "verify-many", str(intake), "--offline", "-i", "saryarqa",
        "--table", str(table), "--receipt", str(receipt), code=FAILED,
    )  # fmt: skip
    registry = wallet.json("credential", "bundle", "--out", str(bundle))["registry"]
    monkeypatch.setenv("WALLET_HOME", str(tmp_path / "years-later"))
    monkeypatch.delenv("WALLET_PASSPHRASE")

    asked = ("receipt", str(receipt), "--table", str(table))
    assert "not in any list you trust" in wallet(*asked, code=COULD_NOT_CHECK).out
    told = wallet(*asked, "--bundle", str(bundle), "--trust", registry, code=PASSED)
    assert "Saryarqa Technical University made this receipt on" in told.out
    assert "2 passed, 1 failed, 0 could-not-check" in told.out

    table.write_bytes(table.read_bytes().replace(b'"failed"', b'"passed"'))
    told = wallet(*asked, "--bundle", str(bundle), "--trust", registry, code=FAILED)
    assert "the table was changed" in told.out


def test_enough_submissions_are_shared_out_among_processes(wallet: Program, intake: Path, tmp_path: Path):
    badge = (intake / "ann" / "badge.json").read_text()
    path = tmp_path / "many.jsonl"
    path.write_text(f"{badge}\n" * 120)

    told = wallet.json("verify-many", str(path), "--offline", "--processes", "2", code=PASSED)

    assert told["outcomes"]["passed"] == 120
    assert told["repeated"] == 119


RUBBISH: dict[str, tuple[str, bytes | None]] = {
    "nothing there": ("missing", None),
    "a ZIP file that is none": ("a.zip", b"PK"),
    "a list of nothing known": ("a.csv", b"shoe size\n40\n"),
}


@pytest.mark.parametrize(("name", "content"), RUBBISH.values(), ids=RUBBISH.keys())
def test_what_cannot_be_read_is_one_sentence(
    wallet: Program, tmp_path: Path, name: str, content: bytes | None
):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    told = wallet("verify-many", str(tmp_path / name), code=UNREADABLE)

    assert len(told.err.strip().splitlines()) == 1


def test_an_empty_folder_is_nothing_to_worry_about(wallet: Program, tmp_path: Path):
    (tmp_path / "empty").mkdir()

    assert "0 submissions" in wallet("verify-many", str(tmp_path / "empty"), code=PASSED).out


def test_a_receipt_needs_a_table_and_an_institution(wallet: Program, tmp_path: Path):
    assert "--table" in wallet("verify-many", str(tmp_path), "--receipt", "r.json", code=UNREADABLE).err


def test_a_receipt_that_is_none_fails_in_a_sentence(wallet: Program, tmp_path: Path):
    (tmp_path / "r.json").write_bytes(b"{}")

    assert "no receipt" in wallet("receipt", str(tmp_path / "r.json"), code=FAILED).out
    assert "cannot be read" in wallet("receipt", str(tmp_path / "missing.json"), code=UNREADABLE).err
