"""A view made again from the events, and held against the one that people are shown."""

from contextlib import closing
from typing import Final

from wallet.ledger.database import Cursor, scratch, tables_made_by
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
            compared += _compare(kept, again, view.name, table)
    return compared


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
