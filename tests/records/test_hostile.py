"""Whatever is brought is read or refused in one sentence; and nothing that was changed passes as it was."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.formats.elmos import a_signatory, an_elmo, course
from tests.formats.test_elm import SEAL, SEALED
from tests.formats.transcripts import AT
from tests.records.world import a_backup, a_badge_jwt, a_png, a_reader, a_token, a_zip, text_of
from tests.verifying.world import a_credential, a_record, some_facts
from wallet.errors import WalletError
from wallet.formats import open_badges
from wallet.records import Reading, read_record
from wallet.verdict import Outcome

SIGNATORY = a_signatory()
BADGE = a_credential(status=())
GOOD = {
    "badge": text_of(BADGE),
    "badge in a picture": a_png(text_of(BADGE)),
    "badge as a JWT": a_badge_jwt(open_badges.build(some_facts(status=()))),
    "learner record": text_of(a_record(BADGE)),
    "token": a_token(),
    "European credential": SEALED,
    "ELMO": SIGNATORY.signed(an_elmo(course("A", "6"))),
    "archive": a_zip({"a.json": text_of(BADGE), "b.json": SEALED}),
    "another wallet's backup": a_backup(BADGE),
}
READER = a_reader(at=AT, trusted=[SEAL.certificate, SIGNATORY.certificate])
ALL = [Phase.generate]
"""Shrinking takes minutes, and tells little of bytes."""


def read(data: bytes) -> Reading | None:
    """None for what is refused, which is to be done in one plain sentence."""
    try:
        return read_record(data, READER)
    except WalletError as error:
        refusal = str(error)
    assert refusal.strip()
    assert "\n" not in refusal
    return None


def said(reading: Reading) -> list[Any]:
    """What of it would be believed: every line that counts under a signature that passed."""
    return [
        (line.issuer, line.opportunity)
        for source, line in reading.found()
        if line.counts and source.signature.outcome is Outcome.PASSED
    ]


TOLD = {name: said(read_record(data, READER)) for name, data in GOOD.items()}


def test_what_is_good_passes():
    assert all(TOLD.values())


mutations = st.one_of(
    st.tuples(st.just("flip"), st.floats(0, 0.999), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.floats(0, 0.999), st.integers(1, 40)),
    st.tuples(st.just("repeat"), st.floats(0, 0.999), st.integers(1, 40)),
    st.tuples(st.just("digit"), st.floats(0, 0.999), st.integers(0, 9)),
)


def mutated(data: bytes, how: str, where: float, amount: int) -> bytes:
    at = int(where * len(data))
    match how:
        case "flip":
            return data[:at] + bytes([data[at] ^ amount]) + data[at + 1 :]
        case "cut":
            return data[:at] + data[at + amount :]
        case "repeat":
            return data[: at + amount] + data[at:]
    digits = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
    place = digits[int(where * len(digits))]
    return data[:place] + str(amount).encode() + data[place + 1 :]


def changing(examples: int) -> Callable[[str], None]:
    def check(name: str) -> None:
        @settings(max_examples=examples, phases=ALL)
        @given(mutations)
        def nothing_else_passes(mutation: tuple[str, float, int]) -> None:
            reading = read(mutated(GOOD[name], *mutation))
            if reading is not None:
                assert all(each in TOLD[name] for each in said(reading))

        nothing_else_passes()

    return check


@pytest.mark.parametrize("name", GOOD)
def test_nothing_that_was_changed_passes_as_something_else(name: str):
    changing(40)(name)


@pytest.mark.long
@pytest.mark.parametrize("name", GOOD)
def test_nothing_that_was_changed_passes_in_a_minute_of_trying(name: str):
    changing(10_000)(name)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=12), inside, max_size=3),
    max_leaves=8,
)
TYPES = (
    ["VerifiableCredential", "AchievementCredential"],
    ["VerifiableCredential", "ClrCredential"],
    ["VerifiableCredential", "EuropeanDigitalCredential"],
    ["VerifiableCredential", "EncryptedWallet"],
    ["VerifiableCredential"],
    "UniversalWallet2020",
)
MEMBERS = (
    *("@context", "id", "issuer", "validFrom", "credentialSubject", "name", "proof", "contents", "payload"),
    *("signatures", "hasClaim", "achievement", "verifiableCredential", "association", "jwe", "specifiedBy"),
)
documents = st.builds(
    lambda types, members: {**members, "type": types},
    st.sampled_from(TYPES),
    st.dictionaries(
        st.sampled_from(MEMBERS),
        json_values | st.dictionaries(st.sampled_from(MEMBERS), json_values, max_size=4),
        max_size=8,
    ),
)


@settings(max_examples=100, phases=ALL)
@given(documents)
def test_documents_of_our_types_with_anything_in_them_are_read_or_refused(document: dict[str, Any]):
    for value in (
        document,
        [document],
        {"credential": document},
        {**document, "payload": json.dumps(document)},
    ):
        reading = read(text_of(value))
        assert reading is None or not said(reading)


BEGINNINGS = (b"", b"{", b"[", b"<", b"ey", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"<svg")


@settings(max_examples=60, phases=ALL)
@given(
    st.sampled_from([b"", b"{", b"[", b"<", b"ey", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"<svg"]),
    st.binary(max_size=200),
)
def test_bytes_that_begin_like_something_are_read_or_refused(start: bytes, rest: bytes):
    reading = read(start + rest)

    assert reading is None or not said(reading)
