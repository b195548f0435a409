"""What a view is: tables in the ledger's file that are made from its events, and can be made again."""

from collections.abc import Sequence
from typing import Protocol

from wallet.ledger.database import Cursor
from wallet.ledger.entry import Entry


class View(Protocol):
    """Tables for one kind of question.

    `apply` runs inside the transaction that also records how far the view has come, so it sees every event
    exactly once and in order; it must touch no other view's tables, and nothing outside the database.
    """

    @property
    def name(self) -> str:
        """Under which its position is kept: it never changes."""
        ...

    def create_tables(self) -> Sequence[str]:
        """One statement each. A changed statement makes `migrate` build the view anew."""
        ...

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        """Take in the next events. An entry's `event` is None where its learner was erased."""
        ...
