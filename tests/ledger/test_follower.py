"""Views see every event exactly once, in order, whatever fails in between."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ledger.world import LampLit, light, open_ledger, write_letters
from wallet.errors import NotMigrated, ViewFailed
from wallet.ledger.database import Cursor
from wallet.ledger.entry import Entry
from wallet.ledger.follower import Follower
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import migrate


class LampsLit:
    """Counts what it was given, so that an event lost or given twice shows."""

    def __init__(self, name: str = "lamps_lit") -> None:
        self.name = name
        self.broken = False
        self.pages: list[int] = []

    def create_tables(self) -> Sequence[str]:
        return (f"CREATE TABLE {self.name} (sequence INTEGER PRIMARY KEY, lamp TEXT) STRICT",)

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        rows = [
            (entry.sequence, entry.event.lamp if isinstance(entry.event, LampLit) else None)
            for entry in entries
        ]
        cursor.executemany(f"INSERT INTO {self.name} (sequence, lamp) VALUES (?, ?)", rows)
        if self.broken:
            raise KeyError("the lamp that was lit")
        self.pages.append(len(entries))

    def sequences(self, ledger: Ledger) -> list[int]:
        with ledger.database.reader() as cursor:
            return [row[0] for row in cursor.execute(f"SELECT sequence FROM {self.name} ORDER BY sequence")]


@contextmanager
def a_ledger_with(home: Path, *views: LampsLit) -> Iterator[Ledger]:
    migrate(home, views)
    with open_ledger(home) as ledger:
        yield ledger


def many(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def test_a_view_is_brought_to_the_end_a_page_at_a_time(tmp_path: Path):
    view = LampsLit()
    with a_ledger_with(tmp_path, view) as ledger:
        follower = Follower(ledger, [view], page=4)
        light(ledger, "lamp/hall", *many(10))

        assert follower.catch_up() == 10
        assert view.pages == [4, 4, 2]
        assert view.sequences(ledger) == list(range(1, 11))
        assert follower.position() == 10
        assert follower.catch_up() == 0


def test_a_page_that_fails_leaves_nothing_behind_and_is_taken_in_later(tmp_path: Path):
    view, other = LampsLit(), LampsLit("other")
    with a_ledger_with(tmp_path, view, other) as ledger:
        follower = Follower(ledger, [other, view], page=4)
        light(ledger, "lamp/hall", *many(4))
        follower.catch_up()
        light(ledger, "lamp/hall", *many(6))
        view.broken = True

        with pytest.raises(ViewFailed, match="lamps_lit could not take in events 5 to 8"):
            follower.catch_up()
        assert view.sequences(ledger) == other.sequences(ledger) == [1, 2, 3, 4]

        view.broken = False
        assert follower.catch_up() == 6
        assert view.sequences(ledger) == other.sequences(ledger) == list(range(1, 11))


def test_several_followers_at_once_do_not_give_an_event_twice(tmp_path: Path):
    view = LampsLit()
    with a_ledger_with(tmp_path, view) as ledger:
        light(ledger, "lamp/hall", *many(60))
        followers = [Follower(ledger, [view], page=3) for _ in range(4)]
        threads = [threading.Thread(target=follower.catch_up) for follower in followers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert view.sequences(ledger) == list(range(1, 61))


def test_a_view_that_came_later_catches_up_with_the_others(tmp_path: Path):
    old, new = LampsLit("old"), LampsLit("new")
    with a_ledger_with(tmp_path, old, new) as ledger:
        light(ledger, "lamp/hall", *many(5))
        Follower(ledger, [old]).catch_up()

        Follower(ledger, [old, new], page=2).catch_up()

        assert old.sequences(ledger) == new.sequences(ledger) == [1, 2, 3, 4, 5]


def test_a_view_is_made_anew_from_the_first_event(tmp_path: Path):
    view, other = LampsLit(), LampsLit("other")
    with a_ledger_with(tmp_path, view, other) as ledger:
        follower = Follower(ledger, [view, other])
        light(ledger, "lamp/hall", *many(5))
        follower.catch_up()
        with ledger.database.writer() as cursor:
            cursor.execute("UPDATE lamps_lit SET lamp = 'spoilt'")

        assert follower.rebuild(view) == 5

        with ledger.database.reader() as cursor:
            assert cursor.execute("SELECT COUNT(*) FROM lamps_lit WHERE lamp = 'spoilt'").fetchone() == (0,)
        assert view.sequences(ledger) == other.sequences(ledger) == [1, 2, 3, 4, 5]


def test_an_erased_learners_events_reach_the_view_without_content(tmp_path: Path):
    view = LampsLit()
    with a_ledger_with(tmp_path, view) as ledger:
        ledger.learner_keys.create("ada")
        write_letters(ledger, "ada", "one")
        ledger.learner_keys.destroy("ada")

        Follower(ledger, [view]).catch_up()

        assert view.sequences(ledger) == [1]


def until(holds, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def test_the_thread_follows_and_a_failure_is_loud_and_passes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    view = LampsLit()
    with a_ledger_with(tmp_path, view) as ledger, Follower(ledger, [view]) as follower:
        light(ledger, "lamp/hall", "east")
        until(lambda: view.sequences(ledger) == [1])

        view.broken = True
        with caplog.at_level(logging.ERROR, "wallet.ledger.follower"):
            light(ledger, "lamp/hall", "west")
            until(lambda: isinstance(follower.failure, ViewFailed))
        assert "The views stand still" in caplog.text

        view.broken = False
        until(lambda: view.sequences(ledger) == [1, 2])
        until(lambda: follower.failure is None)


def test_the_thread_sees_what_another_process_records(tmp_path: Path):
    view = LampsLit()
    with a_ledger_with(tmp_path, view) as ledger, Follower(ledger, [view]):
        time.sleep(0.05)
        with open_ledger(tmp_path) as elsewhere:  # another Ledger wakes nobody here: only the file says so
            light(elsewhere, "lamp/hall", "east")
        until(lambda: view.sequences(ledger) == [1], seconds=0.9)


def test_nothing_new_costs_almost_nothing(tmp_path: Path):
    view = LampsLit()
    with a_ledger_with(tmp_path, view) as ledger:
        follower = Follower(ledger, [view])
        light(ledger, "lamp/hall", *many(5))
        follower.catch_up()
        started = time.perf_counter()
        for _ in range(100):
            follower.catch_up()
        assert time.perf_counter() - started < 0.5


def test_a_follower_without_views_has_nothing_to_do(ledger: Ledger):
    light(ledger, "lamp/hall", "east")
    assert Follower(ledger, []).catch_up() == 0


def test_a_view_without_its_tables_is_refused(ledger: Ledger):
    with pytest.raises(NotMigrated, match="wallet migrate"):
        Follower(ledger, [LampsLit()])


def test_two_views_of_one_name_are_refused(ledger: Ledger):
    with pytest.raises(ValueError, match="one name"):
        Follower(ledger, [LampsLit(), LampsLit()])
