"""The follower: keeps the views abreast of the ledger.

A page of events goes into every view in one transaction, together with how far each view has come. Whatever
happens in between, an event is in a view once: never lost, never twice.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from types import TracebackType
from typing import Final, Self

from eventsourcing.persistence import Tracking

from wallet.errors import ViewFailed
from wallet.ledger.database import Cursor
from wallet.ledger.entry import Entry
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import LEDGER, clear_view, refuse_unready
from wallet.ledger.recorders import move_forward, positions_of
from wallet.ledger.view import View

__all__ = ["Follower", "View"]

_log = logging.getLogger(__name__)

_PAGE: Final = 500
_PAGE_OF_A_SERVER: Final = 2000
_IDLE_SECONDS: Final = 1.0
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 30.0


class Follower:
    """Feeds the views. `catch_up` works in the caller's thread; `start` does so in one of its own, for ever.

    Two followers on one file, in two processes, do not disturb each other: the second finds the work done.
    """

    def __init__(self, ledger: Ledger, views: Sequence[View], page: int | None = None) -> None:
        """In pages of so many events: of a file 500, and more where each is several journeys to a server.

        Raises NotMigrated where a view has no tables, or old ones.
        """
        if len({view.name for view in views}) < len(views):
            raise ValueError("two views of one name")
        refuse_unready(ledger.database, LEDGER, views)
        self._ledger = ledger
        self._views = tuple(views)
        self._page = page or (_PAGE_OF_A_SERVER if ledger.database.is_remote else _PAGE)
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._reader = ThreadPoolExecutor(1, "read-ahead") if ledger.database.is_remote else None
        self._ahead: tuple[int, Future[list[Entry]]] | None = None
        self.failure: Exception | None = None
        """Why the views do not move, while they do not: shown by whatever reports the program's health."""
        self.afterwards: Callable[[], None] = lambda: None
        """What else is to be done in the follower's thread whenever the views have caught up; often for nothing."""

    def catch_up(self) -> int:
        """Bring every view to the end of the ledger; how many events were read. Cheap if none is new.

        Raises ViewFailed where a view cannot take in a page, TamperFound, StorageUnavailable. Whole pages
        are kept.
        """
        read = 0
        while page := self._step():
            read += page
        return read

    def position(self) -> int:
        """The sequence up to which every view has come."""
        with self._ledger.database.reader() as cursor:
            positions = positions_of(cursor)
        return min((positions.get(view.name, 0) for view in self._views), default=0)

    def rebuild(self, view: View) -> int:
        """Make the view anew from the first event; how many were read. Until then it answers from fewer."""
        with self._turn, self._ledger.database.writer(durable=False) as cursor:
            clear_view(cursor, view)
        return self.catch_up()

    def _step(self) -> int:
        with self._turn:
            start = self.position()
            if not self._views or start >= self._ledger.last_sequence():
                return 0
            entries = self._page_after(start)
            with self._ledger.database.writer(durable=False) as cursor:
                # Asked again how far each has come: in this transaction, where nobody else can move it.
                positions = positions_of(cursor)
                for view in self._views:
                    self._feed(cursor, view, positions.get(view.name, 0), start, entries)
            return len(entries)

    def _page_after(self, start: int) -> list[Entry]:
        """The next page. Of a server, the page after it is read while this one is written."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == start:
            entries = ahead[1].result()
        else:
            entries = self._ledger.entries_after(start, self._page)
        if self._reader is not None and len(entries) == self._page:
            last = entries[-1].sequence
            self._ahead = (last, self._reader.submit(self._ledger.entries_after, last, self._page))
        return entries

    def _feed(self, cursor: Cursor, view: View, position: int, start: int, entries: Sequence[Entry]) -> None:
        news = [entry for entry in entries if entry.sequence > position]
        if position < start or not news:
            return  # behind the page: another process has just emptied it; the next page begins there
        try:
            view.apply(cursor, news)
            move_forward(cursor, Tracking(view.name, news[-1].sequence))
        except Exception as error:
            raise ViewFailed(view.name, news[0].sequence, news[-1].sequence) from error

    def start(self) -> Self:
        """Follow in a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self.run, name="follower", daemon=True)
        self._thread.start()
        return self

    def run(self) -> None:
        """Follow until `stop`. A failure is logged, kept in `failure`, and tried again, later each time."""
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                with closing(self._ledger.database.watch()) as watcher:
                    while not self._stopping.is_set():
                        self.catch_up()
                        self.afterwards()
                        self.failure, pause = None, _FIRST_PAUSE
                        watcher.wait(_IDLE_SECONDS)
            except Exception as error:  # noqa: BLE001 - the supervisor: nothing may end the thread unseen
                self.failure = error
                _log.exception("The views stand still; trying again in %.1f s.", pause)
                self._stopping.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def stop(self) -> None:
        """End the thread, after the page it is at."""
        self._stopping.set()
        self._ledger.database.wake()
        if self._thread is not None:
            self._thread.join()
        if self._reader is not None:
            self._reader.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
