"""RSA keys check what others sign, where somebody asks for it, and are no weaker than they may be."""

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keys import jose
from keys.errors import (
    AlgorithmNotAllowed,
    HeaderNotAllowed,
    InvalidKey,
    InvalidSignature,
    UnsupportedAlgorithm,
)
from keys.jose import to_base64url
from keys.rsa import RsaPublicKey, rsa_key_of_jwk
from keys.signing import Ed25519Signer
from tests.shared import shared

private = rsa.generate_private_key(65537, 2048)
numbers = private.public_key().public_numbers()
SHA256 = hashes.SHA256()
PADDINGS = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(padding.MGF1(SHA256), salt_length=32),
}


def text(number: int) -> str:
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


JWK = {"kty": "RSA", "n": text(numbers.n), "e": text(numbers.e)}


def a_message(
    algorithm: str = "RS256", how: padding.AsymmetricPadding | None = None, **header: object
) -> str:
    written = json.dumps({"alg": algorithm, **header}).encode()
    signing_input = f"{to_base64url(written)}.{to_base64url(b'{}')}"
    signature = private.sign(signing_input.encode(), how or PADDINGS[algorithm], SHA256)
    return f"{signing_input}.{to_base64url(signature)}"


@pytest.mark.parametrize("algorithm", PADDINGS)
def test_a_message_checks_with_the_key_that_signed_it(algorithm: str):
    jose.read(a_message(algorithm), rsa=True).check(rsa_key_of_jwk(JWK))


@pytest.mark.parametrize("algorithm", PADDINGS)
def test_nobody_reads_one_who_has_not_asked_for_it(algorithm: str):
    with pytest.raises(UnsupportedAlgorithm):
        jose.read(a_message(algorithm))


def test_another_padding_than_the_header_names_does_not_check():
    for algorithm, other in (("RS256", "PS256"), ("PS256", "RS256")):
        message = a_message(algorithm, PADDINGS[other])
        with pytest.raises(InvalidSignature):
            jose.read(message, rsa=True).check(rsa_key_of_jwk(JWK))


def test_salt_of_another_length_does_not_check():
    short = padding.PSS(padding.MGF1(SHA256), salt_length=20)

    with pytest.raises(InvalidSignature):
        jose.read(a_message("PS256", short), rsa=True).check(rsa_key_of_jwk(JWK))


def test_every_byte_of_the_signature_counts():
    read = jose.read(a_message(), rsa=True)
    key = rsa_key_of_jwk(JWK)
    for place in range(0, len(read.signature), 17):
        altered = bytearray(read.signature)
        altered[place] ^= 1
        with pytest.raises(InvalidSignature):
            key.verify("RS256", bytes(altered), read.signing_input)
    for wrong in (b"", read.signature[:-1], read.signature + b"\0", b"\0" * 256, b"\xff" * 256):
        with pytest.raises(InvalidSignature):
            key.verify("RS256", wrong, read.signing_input)


def test_a_key_for_one_algorithm_checks_no_other():
    key = rsa_key_of_jwk({**JWK, "alg": "PS256"})

    with pytest.raises(AlgorithmNotAllowed):
        jose.read(a_message("RS256"), rsa=True).check(key)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS1", "RS512", "rs256"])
def test_no_weaker_or_other_algorithm_comes_in_with_it(algorithm: str):
    message = a_message(algorithm, PADDINGS["RS256"])

    with pytest.raises((AlgorithmNotAllowed, UnsupportedAlgorithm)):
        jose.read(message, rsa=True)


def test_a_key_in_the_header_is_refused_as_ever():
    with pytest.raises(HeaderNotAllowed):
        jose.read(a_message(jwk=JWK), rsa=True)


def test_a_curves_key_does_not_check_what_rsa_has_signed():
    with pytest.raises(AlgorithmNotAllowed):
        jose.read(a_message(), rsa=True).check(Ed25519Signer.generate().public)


def test_a_key_is_written_as_it_was_read():
    for jwk in (JWK, {**JWK, "alg": "RS256"}):
        key = rsa_key_of_jwk(jwk)
        assert json.loads(key.jwk) == jwk
        assert rsa_key_of_jwk(json.loads(key.jwk)) == key


NO_KEYS = {
    "1024 bits": {"n": text(rsa.generate_private_key(65537, 1024).public_key().public_numbers().n)},
    "2047 bits": {"n": text((1 << 2046) + 1)},
    "16384 bits": {"n": text((1 << 16383) + 1)},
    "an even modulus": {"n": text(1 << 2047)},
    "an exponent of 1": {"e": "AQ"},
    "an exponent of 3": {"e": "Aw"},
    "an even exponent": {"e": text(65538)},
    "an exponent as long as the modulus": {"e": JWK["n"]},
    "a modulus with a zero before it": {"n": to_base64url(b"\0" + numbers.n.to_bytes(256, "big"))},
    "a modulus that is no text": {"n": 5},
    "a padded modulus": {"n": JWK["n"] + "="},
    "no exponent": {"e": None},
    "for encryption": {"use": "enc"},
    "for signing alone": {"key_ops": ["sign"]},
    "for an algorithm of encryption": {"alg": "RSA-OAEP"},
    "an algorithm that is a list": {"alg": ["RS256"]},
    "a private key": {"d": "AQAB"},
    "of another type": {"kty": "EC"},
}


@pytest.mark.parametrize("changes", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_to_trust_is_refused(changes: dict[str, object]):
    with pytest.raises(InvalidKey):
        rsa_key_of_jwk({**JWK, **changes})


def test_keys_of_the_same_numbers_are_the_same():
    again = RsaPublicKey(numbers.n, numbers.e)

    assert {rsa_key_of_jwk(JWK), again} == {again}
    assert again != "a key"


def test_wycheproof_s_forgeries_with_rsa_are_never_accepted():
    groups = json.loads(shared("vectors/wycheproof/json_web_signature_test.json").read_text())["testGroups"]
    keys = [(group, group.get("public") or group.get("private") or {}) for group in groups]
    tests = [(jwk, test) for group, jwk in keys if jwk.get("kty") == "RSA" for test in group["tests"]]

    accepted = [test["result"] for jwk, test in tests if _accepts(jwk, test["jws"])]

    assert set(accepted) == {"valid"}
    assert len(tests) > 20


def _accepts(jwk: dict[str, object], message: object) -> bool:
    try:
        jose.read(str(message), rsa=True).check(rsa_key_of_jwk(jwk))
    except Exception:  # noqa: BLE001 - whatever it is, it is a refusal; the question is only whether there is one
        return False
    return True
