"""Reading what strangers send, for the doors, which hold no keys and parse nothing themselves."""

import msgspec

from keys.errors import MalformedJson
from keys.strict_json import JsonValue, Limits
from keys.strict_json import parse as parse_json

__all__ = [
    "JsonValue",
    "Limits",
    "MalformedJson",
    "as_written",
    "holds_one_value",
    "items_as_written",
    "parse_json",
]


def as_written(data: bytes) -> dict[str, bytes]:
    """The members of a JSON object, each as the very bytes that were sent.

    A signature covers what was written, so a document inside a request is cut out of it and never written
    anew. `data` must have been read by `parse_json` before: only then does it have one meaning.
    """
    return {name: bytes(raw) for name, raw in msgspec.json.decode(data, type=dict[str, msgspec.Raw]).items()}


def items_as_written(data: bytes) -> list[bytes]:
    """The same of the items of a JSON array."""
    return [bytes(raw) for raw in msgspec.json.decode(data, type=list[msgspec.Raw])]


def holds_one_value(line: bytes) -> bool:
    """Whether the text is one JSON value, as a line of JSON Lines has to be. Its members are not looked at."""
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except msgspec.MsgspecError:
        return False
    return True
