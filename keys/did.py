"""Decentralized identifiers: did:web, did:key and did:jwk, and the documents that list an owner's keys.

    did:web:example.edu:i:aitu             names an owner; https://example.edu/i/aitu/did.json lists the keys
    did:web:localhost%3A8000               a port is written with %3A;  https://localhost:8000/.well-known/did.json
    did:web:example.edu:i:aitu#key-1       names one of the keys, a verification method
    did:key:z6Mk…#z6Mk…                    a key that is its own name
    did:jwk:eyJj…#0                        the same, the key written as a JSON Web Key

A document says only what its server says. Whether the server may speak for the owner is decided elsewhere.

Sources: Decentralized Identifiers 1.0, sections 3.1 and 3.2; did:web Method Specification, section 2.5;
did:key Method v0.9, section 3.1; did:jwk Method Specification, "DID Operations";
Controlled Identifiers 1.0, "Verification Methods", "Verification Relationships" and
"Retrieve Verification Method".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import InvalidDid, InvalidKey, MalformedJson, NotMultibase, UnknownKey
from keys.jwk import public_jwk, public_key_of_jwk
from keys.multikey import from_multibase, to_multibase
from keys.signing import PublicKey
from keys.timestamps import read_timestamp, write_timestamp

__all__ = [
    "Did",
    "DidUrl",
    "PublishedKey",
    "did_document",
    "did_jwk",
    "did_key",
    "did_web",
    "did_web_url",
    "fetchable_did_web_url",
    "parse_did",
    "parse_did_url",
    "published_key",
    "self_contained_document",
    "self_contained_key",
    "verification_method_key",
]

DID_CONTEXT: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY_CONTEXT: Final = "https://w3id.org/security/multikey/v1"
JWK_CONTEXT: Final = "https://w3id.org/security/suites/jws-2020/v1"

_RELATIONSHIPS: Final = ("assertionMethod", "authentication")
_ALL_RELATIONSHIPS: Final = (*_RELATIONSHIPS, "capabilityInvocation", "capabilityDelegation")
_LONGEST: Final = 2048

_IDCHAR: Final = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_PCHAR: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_DID: Final = rf"did:(?P<method>[a-z0-9]+):(?P<id>(?:{_IDCHAR}*:)*{_IDCHAR}+)"
_DID_URL: Final = (
    rf"(?P<did>{_DID})(?P<path>(?:/{_PCHAR}*)*)(?:\?(?P<query>(?:{_PCHAR}|[/?])*))?"
    rf"(?:#(?P<fragment>(?:{_PCHAR}|[/?])*))?"
)
_DID_PATTERN: Final = re.compile(_DID, re.ASCII)
_DID_URL_PATTERN: Final = re.compile(_DID_URL, re.ASCII)

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII)
_SEGMENT: Final = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Did:
    """`did:method:id`."""

    method: str
    id: str

    def __str__(self) -> str:
        return f"did:{self.method}:{self.id}"


@dataclass(frozen=True, slots=True)
class DidUrl:
    """A DID and what follows it. An empty fragment (`did:…#`) is not the same as none."""

    did: Did
    path: str = ""
    query: str | None = None
    fragment: str | None = None


def parse_did(text: str) -> Did:
    """Raises InvalidDid, for a DID URL too."""
    found = _DID_PATTERN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise InvalidDid(f"{text[:200]!r} is not a DID.")
    return Did(found["method"], found["id"])


def parse_did_url(text: str) -> DidUrl:
    """Raises InvalidDid. A relative reference (`#key-1`) is not a DID URL."""
    found = _DID_URL_PATTERN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise InvalidDid(f"{text[:200]!r} is not a DID URL.")
    return DidUrl(Did(found["method"], found["id"]), found["path"], found["query"], found["fragment"])


def did_web(host: str, *segments: str) -> str:
    """The DID of a web address.

    `did_web("localhost:8000", "i", "aitu")` is `did:web:localhost%3A8000:i:aitu`. `host` is a lower-case
    host name, with a port where it is not 443. Raises InvalidDid.
    """
    if not _is_host(host):
        raise InvalidDid(f"{host[:200]!r} is not a host name, with or without a port.")
    for segment in segments:
        if not _is_segment(segment):
            raise InvalidDid(f"{segment[:200]!r} cannot be a part of a did:web.")
    return ":".join(["did:web", quote(host, safe=""), *segments])


def did_key(multikey: str) -> str:
    """The DID of a key that is its own name: `did:key:z6Mk…`. The text of the key is not looked at."""
    return f"did:key:{multikey}"


def did_web_url(did: str) -> str:
    """Where the DID's document is: `https://example.edu/i/aitu/did.json`. Raises InvalidDid.

    Only for addresses of our own. What a stranger names goes through `fetchable_did_web_url`.
    """
    host, segments = _web_parts(did)
    return f"https://{host}/{'/'.join(segments) or '.well-known'}/did.json"


def fetchable_did_web_url(did: str) -> str:
    """The same, for a DID that came from a stranger, before anything is fetched. Raises InvalidDid.

    Refused are the names that lead somewhere without anyone having registered them: IP addresses in any
    of the ways URLs can write them, single-label names such as `localhost`, and the top-level domains
    that are kept for local use (RFC 6761, RFC 6762, RFC 8375, RFC 9476). A registered name may still point
    at a private address: whoever fetches must look at the address it resolves to.
    """
    host, _ = _web_parts(did)
    labels = host.partition(":")[0].split(".")
    if _LOOKS_LIKE_A_NUMBER.fullmatch(labels[-1]) is not None:
        raise InvalidDid("The DID names an IP address, where a registered host name is needed.")
    if len(labels) == 1 or labels[-1] in _LOCAL_DOMAINS or labels[-2:] == ["home", "arpa"]:
        raise InvalidDid("The DID names a host that exists only on a local network.")
    return did_web_url(did)


# URL Standard, section 3.5: a host whose last label is a number, decimal, octal or hexadecimal, is an IPv4
# address or nothing.
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_LOCAL_DOMAINS: Final = frozenset({"localhost", "local", "internal", "alt", "onion", "test", "invalid"})


def _web_parts(did: str) -> tuple[str, list[str]]:
    parsed = parse_did(did)
    if parsed.method != "web":
        raise InvalidDid(f"{did[:200]!r} is not a did:web.")
    host, *segments = parsed.id.split(":")
    # Nothing else may be written with a percent sign, and host names are in lower case: one spelling only.
    decoded = host.replace("%3A", ":", 1)
    if not _is_host(decoded):
        raise InvalidDid(f"{did[:200]!r} does not name a host.")
    if not all(_is_segment(segment) for segment in segments):
        raise InvalidDid(f"{did[:200]!r} does not lead to a document.")
    return decoded, segments


def _is_host(host: str) -> bool:
    found = _HOST.fullmatch(host)
    if found is None or len(host) > 253:
        return False
    return found["port"] is None or int(found["port"]) <= 65535


def _is_segment(segment: str) -> bool:
    # Dots alone would climb out of the path; percent signs would hide what is in it.
    return _SEGMENT.fullmatch(segment) is not None and segment.strip(".") != ""


# --- DIDs that are keys -------------------------------------------------------------------------------


def did_jwk(key: PublicKey) -> str:
    """`did:jwk:` and the key's JSON Web Key, in its canonical layout, as base64url."""
    return f"did:jwk:{to_multibase(canonicalize(public_jwk(key)), 'u')[1:]}"


def self_contained_document(did: str) -> dict[str, Any]:
    """The document of a did:key or did:jwk, which is in the DID itself: nobody is asked.

    Keys for signatures only, for every relationship there is but, with a did:key, key agreement. Raises InvalidDid for
    another DID; InvalidKey where the DID holds no such key, or a private one.
    """
    parsed = parse_did(did)
    if parsed.method == "key":
        key = PublicKey.from_did_key(did)
        listed: dict[str, Any] = {
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": key.multikey,
        }
        return _sole_key_document(did, f"{did}#{key.multikey}", MULTIKEY_CONTEXT, listed, _ALL_RELATIONSHIPS)
    if parsed.method == "jwk":
        jwk = _jwk_of(parsed)
        public_key_of_jwk(jwk)
        relationships = (
            _ALL_RELATIONSHIPS if jwk.get("use") == "sig" else (*_ALL_RELATIONSHIPS, "keyAgreement")
        )
        listed = {"type": "JsonWebKey2020", "controller": did, "publicKeyJwk": jwk}
        return _sole_key_document(did, f"{did}#0", JWK_CONTEXT, listed, relationships)
    raise InvalidDid(f"{did[:200]!r} does not hold its own document.")


@lru_cache(maxsize=4096)
def self_contained_key(method_id: str) -> PublicKey:
    """The key of `did:key:z6Mk…#z6Mk…` or `did:jwk:eyJj…#0`.

    Raises InvalidDid for what is neither, InvalidKey where there is no such key in it.
    """
    did, _, fragment = method_id.partition("#")
    if did.startswith("did:jwk:"):
        if fragment != "0":
            raise InvalidKey("A did:jwk has one verification method, #0; this is another.")
        return public_key_of_jwk(_jwk_of(parse_did(did)))
    if not did.startswith("did:key:"):
        raise InvalidDid(f"{method_id[:200]!r} does not hold its own key.")
    return PublicKey.from_did_key(method_id)


def _sole_key_document(
    did: str, method: str, context: str, listed: dict[str, Any], relationships: Sequence[str]
) -> dict[str, Any]:
    return {
        "@context": [DID_CONTEXT, context],
        "id": did,
        "verificationMethod": [{"id": method, **listed}],
        **{relationship: [method] for relationship in relationships},
    }


def _jwk_of(did: Did) -> dict[str, Any]:
    try:
        jwk = strict_json.parse(from_multibase("u" + did.id))
    except (NotMultibase, MalformedJson) as error:
        raise InvalidKey("The did:jwk does not hold a JSON Web Key.") from error
    if not isinstance(jwk, dict):
        raise InvalidKey("The did:jwk does not hold a JSON Web Key.")
    return jwk


# --- documents that list keys -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key as its owner's document lists it."""

    id: str
    """The verification method: the document's DID and a fragment, `did:web:example.edu#key-1`."""
    public_key: PublicKey
    revoked: datetime | None = None
    """From this time on nothing signed with the key counts; what was signed before still does."""
    expires: datetime | None = None


def did_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """The document to serve for a DID: each key a Multikey, for assertions and for authentication.

    Revoked keys stay listed, with the time, so that what they signed before can still be checked. Raises
    InvalidDid where a key's id is not the DID with a fragment, or is given twice.
    """
    parse_did(did)
    ids = [key.id for key in keys]
    if len(set(ids)) != len(ids):
        raise InvalidDid("Two keys of the document have one id.")
    for method in ids:
        if not parse_did_url(method).fragment or method.partition("#")[0] != did:
            raise InvalidDid(f"{method[:200]!r} does not name a key of {did}.")
    document: dict[str, Any] = {"@context": [DID_CONTEXT, MULTIKEY_CONTEXT], "id": did}
    if keys:
        document["verificationMethod"] = [_listed(did, key) for key in keys]
        document |= {relationship: list(ids) for relationship in _RELATIONSHIPS}
    return document


def _listed(did: str, key: PublishedKey) -> dict[str, Any]:
    times = {"expires": key.expires, "revoked": key.revoked}
    return {
        "id": key.id,
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.public_key.multikey,
        **{name: write_timestamp(time) for name, time in times.items() if time is not None},
    }


def published_key(
    document: Mapping[str, Any], method_id: str, relationship: str = "assertionMethod"
) -> PublishedKey:
    """The key a document lists under `method_id` for `relationship`, with its times.

    The document must be the one that the method's DID leads to; that its `id` says so is checked here.
    Raises UnknownKey when the method is absent, listed twice, not for this relationship or another's;
    InvalidKey when what is listed is not a key we can use.
    """
    did, _, fragment = method_id.partition("#")
    if not did or not fragment or document.get("id") != did:
        raise UnknownKey(f"The document is not the one that lists {method_id[:200]!r}.")
    method = _method(document, method_id, relationship)
    if method.get("controller") != did:
        raise UnknownKey("The key is listed for another owner than the one whose document this is.")
    return PublishedKey(
        method_id,
        _listed_key(method),
        _time(method, "revoked"),
        _time(method, "expires"),
    )


def verification_method_key(
    document: Mapping[str, Any], method_id: str, relationship: str = "assertionMethod"
) -> PublicKey:
    """The key alone; whether it was in force is asked of a keyring. Raises UnknownKey, InvalidKey."""
    return published_key(document, method_id, relationship).public_key


# The older types have the same key in the same member.
_MULTIKEY_TYPES: Final = ("Multikey", "Ed25519VerificationKey2020")
_JWK_TYPES: Final = ("JsonWebKey", "JsonWebKey2020")
_SECRETS: Final = ("secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk")


def _listed_key(method: Mapping[str, Any]) -> PublicKey:
    if any(name in method for name in _SECRETS):
        raise InvalidKey("The document shows the private key, too, so that anyone can sign with it.")
    kind, multikey, jwk = (method.get(name) for name in ("type", "publicKeyMultibase", "publicKeyJwk"))
    if kind in _MULTIKEY_TYPES and isinstance(multikey, str) and jwk is None:
        return PublicKey.from_multikey(multikey)
    if kind in _JWK_TYPES and isinstance(jwk, dict) and multikey is None:
        return public_key_of_jwk(jwk)
    raise InvalidKey("The key is not listed as a Multikey or a JSON Web Key.")


def _method(document: Mapping[str, Any], method_id: str, relationship: str) -> Mapping[str, Any]:
    """The one verification method of that id, from the list or embedded in the relationship itself."""
    fragment = "#" + method_id.partition("#")[2]
    names = (method_id, fragment)  # a document may name its own methods without repeating itself
    related = _items(document, relationship)
    embedded = [item for item in related if isinstance(item, dict) and item.get("id") in names]
    if not embedded and not any(item in names for item in related if isinstance(item, str)):
        raise UnknownKey(f"The document does not list {method_id[:200]!r} for {relationship}.")
    listed = _items(document, "verificationMethod")
    found = [item for item in listed if isinstance(item, dict) and item.get("id") in names] + embedded
    if len(found) != 1:
        raise UnknownKey(f"The document does not list {method_id[:200]!r} exactly once.")
    return found[0]


def _items(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name, [])
    return value if isinstance(value, list) else [value]


def _time(method: Mapping[str, Any], name: str) -> datetime | None:
    if (stamp := method.get(name)) is None:
        return None
    try:
        return read_timestamp(stamp)
    except (ValueError, TypeError):
        raise InvalidKey(f"The key's {name} is not a date and time with a time zone.") from None
