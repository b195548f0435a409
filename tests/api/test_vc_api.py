"""Signing over VC-API by institutions, with their own keys. What may be signed is told in `tests/conformance`."""

from typing import Any

import pytest

from tests.api.world import Door, problem_of
from tests.attacks.test_documents import a_badge
from tests.conformance.world import a_credential

RDFC, JCS = "/issuers/eddsa-rdfc-2022/credentials/issue", "/issuers/eddsa-jcs-2022/credentials/issue"


@pytest.fixture
def did(door: Door) -> str:
    return door.office.institution("aitu").state.did


def verify(door: Door, document: Any, **options: Any) -> int:
    body = {"verifiableCredential": document, "options": options}
    return door.anybody.post("/credentials/verify", body).status_code


@pytest.mark.parametrize("path", [RDFC, JCS])
def test_what_an_institution_signs_with_its_own_key_verifies(path: str, door: Door, did: str):
    made = door.university.post(path, {"credential": a_badge(issuer__id=did)})

    assert made.status_code == 201, made.text
    signed = made.json()["verifiableCredential"]
    assert signed["proof"]["verificationMethod"] == f"{did}#key-1"
    assert verify(door, signed) == 200


def test_what_is_brought_is_not_recorded(door: Door, did: str):
    before = door.office.ledger.last_sequence()

    door.university.post(RDFC, {"credential": a_badge(issuer__id=did)})

    assert door.office.ledger.last_sequence() == before


def test_a_key_that_was_retired_no_longer_signs(door: Door, did: str):
    door.university.post("/institutions/aitu/keys")

    made = door.university.post(RDFC, {"credential": a_badge(issuer__id=did)})

    assert made.json()["verifiableCredential"]["proof"]["verificationMethod"] == f"{did}#key-2"


@pytest.mark.parametrize("profile", ["ecdsa-sd-2023", "ecdsa-rdfc-2019-P-256", "enveloped", "status"])
def test_an_institution_does_not_sign_in_a_way_its_key_does_not_know(profile: str, door: Door, did: str):
    told = door.university.post(
        f"/issuers/{profile}/credentials/issue", {"credential": a_badge(issuer__id=did)}
    )

    assert problem_of(told) == "not-found"


def test_there_is_no_profile_of_another_name(door: Door, did: str):
    told = door.university.post(
        "/issuers/rsa-1977/credentials/issue", {"credential": a_badge(issuer__id=did)}
    )

    assert problem_of(told) == "not-found"


def test_a_credential_without_an_issuer_is_not_signed_in_anybodys_name(door: Door):
    credential = a_credential()
    del credential["issuer"]

    assert door.university.post(RDFC, {"credential": credential}).status_code == 400


def test_each_institution_is_listed_with_the_did_it_signs_with(door: Door, did: str):
    listed = door.anybody.get("/issuers").json()["issuers"]

    assert {
        "profile": "eddsa-rdfc-2022",
        "did": did,
        "verification_method": f"{did}#key-1",
    }.items() <= listed[0].items()
    assert {row["institution"] for row in listed} == {"aitu", "college"}
    assert {row["endpoint"] for row in listed} == {RDFC, JCS}
