"""Which of the staff each institution has registered, and which commissions it has composed: ids, in their order.

Staff are not learners: who they are to an institution is public (`GET /staff/{person}`), and nothing here is sealed.
"""

from collections.abc import Sequence
from typing import Final

from domain.commission import CommissionComposed
from domain.staff import StaffRegistered
from domain.values import CommissionId, InstitutionId, PersonId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE staff (
        person TEXT PRIMARY KEY, institution TEXT NOT NULL, sequence INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX staff_by_institution ON staff (institution, sequence)",
    """
    CREATE TABLE commissions (
        commission TEXT PRIMARY KEY, institution TEXT NOT NULL, sequence INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX commissions_by_institution ON commissions (institution, sequence)",
)


class StaffView:
    name = "staff"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            match entry.event:
                case StaffRegistered() as event:
                    cursor.execute(
                        "INSERT INTO staff VALUES (?, ?, ?)",
                        [event.person, event.institution, entry.sequence],
                    )
                case CommissionComposed() as event:
                    cursor.execute(
                        "INSERT INTO commissions VALUES (?, ?, ?)",
                        [event.commission, event.institution, entry.sequence],
                    )


def staff_of(database: Database, institution: InstitutionId) -> list[PersonId]:
    """The institution's staff, in the order of their registration."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT person FROM staff WHERE institution = ? ORDER BY sequence", [institution]
        ).fetchall()
    return [PersonId(person) for (person,) in rows]


def commissions_of(database: Database, institution: InstitutionId) -> list[CommissionId]:
    """The institution's commissions, the last composed first."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT commission FROM commissions WHERE institution = ? ORDER BY sequence DESC", [institution]
        ).fetchall()
    return [CommissionId(commission) for (commission,) in rows]
