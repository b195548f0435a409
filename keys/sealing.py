"""Sealing: bytes nobody can read, change or move without the key.

AES-256-GCM. A sealed payload is bound to the place it was sealed for: the *associated* bytes are not
stored, and opening with any others fails, so a row swapped for another row does not open.

    12 bytes nonce ‖ ciphertext, as long as the plaintext ‖ 16 bytes tag

The nonce is random. One key may seal about 2**32 payloads before two nonces are likely enough to meet
(NIST SP 800-38D, section 8.3); a learner's key seals thousands.
"""

from os import urandom
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import InvalidKey, SealBroken

__all__ = ["KEY_BYTES", "OVERHEAD", "DataKey"]

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
OVERHEAD: Final = _NONCE_BYTES + _TAG_BYTES
"""How many bytes longer a sealed payload is than what was sealed."""


class DataKey:
    """A symmetric key for one owner's payloads. To forget the payloads, destroy the key."""

    __slots__ = ("_cipher", "raw")

    def __init__(self, raw: bytes) -> None:
        """Of 32 random bytes. Raises InvalidKey."""
        if len(raw) != KEY_BYTES:
            raise InvalidKey(f"A data key has {KEY_BYTES} bytes, not {len(raw)}.")
        self.raw: Final = raw
        self._cipher: Final = AESGCM(raw)

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls(urandom(KEY_BYTES))

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Seal `plaintext` for the place that `associated` names."""
        nonce = urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plaintext, associated)

    def open(self, sealed: bytes, associated: bytes) -> bytes:
        """What was sealed. Raises SealBroken: changed, moved, or sealed under another key."""
        if len(sealed) < OVERHEAD:
            raise SealBroken("The sealed content is cut short.")
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
        except InvalidTag:
            raise SealBroken("The sealed content was changed or moved, or belongs to another key.") from None

    def __repr__(self) -> str:
        return "DataKey(hidden)"
