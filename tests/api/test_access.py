"""Who may do what. The rule of reading is in `wallet.access.right_to_read`."""

import itertools
from datetime import timedelta

import pytest

from domain.errors import InvalidValue, NotFound
from tests.api.world import Door, Knocker, a_key, problem_of
from tests.offices import NOON, a_learner
from wallet import access, issuing, sharing
from wallet.access import Role

READING = ["record", "credits", "units", "progress/first-year", "events", "events/1", "credentials"]
CALLERS = ["anybody", "registry", "university", "stranger", "learner"]


@pytest.mark.parametrize(("who", "what"), list(itertools.product(CALLERS, READING)))
def test_nobody_reads_a_wallet_that_is_not_theirs_to_read(who: str, what: str, door: Door):
    knocker: Knocker = getattr(door, who)

    answer = knocker.get(f"{door.wallet}/{what}")

    if who in ("learner", "university"):  # hers, and it opened the wallet for her
        assert answer.status_code in (200, 404)
        assert "There is no wallet" not in answer.text
    else:
        assert answer.status_code == {"anybody": 401, "registry": 403, "stranger": 404}[who]


def test_a_wallet_that_is_not_for_the_caller_is_answered_like_one_that_is_not_there(door: Door):
    other = a_learner(door.office).learner
    absent = "00000000-0000-4000-8000-000000000000"

    for who, what in itertools.product((door.learner, door.stranger), READING):
        there = who.get(f"/learners/{other}/{what}")
        nowhere = who.get(f"/learners/{absent}/{what}")
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace(other, absent) == nowhere.text


def test_an_institution_reads_a_wallet_once_it_has_written_in_it(door: Door):
    credit = door.award().json()["credit"]
    before = door.stranger.get(f"{door.wallet}/record")
    door.stranger.post(
        f"{door.wallet}/credits/{credit}/transfers", {"agreement": "LA 14", "transferred_on": "2026-05-30"}
    )
    after = door.stranger.get(f"{door.wallet}/record")

    assert (before.status_code, after.status_code) == (404, 200)


FOR_ONE_ROLE = {
    "/institutions": "registry",
    "/institutions/aitu/accreditations": "registry",
    "/institutions/aitu/units": "university",
    "/institutions/aitu/qualifications": "university",
    "/institutions/aitu/keys": "university",
    "/credentials": "university",
}


@pytest.mark.parametrize(("path", "who"), list(itertools.product(FOR_ONE_ROLE, CALLERS)))
def test_each_act_takes_the_key_of_whoever_may_do_it(path: str, who: str, door: Door):
    knocker: Knocker = getattr(door, who)

    answer = knocker.post(path, {})

    if who == FOR_ONE_ROLE[path] or (path, who) == ("/credentials", "stranger"):
        assert answer.status_code in (201, 422)
    elif who == "anybody":
        assert (answer.status_code, problem_of(answer)) == (401, "no-key")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    else:
        assert (answer.status_code, problem_of(answer)) == (403, "wrong-role")


def test_a_learner_claims_only_in_her_own_wallet(door: Door):
    claim = {"setting": "informal", "names": {"en": "Chess"}, "achieved_on": "2026-03-01"}
    other = a_learner(door.office).learner

    assert door.learner.post(f"{door.wallet}/achievements", claim).status_code == 201
    assert problem_of(door.learner.post(f"/learners/{other}/achievements", claim)) == "not-found"
    assert problem_of(door.university.post(f"{door.wallet}/achievements", claim)) == "wrong-role"


def test_a_credential_is_shown_to_its_learner_its_issuer_and_the_registry_only(door: Door):
    credit = door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    path = issued.json()["href"]
    other = Knocker(door.app, access.admit(door.office, opened_by="aitu", at=NOON).secret)

    for knocker in (door.learner, door.university, door.registry):
        assert knocker.get(path).status_code == 200
        assert knocker.get(f"{path}/bundle").status_code == 200
    for knocker in (door.stranger, other):
        assert problem_of(knocker.get(path)) == "not-found"
        assert problem_of(knocker.get(f"{path}/bundle")) == "not-found"
    assert problem_of(door.anybody.get(path)) == "no-key"


def test_a_learner_is_admitted_with_a_key_that_opens_her_wallet_at_once(door: Door):
    admitted = door.university.post("/learners").json()
    learner = Knocker(door.app, admitted["api_key"])

    record = learner.get(f"/learners/{admitted['learner']}/record")

    assert record.status_code == 200
    assert record.json()["did"] == admitted["did"]


def test_a_revoked_key_opens_nothing(door: Door):
    secret = a_key(door.office, Role.INSTITUTION, "aitu")
    grant = access.find(door.office, secret, at=NOON)
    assert grant is not None
    access.revoke(door.office, grant.name, at=NOON)

    answer = Knocker(door.app, secret).post("/institutions/aitu/keys")

    assert problem_of(answer) == "no-key"


@pytest.mark.parametrize("key", ["", "lcw_", "lcw_" + "A" * 43, "x" * 5000])
def test_what_is_no_key_opens_nothing(key: str, door: Door):
    answer = door.anybody.get(f"{door.wallet}/record", Authorization=f"Bearer {key}")

    assert problem_of(answer) == "no-key"


def test_only_the_digest_of_a_key_is_kept(door: Door):
    home = door.office.settings.home
    kept = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())

    for key in (door.university.key, door.learner.key, door.registry.key):
        assert key is not None
        assert key.encode() not in kept


def test_a_key_is_made_only_for_somebody_who_is_there(door: Door):
    with pytest.raises(NotFound):
        a_key(door.office, Role.INSTITUTION, "nowhere")
    with pytest.raises(NotFound):
        a_key(door.office, Role.LEARNER, "00000000-0000-4000-8000-000000000000")
    with pytest.raises(InvalidValue):
        a_key(door.office, Role.REGISTRY, "aitu")


def test_the_keys_of_a_holder_are_listed_without_their_secrets(door: Door):
    [first, *_] = access.grants(door.office, "aitu")

    assert (first.role, first.label) == (Role.INSTITUTION, "for a test")
    assert {grant.holder for grant in access.grants(door.office)} >= {"aitu", "college", "registry"}


def test_a_learner_sees_who_looked_when_and_by_what_right(door: Door):
    door.award()
    door.university.get(f"{door.wallet}/record")
    door.stranger.get(f"{door.wallet}/events")
    door.learner.get(f"{door.wallet}/record")

    looked = door.learner.get(f"{door.wallet}/accesses").json()["accesses"]

    assert [(each["who"], each["what"], each["why"], each["allowed"]) for each in looked] == [
        ("college", "GET /learners/{learner}/events", "", False),
        ("aitu", "GET /learners/{learner}/record", "has written in the wallet", True),
    ]
    assert problem_of(door.university.get(f"{door.wallet}/accesses")) == "wrong-role"


def test_a_learner_sees_what_she_agreed_to_show_and_who_opened_it(door: Door):
    credit = door.award().json()["credit"]
    learner = door.admitted.learner
    issued = issuing.issue_credit(door.office, "aitu", learner=learner, credit=credit, at=NOON)
    shared = sharing.share(
        door.office,
        learner,
        credentials=[issued.credential],
        with_whom="Silk Road Logistics",
        purpose="a position",
        until=NOON + timedelta(days=9),
        at=NOON,
    )
    sharing.open_share(door.office, shared.secret, at=NOON)

    [told] = door.learner.get(f"{door.wallet}/shares").json()["shares"]
    [looked] = door.learner.get(f"{door.wallet}/accesses").json()["accesses"]

    assert (told["share"], told["with_whom"], told["credentials"]) == (
        shared.name,
        "Silk Road Logistics",
        [issued.credential],
    )
    assert told["looks"] == ["2026-06-01T12:00:00Z"]
    assert (looked["who"], looked["why"]) == ("Silk Road Logistics", "a position")
    assert shared.secret not in str(told)
