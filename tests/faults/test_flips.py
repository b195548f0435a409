"""Any byte of the file that turns over: what is recorded has not changed, or the audit says so.

What accepting a bad case would cost: a record that says what nobody stated. Bytes that carry nothing (free space,
hints of SQLite's own) may change unseen, and do; so the test compares what the file says, and not its bytes.
"""

import random
from contextlib import closing
from pathlib import Path

import pytest

from domain.catalogue import EVENTS
from tests.ledger.test_auditing import World, awarded
from tests.ledger.world import OneKey
from tests.transparency.test_auditing import checkpoint_of
from wallet.auditing import audit
from wallet.errors import LedgerError
from wallet.ledger.database import Database, DatabaseError, tables_made_by
from wallet.ledger.follower import Follower
from wallet.ledger.learner_keys import LearnerKeys
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import LEARNER_KEYS, LEDGER, migrate
from wallet.projections import VIEWS
from wallet.transparency.checkpoint import Checkpoint
from wallet.transparency.log import Log

AUDITED = [
    *("events", "log_tiles", "log_edge", "log_checkpoints"),
    *(table for view in VIEWS for table in tables_made_by(view.create_tables())),
]
"""What the audit answers for. Keys, accounts and answers already given stand beside it."""

Said = dict[str, list[tuple[object, ...]]]


class Small:
    """A small ledger in a closed file, with its log and its views, and a checkpoint that was kept elsewhere."""

    def __init__(self, home: Path) -> None:
        self._home = home
        migrate(home, VIEWS)
        with LearnerKeys(home / LEARNER_KEYS.file, OneKey()) as keys, self._opened(keys) as ledger:
            world = World(ledger).open()
            self.checkpoint: Checkpoint = checkpoint_of(world)
            for number in range(5):
                world.record("wallet/ada", awarded(f"c-{number + 3}"), world.aitu)
            Follower(ledger, VIEWS).catch_up()
            Log(ledger.database).catch_up()
            with ledger.database.reader() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self.bytes = self._file.read_bytes()
        self.said = self._says()

    @property
    def _file(self) -> Path:
        return self._home / LEDGER.file

    def _opened(self, keys: LearnerKeys) -> Ledger:
        return Ledger(self._file, keys, events=dict(EVENTS))

    def _says(self) -> Said:
        with closing(Database(self._file).connect()) as connection:
            return {
                table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
                for table in AUDITED
            }

    def found(self, changed: bytes) -> str:
        """What is said of the changed file, or nothing where all is held to be well."""
        for beside in self._home.glob(f"{LEDGER.file}-*"):
            beside.unlink()
        self._file.write_bytes(changed)
        try:
            with LearnerKeys(self._home / LEARNER_KEYS.file, OneKey()) as keys, self._opened(keys) as ledger:
                report = audit(ledger, checkpoint=self.checkpoint, views=VIEWS)
        except LedgerError as error:
            return str(error)
        return str(report.finding or "")

    def says_something_else(self) -> bool:
        """Whether somebody who reads the file is told what was not recorded; that SQLite refuses to is no lie."""
        try:
            return self._says() != self.said
        except DatabaseError:
            return False


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def unseen(small: Small, places: list[int], rng: random.Random) -> list[int]:
    """Where a byte turned over, something recorded changed with it, and nobody said so."""
    bad = []
    for place in places:
        changed = bytearray(small.bytes)
        changed[place] ^= 1 << rng.randrange(8)
        if not small.found(bytes(changed)) and small.says_something_else():
            bad.append(place)
    return bad


def written(small: Small) -> list[int]:
    """The bytes that are not free space, as a rule."""
    return [place for place, byte in enumerate(small.bytes) if byte]


def test_bytes_that_turn_over_are_found_or_change_nothing(small: Small):
    rng = random.Random(5)

    assert small.found(small.bytes) == ""
    assert unseen(small, rng.sample(written(small), 250), rng) == []
    assert unseen(small, rng.sample(range(len(small.bytes)), 50), rng) == []


@pytest.mark.long
def test_every_byte_that_turns_over_is_found_or_changes_nothing(small: Small):
    places = written(small)

    assert len(places) > 5_000
    assert unseen(small, places, random.Random(6)) == []


@pytest.mark.parametrize("kept", [0.25, 0.5, 0.9], ids=["a quarter", "a half", "nearly all"])
def test_a_file_cut_short_is_found(small: Small, kept: float):
    pages = int(len(small.bytes) / 4096 * kept)

    assert small.found(small.bytes[: pages * 4096])


def test_a_page_put_in_anothers_place_is_found_or_changes_nothing(small: Small):
    rng, size = random.Random(9), 4096
    pages = len(small.bytes) // size
    for _ in range(40):
        one, other = rng.sample(range(1, pages), 2)
        changed = bytearray(small.bytes)
        changed[one * size : (one + 1) * size] = small.bytes[other * size : (other + 1) * size]
        assert small.found(bytes(changed)) or not small.says_something_else(), (one, other)
