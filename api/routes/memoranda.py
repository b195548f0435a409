"""Memoranda of understanding: institutions propose, sign and end them; anyone may read them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.bodies import StrictRoute
from api.callers import AnInstitution, TheOffice
from api.clock import Now
from api.posting import Post, reading, recording
from api.routes.catalogue import OfInstitution
from api.wire.memorandum import (
    EndMemorandum,
    EndShown,
    Memoranda,
    MemorandumId,
    MemorandumProposedShown,
    MemorandumShown,
    ProposeMemorandum,
    SignatureShown,
    SignMemorandum,
)
from domain.errors import (
    AlreadyProposed,
    AlreadySigned,
    InvalidValue,
    KeyNotInForce,
    NotFound,
    NotInForce,
    WrongInstitution,
)
from wallet import partnering
from wallet.projections import memoranda

router = APIRouter(tags=["Mobility"], route_class=StrictRoute)

MemorandumInPath = Annotated[MemorandumId, Path(description="The memorandum's id.")]


@router.post(
    "/memoranda",
    operation_id="propose-memorandum",
    summary="Propose a memorandum",
    response_model=MemorandumProposedShown,
    **recording(NotFound, AlreadyProposed, KeyNotInForce, InvalidValue),
)
def propose_memorandum(said: ProposeMemorandum, post: Post, caller: AnInstitution) -> Response:
    """The caller proposes the terms to the other partners, which is its signature under them."""
    return post.record(
        lambda once: partnering.propose_memorandum(
            post.office,
            caller.holder,
            memorandum=said.memorandum,
            names=said.names,
            partners=said.partners,
            accepted=said.accepted,
            compared=[each.to_domain() for each in said.compared],
            valid_from=said.valid_from,
            valid_until=said.valid_until,
            proposed_on=said.proposed_on,
            at=post.at,
            once=once,
        ),
        show=MemorandumProposedShown.of,
        location=lambda event: f"/memoranda/{event.memorandum}",
    )


@router.get("/memoranda", operation_id="list-memoranda", summary="List the memoranda", **reading())
def list_memoranda(office: TheOffice, at: Now, institution: OfInstitution = None) -> Memoranda:
    """Every memorandum proposed here, or those of one partner, with how each stands today."""
    office.follower.catch_up()
    found = memoranda.memoranda(office.ledger.database, institution)
    return Memoranda(
        memoranda=[MemorandumShown.of(office.memorandum(each).state, at.date()) for each in found]
    )


@router.get(
    "/memoranda/{memorandum}",
    operation_id="show-memorandum",
    summary="Show a memorandum",
    **reading(NotFound),
)
def show_memorandum(memorandum: MemorandumInPath, office: TheOffice, at: Now) -> MemorandumShown:
    """Its terms, who has signed, and how it stands today."""
    return MemorandumShown.of(office.memorandum(memorandum).state, at.date())


@router.post(
    "/memoranda/{memorandum}/signatures",
    operation_id="sign-memorandum",
    summary="Sign a memorandum",
    response_model=SignatureShown,
    **recording(NotFound, WrongInstitution, AlreadySigned, NotInForce, KeyNotInForce, InvalidValue),
)
def sign_memorandum(
    memorandum: MemorandumInPath, said: SignMemorandum, post: Post, caller: AnInstitution
) -> Response:
    """The caller signs with its own key. With the last partner's signature the memorandum binds all."""
    return post.record(
        lambda once: partnering.sign_memorandum(
            post.office,
            caller.holder,
            memorandum=memorandum,
            signed_on=said.signed_on,
            at=post.at,
            once=once,
        ),
        show=SignatureShown.of,
        location=lambda _: f"/memoranda/{memorandum}",
    )


@router.post(
    "/memoranda/{memorandum}/end",
    operation_id="end-memorandum",
    summary="End a memorandum",
    response_model=EndShown,
    **recording(NotFound, WrongInstitution, NotInForce, KeyNotInForce, InvalidValue),
)
def end_memorandum(
    memorandum: MemorandumInPath, said: EndMemorandum, post: Post, caller: AnInstitution
) -> Response:
    """A partner declines it, or leaves it: from that day it binds nobody. What rests on it stays."""
    return post.record(
        lambda once: partnering.end_memorandum(
            post.office,
            caller.holder,
            memorandum=memorandum,
            reason=said.reason,
            ended_on=said.ended_on,
            at=post.at,
            once=once,
        ),
        show=EndShown.of,
        location=lambda _: f"/memoranda/{memorandum}",
    )
