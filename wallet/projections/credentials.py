"""Credentials by learner and institution, and how each stands today."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.credential import (
    CredentialIssued,
    CredentialReinstated,
    CredentialRevoked,
    CredentialSuperseded,
    CredentialSuspended,
)
from domain.erasure import LearnerErased
from domain.event import Event
from domain.values import CredentialId, CreditId, InstitutionId, LearnerId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE credentials_issued (
        credential TEXT PRIMARY KEY, sequence INTEGER NOT NULL, institution TEXT NOT NULL, learner TEXT NOT NULL,
        kind TEXT NOT NULL, credits TEXT NOT NULL, issued_at TEXT NOT NULL, standing TEXT NOT NULL,
        changed INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX credentials_by_learner ON credentials_issued (learner, sequence)",
    "CREATE INDEX credentials_by_institution ON credentials_issued (institution, sequence)",
)

_STANDINGS: Final[dict[type[Event], str]] = {
    CredentialSuspended: "suspended",
    CredentialReinstated: "in-force",
    CredentialRevoked: "revoked",
    CredentialSuperseded: "superseded",
}


class CredentialView:
    name = "credentials"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            event = entry.event
            if isinstance(event, CredentialIssued):
                cursor.execute(
                    "INSERT INTO credentials_issued VALUES (?,?,?,?,?,?,?,'in-force',?)",
                    [
                        event.credential,
                        entry.sequence,
                        event.institution,
                        event.learner,
                        event.kind.value,
                        msgspec.json.encode(event.credits).decode(),
                        event.issued_at.isoformat(),
                        entry.sequence,
                    ],
                )
            elif isinstance(event, LearnerErased):
                cursor.execute("DELETE FROM credentials_issued WHERE learner = ?", [event.learner])
            elif event is not None and (standing := _STANDINGS.get(type(event))) is not None:
                cursor.execute(
                    "UPDATE credentials_issued SET standing = ?, changed = ? WHERE credential = ?",
                    [standing, entry.sequence, entry.stream.partition("/")[2]],
                )


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """`standing` is in-force, suspended, revoked or superseded; `changed` the sequence that made it so."""

    credential: CredentialId
    sequence: int
    institution: InstitutionId
    learner: LearnerId
    kind: str
    credits: tuple[CreditId, ...]
    issued_at: str
    standing: str
    changed: int


_COLUMNS: Final = "credential, sequence, institution, learner, kind, credits, issued_at, standing, changed"


def credentials_by(
    database: Database, institution: str, *, standing: str | None = None, before: int = 2**62, most: int = 100
) -> list[CredentialRow]:
    """What the institution has issued before this sequence, newest first, at most so many."""
    return _rows(
        database,
        "institution = ? AND sequence < ? AND (standing = ? OR ? = '') ORDER BY sequence DESC LIMIT ?",
        institution,
        before,
        standing or "",
        standing or "",
        most,
    )


def how_many_by(database: Database, institution: str) -> dict[str, int]:
    """How many of the institution's credentials stand how."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT standing, COUNT(*) FROM credentials_issued WHERE institution = ? GROUP BY standing",
            [institution],
        ).fetchall()
    return {standing: int(count) for standing, count in rows}


def credentials_of(database: Database, learner: str) -> list[CredentialRow]:
    """The learner's credentials, in the order of their issue."""
    return _rows(database, "learner = ? ORDER BY sequence", learner)


def _rows(database: Database, which: str, *values: object) -> list[CredentialRow]:
    with database.reader() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM credentials_issued WHERE {which}",  # noqa: S608 - constants of this file
            values,
        ).fetchall()
    return [
        CredentialRow(id_, sequence, by, whose, kind, tuple(msgspec.json.decode(credits_)), *rest)
        for id_, sequence, by, whose, kind, credits_, *rest in rows
    ]
