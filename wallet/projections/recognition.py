"""The queue of each institution's cases of recognition: which there are, and at what stage each is.

A row names a case and its institution, and nothing of the learner; what a case is about is read from its own stream,
and is gone from there when the learner is erased.
"""

from collections.abc import Sequence
from typing import Final

from domain.event import Event
from domain.recognition import (
    DocumentsAssigned,
    RecognitionAppealed,
    RecognitionApplied,
    RecognitionEntered,
    RecognitionGranted,
    RecognitionRefused,
)
from domain.values import CaseId, InstitutionId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE recognition_queue (
        recognition TEXT PRIMARY KEY, institution TEXT NOT NULL, sequence INTEGER NOT NULL, closed INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX recognition_queue_by_institution ON recognition_queue (institution, closed, sequence)",
)
_CLOSED: Final[dict[type[Event], bool]] = {
    DocumentsAssigned: False,
    RecognitionGranted: False,
    RecognitionRefused: True,
    RecognitionEntered: True,
    RecognitionAppealed: False,
}


class RecognitionView:
    name = "recognition"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            event = entry.event
            if isinstance(event, RecognitionApplied):
                cursor.execute(
                    "INSERT INTO recognition_queue VALUES (?, ?, ?, 0)",
                    [event.case, event.institution, entry.sequence],
                )
            elif event is not None and (closed := _CLOSED.get(type(event))) is not None:
                cursor.execute(
                    "UPDATE recognition_queue SET closed = ? WHERE recognition = ?",
                    [closed, entry.stream.partition("/")[2]],
                )


def cases_of(database: Database, institution: InstitutionId, *, open_only: bool) -> list[CaseId]:
    """The institution's cases, in the order of their filing."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT recognition FROM recognition_queue WHERE institution = ? AND closed <= ? ORDER BY sequence",
            [institution, 0 if open_only else 1],
        ).fetchall()
    return [CaseId(case) for (case,) in rows]
