"""Grades: what an institution publishes on them, and what becomes of a learner's."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.bodies import StrictRoute
from api.callers import AnInstitution, InstitutionInPath, LearnerInPath, ReadableWallet, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, NoKey, WrongRole
from api.posting import Post, reading, recording
from api.wire.grading import (
    AgreeCorrespondence,
    AttemptId,
    Averages,
    ConversionShown,
    ConvertGrade,
    CorrespondenceShown,
    FailUnit,
    FailureShown,
    FailureWithdrawnShown,
    FixPolicy,
    GradingShown,
    PolicyShown,
    PublishTable,
    ScaleOf,
    ScaleShown,
    TableShown,
    pairs_of,
)
from api.wire.scalars import InstitutionId
from api.wire.wallet import Withdraw
from domain.errors import (
    AlreadyAssessed,
    AlreadyPublished,
    InvalidValue,
    KeyNotInForce,
    NotConvertible,
    NotFound,
    NotFoundInWallet,
    NotInForce,
    NotPassed,
    WrongInstitution,
)
from domain.values import learner_id
from wallet import grading
from wallet.errors import Erased

router = APIRouter(tags=["Grades"], route_class=StrictRoute)

_PUBLISHING = recording(NotFound, AlreadyPublished, KeyNotInForce, InvalidValue)


@router.get(
    "/institutions/{institution}/grading",
    operation_id="show-grading",
    summary="Show how an institution grades",
    **reading(NotFound),
)
def show_grading(institution: InstitutionInPath, office: TheOffice) -> GradingShown:
    """Its scales, its tables of grades given, its agreements and its policies; nothing of any learner."""
    return GradingShown.of(office.grading(institution).state)


@router.post(
    "/grade-scales",
    operation_id="publish-grade-scale",
    summary="Publish a scale",
    response_model=ScaleShown,
    **_PUBLISHING,
)
def publish_grade_scale(said: ScaleOf, post: Post, caller: AnInstitution) -> Response:
    """The caller says how the grades of a scale are read there: its own scale, or a partner's. It never changes."""
    return post.record(
        lambda once: grading.publish_scale(
            post.office, caller.holder, said.to_domain(), at=post.at, once=once
        ),
        show=ScaleShown.of,
        location=lambda event: f"/institutions/{event.institution}/grading",
    )


@router.post(
    "/grade-distributions",
    operation_id="publish-grade-distribution",
    summary="Publish how often each grade was given",
    response_model=TableShown,
    **_PUBLISHING,
)
def publish_grade_distribution(said: PublishTable, post: Post, caller: AnInstitution) -> Response:
    """Passing grades of two years or more, entered, or counted from the credit the caller awarded."""
    return post.record(
        lambda once: grading.publish_table(
            post.office,
            caller.holder,
            table=said.table,
            scale=said.scale,
            counts=said.counted(),
            since=said.since,
            until=said.until,
            field=said.field,
            cycle=said.cycle.to_domain() if said.cycle else None,
            graded_by=said.graded_by,
            source=said.source,
            at=post.at,
            once=once,
        ),
        show=TableShown.of,
        location=lambda event: f"/institutions/{event.institution}/grading",
    )


@router.post(
    "/grade-correspondences",
    operation_id="agree-grade-correspondence",
    summary="Agree which grade is which",
    response_model=CorrespondenceShown,
    **_PUBLISHING,
)
def agree_grade_correspondence(said: AgreeCorrespondence, post: Post, caller: AnInstitution) -> Response:
    """The caller fixes how the grades of a partner's scale are read on its own."""
    return post.record(
        lambda once: grading.agree_correspondence(
            post.office,
            caller.holder,
            correspondence=said.correspondence,
            from_scale=said.from_scale,
            to_scale=said.to_scale,
            pairs=pairs_of(said),
            agreed_with=said.agreed_with,
            in_force_from=said.in_force_from,
            reference=said.reference,
            at=post.at,
            once=once,
        ),
        show=CorrespondenceShown.of,
        location=lambda event: f"/institutions/{event.institution}/grading",
    )


@router.post(
    "/grading-policies",
    operation_id="fix-grading-policy",
    summary="Fix a grading policy",
    response_model=PolicyShown,
    **_PUBLISHING,
)
def fix_grading_policy(said: FixPolicy, post: Post, caller: AnInstitution) -> Response:
    """The caller fixes in advance what the rules leave open; never for days that are over."""
    return post.record(
        lambda once: grading.fix_policy(
            post.office,
            caller.holder,
            policy=said.policy,
            choice=said.choice,
            least_grades=said.least_grades,
            percent_rounding=said.percent_rounding,
            formula_rounding=said.formula_rounding,
            retakes=said.retakes,
            in_force_from=said.in_force_from,
            average_scale=said.average_scale,
            formula_scale=said.formula_scale,
            reference=said.reference,
            at=post.at,
            once=once,
        ),
        show=PolicyShown.of,
        location=lambda event: f"/institutions/{event.institution}/grading",
    )


@router.post(
    "/learners/{learner}/grade-conversions",
    operation_id="convert-grade",
    summary="Convert a grade",
    response_model=ConversionShown,
    **recording(
        NotFound,
        NotFoundInWallet,
        NotConvertible,
        NotPassed,
        NotInForce,
        AlreadyAssessed,
        KeyNotInForce,
        Erased,
        InvalidValue,
    ),
)
def convert_grade(learner: LearnerInPath, said: ConvertGrade, post: Post, caller: AnInstitution) -> Response:
    """The caller converts a grade; the original stays beside what it became. A fail never becomes a pass."""
    return post.record(
        lambda once: grading.convert_grade(
            post.office,
            caller.holder,
            learner=learner,
            way=said.way.way(),
            credit=said.credit,
            original=said.original.to_domain() if said.original else None,
            given_by=said.given_by,
            converted_on=said.converted_on,
            at=post.at,
            once=once,
        ),
        show=ConversionShown.of,
        location=lambda _: f"/learners/{learner}/events",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/failures",
    operation_id="record-failure",
    summary="Record a failed unit",
    response_model=FailureShown,
    **recording(NotFound, WrongInstitution, AlreadyAssessed, KeyNotInForce, Erased, InvalidValue),
)
def record_failure(learner: LearnerInPath, said: FailUnit, post: Post, caller: AnInstitution) -> Response:
    """The caller records that its unit was failed: no credit, but part of the transcript and the average."""
    return post.record(
        lambda once: grading.fail_unit(
            post.office,
            caller.holder,
            learner=learner,
            unit=said.unit,
            scheme=said.scheme,
            grade=said.grade.to_domain() if said.grade else None,
            failed_on=said.failed_on,
            at=post.at,
            once=once,
        ),
        show=FailureShown.of,
        location=lambda _: f"/learners/{learner}/events",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/failures/{attempt}/withdrawal",
    operation_id="withdraw-failure",
    summary="Withdraw a failure",
    response_model=FailureWithdrawnShown,
    **recording(
        NotFound, NotFoundInWallet, WrongInstitution, NotInForce, KeyNotInForce, Erased, InvalidValue
    ),
)
def withdraw_failure(
    learner: LearnerInPath,
    attempt: Annotated[AttemptId, Path(description="The failed attempt's id.")],
    said: Withdraw,
    post: Post,
    caller: AnInstitution,
) -> Response:
    """The caller takes back a failure that it entered in error."""
    return post.record(
        lambda once: grading.withdraw_failure(
            post.office,
            caller.holder,
            learner=learner,
            attempt=attempt,
            reason=said.reason,
            on=said.withdrawn_on,
            at=post.at,
            once=once,
        ),
        show=FailureWithdrawnShown.of,
        location=lambda _: f"/learners/{learner}/events",
        learner=learner_id(learner),
    )


@router.get(
    "/learners/{learner}/averages/{institution}",
    operation_id="show-averages",
    summary="Show the grade average",
    **reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest),
)
def show_averages(
    learner: ReadableWallet,
    institution: Annotated[InstitutionId, Path(description="Where the grades count.")],
    office: TheOffice,
    at: Now,
) -> Averages:
    """The grade average (GPA) by the institution's policy of today, with every grade it is made of."""
    return Averages.of(grading.show_averages(office, institution, learner, on=at.date()))
