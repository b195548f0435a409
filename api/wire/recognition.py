"""A case of recognition on the wire: what the learner, experts, members and offices say, and what has become of it."""

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from api.wire.recognition_policy import Kind
from api.wire.scalars import (
    AchievementId,
    Answer,
    Body,
    CaseId,
    Checked,
    CommissionId,
    Country,
    CredentialId,
    CreditId,
    Day,
    GradeGiven,
    Hours,
    PersonId,
    Points,
    QualificationId,
    Setting,
    SourceId,
    UnitId,
    example,
    line,
)
from api.wire.wallet import EvidenceShown
from domain import prior_learning, values
from domain import recognition as cases
from domain.commission import BallotCast, Commission, CommissionComposed, OfficersElected
from domain.recognition import Case, Correspondence, Criterion, Decision, RecognitionGranted, Vote
from domain.recognition_policy import Clause
from domain.staff import Person, Side, StaffRegistered
from wallet.examining import Grant, Refusal
from wallet.recognising import Extract, Queued

_Side = Annotated[Side, Field(strict=False)]
_Found = Annotated[Correspondence, Field(strict=False)]
_Vote = Annotated[Vote, Field(strict=False)]
_Clause = Annotated[Clause, Field(strict=False)]
_Paragraph = Annotated[str, line("a paragraph of the minutes", 2000)]

# --- documents ------------------------------------------------------------------------------------------


def _bytes(written: object) -> bytes:
    if isinstance(written, str):
        try:
            return base64.b64decode(written, validate=True)
        except binascii.Error:
            pass
    raise ValueError("The content is to be base64 (RFC 4648, 4), with its padding and nothing else.")


class KeepDocument(Body):
    """A document of at most 10 MiB: PDF, PNG or JPEG, in base64."""

    name: Annotated[str, line("a document's name", 200)]
    content: Annotated[
        bytes,
        BeforeValidator(_bytes),
        WithJsonSchema(
            {
                "type": "string",
                "contentEncoding": "base64",
                "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            }
        ),
    ]

    model_config = example(name="certificate.pdf", content="JVBERi0xLjcKJeLjz9MK")


class DocumentKept(Answer):
    """What an application names a document by."""

    name: str
    sha256: str
    media_type: str | None

    @classmethod
    def of(cls, kept: values.Evidence) -> Self:
        return cls(name=kept.name, sha256=kept.sha256, media_type=kept.media_type)


# --- people ---------------------------------------------------------------------------------------------


class RegisterStaff(Body):
    """`teaches` and `affiliations` say where she would judge in her own cause."""

    person: PersonId
    position: Annotated[str, line("a position")]
    side: _Side
    teaches: list[UnitId] = Field(default_factory=list, max_length=100)
    affiliations: list[Annotated[str, line("a provider's name")]] = Field(
        default_factory=list, max_length=100
    )

    model_config = example(
        person="a-serikova",
        position="Head of the Department of Computer Engineering",
        side="teaching",
        teaches=["algorithms"],
    )


class StaffShown(Answer):
    person: str
    institution: str
    position: str
    side: Side
    teaches: list[str]
    affiliations: list[str]

    @classmethod
    def of(cls, said: Person | StaffRegistered) -> Self:
        return cls(
            person=said.person if isinstance(said, StaffRegistered) else said.id,
            institution=said.institution,
            position=said.position,
            side=said.side,
            teaches=list(said.teaches),
            affiliations=list(said.affiliations),
        )


class MakeStaffKey(Body):
    label: Annotated[str, line("a key's label", 100)]

    model_config = example(label="the expert's own browser")


class StaffKeyMade(Answer):
    """`api_key` is hers: whoever has it concludes and votes with her signature. It is shown here and never again."""

    api_key: str
    role: Literal["staff"]
    holder: str
    label: str


class Compose(Body):
    commission: CommissionId
    members: Annotated[list[PersonId], Field(min_length=1, max_length=99)]
    reference: Annotated[str, line("the reference of an order")]

    model_config = example(
        commission="aitu-2026-autumn",
        members=["a-serikova", "b-akhmetov", "v-kim"],
        reference="Order of the Rector No. 118 of 24 August 2026",
    )


class CastBallot(Body):
    chair: PersonId
    deputy: PersonId

    model_config = example(chair="a-serikova", deputy="v-kim")


class CommissionShown(Answer):
    """Its members, and whom they elected; `ballots` are open."""

    commission: str
    institution: str
    members: list[str]
    reference: str
    composed_on: date
    chair: str | None
    deputy: str | None
    ballots: dict[str, list[str]]
    """By member: the chair and the deputy she voted for."""

    @classmethod
    def of(cls, state: Commission) -> Self:
        elected = state.elected
        return cls(
            commission=state.id,
            institution=state.institution,
            members=list(state.members),
            reference=state.composed.reference,
            composed_on=state.composed.composed_on,
            chair=None if elected is None else elected.chair,
            deputy=None if elected is None else elected.deputy,
            ballots={by: [ballot.chair, ballot.deputy] for by, ballot in state.ballots.items()},
        )

    @classmethod
    def composed(cls, event: CommissionComposed) -> Self:
        return cls.of(Commission(composed=event, ballots={}))


class BallotShown(Answer):
    by: str
    chair: str
    deputy: str
    cast_on: date

    @classmethod
    def of(cls, event: BallotCast) -> Self:
        return cls(by=event.by, chair=event.chair, deputy=event.deputy, cast_on=event.cast_on)


class ElectedShown(Answer):
    chair: str
    deputy: str
    elected_on: date

    @classmethod
    def of(cls, event: OfficersElected) -> Self:
        return cls(chair=event.chair, deputy=event.deputy, elected_on=event.elected_on)


# --- the application ------------------------------------------------------------------------------------


class OriginalCreditOf(Body):
    """Credit as a foreign document states it, in whatever scheme."""

    amount: Hours
    scheme: Annotated[str, line("a credit scheme", 50)]


class SourceSaid(Body):
    """One piece of prior learning, and the documents of the portfolio that show it.

    `achievement`, `credit` and `credential` name what the wallet knows of it already.
    """

    id: SourceId
    kind: Kind
    title: Annotated[str, line("a title")]
    provider: Annotated[str, line("a provider's name")] | None = None
    country: Country | None = None
    achieved_on: Day
    hours: Hours | None = None
    points: OriginalCreditOf | None = None
    grade: GradeGiven | None = None
    outcomes: list[Annotated[str, line("a learning outcome")]] = Field(default_factory=list, max_length=50)
    documents: Annotated[list[EvidenceShown], Field(max_length=20)]
    achievement: AchievementId | None = None
    credit: CreditId | None = None
    credential: CredentialId | None = None

    def to_domain(self) -> prior_learning.Source:
        return prior_learning.Source(
            id=values.SourceId(self.id),
            kind=self.kind,
            title=self.title,
            provider=self.provider,
            country=self.country,
            achieved_on=self.achieved_on,
            hours=self.hours,
            points=None
            if self.points is None
            else prior_learning.OriginalCredit(self.points.amount, self.points.scheme),
            grade=self.grade.to_domain() if self.grade else None,
            outcomes=tuple(self.outcomes),
            documents=tuple(document.to_domain() for document in self.documents),
            achievement=None if self.achievement is None else values.AchievementId(self.achievement),
            credit=None if self.credit is None else values.CreditId(self.credit),
            credential=None if self.credential is None else values.CredentialId(self.credential),
        )

    @classmethod
    def of(cls, source: prior_learning.Source) -> "SourceSaid":
        return cls.model_construct(
            id=source.id,
            kind=source.kind,
            title=source.title,
            provider=source.provider,
            country=source.country,
            achieved_on=source.achieved_on,
            hours=source.hours,
            points=None
            if source.points is None
            else OriginalCreditOf.model_construct(amount=source.points.amount, scheme=source.points.scheme),
            grade=GradeGiven.of(source.grade) if source.grade else None,
            outcomes=list(source.outcomes),
            documents=[_document(each) for each in source.documents],
            achievement=source.achievement,
            credit=source.credit,
            credential=source.credential,
        )


def _document(evidence: values.Evidence) -> EvidenceShown:
    return EvidenceShown.model_construct(
        name=evidence.name, sha256=evidence.sha256, media_type=evidence.media_type, uri=evidence.uri
    )


class Apply(Body):
    """That these sources, together, take the place of the institution's unit; for all it is worth, or for `points`.

    Every document named is in the portfolio already. `close_to`: staff who are close to the learner.
    """

    institution: Annotated[str, Checked(values.institution_id, pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    unit: UnitId
    points: Points | None = None
    period_from: Day
    sources: Annotated[list[SourceSaid], Field(min_length=1, max_length=50)]
    identity: EvidenceShown
    qualification: QualificationId | None = None
    close_to: list[PersonId] = Field(default_factory=list, max_length=50)

    model_config = example(
        institution="aitu",
        unit="algorithms",
        period_from="2026-09-01",
        sources=[
            {
                "id": "s1",
                "kind": "mooc",
                "title": "Algorithms, part 1",
                "provider": "Open courses of the world",
                "achieved_on": "2026-03-01",
                "hours": 90,
                "grade": {"value": "92", "scale": "percent"},
                "documents": [{"name": "part-1.pdf", "sha256": "0" * 64, "media_type": "application/pdf"}],
            }
        ],
        identity={"name": "identity.pdf", "sha256": "1" * 64, "media_type": "application/pdf"},
    )


class Appeal(Body):
    grounds: Annotated[str, line("the grounds of an appeal", 4000)]

    model_config = example(grounds="The second course was not compared with the outcome lo2.")


# --- judging --------------------------------------------------------------------------------------------


class Assign(Body):
    commission: CommissionId
    experts: Annotated[list[PersonId], Field(min_length=1, max_length=9)]

    model_config = example(commission="aitu-2026-autumn", experts=["e-omarova", "zh-lee", "i-petrov"])


class DeclareInterest(Body):
    relation: Annotated[str, line("a relation to the learner")]

    model_config = example(relation="I supervise her diploma project.")


class Findings(Body):
    """How far each corresponds: full, partial or none."""

    outcomes: _Found
    aims: _Found
    volume: _Found
    assessment: _Found

    def to_domain(self) -> dict[Criterion, Correspondence]:
        return {criterion: getattr(self, criterion.value) for criterion in Criterion}


class Conclude(Body):
    """Without `sources`, all of the case's count together; none where no outcomes correspond."""

    findings: Findings
    sources: list[SourceId] | None = Field(default=None, max_length=50)
    grade: GradeGiven | None = None
    remarks: Annotated[str, line("a remark", 2000)] | None = None

    model_config = example(
        findings={"outcomes": "full", "aims": "full", "volume": "partial", "assessment": "full"},
        grade={"value": "A-", "scale": "KZ letter scale"},
    )


class GrantMoved(Body):
    points: Points
    sources: Annotated[list[SourceId], Field(min_length=1, max_length=50)]
    grade: GradeGiven | None = None


class RefusalMoved(Body):
    reason: Annotated[str, line("a reason")]
    clause: _Clause


class Meet(Body):
    """Who is present, and the motion: to grant, or to refuse. Whose key it is presides."""

    present: Annotated[list[PersonId], Field(min_length=1, max_length=99)]
    grant: GrantMoved | None = None
    refuse: RefusalMoved | None = None

    model_config = example(
        present=["a-serikova", "b-akhmetov", "v-kim"],
        grant={
            "points": {"scheme": "KZ", "points": 5},
            "sources": ["s1", "s2"],
            "grade": {"value": "A-", "scale": "KZ letter scale"},
        },
    )

    @model_validator(mode="after")
    def _one_motion(self) -> Self:
        if (self.grant is None) is (self.refuse is None):
            raise ValueError("The motion is to grant, or to refuse: one of the two.")
        return self

    def motion(self) -> Grant | Refusal:
        if self.refuse is not None:
            return Refusal(self.refuse.reason, self.refuse.clause)
        assert self.grant is not None, "one of the two is said"
        grade = self.grant.grade.to_domain() if self.grant.grade else None
        return Grant(self.grant.points.to_domain(), tuple(self.grant.sources), grade)


class CastVote(Body):
    vote: _Vote

    model_config = example(vote="in_favour")


class Decide(Body):
    """The minutes, in free form, a paragraph each."""

    minutes: Annotated[list[_Paragraph], Field(min_length=1, max_length=100)]

    model_config = example(
        minutes=["Heard: the conclusions of the experts.", "Decided: to recognise 5 credits."]
    )


class Enter(Body):
    """The number of the extract of the minutes that the Registrar's office was given."""

    extract: Annotated[str, line("the number of an extract", 100)]

    model_config = example(extract="12/3")


# --- the case -------------------------------------------------------------------------------------------


class ConclusionShown(Answer):
    by: str
    outcomes: Correspondence
    aims: Correspondence
    volume: Correspondence
    assessment: Correspondence
    sources: list[str]
    grade: GradeGiven | None
    remarks: str | None
    concluded_on: date

    @classmethod
    def of(cls, event: cases.ExpertConcluded) -> Self:
        return cls(
            by=event.by,
            sources=list(event.sources),
            grade=GradeGiven.of(event.grade) if event.grade else None,
            remarks=event.remarks,
            concluded_on=event.concluded_on,
            outcomes=event.findings[Criterion.OUTCOMES],
            aims=event.findings[Criterion.AIMS],
            volume=event.findings[Criterion.VOLUME],
            assessment=event.findings[Criterion.ASSESSMENT],
        )


class SessionShown(Answer):
    """The meeting, its motion and its votes. `in_favour` and the others count those cast so far."""

    presided: str
    present: list[str]
    held_on: date
    grants: bool
    points: Points | None
    sources: list[str]
    grade: GradeGiven | None
    reason: str | None
    clause: Clause | None
    votes: dict[str, Vote]

    @classmethod
    def of(cls, session: cases.SessionOpened, votes: dict[str, Vote]) -> Self:
        motion = session.motion
        return cls(
            presided=session.by,
            present=list(session.present),
            held_on=session.held_on,
            grants=motion.grants,
            points=Points.of(motion.points) if motion.points else None,
            sources=list(motion.sources),
            grade=GradeGiven.of(motion.grade) if motion.grade else None,
            reason=motion.reason,
            clause=motion.clause,
            votes=votes,
        )


class DecisionShown(Answer):
    """What was decided, by whom, and until when it may be appealed. A refusal cites the clause it rests on."""

    granted: bool
    by: str
    commission: str
    points: Points | None
    sources: list[str]
    grade: GradeGiven | None
    reason: str | None
    clause: Clause | None
    cited: str | None
    present: int
    in_favour: int
    against: int
    abstained: int
    minutes: list[str]
    decided_on: date
    appeal_until: date

    @classmethod
    def of(cls, decision: Decision) -> Self:
        granted = decision if isinstance(decision, RecognitionGranted) else None
        refused = None if isinstance(decision, RecognitionGranted) else decision
        return cls(
            granted=granted is not None,
            by=decision.by,
            commission=decision.commission,
            points=Points.of(granted.points) if granted else None,
            sources=list(granted.sources) if granted else [],
            grade=GradeGiven.of(granted.grade) if granted and granted.grade else None,
            reason=refused.reason if refused else None,
            clause=refused.clause if refused else None,
            cited=refused.cited if refused else None,
            present=decision.votes.present,
            in_favour=decision.votes.in_favour,
            against=decision.votes.against,
            abstained=decision.votes.abstained,
            minutes=list(decision.minutes),
            decided_on=decision.decided_on,
            appeal_until=decision.appeal_until,
        )


class RoundShown(Answer):
    """The work of one composition: the first, or that of the appeal."""

    commission: str | None
    members: list[str]
    experts: list[str]
    documents_due: date
    conclusions_due: date | None
    conclusions: list[ConclusionShown]
    session: SessionShown | None
    decision: DecisionShown | None
    credit: str | None
    extract: str | None

    @classmethod
    def of(cls, told: cases.Round) -> Self:
        assigned = told.assigned
        votes: dict[str, Vote] = {by: each.vote for by, each in told.votes.items()}
        return cls(
            commission=None if assigned is None else assigned.commission,
            members=[] if assigned is None else list(assigned.members),
            experts=[] if assigned is None else list(assigned.experts),
            documents_due=told.documents_due,
            conclusions_due=None if assigned is None else assigned.conclusions_due,
            conclusions=[ConclusionShown.of(each) for each in told.conclusions.values()],
            session=None if told.session is None else SessionShown.of(told.session, votes),
            decision=None if told.decision is None else DecisionShown.of(told.decision),
            credit=None if told.entered is None else told.entered.credit,
            extract=None if told.entered is None else told.entered.extract,
        )


class CaseShown(Answer):
    """A case: what was asked for, and what has become of it. `due` is the last day for what it waits for."""

    recognition: CaseId
    learner: str
    institution: str
    unit: str
    points: Points
    setting: Setting
    sources: list[SourceSaid]
    identity: EvidenceShown
    period_from: date
    filed_on: date
    policy_version: int
    qualification: str | None
    close_to: list[str]
    stage: cases.Stage
    due: date | None
    interests: dict[str, str]
    rounds: list[RoundShown]
    appealed: str | None

    @classmethod
    def of(cls, case: Case) -> Self:
        applied = case.applied
        return cls(
            recognition=applied.case,
            learner=applied.learner,
            institution=applied.institution,
            unit=applied.unit,
            points=Points.of(applied.points),
            setting=applied.setting,
            sources=[SourceSaid.of(source) for source in applied.sources],
            identity=_document(applied.identity),
            period_from=applied.period_from,
            filed_on=applied.filed_on,
            policy_version=applied.policy_version,
            qualification=applied.qualification,
            close_to=list(applied.close_to),
            stage=case.stage,
            due=cases.due(case),
            interests={by: each.relation for by, each in case.interests.items()},
            rounds=[RoundShown.of(each) for each in case.rounds],
            appealed=None if case.appealed is None else case.appealed.grounds,
        )

    @classmethod
    def applied(cls, event: cases.RecognitionApplied) -> Self:
        return cls.of(cases.fold([event]))


class Acted(Answer):
    """A step that was recorded, by its stored name, and the day it counts from."""

    recognition: str
    step: str
    by: str
    on: date


class QueuedShown(Answer):
    """A case in the queue; `overdue` says what is late, and `waits_for` whose it is."""

    recognition: str
    learner: str
    unit: str
    points: Points
    setting: Setting
    stage: cases.Stage
    filed_on: date
    period_from: date
    due: date | None
    overdue: str | None
    waits_for: list[str]

    @classmethod
    def of(cls, queued: Queued) -> Self:
        applied, late = queued.case.applied, queued.overdue
        return cls(
            recognition=applied.case,
            learner=applied.learner,
            unit=applied.unit,
            points=Points.of(applied.points),
            setting=applied.setting,
            stage=queued.case.stage,
            filed_on=applied.filed_on,
            period_from=applied.period_from,
            due=queued.due,
            overdue=None if late is None else late.what,
            waits_for=[] if late is None else list(late.who),
        )


class ErasedCaseShown(Answer):
    """A case whose learner was erased: that there was one is all there is to be known of it."""

    recognition: str
    erased_at: datetime


class Queue(Answer):
    cases: list[QueuedShown]
    erased: list[ErasedCaseShown]
    """With `closed`, the cases whose learners were erased since."""


class ExtractShown(Answer):
    """The extract of the minutes: what the Registrar's office enters in the transcript, or that nothing is."""

    recognition: str
    learner: str
    institution: str
    unit: str
    unit_names: dict[str, str]
    sources: list[SourceSaid]
    decision: DecisionShown
    appealed: bool

    @classmethod
    def of(cls, extract: Extract) -> Self:
        applied = extract.case.applied
        return cls(
            recognition=applied.case,
            learner=applied.learner,
            institution=applied.institution,
            unit=applied.unit,
            unit_names=extract.unit_names,
            sources=[SourceSaid.of(source) for source in extract.sources],
            decision=DecisionShown.of(extract.decision),
            appealed=extract.case.appealed is not None,
        )
