"""The ledger on a PostgreSQL server: the same promises, kept by other means.

The server is a real one, started here. Where none is installed these tests are skipped, except where CI runs them.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
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

from keys.signing import Ed25519Signer
from tests.ledger.server import WHERE_INSTALLED, Server, a_server
from tests.ledger.world import NOON, LampLit, light, open_ledger
from tests.offices import (
    BASE_URL,
    CHEAP,
    PASSPHRASE,
    a_credit,
    a_learner,
    a_unit,
    a_university,
    an_office,
)
from tests.offices import NOON as OFFICE_NOON
from wallet import access, bootstrap, issuing, publishing, sharing, showing
from wallet.auditing import audit
from wallet.copying import NotEmpty, copy_ledger
from wallet.errors import NewerDatabase, NotALedger, NotMigrated, StorageUnavailable, StreamMoved
from wallet.ledger.database import IntegrityError
from wallet.ledger.follower import Follower
from wallet.ledger.ledger import Answer, Ledger, Write
from wallet.ledger.migrate import migrate
from wallet.ledger.postgres import PostgresDatabase
from wallet.ledger.recorders import (
    SqlAggregateRecorder,
    SqlApplicationRecorder,
    SqlFactory,
    SqlProcessRecorder,
    SqlTrackingRecorder,
)
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.settings import Settings
from wallet.transparency.log import Log

ROOT = Path(__file__).resolve().parents[2]

pytestmark = WHERE_INSTALLED


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with a_server() as server:
        yield server


@pytest.fixture
def url(server: Server) -> str:
    return server.a_database()


# --- the library's own conformance cases ----------------------------------------------------------------


class OnPostgres:
    database: PostgresDatabase

    @pytest.fixture(autouse=True)
    def _a_migrated_database(self, url: str, tmp_path: Path) -> Iterator[None]:
        migrate(tmp_path, database=url)
        with PostgresDatabase(url) as self.database:
            yield

    def new_originator_id(self) -> str:
        return f"wallet/{uuid4()}"


class TestAggregateRecorder(OnPostgres, AggregateRecorderTestCase):
    def create_recorder(self) -> SqlAggregateRecorder:
        return SqlAggregateRecorder(self.database)


class TestApplicationRecorder(OnPostgres, ApplicationRecorderTestCase[SqlApplicationRecorder]):
    def create_recorder(self) -> SqlApplicationRecorder:
        return SqlApplicationRecorder(self.database)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNotificationIds(OnPostgres, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> SqlApplicationRecorder:
        return SqlApplicationRecorder(self.database)


class TestTrackingRecorder(OnPostgres, TrackingRecorderTestCase):
    def create_recorder(self) -> SqlTrackingRecorder:
        return SqlTrackingRecorder(self.database)


class TestProcessRecorder(OnPostgres, ProcessRecorderTestCase):
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


def test_the_library_constructs_our_factory_by_a_url(url: str, tmp_path: Path):
    migrate(tmp_path, database=url)
    factory = InfrastructureFactory.construct(
        {"PERSISTENCE_MODULE": "wallet.ledger.recorders", "LEDGER_FILE": url}
    )

    assert isinstance(factory, SqlFactory)
    assert isinstance(factory.database, PostgresDatabase)
    assert factory.application_recorder().max_notification_id() is None
    factory.close()


# --- the ledger -----------------------------------------------------------------------------------------


@pytest.fixture
def ledger(url: str, tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, database=url) as ledger:
        yield ledger


def test_a_stream_that_moved_and_an_answer_that_exists_are_told_apart(ledger: Ledger):
    signer = Ed25519Signer.generate()
    empty = ledger.history("lamp/hall")
    answer = Answer("key-1", "f", b"201")
    ledger.save(Write("lamp/hall", empty, [LampLit(lamp="east")], signer), at=NOON, answer=answer)

    with pytest.raises(StreamMoved):
        ledger.save(Write("lamp/hall", empty, [LampLit(lamp="west")], signer), at=NOON)
    assert ledger.answer("key-1") == answer
    assert ledger.history("lamp/hall").position == ledger.last_sequence() == 1


def test_an_answer_and_its_events_are_kept_together_or_not_at_all(ledger: Ledger):
    signer = Ed25519Signer.generate()
    for stream in ("lamp/a", "lamp/b"):
        write = Write(stream, ledger.history(stream), [LampLit(lamp="x")], signer)
        with suppress(Exception):
            ledger.save(write, at=NOON, answer=Answer("the same key", "f", b"201"))

    assert ledger.last_sequence() == 1
    assert ledger.history("lamp/b").position == 0


def test_the_log_and_the_follower_go_on_from_where_they_were(ledger: Ledger):
    log = Log(ledger.database)
    light(ledger, "lamp/a", *map(str, range(700)))
    assert log.catch_up() == 700
    signed = log.sign("records.example/log", Ed25519Signer.generate(), NOON)
    light(ledger, "lamp/a", *map(str, range(700)))
    log.catch_up()

    assert log.tree().root_at(700) == signed.checkpoint.root
    assert log.logged_at(700) == NOON


def test_what_is_sent_together_is_what_was_sent_one_by_one(url: str):
    """The cursor of what can be made again sends insertions by COPY; any text comes out as it went in."""
    texts = [
        "",
        "plain",
        "tab\there",
        "back\\slash",
        "\\N",
        "\\.",
        "line\nand\r\nline",
        "қазақша",
        "\u2028 \x7f",
        None,
    ]
    with PostgresDatabase(url) as database:
        with database.writer() as cursor:
            cursor.execute("CREATE TABLE kept (number INTEGER NOT NULL, text TEXT, data BLOB) STRICT")
        with database.writer(durable=False) as cursor:
            for number, text in enumerate(texts):
                cursor.execute("INSERT INTO kept VALUES (?, ?, ?)", [number, text, bytes([number, 9, 92])])
            assert cursor.execute("SELECT COUNT(*) FROM kept").fetchone() == (len(texts),)
            cursor.execute("INSERT INTO kept VALUES (?, ?, ?)", [len(texts), "alone", b""])
        with database.reader() as cursor:
            rows = cursor.execute("SELECT number, text, data FROM kept ORDER BY rowid").fetchall()

    expected = [(number, text, bytes([number, 9, 92])) for number, text in enumerate(texts)]
    assert rows == [*expected, (len(texts), "alone", b"")]


def test_an_insertion_that_waits_is_refused_with_the_others(url: str):
    with PostgresDatabase(url) as database:
        with database.writer() as cursor:
            cursor.execute("CREATE TABLE once (number INTEGER PRIMARY KEY) STRICT")
        for rows in ([1, 2, 2], [3, 4, 5, 6, 6]):
            with pytest.raises(IntegrityError):
                insert_one_by_one(database, rows)
        with database.reader() as cursor:
            assert cursor.execute("SELECT COUNT(*) FROM once").fetchone() == (0,)


def insert_one_by_one(database: PostgresDatabase, numbers: list[int]) -> None:
    with database.writer(durable=False) as cursor:
        for number in numbers:
            cursor.execute("INSERT INTO once VALUES (?)", [number])


def test_a_watcher_is_woken_by_another_process(ledger: Ledger, url: str, tmp_path: Path):
    watcher = ledger.database.watch()
    assert not watcher.wait(0.05)
    with open_ledger(tmp_path, database=url) as other:
        threading.Timer(0.1, lambda: light(other, "lamp/hall", "east")).start()
        assert watcher.wait(5)


def test_a_server_that_is_not_there_is_named(tmp_path: Path):
    for url in (f"postgresql://wallet@/x?host={tmp_path}", "postgresql://127.0.0.1:1/x"):
        with (
            PostgresDatabase(url, busy_seconds=1) as database,
            pytest.raises(StorageUnavailable, match="does not answer"),
            database.reader(),
        ):
            pass


def test_a_database_that_is_not_there_is_named(server: Server):
    url = server.a_database().replace("/postgres?", "/nothing?")
    with (
        PostgresDatabase(url) as database,
        pytest.raises(StorageUnavailable, match="is not there"),
        database.reader(),
    ):
        pass


def test_a_turn_to_write_that_never_comes_is_given_up(url: str):
    with (
        PostgresDatabase(url, busy_seconds=0.3) as one,
        PostgresDatabase(url, busy_seconds=0.3) as two,
        one.writer(),
        pytest.raises(StorageUnavailable, match=r"busy|does not answer"),
        two.writer(),
    ):
        pass


def test_a_closed_database_says_so(ledger: Ledger):
    ledger.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        ledger.last_sequence()


# --- migrating ------------------------------------------------------------------------------------------


def test_migrating_twice_or_many_at_once_does_it_once(url: str, tmp_path: Path):
    done: list[list[str]] = []
    threads = [
        threading.Thread(
            target=lambda number=number: done.append(migrate(tmp_path / str(number), VIEWS, database=url))
        )
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    steps = [step for each in done for step in each if step.startswith("Database ")]

    assert len(steps) == len(set(steps)) > 6
    assert migrate(tmp_path / "0", VIEWS, database=url) == []


def test_what_is_not_ready_or_not_ours_is_refused(url: str, server: Server, tmp_path: Path):
    with pytest.raises(NotMigrated), open_without_migrating(url):
        pass
    strangers = server.a_database()
    with PostgresDatabase(strangers) as database, database.writer() as cursor:
        cursor.execute("CREATE TABLE somebody_elses (id INTEGER)")
    with pytest.raises(NotALedger):
        migrate(tmp_path, database=strangers)
    migrate(tmp_path, database=url)
    with PostgresDatabase(url) as database, database.writer() as cursor:
        cursor.execute(
            "INSERT INTO migrations (step, digest, done_at) VALUES ('0999 from the future', 'x', 0)"
        )
    with pytest.raises(NewerDatabase), open_without_migrating(url):
        pass
    with pytest.raises(NewerDatabase):
        migrate(tmp_path, database=url)


def open_without_migrating(url: str) -> Ledger:
    class NoKeys:
        def data_key(self, _learner: str) -> None:
            return None

    return Ledger(url, NoKeys())


# --- the office -----------------------------------------------------------------------------------------


@pytest.fixture
def office(url: str, tmp_path: Path) -> Iterator[Office]:
    settings = Settings(tmp_path / "home", url)
    bootstrap.create(settings, PASSPHRASE, name="Register", base_url=BASE_URL, at=OFFICE_NOON, params=CHEAP)
    with Office.open(settings, PASSPHRASE) as office:
        a_university(office)
        a_university(office, "college")
        a_unit(office)
        yield office


def test_an_office_on_a_server_works_as_on_a_file(office: Office):
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    badge = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=OFFICE_NOON)
    issuing.revoke(office, "aitu", credential=badge.credential, reason="In error.", at=OFFICE_NOON)

    shown = showing.show_record(office, learner)
    assert [str(total.points.points) for total in shown.totals] == ["6"]
    assert [each.standing for each in shown.credentials] == ["revoked"]
    assert publishing.bundle(office, [badge.credential], at=OFFICE_NOON)
    report = audit(office.ledger, checkpoint=office.checkpoint(OFFICE_NOON).checkpoint, views=VIEWS)
    assert report.finding is None
    assert report.views == len(VIEWS)


def test_a_changed_row_is_found_on_a_server_too(office: Office):
    with office.ledger.database.writer() as cursor:
        cursor.execute("UPDATE events SET envelope = set_byte(envelope, 60, 7) WHERE sequence = 3")

    finding = audit(office.ledger).finding

    assert finding is not None
    assert finding.sequence == 3


def test_a_view_made_by_sqlite_and_by_postgres_is_the_same(office: Office):
    """The audit compares them so: what the server shows with what a scratch file makes of the same events."""
    for _ in range(3):
        a_credit(office, a_learner(office).learner)
    Follower(office.ledger, VIEWS).catch_up()
    with office.ledger.database.writer(durable=False) as cursor:
        cursor.execute(
            "UPDATE record_credits SET grade = 'A' WHERE sequence = (SELECT MAX(sequence) FROM record_credits)"
        )

    assert "the view record is not what the events make" in str(audit(office.ledger, views=VIEWS).finding)


def test_200_parallel_spends_over_two_processes_count_once(office: Office):
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    command = [
        sys.executable,
        "-m",
        "tests.ledger.spending",
        str(office.settings.home),
        learner,
        credit,
        "100",
    ]
    environment = {**os.environ, "WALLET_DATABASE_URL": office.settings.database}
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
        for _ in range(2)
    ]
    told = [int(process.communicate(timeout=120)[0]) for process in processes]

    assert sum(told) == 1
    names = [entry.name for entry in office.learner(learner).history.entries]
    assert names.count("credit.transferred.v1") == 1
    assert audit(office.ledger).finding is None


# --- moving there ---------------------------------------------------------------------------------------


def test_a_ledger_is_copied_there_and_back_and_each_copy_is_audited(url: str, tmp_path: Path):
    with an_office(tmp_path) as here:
        a_university(here)
        a_unit(here)
        learner = a_learner(here).learner
        credit = a_credit(here, learner).credit
        held = issuing.issue_credit(here, "aitu", learner=learner, credit=credit, at=OFFICE_NOON)
        keys = [
            access.grant(here, holder="aitu", role=access.Role.INSTITUTION, label=str(number), at=OFFICE_NOON)
            for number in range(3)
        ]
        shares = [
            sharing.share(
                here,
                learner,
                credentials=[held.credential],
                with_whom="Employer",
                purpose="A post",
                until=OFFICE_NOON + timedelta(days=9),
                at=OFFICE_NOON,
            )
            for _ in range(3)
        ]
        before = showing.show_record(here, learner)
        home, old = here.settings.home, here.settings.file

        copied = copy_ledger(here, url, at=OFFICE_NOON)

        assert copied.report.finding is None
        signed = audit(here.ledger).checkpoints
        assert (copied.report.events, copied.report.checkpoints) == (here.ledger.last_sequence(), signed)
        assert signed > 0
        assert (copied.beside["api_keys"], copied.beside["shares"]) == (3, 3)
        with pytest.raises(NotEmpty):
            copy_ledger(here, url, at=OFFICE_NOON)

    with Office.open(Settings(home), PASSPHRASE) as there:
        assert isinstance(there.ledger.database, PostgresDatabase)
        assert showing.show_record(there, learner) == before
        assert [each.label for each in access.grants(there, "aitu")] == ["0", "1", "2"]
        assert [each.name for each in sharing.shares_of(there, learner)] == [
            each.name for each in reversed(shares)
        ]
        assert access.find(there, keys[1].secret, at=OFFICE_NOON) is not None
        a_credit(there, a_learner(there).learner)
        old.unlink()

        back = copy_ledger(there, "", at=OFFICE_NOON)

        assert back.report.finding is None
        assert back.report.events == there.ledger.last_sequence()
    with Office.open(Settings(home), PASSPHRASE) as again:
        assert not isinstance(again.ledger.database, PostgresDatabase)
        assert showing.show_record(again, learner) == before
        assert [each.label for each in access.grants(again, "aitu")] == ["0", "1", "2"]


# --- faults ---------------------------------------------------------------------------------------------


def a_writer(home: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.acknowledging", str(home), "lamp/hall"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "WALLET_DATABASE_URL": url},
    )


def test_every_acknowledged_event_survives_a_kill_of_the_writer(url: str, tmp_path: Path):
    with open_ledger(tmp_path, database=url):
        pass
    acknowledged: list[list[str]] = []
    for _ in range(3):
        writer = a_writer(tmp_path, url)
        assert writer.stdout is not None
        acknowledged += [writer.stdout.readline().split() for _ in range(10)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [line.split() for line in writer.communicate()[0].splitlines()]

    assert_kept(tmp_path, url, acknowledged, kills=3)


def test_every_acknowledged_event_survives_a_kill_of_the_server(tmp_path: Path):
    with a_server(fsync=True) as server:
        url = server.a_database()
        with open_ledger(tmp_path, database=url):
            pass
        acknowledged: list[list[str]] = []
        for _ in range(2):
            writer = a_writer(tmp_path, url)
            assert writer.stdout is not None
            acknowledged += [writer.stdout.readline().split() for _ in range(10)]
            server.kill()
            acknowledged += [line.split() for line in writer.communicate(timeout=60)[0].splitlines()]
            server.start(fsync=True)
        assert_kept(tmp_path, url, acknowledged, kills=2)


def assert_kept(home: Path, url: str, acknowledged: list[list[str]], *, kills: int) -> None:
    with open_ledger(home, database=url) as ledger:
        kept = {str(entry.sequence) for entry in ledger.history("lamp/hall").entries}
        assert {sequence for sequence, _ in acknowledged} <= kept
        assert len(kept) - len(acknowledged) <= kills  # saved, and killed before it could say so
        assert ledger.history("lamp/hall").position == ledger.last_sequence()


def test_a_standby_that_was_not_waited_for_is_no_acknowledgement(tmp_path: Path):
    """The server commits all the same, and only warns (01000). We say that it is not known, and the retry finds it."""
    with a_server() as server:
        url = server.a_database()
        with open_ledger(tmp_path, database=url) as ledger:
            light(ledger, "lamp/hall", "east")
            standby_is_waited_for(url, "nobody")
            stop = threading.Event()
            stopping = threading.Thread(target=cancel_waits, args=(url, stop))
            stopping.start()
            key, told = save_until_unconfirmed(ledger)
            stop.set()
            stopping.join()
            standby_is_waited_for(url, "")

            assert "did not confirm" in told
            assert ledger.answer(key) == Answer(key, "f", b"201")
            assert ledger.history("lamp/hall").position == 2 + int(key)


def save_until_unconfirmed(ledger: Ledger) -> tuple[str, str]:
    """The key of the first save that was not confirmed, and what was said of it.

    The server takes a moment to begin to wait.
    """
    signer = Ed25519Signer.generate()
    for number in range(1000):
        write = Write("lamp/hall", ledger.history("lamp/hall"), [LampLit(lamp="x")], signer)
        try:
            ledger.save(write, at=NOON, answer=Answer(str(number), "f", b"201"))
        except StorageUnavailable as error:
            return str(number), str(error)
        time.sleep(0.01)
    raise AssertionError("it never waited")


def standby_is_waited_for(url: str, name: str) -> None:
    with PostgresDatabase(url) as database, database.reader() as cursor:
        cursor.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        cursor.execute("SELECT pg_reload_conf()")


def cancel_waits(url: str, stop: threading.Event) -> None:
    with PostgresDatabase(url) as database:
        while not stop.wait(0.02):
            with database.reader() as cursor:
                cursor.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                )
