import json

import pytest

from tests.api.world import Door, problem_of


@pytest.fixture
def credential(door: Door) -> str:
    """The address of a badge for algorithms."""
    credit = door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    assert issued.status_code == 201, issued.text
    return str(issued.json()["href"])


def test_the_document_is_served_byte_for_byte_as_it_was_signed(door: Door, credential: str):
    served = door.learner.get(credential)

    kept = door.office.credential(credential.removeprefix("/credentials/")).state.issued.document
    assert served.content == kept.encode()
    assert served.headers["content-type"] == "application/vc"


def test_a_credential_verifies_and_no_longer_once_it_is_revoked(door: Door, credential: str):
    document = json.loads(door.learner.get(credential).content)
    good = door.anybody.post("/credentials/verify", {"verifiableCredential": document})
    revoked = door.university.post(f"{credential}/revocation", {"reason": "issued in error"})
    bad = door.anybody.post("/credentials/verify", {"verifiableCredential": document})

    assert (good.status_code, good.json()["outcome"]) == (200, "passed")
    assert revoked.json()["standing"] == "revoked"
    assert (bad.status_code, bad.json()["outcome"]) == (400, "failed")
    assert bad.headers["content-type"] == "application/problem+json"


def test_a_suspension_ends_and_the_credential_verifies_again(door: Door, credential: str):
    document = door.learner.get(credential).text

    def outcome() -> str:
        return str(door.anybody.post("/verifications", {"document": document}).json()["outcome"])

    outcomes = [outcome()]
    for act, body in (("suspension", {"reason": "being looked into"}), ("reinstatement", None)):
        assert door.university.post(f"{credential}/{act}", body).status_code == 201
        outcomes.append(outcome())

    assert outcomes == ["passed", "failed", "passed"]


def test_a_superseded_credential_names_the_new_one(door: Door, credential: str):
    superseded = door.university.post(f"{credential}/supersession")

    assert superseded.status_code == 201
    assert f"/credentials/{superseded.json()['supersedes']}" == credential
    listed = door.learner.get(f"{door.wallet}/credentials").json()["credentials"]
    assert [each["standing"] for each in listed] == ["superseded", "in-force"]


def test_the_record_is_issued_as_one_credential_of_many(door: Door, credential: str):
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "record": True})

    assert (issued.status_code, issued.json()["kind"]) == (201, "clr")
    record = json.loads(door.learner.get(issued.json()["href"]).content)
    assert [
        f"/credentials/{member['id']}" for member in record["credentialSubject"]["verifiableCredential"]
    ] == [credential]


def test_one_institution_does_not_change_the_credential_of_another(door: Door, credential: str):
    for act, body in (
        ("suspension", {"reason": "x"}),
        ("revocation", {"reason": "x"}),
        ("supersession", None),
    ):
        refused = door.stranger.post(f"{credential}/{act}", body)
        assert (refused.status_code, problem_of(refused)) == (403, "wrong-institution")


NEITHER = {
    "neither": {},
    "both": {"credit": "3b7a5d52-64f0-4a3c-9a53-2f1f0f0c7e2d", "record": True},
    "no record": {"record": False},
}


@pytest.mark.parametrize("of", NEITHER.values(), ids=NEITHER)
def test_a_credential_is_of_a_credit_or_of_the_record(of: dict[str, object], door: Door):
    refused = door.university.post("/credentials", {"learner": door.admitted.learner, **of})

    assert problem_of(refused) == "invalid-request"


def test_withdrawing_a_credit_revokes_the_credential_that_tells_of_it(door: Door, credential: str):
    [line] = door.learner.get(f"{door.wallet}/credits").json()["credits"]
    door.university.post(
        f"{door.wallet}/credits/{line['credit']}/withdrawal",
        {"reason": "in error", "withdrawn_on": "2026-05-30"},
    )

    [listed] = door.learner.get(f"{door.wallet}/credentials").json()["credentials"]
    assert listed["standing"] == "revoked"
