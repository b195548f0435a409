"""Learning agreements by party and memorandum: which there are. What they say stays sealed in their streams."""

from collections.abc import Sequence
from typing import Final

from domain.agreement import AgreementProposed
from domain.erasure import LearnerErased
from domain.values import AgreementId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE agreements_parties (
        agreement TEXT PRIMARY KEY, sequence INTEGER NOT NULL, learner TEXT NOT NULL, home TEXT NOT NULL,
        host TEXT NOT NULL, memorandum TEXT
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX agreements_by_learner ON agreements_parties (learner, sequence)",
    "CREATE INDEX agreements_by_home ON agreements_parties (home, sequence)",
    "CREATE INDEX agreements_by_host ON agreements_parties (host, sequence)",
    "CREATE INDEX agreements_by_memorandum ON agreements_parties (memorandum, sequence)",
)


class AgreementView:
    name = "agreements"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if isinstance(entry.event, AgreementProposed):
                event = entry.event
                cursor.execute(
                    "INSERT INTO agreements_parties VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        event.agreement,
                        entry.sequence,
                        event.learner,
                        event.home,
                        event.host,
                        event.memorandum,
                    ],
                )
            elif isinstance(entry.event, LearnerErased):
                cursor.execute("DELETE FROM agreements_parties WHERE learner = ?", [entry.event.learner])


def agreements(
    database: Database,
    *,
    learner: str | None = None,
    institution: str | None = None,
    memorandum: str | None = None,
) -> list[AgreementId]:
    """Those that name this learner, this institution as home or host, or this memorandum, as they were proposed."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT agreement FROM agreements_parties "
            "WHERE learner = ?1 OR home = ?2 OR host = ?2 OR memorandum = ?3 ORDER BY sequence",
            [learner, institution, memorandum],
        ).fetchall()
    return [AgreementId(agreement) for (agreement,) in rows]
