"""Memoranda by partner: which there are. How each stands is asked of its own stream."""

from collections.abc import Sequence
from typing import Final

from domain.memorandum import MemorandumProposed
from domain.values import MemorandumId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE memoranda_partners (
        institution TEXT NOT NULL, memorandum TEXT NOT NULL, sequence INTEGER NOT NULL,
        PRIMARY KEY (institution, memorandum)
    ) STRICT, WITHOUT ROWID
    """,
)


class MemorandumView:
    name = "memoranda"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if isinstance(entry.event, MemorandumProposed):
                cursor.executemany(
                    "INSERT INTO memoranda_partners VALUES (?, ?, ?)",
                    [(partner, entry.event.memorandum, entry.sequence) for partner in entry.event.partners],
                )


def memoranda(database: Database, institution: str | None = None) -> list[MemorandumId]:
    """Every memorandum ever proposed, or every one that names this partner, in the order of their proposal."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT memorandum FROM memoranda_partners WHERE ?1 IS NULL OR institution = ?1 "
            "GROUP BY memorandum ORDER BY MIN(sequence)",
            [institution],
        ).fetchall()
    return [MemorandumId(memorandum) for (memorandum,) in rows]
