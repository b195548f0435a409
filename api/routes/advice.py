"""Advice to a learner: what if, and what is left. Nothing is recorded by asking."""

from typing import Any

from fastapi import APIRouter

from api.bodies import StrictRoute
from api.callers import ReadableWallet, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, NoKey, TooLarge, UnreadableBody, WrongMediaType, WrongRole
from api.posting import reading
from api.routes.catalogue import QualificationInPath
from api.wire.advice import AskForPlan, AskWhatIf, PlanShown, WhatIfShown
from domain.errors import AlreadyAwarded, InvalidValue, NoPlan, NotFound, NotFoundInWallet
from wallet import advising
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
