"""The desk of mobility: memoranda between institutions, and learning agreements from proposal to recognition.

Every act is signed by the institution whose desk it is; the learner signs a learning agreement from her own pages.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.pages.agreements import (
    ACCEPTANCES,
    MEMORANDUM_STANDINGS,
    PARTIES,
    ROWS,
    STAGES,
    TONES,
    results,
    rows,
    wanted,
)
from api.pages.desks import AtDesk, Desk
from api.pages.doors import admit
from api.pages.forms import PageRoute
from api.pages.languages import LANGUAGES
from api.wire.agreement import AgreementId
from api.wire.memorandum import MemorandumId
from domain.agreement import Agreement
from domain.errors import InvalidValue, NotFound, Refused
from domain.memorandum import Acceptance
from wallet import agreeing, partnering
from wallet.accounts import StaffRole
from wallet.agreeing import Acting
from wallet.errors import Erased
from wallet.glancing import names_known
from wallet.projections import catalogue
from wallet.projections.memoranda import memoranda

router = APIRouter(
    prefix="/desk/{institution}",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[Depends(admit)],
)

AgreementInPath = Annotated[AgreementId, Path()]
MemorandumInPath = Annotated[MemorandumId, Path()]


# --- memoranda ------------------------------------------------------------------------------------------


@router.get("/agreements")
def show_all(desk: AtDesk) -> Response:
    """The institution's memoranda and learning agreements."""
    return _all(desk)


@router.post("/memoranda")
def propose_memorandum(desk: AtDesk) -> Response:
    """Propose a memorandum to others registered here."""

    def act() -> object:
        said = desk.said
        return partnering.propose_memorandum(
            desk.office,
            desk.institution,
            names={tag: name for tag in LANGUAGES if (name := said.get(f"name_{tag}"))},
            partners=said.all("partner"),
            accepted=[Acceptance(each) for each in said.all("accepted") if each in set(Acceptance)],
            valid_from=said.day("valid_from"),
            valid_until=said.day("valid_until") if said.get("valid_until") else None,
            proposed_on=desk.today,
            at=desk.at,
        )

    return _change_all(desk, act)


@router.post("/memoranda/{memorandum}/signature")
def sign_memorandum(memorandum: MemorandumInPath, desk: AtDesk) -> Response:
    """Sign it as a partner."""

    def act() -> object:
        return partnering.sign_memorandum(
            desk.office, desk.institution, memorandum=memorandum, signed_on=desk.today, at=desk.at
        )

    return _change_all(desk, act)


@router.post("/memoranda/{memorandum}/end")
def end_memorandum(memorandum: MemorandumInPath, desk: AtDesk) -> Response:
    """Decline or leave it, with a reason."""

    def act() -> object:
        return partnering.end_memorandum(
            desk.office,
            desk.institution,
            memorandum=memorandum,
            reason=desk.said.get("reason"),
            ended_on=desk.today,
            at=desk.at,
        )

    return _change_all(desk, act)


@router.post("/agreements")
def propose(desk: AtDesk) -> Response:
    """Propose a learning agreement, as home or as host."""

    def act() -> object:
        said = desk.said
        sides = (desk.institution, said.get("partner"))
        home, host = sides if said.get("side") != "host" else sides[::-1]
        return agreeing.propose_agreement(
            desk.office,
            Acting(institution=desk.institution),
            learner=said.get("learner").lower(),
            home=home,
            host=host,
            memorandum=said.get("memorandum") or None,
            components=wanted(said),
            starts_on=said.day("starts_on"),
            ends_on=said.day("ends_on"),
            proposed_on=desk.today,
            at=desk.at,
        )

    return _change_all(desk, act)


def _change_all(desk: Desk, act: Callable[[], object]) -> Response:
    try:
        act()
    except (Refused, Erased) as error:
        return _all(desk, error)
    return desk.back("/agreements")


def _all(desk: Desk, error: Exception | None = None) -> Response:
    office, spoken = desk.office, desk.spoken
    office.follower.catch_up()
    agreements = agreeing.agreements_of(office, Acting(institution=desk.institution))
    signed = [office.memorandum(each).state for each in memoranda(office.ledger.database, desk.institution)]
    return desk.page(
        "desk_agreements.html",
        error,
        agreements=list(reversed(agreements)),
        memoranda=[(each, each.standing(desk.today)) for each in signed],
        standings={key.value: spoken.say(words) for key, words in MEMORANDUM_STANDINGS.items()},
        acceptances={key.value: spoken.say(words) for key, words in ACCEPTANCES.items()},
        stages={key.value: spoken.say(words) for key, words in STAGES.items()},
        parties={key.value: spoken.say(words) for key, words in PARTIES.items()},
        tones=TONES,
        names=names_known(office),
        units=catalogue.units(office.ledger.database),
        numbers=range(1, ROWS + 1),
        may_act=desk.may(StaffRole.REGISTRAR),
        today=desk.today.isoformat(),
    )


# --- one agreement --------------------------------------------------------------------------------------


@router.get("/agreements/{agreement}")
def show(agreement: AgreementInPath, desk: AtDesk) -> Response:
    """One learning agreement: its units, its signatures, and what is to be done next."""
    return _one(desk, _ours(desk, agreement))


@router.post("/agreements/{agreement}/signature")
def sign(agreement: AgreementInPath, desk: AtDesk) -> Response:
    """Sign it, or its open change."""

    def act(acting: Acting) -> object:
        return agreeing.sign_agreement(
            desk.office, acting, agreement=agreement, signed_on=desk.today, at=desk.at
        )

    return _act(desk, agreement, act)


@router.post("/agreements/{agreement}/refusal")
def decline(agreement: AgreementInPath, desk: AtDesk) -> Response:
    """Decline it, or its open change, with a reason."""

    def act(acting: Acting) -> object:
        reason = desk.said.get("reason")
        return agreeing.decline_agreement(
            desk.office, acting, agreement=agreement, reason=reason, declined_on=desk.today, at=desk.at
        )

    return _act(desk, agreement, act)


@router.post("/agreements/{agreement}/change")
def propose_change(agreement: AgreementInPath, desk: AtDesk) -> Response:
    """Propose that units go and others come, with a reason."""

    def act(acting: Acting) -> object:
        return agreeing.propose_change(
            desk.office,
            acting,
            agreement=agreement,
            drops=desk.said.all("drop"),
            adds=wanted(desk.said),
            reason=desk.said.get("reason"),
            proposed_on=desk.today,
            at=desk.at,
        )

    return _act(desk, agreement, act)


@router.post("/agreements/{agreement}/transcript")
def record_transcript(agreement: AgreementInPath, desk: AtDesk) -> Response:
    """As host: what the learner's assessments came to."""
    held = _ours(desk, agreement)

    def act(_acting: Acting) -> object:
        return agreeing.record_transcript(
            desk.office,
            desk.institution,
            agreement=agreement,
            results=results(desk.said, held),
            recorded_on=desk.today,
            at=desk.at,
        )

    return _act(desk, agreement, act)


@router.post("/agreements/{agreement}/units")
def settle_unit(agreement: AgreementInPath, desk: AtDesk) -> Response:
    """As home: validate, recognise or leave out one unit of the host's."""

    def act(_acting: Acting) -> object:
        said, unit = desk.said, desk.said.get("host_unit")
        match said.get("act"):
            case "validate":
                return agreeing.validate_component(
                    desk.office,
                    desk.institution,
                    agreement=agreement,
                    host_unit=unit,
                    validated_on=desk.today,
                    at=desk.at,
                )
            case "recognise":
                return agreeing.recognise_component(
                    desk.office,
                    desk.institution,
                    agreement=agreement,
                    host_unit=unit,
                    recognised_on=desk.today,
                    at=desk.at,
                )
            case "leave-out":
                return agreeing.leave_out_component(
                    desk.office,
                    desk.institution,
                    agreement=agreement,
                    host_unit=unit,
                    reason=said.get("reason"),
                    left_out_on=desk.today,
                    at=desk.at,
                )
        raise InvalidValue("Say what is to be done with the unit.")

    return _act(desk, agreement, act)


def _act(desk: Desk, agreement: str, act: Callable[[Acting], object]) -> Response:
    held = _ours(desk, agreement)
    try:
        act(Acting(institution=desk.institution))
    except Refused as error:
        return _one(desk, held, error)
    return desk.back(f"/agreements/{agreement}")


def _ours(desk: Desk, agreement: str) -> Agreement:
    """Raises NotFound, also for an agreement of others. The learner is told who read it."""
    held = desk.office.agreement(agreement).state
    if desk.institution not in (held.home, held.host):
        raise NotFound(f"There is no agreement {agreement}.")
    desk.note_look(held.learner)
    return held


def _one(desk: Desk, agreement: Agreement, error: Exception | None = None) -> Response:
    party = agreement.party(desk.institution)
    spoken = desk.spoken
    return desk.page(
        "desk_agreement.html",
        error,
        agreement=agreement,
        rows=rows(agreement, spoken),
        party=party,
        stages={key.value: spoken.say(words) for key, words in STAGES.items()},
        parties={key.value: spoken.say(words) for key, words in PARTIES.items()},
        tone=TONES[agreement.stage],
        names=names_known(desk.office),
        units=catalogue.units(desk.office.ledger.database),
        numbers=range(1, ROWS + 1),
        may_act=desk.may(StaffRole.REGISTRAR),
        address=f"/desk/{desk.institution}/agreements/{agreement.id}",
    )
