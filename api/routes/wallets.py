"""What happens in a learner's wallet: she claims; institutions assess, award, transfer, withdraw and confer."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.bodies import StrictRoute
from api.callers import AnInstitution, HerOwnOrRegistry, HerOwnWallet, LearnerInPath, RegistryOrInstitution
from api.posting import Post, recording
from api.wire import scalars
from api.wire.wallet import (
    AchievementAssessedShown,
    AchievementClaimedShown,
    Assess,
    Award,
    Claim,
    Confer,
    ConferralWithdrawnShown,
    CreditAwardedShown,
    CreditTransferredShown,
    CreditWithdrawnShown,
    Erase,
    ErasureShown,
    LearnerAdmitted,
    QualificationConferredShown,
    Transfer,
    Withdraw,
)
from domain.errors import (
    AlreadyAssessed,
    AlreadyAwarded,
    AlreadyConferred,
    AlreadyTransferred,
    InvalidValue,
    KeyNotInForce,
    NotAccredited,
    NotAssessed,
    NotFound,
    NotFoundInWallet,
    NotInForce,
    NotPassed,
    NotRecognised,
    RequirementsNotMet,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
)
from domain.values import Setting, learner_id
from wallet import access, awarding, erasing, issuing
from wallet.errors import Erased

router = APIRouter(tags=["Wallets"], route_class=StrictRoute)

CreditInPath = Annotated[scalars.CreditId, Path(description="The credit's id.")]
ConferralInPath = Annotated[scalars.ConferralId, Path(description="The conferral's id.")]
AchievementInPath = Annotated[scalars.AchievementId, Path(description="The achievement's id.")]


@router.post(
    "/learners",
    operation_id="admit-learner",
    summary="Open a wallet for a learner",
    response_model=LearnerAdmitted,
    **recording(),
)
def admit_learner(post: Post, caller: RegistryOrInstitution) -> Response:
    """A new learner, with an id that says nothing of the person, a DID, and an API key that is shown only here."""
    return post.record(
        lambda once: access.admit(post.office, opened_by=caller.holder, at=post.at, once=once),
        show=LearnerAdmitted.of,
        location=lambda admitted: f"/learners/{admitted.learner}/record",
    )


@router.post(
    "/learners/{learner}/erasure",
    operation_id="erase-learner",
    summary="Erase a learner",
    response_model=ErasureShown,
    **recording(NotFound, InvalidValue),
)
def erase_learner(learner: HerOwnOrRegistry, said: Erase, post: Post) -> Response:
    """Her keys are destroyed, and with them all that was sealed under them. Nobody can undo it.

    By the learner herself, or by the registry at her request. What she was issued and keeps herself stays valid. The
    answer carries a receipt that the registry has signed; her own API keys end with this request.
    """
    if said.learner != learner:
        raise InvalidValue("The learner in the body is another than the one in the address.")
    return post.record(
        lambda once: erasing.erase(post.office, learner, at=post.at, once=once),
        show=ErasureShown.of,
        location=lambda _: "/",
    )


@router.post(
    "/learners/{learner}/achievements",
    operation_id="claim-achievement",
    summary="Claim learning outside formal education",
    response_model=AchievementClaimedShown,
    **recording(NotFound, Erased, InvalidValue),
)
def claim_achievement(learner: HerOwnWallet, said: Claim, post: Post) -> Response:
    """The learner says what she learnt. It carries no credit until an institution has assessed it."""
    return post.record(
        lambda once: awarding.claim(
            post.office,
            learner,
            setting=Setting(said.setting),
            names=said.names,
            achieved_on=said.achieved_on,
            provider=said.provider,
            hours=said.hours,
            evidence=[each.to_domain() for each in said.evidence],
            at=post.at,
            once=once,
        ),
        show=AchievementClaimedShown.of,
        location=lambda _: f"/learners/{learner}/record",
        learner=learner,
    )


@router.post(
    "/learners/{learner}/achievements/{achievement}/assessments",
    operation_id="assess-achievement",
    summary="Assess a claim",
    response_model=AchievementAssessedShown,
    **recording(
        NotFound, NotFoundInWallet, AlreadyAssessed, WrongInstitution, KeyNotInForce, Erased, InvalidValue
    ),
)
def assess_achievement(
    learner: LearnerInPath, achievement: AchievementInPath, said: Assess, post: Post, caller: AnInstitution
) -> Response:
    """The institution judges the claim, against its own unit where there is a comparable one."""
    return post.record(
        lambda once: awarding.assess(
            post.office,
            caller.holder,
            learner=learner,
            achievement=achievement,
            result=said.result,
            assessed_on=said.assessed_on,
            unit=said.unit,
            outcomes=said.outcomes,
            grade=said.grade.to_domain() if said.grade else None,
            at=post.at,
            once=once,
        ),
        show=AchievementAssessedShown.of,
        location=lambda _: f"/learners/{learner}/record",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/credits",
    operation_id="award-credit",
    summary="Award credit",
    response_model=CreditAwardedShown,
    **recording(
        NotFound,
        AlreadyAwarded,
        NotAccredited,
        WrongInstitution,
        WrongDoor,
        NotFoundInWallet,
        NotAssessed,
        NotPassed,
        UnlikeCredits,
        KeyNotInForce,
        Erased,
        InvalidValue,
    ),
)
def award_credit(learner: LearnerInPath, said: Award, post: Post, caller: AnInstitution) -> Response:
    """The institution awards credit for its unit: for formal study, or for an achievement it has assessed."""
    return post.record(
        lambda once: awarding.award(
            post.office,
            caller.holder,
            learner=learner,
            unit=said.unit,
            scheme=said.scheme,
            points=said.points.to_domain() if said.points else None,
            grade=said.grade.to_domain() if said.grade else None,
            achievement=said.achievement,
            awarded_on=said.awarded_on,
            at=post.at,
            once=once,
        ),
        show=CreditAwardedShown.of,
        location=lambda _: f"/learners/{learner}/credits",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/credits/{credit}/withdrawal",
    operation_id="withdraw-credit",
    summary="Withdraw credit",
    response_model=CreditWithdrawnShown,
    **recording(
        NotFound, NotFoundInWallet, WrongInstitution, NotInForce, KeyNotInForce, Erased, InvalidValue
    ),
)
def withdraw_credit(
    learner: LearnerInPath, credit: CreditInPath, said: Withdraw, post: Post, caller: AnInstitution
) -> Response:
    """The institution takes back its credit; its credentials that tell of it are revoked with it."""
    return post.record(
        lambda once: issuing.withdraw_credit(
            post.office,
            caller.holder,
            learner=learner,
            credit=credit,
            reason=said.reason,
            on=said.withdrawn_on,
            at=post.at,
            once=once,
        ),
        show=CreditWithdrawnShown.of,
        location=lambda _: f"/learners/{learner}/credits",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/credits/{credit}/transfers",
    operation_id="transfer-credit",
    summary="Transfer credit",
    response_model=CreditTransferredShown,
    **recording(
        NotFound,
        NotFoundInWallet,
        NotInForce,
        NotRecognised,
        AlreadyTransferred,
        AlreadyAwarded,
        NotAccredited,
        WrongInstitution,
        UnlikeCredits,
        KeyNotInForce,
        Erased,
        InvalidValue,
    ),
)
def transfer_credit(
    learner: LearnerInPath, credit: CreditInPath, said: Transfer, post: Post, caller: AnInstitution
) -> Response:
    """The caller counts a credit that another institution awarded, on the ground of an agreement."""
    return post.record(
        lambda once: awarding.transfer(
            post.office,
            caller.holder,
            learner=learner,
            from_credit=credit,
            agreement=said.agreement,
            unit=said.unit,
            rule=said.rule,
            transferred_on=said.transferred_on,
            at=post.at,
            once=once,
        ),
        show=CreditTransferredShown.of,
        location=lambda _: f"/learners/{learner}/credits",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/conferrals",
    operation_id="confer-qualification",
    summary="Confer a qualification",
    response_model=QualificationConferredShown,
    **recording(
        NotFound, RequirementsNotMet, AlreadyConferred, WrongInstitution, KeyNotInForce, Erased, InvalidValue
    ),
)
def confer_qualification(learner: LearnerInPath, said: Confer, post: Post, caller: AnInstitution) -> Response:
    """The institution confers its qualification on the credits that count there; or says what is missing."""
    return post.record(
        lambda once: awarding.confer(
            post.office,
            caller.holder,
            learner=learner,
            qualification=said.qualification,
            conferred_on=said.conferred_on,
            at=post.at,
            once=once,
        ),
        show=QualificationConferredShown.of,
        location=lambda _: f"/learners/{learner}/record",
        learner=learner_id(learner),
    )


@router.post(
    "/learners/{learner}/conferrals/{conferral}/withdrawal",
    operation_id="withdraw-conferral",
    summary="Withdraw a qualification",
    response_model=ConferralWithdrawnShown,
    **recording(
        NotFound, NotFoundInWallet, WrongInstitution, NotInForce, KeyNotInForce, Erased, InvalidValue
    ),
)
def withdraw_conferral(
    learner: LearnerInPath, conferral: ConferralInPath, said: Withdraw, post: Post, caller: AnInstitution
) -> Response:
    """The institution takes back its qualification; its credentials that tell of it are revoked with it."""
    return post.record(
        lambda once: issuing.withdraw_conferral(
            post.office,
            caller.holder,
            learner=learner,
            conferral=conferral,
            reason=said.reason,
            on=said.withdrawn_on,
            at=post.at,
            once=once,
        ),
        show=ConferralWithdrawnShown.of,
        location=lambda _: f"/learners/{learner}/credits",
        learner=learner_id(learner),
    )
