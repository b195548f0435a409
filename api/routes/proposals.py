"""What one of the staff has proposed and a second person confirms, where an institution asks for two."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import InstitutionInPath, TheOffice
from api.clock import Now
from api.errors import WrongRole
from api.pages.doors import TheVisitor, Visitor, admit
from api.pages.forms import PageRoute, Said
from api.pages.languages import language_of, marked
from api.pages.page import page
from api.pages.refusals import sentence_of
from domain.errors import InvalidValue, NotFound, Refused
from wallet import seconding, two_persons
from wallet.issuing_many import COLUMNS, Outcome, Result
from wallet.office import Office
from wallet.sheets import SheetRefused
from wallet.two_persons import ROLE_FOR, Act, NothingToDecide, Person, Proposal, SamePerson, Stage

router = APIRouter(
    prefix="/desk/{institution}",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[Depends(admit)],
)

ProposalInPath = Annotated[str, Path(max_length=36)]

ACTS: Final = {
    Act.ISSUE_MANY: marked("Award and issue a table of documents"),
    Act.ROTATE_KEY: marked("Put a new signing key in the place of the old one"),
    Act.ALLOW_ONE: marked("Let one person act alone again"),
}
STAGES: Final = {
    Stage.OPEN: marked("waits for a second person"),
    Stage.CONFIRMED: marked("confirmed"),
    Stage.DECLINED: marked("declined"),
    Stage.ENDED: marked("ended without a decision"),
}


@router.get("/proposals")
def show_all(request: Request, institution: InstitutionInPath, office: TheOffice, at: Now) -> Response:
    """What waits, what was decided, and whether two are asked for."""
    return _all(request, institution, office, at)


@router.post("/two-persons")
def ask_for_two(
    request: Request,
    institution: InstitutionInPath,
    said: Said,
    visitor: TheVisitor,
    office: TheOffice,
    at: Now,
) -> Response:
    """Ask for two from now on; or propose that one is enough again, which takes two as well."""
    try:
        match said.get("act"):
            case "ask":
                two_persons.ask_for_two(office, institution, at=at)
            case "stop" if two_persons.asks_for_two(office, institution):
                made = two_persons.propose(office, institution, Act.ALLOW_ONE, by=person_of(visitor), at=at)
                return to_proposal(made)
            case _:
                raise InvalidValue("Say whether two are to be asked for.")
    except Refused as error:
        return _all(request, institution, office, at, problem=sentence_of(error, language_of(request)))
    return RedirectResponse(f"/desk/{institution}/proposals", HTTPStatus.SEE_OTHER)


@router.get("/proposals/{proposal}")
def show(
    request: Request, institution: InstitutionInPath, proposal: ProposalInPath, office: TheOffice, at: Now
) -> Response:
    """One of them: who proposes what, and for a table every row of it."""
    return _one(request, institution, proposal, office, at)


@router.post("/proposals/{proposal}/confirmation")
def confirm(
    request: Request,
    institution: InstitutionInPath,
    proposal: ProposalInPath,
    visitor: TheVisitor,
    office: TheOffice,
    at: Now,
) -> Response:
    """A second person confirms, and it is done."""
    proposed = _here(office, institution, proposal, at)
    _refuse_without_role(visitor, proposed)
    try:
        outcomes = seconding.confirm(office, proposal, by=person_of(visitor), at=at)
    except (SamePerson, NothingToDecide, SheetRefused, Refused) as error:
        problem = sentence_of(error, language_of(request))
        return _one(request, institution, proposal, office, at, problem=problem)
    if any(each.result is Result.REFUSED for each in outcomes):
        return _one(request, institution, proposal, office, at, refused=True)
    return to_proposal(proposed)


@router.post("/proposals/{proposal}/refusal")
def decline(
    request: Request,
    institution: InstitutionInPath,
    proposal: ProposalInPath,
    visitor: TheVisitor,
    office: TheOffice,
    at: Now,
) -> Response:
    """Nothing is done."""
    proposed = _here(office, institution, proposal, at)
    _refuse_without_role(visitor, proposed)
    try:
        two_persons.decline(office, proposal, by=person_of(visitor), at=at)
    except NothingToDecide as error:
        problem = sentence_of(error, language_of(request))
        return _one(request, institution, proposal, office, at, problem=problem)
    return to_proposal(proposed)


def person_of(visitor: Visitor) -> Person:
    return Person(visitor.account.id, visitor.account.name)


def to_proposal(made: Proposal) -> Response:
    return RedirectResponse(f"/desk/{made.institution}/proposals/{made.id}", HTTPStatus.SEE_OTHER)


def _here(office: Office, institution: str, proposal: str, at: datetime) -> Proposal:
    """The proposal, where it is one of this institution's. Raises NotFound."""
    proposed = two_persons.proposal(office, proposal, at=at)
    if proposed.institution != institution:
        raise NotFound(f"There is no proposal {proposal!a} here.")
    return proposed


def _refuse_without_role(visitor: Visitor, proposed: Proposal) -> None:
    if not visitor.may(proposed.institution, ROLE_FOR[proposed.act]):
        raise WrongRole("This needs another role than you have here.")


def _all(
    request: Request, institution: str, office: Office, at: datetime, problem: str | None = None
) -> Response:
    return _page(
        request,
        "proposals.html",
        office,
        institution,
        proposals=two_persons.proposals(office, institution, at=at),
        asks_for_two=two_persons.asks_for_two(office, institution),
        problem=problem,
    )


def _one(
    request: Request,
    institution: str,
    proposal: str,
    office: Office,
    at: datetime,
    *,
    refused: bool = False,
    problem: str | None = None,
) -> Response:
    proposed = _here(office, institution, proposal, at)
    rows, outcomes = seconding.preview(office, proposed, at=at)
    return _page(
        request,
        "proposal.html",
        office,
        institution,
        proposed=proposed,
        role=ROLE_FOR[proposed.act].value,
        rows=rows,
        columns=[name for name in COLUMNS if any(name in row.cells for row in rows)],
        faults=_faults(outcomes),
        refused=refused,
        problem=problem,
    )


def _faults(outcomes: list[Outcome]) -> Mapping[int, list[Outcome]]:
    faults: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.result is Result.REFUSED:
            faults.setdefault(outcome.number, []).append(outcome)
    return faults


def _page(
    request: Request, template: str, office: Office, institution: str, *, problem: str | None, **said: Any
) -> Response:
    spoken = language_of(request)
    refused = problem is not None or said.get("refused")
    return page(
        request,
        template,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        institution=office.institution(institution).state,
        desk=f"/desk/{institution}",
        acts={act.value: spoken.say(words) for act, words in ACTS.items()},
        stages={stage.value: spoken.say(words) for stage, words in STAGES.items()},
        problem=problem,
        **said,
    )
