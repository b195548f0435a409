"""What the rest of the wallet sees of the ledger: recorded events, and a stream's history of them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.event import Event
from wallet.ledger.envelope import GENESIS


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One recorded event.

    `position` counts from 1 within the stream, `sequence` from 1 within the whole ledger. `actor` is the
    did:key that signed, `hash` the envelope's hash. `event` is None where the event was sealed and its key
    has been destroyed.
    """

    stream: str
    position: int
    sequence: int
    name: str
    recorded_at: datetime
    actor: str
    hash: bytes
    event: Event | None


class History(msgspec.Struct, frozen=True):
    """A stream as it was read: what a decision saw, and where the next event goes.

    `position` and `head` are those of the last entry: 0 and 32 zero bytes for a stream that does not exist
    yet.
    """

    stream: str
    position: int = 0
    head: bytes = GENESIS
    entries: Sequence[Entry] = ()

    @property
    def events(self) -> list[Event]:
        """The events that can be read, in order; those of an erased learner are absent."""
        return [entry.event for entry in self.entries if entry.event is not None]

    def by(self, at: datetime) -> "History":
        """The stream as it stood at that time: what had been recorded by then."""
        entries = [entry for entry in self.entries if entry.recorded_at <= at]
        last = entries[-1] if entries else None
        return History(self.stream, last.position if last else 0, last.hash if last else GENESIS, entries)
