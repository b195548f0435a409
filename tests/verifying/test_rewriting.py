"""A signature over statements holds however they are written: no way of writing may hide one from us.

Each case is an expired and revoked credential, rewritten by whoever holds it so that eddsa-rdfc-2022 signs
the same statements. Accepting one would let every revoked credential live on.
"""

import copy
from datetime import timedelta
from typing import Any

import pytest

from keys.errors import KeysError
from keys.proofs import check_proof
from tests.verifying.world import (
    AITU,
    JULY,
    REVOCATIONS,
    a_list,
    a_registry,
    clean_lists,
    registrar,
    signed,
    some_facts,
    text_of,
)
from wallet.formats import open_badges
from wallet.verdict import Outcome
from wallet.verifying import verify

CREDENTIALS = "https://www.w3.org/2018/credentials#"
BADGES = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
XSD = "http://www.w3.org/2001/XMLSchema#"

Document = dict[str, Any]


def expired_and_revoked() -> Document:
    unsigned = open_badges.build(some_facts(valid_until=JULY - timedelta(days=1)))
    unsigned["endorsement"] = [
        {
            "@context": unsigned["@context"],
            "id": "urn:uuid:e",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": AITU, "type": ["Profile"], "name": "Astana IT University"},
            "validFrom": "2026-06-30T09:00:00Z",
            "credentialSubject": {
                "id": unsigned["id"],
                "type": ["EndorsementSubject"],
                "endorsementComment": "Good.",
            },
        }
    ]
    return signed(unsigned)


def typed(value: Any, name: str) -> dict[str, Any]:
    return {"@value": value, "@type": XSD + name}


def expiry_under_its_address(document: Document) -> None:
    document[CREDENTIALS + "validUntil"] = typed(document.pop("validUntil"), "dateTime")


def status_under_its_address(document: Document) -> None:
    document[CREDENTIALS + "credentialStatus"] = document.pop("credentialStatus")


def credits_under_their_address(document: Document) -> None:
    subject = document["credentialSubject"]
    subject[BADGES + "creditsEarned"] = typed(subject.pop("creditsEarned"), "float")


def expiry_with_its_type_spelt_out(document: Document) -> None:
    document["validUntil"] = typed(document["validUntil"], "dateTime")


def status_as_a_set(document: Document) -> None:
    document["credentialStatus"] = {"@set": document["credentialStatus"]}


def status_in_a_nest(document: Document) -> None:
    document["@nest"] = {"credentialStatus": document.pop("credentialStatus")}


def types_under_the_keyword(document: Document) -> None:
    for status in document["credentialStatus"]:
        status["@type"] = status.pop("type")


def a_type_under_its_address(document: Document) -> None:
    document["type"] = ["VerifiableCredential", BADGES + "OpenBadgeCredential"]


def expiry_in_another_object_of_the_same_id(document: Document) -> None:
    twin = document["endorsement"][0]["credentialSubject"]
    twin["type"] = ["EndorsementSubject", "VerifiableCredential"]
    twin["validUntil"] = document.pop("validUntil")


def status_in_another_object_of_the_same_id(document: Document) -> None:
    twin = document["endorsement"][0]["credentialSubject"]
    twin["type"] = ["EndorsementSubject", "VerifiableCredential"]
    twin["credentialStatus"] = document.pop("credentialStatus")


REWRITINGS = (
    expiry_under_its_address,
    status_under_its_address,
    credits_under_their_address,
    expiry_with_its_type_spelt_out,
    status_as_a_set,
    status_in_a_nest,
    types_under_the_keyword,
    a_type_under_its_address,
    expiry_in_another_object_of_the_same_id,
    status_in_another_object_of_the_same_id,
)


@pytest.mark.parametrize("rewrite", REWRITINGS)
def test_a_rewritten_credential_fails_at_its_shape_even_where_the_proof_holds(rewrite):
    document = copy.deepcopy(expired_and_revoked())
    rewrite(document)

    verdict = verify(text_of(document), at=JULY, evidence=a_registry(lists=clean_lists()))

    assert verdict.outcome is Outcome.FAILED
    assert verdict.check("shape").outcome is Outcome.FAILED


def test_some_of_these_rewritings_do_keep_the_signature():
    """Else the test above would prove little."""
    kept = set()
    for rewrite in REWRITINGS:
        document = copy.deepcopy(expired_and_revoked())
        rewrite(document)
        try:
            check_proof(document, document["proof"], registrar.public)
        except KeysError:
            continue
        kept.add(rewrite)

    assert {expiry_under_its_address, expiry_in_another_object_of_the_same_id} <= kept


def test_as_issued_it_is_expired_and_revoked():
    lists = clean_lists() | {REVOCATIONS: [a_list("revocation", 94_567)]}

    verdict = verify(text_of(expired_and_revoked()), at=JULY, evidence=a_registry(lists=lists))

    assert verdict.check("shape").outcome is Outcome.PASSED
    assert verdict.check("validity-period").reason == "expired"
    assert verdict.check("status").reason == "revoked"
