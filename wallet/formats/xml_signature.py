"""Is an XML document signed as a whole, by a key that the reader trusts?

An enveloped signature (XML-DSig) names what it covers, and a forger may make it cover something else than what
is read. So the shape is fixed before any key is asked: one signature in the document, a child of its root, with
one reference to all of it and no transform but leaving the signature out and canonicalising. What is then read
is what was verified, and nothing else.

The key that a signature brings along proves nothing of who signed. It can show that a document was changed
since; where it shows none, whose key it is remains to be said by the reader. Sources: XML Signature 1.1; W3C
Note XML Signature Best Practices, 2013.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from wallet.errors import WalletError
from wallet.formats.xml import said
from wallet.verdict import Outcome

_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_LEAVING_IT_OUT: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_CANONICAL: Final = frozenset(
    (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    )
)
_METHODS: Final = frozenset(
    method
    for method in SignatureMethod
    if method.name.startswith(("RSA_", "ECDSA_")) or method.name.endswith("_RSA_MGF1")
)
"""Never HMAC, whose key a forger would choose, nor DSA."""
_PROBLEMS: Final = (SignXMLException, UnsupportedAlgorithm, ValueError, TypeError, etree.LxmlError)
"""What verifying what a stranger wrote may raise; each says that it did not verify."""


class CertificateRefused(WalletError):
    """What was given as a trusted certificate is none."""


@dataclass(frozen=True, slots=True)
class SignatureAnswer:
    """One answer of three, and why. `signed` is the document that was verified: read that, and nothing else."""

    outcome: Outcome
    reason: str
    sentence: str
    signed: etree._Element | None = None


def trusted_certificate(pem: bytes) -> x509.Certificate:
    """A certificate that the reader trusts, in PEM. Raises CertificateRefused."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise CertificateRefused("This is not a certificate in PEM.") from error


def check_signature(
    root: etree._Element, trusted: Sequence[x509.Certificate] = (), *, written_at: datetime | None = None
) -> SignatureAnswer:
    """Whether the document of this root is signed by one of the trusted certificates.

    `written_at` is when the document says it was written, which has to lie in the certificate's validity.
    """
    signatures = list(root.iter(f"{_DS}Signature"))
    if not signatures:
        return _could_not("unsigned", "The document carries no signature.")
    if len(signatures) > 1:
        return _failed(
            "signatures", "The document carries several signatures, and what each is of is not plain."
        )
    [signature] = signatures
    if (fault := _fault_of_shape(root, signature)) is not None:
        return _failed("wrapped", fault)
    document = etree.tostring(root)
    for certificate in trusted:
        verified = _verified(document, certificate)
        if verified is not None:
            if written_at is not None and not _valid(certificate, written_at):
                return _failed(
                    "outside-validity", "The document is of a day on which its certificate did not hold."
                )
            if _weak(signature):
                return _could_not(
                    "weak", "The signature is the trusted key's, but rests on SHA-1: it proves little."
                )
            return SignatureAnswer(
                Outcome.PASSED,
                "signed",
                f"The whole document is signed by {certificate.subject.rfc4514_string()}.",
                verified.signed_xml,
            )
    brought = _certificate_in(signature)
    if brought is None:
        return (
            _failed("foreign-key", "The signature is not by a key that is trusted here.")
            if trusted
            else _could_not(
                "no-key", "Nobody has said whose signature to expect, and the document brings no certificate."
            )
        )
    if _verified(document, brought) is None:
        return _failed(
            "changed", "The signature does not fit the document: it was changed after it was signed."
        )
    if trusted:
        return _failed("foreign-key", "The document is signed, but not by a key that is trusted here.")
    return _could_not(
        "unknown-key", "The document is as it was signed; whose key signed it, nobody here has said."
    )


def sign_document(
    document: bytes, key: EllipticCurvePrivateKey | RSAPrivateKey, certificate: x509.Certificate
) -> bytes:
    """The document with an enveloped signature of all of it, read again and checked. Raises CertificateRefused."""
    ecdsa = isinstance(key, EllipticCurvePrivateKey)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA256 if ecdsa else SignatureMethod.RSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    # The white space is part of what is signed, and stays as it is.
    root = signer.sign(etree.fromstring(document), key=key, cert=[certificate])
    signed: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    answer = check_signature(etree.fromstring(signed), [certificate])
    if answer.outcome is not Outcome.PASSED:
        raise CertificateRefused(f"The document cannot be signed so. {answer.sentence}")
    return signed


def _fault_of_shape(root: etree._Element, signature: etree._Element) -> str | None:
    """What would let something else be signed than what is read; None where nothing would."""
    if signature.getparent() is not root:
        return "The signature is not where a signature of the whole document stands."
    references = list(signature.iter(f"{_DS}Reference"))
    if len(references) != 1 or references[0].get("URI") != "":
        return "The signature is of a part, and not of the whole document."
    if next(signature.iter(f"{_DS}Object"), None) is not None:
        return "The signature brings along something else that could be read as signed."
    transforms = [each.get("Algorithm") for each in signature.iter(f"{_DS}Transform")]
    if transforms[:1] != [_LEAVING_IT_OUT] or not set(transforms[1:]) <= _CANONICAL:
        return "The document is changed before it is signed, so that what is signed is not what is read."
    if any(
        len(each) and each.get("Algorithm") == _LEAVING_IT_OUT for each in signature.iter(f"{_DS}Transform")
    ):
        return "The signature's transforms hold what has no place there."
    return None


def _verified(document: bytes, certificate: x509.Certificate) -> VerifyResult | None:
    """What the certificate's key has signed; None where it has not."""
    config = SignatureConfiguration(
        location="./",
        signature_methods=_METHODS,
        digest_algorithms=frozenset(DigestAlgorithm),
        ignore_ambiguous_key_info=True,
        # Its validity is compared with the document's own day, above: a transcript outlives a certificate.
        verification_time=certificate.not_valid_before_utc,
    )
    try:
        result = XMLVerifier().verify(document, x509_cert=certificate, expect_config=config)
    except _PROBLEMS:
        return None
    return result if isinstance(result, VerifyResult) else None


def _valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _weak(signature: etree._Element) -> bool:
    methods = [*signature.iter(f"{_DS}SignatureMethod"), *signature.iter(f"{_DS}DigestMethod")]
    return any("sha1" in str(each.get("Algorithm")).lower() for each in methods)


def _certificate_in(signature: etree._Element) -> x509.Certificate | None:
    """The certificate that the signature brings along, which proves nothing of who signed."""
    written = "".join(said(next(signature.iter(f"{_DS}X509Certificate"), None)).split())
    if not written:
        return None
    try:
        return x509.load_der_x509_certificate(base64.b64decode(written, validate=True))
    except (ValueError, binascii.Error):
        return None


def _failed(reason: str, sentence: str) -> SignatureAnswer:
    return SignatureAnswer(Outcome.FAILED, reason, sentence)


def _could_not(reason: str, sentence: str) -> SignatureAnswer:
    return SignatureAnswer(Outcome.COULD_NOT_CHECK, reason, sentence)
