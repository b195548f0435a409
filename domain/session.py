"""The commission's meeting: who is present, what is moved, how each votes, what is decided, and what is entered.

The decision is by the majority of the members who take part in the meeting, and is put down in minutes of free form;
the minutes' extract goes to the Registrar's office, which enters the result in the transcript.
Source: joint Order 544/322 of 24 October 2023; the rules of Astana IT University.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from domain.commission import Commission
from domain.credit import CreditRecognised, Method
from domain.errors import (
    AlreadyVoted,
    ConflictOfInterest,
    InvalidValue,
    NoCorrespondence,
    NoQuorum,
    NotOfTheCommission,
    TooLittleVolume,
    WrongLearner,
    WrongStage,
)
from domain.expertise import named_sources, refuse_others, why_not_judge
from domain.institution import Institution
from domain.recognised import Limit, recognise
from domain.recognition import (
    Case,
    Correspondence,
    Criterion,
    Decision,
    Motion,
    RecognitionEntered,
    RecognitionGranted,
    RecognitionRefused,
    SessionOpened,
    Stage,
    Vote,
    VoteCast,
)
from domain.recognition_policy import Clause, RecognitionRules
from domain.staff import Person
from domain.unit import Unit
from domain.values import CreditPoints, Grade, PersonId, day, text
from domain.wallet import Wallet
from domain.working_days import after

_LONGEST_PARAGRAPH: Final = 2000
_MOST_PARAGRAPHS: Final = 100


# --- motions --------------------------------------------------------------------------------------------


def to_grant(
    case: Case,
    rules: RecognitionRules,
    *,
    points: CreditPoints,
    sources: Iterable[str],
    grade: Grade | None = None,
) -> Motion:
    """Move that these sources be recognised for so many points.

    Refuses, naming the clause: NoCorrespondence (most experts find none of the unit's outcomes), TooLittleVolume
    (the hours of the courses together do not reach the credit). And InvalidValue: more than was asked for.
    """
    counted = named_sources(case, sources)
    asked = case.applied.points
    if not counted:
        raise InvalidValue("What is granted rests on at least one source.")
    if points.scheme is not asked.scheme or points.points > asked.points:
        raise InvalidValue(f"{points} is not part of the {asked} that were asked for.")
    found = [each.findings[Criterion.OUTCOMES] for each in case.now.conclusions.values()]
    if 2 * sum(each is not Correspondence.NONE for each in found) <= len(found):
        raise NoCorrespondence(
            f"{found.count(Correspondence.NONE)} of {len(found)} experts find none of the unit's outcomes",
            rules.clause(Clause.CORRESPONDENCE),
        )
    _enough_hours(case, rules, points, counted)
    return Motion(grants=True, points=points, sources=counted, grade=grade)


def _enough_hours(
    case: Case, rules: RecognitionRules, points: CreditPoints, counted: tuple[str, ...]
) -> None:
    """Courses reach credits × hours per credit together; a title or a certificate has no hours to add."""
    chosen = [source for source in case.applied.sources if source.id in counted]
    if not all(source.kind.is_course for source in chosen):
        return
    reached = sum((source.hours or Decimal(0) for source in chosen), Decimal(0))
    wanted = points.points * rules.hours_per_credit[points.scheme]
    if reached < wanted:
        raise TooLittleVolume(
            f"{len(chosen)} courses of {reached} hours together do not reach the {wanted:f} hours of {points}",
            rules.clause(Clause.VOLUME),
        )


def to_refuse(*, reason: str, clause: Clause) -> Motion:
    """Move that recognition be refused, for a reason, by a clause. Refuses: InvalidValue."""
    return Motion(grants=False, reason=text(reason, "a reason"), clause=clause)


# --- the meeting ----------------------------------------------------------------------------------------


def meet(
    case: Case,
    rules: RecognitionRules,
    commission: Commission,
    motion: Motion,
    *,
    by: Person,
    present: Mapping[PersonId, Person],
    on: date,
) -> SessionOpened:
    """Open the meeting on a motion; again, where a motion to refuse found no majority. `by` presides.

    Refuses: WrongStage, NotOfTheCommission, ConflictOfInterest, NoQuorum (with the clause), InvalidValue.
    """
    if case.now.awaited or case.now.assigned is None:
        awaited = ", ".join(case.now.awaited) or "the expert group"
        raise WrongStage(f"The commission meets when all experts have concluded; it waits for {awaited}.")
    if not (case.stage is Stage.CONCLUDED or _failed_to_refuse(case)):
        raise WrongStage(f"The commission has met on the case {case.id}, which is {case.stage}.")
    if commission.id != case.now.assigned.commission or commission.elected is None:
        raise NotOfTheCommission(f"The case {case.id} is not before the commission {commission.id}.")
    for member in present.values():
        if member.id not in commission.members:
            raise NotOfTheCommission(f"{member.id} is no member of the commission {commission.id}.")
        reason = why_not_judge(case, member)
        if reason is not None:
            raise ConflictOfInterest(
                f"{member.id} takes no part in this case: {reason}", rules.clause(Clause.INDEPENDENCE)
            )
    presiding = commission.elected.chair if commission.elected.chair in present else commission.elected.deputy
    if by.id != presiding or presiding not in present:
        raise NotOfTheCommission(
            f"The meeting is opened by the chair, {commission.elected.chair}, or where the chair is absent "
            f"by the deputy, {commission.elected.deputy}; {by.id} is not who presides."
        )
    wanted = rules.quorum.at_least(len(commission.members))
    if len(present) < wanted:
        raise NoQuorum(
            f"{len(present)} of {len(commission.members)} members are present, and {wanted} are needed",
            rules.clause(Clause.QUORUM),
        )
    last = max(each.concluded_on for each in case.now.conclusions.values())
    if day(on) < last:
        raise InvalidValue(f"A meeting on {on} would be before the last conclusion, of {last}.")
    return SessionOpened(
        by=by.id,
        present=tuple(member for member in commission.members if member in present),
        motion=motion,
        held_on=on,
    )


def _failed_to_refuse(case: Case) -> bool:
    session = case.now.session
    return (
        case.stage is Stage.IN_SESSION
        and session is not None
        and not session.motion.grants
        and not case.now.silent
        and not case.now.count.carried
    )


def vote(case: Case, *, by: Person, vote: Vote, on: date) -> VoteCast:
    """Vote openly on the motion. Refuses: WrongStage, NotOfTheCommission, AlreadyVoted, InvalidValue."""
    session = _in_session(case)
    if by.id not in session.present:
        raise NotOfTheCommission(f"{by.id} takes no part in the meeting on the case {case.id}.")
    if by.id in case.now.votes:
        raise AlreadyVoted(f"{by.id} has voted on this motion.")
    if day(on) < session.held_on:
        raise InvalidValue(f"The meeting was on {session.held_on}; nobody votes in it on {on}.")
    return VoteCast(by=by.id, vote=vote, cast_on=on)


def decide(case: Case, rules: RecognitionRules, *, by: Person, minutes: Iterable[str], on: date) -> Decision:
    """Declare what the votes come to, with the minutes. `by` is who presided.

    A motion to grant without its majority is a refusal; a motion to refuse without its majority decides nothing,
    and the commission meets again on another.
    Refuses: WrongStage, NotOfTheCommission, InvalidValue.
    """
    session = _in_session(case)
    assert case.now.assigned is not None, "there is no session without it"
    if by.id != session.by:
        raise NotOfTheCommission(f"The decision is declared by who presided, {session.by}.")
    if case.now.silent:
        raise WrongStage(f"Not all have voted who are present: {', '.join(case.now.silent)}.")
    if day(on) < session.held_on:
        raise InvalidValue(f"The meeting was on {session.held_on}; it decided nothing on {on}.")
    written = tuple(text(each, "a paragraph of the minutes", limit=_LONGEST_PARAGRAPH) for each in minutes)
    if not 1 <= len(written) <= _MOST_PARAGRAPHS:
        raise InvalidValue(f"A decision has minutes, of 1 to {_MOST_PARAGRAPHS} paragraphs.")
    motion, count = session.motion, case.now.count
    until = after(rules.calendar, on, rules.days_for_appeal)
    if motion.grants and count.carried:
        assert motion.points is not None, "a motion to grant says how much"
        return RecognitionGranted(
            by=by.id,
            commission=case.now.assigned.commission,
            points=motion.points,
            sources=motion.sources,
            votes=count,
            minutes=written,
            decided_on=on,
            appeal_until=until,
            grade=motion.grade,
        )
    if not motion.grants and not count.carried:
        raise WrongStage(
            "The motion to refuse found no majority: the commission meets again on another motion."
        )
    reason, clause = motion.reason, motion.clause
    if motion.grants:
        reason = f"{count.in_favour} of {count.present} members present were in favour of granting it"
        clause = Clause.MAJORITY
    assert reason is not None, "a motion to refuse says why"
    assert clause is not None, "and by which clause"
    return RecognitionRefused(
        by=by.id,
        commission=case.now.assigned.commission,
        reason=reason,
        clause=clause,
        cited=rules.clause(clause),
        votes=count,
        minutes=written,
        decided_on=on,
        appeal_until=until,
    )


def _in_session(case: Case) -> SessionOpened:
    session = case.now.session
    if case.stage is not Stage.IN_SESSION or session is None:
        raise WrongStage(f"The case {case.id} is {case.stage}; no commission sits on it.")
    return session


# --- the transcript -------------------------------------------------------------------------------------


def enter(
    case: Case,
    wallet: Wallet,
    unit: Unit,
    *,
    by: Institution,
    credit: str,
    extract: str,
    on: date,
    limit: Limit | None = None,
) -> tuple[CreditRecognised, RecognitionEntered]:
    """Enter the result in the transcript, on the extract of the minutes: both facts belong in one save.

    Refuses: WrongInstitution, WrongLearner, WrongStage, and as `domain.recognised.recognise`: after an appeal
    that changes what was granted, the first credit is withdrawn before.
    """
    refuse_others(case, by)
    if wallet.learner != case.applied.learner:
        raise WrongLearner(f"The case {case.id} is another learner's.")
    decision = case.now.decision
    if case.stage is not Stage.GRANTED or not isinstance(decision, RecognitionGranted):
        raise WrongStage(f"The case {case.id} is {case.stage}; there is nothing to enter.")
    if day(on) < decision.decided_on:
        raise InvalidValue(f"What was decided on {decision.decided_on} cannot be entered on {on}.")
    recognised = recognise(
        wallet,
        unit,
        by=by,
        credit=credit,
        points=decision.points,
        sources=case.chosen(decision.sources),
        method=Method.COMMISSION,
        ground=f"Commission {decision.commission}, {decision.decided_on}, {decision.votes.in_favour} of "
        f"{decision.votes.present} in favour",
        recognised_on=on,
        grade=decision.grade,
        case=case.id,
        limit=limit,
    )
    entered = RecognitionEntered(
        institution=by.id,
        extract=text(extract, "the number of an extract", limit=100),
        credit=recognised.credit,
        entered_on=on,
    )
    return recognised, entered
