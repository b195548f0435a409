"""The rules by which points of one scheme are read in another: which there are, for which schemes."""

from collections.abc import Sequence
from typing import Final

from domain.conversion_rule import ConversionRulePublished
from domain.values import ConversionRuleId, CreditScheme
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE conversion_rules (
        rule TEXT PRIMARY KEY, institution TEXT NOT NULL, from_scheme TEXT NOT NULL, to_scheme TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)


class ConversionRuleView:
    name = "conversion-rules"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if isinstance(event := entry.event, ConversionRulePublished):
                terms = event.terms
                cursor.execute(
                    "INSERT INTO conversion_rules VALUES (?, ?, ?, ?)",
                    [event.rule, event.institution, terms.from_scheme.value, terms.to_scheme.value],
                )


def conversion_rules(
    database: Database, *, to_scheme: CreditScheme | None = None, institution: str | None = None
) -> list[ConversionRuleId]:
    """The ids of the rules into one scheme, or of one institution, or of all, withdrawn ones too."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT rule FROM conversion_rules WHERE (?1 IS NULL OR to_scheme = ?1) "
            "AND (?2 IS NULL OR institution = ?2) ORDER BY rule",
            [to_scheme, institution],
        ).fetchall()
    return [ConversionRuleId(rule) for (rule,) in rows]
