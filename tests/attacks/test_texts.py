"""Attacks on reading: texts that mean two things, or nothing, or would take for ever to find out."""

import json
from typing import Any

import pytest

from tests.api.world import Door
from tests.conformance.world import Server, a_credential, problem_of
from wallet.verdict import PROBLEM_DETAILS

VALID = json.dumps(a_credential())


def inside(member: str, text: str) -> bytes:
    """A request in which this text stands for the document."""
    return f'{{"{member}": {text}}}'.encode("utf-8", "surrogatepass")


TEXTS: dict[str, str | bytes] = {
    "a member twice": '{"issuer": "did:example:a", "issuer": "did:example:b"}',
    "a member twice, one of them escaped": '{"issuer": "did:example:a", "\\u0069ssuer": "did:example:b"}',
    "a member twice, deep inside": '{"credentialSubject": {"achievement": {"id": "a:1", "id": "a:2"}}}',
    "NaN": '{"credentialSubject": {"creditsEarned": NaN}}',
    "Infinity": '{"credentialSubject": {"creditsEarned": Infinity}}',
    "minus Infinity": '{"credentialSubject": {"creditsEarned": -Infinity}}',
    "a number beyond a double": '{"credentialSubject": {"creditsEarned": 1e400}}',
    "an integer that no two programs read alike": '{"credentialSubject": {"creditsEarned": 9007199254740993}}',
    "an integer of five thousand digits": '{"n": ' + "9" * 5000 + "}",
    "a lone surrogate": '{"name": "\\ud800"}',
    "a surrogate the wrong way round": '{"name": "\\udc00\\ud800"}',
    "a lone surrogate in a member's name": '{"\\ud800": 1}',
    "a hundred thousand brackets": "[" * 100_000 + "]" * 100_000,
    "a hundred thousand braces": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a hundred thousand brackets that are never closed": "[" * 100_000,
    "a comment": '{"issuer": "did:example:a" /* or not */}',
    "a comma too many": '{"issuer": "did:example:a",}',
    "single quotes": "{'issuer': 'did:example:a'}",
    "a number with a leading zero": '{"n": 060}',
    "a number that begins with its point": '{"n": .5}',
    "a control character in a text": '{"name": "a\x00b"}',
    "a text that does not end": '{"name": "',
}

DOORS = {
    "verifying a credential": ("/credentials/verify", "verifiableCredential"),
    "verifying a presentation": ("/presentations/verify", "verifiablePresentation"),
    "deriving": ("/credentials/derive", "verifiableCredential"),
    "issuing": ("/issuers/eddsa-rdfc-2022/credentials/issue", "credential"),
}


@pytest.mark.parametrize(("path", "member"), DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_with_more_than_one_meaning_or_none_is_not_read(
    text: str, path: str, member: str, server: Server
):
    assert problem_of(server.door.post_text(path, inside(member, text))) == "PARSING_ERROR"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nor_is_it_where_a_document_is_brought_as_text(text: str, door: Door):
    told = door.anybody.post("/verifications", {"document": text})

    assert told.status_code == 200
    assert told.json()["outcome"] == "failed"
    assert told.json()["checks"][0]["problem"] == PROBLEM_DETAILS + "PARSING_ERROR"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nor_is_it_where_credit_is_awarded(text: str, door: Door):
    told = door.university.post_text(f"{door.wallet}/credits", inside("unit", text))

    assert told.status_code == 400
    assert told.json()["type"].endswith(":unreadable-body")


BYTES: dict[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + inside("verifiableCredential", VALID),
    "UTF-16": inside("verifiableCredential", VALID).decode().encode("utf-16"),
    "bytes that are no UTF-8": b'{"verifiableCredential": {"name": "\xff\xfe"}}',
    "an overlong form of a letter": b'{"verifiableCredential": {"name": "\xc0\xae"}}',
    "something behind the end": inside("verifiableCredential", VALID) + b"{}",
    "the document twice": b'{"verifiableCredential": {}, "verifiableCredential": ' + VALID.encode() + b"}",
    "nothing but spaces": b"    ",
}


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_text_are_not_read(data: bytes, server: Server):
    assert problem_of(server.door.post_text("/credentials/verify", data)) == "PARSING_ERROR"


def test_a_body_without_end_is_not_read_to_the_end(server: Server):
    told = server.door.post_text("/credentials/verify", b" " * (4 * 1024 * 1024 + 1))

    assert told.status_code == 413


CREDITS: dict[str, Any] = {
    "as text": "60",
    "as true": True,
    "below zero": -6,
    "zero": 0,
    "in a list": [6],
    "in an object": {"@value": "6"},
    "as nothing": None,
    "of ten thousand million": 10_000_000_000,
    "with more digits than a float keeps": 6.0000000000000001e-5,
}


@pytest.mark.parametrize("points", CREDITS.values(), ids=CREDITS)
def test_credit_points_of_the_wrong_kind_are_not_awarded(points: Any, door: Door):
    description = {
        "code": "X",
        "names": {"en": "X"},
        "outcomes": [{"id": "lo1", "text": {"en": "X"}}],
        "setting": "formal",
        "points": [{"scheme": "ECTS", "points": points}],
    }

    told = door.university.post("/institutions/aitu/units", {"unit": "hostile", **description})

    assert told.status_code == 422, told.text
    assert "/points/0/points" in told.text
