"""Known-issuer registries in the form of the Digital Credentials Consortium.

    {"meta": {"created": "2022-10-27T17:57:31+00:00", "updated": "2026-05-02T09:00:00+00:00"},
     "registry": {"did:web:credentials.myschool.example":
                      {"name": "My School", "location": "Ancaster, ON, Canada", "url": "https://myschool.example"}}}

It says who stands behind a DID, and no more: neither keys, which the DID itself leads to, nor what the issuer may
award. Nobody signs it, so it is worth what the way is worth on which it was got.

Source: the registries that @digitalcredentials/issuer-registry-client reads; there is no specification.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from keys import strict_json
from keys.did import parse_did
from keys.errors import InvalidDid, MalformedJson
from wallet.trust_lists.trust_list import Kind, ListedIssuer, TrustList, TrustListRefused

LIMITS: Final = strict_json.Limits(size=16 * 1024 * 1024, members=1_000_000)
_LONGEST: Final = 500


def read_registry(data: bytes, *, name: str) -> TrustList:
    """The registry in `data`. An entry that cannot be read is left out, and named. Raises TrustListRefused."""
    try:
        document = strict_json.parse(data, limits=LIMITS)
    except MalformedJson as error:
        raise TrustListRefused("unreadable", f"The list cannot be read: {error}") from error
    entries = document.get("registry") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(entries, dict):
        raise TrustListRefused("not-a-registry", "This is not a known-issuer registry: it has no `registry`.")
    issuers: dict[str, ListedIssuer] = {}
    left_out: list[str] = []
    for did, entry in entries.items():
        issuer = _issuer(did, entry)
        if issuer is None:
            left_out.append(did)
        else:
            issuers[did] = issuer
    made_at = _made_at(document.get("meta"))
    return TrustList(
        kind=Kind.DCC,
        name=name,
        identifier=name,
        issuers=issuers,
        signer=None,
        made_at=made_at,
        expires_at=None,
        statements={} if made_at is None else {"the registry": made_at},
        left_out=tuple(left_out),
    )


def _issuer(did: str, entry: Any) -> ListedIssuer | None:
    try:
        parse_did(did)
    except InvalidDid:
        return None
    if not isinstance(entry, Mapping) or not (name := _text(entry, "name")):
        return None
    return ListedIssuer(identifier=did, name=name, url=_text(entry, "url"), location=_text(entry, "location"))


def _text(entry: Mapping[str, Any], member: str) -> str | None:
    """Text fit to be shown: short, on one line, with nothing a terminal obeys."""
    value = entry.get(member)
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST or not value.isprintable():
        return None
    return value.strip()


def _made_at(meta: Any) -> datetime | None:
    """When the registry was last changed, or else made; None where it does not say."""
    if not isinstance(meta, Mapping):
        return None
    stated = meta.get("updated", meta.get("created"))
    if stated is None:
        return None
    try:
        made_at = datetime.fromisoformat(stated)
    except (TypeError, ValueError):
        made_at = None
    if made_at is None or made_at.utcoffset() is None:
        raise TrustListRefused("malformed", "The list's date is not a date and time with a zone.")
    return made_at.astimezone(UTC)
