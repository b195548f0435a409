"""The status lists as they were last signed: the one thing we publish that cannot be made again without a key."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

import msgspec

from wallet.ledger.database import Cursor

PUBLISHED_LISTS_TABLE: Final = """
CREATE TABLE published_lists (
    url       TEXT PRIMARY KEY,
    flags     BLOB NOT NULL,
    signed_at TEXT NOT NULL,
    text      BLOB NOT NULL
) STRICT
"""


class KeptList(msgspec.Struct, frozen=True):
    """A list's text exactly as signed; `flags` is a digest of the places whose bit is raised in it."""

    url: str
    flags: bytes
    signed_at: datetime
    text: bytes

    @classmethod
    def of(cls, url: str, flags: Iterable[int], signed_at: datetime, text: bytes) -> Self:
        return cls(url, _digest(flags), signed_at, text)

    def says(self, flags: Iterable[int]) -> bool:
        """Whether exactly these places are raised in it."""
        return self.flags == _digest(flags)


def kept(cursor: Cursor, url: str) -> KeptList | None:
    """The copy last signed for this address, if any."""
    row = cursor.execute(
        "SELECT url, flags, signed_at, text FROM published_lists WHERE url = ?", [url]
    ).fetchone()
    return KeptList(row[0], row[1], datetime.fromisoformat(row[2]), row[3]) if row else None


def keep(cursor: Cursor, copy: KeptList) -> None:
    """Put this copy in the place of the one before."""
    cursor.execute(
        "INSERT INTO published_lists (url, flags, signed_at, text) VALUES (?, ?, ?, ?) ON CONFLICT (url)"
        " DO UPDATE SET flags = excluded.flags, signed_at = excluded.signed_at, text = excluded.text",
        [copy.url, copy.flags, copy.signed_at.isoformat(), copy.text],
    )


def _digest(flags: Iterable[int]) -> bytes:
    return sha256(",".join(map(str, sorted(flags))).encode()).digest()
