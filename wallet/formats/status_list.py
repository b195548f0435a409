"""Bitstring Status List 1.0: one bit a credential, in a list that is itself a signed credential.

    {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "94567",
     "statusListCredential": "https://registry.example/status/7"}

Index 0 is the left-most bit of the first byte. The bits travel as multibase "u" + base64url (no padding)
of a gzip stream. What comes from a stranger is read strictly: one spelling, and never more bytes unpacked
than a list may have.
"""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from wallet.errors import WalletError
from wallet.formats.shape import VC_2, absolute_uri, date_time, listed, written_time

MINIMUM_ENTRIES = 131_072
"""16 KiB of bits: below this a list gives away whom it is about. Source: 3.3, 6.1."""

MAXIMUM_ENTRIES = 8 * 1024 * 1024
"""1 MiB of bits. Our limit: a gzip stream of a few kilobytes could otherwise unpack to gigabytes."""

_INDEX_DIGITS = 9

Purpose = Literal["revocation", "suspension", "refresh", "message"]


class StatusListRefused(WalletError):
    """A status list, or an entry that points into one, that cannot be read. str() is one sentence.

    `reason` is a stable code.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason, sentence)
        self.reason = reason
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, kw_only=True)
class StatusEntry:
    """Where a credential's status stands: the bit `index` of the list at `list_url`."""

    purpose: str
    index: int
    list_url: str


@dataclass(frozen=True, kw_only=True)
class StatusList:
    """A status list credential as read: whose it is, until when it holds, and its bits."""

    url: str | None
    issuer: str
    purposes: tuple[str, ...]
    bits: bytes
    valid_from: datetime | None
    valid_until: datetime | None
    ttl: timedelta | None


def encode(set_indices: Iterable[int], size: int = MINIMUM_ENTRIES) -> str:
    """The list of `size` bits in which exactly `set_indices` are set, as multibase text "uH4sI…".

    The same bits always give the same text. Raises StatusListRefused for a size that is no multiple of
    eight or out of bounds, and for an index outside the list. Source: 3.3, Bitstring Generation Algorithm.
    """
    if size % 8 or not MINIMUM_ENTRIES <= size <= MAXIMUM_ENTRIES:
        raise StatusListRefused("list-size", f"A status list of {size} entries is not allowed.")
    bits = bytearray(size // 8)
    for index in set_indices:
        if not 0 <= index < size:
            raise StatusListRefused("index-out-of-range", f"Index {index} lies outside a list of {size}.")
        bits[index >> 3] |= 0x80 >> (index & 7)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(encoded: str) -> bytes:
    """The bits of an `encodedList`. Source: 3.4, Bitstring Expansion Algorithm.

    Raises StatusListRefused unless the text is "u" + unpadded base64url of exactly one gzip stream that
    unpacks to 131,072 to 8,388,608 entries.
    """
    if not encoded.startswith("u"):
        raise StatusListRefused("not-multibase", "The status list is not written in multibase base64url.")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # gzip, and nothing else
    try:
        bits = unpacker.decompress(_base64url(encoded[1:]), MAXIMUM_ENTRIES // 8 + 1)
    except zlib.error as error:
        raise StatusListRefused("not-gzip", "The status list cannot be unpacked.") from error
    if len(bits) * 8 > MAXIMUM_ENTRIES:
        raise StatusListRefused(
            "too-long", f"The status list unpacks to more than {MAXIMUM_ENTRIES} entries."
        )
    if not unpacker.eof or unpacker.unused_data:
        raise StatusListRefused("not-gzip", "The status list is not one whole gzip stream.")
    if len(bits) * 8 < MINIMUM_ENTRIES:
        raise StatusListRefused(
            "too-short",
            f"The status list has {len(bits) * 8} entries; {MINIMUM_ENTRIES} is the least allowed.",
        )
    return bits


def bit(bits: bytes, index: int) -> bool:
    """Whether the bit `index` is set. Raises StatusListRefused for an index outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise StatusListRefused(
            "index-out-of-range", f"Index {index} lies outside a list of {len(bits) * 8} entries."
        )
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def entry(*, list_url: str, index: int, purpose: Purpose) -> dict[str, Any]:
    """A `credentialStatus` value. Source: 2.1, BitstringStatusListEntry.

    It has no id: the id would be optional, and of no use but to join a person's credentials together.
    """
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def status_list_credential(
    *,
    list_url: str,
    issuer: str,
    purpose: Purpose,
    set_indices: Iterable[int],
    valid_from: datetime,
    valid_until: datetime,
    ttl: timedelta | None = None,
    size: int = MINIMUM_ENTRIES,
) -> dict[str, Any]:
    """The unsigned credential that publishes a list. Source: 2.2, BitstringStatusListCredential.

    `ttl` is how long a copy may be used before a newer one is asked for; a copy is worthless after
    `valid_until` whatever its `ttl`. Raises StatusListRefused as `encode` does.
    """
    subject: dict[str, Any] = {
        "id": f"{list_url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(set_indices, size),
    }
    if ttl is not None:
        subject["ttl"] = ttl // timedelta(milliseconds=1)
    return {
        "@context": [VC_2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": written_time(valid_from),
        "validUntil": written_time(valid_until),
        "credentialSubject": subject,
    }


def entries(document: Mapping[str, Any]) -> list[Any]:
    """The `credentialStatus` values of a credential: none, one or several, whatever their type."""
    return listed(document.get("credentialStatus"))


def read_entry(value: Any) -> StatusEntry:
    """One `credentialStatus` value. Raises StatusListRefused for another type and for a broken one."""
    if not isinstance(value, Mapping) or "BitstringStatusListEntry" not in listed(value.get("type")):
        raise StatusListRefused("unknown-status-type", "The status is of a type this wallet does not know.")
    purpose, index, url = (
        value.get("statusPurpose"),
        value.get("statusListIndex"),
        value.get("statusListCredential"),
    )
    if value.get("statusSize", 1) != 1:
        raise StatusListRefused(
            "unknown-status-size", "The status takes more than one bit; this wallet reads one."
        )
    if not isinstance(purpose, str) or not purpose:
        raise StatusListRefused("malformed-entry", "The status names no purpose.")
    if not isinstance(index, str) or not (index.isascii() and index.isdigit()) or len(index) > _INDEX_DIGITS:
        raise StatusListRefused(
            "malformed-entry", "The status has no index that is a whole number in digits."
        )
    if not absolute_uri(url):
        raise StatusListRefused("malformed-entry", "The status names no list by its address.")
    return StatusEntry(purpose=purpose, index=int(index), list_url=str(url))


def read_list(document: Mapping[str, Any]) -> StatusList:
    """What a status list credential says, its proof not looked at. Raises StatusListRefused."""
    subject, issuer = document.get("credentialSubject"), document.get("issuer")
    if "BitstringStatusListCredential" not in listed(document.get("type")) or not isinstance(
        subject, Mapping
    ):
        raise StatusListRefused("not-a-status-list", "What was published there is not a status list.")
    encoded, ttl, identifier = subject.get("encodedList"), subject.get("ttl"), document.get("id")
    if "BitstringStatusList" not in listed(subject.get("type")) or not isinstance(encoded, str):
        raise StatusListRefused("not-a-status-list", "What was published there is not a status list.")
    if ttl is not None and (isinstance(ttl, bool) or not isinstance(ttl, int) or ttl < 0):
        raise StatusListRefused("malformed-list", "The list's time to live is not a number of milliseconds.")
    return StatusList(
        url=identifier if isinstance(identifier, str) else None,
        issuer=str(issuer.get("id")) if isinstance(issuer, Mapping) else str(issuer),
        purposes=tuple(
            purpose for purpose in listed(subject.get("statusPurpose")) if isinstance(purpose, str)
        ),
        bits=decode(encoded),
        valid_from=_time(document, "validFrom"),
        valid_until=_time(document, "validUntil"),
        ttl=None if ttl is None else timedelta(milliseconds=min(ttl, _LONGEST_TTL)),
    )


_LONGEST_TTL = (
    10 * 366 * 24 * 3600 * 1000
)  # beyond ten years a time to live means nothing, and could overflow


def _time(document: Mapping[str, Any], member: str) -> datetime | None:
    if member not in document:
        return None
    if (time := date_time(document[member])) is None:
        raise StatusListRefused("malformed-list", f"The list's {member} is not a date and time with a zone.")
    return time


def _base64url(text: str) -> bytes:
    """Bytes of unpadded base64url with exactly one spelling: unused bits are zero (RFC 4648, 3.5)."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise StatusListRefused("not-base64url", "The status list is not base64url text.") from error
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise StatusListRefused(
            "not-base64url", "The status list is not base64url in its one right spelling."
        )
    return data
