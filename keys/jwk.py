"""Keys as JSON Web Keys: the form in which JOSE, COSE and did:jwk exchange them.

    {"kty": "OKP", "crv": "Ed25519", "x": "…"}
    {"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}          P-384 and P-521 likewise; "d" makes it private

Reading is strict: base64url without padding, numbers in their full length, points on their curve, and no
private member where a public key is expected.

Source: RFC 7517; RFC 7518, sections 3.4 and 6.2; RFC 8037, section 2; RFC 7638 (thumbprints).
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from keys.canonical import canonicalize
from keys.errors import InvalidKey, NotMultibase
from keys.multikey import from_multibase, to_multibase
from keys.signing import EcdsaSigner, Ed25519Signer, KeyKind, PublicKey, Signer

__all__ = ["ALGORITHMS", "public_jwk", "public_key_of_jwk", "secret_jwk", "signer_of_jwk", "thumbprint"]

_CURVES: Final = {("OKP", "Ed25519"): KeyKind.ED25519} | {
    ("EC", str(kind)): kind for kind in (KeyKind.P256, KeyKind.P384, KeyKind.P521)
}
ALGORITHMS: Final = {
    KeyKind.ED25519: ("EdDSA", "Ed25519"),  # RFC 8037, and its more exact name of RFC 9864
    KeyKind.P256: ("ES256",),
    KeyKind.P384: ("ES384",),
    KeyKind.P521: ("ES512",),
}
"""The JOSE names of the way a kind of key signs; the first is the one we write."""
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""RFC 7518, section 6: the members that are private or secret, of every type of key."""


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The key's required members, in the order of RFC 7638."""
    if key.kind is KeyKind.ED25519:
        return {"crv": "Ed25519", "kty": "OKP", "x": _text(key.raw)}
    x, y = key.coordinates
    return {"crv": str(key.kind), "kty": "EC", "x": _text(x), "y": _text(y)}


def secret_jwk(signer: Ed25519Signer | EcdsaSigner) -> dict[str, str]:
    """The private key, and its public one. Whoever reads it can sign."""
    private = signer.seed if isinstance(signer, Ed25519Signer) else signer.scalar
    return {**public_jwk(signer.public), "d": _text(private)}


def public_key_of_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The public key. Raises InvalidKey, for a private one too: it should not have come here."""
    if not _PRIVATE.isdisjoint(jwk):
        raise InvalidKey("The JSON Web Key is a private key, which must not be shown to anyone.")
    return _public_part(jwk, for_operation="verify")


def signer_of_jwk(jwk: Mapping[str, Any]) -> Signer:
    """The signer of a private key. Raises InvalidKey, also where its public part is another key's."""
    public = _public_part(jwk, for_operation="sign")
    secret = _bytes(jwk, "d")
    signer: Signer = (
        Ed25519Signer(secret) if public.kind is KeyKind.ED25519 else EcdsaSigner(secret, public.kind)
    )
    if signer.public != public:
        raise InvalidKey("The JSON Web Key joins a private key to a public key that is not its own.")
    return signer


def thumbprint(key: PublicKey) -> str:
    """The name RFC 7638 gives a key: SHA-256 of its required members, as base64url."""
    return _text(sha256(canonicalize(public_jwk(key))).digest())


def _public_part(jwk: Mapping[str, Any], *, for_operation: str) -> PublicKey:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    kind = _CURVES.get((kty, crv)) if isinstance(kty, str) and isinstance(crv, str) else None
    if kind is None:
        raise InvalidKey("The JSON Web Key is not of a type and curve that we can use.")
    _check_use(jwk, kind, for_operation)
    if kind is KeyKind.ED25519:
        return PublicKey(_bytes(jwk, "x"), kind)
    return PublicKey.from_coordinates(_bytes(jwk, "x"), _bytes(jwk, "y"), kind)


def _check_use(jwk: Mapping[str, Any], kind: KeyKind, operation: str) -> None:
    """RFC 7517, sections 4.2 to 4.4: what the owner says the key is for, where it is said."""
    if jwk.get("use", "sig") != "sig":
        raise InvalidKey("The JSON Web Key is not for signatures.")
    operations = jwk.get("key_ops", [operation])
    if not isinstance(operations, list) or operation not in operations:
        raise InvalidKey(f"The JSON Web Key may not be used to {operation}.")
    if jwk.get("alg", ALGORITHMS[kind][0]) not in ALGORITHMS[kind]:
        raise InvalidKey("The JSON Web Key is for another algorithm than its curve is used with.")


def _bytes(jwk: Mapping[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise InvalidKey(f"The JSON Web Key has no {name}.")
    try:
        return from_multibase("u" + value)
    except NotMultibase:
        raise InvalidKey(f"The {name} of the JSON Web Key is not base64url without padding.") from None


def _text(data: bytes) -> str:
    return to_multibase(data, "u")[1:]
