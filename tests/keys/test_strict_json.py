import json
import math
import sys
import time
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import MalformedJson
from keys.strict_json import Limits, parse

HALF = "\ud83d"
MANY_MEMBERS = b"[" + b"0," * 300_000 + b"0]"

REFUSED = {
    "nothing": (b"", "not-json"),
    "only spaces": (b"  \n", "not-json"),
    "text after the end": (b"{} {}", "not-json"),
    "a comma before the end": (b"[1,]", "not-json"),
    "a comment": (b"[1 /* one */]", "not-json"),
    "single quotes": (b"{'a': 1}", "not-json"),
    "a name without quotes": (b"{a: 1}", "not-json"),
    "a line break in a string": (b'"a\nb"', "not-json"),
    "an unknown escape": (rb'"\x41"', "not-json"),
    "a leading zero": (b"[01]", "not-json"),
    "a plus sign": (b"[+1]", "not-json"),
    "a bare fraction": (b"[.5]", "not-json"),
    "a fraction without digits": (b"[1.]", "not-json"),
    "digits of another script": ("[٣]".encode(), "not-json"),
    "a no-break space": ("[\u00a01]".encode(), "not-json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not-json"),
    "a byte order mark in text": ("\ufeff{}", "not-json"),
    "an unfinished string": (b'["abc', "not-json"),
    "an unfinished escape": (b'["abc\\', "not-json"),
    "an unfinished array": (b"[[1]", "not-json"),
    "a stray bracket": (b"]", "not-json"),
    "many stray brackets": (b"]" * 100_000, "not-json"),
    "UTF-16": ("{}".encode("utf-16"), "not-utf8"),
    "Latin-1": ('"é"'.encode("latin-1"), "not-utf8"),
    "an overlong slash": (b'"\xc0\xaf"', "not-utf8"),
    "a surrogate in bytes": (b'"\xed\xa0\x80"', "not-utf8"),
    "a member twice": (b'{"a": 1, "a": 1}', "duplicate-member"),
    "a member twice, once escaped": (rb'{"a": 1, "\u0061": 2}', "duplicate-member"),
    "a member twice, deep inside": (b'[{"a": {"b": 1, "c": 2, "b": 3}}]', "duplicate-member"),
    "NaN": (b"[NaN]", "not-a-number"),
    "Infinity": (b'{"credits": Infinity}', "not-a-number"),
    "minus Infinity": (b"-Infinity", "not-a-number"),
    "a number beyond doubles": (b"1e400", "number-too-big"),
    "a number beyond doubles, below zero": (b"[-1.5E+309]", "number-too-big"),
    "a number too close to zero": (b"1e-400", "number-too-big"),
    "an integer beyond 2**53 - 1": (b"9007199254740992", "number-too-big"),
    "an integer below -(2**53 - 1)": (b"-9007199254740992", "number-too-big"),
    "an integer of a million digits": (b"9" * 1_000_000, "number-too-big"),
    "a fraction of a million digits": (b"0." + b"3" * 1_000_000, "number-too-big"),
    "an exponent of a thousand digits": (b"1e" + b"9" * 1_000, "number-too-big"),
    "half of a pair": (rb'"\ud83d"', "lone-surrogate"),
    "the other half": (rb'["\uDE00"]', "lone-surrogate"),
    "two halves the wrong way round": (rb'"\ude00\ud83d"', "lone-surrogate"),
    "half of a pair in a name": (rb'{"\uD83D": 1}', "lone-surrogate"),
    "half of a pair, not escaped": (f'["{HALF}"]', "lone-surrogate"),
    "half of a pair beside a decimal": (rb'[1.5, "\ud83d"]', "lone-surrogate"),
    "65 arrays": (b"[" * 65 + b"]" * 65, "too-deep"),
    "65 objects": (b'{"a":' * 65 + b"1" + b"}" * 65, "too-deep"),
    "100,000 brackets": (b"[" * 100_000, "too-deep"),
    "100,000 brackets and their ends": (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
    "100,000 braces": (b'{"a":' * 100_000, "too-deep"),
    "more than 4 MiB": (b'"' + b"a" * 4 * 1024 * 1024 + b'"', "too-large"),
    "more than 4 MiB, in fewer characters": ('"' + "ж" * 2 * 1024 * 1024 + '"', "too-large"),
    "300,000 numbers": (MANY_MEMBERS, "too-many-members"),
    "300,000 members": (
        json.dumps(dict.fromkeys(map(str, range(300_000)), 0)),
        "too-many-members",
    ),
    "300,000 arrays": (b"[" + b"[]," * 300_000 + b"[]]", "too-many-members"),
}


@pytest.mark.parametrize("decimals", [False, True], ids=["floats", "decimals"])
@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_text_without_one_meaning_is_refused_with_its_reason(text, reason, decimals):
    with pytest.raises(MalformedJson) as refusal:
        parse(text, decimals=decimals)

    assert refusal.value.reason == reason
    assert str(refusal.value).endswith(".")
    assert len(str(refusal.value)) < 200


ACCEPTED = {
    "64 arrays": (b"[" * 64 + b"]" * 64, None),
    "brackets in a string": (b'"' + b"[" * 1000 + b'"', "[" * 1000),
    "brackets behind an escaped quote": (b'["\\"' + b"[" * 1000 + b'"]', ['"' + "[" * 1000]),
    "commas in a string": (b'"' + b"," * 300_000 + b'"', "," * 300_000),
    "the biggest integer": (b"9007199254740991", 2**53 - 1),
    "the smallest integer": (b"-9007199254740991", -(2**53) + 1),
    "the biggest double": (b"1.7976931348623157e308", sys.float_info.max),
    "the smallest double": (b"5e-324", 5e-324),
    "zero with an exponent": (b"0e999", 0.0),
    "a pair, escaped": (rb'"\ud83d\ude00"', "😀"),
    "a pair, escaped in text": (r'"\ud83d\ude00"', "😀"),
    "an escaped backslash before what looks like half a pair": (rb'"\\ud83d"', r"\ud83d"),
    "a zero character": (rb'"\u0000"', "\0"),
    "every kind of space": (b" \t\r\n[ 1 , 2 ]\n", [1, 2]),
    "a name that is empty": (b'{"": 0}', {"": 0}),
    "names that differ in case": (b'{"a": 0, "A": 1}', {"a": 0, "A": 1}),
}


@pytest.mark.parametrize(("text", "value"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_text_at_the_edge_is_read(text, value):
    read = parse(text)

    assert value is None or read == value


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(value=JSON_VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_what_json_writes_is_read_as_it_was(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    assert json.dumps(parse(text)) == json.dumps(value)
    assert json.dumps(parse(text.encode())) == json.dumps(value)


@given(text=st.text(alphabet='[]{}":,\\ 1e.-ntu\u00e9"', max_size=60) | st.binary(max_size=60))
def test_what_is_read_is_what_json_reads_and_all_else_is_malformed(text):
    try:
        value = parse(text)
    except MalformedJson:
        return

    assert json.dumps(value) == json.dumps(json.loads(text))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=3))
def test_decimals_keep_every_digit_that_was_written(points):
    read = parse(f'{{"points": {points}}}', decimals=True)

    assert read == {"points": points}
    assert isinstance(read["points"], Decimal)
    assert str(read["points"]) == str(points)


def test_integers_stay_integers_whatever_fractions_become():
    assert [type(item) for item in parse("[1, 1.0, 1e0]", decimals=True)] == [int, Decimal, Decimal]
    assert [type(item) for item in parse("[1, 1.0, 1e0]")] == [int, float, float]


def test_minus_zero_is_read_as_json_reads_it():
    assert math.copysign(1, parse("-0.0")) == -1
    assert parse("-0") == 0


def test_a_caller_can_set_narrower_limits():
    narrow = Limits(size=20, depth=2, members=3)

    assert parse("[[1]]", limits=narrow) == [[1]]
    for text, reason in {
        '"twenty-one characters"': "too-large",
        "[[[1]]]": "too-deep",
        "[1, 2, 3, 4]": "too-many-members",
    }.items():
        with pytest.raises(MalformedJson) as refusal:
            parse(text, limits=narrow)
        assert refusal.value.reason == reason


FOUR_MIB = 4 * 1024 * 1024
LONG = {
    "one string": b'"' + b"a" * (FOUR_MIB - 2) + b'"',
    "one string of escapes": b'"' + b"\\n" * (FOUR_MIB // 2 - 1) + b'"',
    "escaped quotes and brackets": b'["' + b'\\"[' * ((FOUR_MIB - 4) // 3) + b'"]',
    "an unfinished string of escapes": b'["' + b"\\\\" * (FOUR_MIB // 2 - 1),
    "empty strings": b"[" + b'"",' * (FOUR_MIB // 3 - 2) + b'""]',
    "arrays side by side": b"[" + b"[]," * (FOUR_MIB // 3 - 2) + b"[]]",
    "brackets": b"[" * FOUR_MIB,
    "a credential, many times over": b"["
    + b",".join([b'{"id":"urn:uuid:1","name":"x","points":[1,2.5,true,null]}'] * 15_000)
    + b"]",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_four_mebibytes_are_read_or_refused_in_well_under_a_second(text):
    assert len(text) <= FOUR_MIB
    started = time.process_time()
    with suppress(MalformedJson):
        parse(text)

    assert time.process_time() - started < 1
