"""European Digital Credentials: written so that their profile and we ourselves can read them, sealed, and read."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings

from keys import jose
from tests.formats.transcripts import AT, a_course, a_transcript, transcripts
from tests.records.world import read, text_of
from tests.shared import shared
from wallet.formats import elm
from wallet.formats.elm_seal import Seal, SealRefused, sealed
from wallet.formats.registry import convert
from wallet.records import Reading
from wallet.verdict import Outcome

NEVER = datetime(2099, 1, 1, tzinfo=UTC)


def a_seal(
    key: Any = None,
    *,
    since: datetime = AT - timedelta(days=30),
    days: int = 60,
    authority: "Seal | None" = None,
    ca: bool = False,
) -> Seal:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "A university's seal"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "VATKZ-1234"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.certificate.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(authority.key if authority else key, hashes.SHA256())
    )
    return Seal(key, certificate)


def a_credential(**changed: Any) -> dict[str, Any]:
    return {**elm.build(a_transcript(a_course()), at=AT, eidas="VATKZ-1234"), **changed}


def asked(data: bytes, *trusted: Seal, at: datetime = AT + timedelta(days=365)) -> Reading:
    return read(data, trusted=[each.certificate for each in trusted], at=at)


SEAL = a_seal()
SEALED = sealed(a_credential(), SEAL, at=AT)


@given(transcripts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_is_in_the_shape_of_its_profile(transcript):
    reading = read(convert(transcript, "elm", at=AT).content, at=AT)

    assert reading.verdict is not None
    assert [check.code for check in reading.verdict.checks if check.outcome is Outcome.PASSED][:2] == [
        "parse",
        "shape",
    ]


def test_an_informal_setting_has_no_place_and_the_distribution_is_misspelt():
    course = a_course(setting="informal", distribution=(("A", 3),), quality=None)
    losses = {
        loss.at.rpartition("/")[2]: loss.why for loss in convert(a_transcript(course), "elm", at=AT).losses
    }

    assert "formal, non_formal" in losses["setting"]
    assert "misspells" in losses["distribution"]
    assert "outcomes" not in losses


ALL_OF_ANNEX_1 = {
    "the learner": ("credentialSubject", "givenName"),
    "the title": ("credentialSubject", "hasClaim", "title"),
    "the country": ("issuer", "location", "address", "countryCode"),
    "the awarding body": ("credentialSubject", "hasClaim", "awardedBy", "awardingBody"),
    "the date": ("credentialSubject", "hasClaim", "awardedBy", "awardingDate"),
    "the learning outcomes": ("credentialSubject", "hasClaim", "specifiedBy", "learningOutcome"),
    "the workload": ("credentialSubject", "hasClaim", "specifiedBy", "volumeOfLearning"),
    "the level": ("credentialSubject", "hasClaim", "specifiedBy", "eqfLevel"),
    "the type of assessment": ("credentialSubject", "hasClaim", "provenBy", "title"),
    "the form of participation": ("credentialSubject", "hasClaim", "specifiedBy", "mode"),
    "the quality assurance": ("credentialSubject", "hasClaim", "additionalNote"),
}


@pytest.mark.parametrize("path", ALL_OF_ANNEX_1.values(), ids=ALL_OF_ANNEX_1)
def test_a_micro_credential_has_every_element_of_annex_1(path: tuple[str, ...]):
    said: Any = elm.build(a_transcript(a_course(participation="blended")), at=AT)
    for step in path:
        said = said[0] if isinstance(said, list) else said
        said = said[step]

    assert said


# --- seals ------------------------------------------------------------------------------------------------


def test_what_is_sealed_is_read_again_as_it_was():
    reading = asked(SEALED, SEAL)

    assert (reading.kind, reading.signature.outcome) == ("european-digital-credential", Outcome.PASSED)
    assert reading.totals == {"ECTS": 6}
    assert reading.holders == ("Айгерім <&>",)
    assert reading.verdict is not None
    assert [check.number for check in reading.verdict.checks] == [0, 1, 2, 3, 4, 5, 8]


KEYS = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "RSA": rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_seals_are_made_with_the_keys_that_trust_services_give_out(key: Any):
    seal = a_seal(key)

    assert asked(sealed(a_credential(), seal, at=AT), seal).signature.outcome is Outcome.PASSED
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    again = Seal.of(pem, seal.certificate.public_bytes(serialization.Encoding.PEM))
    assert again.organisation == "VATKZ-1234"


def test_a_seal_is_of_whoever_the_readers_certificates_say():
    authority = a_seal(ca=True)
    issued = a_seal(authority=authority)
    document = sealed(a_credential(), issued, at=AT)

    assert asked(document, authority).signature.outcome is Outcome.PASSED
    assert asked(document).signature.outcome is Outcome.COULD_NOT_CHECK
    assert asked(document, SEAL).signature.outcome is Outcome.COULD_NOT_CHECK
    # One that is no authority vouches for nobody, whatever it has signed.
    other = a_seal(authority=SEAL)
    assert asked(sealed(a_credential(), other, at=AT), SEAL).signature.outcome is Outcome.COULD_NOT_CHECK


def test_a_seal_is_looked_at_as_of_the_time_it_was_made():
    assert asked(SEALED, SEAL, at=NEVER).signature.outcome is Outcome.PASSED
    with pytest.raises(SealRefused, match="not valid today"):
        sealed(a_credential(), SEAL, at=AT + timedelta(days=400))
    assert asked(SEALED, SEAL, at=AT - timedelta(days=10)).signature.outcome is Outcome.FAILED


def resealed(**header: Any) -> bytes:
    """The seal with another header, which its key has not signed; None leaves a member out."""
    whole = json.loads(SEALED)
    [signature] = whole["signatures"]
    said = {**json.loads(jose.from_base64url(signature["protected"], "header")), **header}
    kept = {name: value for name, value in said.items() if value is not None}
    signature["protected"] = jose.to_base64url(text_of(kept))
    return text_of(whole)


def changed(change: Any) -> bytes:
    whole = json.loads(SEALED)
    change(whole)
    return text_of(whole)


def two_seals(whole: Any) -> None:
    whole["signatures"].append(copy.deepcopy(whole["signatures"][0]))


FALSE = {
    "another number of points": (
        SEALED.replace(b'\\"point\\":\\"6\\"', b'\\"point\\":\\"60\\"'),
        "invalid-signature",
    ),
    "an algorithm without a key": (resealed(alg="none"), "invalid-signature"),
    "an algorithm with a shared key": (resealed(alg="HS256"), "invalid-signature"),
    "another time": (resealed(sigT="2026-06-01T00:00:00Z"), "invalid-signature"),
    "no time": (resealed(sigT=None), "seal-refused"),
    "no certificate": (resealed(x5c=None), "seal-refused"),
    "a certificate that is none": (resealed(x5c=["AAAA"]), "seal-refused"),
    "another certificate than it names": (resealed(**{"x5t#S256": "AAAA"}), "seal-refused"),
    "something critical that nobody knows": (resealed(crit=["b64", "sigT", "exp"]), "seal-refused"),
    "the bare text, and nobody says that it is critical": (resealed(crit=["sigT"]), "seal-refused"),
    "two seals": (changed(two_seals), "seal-refused"),
    "no seal": (changed(lambda whole: whole.update(signatures=[])), "seal-refused"),
    "a payload with a member twice": (
        sealed(a_credential(), SEAL, at=AT).replace(
            b'\\"id\\":\\"urn:credential', b'\\"id\\":1,\\"id\\":\\"urn:credential', 1
        ),
        "seal-refused",
    ),
}


@pytest.mark.parametrize(("data", "reason"), FALSE.values(), ids=FALSE)
def test_a_seal_that_is_not_over_this_text_is_false(data: bytes, reason: str):
    assert asked(data, SEAL).signature.outcome is Outcome.FAILED
    assert asked(data, SEAL).signature.reason == reason


OUT_OF_SHAPE = {
    "no claim": {"credentialSubject": {"type": "Person"}},
    "two persons": {"credentialSubject": [{"type": "Person"}, {"type": "Person"}]},
    "no profile": {"credentialProfiles": None},
    "no first day": {"validFrom": "2026"},
    "expired": {"validUntil": "2026-07-02T00:00:00Z"},
    "not valid yet": {"validFrom": "2090-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("change", OUT_OF_SHAPE.values(), ids=OUT_OF_SHAPE)
def test_what_is_sealed_is_asked_the_rest_of_the_list(change: dict[str, Any]):
    reading = asked(sealed(a_credential(**change), SEAL, at=AT), SEAL)

    assert reading.signature.outcome is Outcome.FAILED


def test_a_status_that_is_not_understood_could_not_be_checked():
    status = {"id": "https://x.example/1", "type": "StatusList2021Entry"}

    reading = asked(sealed(a_credential(credentialStatus=status), SEAL, at=AT), SEAL)

    assert reading.signature.outcome is Outcome.COULD_NOT_CHECK


# --- the model's own example ----------------------------------------------------------------------------


def test_the_examples_of_the_model_are_read_with_the_right_answer():
    unsigned = shared("examples/elm/Sample-MC-Annex1-unsigned.jsonld").read_bytes()
    uploadable = shared("examples/elm/Sample-MC-Annex1-unsigned-uploadable.json").read_bytes()
    signed = shared("examples/elm/Sample-MC-Annex1-signed.jsonld").read_bytes()

    found = [read(data) for data in (unsigned, uploadable, signed)]

    for reading in found:
        assert reading.kind == "european-digital-credential"
        assert reading.totals == {"ECTS": 2}
        assert reading.signature.outcome is Outcome.COULD_NOT_CHECK
        assert reading.holders == ("Ana Andromeda",)
    assert [reading.signature.reason for reading in found] == ["unsigned", "unsigned", "unknown-key"]
    [line] = found[2].lines
    said = line.opportunity
    assert (said.eqf_level, said.hours, said.setting, said.grade) == (6, 60, "non_formal", "Pass")
    assert said.participation == "blended"
    assert len(said.outcomes) == 2
    assert found[2].verdict is not None
    assert found[2].verdict.check("proof").outcome is Outcome.PASSED  # type: ignore[union-attr]  # it was made
    assert found[2].verdict.check("key-in-force").outcome is Outcome.PASSED  # type: ignore[union-attr]  # the same


def test_one_letter_changed_in_the_models_example_is_found():
    signed = shared("examples/elm/Sample-MC-Annex1-signed.jsonld").read_bytes()

    assert read(signed.replace(b"Andromeda", b"Andromedb")).signature.reason == "invalid-signature"
