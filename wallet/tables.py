"""Tables written row by row for people and programs: CSV that no spreadsheet takes for formulas, and JSON Lines.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is a formula to a spreadsheet, and a formula may
send the sheet to a stranger. Such a cell is written with an apostrophe before it, which a spreadsheet hides.

Source: OWASP, "CSV Injection". RFC 4180 for the rest.
"""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from wallet.errors import WalletError

__all__ = ["TableRefused", "TableWriter", "harmless"]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula begins; the last four are the same signs in full width, which some spreadsheets read alike."""


class TableRefused(WalletError):
    """A table cannot be written in that form, or there."""


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and does nothing else."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def csv_line(cells: Sequence[str]) -> str:
    """One line of CSV, its end included."""
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return line.getvalue()


class TableWriter:
    """A table in a file that grows row by row, in the form that the file's name ends in: .csv or .jsonl."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Raises TableRefused."""
        self._columns = tuple(columns)
        self._as_csv = path.suffix.lower() == ".csv"
        if not self._as_csv and path.suffix.lower() not in (".jsonl", ".ndjson"):
            raise TableRefused(
                f"A table is written to a file whose name ends in .csv or .jsonl, not to {path.name}."
            )
        try:
            # A byte order mark, for the spreadsheets that take a CSV file without one for Latin-1.
            self._file = path.open("w", encoding="utf-8-sig" if self._as_csv else "utf-8", newline="")
        except OSError as error:
            raise TableRefused(f"{path} cannot be written: {error.strerror or error}.") from error
        if self._as_csv:
            self._file.write(csv_line(self._columns))

    def write(self, row: Mapping[str, object]) -> None:
        """A row by columns; what is None is left empty."""
        if self._as_csv:
            cells = [row.get(column) for column in self._columns]
            self._file.write(csv_line(["" if cell is None else str(cell) for cell in cells]))
        else:
            said = {column: row[column] for column in self._columns if row.get(column) is not None}
            self._file.write(msgspec.json.encode(said).decode() + "\n")

    def flush(self) -> None:
        """Put what has been written where others can read it."""
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
