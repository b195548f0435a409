"""Records from elsewhere: an ELMO transcript of forty courses, read and checked, against lxml reading its bytes.

*Read* is from the bytes to the lines that count: looked over, read into a tree, understood, counted. *Checked*
has the signature of the whole document verified besides, against `cryptography` verifying one of its kind.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from benchmarks.measure import Line, rate, together
from domain.values import CreditPoints, CreditScheme
from keys.keyring import Keyring, KeyTerm
from keys.proofs import add_proof
from keys.signing import Ed25519Signer
from wallet.evidence import KnownFacts, KnownIssuer, Source
from wallet.formats.elmo import write_elmo
from wallet.formats.open_badges import CreditFacts, build
from wallet.formats.transcript import Identifier, Issuer, Opportunity, Report, StatedCredit, Transcript
from wallet.records import Reader, identity, read_record
from wallet.verifying.policy import Policy

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
COURSES = 40
TIMES = 20
BADGES = 10_000


def lines() -> list[Line]:
    document = a_transcript()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = a_certificate(key)
    signed = a_signed(document, key, certificate)
    message = b"m" * 64
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    public = key.public_key()

    raw_signer = Ed25519PrivateKey.generate()
    raw_signature, raw_check = raw_signer.sign(message), raw_signer.public_key().verify

    parsed = rate(repeated(lambda: etree.fromstring(document)))
    verified = rate(repeated(lambda: public.verify(signature, message, ec.ECDSA(hashes.SHA256()))))
    return [
        Line(
            "records",
            f"ELMO of {COURSES} courses: read and counted",
            rate(repeated(lambda: read_record(document, Reader(at=AT)))),
            "lxml reading the same bytes",
            parsed,
        ),
        Line(
            "records",
            f"ELMO of {COURSES} courses: read, counted and its signature checked",
            rate(repeated(lambda: read_record(signed, Reader(at=AT, trusted=[certificate])))),
            "lxml reading the same bytes, and one signature checked",
            together(parsed, verified),
        ),
        Line(
            "records",
            f"{BADGES:,} badges: read, verified by the whole list, and told apart",
            rate(reading_badges(), rounds=1),
            "cryptography verifying as many signatures by itself",
            rate(repeated(lambda: raw_check(raw_signature, message))),
        ),
        Line(
            "records",
            f"ELMO of {COURSES} courses: written",
            rate(repeated(a_transcript)),
            "lxml reading the same bytes",
            parsed,
        ),
    ]


def repeated(work: Callable[[], object]) -> Callable[[], int]:
    def times() -> int:
        for _ in range(TIMES):
            work()
        return TIMES

    return times


def reading_badges() -> Callable[[], int]:
    """Badges that differ, of one issuer who is known: what a learner brings who brings everything at once."""
    signer, did = Ed25519Signer.generate(), "did:web:northfield.example"
    method = f"{did}#key-1"
    issuer = KnownIssuer(
        did=did,
        name="Northfield University",
        keys=Keyring([KeyTerm(method, signer.public, AT - timedelta(days=1))]),
        source=Source(name="the registry"),
    )
    reader = Reader(
        at=AT, evidence=KnownFacts(issuers={did: issuer}), policy=Policy(require_accreditation=False)
    )
    badges = [
        msgspec.json.encode(
            add_proof(
                build(facts(number, did)),
                signer=signer,
                suite="eddsa-rdfc-2022",
                verification_method=method,
                created=AT,
            )
        )
        for number in range(BADGES)
    ]

    def read() -> int:
        seen = {
            identity(line) for badge in badges for line in read_record(badge, reader).lines if line.counts
        }
        return len(seen)

    return read


def facts(number: int, did: str) -> CreditFacts:
    return CreditFacts(
        credential=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        issuer=did,
        issuer_name="Northfield University",
        learner="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        achievement=f"https://northfield.example/units/{number}",
        names={"en": f"Course {number}"},
        description="A course.",
        criteria="An examination.",
        points=CreditPoints(CreditScheme.ECTS, Decimal("4.5")),
        awarded_on=AT,
        valid_from=AT,
    )


def a_transcript() -> bytes:
    courses = tuple(
        Opportunity(
            place=f"1.{number}",
            identifiers=(Identifier("local", f"course-{number}"),),
            names={"en": f"Course {number}", "kk": f"{number}-пән"},
            achieved_on=date(2026, 6, 20),
            credits=(StatedCredit("ECTS", Decimal("4.5")),),
            field="0613",
            eqf_level=6,
            grade="A-",
            scale="KZ letters",
            language="kk",
        )
        for number in range(COURSES)
    )
    issuer = Issuer(
        names={"en": "Northfield University"},
        country="KZ",
        identifiers=(Identifier("did", "did:web:northfield.example"),),
        url="https://northfield.example/",
    )
    report = Report(issuer=issuer, opportunities=courses)
    return write_elmo(Transcript(given_names="Айгерім", family_name="Е.", reports=(report,)), at=AT)


def a_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A provider")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


def a_signed(document: bytes, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    return etree.tostring(signer.sign(etree.fromstring(document), key=key, cert=[certificate]))
