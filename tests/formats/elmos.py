"""ELMO documents to read: small ones made here, signed and unsigned."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from wallet.formats.elmo import NAMESPACE

WRITTEN_AT = datetime(2026, 6, 30, 12, tzinfo=UTC)


def course(
    title: str = "Compiler construction",
    points: str | None = "6",
    *,
    scheme: str = "ects",
    kind: str | None = "Course",
    local: str | None = None,
    status: str | None = None,
    grade: str | None = None,
    more: str = "",
    parts: Iterable[str] = (),
) -> str:
    """A learningOpportunitySpecification."""
    credit = "" if points is None else f"<credit><scheme>{scheme}</scheme><value>{points}</value></credit>"
    return (
        "<learningOpportunitySpecification>"
        + (f'<identifier type="local">{local}</identifier>' if local else "")
        + f'<title xml:lang="en">{title}</title>'
        + (f"<type>{kind}</type>" if kind else "")
        + "<specifies><learningOpportunityInstance><date>2026-06-20</date>"
        + (f"<status>{status}</status>" if status else "")
        + (f"<resultLabel>{grade}</resultLabel>" if grade else "")
        + credit
        + more
        + "</learningOpportunityInstance></specifies>"
        + "".join(f"<hasPart>{part}</hasPart>" for part in parts)
        + "</learningOpportunitySpecification>"
    )


def an_elmo(*courses: str, body: str | None = None, issuer: str = "uw.edu.pl") -> bytes:
    """One report of the University of Warsaw with these courses."""
    report = (
        f'<report><issuer><country>PL</country><identifier type="schac">{issuer}</identifier>'
        '<title xml:lang="en">University of Warsaw</title><url>https://www.uw.edu.pl</url></issuer>'
        + "".join(courses)
        + "<issueDate>2026-06-30T12:00:00Z</issueDate></report>"
    )
    return (
        f'<elmo xmlns="{NAMESPACE}"><generatedDate>2026-06-30T12:00:00Z</generatedDate>'
        "<learner><givenNames>Aigerim</givenNames><familyName>Example</familyName></learner>"
        f"{report if body is None else body}</elmo>"
    ).encode()


class Signatory(NamedTuple):
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def signed(self, document: bytes) -> bytes:
        """The document with an enveloped signature of all of it, as EMREX makes them."""
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=SignatureMethod.ECDSA_SHA256,
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        )
        root = signer.sign(etree.fromstring(document), key=self.key, cert=[self.certificate])
        return etree.tostring(root)


def a_signatory(
    name: str = "EMREX provider", *, since: datetime = WRITTEN_AT - timedelta(days=30), days: int = 60
) -> Signatory:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Signatory(key, certificate)
