"""A credential to sign, and hands to sign it."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from keys.contexts import PINNED
from keys.multikey import KeyKind, from_multibase
from keys.signing import EcdsaSigner, Ed25519Signer, PublicKey, Signer

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
BOTH_SUITES = (RDFC, JCS)
WAYS = {
    RDFC: (RDFC, KeyKind.ED25519),
    JCS: (JCS, KeyKind.ED25519),
    "ecdsa-rdfc-2019, P-256": ("ecdsa-rdfc-2019", KeyKind.P256),
    "ecdsa-rdfc-2019, P-384": ("ecdsa-rdfc-2019", KeyKind.P384),
    "ecdsa-jcs-2019, P-256": ("ecdsa-jcs-2019", KeyKind.P256),
    "ecdsa-jcs-2019, P-384": ("ecdsa-jcs-2019", KeyKind.P384),
}
"""Ways to sign a whole document: a cryptosuite, and a kind of key."""
AT = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)

_SCHEMA = "https://schema.org/"
_CITIZENSHIP = "https://w3id.org/citizenship#"
_DATE = "http://www.w3.org/2001/XMLSchema#dateTime"

VECTOR_CONTEXTS = PINNED.extended(
    {
        "https://www.w3.org/ns/credentials/examples/v2": {
            "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
        },
        # Not the published context: the terms that the two documents use, with the meanings that their
        # canonical texts give them.
        "https://w3id.org/citizenship/v4rc1": {
            "@context": {
                "@version": 1.1,
                "Person": f"{_SCHEMA}Person",
                "EmployablePerson": f"{_CITIZENSHIP}EmployablePerson",
                "PermanentResident": f"{_CITIZENSHIP}PermanentResident",
                "PermanentResidentCard": f"{_CITIZENSHIP}PermanentResidentCard",
                "PermanentResidentCardCredential": f"{_CITIZENSHIP}PermanentResidentCardCredential",
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
                "commuterClassification": f"{_CITIZENSHIP}commuterClassification",
                "permanentResidentCard": {"@id": f"{_CITIZENSHIP}permanentResidentCard", "@type": "@id"},
                "employmentAuthorizationDocument": {
                    "@id": f"{_CITIZENSHIP}employmentAuthorizationDocument",
                    "@type": "@id",
                },
            }
        },
    }
)
"""The pinned contexts and those that the W3C's vectors use besides."""


_SCALAR_BYTES = {KeyKind.P256: 32, KeyKind.P384: 48, KeyKind.P521: 66}


def a_signer(name: str = "registrar") -> Ed25519Signer:
    """Always the same key for one name."""
    return Ed25519Signer.from_seed(sha256(name.encode()).digest())


def an_ecdsa_signer(name: str = "registrar", kind: KeyKind = KeyKind.P256) -> EcdsaSigner:
    """Always the same key for one name and kind."""
    length = _SCALAR_BYTES[kind]
    return EcdsaSigner.from_scalar(
        bytes([0, *sha256(name.encode()).digest()])[:length].ljust(length, b"7"), kind
    )


def a_signer_of(kind: KeyKind, name: str = "registrar") -> Signer:
    """Always the same key for one name and kind."""
    return a_signer(name) if kind is KeyKind.ED25519 else an_ecdsa_signer(name, kind)


def signer_of_secret(text: str) -> Signer:
    """The signer of a private key as the W3C's vectors write it, a Multikey of its own kind."""
    secret = from_multibase(text)
    [kind] = [kind for kind in KeyKind if secret.startswith(kind.secret_prefix)]
    private = secret[len(kind.secret_prefix) :]
    return Ed25519Signer(private) if kind is KeyKind.ED25519 else EcdsaSigner(private, kind)


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
