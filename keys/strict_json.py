"""JSON with one meaning: what every reader would read the same, or nothing.

Two programs that disagree about a text can be played against each other: one checks the signature, the
other counts the credits. So this reader refuses what readers are known to disagree about: a member given
twice, `NaN`, numbers no double can hold, integers beyond ±(2**53 - 1), half of a surrogate pair. It
also bounds the work a stranger's text may cause: bytes, depth, and number of values.

Sources: RFC 8259; RFC 7493 (I-JSON), sections 2.1 to 2.3.
"""

import json
import math
import re
from array import array
from codecs import BOM_UTF8
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Final, NoReturn, TypeAlias, cast

import msgspec

from keys.errors import JsonReason, MalformedJson

__all__ = ["DEFAULT", "JsonValue", "Limits", "parse"]

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | Decimal | bool | None"

_BIGGEST_INTEGER: Final = 2**53 - 1
_LONGEST_INTEGER_DIGITS: Final = len(str(_BIGGEST_INTEGER))
_LONGEST_INTEGER: Final = 1 + _LONGEST_INTEGER_DIGITS  # with its sign
_LONGEST_NUMBER: Final = 64
"""Characters. Every double can be written in 25; longer digits say what most readers will drop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much text one caller is prepared to read."""

    size: int = 4 * 1024 * 1024
    """Bytes of UTF-8."""
    depth: int = 64
    """Arrays and objects inside each other."""
    members: int = 250_000
    """Members of objects and items of arrays, in the whole text."""


DEFAULT: Final = Limits()


def parse(data: bytes | str, *, decimals: bool = False, limits: Limits = DEFAULT) -> JsonValue:
    """Read one JSON text.

    With `decimals`, a number written with a fraction or an exponent is a Decimal, as it was written; else
    it is a float. An integer is always an int.

    Raises MalformedJson, whose `.reason` is one of `keys.errors.JsonReason`.
    """
    if type(data) is bytes and not decimals:
        quick = _as_we_write_it(data, limits)
        if quick is not _IN_DOUBT:
            return quick
    text = _text_of(data, limits.size)
    _refuse_too_deep_or_too_many(text, limits)
    try:
        value = cast("JsonValue", (_WITH_DECIMALS if decimals else _WITH_FLOATS).decode(text))
    except json.JSONDecodeError as error:
        _refuse("not-json", f"The text is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).")
    if "\\" in text and _HALF_A_PAIR.search(text) is not None:
        _refuse_lone_surrogates(value)
    return value


def _refuse(reason: JsonReason, sentence: str) -> NoReturn:
    raise MalformedJson(reason, sentence)


def _text_of(data: bytes | str, size: int) -> str:
    """The characters, once it is sure that they are UTF-8 and few enough."""
    if len(data) > size:
        _refuse("too-large", f"The text is longer than the {size} bytes accepted.")
    if isinstance(data, str):
        if not data.isascii():
            try:
                data = data.encode()
            except UnicodeEncodeError:
                _refuse("lone-surrogate", "The text holds half of a surrogate pair, which is no character.")
            return _text_of(data, size)
        return data
    if data.startswith(BOM_UTF8):
        _refuse("not-json", "The text starts with a byte order mark, which JSON does not allow.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("not-utf8", "The text is not UTF-8.")


# Most of what we read, programs like ours have written: without spaces, and each value in the one form that
# msgspec gives it. Such a text msgspec reads in half the time. It knows less of our rules, so it is believed only
# where it writes the same bytes again: then no member was lost for being there twice, and no digit of a fraction.
_IN_DOUBT: Final = cast("JsonValue", object())
_DECODE: Final = msgspec.json.Decoder().decode
_ENCODE: Final = msgspec.json.Encoder().encode
_DIGITS_TO_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_MAY_BE_TOO_BIG: Final = b"0" * _LONGEST_INTEGER_DIGITS


def _as_we_write_it(data: bytes, limits: Limits) -> JsonValue:
    """The value of a text that stands in the form we write, and surely keeps the rules; else `_IN_DOUBT`."""
    if len(data) > min(limits.size, limits.members) or data.count(b"[") + data.count(b"{") > limits.depth:
        return _IN_DOUBT
    if _MAY_BE_TOO_BIG in data.translate(_DIGITS_TO_ZEROS):
        return _IN_DOUBT
    try:
        value = cast("JsonValue", _DECODE(data))
        return value if _ENCODE(value) == data else _IN_DOUBT
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _IN_DOUBT


# Strings are left out before brackets and commas are counted. An unfinished string runs to the end of the
# text. The possessive quantifiers never give back what they took, so the search is linear.
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS: Final = {ord("["): "\x01", ord("{"): "\x01", ord("]"): "\xff", ord("}"): "\xff"}
_NOT_BRACKETS: Final = re.compile(r"[^\[\]{}]+")


def _refuse_too_deep_or_too_many(text: str, limits: Limits) -> None:
    """Count before parsing: the parser calls itself for each level, and a stranger chooses how many.

    Counting every bracket and comma, those inside strings too, is quick and can only say too much; for
    nearly every text it settles the question.
    """
    # Every value but the first follows a comma or an opening bracket.
    opened = text.count("[") + text.count("{")
    deep = opened > limits.depth
    many = len(text) > limits.members and opened + text.count(",") > limits.members
    if not deep and not many:
        return
    bare = _STRING.sub("", text)
    if many and bare.count("[") + bare.count("{") + bare.count(",") > limits.members:
        _refuse("too-many-members", f"The text holds more than the {limits.members} values accepted.")
    if deep:
        # As signed bytes, an opening bracket is 1 and a closing one is -1: the running sum is the depth.
        steps = array("b", _NOT_BRACKETS.sub("", bare).translate(_STEPS).encode("latin-1"))
        if max(accumulate(steps), default=0) > limits.depth:
            _refuse("too-deep", f"The text nests more than {limits.depth} levels of arrays and objects.")


# An escaped surrogate. Pairs are found too, and the value read tells one from the other.
_HALF_A_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _refuse_lone_surrogates(value: JsonValue) -> None:
    try:
        # The limit on depth has been checked; `default` is for Decimals, whose text is harmless here.
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        _refuse("lone-surrogate", "The text holds half of a surrogate pair, which is no character.")


def _members(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        _refuse("duplicate-member", f"The member {json.dumps(twice[:64])} is given twice in one object.")
    return members


def _constant(name: str) -> NoReturn:
    _refuse("not-a-number", f"{name} is not a JSON number.")


def _integer(digits: str) -> int:
    # The length first: turning a million digits into a number would itself take long.
    if len(digits) <= _LONGEST_INTEGER and -_BIGGEST_INTEGER <= (number := int(digits)) <= _BIGGEST_INTEGER:
        return number
    _refuse(
        "number-too-big", f"An integer lies beyond ±{_BIGGEST_INTEGER}, where doubles lose its last digit."
    )


def _float(digits: str) -> float:
    if len(digits) > _LONGEST_NUMBER:
        _refuse("number-too-big", f"A number is written with more than {_LONGEST_NUMBER} characters.")
    number = float(digits)
    if math.isinf(number):
        _refuse("number-too-big", "A number is greater than any double can hold.")
    if number == 0 and Decimal(digits) != 0:
        _refuse("number-too-big", "A number is too close to zero for a double: its exponent is too big.")
    return number


def _decimal(digits: str) -> Decimal:
    _float(digits)
    return Decimal(digits)


_WITH_FLOATS: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_constant, parse_int=_integer, parse_float=_float
)
_WITH_DECIMALS: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
)
