"""The catalogue: what can be learnt, and what it earns. Institutions write in it; anyone may read it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.bodies import StrictRoute
from api.callers import InstitutionInPath, TheInstitutionItself, TheOffice
from api.posting import Post, reading, recording
from api.wire import scalars
from api.wire.qualification import (
    AllowSharing,
    DescribeQualification,
    QualificationListed,
    QualificationRevisedShown,
    Qualifications,
    QualificationShown,
    ReviseQualification,
    SharingAllowedShown,
    SharingEndedShown,
)
from api.wire.unit import (
    DescribeUnit,
    OfferUnit,
    ReviseUnit,
    UnitListed,
    UnitOfferedShown,
    UnitRevisedShown,
    Units,
    UnitShown,
)
from domain.errors import (
    AlreadyDescribed,
    AlreadyDone,
    InvalidValue,
    KeyNotInForce,
    NotFound,
    WrongInstitution,
)
from wallet import describing
from wallet.projections import catalogue

router = APIRouter(tags=["Catalogue"], route_class=StrictRoute)

UnitInPath = Annotated[scalars.UnitId, Path(description="The unit's id.")]
QualificationInPath = Annotated[scalars.QualificationId, Path(description="The qualification's id.")]
OfInstitution = Annotated[scalars.InstitutionId | None, Query(description="Only this institution's.")]


@router.post(
    "/institutions/{institution}/units",
    operation_id="describe-unit",
    summary="Describe a unit",
    response_model=UnitShown,
    **recording(NotFound, AlreadyDescribed, KeyNotInForce, InvalidValue),
)
def describe_unit(
    institution: InstitutionInPath, said: DescribeUnit, post: Post, _caller: TheInstitutionItself
) -> Response:
    """Enter a unit, with its learning outcomes and the credit allocated to it; signed by the institution."""
    return post.record(
        lambda once: describing.describe_unit(
            post.office, institution, unit=said.unit, description=said.to_domain(), at=post.at, once=once
        ),
        show=UnitShown.described,
        location=lambda event: f"/units/{event.unit}",
    )


@router.post(
    "/institutions/{institution}/units/{unit}/revisions",
    operation_id="revise-unit",
    summary="Describe a unit anew",
    response_model=UnitRevisedShown,
    **recording(NotFound, WrongInstitution, KeyNotInForce, InvalidValue),
)
def revise_unit(
    institution: InstitutionInPath,
    unit: UnitInPath,
    said: ReviseUnit,
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """The whole description, in the place of the one before. Credit awarded before stays as it was awarded."""
    return post.record(
        lambda once: describing.revise_unit(
            post.office, institution, unit=unit, description=said.to_domain(), at=post.at, once=once
        ),
        show=lambda event: UnitRevisedShown.of(event, unit, institution),
        location=lambda _: f"/units/{unit}",
    )


@router.get("/units", operation_id="list-units", summary="List the units", **reading())
def list_units(office: TheOffice, institution: OfInstitution = None) -> Units:
    """Every unit described here, or one institution's."""
    office.follower.catch_up()
    rows = catalogue.units(office.ledger.database, institution)
    return Units(units=[UnitListed.of(row) for row in rows])


@router.get("/units/{unit}", operation_id="show-unit", summary="Show a unit", **reading(NotFound))
def show_unit(unit: UnitInPath, office: TheOffice) -> UnitShown:
    """The unit as its institution describes it today."""
    return UnitShown.of(office.unit(unit).state)


@router.post(
    "/institutions/{institution}/units/{unit}/offering",
    operation_id="offer-unit",
    summary="Say when a unit is taught",
    response_model=UnitOfferedShown,
    **recording(NotFound, WrongInstitution, KeyNotInForce, InvalidValue),
)
def offer_unit(
    institution: InstitutionInPath,
    unit: UnitInPath,
    said: OfferUnit,
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """In which terms the unit is taught, and which units come before it: what a plan respects."""
    return post.record(
        lambda once: describing.offer_unit(
            post.office,
            institution,
            unit=unit,
            terms=said.terms,
            prerequisites=said.prerequisites,
            at=post.at,
            once=once,
        ),
        show=UnitOfferedShown.of,
        location=lambda _: f"/units/{unit}",
    )


@router.post(
    "/institutions/{institution}/qualifications",
    operation_id="describe-qualification",
    summary="Describe a qualification",
    response_model=QualificationShown,
    **recording(NotFound, AlreadyDescribed, KeyNotInForce, InvalidValue),
)
def describe_qualification(
    institution: InstitutionInPath, said: DescribeQualification, post: Post, _caller: TheInstitutionItself
) -> Response:
    """Enter a qualification, with the tree of requirements that earns it; signed by the institution."""

    def names_of(unit: str) -> scalars.Names:
        return post.office.unit(unit).state.names

    return post.record(
        lambda once: describing.describe_qualification(
            post.office,
            institution,
            qualification=said.qualification,
            description=said.to_domain(names_of),
            at=post.at,
            once=once,
        ),
        show=QualificationShown.described,
        location=lambda event: f"/qualifications/{event.qualification}",
    )


@router.post(
    "/institutions/{institution}/qualifications/{qualification}/revisions",
    operation_id="revise-qualification",
    summary="Describe a qualification anew",
    response_model=QualificationRevisedShown,
    **recording(NotFound, WrongInstitution, KeyNotInForce, InvalidValue),
)
def revise_qualification(
    institution: InstitutionInPath,
    qualification: QualificationInPath,
    said: ReviseQualification,
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """The whole description, in the place of the one before. What was conferred before stays conferred."""

    def names_of(unit: str) -> scalars.Names:
        return post.office.unit(unit).state.names

    return post.record(
        lambda once: describing.revise_qualification(
            post.office,
            institution,
            qualification=qualification,
            description=said.to_domain(names_of),
            at=post.at,
            once=once,
        ),
        show=lambda event: QualificationRevisedShown.of(event, qualification, institution),
        location=lambda _: f"/qualifications/{qualification}",
    )


@router.post(
    "/institutions/{institution}/qualifications/{qualification}/sharing",
    operation_id="allow-sharing",
    summary="Let credit count towards two qualifications",
    response_model=SharingAllowedShown,
    **recording(NotFound, AlreadyDone, WrongInstitution, KeyNotInForce, InvalidValue),
)
def allow_sharing(
    institution: InstitutionInPath,
    qualification: QualificationInPath,
    said: AllowSharing,
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """Credit that another qualification rests on counts once; unless a rule of this one, named here, shares it."""
    return post.record(
        lambda once: describing.allow_sharing(
            post.office,
            institution,
            qualification=qualification,
            other=said.other,
            rule=said.rule,
            at=post.at,
            once=once,
        ),
        show=SharingAllowedShown.of,
        location=lambda _: f"/qualifications/{qualification}",
    )


@router.post(
    "/institutions/{institution}/qualifications/{qualification}/sharing/{other}/end",
    operation_id="end-sharing",
    summary="End a sharing rule",
    response_model=SharingEndedShown,
    **recording(NotFound, WrongInstitution, KeyNotInForce, InvalidValue),
)
def end_sharing(
    institution: InstitutionInPath,
    qualification: QualificationInPath,
    other: Annotated[scalars.QualificationId, Path(description="The other qualification's id.")],
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """From now on such credit counts once again; what was conferred under the rule stays conferred."""
    return post.record(
        lambda once: describing.end_sharing(
            post.office, institution, qualification=qualification, other=other, at=post.at, once=once
        ),
        show=SharingEndedShown.of,
        location=lambda _: f"/qualifications/{qualification}",
    )


@router.get(
    "/qualifications", operation_id="list-qualifications", summary="List the qualifications", **reading()
)
def list_qualifications(office: TheOffice, institution: OfInstitution = None) -> Qualifications:
    """Every qualification described here, or one institution's."""
    office.follower.catch_up()
    rows = catalogue.qualifications(office.ledger.database, institution)
    return Qualifications(qualifications=[QualificationListed.of(row) for row in rows])


@router.get(
    "/qualifications/{qualification}",
    operation_id="show-qualification",
    summary="Show a qualification",
    **reading(NotFound),
)
def show_qualification(qualification: QualificationInPath, office: TheOffice) -> QualificationShown:
    """The qualification as its institution describes it today, with its requirements."""
    return QualificationShown.of(office.qualification(qualification).state)
