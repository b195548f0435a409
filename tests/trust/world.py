"""A registry, and a federation: an anchor, a ministry under it, a university under that."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from keys import jose
from keys.jwk import public_jwk
from keys.multikey import KeyKind
from keys.signing import EcdsaSigner, Ed25519Signer, Signer

JUNE = datetime(2026, 6, 30, 9, tzinfo=UTC)
"""When everything here is made and read."""
DAY = timedelta(days=1)

ANCHOR = "https://anchor.example"
MINISTRY = "https://ministry.example"
UNIVERSITY = "https://university.example"
SCHOOL = "did:web:credentials.myschool.example"

anchor = EcdsaSigner.from_scalar(bytes([1]) * 32)
ministry = Ed25519Signer.from_seed(bytes([2]) * 32)
university = EcdsaSigner.from_scalar(bytes([3]) * 48, KeyKind.P384)
stranger = Ed25519Signer.from_seed(bytes([9]) * 32)
credentials = Ed25519Signer.from_seed(bytes([4]) * 32)
"""Signs the university's credentials, as its federation key does not."""


def a_registry(*, updated: datetime | None = JUNE - DAY, **issuers: Any) -> bytes:
    """A known-issuer registry with My School in it."""
    entry = {"name": "My School", "location": "Ancaster, ON, Canada", "url": "https://myschool.example"}
    meta = {"created": "2022-10-27T17:57:31+00:00"}
    if updated is not None:
        meta["updated"] = updated.isoformat()
    return json.dumps({"meta": meta, "registry": {SCHOOL: entry, **issuers}}).encode()


def jwks(**signers: Signer) -> dict[str, Any]:
    return {"keys": [{**public_jwk(signer.public), "kid": kid} for kid, signer in signers.items()]}


def a_statement(
    issuer: str,
    subject: str,
    *,
    signer: Signer,
    kid: str = "fed-1",
    keys: Mapping[str, Any] | None = None,
    typ: str = "entity-statement+jwt",
    issued_at: datetime = JUNE - timedelta(hours=1),
    expires_at: datetime = JUNE + DAY,
    **claims: Any,
) -> str:
    given = {
        "iss": issuer,
        "sub": subject,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "jwks": keys,
        **claims,
    }
    payload = json.dumps({name: value for name, value in given.items() if value is not None})
    return jose.sign(payload.encode(), signer, typ=typ, kid=kid)


def of_the_university(**changes: Any) -> str:
    """What the university says of itself; the name it gives itself is nobody else's."""
    given: dict[str, Any] = {
        "signer": university,
        "keys": jwks(**{"fed-1": university}),
        "authority_hints": [MINISTRY],
        "metadata": {
            "federation_entity": {"organization_name": "The Best University in the World"},
            "vc_issuer": {"jwks": jwks(**{"key-1": credentials})},
        },
    }
    return a_statement(UNIVERSITY, UNIVERSITY, **{**given, **changes})


def of_the_ministry(**changes: Any) -> str:
    """What the ministry says of the university."""
    given: dict[str, Any] = {
        "signer": ministry,
        "keys": jwks(**{"fed-1": university}),
        "metadata": {
            "federation_entity": {
                "organization_name": "University of Example",
                "organization_uri": "https://www.university.example",
            }
        },
    }
    return a_statement(MINISTRY, UNIVERSITY, **{**given, **changes})


def of_the_anchor(subject: str = MINISTRY, **changes: Any) -> str:
    """What the anchor says of the ministry."""
    given: dict[str, Any] = {"signer": anchor, "keys": jwks(**{"fed-1": ministry})}
    return a_statement(ANCHOR, subject, **{**given, **changes})


def of_the_anchor_itself(**changes: Any) -> str:
    given: dict[str, Any] = {
        "signer": anchor,
        "keys": jwks(**{"fed-1": anchor}),
        "metadata": {"federation_entity": {"organization_name": "Federation of Example"}},
    }
    return a_statement(ANCHOR, ANCHOR, **{**given, **changes})


def of_the_school(**changes: Any) -> str:
    """What the anchor says of an issuer that is known by its DID: no keys, because the DID leads to them."""
    metadata = {
        "federation_entity": {"organization_name": "My School", "homepage_uri": "https://myschool.example"}
    }
    return of_the_anchor(SCHOOL, **{"keys": None, "metadata": metadata, **changes})


ACCREDITED = "https://anchor.example/marks/accredited"


def a_mark(
    by: str = ANCHOR, signer: Signer = anchor, *, shown_as: str = ACCREDITED, **changes: Any
) -> dict[str, str]:
    """A trust mark as the university shows it."""
    given = {
        "iss": by,
        "sub": UNIVERSITY,
        "iat": int((JUNE - DAY).timestamp()),
        "trust_mark_type": ACCREDITED,
        **changes,
    }
    typ = given.pop("typ", "trust-mark+jwt")
    text = jose.sign(json.dumps(given).encode(), signer, typ=typ, kid="fed-1")
    return {"trust_mark_type": shown_as, "trust_mark": text}


def a_chain(*statements: str) -> bytes:
    """The university's whole chain, or the one of these statements."""
    whole = (of_the_university(), of_the_ministry(), of_the_anchor(), of_the_anchor_itself())
    return json.dumps(list(statements or whole)).encode()
