import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import InvalidKey, InvalidSignature
from keys.multikey import KeyKind, from_base58btc, to_multibase, to_multikey
from keys.signing import EcdsaSigner, Ed25519Signer, PublicKey, Signer
from tests.keys.builders import a_signer, a_signer_of, an_ecdsa_signer
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


WYCHEPROOF = {
    "P-256": ("ecdsa_secp256r1_sha256_p1363_test", KeyKind.P256, 262),
    "P-384": ("ecdsa_secp384r1_sha384_p1363_test", KeyKind.P384, 280),
}
CURVES = (KeyKind.P256, KeyKind.P384, KeyKind.P521)
ORDERS = {
    KeyKind.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    KeyKind.P384: 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
    KeyKind.P521: 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
}

every_kind = pytest.mark.parametrize("kind", KeyKind, ids=str)
every_curve = pytest.mark.parametrize("kind", CURVES, ids=str)


@pytest.mark.parametrize(("name", "kind", "cases"), WYCHEPROOF.values(), ids=WYCHEPROOF)
def test_every_case_of_wycheproof_on_a_curve_is_decided_as_it_says(name, kind, cases):
    """C2SP/wycheproof, ECDSA in P1363 form. Accepting a bad one would be accepting what nobody signed."""
    groups = json.loads(shared(f"vectors/wycheproof/{name}.json").read_text())["testGroups"]
    wrong = []
    for group in groups:
        point = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
        key = PublicKey.from_coordinates(point[: len(point) // 2], point[len(point) // 2 :], kind)
        for case in group["tests"]:
            answer = "valid"
            try:
                key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            except InvalidSignature:
                answer = "invalid"
            if case["result"] not in (answer, "acceptable"):
                wrong.append((case["tcId"], case["comment"], answer))

    assert wrong == []
    assert sum(len(group["tests"]) for group in groups) == cases


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


@every_kind
@given(st.binary(max_size=300))
@settings(max_examples=40)
def test_what_is_signed_is_verified(kind, message):
    signer = a_signer_of(kind)

    signature = signer.sign(message)

    assert len(signature) == kind.signature_length
    signer.public.verify(signature, message)


@every_kind
@given(st.binary(min_size=1, max_size=100), st.data())
@settings(max_examples=40)
def test_one_changed_bit_of_message_or_signature_is_found(kind, message, data):
    signer = a_signer_of(kind)
    signature = signer.sign(message)
    both = bytearray(signature + message)
    bit = data.draw(st.integers(0, 8 * len(both) - 1))
    both[bit // 8] ^= 1 << bit % 8

    with pytest.raises(InvalidSignature):
        signer.public.verify(bytes(both[: len(signature)]), bytes(both[len(signature) :]))


@every_kind
def test_another_key_verifies_nothing_of_ours(kind):
    with pytest.raises(InvalidSignature):
        a_signer_of(kind, "dean").public.verify(a_signer_of(kind, "registrar").sign(b"6 ECTS"), b"6 ECTS")


def test_a_signature_with_s_beyond_the_order_is_refused():
    """RFC 8032, section 5.1.7: else anyone could write a second signature from the first."""
    signer = a_signer()
    signature = signer.sign(b"6 ECTS")
    malleated = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")

    with pytest.raises(InvalidSignature):
        signer.public.verify(malleated, b"6 ECTS")


@every_kind
def test_a_signature_of_another_length_is_refused(kind):
    signature = a_signer_of(kind).sign(b"6 ECTS")
    half = len(signature) // 2
    for other in (
        b"",
        signature[:-1],
        signature + b"\0",
        b"\0" + signature[:half] + b"\0" + signature[half:],
    ):
        with pytest.raises(InvalidSignature):
            a_signer_of(kind).public.verify(other, b"6 ECTS")


@every_curve
def test_r_and_s_are_between_zero_and_the_order(kind):
    key, half = an_ecdsa_signer("registrar", kind).public, kind.signature_length // 2
    one, order = (number.to_bytes(half, "big") for number in (1, ORDERS[kind]))
    for bad in (bytes(half), order, b"\xff" * half):
        for signature in (bad + one, one + bad, bad + bad):
            with pytest.raises(InvalidSignature):
                key.verify(signature, b"6 ECTS")


@every_curve
def test_a_signature_holds_with_s_and_with_its_negative_as_the_standards_have_it(kind):
    signer, half = an_ecdsa_signer("registrar", kind), kind.signature_length // 2
    signature = signer.sign(b"6 ECTS")
    negative = ORDERS[kind] - int.from_bytes(signature[half:], "big")

    signer.public.verify(signature[:half] + negative.to_bytes(half, "big"), b"6 ECTS")


def test_the_same_message_gives_the_same_signature():
    """RFC 6979, appendix A.2.5: P-256, SHA-256, "sample"."""
    signer = EcdsaSigner.from_scalar(
        bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
    )

    assert signer.sign(b"sample").hex() == (
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    )


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


@every_kind
@given(st.text(max_size=5))
@settings(max_examples=20)
def test_every_key_that_is_made_is_accepted(kind, name):
    key = a_signer_of(kind, name).public

    assert key.kind is kind
    assert PublicKey.from_multikey(key.multikey) == key
    assert PublicKey.from_did_key(key.verification_method) == key
    assert hash(PublicKey(key.raw, kind)) == hash(key)
    if kind in CURVES:
        assert PublicKey.from_coordinates(*key.coordinates, kind) == key


def curve_point(kind, x, start=2):
    return bytes([start]) + x.to_bytes(kind.length - 1, "big")


NO_POINTS = {
    "not on P-256": (KeyKind.P256, curve_point(KeyKind.P256, 1)),
    "not on P-384": (KeyKind.P384, curve_point(KeyKind.P384, 1)),
    "not on P-521": (KeyKind.P521, curve_point(KeyKind.P521, 3)),
    "x beyond the field of P-256": (
        KeyKind.P256,
        curve_point(KeyKind.P256, 2**256 - 2**224 + 2**192 + 2**96 - 1 + 5),
    ),
    "x beyond the field of P-521": (KeyKind.P521, curve_point(KeyKind.P521, 2**521 - 1)),
    "the point at infinity": (KeyKind.P256, bytes(33)),
    "not compressed": (KeyKind.P256, b"\x04" + an_ecdsa_signer().public.raw[1:]),
    "a start that is none": (KeyKind.P256, b"\x06" + an_ecdsa_signer().public.raw[1:]),
    "32 bytes": (KeyKind.P256, an_ecdsa_signer().public.raw[1:]),
    "34 bytes": (KeyKind.P256, an_ecdsa_signer().public.raw + b"\0"),
    "a key of P-256 for P-384": (KeyKind.P384, an_ecdsa_signer().public.raw),
}


@pytest.mark.parametrize(("kind", "raw"), NO_POINTS.values(), ids=NO_POINTS)
def test_what_is_no_compressed_point_is_refused(kind, raw):
    with pytest.raises(InvalidKey):
        PublicKey(raw, kind)
    with pytest.raises(InvalidKey):
        PublicKey.from_multikey(to_multibase(kind.prefix + raw))


@every_curve
def test_coordinates_that_are_no_point_are_refused(kind):
    x, y = an_ecdsa_signer("registrar", kind).public.coordinates
    other = an_ecdsa_signer("dean", kind).public.coordinates[1]
    for wrong in ((x, other), (y, x), (x, y[1:]), (x[1:], y), (b"\0" + x, y), (x, bytes(len(y)))):
        with pytest.raises(InvalidKey):
            PublicKey.from_coordinates(*wrong, kind)


def test_an_ed25519_key_is_not_on_these_curves():
    with pytest.raises(InvalidKey):
        _ = a_signer().public.coordinates
    with pytest.raises(InvalidKey):
        PublicKey.from_coordinates(bytes(32), bytes(32), KeyKind.ED25519)
    with pytest.raises(InvalidKey):
        EcdsaSigner.from_scalar(bytes(32), KeyKind.ED25519)
    with pytest.raises(InvalidKey):
        EcdsaSigner.generate(KeyKind.ED25519)


@every_curve
def test_a_private_number_is_between_zero_and_the_order(kind):
    width = kind.signature_length // 2
    for number in (0, ORDERS[kind], ORDERS[kind] + 1):
        with pytest.raises(InvalidKey):
            EcdsaSigner.from_scalar(number.to_bytes(width, "big"), kind)
    for length in (0, width - 1, width + 1):
        with pytest.raises(InvalidKey):
            EcdsaSigner.from_scalar(b"\0" * (length - 1) + b"\1" if length else b"", kind)


@every_curve
def test_a_new_signer_on_a_curve_has_a_key_of_its_own(kind):
    one, other = EcdsaSigner.generate(kind), EcdsaSigner.generate(kind)

    assert isinstance(one, Signer)
    assert one.public != other.public
    assert EcdsaSigner.from_scalar(one.scalar, kind).public == one.public
    assert one.scalar.hex() not in repr(one)
    assert one.public.multikey in repr(one)


def test_keys_of_two_kinds_are_never_equal():
    raw = sha256(b"any").digest()

    assert a_signer_of(KeyKind.P256).public != a_signer_of(KeyKind.ED25519).public
    assert to_multikey(KeyKind.ED25519, raw).startswith("z6Mk")


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
