"""A learner's learning agreements: she proposes, signs, declines and changes them with her own key."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import TheOffice
from api.clock import Now
from api.pages.agreements import PARTIES, ROWS, STAGES, TONES, rows, wanted
from api.pages.desks import told_of
from api.pages.doors import HerOwn, admit
from api.pages.forms import Form, PageRoute, Said
from api.pages.languages import language_of
from api.pages.page import page
from api.routes.desk_agreements import AgreementInPath
from domain.agreement import Agreement, Party
from domain.errors import NotFound, Refused
from domain.kazakhstan import KAZAKHSTAN
from domain.values import LearnerId
from wallet import agreeing
from wallet.agreeing import Acting
from wallet.glancing import names_known
from wallet.office import Office
from wallet.projections import catalogue

router = APIRouter(
    prefix="/my/agreements", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)]
)


@router.get("")
def show_all(request: Request, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Her agreements, and the form for another."""
    return _all(request, learner, office, at, Form())


@router.post("")
def propose(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Propose one to home and host."""
    try:
        agreement = agreeing.propose_agreement(
            office,
            Acting(learner=learner),
            learner=learner,
            home=said.get("home"),
            host=said.get("host"),
            components=wanted(said),
            starts_on=said.day("starts_on"),
            ends_on=said.day("ends_on"),
            proposed_on=KAZAKHSTAN.day_of(at),
            at=at,
        ).agreement
    except Refused as error:
        return _all(request, learner, office, at, said, error)
    return RedirectResponse(f"/my/agreements/{agreement}", HTTPStatus.SEE_OTHER)


def _all(
    request: Request,
    learner: LearnerId,
    office: Office,
    at: datetime,
    said: Form,
    error: Exception | None = None,
) -> Response:
    spoken = language_of(request)
    office.follower.catch_up()
    return page(
        request,
        "my_agreements.html",
        agreements=list(reversed(agreeing.agreements_of(office, Acting(learner=learner)))),
        stages={key.value: spoken.say(words) for key, words in STAGES.items()},
        tones=TONES,
        names=names_known(office),
        units=catalogue.units(office.ledger.database),
        numbers=range(1, ROWS + 1),
        today=KAZAKHSTAN.day_of(at).isoformat(),
        said=said,
        **told_of(request, error),
    )


@router.get("/{agreement}")
def show(request: Request, agreement: AgreementInPath, learner: HerOwn, office: TheOffice) -> Response:
    """One agreement: its units, its signatures, and what became of each unit."""
    return _one(request, _hers(office, learner, agreement), office, Form())


@router.post("/{agreement}/signature")
def sign(
    request: Request, agreement: AgreementInPath, said: Said, learner: HerOwn, office: TheOffice, at: Now
) -> Response:
    """Sign it, or its open change."""

    def act() -> object:
        return agreeing.sign_agreement(
            office,
            Acting(learner=learner),
            agreement=agreement,
            signed_on=KAZAKHSTAN.day_of(at),
            at=at,
        )

    return _act(request, agreement, said, learner, office, act)


@router.post("/{agreement}/refusal")
def decline(
    request: Request, agreement: AgreementInPath, said: Said, learner: HerOwn, office: TheOffice, at: Now
) -> Response:
    """Decline it, or its open change, with a reason."""

    def act() -> object:
        return agreeing.decline_agreement(
            office,
            Acting(learner=learner),
            agreement=agreement,
            reason=said.get("reason"),
            declined_on=KAZAKHSTAN.day_of(at),
            at=at,
        )

    return _act(request, agreement, said, learner, office, act)


@router.post("/{agreement}/change")
def propose_change(
    request: Request, agreement: AgreementInPath, said: Said, learner: HerOwn, office: TheOffice, at: Now
) -> Response:
    """Propose that units go and others come, with a reason."""

    def act() -> object:
        return agreeing.propose_change(
            office,
            Acting(learner=learner),
            agreement=agreement,
            drops=said.all("drop"),
            adds=wanted(said),
            reason=said.get("reason"),
            proposed_on=KAZAKHSTAN.day_of(at),
            at=at,
        )

    return _act(request, agreement, said, learner, office, act)


def _act(
    request: Request,
    agreement: str,
    said: Form,
    learner: LearnerId,
    office: Office,
    act: Callable[[], object],
) -> Response:
    held = _hers(office, learner, agreement)
    try:
        act()
    except Refused as error:
        return _one(request, held, office, said, error)
    return RedirectResponse(f"/my/agreements/{agreement}", HTTPStatus.SEE_OTHER)


def _hers(office: Office, learner: LearnerId, agreement: str) -> Agreement:
    held = office.agreement(agreement).state
    if held.learner != learner:
        raise NotFound(f"There is no agreement {agreement}.")
    return held


def _one(
    request: Request, agreement: Agreement, office: Office, said: Form, error: Exception | None = None
) -> Response:
    spoken = language_of(request)
    return page(
        request,
        "my_agreement.html",
        agreement=agreement,
        rows=rows(agreement, spoken),
        party=Party.LEARNER,
        stages={key.value: spoken.say(words) for key, words in STAGES.items()},
        parties={key.value: spoken.say(words) for key, words in PARTIES.items()},
        tone=TONES[agreement.stage],
        names=names_known(office),
        units=catalogue.units(office.ledger.database),
        numbers=range(1, ROWS + 1),
        may_act=True,
        address=f"/my/agreements/{agreement.id}",
        said=said,
        **told_of(request, error),
    )
