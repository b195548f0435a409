"""Token Status List: the status of tokens (SD-JWT VC, JWT) in a signed list of 1, 2, 4 or 8 bits each.

    in the credential     {"status": {"status_list": {"idx": 412, "uri": "https://registry.example/tokens/1"}}}
    at that address, a JWT of the type statuslist+jwt with the claims
                          {"sub": "https://registry.example/tokens/1", "iat": 1782806400, "exp": 1785398400,
                           "ttl": 43200, "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}}

Index 0 is at the low end of the first byte, the other way round than in a Bitstring Status List. `lst` is a zlib
stream as base64url without padding. What comes from a stranger is read strictly, and unpacked within bounds.

Or there is a CWT of the type application/statuslist+cwt: a COSE_Sign1, tagged as one or as a CWT too, that holds the
same claims by their numbers, and `lst` as bytes.

Source: Token Status List, draft-ietf-oauth-status-list-21, sections 4.1, 4.2, 5.1, 5.2, 6.2, 6.3, 7.1 and 8.3.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import cbor2

from keys import cose, jose
from keys.canonical import canonicalize
from keys.cose import CoseSign1
from keys.errors import JoseError, KeysError, MalformedMessage, WrongMediaType
from keys.jose import Jws
from keys.signing import PublicKey, Signer
from wallet.formats.shape import absolute_uri
from wallet.formats.status_list import StatusListRefused

TYPE: Final = "statuslist+jwt"
"""The `typ` of a list's JOSE header; a JWT of another type is no list, whatever it claims."""
CWT_TYPE: Final = "statuslist+cwt"
"""The same of the header of a COSE message, under `application/`."""

_CWT_CLAIMS: Final = {1: "iss", 2: "sub", 4: "exp", 6: "iat", 65534: "ttl", 65533: "status_list"}
"""Source: 5.2 and 14.4 (the numbers asked of IANA); RFC 8392, section 4."""
_CWT_TAG: Final = b"\xd8\x3d"  # tag 61

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


@dataclass(frozen=True)
class PublishedList:
    """A list as it was published. Nothing in it is anybody's word until `check` has not raised."""

    claims: Mapping[str, Any]
    """The claims of a JWT, or those of a CWT under the same names."""
    key_id: str | None
    message: Jws | CoseSign1

    def check(self, key: PublicKey) -> None:
        """Raise unless the holder of `key` signed it: AlgorithmNotAllowed, InvalidSignature."""
        self.message.check(key)


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


def sign_list_cwt(claims: Mapping[str, Any], *, signer: Signer, kid: str) -> bytes:
    """The same claims as the CWT to publish. Source: 5.2."""
    numbered: dict[int, Any] = {
        number: claims[name] for number, name in _CWT_CLAIMS.items() if name in claims
    }
    listed = claims["status_list"]
    numbered[65533] = {**listed, "lst": jose.from_base64url(listed["lst"], "status list")}
    payload = cbor2.dumps(numbered, canonical=True)
    return cose.sign(payload, signer, typ=f"application/{CWT_TYPE}", kid=kid.encode())


def open_list(text: str | bytes) -> PublishedList:
    """A list as it was published, its signature still to be checked. Raises StatusListRefused.

    A JWT is text, and a CWT bytes that no text begins with.
    """
    data = text.encode() if isinstance(text, str) else text.strip() if text.startswith(b"ey") else text
    try:
        return _open_jwt(data) if data.startswith(b"ey") else _open_cwt(data.removeprefix(_CWT_TAG))
    except JoseError as error:
        raise StatusListRefused("list-unreadable", f"The status list cannot be read. {error}") from error
    except UnicodeDecodeError as error:
        sentence = "The status list cannot be read: it is neither a JWT nor a CWT."
        raise StatusListRefused("list-unreadable", sentence) from error


def _open_jwt(data: bytes) -> PublishedList:
    jws = jose.read(data.decode("ascii"))
    jws.expect(TYPE)
    return PublishedList(jws.claims(), jws.key_id, jws)


def _open_cwt(data: bytes) -> PublishedList:
    message = cose.read(data)
    if message.typ != CWT_TYPE:
        raise WrongMediaType(f"The message says that it is {str(message.typ)[:60]!r}, and not a status list.")
    given = cose.claims_of(message.payload)
    claims = {name: given[number] for number, name in _CWT_CLAIMS.items() if number in given}
    listed = claims.get("status_list")
    if not isinstance(listed, dict) or not isinstance(listed.get("lst"), bytes):
        raise MalformedMessage("The message holds no list.")
    claims["status_list"] = {**listed, "lst": jose.to_base64url(listed["lst"])}
    return PublishedList(claims, None if message.key_id is None else message.key_id.decode("utf-8"), message)


def checked_list(text: str | bytes, key: PublicKey) -> TokenStatusList:
    """The list, once it is sure that this key signed it. Raises StatusListRefused."""
    published = open_list(text)
    try:
        published.check(key)
    except KeysError as error:
        raise StatusListRefused(
            "list-proof", f"The status list's signature cannot be relied on. {error}"
        ) from error
    return read_list(published.claims)


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
