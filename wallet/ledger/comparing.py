"""A view made again from the events, and held against the one that people are shown."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from wallet.ledger.database import Cursor, Database, scratch, tables_made_by
from wallet.ledger.entry import Entry
from wallet.ledger.ledger import Ledger
from wallet.ledger.recorders import position_of
from wallet.ledger.view import View

_PAGE: Final = 500


class ViewDiffers(Exception):
    """A view is not what the events make; the text completes "The ledger does not hold: ..."."""


def compare_view(ledger: Ledger, view: View) -> int:
    """Make the view anew, aside, up to where the kept one has come; how many rows were compared.

    Raises ViewDiffers where any row is more, less or other. Nothing is written to the ledger's database.
    """
    compared = 0
    with closing(scratch()) as aside, closing(aside.cursor()) as again, ledger.database.snapshot() as kept:
        position = position_of(kept, view.name) or 0
        for statement in view.create_tables():
            again.execute(statement)
        done = 0
        while done < position:
            entries = ledger.entries_after(done, min(_PAGE, position - done))
            if not entries or entries[-1].sequence > position:
                raise ViewDiffers(
                    f"the view {view.name} has come to event {position}, and there are only {done}"
                )
            view.apply(again, entries)
            done = entries[-1].sequence
        for table in tables_made_by(view.create_tables()):
            try:
                compared += _compare(kept, again, view.name, table)
            except UnicodeDecodeError as error:
                raise ViewDiffers(
                    f"the view {view.name} holds bytes that are no text in its table {table}"
                ) from error
    return compared


class MadeAside(Database):
    """Views made aside of some events only: what they would show if nothing else had been recorded."""

    def __init__(self) -> None:
        super().__init__(Path("aside"))
        self._aside = scratch()

    def make(self, view: View, entries: Sequence[Entry]) -> None:
        """Make a view of these events, which are in the order of the ledger."""
        with closing(self._aside.cursor()) as cursor:
            for statement in view.create_tables():
                cursor.execute(statement)
            view.apply(cursor, entries)

    @contextmanager
    def reader(self) -> Iterator[Cursor]:
        with closing(self._aside.cursor()) as cursor:
            yield cursor

    def close(self) -> None:
        self._aside.close()


def _compare(kept: Cursor, again: Cursor, view: str, table: str) -> int:
    """Row by row, in an order that does not depend on how they were written."""
    described = again.execute(f'SELECT * FROM "{table}" LIMIT 0').description  # noqa: S608 - a table of ours
    columns = ", ".join(f'"{name}"' for name, *_ in described)
    query = f'SELECT {columns} FROM "{table}" ORDER BY {columns}'  # noqa: S608 - a table of ours
    shown, made = kept.execute(query), again.execute(query)
    count = 0
    while True:
        left, right = shown.fetchone(), made.fetchone()
        if left != right:
            raise ViewDiffers(
                f"the view {view} is not what the events make: its table {table} differs in row {count + 1}"
            )
        if left is None:
            return count
        count += 1
