"""Signing in and out: by passkey, which takes a little script, or by a recovery code, which takes none."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import TheOffice
from api.clock import Now
from api.pages.doors import TheVisitor, Visitor, admit, carry, cookie_of
from api.pages.forms import PageRoute, Said
from api.pages.languages import language_of, marked
from api.pages.page import page
from api.pages.tries import SIGN_INS, WRONG_GUESSES, tries_of
from wallet import accounts, signing_in, vouching
from wallet.office import Office
from wallet.signing_in import Invitation, NoInvitation, NotSignedIn, SignedIn

router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)])

_OPENS_NOTHING: Final = marked(
    "This opens nothing here. A passkey answers only where it was made; a code works once."
)


@router.get("/sign-in")
def ask(request: Request, to: Annotated[str, Query()] = "") -> Response:
    """The way in; `to` is where it leads."""
    return page(request, "sign_in.html", to=inside(to), problem=None, ways=_ways(request))


@router.post("/sign-in/options")
def options(request: Request, office: TheOffice, at: Now) -> Response:
    """What the browser is to ask a passkey."""
    tries_of(request).count(request, "sign-in", SIGN_INS)
    return Response(signing_in.sign_in_options(office, at=at), media_type="application/json")


@router.post("/sign-in")
def sign_in(request: Request, said: Said, office: TheOffice, at: Now) -> Response:
    """By a passkey."""
    tries_of(request).refuse_after(request, "wrong", WRONG_GUESSES)
    try:
        signed_in = signing_in.sign_in(office, said.get("passkey"), at=at)
    except NotSignedIn:
        return _not_in(request, said.get("to"))
    return _in(request, office, signed_in, said.get("to"))


@router.post("/sign-in/code")
def sign_in_by_code(request: Request, said: Said, office: TheOffice, at: Now) -> Response:
    """By a recovery code."""
    tries_of(request).refuse_after(request, "wrong", WRONG_GUESSES)
    try:
        signed_in = signing_in.sign_in_by_code(office, said.get("code"), at=at)
    except NotSignedIn:
        return _not_in(request, said.get("to"))
    return _in(request, office, signed_in, "/account")


@router.get("/welcome/{secret}")
def welcome(request: Request, secret: str, office: TheOffice, at: Now) -> Response:
    """What a one-time link opens."""
    tries_of(request).refuse_after(request, "wrong", WRONG_GUESSES)
    try:
        invited = signing_in.invitation(office, secret, at=at)
    except NoInvitation:
        return no_invitation(request)
    return _welcome(request, invited, secret)


@router.post("/welcome/{secret}/options")
def welcome_options(request: Request, secret: str, office: TheOffice, at: Now) -> Response:
    """What the browser is to make a passkey from."""
    try:
        options = signing_in.registration_options(office, secret, at=at)
    except NoInvitation:
        return no_invitation(request)
    return Response(options, media_type="application/json")


@router.post("/welcome/{secret}")
def register(request: Request, secret: str, said: Said, office: TheOffice, at: Now) -> Response:
    """The passkey that was made; then the recovery codes, once."""
    try:
        signed_in = signing_in.register(office, secret, said.get("passkey"), at=at)
    except NoInvitation:
        return no_invitation(request)
    except NotSignedIn:
        invited = signing_in.invitation(office, secret, at=at)
        return _welcome(request, invited, secret, problem=language_of(request).say(_OPENS_NOTHING))
    account = accounts.account(office, signed_in.account)
    return carry(
        request, page(request, "codes.html", codes=signed_in.codes, home=home_of(account)), signed_in.session
    )


@router.post("/sign-out")
def sign_out(request: Request, office: TheOffice) -> Response:
    """End the session, here and in the browser."""
    signing_in.sign_out(office, request.cookies[cookie_of(request)])
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    response.delete_cookie(cookie_of(request))
    return response


@router.get("/account")
def show_account(request: Request, visitor: TheVisitor, office: TheOffice) -> Response:
    """The ways into the account."""
    return _account(request, visitor, office)


@router.post("/account/passkey/options")
def another_options(visitor: TheVisitor, office: TheOffice, at: Now) -> Response:
    """What the browser is to make one more passkey from."""
    options = signing_in.another_passkey_options(office, visitor.account, at=at)
    return Response(options, media_type="application/json")


@router.post("/account/passkey")
def another(request: Request, said: Said, visitor: TheVisitor, office: TheOffice, at: Now) -> Response:
    """One more passkey."""
    try:
        signing_in.register_another(office, visitor.account, said.get("passkey"), at=at)
    except NotSignedIn:
        return _account(request, visitor, office, problem=language_of(request).say(_OPENS_NOTHING))
    return RedirectResponse("/account", HTTPStatus.SEE_OTHER)


@router.post("/account/codes")
def renew_codes(request: Request, visitor: TheVisitor, office: TheOffice) -> Response:
    """New recovery codes, shown once."""
    codes = signing_in.renew_codes(office, visitor.account.id)
    return page(request, "codes.html", codes=codes, home=home_of(visitor.account))


def _account(request: Request, visitor: Visitor, office: Office, problem: str | None = None) -> Response:
    return page(
        request,
        "account.html",
        status=HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        passkeys=signing_in.passkeys_of(office, visitor.account.id),
        codes=signing_in.codes_left(office, visitor.account.id),
        problem=problem,
    )


def _in(request: Request, office: Office, signed_in: SignedIn, to: str) -> Response:
    home = home_of(accounts.account(office, signed_in.account))
    return carry(request, RedirectResponse(inside(to) or home, HTTPStatus.SEE_OTHER), signed_in.session)


def _not_in(request: Request, to: str) -> Response:
    tries_of(request).count(request, "wrong", WRONG_GUESSES)
    problem = language_of(request).say(_OPENS_NOTHING)
    return page(
        request,
        "sign_in.html",
        status=HTTPStatus.FORBIDDEN,
        to=inside(to),
        problem=problem,
        ways=_ways(request),
    )


def _welcome(request: Request, invited: Invitation, secret: str, problem: str | None = None) -> Response:
    return page(
        request,
        "welcome.html",
        status=HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        invited=invited,
        secret=secret,
        problem=problem,
        ways={
            institution: names
            for institution, names in _ways(request).items()
            if institution in invited.roles
        },
    )


def _ways(request: Request) -> dict[str, dict[str, str]]:
    """The institutions by way of which their staff come in, by id, with their names."""
    office: Office = request.app.state.office
    return {
        institution: dict(office.institution(institution).state.names)
        for institution in vouching.institutions_with_providers(office)
    }


def no_invitation(request: Request) -> Response:
    tries_of(request).count(request, "wrong", WRONG_GUESSES)
    spoken = language_of(request)
    return page(
        request,
        "refused.html",
        status=HTTPStatus.NOT_FOUND,
        title=None,
        sentence=spoken.say(
            marked("This link has been used, has run out, or was never made. Ask for a new one.")
        ),
        exact=None,
    )


def home_of(account: accounts.Account) -> str:
    return "/my" if account.learner is not None else "/desk"


def inside(to: str) -> str:
    """An address of ours, or nothing: nobody is led to another site by a link of ours."""
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isascii() and to.isprintable()
    return to if plain and "\\" not in to and len(to) < 300 else ""
