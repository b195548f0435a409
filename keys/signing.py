"""Public keys that check signatures, and signers that make them.

    kind        Multikey    signature                      hash of the message
    Ed25519     z6Mk…       64 bytes (RFC 8032)            (its own)
    P-256       zDna…       r ‖ s, 64 bytes                SHA-256
    P-384       z82L…       r ‖ s, 96 bytes                SHA-384
    P-521       z2J9…       r ‖ s, 132 bytes               SHA-512

On the NIST curves that is ECDSA (FIPS 186-5) as JOSE, COSE and Data Integrity write it; r and s always take
their full length. Both s and n - s are accepted, as all three standards do: a signature is never a name.

Of the public keys that can be written, we refuse those that prove nothing: an Ed25519 key of small order has
signatures that hold for any message, made without any private key, and a key with a second spelling could be
revoked under one and used under the other.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, Protocol, Self, runtime_checkable

from cryptography.exceptions import InvalidSignature as BackendInvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.errors import InvalidKey, InvalidSignature
from keys.multikey import KeyKind, from_multikey, to_multikey

__all__ = ["EcdsaSigner", "Ed25519Signer", "KeyKind", "PublicKey", "Signer"]

_DID_KEY: Final = "did:key:"

_KNOWN_KEYS: Final = 4096
"""How many parsed keys are kept: reading one costs as much as checking a signature with it."""

_Check = Callable[[bytes, bytes], None]
"""Checks a signature, of the right length already, over a message; raises the backend's error."""


class PublicKey:
    """A public key of one of the kinds above. Two keys are equal when their Multikeys are."""

    __slots__ = ("_check", "did", "kind", "multikey", "raw")

    def __init__(self, raw: bytes, kind: KeyKind = KeyKind.ED25519) -> None:
        """Of the bytes a Multikey holds: RFC 8032's 32, or a compressed point.

        Raises InvalidKey for bytes that are no point of the curve, or one that can prove nothing.
        """
        if len(raw) != kind.length:
            raise InvalidKey(f"A key of the kind {kind} has {kind.length} bytes, not {len(raw)}.")
        self.kind: Final = kind
        self.raw: Final = raw
        self._check: Final = (
            _ed25519_check(raw) if kind is KeyKind.ED25519 else _ecdsa_check(raw, _CURVES[kind])
        )
        self.multikey: Final = to_multikey(kind, raw)
        self.did: Final = _DID_KEY + self.multikey

    @classmethod
    def from_multikey(cls, text: str) -> "PublicKey":
        """Of `z6Mk…`, `zDna…` and so on. Raises InvalidKey."""
        return _key_of_multikey(text)

    @classmethod
    def from_did_key(cls, did_or_url: str) -> "PublicKey":
        """Of `did:key:z6Mk…`, or of its one verification method `did:key:z6Mk…#z6Mk…`. Raises InvalidKey."""
        did, hash_sign, fragment = did_or_url.partition("#")
        if not did.startswith(_DID_KEY):
            raise InvalidKey("The text is not a did:key.")
        multikey = did[len(_DID_KEY) :]
        if hash_sign and fragment != multikey:
            raise InvalidKey(
                "A did:key has one verification method, named by the key itself; this is another."
            )
        return _key_of_multikey(multikey)

    @classmethod
    def from_coordinates(cls, x: bytes, y: bytes, kind: KeyKind) -> "PublicKey":
        """Of a point of a NIST curve, both coordinates big-endian in full length. Raises InvalidKey."""
        width = _curve(kind).width
        if len(x) != width or len(y) != width:
            raise InvalidKey(f"The coordinates of a key of the kind {kind} have {width} bytes each.")
        key = cls(bytes([2 + (y[-1] & 1)]) + x, kind)
        if key.coordinates[1] != y:
            raise InvalidKey("The coordinates are not a point of the curve, so they are not a key.")
        return key

    @property
    def coordinates(self) -> tuple[bytes, bytes]:
        """x and y of a key on a NIST curve. Raises InvalidKey for an Ed25519 key, which has no such form."""
        curve = _curve(self.kind)
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve.backend, self.raw).public_numbers()
        return point.x.to_bytes(curve.width, "big"), point.y.to_bytes(curve.width, "big")

    @property
    def verification_method(self) -> str:
        """The DID URL that names this key under its did:key: `did:key:z6Mk…#z6Mk…`."""
        return f"{self.did}#{self.multikey}"

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise InvalidSignature unless this key's holder signed exactly `message`."""
        if len(signature) != self.kind.signature_length:
            raise InvalidSignature(
                f"The signature has not the length of one made by a key of the kind {self.kind}."
            )
        try:
            self._check(signature, message)
        except BackendInvalidSignature:
            raise InvalidSignature("The signature was not made by this key over this content.") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.raw == other.raw and self.kind is other.kind

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"PublicKey({self.multikey})"


@lru_cache(maxsize=_KNOWN_KEYS)
def _key_of_multikey(text: str) -> PublicKey:
    kind, raw = from_multikey(text)
    return PublicKey(raw, kind)


@runtime_checkable
class Signer(Protocol):
    """Whatever can sign for one public key: a key in memory, or a token that never shows it."""

    @property
    def public(self) -> PublicKey:
        """The key that checks what this signer signs."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature of `message`, as the table of this module says for the public key's kind."""
        ...


class Ed25519Signer:
    """A private key held in memory."""

    __slots__ = ("_private", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        """Of the 32-byte private key of RFC 8032. Raises InvalidKey."""
        if len(seed) != 32:
            raise InvalidKey(f"An Ed25519 private key has 32 bytes, not {len(seed)}.")
        self._private: Final = Ed25519PrivateKey.from_private_bytes(seed)
        self.seed: Final = seed
        self.public: Final = PublicKey(self._private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The signer whose private key is `seed`, 32 bytes. Raises InvalidKey."""
        return cls(seed)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`; the same message always gives the same signature."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        # Never the seed: representations end up in logs.
        return f"Ed25519Signer(for {self.public.multikey})"


class EcdsaSigner:
    """A private key on a NIST curve, held in memory."""

    __slots__ = ("_private", "_width", "_with", "public", "scalar")

    def __init__(self, scalar: bytes, kind: KeyKind) -> None:
        """Of the private number, big-endian, in the full length of the curve's field (P-521: 66 bytes).

        Raises InvalidKey for another length, for zero, and for a number beyond the curve's order.
        """
        curve = _curve(kind)
        if len(scalar) != curve.width:
            raise InvalidKey(f"A private key of the kind {kind} has {curve.width} bytes, not {len(scalar)}.")
        number = int.from_bytes(scalar, "big")
        if not 0 < number < curve.order:
            raise InvalidKey("The number is not a private key of this curve.")
        self._private: Final = ec.derive_private_key(number, curve.backend)
        self._width: Final = curve.width
        self._with: Final = curve.sign_with
        self.scalar: Final = scalar
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self.public: Final = PublicKey(point, kind)

    @classmethod
    def generate(cls, kind: KeyKind = KeyKind.P256) -> Self:
        """A new key from the system's randomness."""
        curve = _curve(kind)
        number = ec.generate_private_key(curve.backend).private_numbers().private_value
        return cls(number.to_bytes(curve.width, "big"), kind)

    @classmethod
    def from_scalar(cls, scalar: bytes, kind: KeyKind = KeyKind.P256) -> Self:
        """The signer whose private key is the number `scalar`, big-endian. Raises InvalidKey."""
        return cls(scalar, kind)

    def sign(self, message: bytes) -> bytes:
        """r ‖ s over `message`; the same message always gives the same signature (RFC 6979).

        A nonce drawn from the message cannot be drawn twice, which would give the private key away.
        """
        r, s = decode_dss_signature(self._private.sign(message, self._with))
        return r.to_bytes(self._width, "big") + s.to_bytes(self._width, "big")

    def __repr__(self) -> str:
        # Never the scalar: representations end up in logs.
        return f"EcdsaSigner(for {self.public.multikey})"


# --- Ed25519 ------------------------------------------------------------------------------------------

# The field and curve of RFC 8032, section 5.1.
_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SIGN_BIT: Final = 1 << 255

# The y coordinates of the eight points whose order divides 8. Orders 1, 2 and 4 are y = 1, -1 and 0. The
# points of order 8 double to a point of order 4 (y = 0), and so satisfy y² = -x², that is d·y⁴ + 2·y² = 1;
# the four of them share two values of y.
_Y_OF_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})


def _ed25519_check(raw: bytes) -> _Check:
    _refuse_useless_point(raw)
    return Ed25519PublicKey.from_public_bytes(raw).verify


def _refuse_useless_point(raw: bytes) -> None:
    """Decode the point as RFC 8032, section 5.1.3 says, which the backend leaves until it verifies."""
    y = int.from_bytes(raw, "little") & ~_SIGN_BIT
    if y >= _P:
        raise InvalidKey("The key is not written in the one way an Ed25519 key may be written.")
    if y in _SMALL_ORDER_Y:
        raise InvalidKey("The key is of small order: anyone can sign for it, so it proves nothing.")
    # The point is on the curve when x² = (y² - 1)/(d·y² + 1) has a root, by Euler's criterion.
    y_squared = y * y % _P
    if pow((y_squared - 1) * (_D * y_squared + 1), (_P - 1) // 2, _P) != 1:
        raise InvalidKey("The bytes are not a point of the curve, so they are not an Ed25519 key.")


# --- ECDSA --------------------------------------------------------------------------------------------


class _Curve:
    """One of the curves of SP 800-186, section 3.2.1, and the hash that is used with it."""

    def __init__(self, backend: ec.EllipticCurve, field: int, hashed: hashes.HashAlgorithm) -> None:
        self.backend: Final = backend
        self.field: Final = field
        self.order: Final = backend.group_order
        self.width: Final = (backend.key_size + 7) // 8
        """Bytes of a coordinate, of a private key, of r and of s."""
        self.verify_with: Final = ec.ECDSA(hashed)
        self.sign_with: Final = ec.ECDSA(hashed, deterministic_signing=True)


# The cofactor of these curves is 1: every point on them but infinity, which has no compressed form of this
# length, is of full order.
_CURVES: Final = {
    KeyKind.P256: _Curve(ec.SECP256R1(), 2**256 - 2**224 + 2**192 + 2**96 - 1, hashes.SHA256()),
    KeyKind.P384: _Curve(ec.SECP384R1(), 2**384 - 2**128 - 2**96 + 2**32 - 1, hashes.SHA384()),
    KeyKind.P521: _Curve(ec.SECP521R1(), 2**521 - 1, hashes.SHA512()),
}


def _curve(kind: KeyKind) -> _Curve:
    curve = _CURVES.get(kind)
    if curve is None:
        raise InvalidKey(f"ECDSA has no keys of the kind {kind}.")
    return curve


def _ecdsa_check(raw: bytes, curve: _Curve) -> _Check:
    if raw[0] not in (2, 3) or int.from_bytes(raw[1:], "big") >= curve.field:
        raise InvalidKey("The key is not written in the one way a compressed point may be written.")
    try:
        verify = ec.EllipticCurvePublicKey.from_encoded_point(curve.backend, raw).verify
    except ValueError:
        raise InvalidKey("The bytes are not a point of the curve, so they are not a key.") from None
    width, order, algorithm = curve.width, curve.order, curve.verify_with

    def check(signature: bytes, message: bytes) -> None:
        r = int.from_bytes(signature[:width], "big")
        s = int.from_bytes(signature[width:], "big")
        if not (0 < r < order and 0 < s < order):
            raise BackendInvalidSignature
        verify(encode_dss_signature(r, s), message, algorithm)

    return check
