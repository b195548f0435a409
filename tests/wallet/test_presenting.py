"""Presenting: the learner's own signature, for one occasion, over what she chose to show."""

import json
from pathlib import Path

import pytest

from domain.errors import NotFound
from keys.proofs import add_base_proof
from keys.signing import EcdsaSigner
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university, an_office
from wallet import issuing
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.presenting import NothingToPresent, present
from wallet.securing import CredentialRefused
from wallet.verifying.presentations import Occasion, verify_presentation

OCCASION = {"challenge": "u1", "domain": "admissions.example"}
V1 = "https://www.w3.org/2018/credentials/v1"


@pytest.fixture
def office(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        yield office


def a_badge(office: Office, learner: str) -> str:
    credit = a_credit(office, learner).credit
    return issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON).document


def passes(office: Office, presentation: dict) -> bool:
    return verify_presentation(
        json.dumps(presentation).encode(),
        occasion=Occasion("u1", ("admissions.example",)),
        at=NOON,
        evidence=OfficeEvidence(office, NOON),
    ).passed


def disclosing(learner_did: str) -> str:
    """A credential of another issuer, from which its holder may choose."""
    signer = EcdsaSigner.generate()
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": signer.public.did,
        "name": "A name",
        "credentialSubject": {"id": learner_did, "name": "Aigerim", "description": "She."},
    }
    return json.dumps(
        add_base_proof(
            credential,
            signer=signer,
            verification_method=signer.public.verification_method,
            created=NOON,
        )
    )


def test_a_learner_presents_her_badge(office: Office):
    learner = a_learner(office)

    made = present(office, learner.learner, [a_badge(office, learner.learner)], at=NOON, **OCCASION)

    assert made["holder"] == learner.did
    assert (made["proof"]["challenge"], made["proof"]["domain"]) == ("u1", "admissions.example")
    assert made["proof"]["proofPurpose"] == "authentication"
    assert passes(office, made)


def test_another_learners_badge_she_presents_in_vain(office: Office):
    hers, another = a_learner(office), a_learner(office)

    made = present(office, another.learner, [a_badge(office, hers.learner)], at=NOON, **OCCASION)

    assert not passes(office, made)


def test_where_there_is_a_choice_only_what_was_chosen_is_shown(office: Office):
    learner = a_learner(office)

    made = present(
        office,
        learner.learner,
        [disclosing(learner.did)],
        pointers=["/credentialSubject/name"],
        at=NOON,
        **OCCASION,
    )

    [shown] = made["verifiableCredential"]
    assert shown["credentialSubject"] == {"id": learner.did, "name": "Aigerim"}
    assert "name" not in shown
    assert shown["proof"]["proofValue"].startswith("u2V0B")


def test_what_was_derived_already_is_presented_as_it_is(office: Office):
    learner = a_learner(office)
    first = present(
        office, learner.learner, [disclosing(learner.did)], pointers=["/name"], at=NOON, **OCCASION
    )
    [derived] = first["verifiableCredential"]

    again = present(office, learner.learner, [json.dumps(derived)], at=NOON, **OCCASION)

    assert again["verifiableCredential"] == [derived]


def test_a_choice_is_refused_where_there_is_none(office: Office):
    learner = a_learner(office).learner

    with pytest.raises(NothingToPresent, match="whole"):
        present(office, learner, [a_badge(office, learner)], pointers=["/name"], at=NOON, **OCCASION)


def test_a_pointer_that_leads_nowhere_is_refused(office: Office):
    learner = a_learner(office)

    with pytest.raises(CredentialRefused):
        present(
            office, learner.learner, [disclosing(learner.did)], pointers=["/credits"], at=NOON, **OCCASION
        )


def test_credentials_of_two_versions_are_not_presented_together(office: Office):
    learner = a_learner(office).learner
    old = {"@context": [V1], "type": ["VerifiableCredential"]}

    with pytest.raises(NothingToPresent, match="together"):
        present(office, learner, [a_badge(office, learner), json.dumps(old)], at=NOON, **OCCASION)


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1, "a": 2}'])
def test_what_cannot_be_read_is_not_presented(text: str, office: Office):
    with pytest.raises(NothingToPresent):
        present(office, a_learner(office).learner, [text], at=NOON, **OCCASION)


def test_nobody_presents_without_a_wallet(office: Office):
    with pytest.raises(NotFound):
        present(office, "0d1b5f3e-4df5-4a3e-9a53-0b6a3d1d6c11", [], at=NOON, **OCCASION)
