import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import InvalidKey, InvalidSignature
from keys.multikey import from_base58btc, to_multibase
from keys.signing import Ed25519Signer, PublicKey, Signer
from tests.keys.builders import a_signer
from tests.shared import shared

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493


def test_every_case_of_wycheproof_is_decided_as_it_says():
    """C2SP/wycheproof, EdDSA. Accepting a bad one would let a signature be changed, or made by nobody."""
    groups = json.loads(shared("vectors/wycheproof/ed25519_test.json").read_text())["testGroups"]
    wrong = []
    for group in groups:
        key = PublicKey(bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            answer = "valid"
            try:
                key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            except InvalidSignature:
                answer = "invalid"
            if case["result"] not in (answer, "acceptable"):
                wrong.append((case["tcId"], case["comment"], answer))

    assert wrong == []
    assert sum(len(group["tests"]) for group in groups) == 151


def test_every_did_key_vector_is_the_key_of_its_seed():
    """w3c-ccg/did-key-spec. A wrong one would name a key that nobody holds."""
    vectors = json.loads(shared("vectors/did-key/test-vectors/ed25519-x25519.json").read_text())
    for did, vector in vectors.items():
        key = Ed25519Signer.from_seed(bytes.fromhex(vector["seed"])).public
        listed = vector["didDocument"]["verificationMethod"][0]

        assert key.did == did
        assert key.verification_method == listed["id"]
        assert PublicKey.from_did_key(did) == PublicKey.from_did_key(listed["id"]) == key
        if "publicKeyBase58" in listed:
            assert from_base58btc(listed["publicKeyBase58"]) == key.raw


@given(st.binary(max_size=300))
def test_what_is_signed_is_verified(message):
    signer = a_signer()

    signer.public.verify(signer.sign(message), message)


@given(st.binary(min_size=1, max_size=100), st.data())
@settings(max_examples=50)
def test_one_changed_bit_of_message_or_signature_is_found(message, data):
    signer = a_signer()
    signature = signer.sign(message)
    both = bytearray(signature + message)
    bit = data.draw(st.integers(0, 8 * len(both) - 1))
    both[bit // 8] ^= 1 << bit % 8

    with pytest.raises(InvalidSignature):
        signer.public.verify(bytes(both[:64]), bytes(both[64:]))


def test_another_key_verifies_nothing_of_ours():
    with pytest.raises(InvalidSignature):
        a_signer("dean").public.verify(a_signer("registrar").sign(b"6 ECTS"), b"6 ECTS")


def test_a_signature_with_s_beyond_the_order_is_refused():
    """RFC 8032, section 5.1.7: else anyone could write a second signature from the first."""
    signer = a_signer()
    signature = signer.sign(b"6 ECTS")
    malleated = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")

    with pytest.raises(InvalidSignature):
        signer.public.verify(malleated, b"6 ECTS")


@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(length):
    with pytest.raises(InvalidSignature):
        a_signer().public.verify(bytes(length), b"6 ECTS")


def point(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


ORDER_8 = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
USELESS = {
    "the neutral point": point(1),
    "the neutral point, with a sign it cannot have": point(1, 1),
    "order 2": point(P - 1),
    "order 2, with a sign it cannot have": point(P - 1, 1),
    "order 4": point(0),
    "order 4, the other one": point(0, 1),
    "order 8, first": point(ORDER_8),
    "order 8, second": point(ORDER_8, 1),
    "order 8, third": point(P - ORDER_8),
    "order 8, fourth": point(P - ORDER_8, 1),
    "zero, written as p": point(P),
    "zero, written as p, with a sign": point(P, 1),
    "one, written as p + 1": point(P + 1),
    "one, written as p + 1, with a sign": point(P + 1, 1),
    "a point written with y beyond p": point(P + 3),
    "the largest number": b"\xff" * 32,
    "not on the curve": point(2),
    "31 bytes": bytes(31),
    "33 bytes": bytes(33),
}


@pytest.mark.parametrize("raw", USELESS.values(), ids=USELESS)
def test_a_key_that_proves_nothing_is_refused(raw):
    with pytest.raises(InvalidKey):
        PublicKey(raw)
    with pytest.raises(InvalidKey):
        PublicKey.from_multikey(to_multibase(b"\xed\x01" + raw))


def test_a_key_that_proves_nothing_would_have_proved_anything():
    """Why they are refused: with the neutral point as key, one signature holds for every message."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    anyone_s_key = Ed25519PublicKey.from_public_bytes(point(1))
    nobody_s_signature = point(1) + bytes(32)

    anyone_s_key.verify(nobody_s_signature, b"6 ECTS")
    anyone_s_key.verify(nobody_s_signature, b"60 ECTS")


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=30)
def test_every_key_that_is_made_is_accepted(seed):
    key = Ed25519Signer.from_seed(seed).public

    assert PublicKey.from_multikey(key.multikey) == key
    assert hash(PublicKey(key.raw)) == hash(key)


NO_DID_KEY = {
    "a bare key": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "another method": "did:web:example.edu",
    "no key": "did:key:",
    "another key as the fragment": a_signer("a").public.did + "#" + a_signer("b").public.multikey,
    "an empty fragment": a_signer("a").public.did + "#",
    "two fragments": a_signer("a").public.verification_method + "#",
    "a path": a_signer("a").public.did + "/path",
    "a query": a_signer("a").public.did + "?versionId=1",
    "capitals": "DID:KEY:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
}


@pytest.mark.parametrize("text", NO_DID_KEY.values(), ids=NO_DID_KEY)
def test_what_is_not_a_did_key_is_refused(text):
    with pytest.raises(InvalidKey):
        PublicKey.from_did_key(text)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_private_key_of_another_length_is_refused(length):
    with pytest.raises(InvalidKey):
        Ed25519Signer.from_seed(bytes(length))


def test_a_new_signer_is_a_signer_with_a_key_of_its_own():
    one, other = Ed25519Signer.generate(), Ed25519Signer.generate()

    assert isinstance(one, Signer)
    assert one.public != other.public
    assert one.public != "z6Mk"


def test_a_signer_never_shows_its_seed():
    signer = a_signer()

    assert signer.seed.hex() not in repr(signer)
    assert signer.public.multikey in repr(signer)
    assert repr(signer.public) == f"PublicKey({signer.public.multikey})"
