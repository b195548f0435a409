"""Presentations by holders of every kind, and in messages. The rest is told in `tests/conformance`."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from keys import jose
from keys.did import PublishedKey, did_document
from keys.proofs import add_proof
from keys.signing import EcdsaSigner, Ed25519Signer
from tests.verifying.world import (
    AITU,
    JULY,
    JUNE,
    KEY_1,
    a_credential,
    a_registry,
    a_term,
    an_issuer,
    registrar,
    text_of,
)
from wallet import enveloping
from wallet.evidence import ControllerDocument, Source
from wallet.formats import presentation
from wallet.formats.enveloped import MediaType, wrapper
from wallet.verdict import Outcome, Verdict
from wallet.verifying.presentations import Occasion, verify_presentation

OCCASION = Occasion("u1", ("admissions.example",))
HOLDER = "did:web:holder.example"
holder_key = Ed25519Signer.from_seed(b"a holder's key, for tests only..")


def a_presentation(holder: str = HOLDER, **more: Any) -> dict[str, Any]:
    given = {"signer": holder_key, "verification_method": f"{holder}#key-1", "created": JULY, **more}
    return add_proof(
        presentation.build(holder=holder, credentials=[a_credential(learner=holder)]),
        suite="eddsa-rdfc-2022",
        purpose="authentication",
        challenge="u1",
        domain="admissions.example",
        **given,
    )


def a_document(**changes: Any) -> dict[str, ControllerDocument]:
    document = {**did_document(HOLDER, [PublishedKey(f"{HOLDER}#key-1", holder_key.public)]), **changes}
    return {HOLDER: ControllerDocument(document=document, got_at=JULY, source=Source(name="its address"))}


def verdict_on(document: Mapping[str, Any] | bytes, occasion: Occasion = OCCASION, **facts: Any) -> Verdict:
    data = document if isinstance(document, bytes) else text_of(document)
    return verify_presentation(data, occasion=occasion, at=JULY, evidence=a_registry(**facts))


def outcome_of(verdict: Verdict, step: str) -> Outcome | None:
    check = verdict.check(step)
    return None if check is None else check.outcome


def test_a_holder_with_a_web_address_presents_with_the_key_its_document_lists():
    assert verdict_on(a_presentation(), documents=a_document()).passed


def test_a_key_listed_for_assertions_only_does_not_present():
    verdict = verdict_on(a_presentation(), documents=a_document(authentication=[]))

    assert not verdict.passed


def test_a_holder_whose_document_could_not_be_had_could_not_be_checked():
    assert verdict_on(a_presentation()).outcome is Outcome.COULD_NOT_CHECK


def test_an_institution_presents_with_its_registered_key_while_it_is_in_force():
    made = a_presentation(AITU, signer=registrar, verification_method=KEY_1)

    assert verdict_on(made).passed


def test_it_does_not_with_a_key_that_had_been_retired():
    made = a_presentation(AITU, signer=registrar, verification_method=KEY_1)
    retired = an_issuer(a_term(retired_at=JUNE + timedelta(days=1)))

    verdict = verdict_on(made, issuer=retired)

    assert outcome_of(verdict, "key-belongs-to-holder") is Outcome.FAILED


# --- in messages ----------------------------------------------------------------------------------------

key = EcdsaSigner.from_scalar(bytes(31) + b"\x07")
DID = key.public.did


def a_message(**claims: Any) -> bytes:
    """A presentation in a JWT, of a credential in a JWT, with these claims beside it."""
    credential = {name: value for name, value in a_credential(learner=DID).items() if name != "proof"}
    inside = enveloping.seal(credential, registrar, MediaType.VC_JWT, method=KEY_1, at=JUNE)
    unsigned = presentation.build(holder=DID, credentials=[wrapper(MediaType.VC_JWT, inside)])
    return _sealed({**unsigned, **claims})


def _sealed(payload: dict[str, Any]) -> bytes:
    return jose.sign(
        json.dumps(payload).encode(), key, typ="vp+jwt", cty="vp", kid=key.public.verification_method
    ).encode()


def test_a_presentation_in_a_message_is_for_its_nonce_and_audience():
    assert verdict_on(a_message(nonce="u1", aud="admissions.example")).passed


OTHERS = {
    "another nonce": {"nonce": "u2", "aud": "admissions.example"},
    "another audience": {"nonce": "u1", "aud": "elsewhere.example"},
    "no nonce": {"aud": "admissions.example"},
    "no audience": {"nonce": "u1"},
    "two audiences": {"nonce": "u1", "aud": ["admissions.example", "elsewhere.example"]},
}


@pytest.mark.parametrize("claims", OTHERS.values(), ids=OTHERS)
def test_and_for_no_other(claims: dict[str, Any]):
    assert outcome_of(verdict_on(a_message(**claims)), "occasion") is Outcome.FAILED


def test_it_may_come_in_the_object_that_carries_it():
    carried = wrapper(MediaType.VP_JWT, a_message(nonce="u1", aud="admissions.example"))

    assert verdict_on(carried).passed


def test_a_message_that_holds_a_credential_is_no_presentation():
    credential = {name: value for name, value in a_credential().items() if name != "proof"}
    message = enveloping.seal(credential, registrar, MediaType.VC_JWT, method=KEY_1, at=JUNE)

    assert outcome_of(verdict_on(message), "shape") is Outcome.FAILED


def test_the_time_asked_about_has_a_zone():
    with pytest.raises(ValueError, match="no zone"):
        verify_presentation(b"{}", at=JULY.replace(tzinfo=None))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"eyJ", b"\x84", b'{"type": "VerifiablePresentation"}']
)
def test_any_bytes_get_a_verdict(data: bytes):
    assert verdict_on(data).outcome is Outcome.FAILED
