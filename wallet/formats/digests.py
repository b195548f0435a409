"""Digests by which a credential pins what it refers to.

    "digestSRI": "sha384-oqVuAf…"                a hash with its name, in base64; several with spaces between them
    "digestMultibase": "uEiBZlVztZpfWHgPy…"      the same with the name as a number (multihash), in multibase

Source: VC Data Model 2.0, 5.3; Subresource Integrity, 3.3 and 3.5; Multihash, section 2.
"""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from keys.errors import NotMultibase
from keys.multikey import from_multibase

DIGEST_MEMBERS: Final = frozenset({"digestSRI", "digestMultibase"})

_LENGTHS: Final[Mapping[str, int]] = {"sha256": 32, "sha384": 48, "sha512": 64}
_MULTIHASH: Final[Mapping[bytes, str]] = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
"""The number of a hash and its length -> its name."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One hash of something."""

    name: str
    value: bytes

    def is_of(self, data: bytes) -> bool:
        return hashlib.new(self.name, data).digest() == self.value


def read_digests(member: str, value: Any) -> list[Digest]:
    """The digests in a `digestSRI` or `digestMultibase`, one at least. Raises ValueError for what is none."""
    if not isinstance(value, str):
        raise ValueError("a digest is text")
    if member == "digestMultibase":
        return [_of_multibase(value)]
    found = [_of_sri(text) for text in value.split()]
    if not found:
        raise ValueError("no digest")
    return found


def _of_sri(text: str) -> Digest:
    name, _, encoded = text.partition("?")[0].partition("-")
    try:
        value = b64decode(encoded, validate=True)
    except NotBase64 as error:
        raise ValueError("not base64") from error
    if _LENGTHS.get(name) != len(value):
        raise ValueError("not a hash of that name")
    return Digest(name, value)


def _of_multibase(text: str) -> Digest:
    try:
        data = from_multibase(text)
    except NotMultibase as error:
        raise ValueError("not multibase") from error
    name = _MULTIHASH.get(data[:2])
    if name is None or len(data) != 2 + _LENGTHS[name]:
        raise ValueError("not a multihash of a kind we know")
    return Digest(name, data[2:])
