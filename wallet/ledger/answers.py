"""Answers already given, by idempotency key: the same request gets the same answer, and happens once.

An answer is kept in the transaction that keeps its events, so there is never one without the other. Its body
may name a learner and is not sealed: `forget` old ones, and do so sooner than backups are kept.
"""

import msgspec

from wallet.ledger.database import Cursor

ANSWERS_TABLE = """
CREATE TABLE answers (
    key         TEXT    PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    given_at    INTEGER NOT NULL
) STRICT
"""


class Answer(msgspec.Struct, frozen=True):
    """`fingerprint` tells whether a repeated key comes with the same request; `body` is what was answered."""

    key: str
    fingerprint: str
    body: bytes


def keep(cursor: Cursor, answer: Answer, given_at: int) -> None:
    """Write in the caller's transaction; `given_at` in microseconds. IntegrityError: the key is used."""
    cursor.execute(
        "INSERT INTO answers (key, fingerprint, body, given_at) VALUES (?, ?, ?, ?)",
        [answer.key, answer.fingerprint, answer.body, given_at],
    )


def find(cursor: Cursor, key: str) -> Answer | None:
    """The answer given under this key, if any."""
    found = cursor.execute("SELECT key, fingerprint, body FROM answers WHERE key = ?", [key]).fetchone()
    return Answer(*found) if found else None


def forget(cursor: Cursor, before: int) -> int:
    """Delete answers given before this time (microseconds); how many they were."""
    return cursor.execute("DELETE FROM answers WHERE given_at < ?", [before]).rowcount
