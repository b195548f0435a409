"""Quality: indicators computed from the ledger, indicators reported by institutions, and partners' circles."""

from fastapi import APIRouter, Response

from api.bodies import StrictRoute
from api.callers import AnInstitution, InstitutionInPath, TheInstitutionItself, TheOffice
from api.posting import Post, reading, recording
from api.routes.memoranda import MemorandumInPath
from api.wire.memorandum import PhaseShown, RecordPhase
from api.wire.quality import (
    IndicatorShown,
    InstitutionQualityShown,
    PartnershipQualityShown,
    ReportIndicator,
)
from domain.errors import InvalidValue, KeyNotInForce, NotFound, WrongInstitution
from wallet import evaluating, partnering

router = APIRouter(tags=["Mobility"], route_class=StrictRoute)


@router.get(
    "/institutions/{institution}/quality",
    operation_id="show-institution-quality",
    summary="Show an institution's indicators",
    **reading(NotFound),
)
def show_institution_quality(institution: InstitutionInPath, office: TheOffice) -> InstitutionQualityShown:
    """Participation and completion, computed; and apart from them what the institution reports. Anyone may ask."""
    return InstitutionQualityShown.of(evaluating.quality_of_institution(office, institution))


@router.post(
    "/institutions/{institution}/indicators",
    operation_id="report-indicator",
    summary="Report an indicator",
    response_model=IndicatorShown,
    **recording(NotFound, KeyNotInForce, InvalidValue),
)
def report_indicator(
    institution: InstitutionInPath, said: ReportIndicator, post: Post, _caller: TheInstitutionItself
) -> Response:
    """Placement, use of skills at work or unemployment, which no ledger of credit knows; with its source."""
    return post.record(
        lambda once: evaluating.report_indicator(
            post.office,
            institution,
            indicator=said.to_domain(),
            percent=said.percent,
            since=said.since,
            until=said.until,
            source=said.source,
            reported_on=said.reported_on,
            at=post.at,
            once=once,
        ),
        show=IndicatorShown.of,
        location=lambda _: f"/institutions/{institution}/quality",
    )


@router.get(
    "/memoranda/{memorandum}/quality",
    operation_id="show-partnership-quality",
    summary="Show what came of a memorandum",
    **reading(NotFound),
)
def show_partnership_quality(memorandum: MemorandumInPath, office: TheOffice) -> PartnershipQualityShown:
    """The stays under it in numbers, and the partners' findings in their quality circle. Anyone may ask."""
    return PartnershipQualityShown.of(evaluating.quality_of_partnership(office, memorandum))


@router.post(
    "/memoranda/{memorandum}/phases",
    operation_id="record-partnership-phase",
    summary="Record a phase of a partnership's quality circle",
    response_model=PhaseShown,
    **recording(NotFound, WrongInstitution, KeyNotInForce, InvalidValue),
)
def record_partnership_phase(
    memorandum: MemorandumInPath, said: RecordPhase, post: Post, caller: AnInstitution
) -> Response:
    """What a partner found in a phase. The phases come in turn, and everybody may read them."""
    return post.record(
        lambda once: partnering.record_partnership_phase(
            post.office,
            caller.holder,
            memorandum=memorandum,
            phase=said.phase,
            findings=said.findings,
            recorded_on=said.recorded_on,
            at=post.at,
            once=once,
        ),
        show=PhaseShown.of_memorandum,
        location=lambda _: f"/memoranda/{memorandum}/quality",
    )
