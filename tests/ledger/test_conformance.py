"""The library's own conformance cases, run against our recorders.

They are classes because the library wrote them so; what is ours is only how a recorder is made.
"""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)

from wallet.ledger.database import Database
from wallet.ledger.migrate import LEDGER, migrate
from wallet.ledger.recorders import (
    SqlAggregateRecorder,
    SqlApplicationRecorder,
    SqlFactory,
    SqlProcessRecorder,
    SqlTrackingRecorder,
)


class OnSqlite:
    database: Database

    @pytest.fixture(autouse=True)
    def _a_migrated_file(self, tmp_path: Path) -> Iterator[None]:
        migrate(tmp_path)
        with Database(tmp_path / LEDGER.file) as self.database:
            yield

    def new_originator_id(self) -> str:
        return f"wallet/{uuid4()}"


class TestAggregateRecorder(OnSqlite, AggregateRecorderTestCase):
    def create_recorder(self) -> SqlAggregateRecorder:
        return SqlAggregateRecorder(self.database)


class TestApplicationRecorder(OnSqlite, ApplicationRecorderTestCase[SqlApplicationRecorder]):
    def create_recorder(self) -> SqlApplicationRecorder:
        return SqlApplicationRecorder(self.database)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNotificationIds(OnSqlite, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> SqlApplicationRecorder:
        return SqlApplicationRecorder(self.database)


class TestTrackingRecorder(OnSqlite, TrackingRecorderTestCase):
    def create_recorder(self) -> SqlTrackingRecorder:
        return SqlTrackingRecorder(self.database)


class TestProcessRecorder(OnSqlite, ProcessRecorderTestCase):
    def create_recorder(self) -> SqlProcessRecorder:
        return SqlProcessRecorder(self.database)


# pytest collects what it finds in a module, and these are abstract.
del (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)


def test_the_library_constructs_our_factory_by_name(tmp_path: Path):
    env = {"PERSISTENCE_MODULE": "wallet.ledger.recorders", "LEDGER_FILE": str(tmp_path / LEDGER.file)}
    migrate(tmp_path)

    factory = InfrastructureFactory.construct(env)

    assert isinstance(factory, SqlFactory)
    assert factory.application_recorder().max_notification_id() is None
    assert isinstance(factory.process_recorder(), SqlProcessRecorder)
    assert isinstance(factory.tracking_recorder(), SqlTrackingRecorder)
    assert isinstance(factory.aggregate_recorder(), SqlAggregateRecorder)
    factory.close()


def test_a_factory_without_a_file_says_so():
    with pytest.raises(OSError, match="LEDGER_FILE"):
        SqlFactory({})


def test_no_snapshots_are_kept(tmp_path: Path):
    with pytest.raises(NotImplementedError, match="snapshots"):
        SqlFactory({"LEDGER_FILE": str(tmp_path / "any")}).aggregate_recorder("snapshots")
