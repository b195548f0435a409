"""The keys of programs: the page where an institution makes them, and where a program trades one for a pass.

OAuth 2.0, client credentials:

    curl -u 3f9c01ab77de:lcw_… -d grant_type=client_credentials -d scope=records:read https://records.example/oauth/token

The client is an API key: its name is the client's id, the key itself the client's secret. What is answered, and how a
request is refused, are Authlib's reading of RFC 6749; where the server is, RFC 8414 tells.
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib brings no types
    AuthorizationServer,
    InvalidScopeError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped]  # as above
    ClientCredentialsGrant,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]  # as above
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from api.bodies import ReadRequest, StrictRoute
from api.callers import InstitutionInPath, TheOffice
from api.clock import Now
from api.errors import UnreadableBody
from api.pages.doors import admit
from api.pages.forms import PageRoute, Said
from api.pages.languages import language_of, marked
from api.pages.page import page
from api.pages.refusals import sentence_of
from api.pages.tries import WRONG_KEYS, tries_of
from domain.errors import InvalidValue, NotFound, Refused
from wallet import access, passes
from wallet.access import SCOPES, Area, Grant, Made, Role
from wallet.office import Office
from wallet.passes import GOOD_FOR, Pass

router = APIRouter(include_in_schema=False, route_class=StrictRoute)
pages = APIRouter(
    prefix="/desk/{institution}/programs",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[Depends(admit)],
)

_METHODS: Final = ["client_secret_basic", "client_secret_post"]
_MOST_FIELDS: Final = 20


@router.post("/oauth/token")
def trade(request: Request, office: TheOffice, at: Now) -> Response:
    """A pass for a quarter of an hour; or what was wrong with the request, as RFC 6749, 5.2 says it."""
    assert isinstance(request, ReadRequest), "this route reads its body strictly"
    answer = _Server(office, at).create_token_response(request)
    assert isinstance(answer, Response), "made below"
    if answer.status_code in (400, 401):
        tries_of(request).count(request, "wrong-key", WRONG_KEYS)
    return answer


@router.get("/.well-known/oauth-authorization-server")
def describe(office: TheOffice) -> Response:
    """What a program needs to know to ask for a pass. Source: RFC 8414, 3.2."""
    base_url = office.registry().state.base_url
    said = {
        "issuer": base_url,
        "token_endpoint": f"{base_url}/oauth/token",
        "token_endpoint_auth_methods_supported": _METHODS,
        "grant_types_supported": [ClientCredentialsGrant.GRANT_TYPE],
        "response_types_supported": [],
        "scopes_supported": sorted(SCOPES),
        "service_documentation": f"{base_url}/docs",
    }
    return JSONResponse(said, headers={"Cache-Control": "public, max-age=3600"})


class _Client:
    """An API key, as Authlib asks about a client."""

    def __init__(self, office: Office, grant: Grant, at: datetime) -> None:
        self.grant = grant
        self.secret = ""
        self._office = office
        self._at = at

    def check_client_secret(self, secret: str) -> bool:
        shown = access.find(self._office, secret, at=self._at)
        if shown is None or not compare_digest(shown.digest, self.grant.digest):
            return False
        self.secret = secret
        return True

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in _METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == ClientCredentialsGrant.GRANT_TYPE)


class _Form(OAuth2Request):  # type: ignore[misc]  # Authlib brings no types
    """A request as Authlib reads it."""

    def __init__(self, request: ReadRequest, base_url: str, said: dict[str, str]) -> None:
        super().__init__("POST", base_url, headers=request.headers)
        self.payload = BasicOAuth2Payload(said)

    @property
    def form(self) -> Any:
        return self.payload.data


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib brings no types
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib brings no types
    """One for each request: it knows the time."""

    def __init__(self, office: Office, at: datetime) -> None:
        super().__init__(scopes_supported=sorted(SCOPES))
        self._office = office
        self._at = at
        self.register_grant(_Grant)
        self.register_token_generator("default", self._pass)

    def query_client(self, client_id: str) -> _Client | None:
        grant = next((each for each in access.grants(self._office) if each.name == client_id), None)
        return None if grant is None else _Client(self._office, grant, self._at)

    def create_oauth2_request(self, request: ReadRequest) -> _Form:
        return _Form(request, self._office.registry().state.base_url, _said(request))

    def _pass(self, client: _Client, scope: str | None = None, **_more: Any) -> dict[str, Any]:
        asked = scope.split() if scope else None
        try:
            traded = passes.trade(self._office, client.secret, scopes=asked, at=self._at)
        except InvalidValue as error:
            raise InvalidScopeError(str(error)) from error
        return _told(traded, client.grant, self._at)

    def save_token(self, token: dict[str, Any], request: _Form) -> None:
        """It was kept when it was made."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        return JSONResponse(body, status, dict(headers))


def _told(traded: Pass, grant: Grant, at: datetime) -> dict[str, Any]:
    scopes = traded.scopes if traded.scopes is not None else grant.scopes
    told = {
        "access_token": traded.secret,
        "token_type": "Bearer",
        "expires_in": int(min(GOOD_FOR, traded.ends_at - at).total_seconds()),
    }
    return told if scopes is None else {**told, "scope": " ".join(sorted(scopes))}


def _said(request: ReadRequest) -> dict[str, str]:
    """The form that was sent. Raises UnreadableBody: it is none, or says something twice (RFC 6749, 3.2)."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise UnreadableBody("not-a-form", "A pass is asked for in a form.")
    try:
        pairs = parse_qsl(
            request.text.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:  # UnicodeError among them
        raise UnreadableBody("not-a-form", "The form cannot be read.") from error
    said = dict(pairs)
    if len(said) != len(pairs):
        raise UnreadableBody("not-a-form", "The form says something twice.")
    return said


# --- the page -------------------------------------------------------------------------------------------

AREAS: Final = {
    Area.INSTITUTIONS: marked("The institution and its keys"),
    Area.CATALOGUE: marked("Units and qualifications"),
    Area.MOBILITY: marked("Memoranda and learning agreements"),
    Area.GRADES: marked("Scales, tables and conversion of grades"),
    Area.SCHEMES: marked("Rules between credit schemes"),
    Area.COMPARISON: marked("Comparison of learning outcomes"),
    Area.FRAMEWORKS: marked("A record in another country's levels"),
    Area.WALLETS: marked("Assessments, awards, transfers, conferrals"),
    Area.RECOGNITION: marked("Recognition of prior learning"),
    Area.IMPORTS: marked("Records from elsewhere"),
    Area.RECORDS: marked("Learners' records"),
    Area.ADVICE: marked("Progress, plans and reports"),
    Area.CREDENTIALS: marked("Signed documents"),
    Area.PAPERS: marked("Printed documents"),
    Area.VERIFICATION: marked("Verification with a receipt"),
}
_DAYS: Final = (30, 90, 365)


@pages.get("")
def show(request: Request, institution: InstitutionInPath, office: TheOffice, at: Now) -> Response:
    """Every key that was made for the institution's programs, without the keys themselves."""
    return _page(request, institution, office, at)


@pages.post("")
def make(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """A key, shown once."""
    days = said.get("days")
    try:
        if days not in map(str, _DAYS):
            raise InvalidValue("Say for how many days the key is good.")
        made = access.grant(
            office,
            holder=institution,
            role=Role.INSTITUTION,
            label=said.get("label"),
            scopes=said.all("scope"),
            until=at + timedelta(days=int(days)),
            at=at,
        )
    except Refused as error:
        return _page(request, institution, office, at, problem=sentence_of(error, language_of(request)))
    return _page(request, institution, office, at, made=made)


@pages.post("/withdrawal")
def withdraw(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """End a key of the institution's: it opens nothing from now on."""
    if not any(each.name == said.get("name") for each in _keys(office, institution)):
        problem = sentence_of(NotFound("There is no such key here."), language_of(request))
        return _page(request, institution, office, at, problem=problem)
    access.revoke(office, said.get("name"), at=at)
    return RedirectResponse(f"/desk/{institution}/programs", HTTPStatus.SEE_OTHER)


def _keys(office: Office, institution: str) -> list[Grant]:
    return [each for each in access.grants(office, institution) if each.role is Role.INSTITUTION]


def _page(
    request: Request,
    institution: str,
    office: Office,
    at: datetime,
    *,
    made: Made | None = None,
    problem: str | None = None,
) -> Response:
    spoken = language_of(request)
    keys = [(each, _standing(each, at)) for each in reversed(_keys(office, institution))]
    return page(
        request,
        "programs.html",
        status=HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        institution=office.institution(institution).state,
        desk=f"/desk/{institution}",
        keys=keys,
        areas={area.value: spoken.say(words) for area, words in AREAS.items()},
        all_days=_DAYS,
        made=made,
        problem=problem,
        base_url=office.registry().state.base_url,
    )


def _standing(grant: Grant, at: datetime) -> str:
    """`in-force`, `revoked` or `ended`."""
    if grant.revoked_at is not None:
        return "revoked"
    return "ended" if grant.ends_at is not None and grant.ends_at <= at else "in-force"
