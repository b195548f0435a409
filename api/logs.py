"""The log of the web door: one JSON object a line, that programs can search, and that names nobody.

    {"time": "2026-06-30T09:00:00.123Z", "level": "info", "logger": "api.requests", "event": "answered",
     "method": "GET", "route": "/learners/{learner}/record", "status": 200, "ms": 3.1, "request": "9c0e…"}

`event` is one of a closed set of words; what else is told stands in members of its own. An error is told by its kind
and by where in the code it arose, and not in its own words: those may quote what somebody sent, or whose wallet it
was about. Whoever searches for a fault on a machine of one's own sets WALLET_DEBUG=1 and gets the words too.
"""

import json
import logging
import os
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from wallet.settings import DEBUG

__all__ = ["REQUEST", "JsonLines", "log_in_lines", "told"]

REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The id of the request that is being answered, in whatever thread."""

_FACTS: Final = "facts"
_FRAMES: Final = 12
_ROOT: Final = Path(__file__).resolve().parents[1]
_TALKATIVE: Final = ("httpx", "httpcore", "asyncio")
"""They tell addresses at level info, and an address may say whose credential is looked at."""


def told(**facts: Any) -> dict[str, dict[str, Any]]:
    """For `extra=`: what is told beside the event, each in a member of its own."""
    return {_FACTS: facts}


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, _FACTS, None)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        # A record with facts, or of ours, has the event's name for its text; anything else is a sentence.
        line |= {"event": record.getMessage()} if facts is not None else {"message": record.getMessage()}
        line |= facts or {}
        if (request := REQUEST.get()) is not None:
            line.setdefault("request", request)
        if record.exc_info and record.exc_info[1] is not None:
            line |= _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _error(error: BaseException) -> dict[str, Any]:
    said: dict[str, Any] = {"error": type(error).__name__, "at": _places(error)}
    causes: list[dict[str, Any]] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _FRAMES:
        causes.append({"error": type(cause).__name__, "at": _places(cause)})
        cause = cause.__cause__ or cause.__context__
    if causes:
        said["causes"] = causes
    if os.environ.get(DEBUG):
        said["words"] = "".join(traceback.format_exception(error))
    return said


def _places(error: BaseException) -> list[str]:
    """Where it arose, `wallet/ledger/sqlite.py:61 _insert`; the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(_ROOT))
    return "/".join(path.parts[-2:])


def log_in_lines() -> None:
    """Everything of level info and above on the standard error, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
