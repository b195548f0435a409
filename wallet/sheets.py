"""Sheets: many rows of one kind in a file, read one by one, whatever the size of the file.

    learner,unit,awarded_on,grade,scale               a CSV file; semicolons or tabs between the cells will do
    7f9a8c1e-2b3d-…,algorithms,2026-06-30,92,percent

    {"learner": "7f9a8c1e-2b3d-…", "unit": "algorithms", "awarded_on": "2026-06-30"}     JSON Lines, one object a line

A Parquet file will do too, where the package `pyarrow` is installed (`pip install learner-credit-wallet[parquet]`).

Every cell comes out as the text that was written, without the space around it; an empty cell is none. What is wrong
with a row is said of the row, with the cell's column, and the other rows are read all the same. Only what is wrong
with the sheet itself, such as a column nobody knows, refuses the sheet.
"""

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import file_digest
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

from keys import strict_json
from keys.errors import MalformedJson
from wallet.errors import WalletError

__all__ = ["Cells", "Fault", "Row", "Sheet", "SheetRefused"]

Cells = dict[str, str]
"""What is written in a row, by column; without the empty cells."""

_ROW_LIMITS: Final = strict_json.Limits(size=64 * 1024, depth=4, members=1000)
_LONGEST_CELL: Final = 64 * 1024
_SEPARATORS: Final = ",;\t"
_AT_A_TIME: Final = 1000


class SheetRefused(WalletError):
    """The file is no sheet that can be read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, in a sentence; the column where it is one cell that is wrong."""

    sentence: str
    column: str | None = None
    code: str = "invalid-cell"


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """From 1; a heading is not counted."""
    cells: Cells = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class Sheet:
    """A file of rows that can be gone through more than once."""

    def __init__(self, path: Path, *, columns: Collection[str], required: Collection[str] = ()) -> None:
        """Raises SheetRefused for a file that is none, has columns beyond `columns`, or lacks a required one."""
        self.path = path
        self._columns = tuple(columns)
        self._required = tuple(required)
        readers = {
            ".csv": self._csv,
            ".jsonl": self._json_lines,
            ".ndjson": self._json_lines,
            ".parquet": self._parquet,
        }
        reader = readers.get(path.suffix.lower())
        if reader is None:
            raise SheetRefused(f"{path.name} is no sheet: its name ends in none of {', '.join(readers)}.")
        self._read = reader
        with _readable(path), path.open("rb") as file:
            self.digest: Final = file_digest(file, "sha256").hexdigest()
        self.count: Final = sum(1 for _ in self.rows())
        """How many rows there are."""

    def rows(self) -> Iterator[Row]:
        """Row by row. Raises SheetRefused where the file cannot be read on."""
        with _readable(self.path):
            yield from self._read()

    def _refuse_columns(self, found: Iterable[str]) -> None:
        counted = Counter(found)
        unknown = sorted(counted.keys() - set(self._columns))
        if unknown:
            shown = ", ".join(repr(name[:40]) for name in unknown[:5])
            raise SheetRefused(
                f"{self.path.name} has a column that is not known: {shown}. Known are {', '.join(self._columns)}."
            )
        twice = sorted(name for name, times in counted.items() if times > 1)
        if twice:
            raise SheetRefused(f"{self.path.name} has the column {twice[0]!r} more than once.")
        missing = [name for name in self._required if name not in counted]
        if missing:
            raise SheetRefused(f"{self.path.name} has no column {missing[0]!r}.")

    # --- CSV --------------------------------------------------------------------------------------------

    def _csv(self) -> Iterator[Row]:
        """Source: RFC 4180."""
        with self.path.open("rb") as binary, TextIOWrapper(binary, "utf-8-sig", newline="") as file:
            heading_line = file.readline(_LONGEST_CELL)
            separator = max(_SEPARATORS, key=heading_line.count)
            file.seek(0)
            lines = csv.reader(file, delimiter=separator, strict=True)
            try:
                heading = [cell.strip() for cell in next(lines, [])]
                if not any(heading):
                    raise SheetRefused(f"{self.path.name} does not begin with the names of its columns.")
                self._refuse_columns(heading)
                number = 0
                for cells in lines:
                    if not any(cell.strip() for cell in cells):
                        continue  # spreadsheets leave empty lines at the end
                    number += 1
                    yield _csv_row(number, heading, cells)
            except csv.Error as error:
                raise SheetRefused(
                    f"{self.path.name} is not CSV in line {lines.line_num}: {error}."
                ) from error

    # --- JSON Lines -------------------------------------------------------------------------------------

    def _json_lines(self) -> Iterator[Row]:
        number = 0
        with self.path.open("rb") as file:
            while line := file.readline(_ROW_LIMITS.size + 2):
                if not line.strip():
                    continue
                number += 1
                if not line.endswith(b"\n") and len(line) > _ROW_LIMITS.size:
                    raise SheetRefused(
                        f"Row {number} of {self.path.name} is longer than {_ROW_LIMITS.size} bytes."
                    )
                yield self._json_row(number, line)

    def _json_row(self, number: int, line: bytes) -> Row:
        try:
            read = strict_json.parse(line.strip(), decimals=True, limits=_ROW_LIMITS)
        except MalformedJson as error:
            return Row(number, faults=(Fault(str(error), code=error.reason),))
        if not isinstance(read, dict):
            return Row(number, faults=(Fault("The row is not a JSON object.", code="not-an-object"),))
        unknown = sorted(read.keys() - set(self._columns))
        if unknown:
            known = ", ".join(self._columns)
            return Row(
                number, faults=(Fault(f"No column is called {unknown[0][:40]!r}. Known are {known}."),)
            )
        return _row(number, read.items())

    # --- Parquet ----------------------------------------------------------------------------------------

    def _parquet(self) -> Iterator[Row]:
        parquet = _pyarrow()
        try:
            with parquet.ParquetFile(self.path) as file:
                self._refuse_columns(file.schema_arrow.names)
                number = 0
                for batch in file.iter_batches(batch_size=_AT_A_TIME):
                    for cells in batch.to_pylist():
                        number += 1
                        yield _row(number, cells.items())
        except ValueError as error:  # pyarrow's own errors about a file are kinds of ValueError
            raise SheetRefused(f"{self.path.name} is no Parquet file that can be read.") from error


def _pyarrow() -> ModuleType:
    try:
        return import_module("pyarrow.parquet")  # forty megabytes, for those who have such files
    except ImportError:
        raise SheetRefused(
            "To read Parquet files, install the wallet with `pip install learner-credit-wallet[parquet]`; "
            "or save the sheet as CSV."
        ) from None


def _csv_row(number: int, heading: list[str], cells: list[str]) -> Row:
    if len(cells) > len(heading):
        return Row(
            number,
            faults=(
                Fault(f"The row has {len(cells)} cells under {len(heading)} columns.", code="cells-too-many"),
            ),
        )
    return _row(number, zip(heading, cells, strict=False))


def _row(number: int, cells: Iterable[tuple[str, Any]]) -> Row:
    written: Cells = {}
    faults: list[Fault] = []
    for column, value in cells:
        text = _written(value)
        if text is None:
            faults.append(Fault(f"The cell holds {_kind(value)}, where a text is needed.", column))
        elif len(text) > _LONGEST_CELL:
            faults.append(Fault("The cell is too long.", column))
        elif text:
            written[column] = text
    return Row(number, written, tuple(faults))


def _written(value: Any) -> str | None:
    """The cell as text; empty for null; None for what is no text, number or day."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | datetime):  # a moment is no day, and which day it is depends on the zone
        return None
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else None
    if isinstance(value, float):
        return _written(Decimal(repr(value)))
    return str(value) if isinstance(value, int | date) else None


def _kind(value: object) -> str:
    return json.dumps(value)[:40] if isinstance(value, bool | list | dict) else f"a {type(value).__name__}"


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise SheetRefused(f"{path.name} is not written in UTF-8; save it as `CSV UTF-8`.") from error
    except OSError as error:
        _refuse(path, error)


def _refuse(path: Path, error: OSError) -> NoReturn:
    raise SheetRefused(f"{path} cannot be read: {error.strerror or error}.") from error
