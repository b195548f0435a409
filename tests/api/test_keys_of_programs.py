"""Keys of programs: kept to scopes, ended by time, and traded for passes as OAuth 2.0 says."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from domain.errors import InvalidValue
from tests.api.world import Door, Knocker, problem_of
from tests.offices import NOON
from wallet import access, passes
from wallet.access import SCOPES, Area, Made, Role

READS = ("records:read", "catalogue:read")


def a_made_key(door: Door, *scopes: str, **more: Any) -> Made:
    return access.grant(
        door.office,
        holder="aitu",
        role=Role.INSTITUTION,
        label="campus",
        scopes=scopes or None,
        at=NOON,
        **more,
    )


def ask(door: Door, said: dict[str, str] | str, made: Made | None = None, **headers: str) -> httpx.Response:
    if made is not None:
        basic = base64.b64encode(f"{made.grant.name}:{made.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", **headers}
    text = said if isinstance(said, str) else urlencode(said)
    typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return door.anybody.ask("POST", "/oauth/token", content=text.encode(), headers=typed)


GRANT = {"grant_type": "client_credentials"}


def test_every_route_that_asks_for_a_key_stands_under_an_area(door: Door):
    operations = [said for methods in door.app.openapi()["paths"].values() for said in methods.values()]
    asking = {each["tags"][0].lower() for each in operations if "security" in each}

    assert asking <= set(Area)


def test_a_key_does_what_its_scopes_name_and_nothing_else(door: Door):
    knocker, before = Knocker(door.app, a_made_key(door, *READS).secret), door.office.ledger.last_sequence()
    refused = knocker.post(f"{door.wallet}/credits", {"unit": "algorithms", "awarded_on": "2026-05-29"})

    assert knocker.get(f"{door.wallet}/record").status_code == 200
    assert (refused.status_code, problem_of(refused)) == (403, "out-of-scope")
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="wallets:write"'
    assert door.office.ledger.last_sequence() == before


def test_a_key_with_an_end_opens_nothing_after_it(door: Door):
    made = a_made_key(door, until=NOON + timedelta(days=30))

    assert access.find(door.office, made.secret, at=NOON + timedelta(days=29)) is not None
    assert access.find(door.office, made.secret, at=NOON + timedelta(days=30)) is None
    assert problem_of(Knocker(door.app, made.secret).get(f"{door.wallet}/record")) == "no-key"


def test_a_key_makes_no_key_that_is_wider_or_lasts_longer(door: Door):
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    knocker = Knocker(door.app, a_made_key(door, "institutions:write", "records:read", until=soon).secret)
    path = "/institutions/aitu/api-keys"
    wider = knocker.post(path, {"label": "x", "scopes": ["wallets:write"]})
    like = knocker.post(path, {"label": "x"}).json()
    narrower = knocker.post(path, {"label": "x", "scopes": ["records:read"]}).json()

    assert problem_of(wider) == "invalid-value"
    assert like["scopes"] == ["institutions:write", "records:read"]
    assert narrower["scopes"] == ["records:read"]
    assert datetime.fromisoformat(like["ends_at"]) == soon


def test_a_key_made_over_the_interface_ends_in_a_year_unless_it_says_otherwise(door: Door):
    made = door.university.post("/institutions/aitu/api-keys", {"label": "campus"}).json()

    assert made["scopes"] is None
    left = datetime.fromisoformat(made["ends_at"]) - datetime.now(UTC)
    assert timedelta(days=364) < left <= timedelta(days=365)
    past = {"label": "x", "ends_at": "2020-01-01T00:00:00Z"}
    assert problem_of(door.university.post("/institutions/aitu/api-keys", past)) == "invalid-value"
    wrong = {"label": "x", "scopes": ["everything:write"]}
    assert problem_of(door.university.post("/institutions/aitu/api-keys", wrong)) == "invalid-request"


def test_a_key_is_traded_for_a_pass_that_acts_for_its_holder_for_a_quarter_of_an_hour(door: Door):
    answer = ask(door, GRANT, a_made_key(door))
    said = answer.json()

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 900)
    assert "scope" not in said
    assert "refresh_token" not in said
    awarded = Knocker(door.app, said["access_token"]).post(
        f"{door.wallet}/credits", {"unit": "algorithms", "awarded_on": "2026-05-29"}
    )
    assert awarded.status_code == 201


def test_a_client_may_say_who_it_is_in_the_form_as_well(door: Door):
    made = a_made_key(door)
    said = {**GRANT, "client_id": made.grant.name, "client_secret": made.secret}

    assert ask(door, said).status_code == 200


def test_a_pass_is_narrowed_and_never_widened(door: Door):
    made = a_made_key(door, *READS)
    narrow = ask(door, {**GRANT, "scope": "records:read"}, made).json()
    wide = ask(door, {**GRANT, "scope": "wallets:write"}, made)
    unknown = ask(door, {**GRANT, "scope": "root"}, made)

    assert narrow["scope"] == "records:read"
    knocker = Knocker(door.app, narrow["access_token"])
    assert knocker.get(f"{door.wallet}/record").status_code == 200
    assert problem_of(knocker.post("/comparisons", {})) == "out-of-scope"
    assert ask(door, GRANT, made).json()["scope"] == "catalogue:read records:read"
    assert [(each.status_code, each.json()["error"]) for each in (wide, unknown)] == [
        (400, "invalid_scope")
    ] * 2


def test_a_pass_ends_by_itself_and_with_its_key(door: Door):
    office = door.office
    made = a_made_key(door, until=NOON + timedelta(minutes=20))
    first = passes.trade(office, made.secret, at=NOON)
    late = passes.trade(office, made.secret, at=NOON + timedelta(minutes=10))

    assert passes.knock(office, first.secret, at=NOON + timedelta(minutes=14)) is not None
    assert passes.knock(office, first.secret, at=NOON + timedelta(minutes=15)) is None
    assert late.ends_at == NOON + timedelta(minutes=20)
    access.revoke(office, made.grant.name, at=NOON + timedelta(minutes=11))
    assert passes.knock(office, late.secret, at=NOON + timedelta(minutes=12)) is None
    with pytest.raises(InvalidValue):
        passes.trade(office, made.secret, at=NOON + timedelta(minutes=12))


def test_a_request_sent_again_under_a_newer_pass_is_done_once(door: Door):
    made = a_made_key(door)
    award = {"unit": "algorithms", "awarded_on": "2026-05-29"}
    answers = []
    for secret in (*(ask(door, GRANT, made).json()["access_token"] for _ in range(2)), made.secret):
        knocker = Knocker(door.app, secret)
        answers.append(knocker.post(f"{door.wallet}/credits", award, Idempotency_Key="one"))

    assert [each.status_code for each in answers] == [201] * 3
    assert len({each.text for each in answers}) == 1
    assert [each.headers.get("idempotency-replayed") for each in answers] == [None, "true", "true"]


def test_neither_a_pass_nor_what_it_opens_can_be_read_from_our_file(door: Door):
    made = a_made_key(door)
    traded = passes.trade(door.office, made.secret, at=NOON)
    home = door.office.settings.home
    kept = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())

    for secret in (traded.secret, made.secret, access.answers_under(made.secret)):
        assert secret.encode() not in kept


REFUSED = {
    "no client": (GRANT, None, {}, 401, "invalid_client"),
    "another grant": ({"grant_type": "password"}, "key", {}, 400, "unsupported_grant_type"),
    "no grant": ({}, "key", {}, 400, "unsupported_grant_type"),
    "no such client": (
        {**GRANT, "client_id": "0" * 12, "client_secret": "lcw_x"},
        None,
        {},
        400,
        "invalid_client",
    ),
    "not base64": (GRANT, None, {"Authorization": "Basic ***"}, 401, "invalid_client"),
    "not a secret": (GRANT, None, {"Authorization": "Basic Og=="}, 401, "invalid_client"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_for_a_pass_is_refused_as_rfc_6749_says(name: str, door: Door):
    said, who, headers, status, error = REFUSED[name]
    answer = ask(door, said, a_made_key(door) if who else None, **headers)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_secret_of_another_key_opens_no_client(door: Door):
    mine, other = a_made_key(door), a_made_key(door)
    said = {**GRANT, "client_id": mine.grant.name, "client_secret": other.secret}

    assert ask(door, said).json()["error"] == "invalid_client"


UNREADABLE = {
    "said twice": "grant_type=client_credentials&grant_type=client_credentials",
    "not ASCII": "grant_type=§",
    "too many fields": "&".join(f"a{n}=1" for n in range(50)),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_form_is_refused(name: str, door: Door):
    assert problem_of(ask(door, UNREADABLE[name], a_made_key(door))) == "unreadable-body"


def test_json_is_no_form(door: Door):
    assert problem_of(door.anybody.post("/oauth/token", GRANT)) == "unreadable-body"


def test_guessing_keys_is_slowed_and_good_keys_from_the_same_place_still_open(door: Door):
    guesses = [Knocker(door.app, f"lcw_{n}").get(f"{door.wallet}/record") for n in range(65)]

    assert guesses[0].status_code == 401
    assert (guesses[-1].status_code, guesses[-1].headers["retry-after"]) == (429, "60")
    assert door.university.get(f"{door.wallet}/record").status_code == 200


def test_a_program_finds_where_to_ask(door: Door):
    said = door.anybody.get("/.well-known/oauth-authorization-server").json()

    assert said["issuer"] == "https://records.example"
    assert said["token_endpoint"] == "https://records.example/oauth/token"
    assert set(said["scopes_supported"]) == SCOPES
