"""Experts and commissions at work: each conclusion, ballot, vote and minute is signed with the person's own key.

This office keeps the keys of an institution's staff for them, as it keeps the institution's and the learners'.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from domain import commission as commissions
from domain import expertise, session
from domain import staff as persons
from domain.commission import BallotCast, CommissionComposed, OfficersElected
from domain.errors import NotOfTheCommission
from domain.event import Event
from domain.recognition import (
    Case,
    Correspondence,
    Criterion,
    Decision,
    DocumentsAssigned,
    ExpertConcluded,
    InterestDeclared,
    Motion,
    SessionOpened,
    Vote,
    VoteCast,
)
from domain.recognition_policy import Clause, RecognitionRules
from domain.staff import Person, Side, StaffRegistered, StaffRevised
from domain.values import (
    CreditPoints,
    Grade,
    InstitutionId,
    PersonId,
    case_id,
    commission_id,
    institution_id,
    person_id,
)
from keys.errors import KeyExists
from wallet import streams
from wallet.office import Office, Once, staff_key_name
from wallet.recognising import rules_of

Fact = TypeVar("Fact", bound=Event)


@dataclass(frozen=True, slots=True)
class Grant:
    """A motion to grant: what, on which sources, with which grade."""

    points: CreditPoints
    sources: tuple[str, ...]
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A motion to refuse: why, and by which clause."""

    reason: str
    clause: Clause


# --- people ---------------------------------------------------------------------------------------------


def register_staff(
    office: Office,
    institution: str,
    *,
    person: str,
    position: str,
    side: Side,
    teaches: Iterable[str] = (),
    affiliations: Iterable[str] = (),
    at: datetime,
    once: Once[StaffRegistered] | None = None,
) -> StaffRegistered:
    """Register one of the institution's staff, under a new key of her own. Refuses: AlreadyRegistered, NotFound."""
    identity, teaches, affiliations = person_id(person), tuple(teaches), tuple(affiliations)
    stream = streams.of_staff(identity)

    def decide() -> StaffRegistered:
        by = office.institution(institution).state
        existing = office.find(stream, persons.fold)
        _, signer = office.signer_of(by, at)
        event = persons.register(
            existing.state,
            person=identity,
            by=by,
            position=position,
            side=side,
            key=_staff_key(office, identity, at),
            teaches=teaches,
            affiliations=affiliations,
        )
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def _staff_key(office: Office, person: PersonId, at: datetime) -> str:
    """A new key; or one that a crash, or a refusal, has left without its event, which is taken up again."""
    try:
        return office.keystore.new_signing_key(staff_key_name(person), created=at).public.multikey
    except KeyExists:
        return office.staff_signer(person).public.multikey


def revise_staff(
    office: Office,
    institution: str,
    person: str,
    *,
    position: str,
    side: Side,
    teaches: Iterable[str] = (),
    affiliations: Iterable[str] = (),
    at: datetime,
    once: Once[StaffRevised] | None = None,
) -> StaffRevised:
    """Say what one of the staff teaches, and for whom she works, from now on. Refuses: WrongInstitution, NotFound."""
    teaches, affiliations = tuple(teaches), tuple(affiliations)

    def decide() -> StaffRevised:
        by = office.institution(institution).state
        read = office.staff(person)
        event = persons.revise(
            read.state, by=by, position=position, side=side, teaches=teaches, affiliations=affiliations
        )
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_staff(person_id(person)), decide)


# --- the commission -------------------------------------------------------------------------------------


def compose(
    office: Office,
    institution: str,
    *,
    commission: str,
    members: Iterable[str],
    reference: str,
    on: date,
    at: datetime,
    once: Once[CommissionComposed] | None = None,
) -> CommissionComposed:
    """Appoint a commission, by the policy in force. Refuses: AlreadyComposed, NotComposed, NotFound, InvalidValue."""
    stream, members = streams.of_commission(commission_id(commission)), tuple(members)

    def decide() -> CommissionComposed:
        by = office.institution(institution).state
        existing = office.find(stream, commissions.fold)
        event = commissions.compose(
            existing.state,
            _rules_on(office, by.id, on),
            commission=commission,
            by=by,
            members=[office.staff(member).state for member in members],
            reference=reference,
            on=on,
        )
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def cast_ballot(
    office: Office,
    commission: str,
    *,
    by: str,
    chair: str,
    deputy: str,
    on: date,
    at: datetime,
    once: Once[BallotCast] | None = None,
) -> BallotCast:
    """A member votes for a chair and a deputy, with her own signature.

    Refuses: AlreadyComposed (elected), NotOfTheCommission, NotFound, InvalidValue.
    """

    def decide() -> BallotCast:
        read = office.commission(commission)
        event = commissions.cast_ballot(read.state, by=by, chair=chair, deputy=deputy, on=on)
        signer = office.staff_signer(event.by)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_commission(commission_id(commission)), decide)


def elect(
    office: Office,
    institution: str,
    commission: str,
    *,
    on: date,
    at: datetime,
    once: Once[OfficersElected] | None = None,
) -> OfficersElected:
    """Declare who was elected chair and deputy. Refuses: NotComposed, AlreadyComposed, WrongInstitution, NotFound."""

    def decide() -> OfficersElected:
        by = office.institution(institution).state
        read = office.commission(commission)
        event = commissions.elect(read.state, _rules_on(office, by.id, on), by=by, on=on)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_commission(commission_id(commission)), decide)


def _rules_on(office: Office, institution: InstitutionId, on: date) -> RecognitionRules:
    return office.recognition_policy(institution_id(institution)).state.in_force(on).rules


# --- the case -------------------------------------------------------------------------------------------


def assign(
    office: Office,
    institution: str,
    case: str,
    *,
    commission: str,
    experts: Iterable[str],
    on: date,
    at: datetime,
    once: Once[DocumentsAssigned] | None = None,
) -> DocumentsAssigned:
    """Send the documents to a commission's expert group; signed by the institution.

    Refuses: as `domain.expertise.assign`; NotFound, KeyNotInForce.
    """
    experts = tuple(experts)

    def decide() -> DocumentsAssigned:
        by = office.institution(institution).state
        read = office.case(case)
        event = expertise.assign(
            read.state,
            rules_of(office, read.state),
            office.commission(commission).state,
            by=by,
            experts=[office.staff(expert).state for expert in experts],
            on=on,
        )
        _, signer = office.signer_of(by, at)
        write = read.write(event, signer=signer, learner=read.state.applied.learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(streams.of_case(case_id(case)), decide)


def declare_interest(
    office: Office,
    case: str,
    *,
    by: str,
    relation: str,
    on: date,
    at: datetime,
    once: Once[InterestDeclared] | None = None,
) -> InterestDeclared:
    """Say why one does not judge in this case. Refuses: as `domain.expertise.declare_interest`; NotFound."""

    def decision(read: Case, person: Person) -> InterestDeclared:
        return expertise.declare_interest(read, by=person, relation=relation, on=on)

    return _act(office, case, by, decision, at, once)


def conclude(
    office: Office,
    case: str,
    *,
    by: str,
    findings: Mapping[Criterion, Correspondence],
    sources: Iterable[str] | None = None,
    grade: Grade | None = None,
    remarks: str | None = None,
    on: date,
    at: datetime,
    once: Once[ExpertConcluded] | None = None,
) -> ExpertConcluded:
    """An expert concludes. Without `sources`, she counts all of the case's, or none where no outcomes correspond.

    Refuses: as `domain.expertise.conclude`; NotFound.
    """
    named = None if sources is None else tuple(sources)

    def decision(read: Case, person: Person) -> ExpertConcluded:
        none = findings.get(Criterion.OUTCOMES) is Correspondence.NONE
        every = () if none else tuple(source.id for source in read.applied.sources)
        return expertise.conclude(
            read,
            rules_of(office, read),
            by=person,
            findings=findings,
            sources=every if named is None else named,
            grade=grade,
            remarks=remarks,
            on=on,
        )

    return _act(office, case, by, decision, at, once)


def meet(
    office: Office,
    case: str,
    *,
    by: str,
    present: Iterable[str],
    motion: Grant | Refusal,
    on: date,
    at: datetime,
    once: Once[SessionOpened] | None = None,
) -> SessionOpened:
    """Open the commission's meeting on a motion; signed by who presides.

    Refuses: as `domain.session.meet` and `to_grant`; NotFound.
    """
    named = tuple(present)

    def decision(read: Case, person: Person) -> SessionOpened:
        if read.now.assigned is None:
            raise NotOfTheCommission(f"The case {read.id} is before no commission yet.")
        rules = rules_of(office, read)
        members = {PersonId(member): office.staff(member).state for member in named}
        return session.meet(
            read,
            rules,
            office.commission(read.now.assigned.commission).state,
            _motion(read, rules, motion),
            by=person,
            present=members,
            on=on,
        )

    return _act(office, case, by, decision, at, once)


def _motion(case: Case, rules: RecognitionRules, motion: Grant | Refusal) -> Motion:
    if isinstance(motion, Refusal):
        return session.to_refuse(reason=motion.reason, clause=motion.clause)
    return session.to_grant(case, rules, points=motion.points, sources=motion.sources, grade=motion.grade)


def vote(
    office: Office,
    case: str,
    *,
    by: str,
    vote: Vote,
    on: date,
    at: datetime,
    once: Once[VoteCast] | None = None,
) -> VoteCast:
    """A member votes on the motion, openly. Refuses: WrongStage, NotOfTheCommission, AlreadyVoted, NotFound."""

    def decision(read: Case, person: Person) -> VoteCast:
        return session.vote(read, by=person, vote=vote, on=on)

    return _act(office, case, by, decision, at, once)


def decide(
    office: Office,
    case: str,
    *,
    by: str,
    minutes: Iterable[str],
    on: date,
    at: datetime,
    once: Once[Decision] | None = None,
) -> Decision:
    """Declare what the votes come to, with the minutes; signed by who presided.

    Refuses: WrongStage, NotOfTheCommission, CalendarUnknown, NotFound, InvalidValue.
    """
    written = tuple(minutes)

    def decision(read: Case, person: Person) -> Decision:
        return session.decide(read, rules_of(office, read), by=person, minutes=written, on=on)

    return _act(office, case, by, decision, at, once)


def _act(
    office: Office,
    case: str,
    by: str,
    decision: Callable[[Case, Person], Fact],
    at: datetime,
    once: Once[Fact] | None,
) -> Fact:
    """A person's act in a case: decided on the case, signed by her, sealed for the learner."""

    def act() -> Fact:
        read = office.case(case)
        person = office.staff(by).state
        event = decision(read.state, person)
        signer = office.staff_signer(person.id)
        write = read.write(event, signer=signer, learner=read.state.applied.learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(streams.of_case(case_id(case)), act)
