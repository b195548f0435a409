"""Learning agreements: for their three parties, each with a key of its own; to anybody else they are not there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.bodies import StrictRoute
from api.callers import AnInstitution, Anyone, TheOffice
from api.errors import InvalidRequest, NoKey, WrongRole
from api.posting import Post, reading, recording
from api.wire import scalars
from api.wire.agreement import (
    AgreementId,
    AgreementProposedShown,
    Agreements,
    AgreementShown,
    ChangeShown,
    DeclineAgreement,
    LeaveOutComponent,
    OmissionShown,
    PartyDeclined,
    PartySigned,
    ProposeAgreement,
    ProposeChange,
    RecogniseComponent,
    RecognitionShown,
    RecordTranscript,
    SignAgreement,
    TranscriptShown,
    ValidateComponent,
    ValidationShown,
)
from api.wire.memorandum import PhaseShown, RecordPhase
from domain.agreement import Agreement
from domain.errors import (
    AlreadyAssessed,
    AlreadyAwarded,
    AlreadyProposed,
    AlreadyRecognised,
    AlreadySigned,
    AlreadyValidated,
    CountsInFull,
    InvalidValue,
    KeyNotInForce,
    NotAccredited,
    NotAgreed,
    NotAssessed,
    NotFound,
    NotFoundInAgreement,
    NotInForce,
    NotPassed,
    NotValidated,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
    WrongLearner,
)
from domain.values import learner_id
from wallet import agreeing
from wallet.access import Role
from wallet.agreeing import Acting
from wallet.errors import Erased

router = APIRouter(tags=["Mobility"], route_class=StrictRoute)

AgreementInPath = Annotated[AgreementId, Path(description="The agreement's id.")]
ComponentInPath = Annotated[scalars.UnitId, Path(description="The host's unit that the component is.")]


def _acting(caller: Anyone) -> Acting:
    match caller.role:
        case Role.LEARNER:
            return Acting(learner=caller.holder)
        case Role.INSTITUTION:
            return Acting(institution=caller.holder)
        case Role.STAFF | Role.REGISTRY:
            raise WrongRole("This needs a key of a learner or an institution.")


AParty = Annotated[Acting, Depends(_acting)]
"""A learner or an institution; which agreements are theirs is another question."""


def _visible(agreement: AgreementInPath, office: TheOffice, acting: AParty) -> Agreement:
    absent = NotFound(f"There is no agreement {agreement}.")
    try:
        found = office.agreement(agreement).state
        acting.party_to(found)
    except (NotFound, WrongInstitution, WrongLearner):
        raise absent from None
    return found


TheirAgreement = Annotated[Agreement, Depends(_visible)]
"""The agreement in the address, where the caller is a party to it."""


_USUAL = (NotFound, NotInForce, KeyNotInForce, Erased, InvalidValue)


def _here(agreement: Agreement) -> str:
    return f"/agreements/{agreement.id}"


@router.post(
    "/agreements",
    operation_id="propose-agreement",
    summary="Propose a learning agreement",
    response_model=AgreementProposedShown,
    **recording(
        NotFound,
        WrongLearner,
        WrongInstitution,
        WrongDoor,
        AlreadyProposed,
        NotAccredited,
        UnlikeCredits,
        KeyNotInForce,
        Erased,
        InvalidValue,
    ),
)
def propose_agreement(said: ProposeAgreement, post: Post, acting: AParty) -> Response:
    """The caller, who is the learner, home or host, proposes it, which is a signature. The two others sign it."""
    return post.record(
        lambda once: agreeing.propose_agreement(
            post.office,
            acting,
            learner=said.learner,
            home=said.home,
            host=said.host,
            memorandum=said.memorandum,
            components=[each.to_domain() for each in said.components],
            starts_on=said.starts_on,
            ends_on=said.ends_on,
            proposed_on=said.proposed_on,
            at=post.at,
            once=once,
        ),
        show=AgreementProposedShown.of,
        location=lambda event: f"/agreements/{event.agreement}",
        learner=learner_id(said.learner),
    )


@router.get(
    "/agreements",
    operation_id="list-agreements",
    summary="List the learning agreements",
    **reading(NoKey, WrongRole),
)
def list_agreements(office: TheOffice, acting: AParty) -> Agreements:
    """Those that the caller is a party to, in the order they were proposed."""
    found = agreeing.agreements_of(office, acting)
    return Agreements(agreements=[AgreementShown.of(each) for each in found])


@router.get(
    "/agreements/{agreement}",
    operation_id="show-agreement",
    summary="Show a learning agreement",
    **reading(NoKey, WrongRole, NotFound, InvalidRequest),
)
def show_agreement(agreement: TheirAgreement) -> AgreementShown:
    """Its components and how far each has come, who has signed, and the change that waits, if one does."""
    return AgreementShown.of(agreement)


@router.post(
    "/agreements/{agreement}/signatures",
    operation_id="sign-agreement",
    summary="Sign a learning agreement, or its change",
    response_model=PartySigned,
    **recording(*_USUAL, AlreadySigned),
)
def sign_agreement(agreement: TheirAgreement, said: SignAgreement, post: Post, acting: AParty) -> Response:
    """The caller signs, with its own key, the change that is open; or else the agreement as it was proposed."""
    return post.record(
        lambda once: agreeing.sign_agreement(
            post.office,
            acting,
            agreement=agreement.id,
            signed_on=said.signed_on,
            at=post.at,
            once=once,
        ),
        show=PartySigned.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


@router.post(
    "/agreements/{agreement}/refusals",
    operation_id="decline-agreement",
    summary="Decline a learning agreement, or its change",
    response_model=PartyDeclined,
    **recording(*_USUAL, AlreadySigned),
)
def decline_agreement(
    agreement: TheirAgreement, said: DeclineAgreement, post: Post, acting: AParty
) -> Response:
    """The change that is open comes to nothing; or else the agreement does."""
    return post.record(
        lambda once: agreeing.decline_agreement(
            post.office,
            acting,
            agreement=agreement.id,
            reason=said.reason,
            declined_on=said.declined_on,
            at=post.at,
            once=once,
        ),
        show=PartyDeclined.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


@router.post(
    "/agreements/{agreement}/changes",
    operation_id="propose-change",
    summary="Propose a change of a learning agreement",
    response_model=ChangeShown,
    **recording(
        *_USUAL,
        NotAgreed,
        AlreadyProposed,
        AlreadyAssessed,
        NotFoundInAgreement,
        WrongInstitution,
        WrongDoor,
        NotAccredited,
        UnlikeCredits,
    ),
)
def propose_change(agreement: TheirAgreement, said: ProposeChange, post: Post, acting: AParty) -> Response:
    """Nothing changes until the three have signed. What has its result is no longer changed."""
    return post.record(
        lambda once: agreeing.propose_change(
            post.office,
            acting,
            agreement=agreement.id,
            drops=said.drops,
            adds=[each.to_domain() for each in said.adds],
            reason=said.reason,
            proposed_on=said.proposed_on,
            at=post.at,
            once=once,
        ),
        show=ChangeShown.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


@router.post(
    "/agreements/{agreement}/transcripts",
    operation_id="record-transcript",
    summary="Record the host's transcript",
    response_model=TranscriptShown,
    **recording(
        *_USUAL,
        WrongInstitution,
        NotAgreed,
        NotFoundInAgreement,
        AlreadyAssessed,
        NotAccredited,
        UnlikeCredits,
    ),
)
def record_transcript(
    agreement: TheirAgreement, said: RecordTranscript, post: Post, caller: AnInstitution
) -> Response:
    """The host's results, signed by it; with each pass it awards the credit that was agreed."""
    return post.record(
        lambda once: agreeing.record_transcript(
            post.office,
            caller.holder,
            agreement=agreement.id,
            results=[each.to_domain() for each in said.results],
            recorded_on=said.recorded_on,
            at=post.at,
            once=once,
        ),
        show=TranscriptShown.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


_CHAIN = (*_USUAL, WrongInstitution, NotAgreed, NotFoundInAgreement, NotAssessed, NotPassed, NotValidated)


@router.post(
    "/agreements/{agreement}/components/{host_unit}/validation",
    operation_id="validate-component",
    summary="Validate a component",
    response_model=ValidationShown,
    **recording(*_CHAIN, AlreadyValidated),
)
def validate_component(
    agreement: TheirAgreement,
    host_unit: ComponentInPath,
    said: ValidateComponent,
    post: Post,
    caller: AnInstitution,
) -> Response:
    """Home confirms that the outcomes assessed are those it required."""
    return post.record(
        lambda once: agreeing.validate_component(
            post.office,
            caller.holder,
            agreement=agreement.id,
            host_unit=host_unit,
            validated_on=said.validated_on,
            at=post.at,
            once=once,
        ),
        show=ValidationShown.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


@router.post(
    "/agreements/{agreement}/components/{host_unit}/recognition",
    operation_id="recognise-component",
    summary="Recognise a component",
    response_model=RecognitionShown,
    **recording(*_CHAIN, AlreadyRecognised, AlreadyAwarded, NotAccredited, UnlikeCredits),
)
def recognise_component(
    agreement: TheirAgreement,
    host_unit: ComponentInPath,
    said: RecogniseComponent,
    post: Post,
    caller: AnInstitution,
) -> Response:
    """Home recognises what was passed, and its credit is transferred there. A memorandum in force validates it."""
    return post.record(
        lambda once: agreeing.recognise_component(
            post.office,
            caller.holder,
            agreement=agreement.id,
            host_unit=host_unit,
            recognised_on=said.recognised_on,
            at=post.at,
            once=once,
        ),
        show=RecognitionShown.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


@router.post(
    "/agreements/{agreement}/components/{host_unit}/omission",
    operation_id="leave-out-component",
    summary="Leave a component out",
    response_model=OmissionShown,
    **recording(*_CHAIN, CountsInFull, AlreadyRecognised),
)
def leave_out_component(
    agreement: TheirAgreement,
    host_unit: ComponentInPath,
    said: LeaveOutComponent,
    post: Post,
    caller: AnInstitution,
) -> Response:
    """Home says that a component does not count, and why. What was agreed and passed is never left out."""
    return post.record(
        lambda once: agreeing.leave_out_component(
            post.office,
            caller.holder,
            agreement=agreement.id,
            host_unit=host_unit,
            reason=said.reason,
            left_out_on=said.left_out_on,
            at=post.at,
            once=once,
        ),
        show=OmissionShown.of,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )


@router.post(
    "/agreements/{agreement}/phases",
    operation_id="record-mobility-phase",
    summary="Record a phase of a learner's quality circle",
    response_model=PhaseShown,
    **recording(*_USUAL),
)
def record_mobility_phase(
    agreement: TheirAgreement, said: RecordPhase, post: Post, acting: AParty
) -> Response:
    """What a party found in a phase of this mobility. The phases come in turn."""
    return post.record(
        lambda once: agreeing.record_mobility_phase(
            post.office,
            acting,
            agreement=agreement.id,
            phase=said.phase,
            findings=said.findings,
            recorded_on=said.recorded_on,
            at=post.at,
            once=once,
        ),
        show=PhaseShown.of_agreement,
        location=lambda _: _here(agreement),
        learner=agreement.learner,
    )
