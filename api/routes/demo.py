"""The demonstration's own door: one click makes a visitor one of its people. It stands in its home and nowhere else."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import TheOffice
from api.clock import Now
from api.errors import NoSuchAddress
from api.pages.doors import carry
from api.pages.forms import PageRoute
from api.routes.sign_in import inside
from wallet.demonstration.visitors import become

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/demo/{secret}")
def enter(
    request: Request, secret: str, office: TheOffice, at: Now, to: Annotated[str, Query()] = ""
) -> Response:
    """Sign in as whoever the link is of, and go where it leads."""
    visitors = request.app.state.visitors
    session = become(office, visitors, secret, at=at)
    if session is None:
        raise NoSuchAddress
    home = "/my" if secret == visitors.learner else "/desk"
    return carry(request, RedirectResponse(inside(to) or home, HTTPStatus.SEE_OTHER), session)
