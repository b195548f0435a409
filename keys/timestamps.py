"""Points in time as proofs and controlled identifiers write them: `2026-06-30T09:00:00Z`.

Source: XML Schema 1.1, section 3.4.28 (dateTimeStamp), with the four-digit years a datetime can hold.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

__all__ = ["read_timestamp", "write_timestamp"]

_STAMP: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)", re.ASCII
)


@lru_cache(maxsize=1024)
def read_timestamp(text: str) -> datetime:
    """The time, in UTC. Raises ValueError for any other text, one without a time zone included."""
    if _STAMP.fullmatch(text) is None:
        raise ValueError("not a dateTimeStamp")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time zone leads out of the calendar") from error


def write_timestamp(time: datetime) -> str:
    """The time in UTC, in whole seconds. Raises ValueError when it has no time zone."""
    if time.tzinfo is None:
        raise ValueError("A point in time needs a time zone.")
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
