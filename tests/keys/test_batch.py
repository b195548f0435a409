"""A batch signs what `add_proof` signs, byte for byte, whatever its documents come to differ in.

A wrong byte in a template would be a signature that holds for nobody, or for another document. So documents are grown
in batches that differ in values chosen to do harm: they change the order of blank nodes, make two things one, need
escapes, or turn into addresses and numbers.
"""

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys import batch as batches
from keys.batch import BatchSigner
from keys.errors import InvalidKey, KeysError, UnsupportedSuite
from keys.multikey import KeyKind
from keys.proofs import add_proof, check_proofs
from keys.signing import EcdsaSigner, Ed25519Signer
from tests.keys.test_linked_data_equality import KINDS, at, badge, mutated, paths

AT = datetime(2026, 6, 30, 9, tzinfo=UTC)
SIGNER = Ed25519Signer(bytes(31) + b"\1")
METHOD = "did:web:uni.example#key-1"
Json = dict[str, Any]

HARMFUL: list[Any] = [
    *("", "x", "y", "a\nb", 'q"u\\o', "\\", '"', 'ends in a backslash\\', '","x":"', "\u2028", "😀"),
    *("Әлия", "\x7f", "\x01"),
    *("urn:x:1", "urn:x:2", "https://uni.example", "did:web:uni.example", "did:key:z6MkLearner", "urn:uuid:1"),
    *("https://a b", "http:odd", "mailto:a@b.example", "HTTPS://x.example/", "urn:ә", "relative"),
    *("_:b0", "name", "@id"),
    *("%s", "%b%%", "en", "ltr", "2026-06-30T09:00:00Z", "<urn:x:1>", '"x"', "null", "true", "7"),
    *(0, 1, -1, 7, 10**14, 10**15, 2**53 - 1, -(10**15) + 1, True, False, None, 1.0, 1.5, -0.0),
]  # fmt: skip


def one_by_one(document: Json, **options: Any) -> bytes | type[KeysError]:
    arguments = {"signer": SIGNER, "suite": "eddsa-rdfc-2022", "verification_method": METHOD, "created": AT}
    try:
        return msgspec.json.encode(add_proof(document, **(arguments | options)))
    except KeysError as error:
        return type(error)


def a_batch(**options: Any) -> Callable[[Json], bytes | type[KeysError]]:
    arguments = {"signer": SIGNER, "suite": "eddsa-rdfc-2022", "verification_method": METHOD, "created": AT}
    batch = BatchSigner(**(arguments | options))

    def sign(document: Json) -> bytes | type[KeysError]:
        try:
            return batch.sign(document)
        except KeysError as error:
            return type(error)

    return sign


def alike(count: int, *, random: Random, base: Json, changes: int, values: list[Any]) -> Iterator[Json]:
    """Documents that differ from a base in the values at a few places, each in some of them."""
    places = [path for path in paths(base) if not isinstance(at(base, path), dict | list)]
    chosen = random.sample(places, min(changes, len(places)))
    for _ in range(count):
        document = copy.deepcopy(base)
        for path in chosen:
            if random.random() < 0.8:
                at(document, path[:-1])[path[-1]] = random.choice(values)
        yield document


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(KINDS), st.integers(0, 2**32))
def test_a_batch_signs_what_one_by_one_is_signed(kind: Any, seed: int):
    random = Random(seed)
    base = kind(random) if random.random() < 0.5 else mutated(kind(random), random)
    base.pop("proof", None)
    texts = [value for value in HARMFUL if isinstance(value, str)]
    values = random.choice([HARMFUL, texts, random.sample(texts, 3)])
    sign = a_batch()

    for document in alike(40, random=random, base=base, changes=random.randrange(1, 9), values=values):
        assert sign(copy.deepcopy(document)) == one_by_one(document)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_blank_nodes_are_named_anew_in_every_document(seed: int):
    random = Random(seed)
    base = badge(random)
    base.pop("proof", None)
    base["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": "A", "targetUrl": f"urn:x:{number}"} for number in range(4)
    ]
    sign = a_batch()

    for number in range(60):
        document = copy.deepcopy(base)
        document["id"] = f"urn:uuid:{random.randrange(4)}"
        subject = document["credentialSubject"]
        subject["id"] = f"urn:uuid:{random.randrange(40)}"
        subject["result"][0]["value"] = str(number)
        for alignment in subject["achievement"]["alignment"]:
            alignment["targetName"] = random.choice("ABCDEFGHIJ")  # two of them may come to be alike
            alignment["targetUrl"] = f"urn:x:{random.randrange(9)}"
        assert sign(document) == one_by_one(document)


def a_plain_badge(number: int) -> Json:
    document = badge(Random(3))
    document.pop("proof", None)
    document["id"] = f"urn:uuid:{number}"
    document["credentialSubject"]["id"] = f"did:example:{number}"
    document["credentialSubject"]["creditsEarned"] = number % 50
    document["credentialSubject"]["result"][0]["value"] = f'"{number}"'
    return document


def test_documents_of_one_shape_are_read_in_the_ordinary_way_only_until_it_is_known(
    monkeypatch: pytest.MonkeyPatch,
):
    ordinary: list[Json] = []

    def counted(document: Json, **arguments: Any) -> Json:
        ordinary.append(document)
        return add_proof(document, **arguments)

    monkeypatch.setattr(batches, "add_proof", counted)
    sign = a_batch()

    signed = [sign(a_plain_badge(number)) for number in range(100)]

    assert len(ordinary) == 8
    assert signed == [one_by_one(a_plain_badge(number)) for number in range(100)]


def test_what_comes_to_vary_later_is_learnt_later(monkeypatch: pytest.MonkeyPatch):
    sign = a_batch()
    for number in range(20):
        sign(a_plain_badge(number))
    renamed = [a_plain_badge(number) | {"name": f"Physics {number}"} for number in range(20)]

    assert sign(renamed[0]) == one_by_one(renamed[0])
    monkeypatch.setattr(batches, "add_proof", None)  # nothing is read in the ordinary way any more

    assert [sign(document) for document in renamed[1:]] == [one_by_one(document) for document in renamed[1:]]


DOUBTFUL: dict[str, Json] = {
    "two things with one id": {"credentialSubject": "urn:uuid:0"},
    "an id that is no address": {"credentialSubject": "learner"},
    "an address with a letter beyond ASCII": {"credentialSubject": "urn:ә"},
    "a rare control character": {"value": "\x7f"},
    "an escape that JSON writes otherwise": {"value": "\x01"},
    "a fraction": {"creditsEarned": 7.5},
    "a number of sixteen digits": {"creditsEarned": 10**15},
    "a number beyond doubles": {"creditsEarned": 2**53},
    "a text for a number": {"creditsEarned": "6"},
    "a truth for a number": {"creditsEarned": True},
    "half a character": {"value": "\ud800"},
}


@pytest.mark.parametrize("change", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_a_document_in_doubt_is_signed_as_any_other(change: Json):
    sign = a_batch()
    for number in range(20):
        sign(a_plain_badge(number))

    document = a_plain_badge(0)
    subject = document["credentialSubject"]
    subject["id"] = change.get("credentialSubject", subject["id"])
    subject["creditsEarned"] = change.get("creditsEarned", 6)
    subject["result"][0]["value"] = change.get("value", "A")

    assert sign(document) == one_by_one(document)


@pytest.mark.parametrize(
    ("suite", "kind"),
    [
        ("ecdsa-rdfc-2019", KeyKind.P256),
        ("ecdsa-rdfc-2019", KeyKind.P384),
        ("eddsa-jcs-2022", KeyKind.ED25519),
    ],
)
def test_a_batch_signs_by_every_suite(suite: str, kind: KeyKind):
    signer = SIGNER if kind is KeyKind.ED25519 else EcdsaSigner.generate(kind)
    batch = BatchSigner(signer=signer, suite=suite, verification_method=METHOD, created=AT)

    for number in range(20):
        document = a_plain_badge(number)
        signed = msgspec.json.decode(batch.sign(document))
        check_proofs(signed, lambda _: signer.public)
        assert {name: value for name, value in signed.items() if name != "proof"} == document


def test_a_proof_that_is_there_already_stays():
    sign = a_batch()
    for number in range(20):
        sign(a_plain_badge(number))
    signed = add_proof(
        a_plain_badge(1), signer=SIGNER, suite="eddsa-jcs-2022", verification_method=METHOD, created=AT
    )

    assert sign(signed) == one_by_one(signed)


def test_a_batch_refuses_what_its_suite_refuses():
    with pytest.raises(UnsupportedSuite):
        BatchSigner(signer=SIGNER, suite="unheard-of", verification_method=METHOD, created=AT)
    with pytest.raises(InvalidKey):
        BatchSigner(signer=SIGNER, suite="ecdsa-rdfc-2019", verification_method=METHOD, created=AT).sign(
            a_plain_badge(1)
        )


def test_many_shapes_in_turn_are_all_signed_right():
    sign = a_batch()
    for number in range(300):
        document = a_plain_badge(number)
        for extra in range(number % 20):
            document["credentialSubject"]["achievement"]["tag"].append(f"tag {extra}")
        assert sign(document) == one_by_one(document)
