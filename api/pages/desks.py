"""At an institution's desk: who sits there, which page she is shown, and the way back to one."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import InstitutionInPath, TheOffice
from api.clock import Now
from api.errors import WrongRole
from api.pages.doors import TheVisitor, Visitor
from api.pages.forms import Form
from api.pages.languages import Language, language_of
from api.pages.page import page
from api.pages.refusals import exact_of, sentence_of
from domain.kazakhstan import KAZAKHSTAN
from domain.values import InstitutionId, LearnerId, PersonId
from wallet import accounts
from wallet.accounts import StaffRole
from wallet.office import Office


def desk_page(request: Request, template: str, office: Office, institution: str, **said: Any) -> Response:
    """A page of this institution's desk."""
    state = office.institution(institution).state
    return page(request, template, institution=state, desk=f"/desk/{institution}", **said)


def told_of(request: Request, error: Exception | None) -> dict[str, Any]:
    """What a page that asks again says of the refusal: the status, the sentence, and the exact one beneath it."""
    if error is None:
        return {"status": HTTPStatus.OK, "problem": None, "exact": None}
    spoken = language_of(request)
    return {
        "status": HTTPStatus.UNPROCESSABLE_ENTITY,
        "problem": sentence_of(error, spoken),
        "exact": exact_of(error, spoken),
    }


def back(institution: str, part: str = "") -> Response:
    return RedirectResponse(f"/desk/{institution}{part}", HTTPStatus.SEE_OTHER)


@dataclass(frozen=True, slots=True)
class Desk:
    """A visitor at the desk of the institution in the address; `said` is the form she sent, empty where she asks."""

    request: Request
    institution: InstitutionId
    visitor: Visitor
    office: Office
    at: datetime
    said: Form

    @property
    def spoken(self) -> Language:
        return language_of(self.request)

    @property
    def today(self) -> date:
        """By the working calendar."""
        return KAZAKHSTAN.day_of(self.at)

    @property
    def person(self) -> PersonId | None:
        """Who of the institution's staff signs from this visitor's account."""
        return accounts.staff_signing_at(self.office, self.institution).get(self.visitor.account.id)

    @property
    def signing(self) -> PersonId:
        """Raises WrongRole, where nobody does."""
        if (person := self.person) is None:
            raise WrongRole(
                "This is signed by one of the staff, and nobody of the staff signs from this account."
            )
        return person

    def may(self, *roles: StaffRole) -> bool:
        return self.visitor.account.may(self.institution, roles)

    def note_look(self, learner: LearnerId) -> None:
        """Keep, for the learner to see, that this visitor has opened something of hers."""
        accounts.note_access(
            self.office,
            account=self.visitor.account.id,
            method=self.request.method,
            route=self.request.scope["route"].path,
            whose=learner,
            allowed=True,
            why=f"acts for {self.institution}",
            at=self.at,
        )

    def page(self, template: str, /, error: Exception | None = None, **said: Any) -> Response:
        """A page of this desk; with an error, what was refused stands at its top."""
        told = told_of(self.request, error)
        return desk_page(
            self.request, template, self.office, self.institution, said=self.said, **{**told, **said}
        )

    def back(self, part: str = "") -> Response:
        return back(self.institution, part)


async def _desk(
    request: Request, institution: InstitutionInPath, visitor: TheVisitor, office: TheOffice, at: Now
) -> Desk:
    form = getattr(request.state, "form", None) or Form()
    return Desk(request, InstitutionId(institution), visitor, office, at, form)


AtDesk = Annotated[Desk, Depends(_desk)]
