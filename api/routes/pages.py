"""Pages for people: what this is, how it is asked, and what the pages are made of."""

from functools import cache

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from markupsafe import Markup

from api.callers import TheOffice
from api.errors import NoSuchAddress
from api.pages.assets import BY_ADDRESS
from api.pages.doors import recognise
from api.pages.forms import PageRoute
from api.pages.page import page
from api.reference import contents, entry
from wallet.projections import catalogue

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/", dependencies=[Depends(recognise)])
def start(request: Request, office: TheOffice) -> Response:
    """What this is and where things are."""
    office.follower.catch_up()
    institutions = catalogue.institutions(office.ledger.database)
    visitors = request.app.state.visitors
    demo = None if visitors is None else visitors.links
    staff = {} if visitors is None else visitors.of_staff
    people = [(office.staff(person).state, to) for person, to in staff.items()]
    return page(request, "start.html", kept=True, institutions=institutions, demo=demo, people=people)


@router.get("/docs", dependencies=[Depends(recognise)])
def docs(request: Request) -> Response:
    """The reference, for those who write programs: in English."""
    return page(request, "docs.html", kept=True, title=None, reference=_contents(request.app))


@router.get("/docs/{operation}", dependencies=[Depends(recognise)])
def docs_of(request: Request, operation: str) -> Response:
    """One operation of the reference."""
    found = _entry(request.app, operation)
    if found is None:
        raise NoSuchAddress
    return page(request, "docs.html", kept=True, title=found[0], reference=found[1])


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    """A style sheet or a script, under a name that changes with what is in it."""
    found = BY_ADDRESS.get(f"/assets/{name}")
    if found is None:
        raise NoSuchAddress
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, headers=headers, media_type=found.media_type)


@cache
def _contents(app: FastAPI) -> Markup:
    return Markup(contents(app.openapi()))  # noqa: S704 - made by us, from our own document, and escaped there


def _entry(app: FastAPI, operation: str) -> tuple[str, Markup] | None:
    found = entry(app.openapi(), operation)
    return None if found is None else (found[0], Markup(found[1]))  # noqa: S704 - as above
