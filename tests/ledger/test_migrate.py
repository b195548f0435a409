"""Tables come from migrations, once, whoever runs them and how often."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.ledger.world import open_ledger
from wallet.errors import LedgerDamaged, NewerDatabase, NotALedger, NotMigrated
from wallet.ledger.database import Cursor, Database, sqlite_flavour
from wallet.ledger.entry import Entry
from wallet.ledger.migrate import LEARNER_KEYS, LEDGER, migrate, refuse_unready


class Names:
    name = "names"

    def __init__(self, *statements: str) -> None:
        self._statements = statements or ("CREATE TABLE names (name TEXT) STRICT",)

    def create_tables(self) -> Sequence[str]:
        return self._statements

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        cursor.executemany("INSERT INTO names (name) VALUES (?)", [(entry.name,) for entry in entries])


def test_every_step_is_done_once_and_named(tmp_path: Path):
    done = migrate(tmp_path / "home", [Names()])

    assert len(done) == len(LEDGER.steps) + len(LEARNER_KEYS.steps) + 1
    assert done[-1] == "wallet.sqlite: view names"
    assert migrate(tmp_path / "home", [Names()]) == []


def test_the_files_are_for_their_owner_only(tmp_path: Path):
    migrate(tmp_path / "home")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "home" / LEDGER.file).stat().st_mode & 0o777 == 0o600


def test_those_who_migrate_at_once_do_it_once(tmp_path: Path):
    with ThreadPoolExecutor(6) as threads:
        done = [
            step for steps in threads.map(lambda _: migrate(tmp_path, [Names()]), range(6)) for step in steps
        ]
    assert len(done) == len(set(done)) == len(LEDGER.steps) + len(LEARNER_KEYS.steps) + 1


def test_a_file_from_a_newer_version_is_left_alone(tmp_path: Path):
    migrate(tmp_path)
    with Database(tmp_path / LEDGER.file) as database, database.writer() as cursor:
        cursor.execute("PRAGMA user_version = 99")

    with pytest.raises(NewerDatabase, match="step 99"):
        migrate(tmp_path)
    with pytest.raises(NewerDatabase), open_ledger(tmp_path):
        pass


def test_a_file_at_an_earlier_step_is_refused_until_it_is_migrated(tmp_path: Path):
    (tmp_path / LEDGER.file).touch()
    with Database(tmp_path / LEDGER.file) as database:
        with pytest.raises(NotMigrated, match="step 0 of"):
            refuse_unready(database, LEDGER)
        migrate(tmp_path)
        refuse_unready(database, LEDGER)


def test_another_programs_database_is_not_touched(tmp_path: Path):
    (tmp_path / LEDGER.file).touch()
    with Database(tmp_path / LEDGER.file) as database, database.writer() as cursor:
        cursor.execute("CREATE TABLE customers (name TEXT)")
    before = (tmp_path / LEDGER.file).read_bytes()

    with pytest.raises(NotALedger):
        migrate(tmp_path)
    assert (tmp_path / LEDGER.file).read_bytes() == before


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path):
    (tmp_path / LEDGER.file).write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(LedgerDamaged):
        migrate(tmp_path)


def test_a_view_without_tables_is_refused(tmp_path: Path):
    migrate(tmp_path)
    with Database(tmp_path / LEDGER.file) as database, pytest.raises(NotMigrated, match="view names"):
        refuse_unready(database, LEDGER, [Names()])


def test_a_view_whose_tables_changed_starts_again(tmp_path: Path):
    migrate(tmp_path, [Names()])
    with Database(tmp_path / LEDGER.file) as database, database.writer() as cursor:
        cursor.execute("INSERT INTO names (name) VALUES ('old')")
        cursor.execute("INSERT INTO positions (follower, sequence) VALUES ('names', 7)")
    changed = Names(
        "CREATE TABLE names (name TEXT, times INTEGER) STRICT", "CREATE INDEX by_name ON names (name)"
    )

    assert migrate(tmp_path, [changed]) == ["wallet.sqlite: view names"]

    with Database(tmp_path / LEDGER.file) as database, database.reader() as cursor:
        assert cursor.execute("SELECT name, times FROM names").fetchall() == []
        assert cursor.execute("SELECT * FROM positions").fetchall() == []


def test_the_sqlite_in_use_is_named():
    assert sqlite_flavour().startswith("SQLite 3.")
