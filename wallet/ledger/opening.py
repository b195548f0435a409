"""Which kind of database a ledger lies in: a file, or a server that a URL names."""

from pathlib import Path

from wallet.ledger.database import Database
from wallet.ledger.postgres import SCHEMES, PostgresDatabase


def open_database(where: Path | str) -> Database:
    """The file of that path, or the database of a URL that begins with `postgresql://`."""
    if isinstance(where, str) and where.startswith(SCHEMES):
        return PostgresDatabase(where)
    return Database(Path(where))
