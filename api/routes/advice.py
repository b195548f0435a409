"""Advice to a learner: what if, and what is left. Nothing is recorded by asking."""

from typing import Any

import msgspec
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.bodies import StrictRoute
from api.callers import AnInstitution, ReadableWallet, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, NoKey, TooLarge, UnreadableBody, WrongMediaType, WrongRole
from api.posting import reading
from api.routes.catalogue import QualificationInPath
from api.wire.advice import AskForPlan, AskForReport, AskWhatIf, PlanShown, WhatIfShown
from domain.errors import (
    AlreadyAwarded,
    InvalidValue,
    KeyNotInForce,
    NoPlan,
    NotFound,
    NotFoundInWallet,
    WrongInstitution,
)
from wallet import advising, reporting
from wallet.errors import Erased
from wallet.solving import Unsolved

router = APIRouter(
    prefix="/learners/{learner}/progress/{qualification}", tags=["Advice"], route_class=StrictRoute
)


def _asking(*refused: type[Exception]) -> dict[str, Any]:
    usual = (NoKey, WrongRole, UnreadableBody, WrongMediaType, TooLarge, InvalidRequest, NotFound, Erased)
    return reading(*usual, InvalidValue, Unsolved, *refused)


@router.post(
    "/what-if",
    operation_id="ask-what-if",
    summary="Ask how it would be",
    **_asking(NotFoundInWallet, AlreadyAwarded),
)
def ask_what_if(
    learner: ReadableWallet,
    qualification: QualificationInPath,
    said: AskWhatIf,
    office: TheOffice,
    at: Now,
) -> WhatIfShown:
    """How the learner would stand with these units too: taken, or recognised."""
    answer = advising.what_if(
        office,
        learner,
        qualification,
        [wish.to_wish() for wish in said.units],
        on=said.on or at.date(),
        preferred=said.preferred,
    )
    return WhatIfShown.of(answer)


@router.post(
    "/report",
    operation_id="report-progress",
    summary="Sign how far a learner has come",
    response_class=JSONResponse,
    **_asking(WrongInstitution, KeyNotInForce),
)
def report_progress(
    learner: ReadableWallet,
    qualification: QualificationInPath,
    said: AskForReport,
    office: TheOffice,
    caller: AnInstitution,
    at: Now,
) -> Response:
    """The answer signed by the institution, with the bundle from which anybody reckons it again; none is recorded."""
    reported = reporting.report_progress(
        office,
        caller.holder,
        learner=learner,
        qualification=qualification,
        on=said.on or at.date(),
        preferred=said.preferred,
        at=at,
    )
    bundle = reporting.bundle_for(office, reported, at=at)
    parts = {"report": msgspec.Raw(reported.text), "bundle": msgspec.Raw(bundle)}
    body = msgspec.json.encode({**parts, "unproven": reported.unproven})
    return Response(body, media_type="application/json")


@router.post("/plan", operation_id="make-plan", summary="Plan what is left", **_asking(NoPlan))
def make_plan(
    learner: ReadableWallet,
    qualification: QualificationInPath,
    said: AskForPlan,
    office: TheOffice,
    at: Now,
) -> PlanShown:
    """The least set of units that completes the qualification, in an order that is possible, term by term."""
    answer = advising.make_plan(
        office,
        learner,
        qualification,
        [term.to_domain() for term in said.terms],
        on=said.on or at.date(),
        units=said.units,
    )
    return PlanShown.of(answer)
