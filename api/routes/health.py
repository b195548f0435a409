"""Whether the program lives, and whether it can serve: for whatever starts and stops it."""

from fastapi import APIRouter

from api.bodies import StrictRoute
from api.callers import TheOffice
from api.errors import NotReady
from api.posting import reading
from api.wire.scalars import Answer
from wallet.errors import LedgerError

router = APIRouter(tags=["Health"], route_class=StrictRoute)


class Alive(Answer):
    alive: bool = True


class Ready(Answer):
    """`events` is how many the ledger holds, all of them in the views."""

    ready: bool = True
    events: int


@router.get("/healthz", operation_id="alive", summary="Is it alive?", **reading())
async def alive() -> Alive:
    """It is, if this is answered. Nothing is looked at."""
    return Alive()


@router.get("/readyz", operation_id="ready", summary="Can it serve?", **reading(NotReady))
def ready(office: TheOffice) -> Ready:
    """The ledger can be written to, and the views have taken in all of it."""
    try:
        with office.ledger.database.writer():
            pass  # a transaction begun and ended: the file is there, unlocked, and not read-only
        office.follower.catch_up()
    except LedgerError as error:
        raise NotReady(f"The ledger or its views do not answer. {error}") from error
    if office.follower.failure is not None:
        raise NotReady("The views stand still; the log says why.")
    return Ready(events=office.follower.position())
