"""A learner's record: totals that open to their events, and everything behind them.

For the learner herself, and for institutions that answer for entries in her wallet (`wallet.access.may_read`).
"""

from typing import Annotated

from fastapi import APIRouter, Path

from api.bodies import StrictRoute
from api.callers import HerOwnWallet, ReadableWallet, TheOffice
from api.clock import AsOf, Now
from api.errors import InvalidRequest, NoKey, WrongRole
from api.posting import reading
from api.routes.catalogue import QualificationInPath
from api.wire.accesses import Accesses, LookedShown, Shares, ShareShown
from api.wire.record import Credentials, Credits, Events, EventShown, ProgressShown, RecordShown
from domain.errors import NotFound
from wallet import accesses, advising, sharing, showing
from wallet.errors import Erased

router = APIRouter(prefix="/learners/{learner}", tags=["Records"], route_class=StrictRoute)

_USUAL = reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest)


@router.get("/record", operation_id="show-record", summary="Show the record", **_USUAL)
def show_record(learner: ReadableWallet, office: TheOffice, at: AsOf = None) -> RecordShown:
    """Credit by scheme, setting, level and field, each total with its events; and all that stands beside it."""
    return RecordShown.of(showing.show_record(office, learner, as_of=at))


@router.get("/credits", operation_id="list-credits", summary="List every credit", **_USUAL)
def list_credits(learner: ReadableWallet, office: TheOffice, at: AsOf = None) -> Credits:
    """Every line ever opened, withdrawn ones too, in the order of their history."""
    record = showing.show_record(office, learner, as_of=at)
    return Credits.of(record, record.credits)


@router.get("/units", operation_id="list-recognised-units", summary="List the units recognised", **_USUAL)
def list_recognised_units(learner: ReadableWallet, office: TheOffice) -> Credits:
    """The lines in force that name a unit, awarded or transferred."""
    record = showing.show_record(office, learner)
    return Credits.of(record, record.units)


@router.get(
    "/progress/{qualification}",
    operation_id="show-progress",
    summary="Show progress towards a qualification",
    **_USUAL,
)
def show_progress(
    learner: ReadableWallet, qualification: QualificationInPath, office: TheOffice, at: Now
) -> ProgressShown:
    """Each requirement: met, by which credit, or what is missing; and why each other credit does not help."""
    return ProgressShown.of(advising.show_progress(office, learner, qualification, on=at.date()))


@router.get("/events", operation_id="list-events", summary="List the events", **_USUAL)
def list_events(learner: ReadableWallet, office: TheOffice) -> Events:
    """Everything that was recorded in this wallet, in order, with who signed it."""
    return Events(events=[EventShown.of(entry) for entry in showing.show_events(office, learner)])


@router.get("/events/{sequence}", operation_id="show-event", summary="Show an event", **_USUAL)
def show_event(
    learner: ReadableWallet,
    sequence: Annotated[int, Path(ge=1, le=2**53 - 1, description="Its place in the ledger.")],
    office: TheOffice,
) -> EventShown:
    """One event of this wallet: what a number in the record opens to."""
    entry = showing.show_event(office, learner, sequence)
    if entry is None:
        raise NotFound(f"Event {sequence} is not of this wallet.")
    return EventShown.of(entry)


@router.get("/credentials", operation_id="list-credentials", summary="List the credentials", **_USUAL)
def list_credentials(learner: ReadableWallet, office: TheOffice, at: AsOf = None) -> Credentials:
    """Every credential issued to the learner, and how each stands today."""
    return Credentials.of(showing.show_record(office, learner, as_of=at))


@router.get("/accesses", operation_id="list-accesses", summary="List who looked", **_USUAL)
def list_accesses(learner: HerOwnWallet, office: TheOffice) -> Accesses:
    """Who looked at the learner's record, when and by what right, and who was refused: for her alone."""
    return Accesses(accesses=[LookedShown.of(each) for each in accesses.accesses_of(office, learner)])


@router.get("/shares", operation_id="list-shares", summary="List what was shared", **_USUAL)
def list_shares(learner: HerOwnWallet, office: TheOffice) -> Shares:
    """What the learner agreed to show, to whom, for what and until when, with the events she signed: for her alone."""
    return Shares(shares=[ShareShown.of(each) for each in sharing.receipts_of(office, learner)])
