"""A signature covers the whole document that is read, or it proves nothing.

What accepting a bad case would cost: 3 credits that become 60 under somebody's good signature.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.signer import XMLSigner

from tests.formats.elmos import WRITTEN_AT, Signatory, a_signatory, an_elmo, course
from tests.shared import shared
from wallet.formats.elmo import NAMESPACE, read_elmo
from wallet.formats.xml import read_xml
from wallet.formats.xml_signature import (
    CertificateRefused,
    SignatureAnswer,
    check_signature,
    trusted_certificate,
)
from wallet.verdict import Outcome

DS = "http://www.w3.org/2000/09/xmldsig#"


@pytest.fixture(scope="module")
def provider() -> Signatory:
    return a_signatory()


def checked(document: bytes, *trusted: Signatory) -> SignatureAnswer:
    certificates = [each.certificate for each in trusted]
    return check_signature(read_xml(document), certificates, written_at=WRITTEN_AT)


def test_a_signature_by_a_trusted_key_passes_and_hands_over_what_was_signed(provider: Signatory):
    answer = checked(provider.signed(an_elmo(course())), a_signatory("another"), provider)

    assert answer.outcome is Outcome.PASSED
    assert "EMREX provider" in answer.sentence
    assert answer.signed is not None
    [report] = read_elmo(answer.signed).reports
    assert str(report.opportunities[0].credits[0]) == "6 ECTS"


def test_without_a_trusted_key_a_good_signature_leaves_open_whose_it_is(provider: Signatory):
    answer = checked(provider.signed(an_elmo(course())))

    assert (answer.outcome, answer.reason) == (Outcome.COULD_NOT_CHECK, "unknown-key")


def test_an_unsigned_document_could_not_be_checked(provider: Signatory):
    assert checked(an_elmo(course()), provider).reason == "unsigned"


def test_a_certificate_may_expire_after_the_document_was_written():
    expired = a_signatory(since=WRITTEN_AT - timedelta(days=2), days=3)

    assert checked(expired.signed(an_elmo(course())), expired).outcome is Outcome.PASSED


def test_the_formats_own_example_was_changed_after_it_was_signed():
    answer = checked(shared("examples/elmo/elmo-1.7-official-example.xml").read_bytes())

    assert (answer.outcome, answer.reason) == (Outcome.FAILED, "changed")


def tree_of(provider: Signatory) -> etree._Element:
    return etree.fromstring(provider.signed(an_elmo(course())))


def more_points(provider: Signatory) -> bytes:
    return provider.signed(an_elmo(course())).replace(b"<value>6</value>", b"<value>60</value>")


def another_document_around_it(provider: Signatory) -> bytes:
    """The signed document is kept, inside; what is read is the forger's own, around it."""
    forged = etree.fromstring(an_elmo(course(points="60")))
    extension = etree.SubElement(forged, f"{{{NAMESPACE}}}extension")
    extension.append(tree_of(provider))
    return etree.tostring(forged)


def the_signature_moved_to_a_forgery(provider: Signatory) -> bytes:
    """The signed document stands inside the signature, and the signature under the forger's root."""
    signed = tree_of(provider)
    signature = signed.find(f"{{{DS}}}Signature")
    assert signature is not None
    forged = etree.fromstring(an_elmo(course(points="60")))
    forged.append(signature)
    kept = etree.SubElement(signature, f"{{{DS}}}Object")
    kept.append(signed)
    return etree.tostring(forged)


def only_a_part_is_signed(provider: Signatory) -> bytes:
    """A reference to one element by its id."""
    document = an_elmo(course()).replace(b"<learner>", b'<learner Id="her">')
    signed = provider.signed(document)
    return signed.replace(b'Reference URI=""', b'Reference URI="#her"')


def two_references(provider: Signatory) -> bytes:
    signed = tree_of(provider)
    [reference] = signed.iter(f"{{{DS}}}Reference")
    parent = reference.getparent()
    assert parent is not None
    parent.append(etree.fromstring(etree.tostring(reference)))
    return etree.tostring(signed)


def another_transform(algorithm: str) -> Callable[[Signatory], bytes]:
    def forge(provider: Signatory) -> bytes:
        signed = tree_of(provider)
        [transforms] = signed.iter(f"{{{DS}}}Transforms")
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=algorithm)
        return etree.tostring(signed)

    return forge


def no_transform(provider: Signatory) -> bytes:
    signed = tree_of(provider)
    for transforms in list(signed.iter(f"{{{DS}}}Transforms")):
        parent = transforms.getparent()
        assert parent is not None
        parent.remove(transforms)
    return etree.tostring(signed)


def a_signature_of_nothing(provider: Signatory) -> bytes:
    return an_elmo(course()).replace(b"</elmo>", f'<Signature xmlns="{DS}"/></elmo>'.encode())


def a_key_the_forger_chose(provider: Signatory) -> bytes:
    """The method says HMAC, whose key anybody may choose."""
    return provider.signed(an_elmo(course())).replace(
        b"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    )


FORGED: dict[str, Callable[[Signatory], bytes]] = {
    "more points": more_points,
    "another document around it": another_document_around_it,
    "the signature moved to a forgery": the_signature_moved_to_a_forgery,
    "only a part is signed": only_a_part_is_signed,
    "two references": two_references,
    "an XSLT transform": another_transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
    "an XPath transform": another_transform("http://www.w3.org/TR/1999/REC-xpath-19991116"),
    "no transform": no_transform,
    "a signature of nothing": a_signature_of_nothing,
    "a key the forger chose": a_key_the_forger_chose,
    "signed by a stranger": lambda _: a_signatory("stranger").signed(an_elmo(course())),
    "two signatures": lambda provider: provider.signed(an_elmo(course())).replace(
        b"</elmo>", f'<Signature xmlns="{DS}"/></elmo>'.encode()
    ),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forgery_fails(forge: Callable[[Signatory], bytes], provider: Signatory):
    answer = checked(forge(provider), provider)

    assert answer.outcome is Outcome.FAILED, answer
    assert answer.signed is None


def test_a_document_of_a_day_when_its_certificate_did_not_hold_fails():
    early = a_signatory(since=WRITTEN_AT + timedelta(days=1))

    assert checked(early.signed(an_elmo(course())), early).reason == "outside-validity"


def test_a_comment_put_into_a_signed_number_changes_nothing_that_is_read(provider: Signatory):
    """Canonicalising leaves comments out, so the signature stands: and the number is read whole."""
    signed = provider.signed(an_elmo(course(points="60"))).replace(b"60</value>", b"6<!-- -->0</value>")

    answer = checked(signed, provider)

    assert answer.outcome is Outcome.PASSED
    assert answer.signed is not None
    assert str(read_elmo(answer.signed).reports[0].opportunities[0].credits[0]) == "60 ECTS"


class SignerWithSha1(XMLSigner):
    """Others still sign with SHA-1; this library would rather not."""

    def check_deprecated_methods(self) -> None:
        """Let it."""


def test_sha_1_proves_little(provider: Signatory):
    signer = SignerWithSha1(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA1,
        digest_algorithm=DigestAlgorithm.SHA1,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    root = signer.sign(etree.fromstring(an_elmo(course())), key=provider.key, cert=[provider.certificate])

    answer = checked(etree.tostring(root), provider)

    assert (answer.outcome, answer.reason) == (Outcome.COULD_NOT_CHECK, "weak")


def test_what_is_no_certificate_is_not_trusted():
    for bad in (b"", b"certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(CertificateRefused):
            trusted_certificate(bad)
