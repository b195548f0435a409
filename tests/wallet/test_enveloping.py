import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import cose, jose, sd_jwt
from keys.errors import BrokenDisclosure, InvalidSignature, JoseError, KeysError, WrongMediaType
from keys.sd_jwt import parse_path
from tests.keys.builders import a_credential, a_signer
from tests.keys.messages import HANDS
from tests.verifying import world
from wallet.enveloping import (
    EnvelopeRefused,
    is_message,
    is_wrapper,
    open_message,
    open_wrapper,
    seal,
)
from wallet.formats import open_badges
from wallet.formats.enveloped import MediaType, data_url, from_base64, wrapper
from wallet.verdict import Outcome
from wallet.verifying.case import Case
from wallet.verifying.keys_of_issuers import belongs, in_force
from wallet.verifying.period import within_period
from wallet.verifying.policy import DEFAULT

ISSUER = HANDS["P-256"]
METHOD = "did:web:aitu.example#key-1"
AT = datetime(2026, 6, 30, 9, tzinfo=UTC)
CREDENTIALS = [media_type for media_type in MediaType if not media_type.is_presentation]
PRESENTATIONS = [media_type for media_type in MediaType if media_type.is_presentation]


def sealed(media_type: MediaType = MediaType.VC_JWT, document: Any = None, **more: Any) -> bytes:
    given_or_one = a_credential() if document is None else document
    return seal(given_or_one, more.pop("signer", ISSUER), media_type, **{"method": METHOD, **more})


def a_presentation(**changes: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": "did:example:holder",
        "verifiableCredential": [wrapper(each, sealed(each)) for each in CREDENTIALS],
        **changes,
    }


@pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
@pytest.mark.parametrize("media_type", CREDENTIALS)
def test_a_credential_comes_out_as_it_went_in(media_type, hand):
    envelope = open_message(sealed(media_type, signer=hand, at=AT))

    envelope.check(hand.public)
    assert envelope.media_type is media_type
    assert envelope.document == a_credential()
    assert envelope.signer == "did:web:aitu.example"
    assert envelope.method == METHOD
    assert envelope.signed_at == AT


@pytest.mark.parametrize("media_type", PRESENTATIONS)
def test_a_presentation_comes_out_with_its_credentials_in_their_envelopes(media_type):
    envelope = open_message(sealed(media_type, a_presentation()))

    envelope.check(ISSUER.public)
    assert envelope.signer == "did:example:holder"
    for each in envelope.document["verifiableCredential"]:
        inside = open_wrapper(each)
        inside.check(ISSUER.public)
        assert inside.document == a_credential()


@pytest.mark.parametrize("media_type", MediaType)
def test_another_s_key_does_not_open_it(media_type):
    document = a_presentation() if media_type.is_presentation else None
    envelope = open_message(sealed(media_type, document, signer=a_signer()))

    with pytest.raises(InvalidSignature):
        envelope.check(a_signer("stranger").public)


def test_the_key_is_named_by_an_address_or_as_one_of_the_issuer_s():
    by_address = open_message(sealed(method=METHOD))
    by_name = open_message(sealed(method="key-7"))

    assert "iss" not in by_address.claims
    assert by_name.claims["iss"] == "did:web:aitu.example"
    assert by_name.method == "did:web:aitu.example#key-7"


def test_a_holder_of_an_sd_jwt_shows_part_of_a_credential():
    holder = a_signer("learner")
    hidden = [parse_path("credentialSubject.creditsEarned"), parse_path("name")]
    message = sealed(MediaType.VC_SD_JWT, hidden=hidden, holder=holder.public)

    shown = sd_jwt.present(sd_jwt.read(message.decode()), hidden[:1])
    bound = sd_jwt.bind(shown, holder, audience="https://admissions.example", nonce="1", at=AT)
    envelope = open_message(bound.encode())

    envelope.check(ISSUER.public)
    assert "name" not in envelope.document
    assert envelope.document["credentialSubject"]["creditsEarned"] == 6


@pytest.mark.parametrize("path", ["validUntil", "credentialStatus.id", "validFrom"])
def test_a_holder_cannot_leave_out_what_limits_the_credential(path):
    limited = a_credential(
        validUntil="2030-01-01T00:00:00Z",
        credentialStatus={"id": "https://aitu.example/status/1#2", "type": "BitstringStatusListEntry"},
    )

    with pytest.raises(BrokenDisclosure):
        sealed(MediaType.VC_SD_JWT, limited, hidden=[parse_path(path)])


NOT_SEALED = {
    "no issuer": (MediaType.VC_JWT, a_credential(issuer=None)),
    "no credential": (MediaType.VC_JWT, {"hello": "world"}),
    "a presentation as a credential": (MediaType.VC_COSE, a_presentation()),
    "a credential as a presentation": (MediaType.VP_COSE, a_credential()),
    "a misspelt end": (MediaType.VC_JWT, a_credential(validUnitl="2027-01-01T00:00:00Z")),
    "a misspelt end among words we do not know": (
        MediaType.VC_SD_JWT,
        {
            **a_credential(validUnitl="2027-01-01T00:00:00Z"),
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/ours"],
            "type": ["VerifiableCredential"],
        },
    ),
    "a member named as a claim of the message": (
        MediaType.VC_JWT,
        {
            **a_credential(nonce="1"),
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/ours"],
            "type": ["VerifiableCredential"],
        },
    ),
    "a credential in the open": (MediaType.VP_JWT, a_presentation(verifiableCredential=[a_credential()])),
    "an envelope that is none": (
        MediaType.VP_JWT,
        a_presentation(verifiableCredential=[{**wrapper(MediaType.VC_JWT, b"x"), "id": "not-a-credential"}]),
    ),
    "a presentation in a presentation's place": (
        MediaType.VP_JWT,
        a_presentation(
            verifiableCredential=[{**wrapper(MediaType.VC_JWT, b"x"), "id": "data:application/vp+jwt,x"}]
        ),
    ),
    "a holder that is no address": (MediaType.VP_SD_JWT, a_presentation(holder="Aigerim")),
}


@pytest.mark.parametrize(("media_type", "document"), NOT_SEALED.values(), ids=NOT_SEALED)
def test_what_is_no_such_document_is_not_signed(media_type, document):
    with pytest.raises(EnvelopeRefused):
        sealed(media_type, document)


def test_words_of_a_context_we_do_not_know_may_be_used_of_the_subject():
    document = {
        **a_credential(credentialSubject={"id": "did:example:1", "degree": "BSc"}),
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/ours"],
        "type": ["VerifiableCredential"],
    }

    assert open_message(sealed(document=document)).document == document


# --- messages that contradict themselves, under a signature that holds --------------------------------


def signed(typ: str | None = "vc+jwt", header: dict[str, Any] | None = None, **claims: Any) -> bytes:
    payload = json.dumps({**a_credential(), **claims}).encode()
    return jose.sign(payload, ISSUER, typ=typ, more={"kid": METHOD, **(header or {})}).encode()


CONTRADICTIONS = {
    "a vc claim": (signed(vc={}), "older-format"),
    "a vp claim": (signed(vp="no"), "older-format"),
    "a vc header": (signed(header={"vc": {}}), "older-format"),
    "another issuer": (signed(iss="did:web:other.example"), "issuer-contradicted"),
    "another issuer in the header": (signed(header={"iss": "did:web:other.example"}), "issuer-contradicted"),
    "header and payload at odds": (
        signed(iss="did:web:aitu.example", header={"iss": "x"}),
        "claim-contradicted",
    ),
    "another id": (signed(jti="urn:uuid:00000000-0000-0000-0000-000000000000"), "id-contradicted"),
    "another subject": (signed(sub="did:example:other"), "subject-contradicted"),
    "no key named": (
        jose.sign(json.dumps(a_credential()).encode(), ISSUER, typ="vc+jwt").encode(),
        "key-not-named",
    ),
}


@pytest.mark.parametrize(("message", "reason"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_message_that_contradicts_its_document_is_refused(message, reason):
    with pytest.raises(EnvelopeRefused) as refused:
        open_message(message)

    assert refused.value.reason == reason


def test_claims_about_the_message_are_not_the_credential_s():
    envelope = open_message(
        signed(iss="did:web:aitu.example", iat=1782810000, exp=1782813600, jti=a_credential()["id"])
    )

    assert envelope.document == a_credential()
    assert envelope.signed_at == AT
    assert envelope.expires == AT + timedelta(hours=1)


def test_a_date_that_is_none_is_refused_where_it_limits_and_left_alone_where_it_does_not():
    assert open_message(signed(iat="2026-06-30T09:00:00Z")).signed_at is None

    with pytest.raises(JoseError):
        open_message(signed(exp="2026-06-30T09:00:00Z"))


OTHER_KINDS = {
    "the format of VC Data Model 1.1": signed("JWT"),
    "a presentation": signed("vp+jwt"),
    "an SD-JWT": signed("vc+sd-jwt"),
    "an access token": signed("at+jwt"),
    "something else inside": signed(header={"cty": "vp"}),
}


@pytest.mark.parametrize("message", OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_a_message_of_another_kind_is_not_taken_for_a_credential(message):
    with pytest.raises(WrongMediaType):
        open_message(message, MediaType.VC_JWT)


def test_the_older_format_is_told_by_its_media_type():
    with pytest.raises(WrongMediaType, match=r"1\.1"):
        open_message(signed("JWT", vc={}))


def test_a_message_that_does_not_say_what_it_is_needs_somebody_who_does():
    assert open_message(signed(None), MediaType.VC_JWT).document == a_credential()

    with pytest.raises(WrongMediaType):
        open_message(signed(None))


def test_what_is_in_cose_s_unprotected_header_names_a_key_and_no_issuer():
    payload = json.dumps(a_credential()).encode()
    message = cose.sign(payload, ISSUER, typ="application/vc+cose", cwt_claims={1: "did:web:other.example"})

    with pytest.raises(EnvelopeRefused) as refused:
        open_message(message)
    assert refused.value.reason == "issuer-contradicted"


# --- the objects around messages ----------------------------------------------------------------------


@pytest.mark.parametrize("media_type", CREDENTIALS)
def test_an_envelope_carries_its_message_in_its_id(media_type):
    carried = wrapper(media_type, sealed(media_type))

    assert is_wrapper(carried)
    assert carried["type"] == "EnvelopedVerifiableCredential"
    assert carried["id"].startswith(f"data:application/{media_type}")
    assert open_wrapper(carried).media_type is media_type


def test_a_credential_with_a_proof_of_its_own_is_no_envelope():
    assert not is_wrapper(world.a_credential())
    assert not is_message(json.dumps(world.a_credential()).encode())
    assert all(is_message(sealed(media_type)) for media_type in CREDENTIALS)


TOKEN = sealed().decode()
COSE = sealed(MediaType.VC_COSE)

BAD_WRAPPERS = {
    "more beside the message": {"credentialSubject": {"id": "did:example:mallory"}},
    "a name beside the message": {"name": "Doctor of Philosophy"},
    "no context": {"@context": []},
    "the words of 1.1": {"@context": "https://www.w3.org/2018/credentials/v1"},
    "another context first": {
        "@context": ["https://example.org/ours", "https://www.w3.org/ns/credentials/v2"]
    },
    "a context written out": {"@context": ["https://www.w3.org/ns/credentials/v2", {"id": "@type"}]},
    "a second type": {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]},
    "the type of a presentation": {"type": "EnvelopedVerifiablePresentation"},
    "no id": {"id": None},
    "an address": {"id": "https://aitu.example/credentials/1"},
    "another media type": {"id": f"data:application/jwt,{TOKEN}"},
    "a media type in capitals": {"id": f"data:application/VC+JWT,{TOKEN}"},
    "a media type percent-encoded": {"id": f"data:application/vc%2Bjwt,{TOKEN}"},
    "a parameter": {"id": f"data:application/vc+jwt;charset=utf-8,{TOKEN}"},
    "no comma": {"id": f"data:application/vc+jwt{TOKEN}"},
    "no message": {"id": "data:application/vc+jwt,"},
    "a space before the message": {"id": f"data:application/vc+jwt, {TOKEN}"},
    "a line break after the message": {"id": f"data:application/vc+jwt,{TOKEN}\n"},
    "a fragment": {"id": f"data:application/vc+jwt,{TOKEN}#key"},
    "a percent sign in the message": {"id": f"data:application/vc+jwt,{TOKEN.replace('.', '%2E', 1)}"},
    "a JWT in base64": {"id": f"data:application/vc+jwt;base64,{b64encode(TOKEN.encode()).decode()}"},
    "CBOR not in base64": {"id": f"data:application/vc+cose,{b64encode(COSE).decode()}"},
    "CBOR in base64url": {"id": "data:application/vc+cose;base64,0oRY-_"},
    "CBOR in hex": {"id": f"data:application/vc+cose;base64,{COSE.hex()}"},
    "a JWT said to be an SD-JWT": {"id": f"data:application/vc+sd-jwt,{TOKEN}"},
}


@pytest.mark.parametrize("changes", BAD_WRAPPERS.values(), ids=BAD_WRAPPERS)
def test_a_bad_envelope_is_refused_unopened(changes):
    with pytest.raises((EnvelopeRefused, JoseError)):
        open_wrapper({**wrapper(MediaType.VC_JWT, TOKEN.encode()), **changes})


@given(st.binary(max_size=60))
def test_base64_has_two_ways_at_most(data):
    padded = b64encode(data).decode()

    assert from_base64(padded) == from_base64(padded.rstrip("=")) == data


@pytest.mark.parametrize("text", ["AA=", "AAA==", "=", "AAAA=", "AB==", "A", "A A=", "AAAA\n", "-_==", "é"])
def test_other_base64_is_refused(text):
    assert from_base64(text) is None


@given(
    st.binary(max_size=60) | st.text("eyJ.~AZ09-_", max_size=60).map(str.encode), st.sampled_from(MediaType)
)
def test_no_message_makes_opening_fail_otherwise(message, media_type):
    for given_type in (media_type, None):
        try:
            open_message(message, given_type)
        except (KeysError, EnvelopeRefused):
            continue


def test_a_data_url_of_every_media_type_is_read_back():
    for media_type in CREDENTIALS:
        message = sealed(media_type)

        assert open_wrapper({**wrapper(media_type, message), "id": data_url(media_type, message)}).document


# --- judged as a proof is -----------------------------------------------------------------------------


def a_badge_in(media_type: MediaType, *, signer: Any = world.registrar, at: datetime = world.JUNE) -> bytes:
    return seal(open_badges.build(world.some_facts()), signer, media_type, method=world.KEY_1, at=at)


@pytest.mark.parametrize("media_type", CREDENTIALS)
def test_the_questions_asked_of_a_proof_can_be_asked_of_an_envelope(media_type):
    envelope = open_message(a_badge_in(media_type))
    case = Case(envelope.document, DEFAULT, world.JULY, world.a_registry())

    signature = case.signature(envelope.proof)
    envelope.check(signature.key)
    whose, own = belongs(case, [signature])

    assert whose.outcome is Outcome.PASSED
    assert in_force(case, own, case.witness).outcome is Outcome.PASSED
    assert within_period(case, own).outcome is Outcome.PASSED


def test_a_key_retired_before_it_signed_was_not_in_force():
    term = world.a_term(retired_at=world.JUNE - timedelta(days=1))
    envelope = open_message(a_badge_in(MediaType.VC_JWT))
    case = Case(envelope.document, DEFAULT, world.JULY, world.a_registry(world.an_issuer(term)))

    answer = in_force(case, [case.signature(envelope.proof)], None)

    assert answer.outcome is Outcome.FAILED
