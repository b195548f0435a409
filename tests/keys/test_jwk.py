import json

import pytest

from keys.errors import InvalidKey
from keys.jwk import public_jwk, public_key_of_jwk, secret_jwk, signer_of_jwk, thumbprint
from keys.multikey import KeyKind
from keys.signing import PublicKey
from tests.keys.builders import a_signer, a_signer_of, an_ecdsa_signer
from tests.shared import shared

every_kind = pytest.mark.parametrize("kind", KeyKind, ids=str)
P256 = public_jwk(an_ecdsa_signer().public)
ED25519 = public_jwk(a_signer().public)


def test_every_nist_curve_vector_of_did_key_is_the_key_it_says():
    """w3c-ccg/did-key-spec. A wrong one would name a key that nobody holds."""
    vectors = json.loads(shared("vectors/did-key/test-vectors/nist-curves.json").read_text())
    kinds = []
    for did, vector in vectors.items():
        method = vector["verificationMethod"]
        if "privateKeyJwk" not in method:
            continue  # the last is in base58 and has a test of its own
        signer = signer_of_jwk(method["privateKeyJwk"])

        assert signer.public.did == did
        assert secret_jwk(signer) == method["privateKeyJwk"]
        assert public_jwk(signer.public) == method["publicKeyJwk"]
        assert public_key_of_jwk(method["publicKeyJwk"]) == PublicKey.from_did_key(did)
        kinds.append(signer.public.kind)

    assert kinds == [kind for kind in (KeyKind.P256, KeyKind.P384, KeyKind.P521) for _ in range(2)]


@every_kind
def test_a_key_is_its_jwk_and_the_jwk_the_key(kind):
    signer = a_signer_of(kind)

    assert public_key_of_jwk(public_jwk(signer.public)) == signer.public
    assert signer_of_jwk(secret_jwk(signer)).public == signer.public
    assert set(secret_jwk(signer)) - set(public_jwk(signer.public)) == {"d"}


def test_the_thumbprint_is_that_of_the_rfc():
    """RFC 8037, appendix A.3."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    assert thumbprint(public_key_of_jwk(jwk)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_what_the_owner_says_the_key_is_for_is_heeded():
    for said in (
        {"use": "sig"},
        {"key_ops": ["verify"]},
        {"alg": "ES256"},
        {"kid": "1", "alg": "ES256", "use": "sig"},
    ):
        assert public_key_of_jwk(P256 | said) == an_ecdsa_signer().public
    for name in ("EdDSA", "Ed25519"):
        assert public_key_of_jwk(ED25519 | {"alg": name}) == a_signer().public


NO_KEYS = {
    "nothing": {},
    "no type": {**P256, "kty": None},
    "a type that is a list": {**P256, "kty": ["EC"]},
    "no curve": {name: value for name, value in P256.items() if name != "crv"},
    "a curve we do not use": {**P256, "crv": "secp256k1"},
    "a curve of another type": {**P256, "crv": "Ed25519"},
    "a key for agreement": {"kty": "OKP", "crv": "X25519", "x": ED25519["x"]},
    "a secret": {"kty": "oct", "k": "AAAA"},
    "no y": {name: value for name, value in P256.items() if name != "y"},
    "an x that is a number": {**P256, "x": 7},
    "an x with padding": {**P256, "x": P256["x"] + "="},
    "an x of base64": {**P256, "x": P256["x"][:-1] + "/"},
    "an x with bits left over": {**P256, "x": P256["x"][:-1] + "B"},
    "an x without its first zero": {**P256, "x": P256["x"][:-2]},
    "an x with one zero more": {**P256, "x": "AA" + P256["x"]},
    "another's y": {**P256, "y": public_jwk(an_ecdsa_signer("dean").public)["y"]},
    "a private key": secret_jwk(an_ecdsa_signer()),
    "a private key that is null": {**P256, "d": None},
    "for encryption": {**P256, "use": "enc"},
    "for signing only": {**P256, "key_ops": ["sign"]},
    "for operations in a text": {**P256, "key_ops": "verify"},
    "for another algorithm": {**P256, "alg": "ES384"},
    "for no algorithm": {**P256, "alg": "none"},
    "for an algorithm in a list": {**P256, "alg": ["ES256"]},
    "an Ed25519 key of small order": {**ED25519, "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("jwk", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_public_key_for_signatures_is_refused(jwk):
    with pytest.raises(InvalidKey):
        public_key_of_jwk(jwk)


@every_kind
def test_a_private_key_is_the_one_of_its_public_part(kind):
    secret = secret_jwk(a_signer_of(kind))
    for wrong in (
        {**secret, **public_jwk(a_signer_of(kind, "dean").public)},
        {**secret, "d": secret["d"][:-2]},
        {**secret, "d": None},
        {**secret, "key_ops": ["verify"]},
    ):
        with pytest.raises(InvalidKey):
            signer_of_jwk(wrong)


def test_a_refusal_never_repeats_a_private_key():
    secret = secret_jwk(an_ecdsa_signer())
    with pytest.raises(InvalidKey) as refusal:
        public_key_of_jwk(secret)

    assert secret["d"] not in str(refusal.value)
