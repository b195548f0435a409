"""What a learner has shared: whoever has the link sees it, checked here and now, and nothing else of her."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.callers import TheOffice
from api.clock import Now
from api.evidence import facts_of
from api.media import VerifiableCredential
from api.pages.doors import admit
from api.pages.forms import PageRoute
from api.pages.languages import language_of
from api.pages.page import page
from api.pages.tries import WRONG_GUESSES, tries_of
from api.pages.verdicts import told
from domain.errors import NotFound
from wallet import sharing
from wallet.office import Office
from wallet.sharing import Shown
from wallet.verifying import verify

router = APIRouter(prefix="/s", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)])

SecretInPath = Annotated[str, Path(max_length=100)]


@router.get("/{secret}")
def show(request: Request, secret: SecretInPath, office: TheOffice, at: Now) -> Response:
    """What was chosen, for whom and for what, each credential with its verdict of this moment."""
    shown = _opened(request, secret, office, at)
    evidence = facts_of(request.app, office, at)
    spoken = language_of(request)
    verdicts = [
        told(verify(held.issued.document.encode(), at=at, evidence=evidence), spoken)
        for held in shown.credentials
    ]
    return page(request, "shown.html", share=shown.share, verdicts=verdicts, secret=secret)


@router.get("/{secret}/{number}")
def carry_away(
    request: Request,
    secret: SecretInPath,
    number: Annotated[int, Path(ge=1, le=200)],
    office: TheOffice,
    at: Now,
) -> Response:
    """One of the credentials, exactly as it was signed, for the reader's own checks."""
    shown = _opened(request, secret, office, at)
    if number > len(shown.credentials):
        raise NotFound("There is no such credential in this share.")
    headers = {"Content-Disposition": f'attachment; filename="credential-{number}.json"'}
    return VerifiableCredential(shown.credentials[number - 1].issued.document, headers=headers)


def _opened(request: Request, secret: str, office: Office, at: Now) -> Shown:
    tries = tries_of(request)
    tries.refuse_after(request, "share", WRONG_GUESSES)
    try:
        return sharing.open_share(office, secret, at=at)
    except NotFound:
        tries.count(request, "share", WRONG_GUESSES)
        raise
