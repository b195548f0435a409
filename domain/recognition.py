"""A case of recognition: from a learner's application to a decision, its entry in the transcript, and an appeal.

    applied ─► assigned ─► concluded ×3 ─► session ─► votes ─► granted ─► entered
                  ▲                                      └───► refused
                  └──────────────── appealed ◄──────────────────┘  (once, to a new composition)

Stream `recognition/{case}`. The learner signs what is hers (application, appeal); experts, members and the chair sign
each for themselves; the institution signs what its offices do (passing the documents on, entering the result).

This file is the facts and what they add up to. What may be decided stands in the files of the stages:
`domain.application`, `domain.expertise`, `domain.session`.
Sources: joint Order 544/322 of 24 October 2023; the rules of Astana IT University.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import msgspec

from domain.event import Event, cannot_follow, replay
from domain.prior_learning import Source
from domain.recognition_policy import Clause
from domain.values import (
    CaseId,
    CommissionId,
    CreditId,
    CreditPoints,
    Evidence,
    Grade,
    InstitutionId,
    LearnerId,
    PersonId,
    QualificationId,
    Setting,
    SourceId,
    UnitId,
)

# --- facts ----------------------------------------------------------------------------------------------


class RecognitionApplied(Event, tag="recognition.applied.v1"):
    """Signed by the learner, and addressed to the chair of the commission."""

    personal = True

    case: CaseId
    learner: LearnerId
    institution: InstitutionId
    unit: UnitId
    """The unit whose place the learning would take."""
    points: CreditPoints
    setting: Setting
    sources: tuple[Source, ...]
    identity: Evidence
    """A copy of the identity document."""
    period_from: date
    """The first day of the academic period."""
    policy_version: int
    filed_on: date
    documents_due: date
    """The last day for the documents to go to the expert group."""
    qualification: QualificationId | None = None
    close_to: tuple[PersonId, ...] = ()
    """Staff who are close to her, and do not judge her."""


class InterestDeclared(Event, tag="recognition.interest_declared.v1"):
    """A person says why she does not judge in this case."""

    personal = True

    by: PersonId
    relation: str
    declared_on: date


class DocumentsAssigned(Event, tag="recognition.assigned.v1"):
    """The documents go to a commission and to its expert group. It may be done anew while an expert is silent."""

    personal = True

    institution: InstitutionId
    commission: CommissionId
    members: tuple[PersonId, ...]
    experts: tuple[PersonId, ...]
    assigned_on: date
    conclusions_due: date


class Criterion(StrEnum):
    """What is compared."""

    OUTCOMES = "outcomes"
    """Learning outcomes and competences."""
    AIMS = "aims"
    VOLUME = "volume"
    ASSESSMENT = "assessment"


class Correspondence(StrEnum):
    """How far it corresponds."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class ExpertConcluded(Event, tag="recognition.concluded.v1"):
    """An expert's conclusion, signed by her."""

    personal = True

    by: PersonId
    findings: dict[Criterion, Correspondence]
    sources: tuple[SourceId, ...]
    """Those that, together, she counts towards the unit."""
    concluded_on: date
    grade: Grade | None = None
    """The grade she would count."""
    remarks: str | None = None


class Motion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the commission votes on: to grant so many points on these sources, or to refuse for a reason."""

    grants: bool
    points: CreditPoints | None = None
    sources: tuple[SourceId, ...] = ()
    grade: Grade | None = None
    reason: str | None = None
    clause: Clause | None = None


class SessionOpened(Event, tag="recognition.session_opened.v1"):
    """The commission sits on the case; signed by who presides, the chair or the deputy."""

    personal = True

    by: PersonId
    present: tuple[PersonId, ...]
    motion: Motion
    held_on: date


class Vote(StrEnum):
    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAINED = "abstained"


class VoteCast(Event, tag="recognition.vote_cast.v1"):
    """A member's open vote on the motion, signed by her."""

    personal = True

    by: PersonId
    vote: Vote
    cast_on: date


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The votes, out of those who took part."""

    present: int
    in_favour: int
    against: int
    abstained: int

    @property
    def carried(self) -> bool:
        """By the majority of the members who take part in the meeting: to abstain is not to be in favour."""
        return 2 * self.in_favour > self.present


class RecognitionGranted(Event, tag="recognition.granted.v1"):
    """The decision, with the minutes, signed by who presided."""

    personal = True

    by: PersonId
    commission: CommissionId
    points: CreditPoints
    sources: tuple[SourceId, ...]
    votes: Count
    minutes: tuple[str, ...]
    """In free form, a paragraph each."""
    decided_on: date
    appeal_until: date
    grade: Grade | None = None


class RecognitionRefused(Event, tag="recognition.refused.v1"):
    personal = True

    by: PersonId
    commission: CommissionId
    reason: str
    clause: Clause
    cited: str
    """The text of the clause, as the policy of the case has it."""
    votes: Count
    minutes: tuple[str, ...]
    decided_on: date
    appeal_until: date


class RecognitionAppealed(Event, tag="recognition.appealed.v1"):
    """Signed by the learner."""

    personal = True

    grounds: str
    appealed_on: date
    documents_due: date


class RecognitionEntered(Event, tag="recognition.entered.v1"):
    """The Registrar's office has the extract of the minutes, and entered the credit in the transcript."""

    personal = True

    institution: InstitutionId
    extract: str
    """The number of the extract."""
    credit: CreditId
    entered_on: date


Decision = RecognitionGranted | RecognitionRefused

# --- state ----------------------------------------------------------------------------------------------


class Stage(StrEnum):
    """Where a case is; what is awaited next."""

    FILED = "filed"
    """The documents wait to go to the experts."""
    WITH_EXPERTS = "with-experts"
    CONCLUDED = "concluded"
    """Every expert has concluded; the commission is to meet."""
    IN_SESSION = "in-session"
    GRANTED = "granted"
    """The Registrar's office is to enter it."""
    REFUSED = "refused"
    ENTERED = "entered"


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One composition's work on a case: the first, or that of the appeal."""

    documents_due: date
    assigned: DocumentsAssigned | None = None
    conclusions: Mapping[PersonId, ExpertConcluded] = MappingProxyType({})
    session: SessionOpened | None = None
    votes: Mapping[PersonId, VoteCast] = MappingProxyType({})
    decision: Decision | None = None
    entered: RecognitionEntered | None = None

    @property
    def awaited(self) -> tuple[PersonId, ...]:
        """Experts who have not concluded."""
        experts = () if self.assigned is None else self.assigned.experts
        return tuple(expert for expert in experts if expert not in self.conclusions)

    @property
    def silent(self) -> tuple[PersonId, ...]:
        """Members present who have not voted."""
        present = () if self.session is None else self.session.present
        return tuple(member for member in present if member not in self.votes)

    @property
    def count(self) -> Count:
        cast = [vote.vote for vote in self.votes.values()]
        return Count(
            present=0 if self.session is None else len(self.session.present),
            in_favour=cast.count(Vote.IN_FAVOUR),
            against=cast.count(Vote.AGAINST),
            abstained=cast.count(Vote.ABSTAINED),
        )

    @property
    def stage(self) -> Stage:
        if self.entered is not None:
            return Stage.ENTERED
        if self.decision is not None:
            return Stage.GRANTED if isinstance(self.decision, RecognitionGranted) else Stage.REFUSED
        if self.session is not None:
            return Stage.IN_SESSION
        if self.assigned is None:
            return Stage.FILED
        return Stage.WITH_EXPERTS if self.awaited else Stage.CONCLUDED


class Case(msgspec.Struct, frozen=True, kw_only=True):
    applied: RecognitionApplied
    rounds: tuple[Round, ...]
    """The first, and the appeal's after it."""
    interests: Mapping[PersonId, InterestDeclared] = MappingProxyType({})
    appealed: RecognitionAppealed | None = None

    @property
    def id(self) -> CaseId:
        return self.applied.case

    @property
    def institution(self) -> InstitutionId:
        return self.applied.institution

    @property
    def now(self) -> Round:
        return self.rounds[-1]

    @property
    def stage(self) -> Stage:
        return self.now.stage

    @property
    def judges(self) -> frozenset[PersonId]:
        """Everybody who was ever to judge in it."""
        rounds = [each.assigned for each in self.rounds if each.assigned is not None]
        return frozenset(person for each in rounds for person in (*each.members, *each.experts))

    @property
    def documents(self) -> tuple[Evidence, ...]:
        """Everything that was put before the commission."""
        sources = self.applied.sources
        return (self.applied.identity, *(document for source in sources for document in source.documents))

    def chosen(self, sources: Iterable[SourceId]) -> tuple[Source, ...]:
        """Those of the case's sources, in its order."""
        wanted = set(sources)
        return tuple(source for source in self.applied.sources if source.id in wanted)


def evolve(case: Case | None, event: Event) -> Case:
    """The case after one more fact."""
    match case, event:
        case None, RecognitionApplied():
            return Case(applied=event, rounds=(Round(documents_due=event.documents_due),))
        case Case(), InterestDeclared():
            return msgspec.structs.replace(
                case, interests=MappingProxyType({**case.interests, event.by: event})
            )
        case Case(), DocumentsAssigned():
            return _with(case, assigned=event)
        case Case(), ExpertConcluded():
            return _with(case, conclusions=MappingProxyType({**case.now.conclusions, event.by: event}))
        case Case(), SessionOpened():
            return _with(case, session=event, votes=MappingProxyType({}))
        case Case(), VoteCast():
            return _with(case, votes=MappingProxyType({**case.now.votes, event.by: event}))
        case Case(), RecognitionGranted() | RecognitionRefused():
            return _with(case, decision=event)
        case Case(), RecognitionEntered():
            return _with(case, entered=event)
        case Case(), RecognitionAppealed():
            again = Round(documents_due=event.documents_due)
            return msgspec.structs.replace(case, rounds=(*case.rounds, again), appealed=event)
    raise cannot_follow(event, "a case of recognition")


def _with(case: Case, **changes: object) -> Case:
    changed = msgspec.structs.replace(case.now, **changes)
    return msgspec.structs.replace(case, rounds=(*case.rounds[:-1], changed))


def fold(events: Iterable[Event]) -> Case:
    """The case its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "There is no case of recognition under this id.")


# --- questions ------------------------------------------------------------------------------------------


class Overdue(msgspec.Struct, frozen=True):
    """What should have happened by a day that is past; `who`, where it waits for certain persons."""

    what: str
    due: date
    who: tuple[PersonId, ...] = ()


def due(case: Case) -> date | None:
    """The last day for what is awaited next, where the policy sets one."""
    match case.stage:
        case Stage.FILED:
            return case.now.documents_due
        case Stage.WITH_EXPERTS:
            assert case.now.assigned is not None, "the stage says so"
            return case.now.assigned.conclusions_due
    return None


def overdue(case: Case, on: date) -> Overdue | None:
    """What is late on that day, if anything is. A late act is still done: the learner must not pay for it."""
    last = due(case)
    if last is None or on <= last:
        return None
    if case.stage is Stage.FILED:
        return Overdue("the documents have not gone to the expert group", last)
    return Overdue("experts have not concluded", last, case.now.awaited)


def conflict(case: Case, person: PersonId) -> str | None:
    """Why the person may not judge in this case, by what the learner or she herself has said."""
    if person in case.applied.close_to:
        return "the learner named her as close to her"
    if person in case.interests:
        return f"she declared: {case.interests[person].relation}"
    return None
