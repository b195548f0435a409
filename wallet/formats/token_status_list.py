"""Token Status List: the status of tokens (SD-JWT VC, JWT) in a signed list of 1, 2, 4 or 8 bits each.

    in the credential     {"status": {"status_list": {"idx": 412, "uri": "https://registry.example/tokens/1"}}}
    at that address, a JWT of the type statuslist+jwt with the claims
                          {"sub": "https://registry.example/tokens/1", "iat": 1782806400, "exp": 1785398400,
                           "ttl": 43200, "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}}

Index 0 is at the low end of the first byte, the other way round than in a Bitstring Status List. `lst` is a zlib
stream as base64url without padding. What comes from a stranger is read strictly, and unpacked within bounds.

Source: Token Status List, draft-ietf-oauth-status-list-21, sections 4.1, 4.2, 5.1, 6.2 and 7.1; JWT format only.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from keys import jose
from keys.canonical import canonicalize
from keys.errors import JoseError, KeysError, MalformedMessage
from keys.signing import PublicKey, Signer
from wallet.formats.shape import absolute_uri
from wallet.formats.status_list import StatusListRefused

TYPE: Final = "statuslist+jwt"
"""The `typ` of a list's JOSE header; a JWT of another type is no list, whatever it claims."""

VALID: Final = 0
INVALID: Final = 1
"""Revoked, annulled, taken back: for ever, as a rule."""
SUSPENDED: Final = 2

SIZES: Final = (1, 2, 4, 8)
MOST_BYTES: Final = 1024 * 1024
"""Unpacked. Our limit: a stream of a few kilobytes could otherwise unpack to gigabytes."""

_HIGHEST_INDEX: Final = MOST_BYTES * 8
_LONGEST_TTL: Final = 10 * 366 * 24 * 3600
"""Seconds: beyond ten years a time to live means nothing, and could overflow."""


@dataclass(frozen=True, kw_only=True)
class TokenStatusEntry:
    """Where a token's status stands: place `index` of the list at `uri`."""

    index: int
    uri: str


@dataclass(frozen=True, kw_only=True)
class TokenStatusList:
    """A list as read: what it is about, how many bits a place has, and until when it holds."""

    uri: str
    bits: int
    packed: bytes
    valid_from: datetime
    valid_until: datetime | None
    ttl: timedelta | None

    def status(self, index: int) -> int:
        """The status at a place. Raises StatusListRefused for a place outside the list. Source: 4.1, step 3."""
        per_byte = 8 // self.bits
        if not 0 <= index < len(self.packed) * per_byte:
            raise StatusListRefused(
                "index-out-of-range",
                f"Index {index} lies outside a list of {len(self.packed) * per_byte} places.",
            )
        return self.packed[index // per_byte] >> index % per_byte * self.bits & (1 << self.bits) - 1


def encode(statuses: Mapping[int, int], *, size: int, bits: int = 1) -> str:
    """The `lst` of `size` places, in which those not in `statuses` are VALID. Source: 4.1 and 4.2.

    Raises StatusListRefused for a number of bits or a size there is not, for a place outside the list, and for a
    status that does not fit.
    """
    _check_bits(bits)
    per_byte = 8 // bits
    if size % per_byte or not 0 < size <= MOST_BYTES * per_byte:
        raise StatusListRefused("list-size", f"A list of {size} places of {bits} bits is not allowed.")
    packed = bytearray(size // per_byte)
    for index, status in statuses.items():
        if not 0 <= index < size:
            raise StatusListRefused(
                "index-out-of-range", f"Index {index} lies outside a list of {size} places."
            )
        if not 0 <= status < 1 << bits:
            raise StatusListRefused("status-too-big", f"The status {status} does not fit into {bits} bits.")
        shift, mask = index % per_byte * bits, (1 << bits) - 1
        packed[index // per_byte] = packed[index // per_byte] & ~(mask << shift) & 0xFF | status << shift
    return jose.to_base64url(zlib.compress(bytes(packed), level=9))


def decode(lst: str) -> bytes:
    """The bytes of an `lst`. Source: 8.3, step 5.

    Raises StatusListRefused unless it is unpadded base64url of exactly one zlib stream of at most 1 MiB.
    """
    try:
        stream = jose.from_base64url(lst, "status list")
    except MalformedMessage as error:
        raise StatusListRefused(
            "not-base64url", "The status list is not base64url in its one right spelling."
        ) from error
    unpacker = zlib.decompressobj()
    try:
        packed = unpacker.decompress(stream, MOST_BYTES + 1)
    except zlib.error as error:
        raise StatusListRefused("not-zlib", "The status list cannot be unpacked.") from error
    if len(packed) > MOST_BYTES:
        raise StatusListRefused("too-long", f"The status list unpacks to more than {MOST_BYTES} bytes.")
    if not unpacker.eof or unpacker.unused_data:
        raise StatusListRefused("not-zlib", "The status list is not one whole zlib stream.")
    return packed


def status_claim(*, uri: str, index: int) -> dict[str, Any]:
    """The `status` claim of a token. Source: 6.2."""
    return {"status_list": {"idx": index, "uri": uri}}


def read_entry(claims: Mapping[str, Any]) -> TokenStatusEntry | None:
    """Where a token's claims say its status stands; None where they name no status at all.

    Raises StatusListRefused for a status of another mechanism and for a broken one. Source: 6.2.
    """
    if "status" not in claims:
        return None
    status = claims["status"]
    if not isinstance(status, Mapping):
        raise StatusListRefused("malformed-entry", "The status of the token is not an object.")
    named = status.get("status_list")
    if named is None:
        raise StatusListRefused("unknown-status-type", "The status is of a kind this wallet does not know.")
    index = named.get("idx") if isinstance(named, Mapping) else None
    if type(index) is not int or not 0 <= index < _HIGHEST_INDEX:
        raise StatusListRefused("malformed-entry", "The status has no index that is a whole number.")
    if not absolute_uri(uri := named.get("uri")):
        raise StatusListRefused("malformed-entry", "The status names no list by its address.")
    return TokenStatusEntry(index=index, uri=str(uri))


def list_claims(
    *,
    uri: str,
    statuses: Mapping[int, int],
    size: int,
    bits: int = 1,
    issued_at: datetime,
    expires_at: datetime,
    ttl: timedelta | None = None,
    issuer: str | None = None,
) -> dict[str, Any]:
    """The claims of the JWT that publishes a list, to be signed with the `typ` TYPE. Source: 5.1.

    `ttl` is how long a copy may be used before a newer one is asked for; none is any good after `expires_at`.
    `issuer` is not asked for by the draft; with it a reader need not guess whose keys to look for. Raises
    StatusListRefused as `encode` does.
    """
    claims: dict[str, Any] = {} if issuer is None else {"iss": issuer}
    claims |= {"sub": uri, "iat": int(issued_at.timestamp()), "exp": int(expires_at.timestamp())}
    if ttl is not None:
        claims["ttl"] = ttl // timedelta(seconds=1)
    return claims | {"status_list": {"bits": bits, "lst": encode(statuses, size=size, bits=bits)}}


def read_list(claims: Mapping[str, Any]) -> TokenStatusList:
    """What the claims of a list say, its signature not looked at. Raises StatusListRefused. Source: 5.1, 8.3."""
    uri, listed = claims.get("sub"), claims.get("status_list")
    if not isinstance(listed, Mapping) or not isinstance(listed.get("lst"), str):
        raise StatusListRefused("not-a-status-list", "What was published there is not a status list.")
    if not absolute_uri(uri):
        raise StatusListRefused("malformed-list", "The list does not say by its address which list it is.")
    bits = listed.get("bits")
    if type(bits) is not int:
        raise StatusListRefused("malformed-list", "The list does not say how many bits a place has.")
    _check_bits(bits)
    issued_at = _time(claims, "iat")
    if issued_at is None:
        raise StatusListRefused("malformed-list", "The list does not say when it was issued.")
    return TokenStatusList(
        uri=str(uri),
        bits=bits,
        packed=decode(listed["lst"]),
        valid_from=issued_at,
        valid_until=_time(claims, "exp"),
        ttl=_ttl(claims),
    )


def sign_list(claims: Mapping[str, Any], *, signer: Signer, kid: str) -> str:
    """The claims of a list as the JWT to publish. `kid` names the signer's key among the issuer's. Source: 5.1."""
    return jose.sign(canonicalize(claims), signer, typ=TYPE, kid=kid)


def open_list(text: str) -> jose.Jws:
    """A list as it was published, its signature still to be checked. Raises StatusListRefused."""
    try:
        jws = jose.read(text)
        jws.expect(TYPE)
    except JoseError as error:
        raise StatusListRefused("list-unreadable", f"The status list cannot be read. {error}") from error
    return jws


def checked_list(text: str, key: PublicKey) -> TokenStatusList:
    """The list, once it is sure that this key signed it. Raises StatusListRefused."""
    jws = open_list(text)
    try:
        jws.check(key)
        claims = jws.claims()
    except KeysError as error:
        raise StatusListRefused(
            "list-proof", f"The status list's signature cannot be relied on. {error}"
        ) from error
    return read_list(claims)


def _check_bits(bits: int) -> None:
    if bits not in SIZES:
        raise StatusListRefused("list-bits", f"A status has 1, 2, 4 or 8 bits, not {bits}.")


def _time(claims: Mapping[str, Any], name: str) -> datetime | None:
    try:
        return jose.numeric_date(claims, name)
    except MalformedMessage as error:
        raise StatusListRefused(
            "malformed-list", f"The list's {name} is not a number of seconds since 1970."
        ) from error


def _ttl(claims: Mapping[str, Any]) -> timedelta | None:
    if "ttl" not in claims:
        return None
    value = claims["ttl"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise StatusListRefused(
            "malformed-list", "The list's time to live is not a positive number of seconds."
        )
    return timedelta(seconds=min(value, _LONGEST_TTL))
