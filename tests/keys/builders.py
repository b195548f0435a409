"""A credential to sign, and hands to sign it."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from keys.contexts import PINNED
from keys.signing import Ed25519Signer, PublicKey

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
BOTH_SUITES = (RDFC, JCS)
AT = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)

_SCHEMA = "https://schema.org/"
_CITIZENSHIP = "https://w3id.org/citizenship#"
_DATE = "http://www.w3.org/2001/XMLSchema#dateTime"

VECTOR_CONTEXTS = PINNED.extended(
    {
        "https://www.w3.org/ns/credentials/examples/v2": {
            "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
        },
        # Not the published context: the terms that the one vector uses, with the meanings that its
        # canonical text gives them.
        "https://w3id.org/citizenship/v4rc1": {
            "@context": {
                "@version": 1.1,
                "Person": f"{_SCHEMA}Person",
                "EmployablePerson": f"{_CITIZENSHIP}EmployablePerson",
                "EmploymentAuthorizationDocument": f"{_CITIZENSHIP}EmploymentAuthorizationDocument",
                "EmploymentAuthorizationDocumentCredential": (
                    f"{_CITIZENSHIP}EmploymentAuthorizationDocumentCredential"
                ),
                **{name: _SCHEMA + name for name in ("additionalName", "familyName", "gender", "givenName")},
                "identifier": f"{_SCHEMA}identifier",
                "image": {"@id": f"{_SCHEMA}image", "@type": "@id"},
                "birthDate": {"@id": f"{_SCHEMA}birthDate", "@type": _DATE},
                "residentSince": {"@id": f"{_CITIZENSHIP}residentSince", "@type": _DATE},
                "birthCountry": f"{_CITIZENSHIP}birthCountry",
                "lprCategory": f"{_CITIZENSHIP}lprCategory",
                "lprNumber": f"{_CITIZENSHIP}lprNumber",
                "employmentAuthorizationDocument": {
                    "@id": f"{_CITIZENSHIP}employmentAuthorizationDocument",
                    "@type": "@id",
                },
            }
        },
    }
)
"""The pinned contexts and those that the W3C's vectors use besides."""


def a_signer(name: str = "registrar") -> Ed25519Signer:
    """Always the same key for one name."""
    return Ed25519Signer.from_seed(sha256(name.encode()).digest())


def a_credential(**changes: Any) -> dict[str, Any]:
    """A small credential without a proof."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": "Algorithms and Data Structures",
        "issuer": {"id": "did:web:aitu.example", "type": ["Profile"], "name": "AITU"},
        "validFrom": "2026-06-30T00:00:00Z",
        "credentialSubject": {
            "id": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
            "type": ["AchievementSubject"],
            "creditsEarned": 6,
            "achievement": {
                "id": "urn:uuid:0c4e0fc2-7a3d-4b0e-9b1e-5a2d8f4f9a10",
                "type": ["Achievement"],
                "name": "Algorithms",
                "description": "Sorting, searching, graphs.",
                "criteria": {"narrative": "Pass the written examination."},
            },
        },
        **changes,
    }


def key_of_did_key(method: str) -> PublicKey:
    """The key a did:key method names; for tests whose signers go by their keys."""
    return PublicKey.from_did_key(method)
