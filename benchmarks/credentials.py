"""Issuing and verifying: an Open Badge of 3 KB, by suite, on one core.

*Issue* is from an unsigned document to the signed JSON text; *verify* from the text to a proof that holds
(strict parse included); *verdict* the whole numbered list, with the status list and the issuer known.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from benchmarks.measure import Line, Rate, rate
from domain.values import CreditPoints, CreditScheme, Setting
from keys import strict_json
from keys.keyring import Keyring, KeyTerm
from keys.multikey import KeyKind
from keys.proofs import add_proof, check_proofs
from keys.signing import EcdsaSigner, Ed25519Signer, Signer
from wallet.evidence import Accreditation, KnownFacts, KnownIssuer, Source, StatusListEvidence
from wallet.formats.open_badges import CreditFacts, Outcome, build
from wallet.formats.status_list import entry, status_list_credential
from wallet.verifying import verify

AT = datetime(2026, 6, 26, 10, tzinfo=UTC)
DID = "did:web:registrar.northfield.example"
METHOD = f"{DID}#key-1"
LISTS = {
    purpose: f"https://registrar.northfield.example/status/1/{purpose}"
    for purpose in ("revocation", "suspension")
}
BATCH = 300
SUITES: tuple[tuple[str, KeyKind, float | None, float | None], ...] = (
    ("eddsa-rdfc-2022", KeyKind.ED25519, 0.15, 0.30),
    ("eddsa-jcs-2022", KeyKind.ED25519, None, None),
    ("ecdsa-rdfc-2019", KeyKind.P256, None, None),
    ("ecdsa-rdfc-2019", KeyKind.P384, None, None),
    ("ecdsa-jcs-2019", KeyKind.P256, None, None),
    ("ecdsa-jcs-2019", KeyKind.P384, None, None),
)
"""What is measured, and the ratios asked of it."""


def lines() -> Iterator[Line]:
    signer = Ed25519Signer.generate()
    badges = [a_badge(number) for number in range(BATCH)]
    for suite, kind, reach_issue, reach_verify in SUITES:
        by: Signer = signer if kind is KeyKind.ED25519 else EcdsaSigner.generate(kind)
        sign, check = raw_sign(by), raw_verify(by)
        texts = [issue(badge, by, suite) for badge in badges]
        what, raw = f"{suite}, {kind.name}", f"{kind.name} alone"
        yield Line("credentials", f"issue, {what}", rate(issuing(badges, by, suite)), raw, sign, reach_issue)
        yield Line("credentials", f"verify, {what}", rate(checking(texts, by)), raw, check, reach_verify)
    check = raw_verify(signer)
    texts = [issue(badge, signer, "eddsa-rdfc-2022") for badge in badges]
    facts = what_is_known(signer)

    def judging() -> int:
        for text in texts:
            assert verify(text, at=AT, evidence=facts).passed
        return len(texts)

    yield Line("credentials", "verdict, every step", rate(judging, rounds=3), "ED25519 alone", check)


def raw_sign(signer: Signer) -> Rate:
    message = bytes(64)

    def work() -> int:
        for _ in range(2000):
            signer.sign(message)
        return 2000

    return rate(work)


def raw_verify(signer: Signer) -> Rate:
    message = bytes(64)
    signature, public = signer.sign(message), signer.public

    def work() -> int:
        for _ in range(1000):
            public.verify(signature, message)
        return 1000

    return rate(work)


def issue(badge: dict[str, Any], signer: Signer, suite: str) -> bytes:
    signed = add_proof(badge, signer=signer, suite=suite, verification_method=METHOD, created=AT)
    return msgspec.json.encode(signed)


def issuing(badges: list[dict[str, Any]], signer: Signer, suite: str) -> Callable[[], int]:
    def work() -> int:
        for badge in badges:
            issue(badge, signer, suite)
        return len(badges)

    return work


def checking(texts: list[bytes], signer: Signer) -> Callable[[], int]:
    def work() -> int:
        for text in texts:
            document = strict_json.parse(text)
            assert isinstance(document, dict)
            check_proofs(document, lambda _: signer.public)
        return len(texts)

    return work


def a_badge(number: int) -> dict[str, Any]:
    """A badge of the size that institutions issue; each with values of its own."""
    page = "https://registrar.northfield.example/units/algorithms"
    facts = CreditFacts(
        credential=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        issuer=DID,
        issuer_name="University of Northfield",
        issuer_url="https://www.northfield.example/",
        learner=f"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnE{number:07}".replace("0", "1"),
        achievement=page,
        code="CS-201",
        names={"en": "Algorithms and data structures", "kk": "Алгоритмдер және деректер құрылымдары"},
        description="The design and analysis of algorithms, and the data structures they rest on: " * 3,
        criteria="A written examination of three hours, and a project defended before two examiners. " * 3,
        outcomes=[
            Outcome(
                name=f"Outcome {each}: explains, chooses and justifies what it takes",
                url=f"{page}#lo{each}",
                code=f"LO{each}",
            )
            for each in range(1, 5)
        ],
        points=CreditPoints(CreditScheme.ECTS, Decimal(6)),
        eqf_level=6,
        field="0613",
        setting=Setting.FORMAL,
        grade=str(70 + number % 30),
        grade_scale="percent",
        awarded_on=AT - timedelta(days=number),
        valid_from=AT,
        status=[entry(list_url=url, index=number, purpose=purpose) for purpose, url in LISTS.items()],  # type: ignore[arg-type]  # the two keys are purposes
    )
    return build(facts)


def what_is_known(signer: Ed25519Signer) -> KnownFacts:
    source = Source(name="the benchmark's registry")
    issuer = KnownIssuer(
        did=DID,
        name="University of Northfield",
        keys=Keyring(
            [KeyTerm(method=METHOD, public_key=signer.public, published_at=AT - timedelta(days=999))]
        ),
        accreditations=(
            Accreditation(
                by="Agency",
                settings=frozenset({"formal"}),
                levels=frozenset(range(1, 9)),
                valid_from=(AT - timedelta(days=999)).date(),
            ),
        ),
        source=source,
    )
    lists = {}
    for purpose, url in LISTS.items():
        unsigned = status_list_credential(
            list_url=url,
            issuer=DID,
            purpose=purpose,  # type: ignore[arg-type]  # the two keys are purposes
            set_indices=(),
            valid_from=AT - timedelta(hours=1),
            valid_until=AT + timedelta(days=1),
        )
        lists[url] = [
            StatusListEvidence(text=issue(unsigned, signer, "eddsa-rdfc-2022"), got_at=AT, source=source)
        ]
    return KnownFacts(issuers={DID: issuer}, lists=lists)
