"""The queue of each institution's cases of recognition: which there are, and at what stage each is.

A row names a case, its institution and the learner's id; what a case is about is read from its own stream, and is gone
from there when the learner is erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.erasure import LearnerErased
from domain.event import Event
from domain.recognition import (
    DocumentsAssigned,
    RecognitionAppealed,
    RecognitionApplied,
    RecognitionEntered,
    RecognitionGranted,
    RecognitionRefused,
)
from domain.values import CaseId, InstitutionId, LearnerId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE recognition_queue (
        recognition TEXT PRIMARY KEY, institution TEXT NOT NULL, learner TEXT NOT NULL, sequence INTEGER NOT NULL,
        closed INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX recognition_queue_by_learner ON recognition_queue (learner, sequence)",
    "CREATE INDEX recognition_queue_by_institution ON recognition_queue (institution, closed, sequence)",
    """
    CREATE TABLE recognition_erased (
        institution TEXT NOT NULL, sequence INTEGER NOT NULL, recognition TEXT NOT NULL, erased_at TEXT NOT NULL,
        PRIMARY KEY (institution, sequence, recognition)
    ) STRICT, WITHOUT ROWID
    """,
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
                    "INSERT INTO recognition_queue VALUES (?, ?, ?, ?, 0)",
                    [event.case, event.institution, event.learner, entry.sequence],
                )
            elif isinstance(event, LearnerErased):
                for left in event.cases:
                    cursor.execute("DELETE FROM recognition_queue WHERE recognition = ?", [left.case])
                    cursor.execute(
                        "INSERT INTO recognition_erased VALUES (?, ?, ?, ?)",
                        [left.institution, entry.sequence, left.case, event.erased_at.isoformat()],
                    )
            elif event is not None and (closed := _CLOSED.get(type(event))) is not None:
                cursor.execute(
                    "UPDATE recognition_queue SET closed = ? WHERE recognition = ?",
                    [closed, entry.stream.partition("/")[2]],
                )


@dataclass(frozen=True, slots=True)
class ErasedCase:
    """A case whose learner was erased: that there was one is all there is to be known of it."""

    id: CaseId
    erased_at: datetime


def erased_cases_of(database: Database, institution: InstitutionId) -> list[ErasedCase]:
    """The institution's cases whose learners were erased, in the order of their erasure."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT recognition, erased_at FROM recognition_erased WHERE institution = ? "
            "ORDER BY sequence, recognition",
            [institution],
        ).fetchall()
    return [ErasedCase(CaseId(case), datetime.fromisoformat(at)) for case, at in rows]


def cases_of(database: Database, institution: InstitutionId, *, open_only: bool) -> list[CaseId]:
    """The institution's cases, in the order of their filing."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT recognition FROM recognition_queue WHERE institution = ? AND closed <= ? ORDER BY sequence",
            [institution, 0 if open_only else 1],
        ).fetchall()
    return [CaseId(case) for (case,) in rows]


def cases_of_learner(database: Database, learner: LearnerId) -> list[CaseId]:
    """The learner's cases, the last filed first."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT recognition FROM recognition_queue WHERE learner = ? ORDER BY sequence DESC", [learner]
        ).fetchall()
    return [CaseId(case) for (case,) in rows]
