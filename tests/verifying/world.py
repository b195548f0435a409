"""A small world to verify in: an institution, its registry, a learner, and credentials really signed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.values import CreditPoints, CreditScheme, Setting
from keys.keyring import Keyring, KeyTerm
from keys.proofs import add_proof
from keys.signing import Ed25519Signer
from wallet.evidence import Accreditation, KnownFacts, KnownIssuer, Source, StatusListEvidence
from wallet.formats import clr, open_badges
from wallet.formats.open_badges import CreditFacts, Outcome
from wallet.formats.status_list import Purpose, entry, status_list_credential

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"

JUNE = datetime(2026, 6, 30, 9, tzinfo=UTC)
"""When credentials are issued here."""
JULY = JUNE + timedelta(days=31)
"""When they are verified."""

AITU = "did:web:registry.example:i:aitu"
KEY_1 = f"{AITU}#key-1"
REVOCATIONS = "https://registry.example/status/1"
SUSPENSIONS = "https://registry.example/status/2"
LEARNER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

registrar = Ed25519Signer.from_seed(bytes([1]) * 32)
"""Signs for the institution with its first key."""
stranger = Ed25519Signer.from_seed(bytes([9]) * 32)

REGISTRY = Source(name="this wallet's registry")


def a_term(
    signer: Ed25519Signer = registrar,
    method: str = KEY_1,
    *,
    published_at: datetime = JUNE - timedelta(days=365),
    retired_at: datetime | None = None,
    compromised_at: datetime | None = None,
) -> KeyTerm:
    return KeyTerm(method, signer.public, published_at, retired_at, compromised_at)


ACCREDITED = Accreditation(
    by="the Ministry of Science and Higher Education",
    settings=frozenset({"formal", "non_formal"}),
    levels=frozenset({5, 6, 7}),
    fields=frozenset({"06"}),
    valid_from=date(2020, 1, 1),
    reference="KZ-2020-17",
)


def an_issuer(
    *terms: KeyTerm,
    accreditations: Sequence[Accreditation] = (ACCREDITED,),
    source: Source = REGISTRY,
    did: str = AITU,
) -> KnownIssuer:
    return KnownIssuer(
        did=did,
        name="Astana IT University",
        names={"en": "Astana IT University"},
        keys=Keyring(terms or (a_term(),)),
        accreditations=tuple(accreditations),
        source=source,
    )


def a_registry(
    issuer: KnownIssuer | None = None,
    *,
    lists: Mapping[str, Sequence[StatusListEvidence]] | None = None,
    **more: Any,
) -> KnownFacts:
    issuer = issuer or an_issuer()
    return KnownFacts(issuers={issuer.did: issuer}, lists=clean_lists() if lists is None else lists, **more)


def some_facts(**changes: Any) -> CreditFacts:
    facts = CreditFacts(
        credential="https://registry.example/credentials/1",
        issuer=AITU,
        issuer_name="A name the document gives itself",
        issuer_url="https://aitu.example",
        learner=LEARNER,
        achievement="https://registry.example/units/algorithms",
        code="CS201",
        names={"kk": "Алгоритмдер", "en": "Algorithms", "ru": "Алгоритмы"},
        description="Design and analysis of algorithms.",
        criteria="A written examination and a project.",
        outcomes=(
            Outcome(
                name="analyse an algorithm", url="https://registry.example/units/algorithms#lo1", code="LO1"
            ),
            Outcome(
                name="design an algorithm", url="https://registry.example/units/algorithms#lo2", code="LO2"
            ),
        ),
        points=CreditPoints(CreditScheme.ECTS, Decimal("4.5")),
        eqf_level=6,
        field="0613",
        setting=Setting.FORMAL,
        grade="B+",
        grade_scale="Kazakhstan letter scale",
        awarded_on=JUNE,
        valid_from=JUNE,
        status=(
            entry(list_url=REVOCATIONS, index=94_567, purpose="revocation"),
            entry(list_url=SUSPENSIONS, index=94_567, purpose="suspension"),
        ),
    )
    return replace(facts, **changes)


def signed(
    document: Mapping[str, Any],
    *,
    signer: Ed25519Signer = registrar,
    method: str = KEY_1,
    suite: str = RDFC,
    created: datetime = JUNE,
    **more: Any,
) -> dict[str, Any]:
    return add_proof(
        document, signer=signer, suite=suite, verification_method=method, created=created, **more
    )


def a_credential(*, suite: str = RDFC, **changes: Any) -> dict[str, Any]:
    return signed(open_badges.build(some_facts(**changes)), suite=suite)


def a_record(*members: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "record": "https://registry.example/records/1",
        "issuer": AITU,
        "issuer_name": "Astana IT University",
        "learner": LEARNER,
        "name": "Transcript of records",
        "members": members,
        "valid_from": JUNE,
    }
    return signed(clr.build(**{**given, **changes}))


def a_list(
    purpose: Purpose = "revocation",
    *set_indices: int,
    url: str = REVOCATIONS,
    issuer: str = AITU,
    signer: Ed25519Signer = registrar,
    method: str = KEY_1,
    valid_from: datetime = JULY - timedelta(hours=1),
    valid_until: datetime = JULY + timedelta(days=1),
    got_at: datetime = JULY,
    source: Source = REGISTRY,
    ttl: timedelta | None = None,
) -> StatusListEvidence:
    document = status_list_credential(
        list_url=url,
        issuer=issuer,
        purpose=purpose,
        set_indices=set_indices,
        valid_from=valid_from,
        valid_until=valid_until,
        ttl=ttl,
    )
    text = text_of(signed(document, signer=signer, method=method, created=valid_from))
    return StatusListEvidence(text=text, got_at=got_at, source=source)


def clean_lists() -> dict[str, list[StatusListEvidence]]:
    return {REVOCATIONS: [a_list()], SUSPENSIONS: [a_list("suspension", url=SUSPENSIONS)]}


def text_of(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
