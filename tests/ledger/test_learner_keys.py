"""Learners' keys are made once, found by everyone, and destroyed for good."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keys.errors import SealBroken
from tests.ledger.world import OneKey
from wallet.errors import Erased, LearnerKeyExists, NoLearnerKey, NotMigrated, StorageUnavailable
from wallet.ledger.database import Database
from wallet.ledger.learner_keys import LearnerKeys
from wallet.ledger.migrate import LEARNER_KEYS, migrate


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[LearnerKeys]:
    migrate(tmp_path)
    with LearnerKeys(tmp_path / LEARNER_KEYS.file, OneKey()) as keys:
        yield keys


def test_a_learners_keys_are_the_same_after_a_restart(keys: LearnerKeys, tmp_path: Path):
    made = keys.create("ada")
    sealed = keys.data_key("ada").seal(b"a letter", b"its place")

    with LearnerKeys(tmp_path / LEARNER_KEYS.file, OneKey()) as reopened:
        assert reopened.signer("ada").public == made.public
        assert reopened.data_key("ada").open(sealed, b"its place") == b"a letter"


def test_keys_are_made_once(keys: LearnerKeys):
    keys.create("ada")
    with pytest.raises(LearnerKeyExists):
        keys.create("ada")


def test_a_learner_never_seen_has_no_key(keys: LearnerKeys):
    for ask in (keys.data_key, keys.signer, keys.destroy):
        with pytest.raises(NoLearnerKey):
            ask("nobody")


def test_destroyed_keys_are_gone_and_never_made_again(keys: LearnerKeys):
    keys.create("ada")
    keys.destroy("ada")
    keys.destroy("ada")

    assert keys.data_key("ada") is None
    with pytest.raises(Erased):
        keys.signer("ada")
    with pytest.raises(LearnerKeyExists):
        keys.create("ada")


def test_no_byte_of_a_destroyed_key_stays_in_any_file(keys: LearnerKeys, tmp_path: Path):
    for learner in ("ada", "eve"):
        keys.create(learner)
    with Database(tmp_path / LEARNER_KEYS.file) as database, database.reader() as cursor:
        wrapped = dict(
            cursor.execute("SELECT learner, CAST(data_key || signing_seed AS BLOB) FROM learner_keys")
        )
    keys.destroy("ada")

    left = b"".join(file.read_bytes() for file in tmp_path.glob("learner-keys.sqlite*"))
    assert wrapped["eve"] in left
    for start in range(0, len(wrapped["ada"]) - 8, 4):
        assert wrapped["ada"][start : start + 8] not in left


def test_another_process_erasing_a_learner_is_noticed_at_once(keys: LearnerKeys, tmp_path: Path):
    keys.create("ada")
    assert keys.data_key("ada") is not None

    with LearnerKeys(tmp_path / LEARNER_KEYS.file, OneKey()) as elsewhere:
        elsewhere.destroy("ada")

    assert keys.data_key("ada") is None


def test_destroying_says_so_where_a_reader_keeps_traces_alive(tmp_path: Path):
    migrate(tmp_path)
    with (
        LearnerKeys(tmp_path / LEARNER_KEYS.file, OneKey(), busy_seconds=0.05) as keys,
        Database(tmp_path / LEARNER_KEYS.file) as database,
    ):
        keys.create("ada")
        with database.reader() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT * FROM learner_keys").fetchall()
            with pytest.raises(StorageUnavailable, match="Traces"):
                keys.destroy("ada")
            cursor.execute("COMMIT")

        assert keys.data_key("ada") is None
        keys.destroy("ada")


def test_a_row_moved_to_another_learner_does_not_open(keys: LearnerKeys, tmp_path: Path):
    keys.create("ada")
    keys.create("eve")
    with Database(tmp_path / LEARNER_KEYS.file) as database, database.writer() as cursor:
        cursor.execute(
            "UPDATE learner_keys SET data_key = (SELECT data_key FROM learner_keys WHERE learner = 'ada')"
        )

    with pytest.raises(SealBroken):
        keys.data_key("eve")


def test_many_threads_share_the_keys(keys: LearnerKeys):
    start = threading.Barrier(8)

    def make_and_use(number: int) -> bytes:
        start.wait()
        keys.create(f"learner-{number}")
        return keys.data_key(f"learner-{number}").raw

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(make_and_use, range(8)))) == 8


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(NotMigrated, match=r"learner-keys\.sqlite"):
        LearnerKeys(tmp_path / LEARNER_KEYS.file, OneKey())
