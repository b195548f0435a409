"""RSA keys, for checking what others sign with them: the statements of a federation. Nothing here signs.

    alg      signature
    RS256    RSASSA-PKCS1-v1_5 with SHA-256
    PS256    RSASSA-PSS with SHA-256, its mask made with SHA-256 too, and 32 bytes of salt

They stand apart from `PublicKey`: no cryptosuite, no credential and no DID of ours goes by RSA, so that a message
signed with it is believed only where somebody asks for it.

Source: RFC 7518, sections 3.3, 3.5 and 6.3; FIPS 186-5, section 5.1 (the exponent).
"""

from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature as BackendInvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from keys.canonical import canonicalize
from keys.errors import AlgorithmNotAllowed, InvalidKey, InvalidSignature, NotMultibase
from keys.multikey import from_multibase, to_multibase

__all__ = ["RSA_ALGORITHMS", "RsaPublicKey", "rsa_key_of_jwk"]

_LEAST_BITS: Final = 2048
_MOST_BITS: Final = 8192
"""Our limit: each doubling makes a check four times as slow, and a stranger writes the key."""
_EXPONENTS: Final = range(2**16 + 1, 2**32, 2)

_SHA256: Final = hashes.SHA256()
_PADDINGS: Final[Mapping[str, padding.AsymmetricPadding]] = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=_SHA256.digest_size),
}
RSA_ALGORITHMS: Final = frozenset(_PADDINGS)
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class RsaPublicKey:
    """A public key of 2048 bits or more. Two keys are equal when their numbers are."""

    __slots__ = ("_key", "algorithms", "exponent", "modulus")

    def __init__(self, modulus: int, exponent: int, algorithms: frozenset[str] = RSA_ALGORITHMS) -> None:
        """Raises InvalidKey for numbers that are no key, or one too weak or too long to be used."""
        if not _LEAST_BITS <= modulus.bit_length() <= _MOST_BITS or modulus % 2 == 0:
            raise InvalidKey(
                f"An RSA key of {modulus.bit_length()} bits is not used: it has {_LEAST_BITS} to {_MOST_BITS}."
            )
        if exponent not in _EXPONENTS:
            raise InvalidKey("The exponent of the RSA key is not one that is safe to use.")
        self.modulus: Final = modulus
        self.exponent: Final = exponent
        self.algorithms: Final = algorithms
        self._key: Final = RSAPublicNumbers(exponent, modulus).public_key()

    def verify(self, algorithm: str, signature: bytes, message: bytes) -> None:
        """Raise AlgorithmNotAllowed, or InvalidSignature unless this key's holder signed exactly `message`."""
        if algorithm not in self.algorithms:
            raise AlgorithmNotAllowed(f"This RSA key does not sign with the algorithm {algorithm}.")
        try:
            self._key.verify(signature, message, _PADDINGS[algorithm], _SHA256)
        except BackendInvalidSignature:
            raise InvalidSignature("The signature was not made by this key over this content.") from None

    @property
    def jwk(self) -> str:
        """The key as a JSON Web Key, in its canonical layout."""
        return canonicalize(
            {"kty": "RSA", "n": _text(self.modulus), "e": _text(self.exponent), **self._only()}
        ).decode()

    def _only(self) -> dict[str, str]:
        return {"alg": next(iter(self.algorithms))} if len(self.algorithms) == 1 else {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RsaPublicKey) and (self.modulus, self.exponent) == (
            other.modulus,
            other.exponent,
        )

    def __hash__(self) -> int:
        return hash((self.modulus, self.exponent))


def rsa_key_of_jwk(jwk: Mapping[str, Any]) -> RsaPublicKey:
    """The public key of a JSON Web Key of the type RSA. Raises InvalidKey, for a private one too."""
    if jwk.get("kty") != "RSA":
        raise InvalidKey("The JSON Web Key is not one of RSA.")
    if not _PRIVATE.isdisjoint(jwk):
        raise InvalidKey("The JSON Web Key is a private key, which must not be shown to anyone.")
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise InvalidKey("The JSON Web Key is not for signatures.")
    algorithm = jwk.get("alg")
    if algorithm is not None and (not isinstance(algorithm, str) or algorithm not in RSA_ALGORITHMS):
        raise InvalidKey("The JSON Web Key is for an algorithm that is not used here.")
    algorithms = RSA_ALGORITHMS if algorithm is None else frozenset({algorithm})
    return RsaPublicKey(_number(jwk, "n"), _number(jwk, "e"), algorithms)


def _number(jwk: Mapping[str, Any], name: str) -> int:
    """Base64urlUInt (RFC 7518, section 2): big-endian, in as few bytes as will hold it."""
    value = jwk.get(name)
    try:
        data = from_multibase(f"u{value}") if isinstance(value, str) else b""
    except NotMultibase:
        raise InvalidKey(f"The {name} of the RSA key is not base64url without padding.") from None
    if not data or data[0] == 0 or len(data) > _MOST_BITS // 8:
        raise InvalidKey(f"The {name} of the RSA key is not a number in its shortest form.")
    return int.from_bytes(data, "big")


def _text(number: int) -> str:
    return to_multibase(number.to_bytes((number.bit_length() + 7) // 8, "big"), "u")[1:]
