"""Bytes as text: base58btc, multibase, and public keys as Multikeys.

    z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2
    │└── base58btc of the two bytes ed 01 (multicodec: an Ed25519 public key) and the 32 bytes of the key
    └── multibase: what follows is base58btc

    z6Mk… Ed25519     zDna… P-256     z82L… P-384     z2J9… P-521

Reading is strict: every byte string has exactly one text, and any other text is refused.

Source: Controlled Identifiers 1.0, "Multikey", "Multibase", and the base encode and decode algorithms.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import Enum
from typing import Final, Literal

from keys.errors import InvalidKey, NotMultibase

__all__ = [
    "KeyKind",
    "ed25519_from_multikey",
    "ed25519_multikey",
    "from_base58btc",
    "from_multibase",
    "from_multikey",
    "to_base58btc",
    "to_multibase",
    "to_multikey",
]

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LETTERS: Final = _ALPHABET.encode()
# The long number is taken eight digits at a time: 58**8 is below 2**63, so that within such a word the interpreter's
# numbers stay short.
_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_PAIR: Final = 58**2
_TWO_PAIRS: Final = _PAIR**2
_WORD: Final = _PAIR**4
_WORD_DIGITS: Final = 8
_TO_VALUES: Final = bytes.maketrans(_LETTERS, bytes(range(58)))

_LONGEST: Final = 4096
"""Characters. Base 58 costs the square of its length, and nothing we read in it is longer."""

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def to_base58btc(data: bytes) -> str:
    """Write bytes in the Bitcoin alphabet of base 58, without a multibase prefix."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    words: list[str] = []
    while number:
        number, word = divmod(number, _WORD)
        high, low = divmod(word, _TWO_PAIRS)
        words.append(
            _PAIRS[high // _PAIR] + _PAIRS[high % _PAIR] + _PAIRS[low // _PAIR] + _PAIRS[low % _PAIR]
        )
    words.reverse()
    digits = "".join(words)
    return "1" * zeros + digits.lstrip("1")


def from_base58btc(text: str) -> bytes:
    """The bytes `text` stands for. Raises NotMultibase for any character outside the alphabet."""
    if len(text) > _LONGEST:
        raise NotMultibase("The base58 text is longer than anything that is written in it.")
    digits = text.lstrip("1")
    if not digits.isascii() or (written := digits.encode("ascii")).translate(None, _LETTERS):
        raise NotMultibase("The text holds a character that base58 does not have.")
    values = iter(bytes(-len(digits) % _WORD_DIGITS) + written.translate(_TO_VALUES))
    number = 0
    for a, b, c, d, e, f, g, h in zip(*[values] * _WORD_DIGITS, strict=True):
        word = ((((((a * 58 + b) * 58 + c) * 58 + d) * 58 + e) * 58 + f) * 58 + g) * 58 + h
        number = number * _WORD + word
    return bytes(len(text) - len(digits)) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_multibase(data: bytes, base: Literal["z", "u"] = "z") -> str:
    """Write bytes with their multibase letter: `z` for base58btc, `u` for base64url without padding."""
    if base == "z":
        return "z" + to_base58btc(data)
    return "u" + _base64url(data)


def from_multibase(text: str) -> bytes:
    """The bytes of a `z` or `u` multibase text. Raises NotMultibase for every other text."""
    if text.startswith("z"):
        return from_base58btc(text[1:])
    if text.startswith("u"):
        return _from_base64url(text[1:])
    raise NotMultibase("The text starts with neither z nor u, the two multibase letters accepted here.")


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_base64url(text: str) -> bytes:
    # A length of 1 modulo 4 encodes no whole byte; unused low bits that are not zero would be a
    # second way to write the same bytes.
    if _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise NotMultibase("The text is not base64url without padding.")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _base64url(data) != text:
        raise NotMultibase("The base64url text ends in bits that belong to no byte.")
    return data


class KeyKind(Enum):
    """The kinds of public key we can use. A new kind is a line here and a reader in `keys.signing`."""

    ED25519 = (b"\xed\x01", b"\x80\x26", 32, 64)
    P256 = (b"\x80\x24", b"\x86\x26", 33, 64)
    P384 = (b"\x81\x24", b"\x87\x26", 49, 96)
    P521 = (b"\x82\x24", b"\x88\x26", 67, 132)

    def __init__(self, prefix: bytes, secret_prefix: bytes, length: int, signature_length: int) -> None:
        self.prefix = prefix
        """The multicodec number of the kind, as an unsigned varint."""
        self.secret_prefix = secret_prefix
        """The number of its private keys, which are never read: only recognised and refused."""
        self.length = length
        """Bytes of the key itself; of a point on a NIST curve, in its compressed form (SEC 1, 2.3.3)."""
        self.signature_length = signature_length
        """Bytes of a signature; on a NIST curve r and then s, both in full (IEEE P1363)."""

    def __str__(self) -> str:
        return _NAMES[self]


_NAMES: Final = {
    KeyKind.ED25519: "Ed25519",
    KeyKind.P256: "P-256",
    KeyKind.P384: "P-384",
    KeyKind.P521: "P-521",
}
_BY_PREFIX: Final = {kind.prefix: kind for kind in KeyKind}
_NAMED_BUT_NOT_USED: Final = {
    b"\xe7\x01": "a secp256k1 key, which we do not use",
    b"\xec\x01": "an X25519 key, which signs nothing",
    **{kind.secret_prefix: "a private key, which must not be shown to anyone" for kind in KeyKind},
}


def to_multikey(kind: KeyKind, raw: bytes) -> str:
    """The Multikey text of a public key. Raises InvalidKey when the length is not the kind's."""
    if len(raw) != kind.length:
        raise InvalidKey(f"A key of the kind {kind} has {kind.length} bytes, not {len(raw)}.")
    return to_multibase(kind.prefix + raw)


def from_multikey(text: str) -> tuple[KeyKind, bytes]:
    """The kind and bytes of a public key. Raises InvalidKey; says nothing about the point itself."""
    if not text.startswith("z"):
        raise InvalidKey("A Multikey starts with z: its bytes are written in base58btc.")
    try:
        data = from_base58btc(text[1:])
    except NotMultibase as error:
        raise InvalidKey("The text is not a public key: it is not base58btc.") from error
    kind, raw = _BY_PREFIX.get(data[:2]), data[2:]
    if kind is None:
        what = _NAMED_BUT_NOT_USED.get(data[:2], "something else")
        raise InvalidKey(f"The text is not a public key that we can use: it is {what}.")
    if len(raw) != kind.length:
        raise InvalidKey(f"A key of the kind {kind} has {kind.length} bytes, not {len(raw)}.")
    return kind, raw


def ed25519_multikey(raw: bytes) -> str:
    """`z6Mk…` for the 32 bytes of an Ed25519 public key (RFC 8032, section 5.1.2)."""
    return to_multikey(KeyKind.ED25519, raw)


def ed25519_from_multikey(text: str) -> bytes:
    """The 32 bytes of the Ed25519 public key `z6Mk…`. Raises InvalidKey."""
    kind, raw = from_multikey(text)
    if kind is not KeyKind.ED25519:
        raise InvalidKey(f"The key is not an Ed25519 key: it is of the kind {kind}.")
    return raw
