"""What institutions offer: the lists of institutions, units and qualifications, each with its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.institution import InstitutionRegistered
from domain.qualification import QualificationDescribed, QualificationRevised
from domain.unit import UnitDescribed, UnitRevised
from domain.values import InstitutionId, Names, QualificationId, UnitId
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE catalogue_institutions (
        institution TEXT PRIMARY KEY, names TEXT NOT NULL, country TEXT NOT NULL, did TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE catalogue_units (
        unit TEXT PRIMARY KEY, institution TEXT NOT NULL, code TEXT NOT NULL, names TEXT NOT NULL,
        setting TEXT NOT NULL, field TEXT
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE catalogue_qualifications (
        qualification TEXT PRIMARY KEY, institution TEXT NOT NULL, names TEXT NOT NULL, kind TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)


class CatalogueView:
    name = "catalogue"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            match entry.event:
                case InstitutionRegistered() as event:
                    cursor.execute(
                        "INSERT INTO catalogue_institutions VALUES (?, ?, ?, ?)",
                        [event.institution, _written(event.names), event.country, event.did],
                    )
                case UnitDescribed() as event:
                    cursor.execute(
                        "INSERT INTO catalogue_units VALUES (?, ?, ?, ?, ?, ?)",
                        [
                            event.unit,
                            event.institution,
                            event.code,
                            _written(event.names),
                            event.setting.value,
                            event.field,
                        ],
                    )
                case UnitRevised() as event:
                    cursor.execute(
                        "UPDATE catalogue_units SET code = ?, names = ?, field = ? WHERE unit = ?",
                        [event.code, _written(event.names), event.field, _id_in(entry.stream)],
                    )
                case QualificationDescribed() as event:
                    cursor.execute(
                        "INSERT INTO catalogue_qualifications VALUES (?, ?, ?, ?)",
                        [event.qualification, event.institution, _written(event.names), event.kind.value],
                    )
                case QualificationRevised() as event:
                    cursor.execute(
                        "UPDATE catalogue_qualifications SET names = ?, kind = ? WHERE qualification = ?",
                        [_written(event.names), event.kind.value, _id_in(entry.stream)],
                    )
                case _:
                    pass


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    institution: InstitutionId
    names: Names
    country: str
    did: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    unit: UnitId
    institution: InstitutionId
    code: str
    names: Names
    setting: str
    field: str | None


@dataclass(frozen=True, slots=True)
class QualificationRow:
    qualification: QualificationId
    institution: InstitutionId
    names: Names
    kind: str


def institutions(database: Database) -> list[InstitutionRow]:
    """Every institution registered, in order of their ids."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT institution, names, country, did FROM catalogue_institutions ORDER BY institution"
        ).fetchall()
    return [InstitutionRow(id_, _read(names), country, did) for id_, names, country, did in rows]


def units(database: Database, institution: str | None = None) -> list[UnitRow]:
    """Every unit described, of one institution or of all, in order of their ids."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT unit, institution, code, names, setting, field FROM catalogue_units "
            "WHERE ?1 IS NULL OR institution = ?1 ORDER BY unit",
            [institution],
        ).fetchall()
    return [UnitRow(unit, by, code, _read(names), *rest) for unit, by, code, names, *rest in rows]


def qualifications(database: Database, institution: str | None = None) -> list[QualificationRow]:
    """Every qualification described, of one institution or of all, in order of their ids."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT qualification, institution, names, kind FROM catalogue_qualifications "
            "WHERE ?1 IS NULL OR institution = ?1 ORDER BY qualification",
            [institution],
        ).fetchall()
    return [QualificationRow(id_, by, _read(names), kind) for id_, by, names, kind in rows]


def _written(names: Names) -> str:
    return msgspec.json.encode(names).decode()


def _read(names: str) -> Names:
    return msgspec.json.decode(names, type=dict[str, str])


def _id_in(stream: str) -> str:
    return stream.partition("/")[2]
