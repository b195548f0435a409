"""Recognition of prior learning: policies that anyone may read, commissions, and cases from application to appeal.

A learner's key applies and appeals; an institution's passes documents on and enters results; a key of one of the
staff concludes, votes and presides, each with the person's own signature. The day of an act is the day it came in, by
the working calendar: nobody dates it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.bodies import MEBIBYTE, StrictRoute
from api.callers import (
    ALearner,
    AnInstitution,
    Anyone,
    HerOwnWallet,
    InstitutionInPath,
    OneOfTheStaff,
    TheInstitutionItself,
    TheOffice,
    note_look,
)
from api.clock import Now
from api.posting import Post, reading, recording
from api.wire import scalars
from api.wire.recognition import (
    Acted,
    Appeal,
    Apply,
    Assign,
    BallotShown,
    CaseShown,
    CastBallot,
    CastVote,
    CommissionShown,
    Compose,
    Conclude,
    Decide,
    DecisionShown,
    DeclareInterest,
    DocumentKept,
    ElectedShown,
    Enter,
    ErasedCaseShown,
    ExtractShown,
    KeepDocument,
    MakeStaffKey,
    Meet,
    Queue,
    QueuedShown,
    RegisterStaff,
    StaffKeyMade,
    StaffShown,
)
from api.wire.recognition_policy import PolicyShown, PolicyVersions, PublishPolicy
from domain.errors import (
    AgainstPolicy,
    AlreadyApplied,
    AlreadyAwarded,
    AlreadyComposed,
    AlreadyConcluded,
    AlreadyDone,
    AlreadyRecognised,
    AlreadyRegistered,
    AlreadyVoted,
    CalendarUnknown,
    EvidenceRefused,
    InvalidValue,
    KeyNotInForce,
    NotAccredited,
    NotFound,
    NotInForce,
    NotOfTheCommission,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
    WrongStage,
)
from domain.kazakhstan import KAZAKHSTAN
from domain.recognition import Case
from domain.values import learner_id
from wallet import access, examining, portfolio, recognising
from wallet.access import Role
from wallet.errors import Erased


class PortfolioRoute(StrictRoute):
    """A route to which documents are sent: 10 MiB of them are 14 in base64."""

    limit = 14 * MEBIBYTE


router = APIRouter(tags=["Recognition"], route_class=StrictRoute)
documents = APIRouter(tags=["Recognition"], route_class=PortfolioRoute)

CaseInPath = Annotated[scalars.CaseId, Path(description="The case's id.")]
CommissionInPath = Annotated[scalars.CommissionId, Path(description="The commission's id.")]
PersonInPath = Annotated[scalars.PersonId, Path(description="The id of one of the staff.")]
DigestInPath = Annotated[
    str, Path(description="The document's SHA-256 in hex.", pattern="^[0-9a-f]{64}$", max_length=64)
]
_IN_A_CASE = (NotFound, WrongStage, AgainstPolicy, CalendarUnknown, Erased, InvalidValue)

# --- policies -------------------------------------------------------------------------------------------


@router.post(
    "/institutions/{institution}/recognition-policies",
    operation_id="publish-recognition-policy",
    summary="Publish a policy of recognition",
    response_model=PolicyShown,
    **recording(NotFound, KeyNotInForce, InvalidValue),
)
def publish_policy(
    institution: InstitutionInPath, said: PublishPolicy, post: Post, _caller: TheInstitutionItself
) -> Response:
    """The next version of the institution's policy. Cases filed before it is in force keep the one they had."""
    return post.record(
        lambda once: recognising.publish_policy(
            post.office,
            institution,
            said.rules.to_domain(),
            in_force_from=said.in_force_from,
            reference=said.reference,
            at=post.at,
            once=once,
        ),
        show=PolicyShown.of,
        location=lambda _: f"/institutions/{institution}/recognition-policies",
    )


@router.get(
    "/institutions/{institution}/recognition-policies",
    operation_id="list-recognition-policies",
    summary="Read an institution's policies of recognition",
    **reading(NotFound),
)
def list_policies(institution: InstitutionInPath, office: TheOffice) -> PolicyVersions:
    """Every version, with its parameters and the clause that each rule cites. Anyone may ask."""
    return PolicyVersions.of(office.recognition_policy(institution).state)


# --- people ---------------------------------------------------------------------------------------------


@router.post(
    "/institutions/{institution}/staff",
    operation_id="register-staff",
    summary="Register one of the staff",
    response_model=StaffShown,
    **recording(NotFound, AlreadyRegistered, KeyNotInForce, InvalidValue),
)
def register_staff(
    institution: InstitutionInPath, said: RegisterStaff, post: Post, _caller: TheInstitutionItself
) -> Response:
    """Somebody who examines and decides, under a new signing key of her own."""
    return post.record(
        lambda once: examining.register_staff(
            post.office,
            institution,
            person=said.person,
            position=said.position,
            side=said.side,
            teaches=said.teaches,
            affiliations=said.affiliations,
            at=post.at,
            once=once,
        ),
        show=StaffShown.of,
        location=lambda event: f"/staff/{event.person}",
    )


@router.get(
    "/staff/{person}", operation_id="show-staff", summary="Show one of the staff", **reading(NotFound)
)
def show_staff(person: PersonInPath, office: TheOffice) -> StaffShown:
    """Her position, and what she does not judge: what she teaches, and whom she works for. Anyone may ask."""
    return StaffShown.of(office.staff(person).state)


@router.post(
    "/institutions/{institution}/staff/{person}/api-keys",
    operation_id="make-staff-key",
    summary="Make an API key for one of the staff",
    response_model=StaffKeyMade,
    **recording(NotFound, WrongInstitution, InvalidValue),
)
def make_staff_key(
    institution: InstitutionInPath,
    person: PersonInPath,
    said: MakeStaffKey,
    post: Post,
    caller: TheInstitutionItself,
) -> Response:
    """The key acts for her, and for nobody else: it is to be given to her. It is shown in this answer only."""
    if post.office.staff(person).state.institution != institution:
        raise WrongInstitution(f"{person} is not of the staff of {institution}.")
    return post.record(
        lambda once: access.grant(
            post.office,
            holder=person,
            role=Role.STAFF,
            label=said.label,
            until=post.at + access.GOOD_FOR,
            within=caller.grant,
            at=post.at,
            once=once,
        ),
        show=lambda made: StaffKeyMade(api_key=made.secret, role="staff", holder=person, label=said.label),
        location=lambda _: f"/staff/{person}",
    )


@router.post(
    "/institutions/{institution}/commissions",
    operation_id="compose-commission",
    summary="Compose a commission",
    response_model=CommissionShown,
    **recording(NotFound, AlreadyComposed, AgainstPolicy, WrongInstitution, KeyNotInForce, InvalidValue),
)
def compose_commission(
    institution: InstitutionInPath, said: Compose, post: Post, _caller: TheInstitutionItself
) -> Response:
    """An odd number of members, of the administration and the teaching staff; it elects its chair and deputy."""
    return post.record(
        lambda once: examining.compose(
            post.office,
            institution,
            commission=said.commission,
            members=said.members,
            reference=said.reference,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=CommissionShown.composed,
        location=lambda event: f"/commissions/{event.commission}",
    )


@router.get(
    "/commissions/{commission}",
    operation_id="show-commission",
    summary="Show a commission",
    **reading(NotFound),
)
def show_commission(commission: CommissionInPath, office: TheOffice) -> CommissionShown:
    """Its members, their open ballots, and whom they elected. Anyone may ask."""
    return CommissionShown.of(office.commission(commission).state)


@router.post(
    "/commissions/{commission}/ballots",
    operation_id="cast-ballot",
    summary="Vote for a chair and a deputy",
    response_model=BallotShown,
    **recording(NotFound, AlreadyComposed, NotOfTheCommission, InvalidValue),
)
def cast_ballot(
    commission: CommissionInPath, said: CastBallot, post: Post, caller: OneOfTheStaff
) -> Response:
    """A member's open vote, signed by her; it may be cast anew until the election is over."""
    return post.record(
        lambda once: examining.cast_ballot(
            post.office,
            commission,
            by=caller.holder,
            chair=said.chair,
            deputy=said.deputy,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=BallotShown.of,
        location=lambda _: f"/commissions/{commission}",
    )


@router.post(
    "/commissions/{commission}/election",
    operation_id="declare-election",
    summary="Declare who was elected",
    response_model=ElectedShown,
    **recording(NotFound, AlreadyComposed, AgainstPolicy, WrongInstitution, KeyNotInForce, InvalidValue),
)
def declare_election(commission: CommissionInPath, post: Post, caller: AnInstitution) -> Response:
    """Chair and deputy are whom a majority of all members wants; until there is one, nobody is elected."""
    return post.record(
        lambda once: examining.elect(
            post.office,
            caller.holder,
            commission,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=ElectedShown.of,
        location=lambda _: f"/commissions/{commission}",
    )


# --- the portfolio --------------------------------------------------------------------------------------


@documents.post(
    "/learners/{learner}/documents",
    operation_id="keep-document",
    summary="Put a document into the portfolio",
    response_model=DocumentKept,
    **recording(NotFound, Erased, InvalidValue),
)
def keep_document(learner: HerOwnWallet, said: KeepDocument, post: Post) -> Response:
    """A PDF, PNG or JPEG of at most 10 MiB. It is sealed with the learner's key; an application names its SHA-256."""
    return post.record(
        lambda once: portfolio.keep(
            post.office, learner, said.content, name=said.name, at=post.at, once=once
        ),
        show=DocumentKept.of,
        location=lambda kept: f"/learners/{learner}/documents/{kept.sha256}",
        learner=learner,
    )


def _as_a_file() -> dict[str, Any]:
    content = {
        media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in portfolio.MEDIA_TYPES
    }
    said = reading(NotFound, Erased)
    said["responses"][200] = {"description": "The document, as it was handed in.", "content": content}
    return {**said, "response_class": Response}


def _a_file(document: portfolio.Document) -> Response:
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(document.content, media_type=document.media_type, headers=headers)


@router.get(
    "/learners/{learner}/documents/{document}",
    operation_id="read-document",
    summary="Read a document of the portfolio",
    **_as_a_file(),
)
def read_document(learner: HerOwnWallet, document: DigestInPath, office: TheOffice) -> Response:
    """The learner's own document, by its SHA-256."""
    return _a_file(portfolio.read(office, learner, document))


def _case_read(recognition: CaseInPath, request: Request, office: TheOffice, caller: Anyone, at: Now) -> Case:
    """The case, for whom it may be read, who is noted for the learner; for anybody else there is none."""
    case = _readable(office, recognition, caller)
    note_look(
        request, office, caller, case.applied.learner, access.right_to_read_case(caller.grant, case), at
    )
    return case


CaseRead = Annotated[Case, Depends(_case_read)]


@router.get(
    "/recognitions/{recognition}/documents/{document}",
    operation_id="read-case-document",
    summary="Read a document of a case",
    **_as_a_file(),
)
def read_case_document(document: DigestInPath, office: TheOffice, case: CaseRead) -> Response:
    """For whom the case may be read: a document that it names, and no other of the portfolio."""
    if document not in {each.sha256 for each in case.documents}:
        raise NotFound(f"The case {case.id} names no document {document}.")
    return _a_file(portfolio.read(office, case.applied.learner, document))


# --- the learner ----------------------------------------------------------------------------------------


@router.post(
    "/learners/{learner}/recognitions",
    operation_id="apply-for-recognition",
    summary="Apply for recognition",
    response_model=CaseShown,
    **recording(
        NotFound,
        AlreadyApplied,
        AlreadyRecognised,
        AlreadyAwarded,
        AgainstPolicy,
        EvidenceRefused,
        CalendarUnknown,
        WrongInstitution,
        WrongDoor,
        NotAccredited,
        NotInForce,
        UnlikeCredits,
        Erased,
        InvalidValue,
    ),
)
def apply_for_recognition(learner: HerOwnWallet, said: Apply, post: Post) -> Response:
    """The learner asks, with her signature, that what she learnt elsewhere takes the place of a unit.

    What could not be granted is refused at once, and names the clause: too late before the academic period, a
    language certificate that has run out, learning that carries credit already.
    """
    return post.record(
        lambda once: recognising.apply(
            post.office,
            learner,
            institution=said.institution,
            unit=said.unit,
            points=said.points.to_domain() if said.points else None,
            sources=[source.to_domain() for source in said.sources],
            identity=said.identity.to_domain(),
            period_from=said.period_from,
            on=KAZAKHSTAN.day_of(post.at),
            qualification=said.qualification,
            close_to=said.close_to,
            at=post.at,
            once=once,
        ),
        show=CaseShown.applied,
        location=lambda event: f"/recognitions/{event.case}",
        learner=learner,
    )


@router.post(
    "/recognitions/{recognition}/appeal",
    operation_id="appeal-recognition",
    summary="Appeal a decision",
    response_model=Acted,
    **recording(*_IN_A_CASE),
)
def appeal(recognition: CaseInPath, said: Appeal, post: Post, caller: ALearner) -> Response:
    """Once, within the policy's days; it goes to a commission and to experts of whom none was of the first."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: recognising.appeal(
            post.office,
            recognition,
            grounds=said.grounds,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "appealed", caller.holder, event.appealed_on),
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


# --- reading a case -------------------------------------------------------------------------------------


def _readable(office: TheOffice, recognition: str, caller: Anyone) -> Case:
    """The case, for whom it may be read; for anybody else there is none."""
    case = office.case(recognition).state
    if access.right_to_read_case(caller.grant, case) is None:
        raise NotFound(f"There is no case of recognition {recognition}.")
    return case


@router.get(
    "/recognitions/{recognition}",
    operation_id="show-recognition",
    summary="Show a case",
    **reading(NotFound),
)
def show_recognition(case: CaseRead) -> CaseShown:
    """For the learner, the institution it is before, its experts and the members of its commission."""
    return CaseShown.of(case)


@router.get(
    "/recognitions/{recognition}/extract",
    operation_id="show-extract",
    summary="Read the extract of the minutes",
    **reading(NotFound, WrongStage),
)
def show_extract(case: CaseRead, office: TheOffice) -> ExtractShown:
    """What the Registrar's office is given: the last decision, and the originals of what it counts."""
    return ExtractShown.of(recognising.show_extract(office, case.id))


@router.get(
    "/recognitions/{recognition}/extract/credential",
    operation_id="certify-decision",
    summary="Sign the decision as a credential",
    response_class=JSONResponse,
    **reading(NotFound, WrongStage, KeyNotInForce),
)
def certify_decision(case: CaseRead, office: TheOffice, at: Now) -> Response:
    """The last decision, granted or refused, with every original that was put to it; none is recorded.

    It is for whoever has no access to the case, and is verified as any credential is.
    """
    signed = recognising.certify_decision(office, case.id, at=at)
    return Response(signed, media_type="application/json")


@router.get(
    "/institutions/{institution}/recognitions",
    operation_id="list-recognitions",
    summary="List an institution's cases",
    **reading(NotFound),
)
def list_recognitions(
    institution: InstitutionInPath,
    office: TheOffice,
    at: Now,
    _caller: TheInstitutionItself,
    closed: Annotated[bool, Query(description="Those that are decided and entered, too.")] = False,
) -> Queue:
    """The queue: what each case waits for, until when, and what is overdue and whose it is."""
    on = KAZAKHSTAN.day_of(at)
    queued = recognising.show_queue(office, institution, on=on, all_cases=closed)
    erased = recognising.erased_cases(office, institution) if closed else []
    return Queue(
        cases=[QueuedShown.of(each) for each in queued],
        erased=[ErasedCaseShown(recognition=each.id, erased_at=each.erased_at) for each in erased],
    )


# --- judging --------------------------------------------------------------------------------------------


def _acted(recognition: str, step: str, by: str, on: Any) -> Acted:
    return Acted(recognition=recognition, step=step, by=by, on=on)


@router.post(
    "/recognitions/{recognition}/assignment",
    operation_id="assign-experts",
    summary="Send the documents to the expert group",
    response_model=Acted,
    **recording(*_IN_A_CASE, WrongInstitution, KeyNotInForce),
)
def assign_experts(recognition: CaseInPath, said: Assign, post: Post, caller: AnInstitution) -> Response:
    """To a commission and its experts, of whom nobody judges her own course or somebody close to her."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: examining.assign(
            post.office,
            caller.holder,
            recognition,
            commission=said.commission,
            experts=said.experts,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "assigned", caller.holder, event.assigned_on),
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


@router.post(
    "/recognitions/{recognition}/interests",
    operation_id="declare-interest",
    summary="Declare an interest",
    response_model=Acted,
    **recording(*_IN_A_CASE, WrongInstitution, AlreadyDone),
)
def declare_interest(
    recognition: CaseInPath, said: DeclareInterest, post: Post, caller: OneOfTheStaff
) -> Response:
    """Say why one does not judge in this case; before the commission sits on it."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: examining.declare_interest(
            post.office,
            recognition,
            by=caller.holder,
            relation=said.relation,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "interest declared", event.by, event.declared_on),
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


@router.post(
    "/recognitions/{recognition}/conclusions",
    operation_id="conclude",
    summary="Conclude as an expert",
    response_model=Acted,
    **recording(*_IN_A_CASE, NotOfTheCommission, AlreadyConcluded),
)
def conclude(recognition: CaseInPath, said: Conclude, post: Post, caller: OneOfTheStaff) -> Response:
    """Outcomes, aims, volume and assessment compared: full, partial or none; with the grade that would count."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: examining.conclude(
            post.office,
            recognition,
            by=caller.holder,
            findings=said.findings.to_domain(),
            sources=said.sources,
            grade=said.grade.to_domain() if said.grade else None,
            remarks=said.remarks,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "concluded", event.by, event.concluded_on),
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


@router.post(
    "/recognitions/{recognition}/session",
    operation_id="open-session",
    summary="Open the commission's meeting on a motion",
    response_model=Acted,
    **recording(*_IN_A_CASE, NotOfTheCommission, UnlikeCredits),
)
def open_session(recognition: CaseInPath, said: Meet, post: Post, caller: OneOfTheStaff) -> Response:
    """By the chair, or the deputy in the chair's absence; with a quorum, and nobody who has an interest."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: examining.meet(
            post.office,
            recognition,
            by=caller.holder,
            present=said.present,
            motion=said.motion(),
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "session opened", event.by, event.held_on),
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


@router.post(
    "/recognitions/{recognition}/votes",
    operation_id="cast-vote",
    summary="Vote on the motion",
    response_model=Acted,
    **recording(*_IN_A_CASE, NotOfTheCommission, AlreadyVoted),
)
def cast_vote(recognition: CaseInPath, said: CastVote, post: Post, caller: OneOfTheStaff) -> Response:
    """A member's open vote, signed by her."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: examining.vote(
            post.office,
            recognition,
            by=caller.holder,
            vote=said.vote,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "voted", event.by, event.cast_on),
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


@router.post(
    "/recognitions/{recognition}/decision",
    operation_id="declare-decision",
    summary="Declare the decision",
    response_model=DecisionShown,
    **recording(*_IN_A_CASE, NotOfTheCommission),
)
def declare_decision(recognition: CaseInPath, said: Decide, post: Post, caller: OneOfTheStaff) -> Response:
    """What the votes come to, with the minutes; by who presided. A refusal cites its clause."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: examining.decide(
            post.office,
            recognition,
            by=caller.holder,
            minutes=said.minutes,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=DecisionShown.of,
        location=lambda _: f"/recognitions/{recognition}",
        learner=case.applied.learner,
    )


@router.post(
    "/recognitions/{recognition}/entry",
    operation_id="enter-recognition",
    summary="Enter the result in the transcript",
    response_model=Acted,
    **recording(
        *_IN_A_CASE,
        WrongInstitution,
        AlreadyAwarded,
        AlreadyRecognised,
        NotAccredited,
        NotInForce,
        UnlikeCredits,
        KeyNotInForce,
    ),
)
def enter_recognition(recognition: CaseInPath, said: Enter, post: Post, caller: AnInstitution) -> Response:
    """The Registrar's act, on the extract of the minutes: the credit is in the wallet in the same moment."""
    case = _readable(post.office, recognition, caller)
    return post.record(
        lambda once: recognising.enter(
            post.office,
            caller.holder,
            recognition,
            extract=said.extract,
            on=KAZAKHSTAN.day_of(post.at),
            at=post.at,
            once=once,
        ),
        show=lambda event: _acted(recognition, "entered", caller.holder, event.entered_on),
        location=lambda _: f"/learners/{case.applied.learner}/credits",
        learner=learner_id(case.applied.learner),
    )
