"""What every format's model is written with: a fault, a rule that finds faults, small tests of values.

A rule is a function with a name that yields what it finds wrong. A model is a list of rules.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from wallet.verdict import Problem

VC_2 = "https://www.w3.org/ns/credentials/v2"
VC_1 = "https://www.w3.org/2018/credentials/v1"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a document: a stable code, where it stands, and a sentence about it."""

    reason: str
    pointer: str  # JSON Pointer (RFC 6901): "/credentialSubject/creditsEarned"
    sentence: str
    problem: Problem = Problem.MALFORMED_VALUE


Rule = Callable[[Document], Iterator[Fault]]


def listed(value: Any) -> list[Any]:
    """The values of a member that may be absent, single or an array."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def placed(value: Any, pointer: str) -> list[tuple[Any, str]]:
    """The same values, each with the JSON Pointer it stands at."""
    if value is None:
        return []
    if isinstance(value, list):
        return [(item, f"{pointer}/{number}") for number, item in enumerate(value)]
    return [(value, pointer)]


def is_object(value: Any) -> bool:
    """Whether this is a JSON object. What was read is a dict, which is told six times as fast as a mapping is."""
    return type(value) is dict or isinstance(value, Mapping)


def types_of(value: Any) -> tuple[str, ...]:
    """The type names of an object; none of anything else."""
    named = value.get("type") if is_object(value) else None
    if type(named) is str:
        return (named,)
    return tuple([name for name in named if isinstance(name, str)]) if isinstance(named, list) else ()


def filled_text(value: Any) -> bool:
    """Whether this is text with something in it."""
    return isinstance(value, str) and bool(value.strip())


_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+")


def absolute_uri(value: Any) -> bool:
    """Whether this is the text of an absolute URI (RFC 3986, 4.3, letters beyond ASCII let through)."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


_DATE_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII)


_LONGEST_KEPT = 40
"""Characters of a time that is remembered; any number of digits may follow a second."""


def date_time(value: Any) -> datetime | None:
    """The UTC time of an XML Schema dateTimeStamp ("2025-06-30T09:00:00Z"), or None for anything else.

    A time without a zone is None: it would mean another moment to every reader. Digits of a second past
    the sixth are cut off. 24:00:00 is allowed by XML Schema and means midnight of the next day.
    """
    if not isinstance(value, str):
        return None
    return _moment(value) if len(value) <= _LONGEST_KEPT else _moment.__wrapped__(value)


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    """Documents of one issuer repeat their times, and those of status lists come with each."""
    if (match := _DATE_TIME.fullmatch(text)) is None:
        return None
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    microsecond = int((match[7] or "")[:6].ljust(6, "0"))
    end_of_day = hour == 24 and minute == second == microsecond == 0
    try:
        local = datetime(year, month, day, 0 if end_of_day else hour, minute, second, microsecond, UTC)
        return local + timedelta(days=end_of_day) - _offset(match[8])
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    """What the zone is ahead of UTC. Raises ValueError beyond fourteen hours."""
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        raise ValueError(zone)
    ahead = timedelta(hours=hours, minutes=minutes)
    return -ahead if zone.startswith("-") else ahead


def written_time(time: datetime) -> str:
    """An aware time as "2025-06-30T09:00:00Z": whole seconds, UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
