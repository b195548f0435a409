"""Staff come in by way of their university: a provider of our own, good and bad, and a browser on its way."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from domain.errors import InvalidValue, NotFound
from domain.values import institution_id
from tests.offices import an_office
from tests.pages.world import NOW, Visitor, World, a_world
from wallet import accounts, signing_in, vouching
from wallet.accounts import StaffRole
from wallet.fetching import Fetcher
from wallet.signing_in import NoInvitation, NotSignedIn
from wallet.vouching import Errand, NotVouchedFor, Vouched

ISSUER = "https://id.aitu.example/realm"
RETURNED = "https://records.example/sign-in/returned"
KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})


def said_in_json(status: int, value: object) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(value).encode()))


@dataclass
class University:
    """An identity provider. What it says can be spoilt: `claims` are put over the true ones."""

    person: str = "7b1f"
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def fetcher(self) -> Fetcher:
        return Fetcher(
            resolve=lambda host, port: ["93.184.216.34"],
            connect=lambda address, deadline: httpx.MockTransport(self.answer),
        )

    def authorise(self, address: str) -> str:
        """The person signs in there; the code that she is sent back with."""
        said = dict(parse_qsl(urlsplit(address).query))
        assert (said["response_type"], said["client_id"], said["scope"]) == ("code", "wallet", "openid")
        assert (said["redirect_uri"], said["code_challenge_method"]) == (RETURNED, "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = said
        return code

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url}")
        match request.url.path:
            case "/realm/.well-known/openid-configuration":
                return said_in_json(200, {**self.described(), **self.metadata})
            case "/realm/keys":
                return said_in_json(200, KeySet([KEY]).as_dict(private=False))
            case "/realm/token":
                return self.trade(request)
        return httpx.Response(404)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }

    def trade(self, request: httpx.Request) -> httpx.Response:
        said = dict(parse_qsl(request.content.decode()))
        begun = self.codes.pop(said.get("code", ""), None)
        basic = httpx.BasicAuth("wallet", "s3cret")
        expected = next(basic.auth_flow(httpx.Request("POST", request.url))).headers["authorization"]
        good = (
            begun is not None and create_s256_code_challenge(said["code_verifier"]) == begun["code_challenge"]
        )
        if not good or request.headers.get("authorization") != expected or said["redirect_uri"] != RETURNED:
            return said_in_json(400, {"error": "invalid_grant"})
        assert begun is not None
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": ISSUER,
            "aud": "wallet",
            "sub": self.person,
            "iat": now,
            "exp": now + 300,
            "nonce": begun["nonce"],
        }
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        signed = jwt.encode(
            {"alg": self.algorithm, "kid": "one"}, claims, self.key, algorithms=[self.algorithm]
        )
        return said_in_json(200, {"access_token": "x", "token_type": "Bearer", "id_token": signed})


@pytest.fixture
def university() -> University:
    return University()


@pytest.fixture
def world(tmp_path: Path, university: University) -> Iterator[World]:
    with an_office(tmp_path) as office:
        world = a_world(office)
        world.app.state.fetcher = university.fetcher
        vouching.set_provider(office, "aitu", issuer=ISSUER, client_id="wallet", secret="s3cret", at=NOW)
        yield world


def go(visitor: Visitor, path: str) -> tuple[str, str]:
    """To which address the browser is sent, and what it carries for the way back."""
    answer = visitor.get(path)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-errand=")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie
    return answer.headers["location"], cookie.partition(";")[0]


def back(visitor: Visitor, university: University, address: str, cookie: str, **said: str) -> httpx.Response:
    state = parse_qs(urlsplit(address).query)["state"][0]
    params = {"state": state, "code": university.authorise(address), "iss": ISSUER, **said}
    return visitor.ask("GET", "/sign-in/returned", params=params, headers={"Cookie": cookie})


def invited(world: World, university: University, *roles: StaffRole) -> httpx.Response:
    secret = signing_in.invite_staff(
        world.office, name="Aigerim", roles={"aitu": [each.value for each in roles]}, at=datetime.now(UTC)
    )
    return back(world.anybody, university, *go(world.anybody, f"/welcome/{secret}/with/aitu"))


def session_of(answer: httpx.Response) -> str:
    return next(
        line.partition("=")[2].partition(";")[0]
        for line in answer.headers.get_list("set-cookie")
        if line.startswith("__Host-session=")
    )


def test_staff_come_in_by_their_university_from_an_invitation_on(world: World, university: University):
    answer = invited(world, university, StaffRole.REGISTRAR)
    again = back(world.anybody, university, *go(world.anybody, "/sign-in/with/aitu?to=/desk/aitu/units"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert (again.status_code, again.headers["location"]) == (303, "/desk/aitu/units")
    staff = Visitor(world.app, world.base_url, session_of(again))
    assert staff.get("/desk/aitu/units").status_code == 200
    assert staff.get("/desk/aitu/keys").status_code == 403
    assert session_of(answer) != session_of(again)


def test_the_ways_in_are_shown_where_there_are_any(world: World):
    secret = signing_in.invite_staff(world.office, name="A", roles={"aitu": ["issuer"]}, at=datetime.now(UTC))
    elsewhere = signing_in.invite_staff(
        world.office, name="B", roles={"college": ["issuer"]}, at=datetime.now(UTC)
    )

    assert "/sign-in/with/aitu" in world.anybody.get("/sign-in").text
    assert f"/welcome/{secret}/with/aitu" in world.anybody.get(f"/welcome/{secret}").text
    assert "/with/" not in world.anybody.get(f"/welcome/{elsewhere}").text
    vouching.remove_provider(world.office, "aitu")
    assert "/sign-in/with/" not in world.anybody.get("/sign-in").text
    with pytest.raises(NotFound):
        vouching.remove_provider(world.office, "aitu")
    assert world.anybody.get("/sign-in/with/aitu").status_code == 404


def test_whom_nobody_has_invited_the_university_cannot_let_in(world: World, university: University):
    invited(world, university, StaffRole.REGISTRAR)
    university.person = "somebody else"
    answer = back(world.anybody, university, *go(world.anybody, "/sign-in/with/aitu"))

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_university_lets_nobody_in_for_another_institution(world: World, university: University):
    secret = signing_in.invite_staff(
        world.office, name="A", roles={"college": ["admin"]}, at=datetime.now(UTC)
    )
    errand = Errand(institution_id("aitu"), accounts.digest(secret).hex(), "")

    assert world.anybody.get(f"/welcome/{secret}/with/aitu").status_code == 404
    with pytest.raises(NoInvitation):
        signing_in.sign_in_vouched(world.office, Vouched(errand, ISSUER, "7b1f"), at=datetime.now(UTC))
    with world.office.ledger.database.reader() as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM vouched").fetchone()[0] == 0


def test_who_has_no_role_left_does_not_come_in(world: World, university: University):
    invited(world, university, StaffRole.ISSUER)
    world.staff(StaffRole.ADMIN)
    [account] = [each for each in accounts.staff_of(world.office, "aitu") if each.name == "Aigerim"]
    accounts.withdraw_roles(world.office, account.id, "aitu")

    assert back(world.anybody, university, *go(world.anybody, "/sign-in/with/aitu")).status_code == 403


def test_who_is_invited_again_has_one_account_with_all_the_roles(world: World, university: University):
    invited(world, university, StaffRole.ISSUER)
    answer = invited(world, university, StaffRole.REGISTRAR)

    [account] = [each for each in accounts.staff_of(world.office, "aitu") if each.name == "Aigerim"]
    assert account.roles[institution_id("aitu")] == {StaffRole.ISSUER, StaffRole.REGISTRAR}
    assert signing_in.session(world.office, session_of(answer), at=datetime.now(UTC)) is not None


def test_an_invitation_binds_once(world: World, university: University):
    secret = signing_in.invite_staff(world.office, name="A", roles={"aitu": ["issuer"]}, at=datetime.now(UTC))
    two = [go(world.anybody, f"/welcome/{secret}/with/aitu") for _ in range(2)]
    first, second = (back(world.anybody, university, *each) for each in two)

    assert (first.status_code, second.status_code) == (303, 404)
    assert world.anybody.get(f"/welcome/{secret}/with/aitu").status_code == 404


def test_an_errand_is_finished_once_and_by_the_browser_that_began_it(world: World, university: University):
    invited(world, university, StaffRole.ISSUER)
    address, cookie = go(world.anybody, "/sign-in/with/aitu")
    _, anothers = go(world.anybody, "/sign-in/with/aitu")

    assert back(world.anybody, university, address, anothers).status_code == 403
    assert back(world.anybody, university, address, "__Host-errand=").status_code == 403
    assert back(world.anybody, university, address, cookie).status_code == 303
    assert back(world.anybody, university, address, cookie).status_code == 403


def test_an_errand_ends_after_ten_minutes(world: World, university: University):
    def errand(after: timedelta) -> Vouched:
        begun = datetime.now(UTC)  # as the provider's clock has it, however long the other tests took
        address = vouching.begin(
            world.office,
            Errand(institution_id("aitu"), None, ""),
            university.fetcher,
            browser="b",
            returning_to=RETURNED,
            at=begun,
        )
        state = parse_qs(urlsplit(address).query)["state"][0]
        said = {"state": state, "code": university.authorise(address), "iss": ISSUER}
        return vouching.finish(
            world.office, university.fetcher, said=said, browser="b", returning_to=RETURNED, at=begun + after
        )

    assert errand(timedelta(minutes=1)).subject == "7b1f"
    with pytest.raises(NotVouchedFor):
        errand(timedelta(minutes=10))


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_on_the_way_back(to: str, world: World, university: University):
    invited(world, university, StaffRole.ISSUER)
    answer = world.anybody.ask("GET", "/sign-in/with/aitu", params={"to": to})
    cookie = answer.headers["set-cookie"].partition(";")[0]

    assert back(world.anybody, university, answer.headers["location"], cookie).headers["location"] == "/desk"


def hours(count: int) -> int:
    return int((datetime.now(UTC) + timedelta(hours=count)).timestamp())


SPOILT: dict[str, Callable[[University], object]] = {
    "another nonce": lambda u: u.claims.update(nonce="another"),
    "no nonce": lambda u: u.claims.update(nonce=None),
    "for another client": lambda u: u.claims.update(aud="another"),
    "for two clients, and not said for which": lambda u: u.claims.update(aud=["wallet", "x"], azp="x"),
    "of another issuer": lambda u: u.claims.update(iss="https://id.evil.example"),
    "expired": lambda u: u.claims.update(exp=hours(-1)),
    "without an end": lambda u: u.claims.update(exp=None),
    "of a time to come": lambda u: u.claims.update(iat=hours(1)),
    "about nobody": lambda u: u.claims.update(sub=None),
    "for another access token": lambda u: u.claims.update(at_hash="AAAA"),
    "signed with another key": lambda u: setattr(u, "key", OTHER_KEY),
    "signed with our own secret": lambda u: (
        setattr(u, "key", OctKey.import_key("s3cret" * 10)),
        setattr(u, "algorithm", "HS256"),
    ),
    "signed by an algorithm of another key": lambda u: (
        setattr(u, "key", ECKey.generate_key("P-256", {"kid": "one"})),
        setattr(u, "algorithm", "ES256"),
    ),
    "a provider by another name": lambda u: u.metadata.update(issuer="https://id.evil.example"),
    "a provider that is no https": lambda u: u.metadata.update(token_endpoint="http://id.aitu.example/token"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_a_provider_says_wrongly_lets_nobody_in(name: str, world: World, university: University):
    invited(world, university, StaffRole.ISSUER)
    address, cookie = go(world.anybody, "/sign-in/with/aitu")
    SPOILT[name](university)
    answer = back(world.anybody, university, address, cookie)

    assert answer.status_code == 403
    assert not any("session" in each for each in answer.headers.get_list("set-cookie"))


ANSWERS = {
    "another provider's": {"iss": "https://id.evil.example"},
    "a refusal": {"code": "", "error": "access_denied"},
    "a code of another errand": {"code": "code-of-another"},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_way_back_that_is_not_the_way_out_lets_nobody_in(name: str, world: World, university: University):
    invited(world, university, StaffRole.ISSUER)
    address, cookie = go(world.anybody, "/sign-in/with/aitu")

    assert back(world.anybody, university, address, cookie, **ANSWERS[name]).status_code == 403


def test_guessing_states_is_stopped(world: World):
    tried = [world.anybody.get(f"/sign-in/returned?state={n}&code=x").status_code for n in range(12)]

    assert (tried[0], tried[-1]) == (403, 429)


def test_a_clients_secret_is_sealed_where_it_is_kept(world: World):
    home = world.office.settings.home
    kept = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())

    assert b"s3cret" not in kept
    assert vouching.provider_of(world.office, "aitu").secret == "s3cret"


@pytest.mark.parametrize(
    "issuer",
    ["http://id.aitu.example", "id.aitu.example", "https://", "https://x.example?a", "https://u@x.example"],
)
def test_what_is_no_provider_is_refused(issuer: str, world: World):
    with pytest.raises(InvalidValue):
        vouching.set_provider(world.office, "aitu", issuer=issuer, client_id="wallet", at=NOW)


def test_a_learner_is_not_let_in_by_a_university(world: World, university: University):
    secret = signing_in.invite_learner(world.office, world.learner, at=datetime.now(UTC))
    vouched = Vouched(Errand(institution_id("aitu"), None, ""), ISSUER, "nobody")

    assert world.anybody.get(f"/welcome/{secret}/with/aitu").status_code == 404
    with pytest.raises(NotSignedIn):
        signing_in.sign_in_vouched(world.office, vouched, at=datetime.now(UTC))


def test_only_public_addresses_are_asked(world: World, university: University):
    world.app.state.fetcher = Fetcher(
        resolve=lambda host, port: ["127.0.0.1"],
        connect=lambda address, deadline: httpx.MockTransport(university.answer),
    )

    assert world.anybody.get("/sign-in/with/aitu").status_code == 403
    assert university.asked == []
