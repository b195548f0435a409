"""Quality at a glance: what the ledger shows of participation and completion, and what the institution reports."""

from fastapi import APIRouter, Depends, Response

from api.pages.desks import AtDesk, Desk
from api.pages.doors import admit
from api.pages.forms import PageRoute
from api.pages.languages import marked
from domain.errors import InvalidValue, Refused
from domain.quality import TOLD, Indicator
from wallet import evaluating
from wallet.accounts import StaffRole
from wallet.glancing import names_known

router = APIRouter(
    prefix="/desk/{institution}/quality",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[Depends(admit)],
)

INDICATORS = {
    Indicator.PLACEMENT: marked("in training, in work or elsewhere after completion"),
    Indicator.USE_OF_SKILLS: marked("use at work what they learnt"),
    Indicator.UNEMPLOYMENT: marked("unemployment"),
}


@router.get("")
def show(desk: AtDesk) -> Response:
    """The indicators, computed and reported, each marked which it is."""
    return _page(desk)


@router.post("")
def report(desk: AtDesk) -> Response:
    """Report an indicator that no ledger knows, with its source."""
    said = desk.said
    try:
        number = said.whole("indicator")
        if number not in set(TOLD):
            raise InvalidValue("Only placement, use of skills and unemployment are reported.")
        percent = said.amount("percent")
        if percent is None:
            raise InvalidValue("Say the percentage.")
        evaluating.report_indicator(
            desk.office,
            desk.institution,
            indicator=Indicator(number),
            percent=percent,
            since=said.day("since"),
            until=said.day("until"),
            source=said.get("source"),
            reported_on=desk.today,
            at=desk.at,
        )
    except Refused as error:
        return _page(desk, error)
    return desk.back("/quality")


def _page(desk: Desk, error: Exception | None = None) -> Response:
    desk.office.follower.catch_up()
    return desk.page(
        "desk_quality.html",
        error,
        quality=evaluating.quality_of_institution(desk.office, desk.institution),
        indicators={key.value: desk.spoken.say(words) for key, words in INDICATORS.items()},
        names=names_known(desk.office),
        may_act=desk.may(StaffRole.REGISTRAR),
        today=desk.today.isoformat(),
    )
