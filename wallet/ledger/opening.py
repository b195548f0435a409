"""Which kind of database a ledger lies in: a file, or a server that a URL names."""

from pathlib import Path

from wallet.errors import LedgerError
from wallet.ledger.database import Database
from wallet.ledger.postgres import PostgresDatabase
from wallet.settings import SCHEMES


def open_database(where: Path | str) -> Database:
    """The file of that path, or the database of a URL that begins with `postgresql://`."""
    if isinstance(where, str) and where.startswith(SCHEMES):
        return PostgresDatabase(where)
    return Database(Path(where))


class OneProcessOnly(LedgerError):
    """A file is written to by one serving process with many threads; several need a server."""


def refuse_several_processes(where: Path | str) -> None:
    """Raises OneProcessOnly unless the ledger is one that several processes may serve."""
    if isinstance(where, Path):
        raise OneProcessOnly(
            f"{where} is served by one process; move it to PostgreSQL for several (`wallet copy-ledger`)."
        )
