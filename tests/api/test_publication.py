import json

from keys.signing import PublicKey
from tests.api.world import Door, problem_of
from wallet.formats.token_status_list import checked_list


def a_list(door: Door) -> str:
    """The address of the university's first list of suspensions."""
    credit = door.award().json()["credit"]
    door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    return "/i/aitu/status/1/suspension"


def test_a_status_list_may_be_kept_for_a_minute_and_asked_for_by_its_etag(door: Door):
    address = a_list(door)
    first = door.anybody.get(address)
    again = door.anybody.get(address, If_None_Match=f'"other", {first.headers["etag"]}')

    assert first.status_code == 200
    assert first.headers["content-type"] == "application/vc"
    assert first.headers["cache-control"] == "public, max-age=60"
    assert first.json()["id"] == f"https://records.example{address}"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_a_suspension_changes_the_list_at_once(door: Door):
    address = a_list(door)
    before = door.anybody.get(address)
    [listed] = door.learner.get(f"{door.wallet}/credentials").json()["credentials"]
    door.university.post(f"{listed['href']}/suspension", {"reason": "being looked into"})

    after = door.anybody.get(address, If_None_Match=before.headers["etag"])

    assert after.status_code == 200
    assert after.json()["credentialSubject"] != before.json()["credentialSubject"]


def test_a_token_status_list_says_the_same_in_two_bits_and_is_signed_by_the_institution(door: Door):
    a_list(door)
    [listed] = door.learner.get(f"{door.wallet}/credentials").json()["credentials"]
    issued = door.office.credential(listed["credential"]).state.issued
    by = door.office.institution("aitu").state
    key = PublicKey.from_multikey(by.keys[-1].multikey)

    def standing() -> int:
        published = door.anybody.get("/i/aitu/token-status/1")
        assert published.headers["content-type"] == "application/statuslist+jwt"
        found = checked_list(published.text, key)
        assert found.uri == "https://records.example/i/aitu/token-status/1"
        return found.status(issued.status_index)

    told = [standing()]
    for act in ("suspension", "reinstatement", "revocation"):
        door.university.post(f"{listed['href']}/{act}", {"reason": "being looked into"})
        told.append(standing())

    assert told == [0, 2, 0, 1]
    assert problem_of(door.anybody.get("/i/aitu/token-status/7")) == "not-found"


def test_lists_and_documents_that_are_not_there_are_not_found(door: Door):
    assert problem_of(door.anybody.get("/i/aitu/status/7/revocation")) == "not-found"
    assert problem_of(door.anybody.get("/i/nowhere/did.json")) == "not-found"
    assert problem_of(door.anybody.get("/i/aitu/status/1/gossip")) == "invalid-request"


def test_did_documents_may_be_fetched_from_any_page(door: Door):
    for address, did in (
        ("/.well-known/did.json", "did:web:records.example"),
        ("/i/aitu/did.json", "did:web:records.example:i:aitu"),
    ):
        fetched = door.anybody.get(address)
        assert json.loads(fetched.content)["id"] == did
        assert fetched.headers["access-control-allow-origin"] == "*"
        assert fetched.headers["content-type"] == "application/did+json"
