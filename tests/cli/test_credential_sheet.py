"""Many credentials from a sheet, on the command line."""

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program

UNIVERSITY = ("-i", "saryarqa")


@pytest.fixture
def sheet(wallet: Program, tmp_path: Path) -> Path:
    """Three rows that can be issued."""
    learners = [wallet.json("learner", "add")["learner"] for _ in range(3)]
    return _written(tmp_path / "may.csv", [[learner, "algorithms", "2026-01-16"] for learner in learners])


def _written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["learner", "unit", "awarded_on"], *rows])
    return path


def test_a_sheet_is_previewed_issued_and_never_issued_twice(wallet: Program, sheet: Path, tmp_path: Path):
    given = ("credential", "issue", *UNIVERSITY, "--from", str(sheet))
    report = tmp_path / "report.csv"

    assert "3 rows: 3 can be issued." in wallet(*given, "--dry-run").out
    assert "3 rows: 3 issued." in wallet(*given, "--report", str(report)).out
    assert wallet.json(*given)["results"] == {"issued-before": 3}

    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["result"] for line in lines] == ["issued"] * 3
    shown = wallet.json("credential", "show", lines[0]["credential"])
    assert shown["issued"]["credits"] == [lines[0]["credit"]]


def test_a_refused_row_is_shown_with_its_cell_and_ends_with_1(wallet: Program, sheet: Path):
    _written(sheet, [["Ann", "algorithms", "2026-01-16"], ["=1+1", "alchemy", "soon"]])

    told = wallet("credential", "issue", *UNIVERSITY, "--from", str(sheet), code=1)

    assert "2 rows: 2 refused." in told.out
    assert "learner" in told.err
    assert "awarded_on" in told.err
    asked = wallet.json("credential", "issue", *UNIVERSITY, "--from", str(sheet), code=1)
    assert asked["results"] == {"refused": 2}
    assert [refusal["column"] for refusal in asked["refusals"]] == ["learner", "learner", "awarded_on"]


def test_all_or_nothing_issues_nothing_for_one_bad_row(wallet: Program, sheet: Path):
    with sheet.open("a") as file:
        file.write("Ann,algorithms,2026-01-16\n")

    told = wallet.json("credential", "issue", *UNIVERSITY, "--from", str(sheet), "--all-or-nothing", code=1)

    assert told["results"] == {"refused": 1, "withheld": 3}


MISUSE: dict[str, tuple[tuple[str, ...], str]] = {
    "a sheet and a credit": (("credit-1", "--from", "SHEET"), "of the sheet"),
    "a sheet and a learner": (("-l", "x", "--from", "SHEET"), "of the sheet"),
    "a report without a sheet": (("credit-1", "--report", "a.csv"), "--from"),
    "neither": ((), "--from"),
    "a preview of all or nothing": (("--from", "SHEET", "--dry-run", "--all-or-nothing"), "--dry-run"),
}


@pytest.mark.parametrize(("arguments", "told"), MISUSE.values(), ids=MISUSE.keys())
def test_what_cannot_be_meant_is_a_usage_error(
    wallet: Program, sheet: Path, arguments: tuple[str, ...], told: str
):
    given = [str(sheet) if each == "SHEET" else each for each in arguments]

    assert told in wallet("credential", "issue", *UNIVERSITY, *given, code=2).err


RUBBISH: dict[str, tuple[str, bytes]] = {
    "a picture": ("a.png", b"\x89PNG"),
    "a picture that says it is a sheet": ("a.csv", b"\x89PNG\r\n\x1a\n\0\0"),
    "nothing": ("a.csv", b""),
    "a column nobody knows": ("a.csv", b"learner,shoe size\n"),
    "Parquet that is none": ("a.parquet", b"PAR1"),
}


@pytest.mark.parametrize(("name", "content"), RUBBISH.values(), ids=RUBBISH.keys())
def test_a_file_that_is_no_sheet_is_one_sentence(wallet: Program, tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)

    told = wallet("credential", "issue", *UNIVERSITY, "--from", str(tmp_path / name), code=1)

    assert told.err.strip().endswith(".")
    assert len(told.err.strip().splitlines()) == 1


def test_a_report_that_cannot_be_written_stops_before_anything_is_issued(
    wallet: Program, sheet: Path, enrolled: Enrolled
):
    given = ("credential", "issue", *UNIVERSITY, "--from", str(sheet))

    assert "cannot be written" in wallet(*given, "--report", "/missing/a.csv", code=1).err
    assert wallet.json(*given, "--dry-run")["results"] == {"can-be-issued": 3}
