"""Signing in by way of a university: away to its identity provider, and back with its word for who somebody is."""

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import InstitutionInPath, TheOffice
from api.clock import Now
from api.logs import told
from api.pages.doors import admit, carry
from api.pages.forms import PageRoute
from api.pages.languages import language_of, marked
from api.pages.page import is_https, page
from api.pages.tries import SIGN_INS, WRONG_GUESSES, tries_of
from api.routes.sign_in import home_of, inside, no_invitation
from domain.values import institution_id
from wallet import accounts, signing_in, vouching
from wallet.office import Office
from wallet.signing_in import NoInvitation, NotSignedIn
from wallet.vouching import Errand, NotVouchedFor

router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)])

_log = logging.getLogger(__name__)

_TEN_MINUTES: Final = 600
_RETURNED: Final = "/sign-in/returned"
_NOT_VOUCHED: Final = marked(
    "Your institution has not said who you are, or nobody here knows you by it. Sign in with a passkey, "
    "or ask for a link."
)


@router.get("/sign-in/with/{institution}")
def go(
    request: Request,
    institution: InstitutionInPath,
    office: TheOffice,
    at: Now,
    to: Annotated[str, Query()] = "",
) -> Response:
    """To the institution's identity provider."""
    return _away(request, office, Errand(institution_id(institution), None, inside(to)), at)


@router.get("/welcome/{secret}/with/{institution}")
def bind(
    request: Request, secret: str, institution: InstitutionInPath, office: TheOffice, at: Now
) -> Response:
    """To the provider, so that it vouches for whoever was invited from then on."""
    tries_of(request).refuse_after(request, "wrong", WRONG_GUESSES)
    try:
        invited = signing_in.invitation(office, secret, at=at)
    except NoInvitation:
        return no_invitation(request)
    if institution not in invited.roles:
        return no_invitation(request)
    return _away(request, office, Errand(institution_id(institution), accounts.digest(secret).hex(), ""), at)


@router.get(_RETURNED)
def come_back(request: Request, office: TheOffice, at: Now) -> Response:
    """From the provider: a session, for somebody it vouches for and an invitation has made known."""
    tries_of(request).refuse_after(request, "wrong", WRONG_GUESSES)
    try:
        vouched = vouching.finish(
            office,
            request.app.state.fetcher,
            said=dict(request.query_params),
            browser=request.cookies.get(_cookie_of(request), ""),
            returning_to=_returning_to(office),
            at=at,
        )
        signed_in = signing_in.sign_in_vouched(office, vouched, at=at)
    except NoInvitation:
        return no_invitation(request)
    except (NotVouchedFor, NotSignedIn) as error:
        _log.info("not-vouched-for", extra=told(reason=str(error)))
        tries_of(request).count(request, "wrong", WRONG_GUESSES)
        return _not_vouched(request)
    home = home_of(accounts.account(office, signed_in.account))
    response = RedirectResponse(vouched.errand.to or home, HTTPStatus.SEE_OTHER)
    response.delete_cookie(_cookie_of(request), secure=is_https(request), httponly=True, samesite="lax")
    return carry(request, response, signed_in.session)


def _away(request: Request, office: Office, errand: Errand, at: datetime) -> Response:
    tries_of(request).count(request, "sign-in", SIGN_INS)
    browser = accounts.a_secret()
    try:
        address = vouching.begin(
            office,
            errand,
            request.app.state.fetcher,
            browser=browser,
            returning_to=_returning_to(office),
            at=at,
        )
    except NotVouchedFor as error:
        facts = told(institution=errand.institution, reason=str(error))
        _log.warning("provider-unusable", extra=facts)
        return _not_vouched(request)
    response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        _cookie_of(request),
        browser,
        max_age=_TEN_MINUTES,
        httponly=True,
        secure=is_https(request),
        samesite="lax",
    )
    return response


def _not_vouched(request: Request) -> Response:
    return page(
        request,
        "refused.html",
        status=HTTPStatus.FORBIDDEN,
        title=None,
        sentence=language_of(request).say(_NOT_VOUCHED),
        exact=None,
    )


def _returning_to(office: Office) -> str:
    return office.registry().state.base_url + _RETURNED


def _cookie_of(request: Request) -> str:
    return "__Host-errand" if is_https(request) else "errand"
