"""A small world for the ledger's tests: a home folder, events of its own, and people who sign."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from domain.event import Event
from keys.sealing import DataKey
from keys.signing import Ed25519Signer
from wallet.ledger.learner_keys import LearnerKeys
from wallet.ledger.ledger import Entry, Ledger, Write
from wallet.ledger.migrate import LEARNER_KEYS, LEDGER, migrate

NOON = datetime(2025, 6, 30, 12, tzinfo=UTC)


class LampLit(Event, tag="lamp.lit.v1"):
    lamp: str
    oil: int = 1


class LetterWritten(Event, tag="letter.written.v1"):
    personal = True

    text: str


LAMPS_AND_LETTERS = {"lamp.lit.v1": LampLit, "letter.written.v1": LetterWritten}


class OneKey:
    """Wraps as the keystore does, without the slow passphrase."""

    def __init__(self) -> None:
        self._key = DataKey(b"k" * 32)

    def wrap(self, plaintext: bytes, associated: bytes) -> bytes:
        return self._key.seal(plaintext, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        return self._key.open(wrapped, associated)


@contextmanager
def open_ledger(
    home: Path, events: dict[str, type[Event]] = LAMPS_AND_LETTERS, database: str = ""
) -> Iterator[Ledger]:
    """The ledger under `home`, or in the database of that URL, migrated first."""
    migrate(home, database=database)
    with (
        LearnerKeys(home / LEARNER_KEYS.file, OneKey()) as keys,
        Ledger(database or home / LEDGER.file, keys, events=events) as ledger,
    ):
        yield ledger


def light(ledger: Ledger, stream: str, *lamps: str, signer: Ed25519Signer | None = None) -> list[Entry]:
    """Record that these lamps were lit, after whatever the stream holds."""
    events = [LampLit(lamp=lamp) for lamp in lamps]
    signer = signer or Ed25519Signer.generate()
    return ledger.save(Write(stream, ledger.history(stream), events, signer), at=NOON)


def write_letters(ledger: Ledger, learner: str, *texts: str) -> list[Entry]:
    """Record letters of a learner who has keys already, in the learner's wallet."""
    stream = f"wallet/{learner}"
    events = [LetterWritten(text=text) for text in texts]
    write = Write(stream, ledger.history(stream), events, ledger.learner_keys.signer(learner), learner)
    return ledger.save(write, at=NOON)
