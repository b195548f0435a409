"""The check for anybody: a file, a text or a link in; one sentence and every check out. Also inside other sites."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from api.callers import TheOffice
from api.clock import Now
from api.evidence import facts_of
from api.media import Script
from api.pages import forms
from api.pages.doors import recognise
from api.pages.forms import Form, PageRoute, Said
from api.pages.languages import language_of, marked
from api.pages.page import page
from api.pages.tries import CHECKS, tries_of
from api.pages.verdicts import told
from wallet.checking import check, follow, is_link
from wallet.fetching import FetchError
from wallet.formats.baking import NothingBaked
from wallet.verdict import Verdict

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_EMBED: Final = Path(forms.__file__).with_name("embed.js").read_bytes()
_FOR_OTHER_SITES: Final = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}


@router.get("/check", dependencies=[Depends(recognise)])
@router.get("/verify", dependencies=[Depends(recognise)])
def ask(request: Request, office: TheOffice) -> Response:
    """The form."""
    return page(request, "check.html", kept=True, problem=None, base_url=office.registry().state.base_url)


@router.post("/check", dependencies=[Depends(recognise)])
@router.post("/verify", dependencies=[Depends(recognise)])
def answer(request: Request, said: Said, office: TheOffice, at: Now) -> Response:
    """The verdict, or the form again with what was wrong with what was sent."""
    verdict = _verdict(request, said, office, at)
    if isinstance(verdict, Verdict):
        return page(request, "checked.html", verdict=told(verdict, language_of(request)))
    return page(
        request,
        "check.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        problem=verdict,
        base_url=office.registry().state.base_url,
    )


@router.get("/embed")
def ask_inside(request: Request) -> Response:
    """The form, inside a page of another site. It knows nobody: it neither reads nor sets a session."""
    return page(request, "embedded.html", framed=True, verdict=None, problem=None)


@router.post("/embed")
def answer_inside(request: Request, said: Said, office: TheOffice, at: Now) -> Response:
    """The verdict, inside a page of another site."""
    verdict = _verdict(request, said, office, at)
    if isinstance(verdict, Verdict):
        return page(
            request,
            "embedded.html",
            framed=True,
            verdict=told(verdict, language_of(request)),
            problem=None,
        )
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, "embedded.html", status=status, framed=True, verdict=None, problem=verdict)


@router.get("/embed.js")
def embed() -> Response:
    """What other sites put into their pages: one line."""
    return Script(_EMBED, headers=_FOR_OTHER_SITES)


def _verdict(request: Request, said: Form, office: TheOffice, at: Now) -> Verdict | str:
    """The verdict; or a sentence that says why there is nothing to give one on. Raises TooManyTries."""
    tries_of(request).count(request, "check", CHECKS)
    spoken = language_of(request)
    file = next((sent for sent in said.files if sent.content), None)
    text = said.get("text")
    content = file.content if file is not None else text.encode()
    try:
        if file is None and is_link(text):
            content = follow(text, request.app.state.fetcher)
        if not content.strip():
            return spoken.say(marked("Choose a file, or paste a text or a link."))
        return check(content, at=at, evidence=facts_of(request.app, office, at))
    except NothingBaked:
        return spoken.say(marked("The picture carries no credential."))
    except FetchError:
        return spoken.say(
            marked("Nothing could be fetched from this link: only public https addresses are asked.")
        )
