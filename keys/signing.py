"""Public keys that check signatures, and signers that make them.

Ed25519 (RFC 8032). Of the public keys that can be written, we refuse those that prove nothing: a key of
small order has signatures that hold for any message, made without any private key, and a key with a
second spelling could be revoked under one and used under the other.
"""

from functools import lru_cache
from typing import Final, Protocol, Self, runtime_checkable

from cryptography.exceptions import InvalidSignature as BackendInvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keys.errors import InvalidKey, InvalidSignature
from keys.multikey import ed25519_from_multikey, ed25519_multikey

__all__ = ["Ed25519Signer", "PublicKey", "Signer"]

_DID_KEY: Final = "did:key:"

# The field and curve of RFC 8032, section 5.1.
_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SIGN_BIT: Final = 1 << 255

# The y coordinates of the eight points whose order divides 8. Orders 1, 2 and 4 are y = 1, -1 and 0. The
# points of order 8 double to a point of order 4 (y = 0), and so satisfy y² = -x², that is d·y⁴ + 2·y² = 1;
# the four of them share two values of y.
_Y_OF_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})

_KNOWN_KEYS: Final = 4096
"""How many parsed keys are kept: reading one costs as much as checking a signature with it."""


class PublicKey:
    """An Ed25519 public key. Two keys are equal when their Multikeys are."""

    __slots__ = ("_key", "did", "multikey", "raw")

    def __init__(self, raw: bytes) -> None:
        """Of the 32 bytes of RFC 8032. Raises InvalidKey for a point that can prove nothing."""
        _refuse_useless_point(raw)
        self.raw: Final = raw
        self.multikey: Final = ed25519_multikey(raw)
        self.did: Final = _DID_KEY + self.multikey
        self._key: Final = Ed25519PublicKey.from_public_bytes(raw)

    @classmethod
    def from_multikey(cls, text: str) -> "PublicKey":
        """Of `z6Mk…`. Raises InvalidKey."""
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

    @property
    def verification_method(self) -> str:
        """The DID URL that names this key under its did:key: `did:key:z6Mk…#z6Mk…`."""
        return f"{self.did}#{self.multikey}"

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise InvalidSignature unless this key's holder signed exactly `message`."""
        try:
            self._key.verify(signature, message)
        except BackendInvalidSignature:
            raise InvalidSignature("The signature was not made by this key over this content.") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"PublicKey({self.multikey})"


@lru_cache(maxsize=_KNOWN_KEYS)
def _key_of_multikey(text: str) -> PublicKey:
    return PublicKey(ed25519_from_multikey(text))


def _refuse_useless_point(raw: bytes) -> None:
    """Decode the point as RFC 8032, section 5.1.3 says, which the backend leaves until it verifies."""
    if len(raw) != 32:
        raise InvalidKey(f"An Ed25519 public key has 32 bytes, not {len(raw)}.")
    y = int.from_bytes(raw, "little") & ~_SIGN_BIT
    if y >= _P:
        raise InvalidKey("The key is not written in the one way an Ed25519 key may be written.")
    if y in _SMALL_ORDER_Y:
        raise InvalidKey("The key is of small order: anyone can sign for it, so it proves nothing.")
    # The point is on the curve when x² = (y² - 1)/(d·y² + 1) has a root, by Euler's criterion.
    y_squared = y * y % _P
    if pow((y_squared - 1) * (_D * y_squared + 1), (_P - 1) // 2, _P) != 1:
        raise InvalidKey("The bytes are not a point of the curve, so they are not an Ed25519 key.")


@runtime_checkable
class Signer(Protocol):
    """Whatever can sign for one public key: a key in memory, or a token that never shows it."""

    @property
    def public(self) -> PublicKey:
        """The key that checks what this signer signs."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature of `message`."""
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
