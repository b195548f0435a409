"""Learning agreements: proposed, signed by three, changed, and then assessed, validated and recognised.

The learner signs with her own key, each institution with its own. Everything in an agreement is sealed for the
learner. Whoever acts is told as `Acting`: the learner, or one of the two institutions.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from domain import agreement as agreements
from domain.achievement import Result
from domain.agreement import (
    Agreement,
    AgreementDeclined,
    AgreementPhaseRecorded,
    AgreementProposed,
    AgreementSigned,
    Assessed,
    ChangeProposed,
    Component,
    ComponentLeftOut,
    ComponentValidated,
    Party,
    Recognition,
    Transcript,
)
from domain.circle import Phase
from domain.credit import Credit
from domain.errors import InvalidValue, NotFound, NotInForce, NotRecognised, WrongInstitution, WrongLearner
from domain.event import Event
from domain.institution import Institution
from domain.memorandum import in_force
from domain.unit import Unit
from domain.values import (
    AgreementId,
    CreditPoints,
    Grade,
    InstitutionId,
    LearnerId,
    MemorandumId,
    OutcomeId,
    UnitId,
    agreement_id,
    institution_id,
    learner_id,
    unit_id,
)
from domain.wallet import Wallet
from keys.signing import Signer
from wallet import streams
from wallet.office import Office, Once, Read
from wallet.projections import agreements as views

Fact = TypeVar("Fact", bound=Event)
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts: a learner, by her UUID, or an institution, by its id. Exactly one of the two."""

    learner: str | None = None
    institution: str | None = None

    def party_to(self, agreement: Agreement) -> Party:
        """Refuses: WrongLearner, WrongInstitution."""
        if self.institution is not None:
            return agreement.party(InstitutionId(self.institution))
        if self.learner != agreement.learner:
            raise WrongLearner(f"Agreement {agreement.id} is not this learner's.")
        return Party.LEARNER


@dataclass(frozen=True, slots=True)
class Wanted:
    """A component as it is asked for. Points and outcomes not named are all of the host's unit."""

    host_unit: str
    home_unit: str | None = None
    points: CreditPoints | None = None
    outcomes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transcript as the host gives it."""

    host_unit: str
    result: Result
    grade: Grade | None = None


# --- before and during ----------------------------------------------------------------------------------


def propose_agreement(
    office: Office,
    acting: Acting,
    *,
    learner: str,
    home: str,
    host: str,
    components: Iterable[Wanted],
    starts_on: date,
    ends_on: date,
    proposed_on: date,
    memorandum: str | None = None,
    agreement: str | None = None,
    at: datetime,
    once: Once[AgreementProposed] | None = None,
) -> AgreementProposed:
    """Propose a learning agreement as one of its parties; the proposal is that party's signature.

    Refuses: AlreadyProposed, WrongLearner, WrongInstitution, WrongDoor, NotAccredited, UnlikeCredits, NotFound
    (a party, a unit, the memorandum), KeyNotInForce, InvalidValue.
    """
    named = agreement_id(agreement or str(uuid.uuid4()))
    wanted = tuple(components)
    stream = streams.of_agreement(named)

    def decide() -> AgreementProposed:
        wallet = office.learner(learner).state
        by = _party(acting, wallet.learner, home=institution_id(home), host=institution_id(host))
        existing = office.find(stream, agreements.fold)
        described = _described(office, wanted)
        event = agreements.propose(
            existing.state,
            agreement=named,
            learner=wallet.learner,
            home=office.institution(home).state,
            host=office.institution(host).state,
            by=by,
            components=[_component(each, described) for each in wanted],
            units=described,
            starts_on=starts_on,
            ends_on=ends_on,
            memorandum=None if memorandum is None else office.memorandum(memorandum).state,
            proposed_on=proposed_on,
        )
        write = existing.write(event, signer=_signer(office, acting, at), learner=wallet.learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(stream, decide)


def sign_agreement(
    office: Office,
    acting: Acting,
    *,
    agreement: str,
    signed_on: date,
    at: datetime,
    once: Once[AgreementSigned] | None = None,
) -> AgreementSigned:
    """Sign the open change, or else the agreement.

    Refuses: WrongLearner, WrongInstitution, NotInForce, AlreadySigned, NotFound, KeyNotInForce, InvalidValue.
    """

    def decision(read: Agreement, by: Party) -> AgreementSigned:
        return agreements.sign(read, by=by, signed_on=signed_on)

    return _act(office, acting, agreement, decision, at, once)


def decline_agreement(
    office: Office,
    acting: Acting,
    *,
    agreement: str,
    reason: str,
    declined_on: date,
    at: datetime,
    once: Once[AgreementDeclined] | None = None,
) -> AgreementDeclined:
    """Decline the open change, or else the agreement.

    Refuses: WrongLearner, WrongInstitution, NotInForce, AlreadySigned, NotFound, KeyNotInForce, InvalidValue.
    """

    def decision(read: Agreement, by: Party) -> AgreementDeclined:
        return agreements.decline(read, by=by, reason=reason, declined_on=declined_on)

    return _act(office, acting, agreement, decision, at, once)


def propose_change(
    office: Office,
    acting: Acting,
    *,
    agreement: str,
    drops: Iterable[str] = (),
    adds: Iterable[Wanted] = (),
    reason: str,
    proposed_on: date,
    at: datetime,
    once: Once[ChangeProposed] | None = None,
) -> ChangeProposed:
    """Propose that components be dropped, added or replaced, and sign the change.

    Refuses: NotInForce, NotAgreed, AlreadyProposed, AlreadyAssessed, NotFoundInAgreement, WrongInstitution,
    WrongLearner, WrongDoor, NotAccredited, UnlikeCredits, NotFound, KeyNotInForce, InvalidValue.
    """
    dropped, added = [unit_id(unit) for unit in drops], tuple(adds)

    def decision(read: Agreement, by: Party) -> ChangeProposed:
        described = _described(office, added)
        return agreements.propose_change(
            read,
            by=by,
            drops=dropped,
            adds=[_component(each, described) for each in added],
            units=described,
            home=office.institution(read.home).state,
            host=office.institution(read.host).state,
            reason=reason,
            proposed_on=proposed_on,
        )

    return _act(office, acting, agreement, decision, at, once)


def record_mobility_phase(
    office: Office,
    acting: Acting,
    *,
    agreement: str,
    phase: Phase,
    findings: str,
    recorded_on: date,
    at: datetime,
    once: Once[AgreementPhaseRecorded] | None = None,
) -> AgreementPhaseRecorded:
    """Record a phase of the quality circle of this learner's mobility.

    Refuses: WrongLearner, WrongInstitution, NotFound, KeyNotInForce, InvalidValue (a phase out of turn).
    """

    def decision(read: Agreement, by: Party) -> AgreementPhaseRecorded:
        return agreements.record_phase(read, by=by, phase=phase, findings=findings, recorded_on=recorded_on)

    return _act(office, acting, agreement, decision, at, once)


# --- after ----------------------------------------------------------------------------------------------


def record_transcript(
    office: Office,
    institution: str,
    *,
    agreement: str,
    results: Iterable[Line],
    recorded_on: date,
    at: datetime,
    once: Once[Transcript] | None = None,
) -> Transcript:
    """The host's transcript; credit that it has not awarded yet is awarded in the same save.

    Refuses: WrongInstitution, NotInForce, NotAgreed, NotFoundInAgreement, AlreadyAssessed, NotAccredited,
    NotFound, KeyNotInForce, InvalidValue.
    """
    lines = tuple(results)
    new_credits = [str(uuid.uuid4()) for _ in lines]

    def decision(
        read: Agreement, wallet: Wallet, by: Institution
    ) -> tuple[Transcript, list[Event], list[Event]]:
        transcript = agreements.record_transcript(
            read,
            wallet,
            by=by,
            results=[
                Assessed(
                    host_unit=unit_id(line.host_unit), result=line.result, grade=line.grade, credit=credit
                )
                for line, credit in zip(lines, new_credits, strict=True)
            ],
            units={
                unit: office.unit(unit).state
                for unit in {unit_id(line.host_unit) for line in lines} & read.components.keys()
            },
            recorded_on=recorded_on,
        )
        return transcript, [transcript.recorded], list(transcript.awarded)

    return _assess(office, institution, agreement, decision, at, once)


def validate_component(
    office: Office,
    institution: str,
    *,
    agreement: str,
    host_unit: str,
    validated_on: date,
    at: datetime,
    once: Once[ComponentValidated] | None = None,
) -> ComponentValidated:
    """Home confirms that the outcomes assessed are those it required.

    Refuses: WrongInstitution, NotInForce, NotAgreed, NotFoundInAgreement, NotAssessed, NotPassed, NotValidated,
    AlreadyValidated, NotFound, KeyNotInForce, InvalidValue.
    """

    def decision(
        read: Agreement, wallet: Wallet, by: Institution
    ) -> tuple[ComponentValidated, list[Event], list[Event]]:
        event = agreements.validate(read, wallet, host_unit=host_unit, by=by, validated_on=validated_on)
        return event, [event], []

    return _assess(office, institution, agreement, decision, at, once)


def recognise_component(
    office: Office,
    institution: str,
    *,
    agreement: str,
    host_unit: str,
    recognised_on: date,
    at: datetime,
    once: Once[Recognition] | None = None,
) -> Recognition:
    """Home recognises what was passed, and its credit is transferred there in the same save.

    Refuses: WrongInstitution, NotInForce, NotAgreed, NotFoundInAgreement, NotAssessed, NotPassed, NotValidated,
    AlreadyRecognised, AlreadyAwarded, NotAccredited, UnlikeCredits, NotFound, KeyNotInForce, InvalidValue.
    """
    new_credit = str(uuid.uuid4())

    def decision(
        read: Agreement, wallet: Wallet, by: Institution
    ) -> tuple[Recognition, list[Event], list[Event]]:
        home_unit = read.component(host_unit).component.home_unit
        recognition = agreements.recognise(
            read,
            wallet,
            host_unit=host_unit,
            by=by,
            credit=new_credit,
            recognised_on=recognised_on,
            home_unit=None if home_unit is None else office.unit(home_unit).state,
            memorandum=None if read.memorandum is None else office.memorandum(read.memorandum).state,
        )
        chain: list[Event] = [recognition.recognised]
        if recognition.validated is not None:
            chain.insert(0, recognition.validated)
        return recognition, chain, [] if recognition.transferred is None else [recognition.transferred]

    return _assess(office, institution, agreement, decision, at, once)


def leave_out_component(
    office: Office,
    institution: str,
    *,
    agreement: str,
    host_unit: str,
    reason: str,
    left_out_on: date,
    at: datetime,
    once: Once[ComponentLeftOut] | None = None,
) -> ComponentLeftOut:
    """Home decides that a component does not count; never one that was agreed and passed.

    Refuses: CountsInFull, NotAssessed, AlreadyRecognised, WrongInstitution, NotInForce, NotAgreed,
    NotFoundInAgreement, NotFound, KeyNotInForce, InvalidValue.
    """

    def decision(
        read: Agreement, wallet: Wallet, by: Institution
    ) -> tuple[ComponentLeftOut, list[Event], list[Event]]:
        event = agreements.leave_out(
            read, wallet, host_unit=host_unit, by=by, reason=reason, left_out_on=left_out_on
        )
        return event, [event], []

    return _assess(office, institution, agreement, decision, at, once)


# --- questions ------------------------------------------------------------------------------------------


def agreements_of(office: Office, acting: Acting) -> list[Agreement]:
    """The agreements that a learner, or an institution, is a party to, in the order of their proposal."""
    office.follower.catch_up()
    database = office.ledger.database
    return list(
        _read(office, views.agreements(database, learner=acting.learner, institution=acting.institution))
    )


def agreements_under(office: Office, memorandum: MemorandumId) -> list[Agreement]:
    """The agreements that name a memorandum, in the order of their proposal."""
    office.follower.catch_up()
    return list(_read(office, views.agreements(office.ledger.database, memorandum=memorandum)))


def _read(office: Office, named: Iterable[AgreementId]) -> Iterator[Agreement]:
    for agreement in named:
        try:
            yield office.agreement(agreement).state
        except NotFound:  # the learner was erased since, and with her what was agreed
            continue


def refuse_unless_plain(
    office: Office, wallet: Wallet, source: Credit, *, to: Institution, ground: str, on: date
) -> None:
    """That a credit may be transferred on this ground by a plain transfer, beside the chain of an agreement.

    A ground that is kept elsewhere is taken as the institutions cite it. A memorandum of this ledger, named
    `memorandum/ID`, has to be in force between the two. An agreement of this ledger is no ground of a plain
    transfer: what it is about is transferred by recognising its component.
    Refuses: NotRecognised, NotFound, NotInForce, InvalidValue.
    """
    kind, found, named = ground.strip().partition("/")
    if found and kind == "memorandum":
        memorandum = office.memorandum(named).state
        if not in_force(memorandum, source.institution, to.id, on=on):
            raise NotInForce(
                f"Memorandum {memorandum.id} is not in force between {source.institution} and {to.id} on {on}."
            )
    elif found and kind == "agreement":
        named = office.agreement(named).state.id
        raise NotRecognised(f"What agreement {named} is about is transferred by recognising its components.")
    agreements.refuse_transfer_past(agreements_of(office, Acting(learner=wallet.learner)), source, to.id)


# --- how acts are recorded ------------------------------------------------------------------------------


def _act(
    office: Office,
    acting: Acting,
    agreement: str,
    decision: Callable[[Agreement, Party], Fact],
    at: datetime,
    once: Once[Fact] | None,
) -> Fact:
    """A party's act in the agreement alone, signed with that party's own key."""

    def decide() -> Fact:
        read = office.agreement(agreement)
        event = decision(read.state, acting.party_to(read.state))
        write = read.write(event, signer=_signer(office, acting, at), learner=read.state.learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(streams.of_agreement(agreement_id(agreement)), decide)


def _assess(
    office: Office,
    institution: str,
    agreement: str,
    decision: Callable[[Agreement, Wallet, Institution], tuple[Told, list[Event], list[Event]]],
    at: datetime,
    once: Once[Told] | None,
) -> Told:
    """An institution's act in the agreement and, with it, in the learner's wallet: both, or neither."""
    learner = office.agreement(agreement).state.learner

    def decide() -> Told:
        by = office.institution(institution).state
        read: Read[Agreement] = office.agreement(agreement)
        wallet = office.learner(read.state.learner)
        told, in_agreement, in_wallet = decision(read.state, wallet.state, by)
        _, signer = office.signer_of(by, at)
        writes = [read.write(*in_agreement, signer=signer, learner=learner)]
        if in_wallet:
            writes.append(wallet.write(*in_wallet, signer=signer, learner=learner))
        return office.record(*writes, at=at, result=told, once=once)

    return office.decide(streams.of_learner(learner), decide)


def _party(acting: Acting, learner: LearnerId, *, home: InstitutionId, host: InstitutionId) -> Party:
    if acting.institution is None:
        if acting.learner != learner:
            raise WrongLearner("A learner proposes agreements of her own.")
        return Party.LEARNER
    if acting.institution not in (home, host):
        raise WrongInstitution(f"{acting.institution} is neither home nor host, and cannot propose this.")
    return Party.HOME if acting.institution == home else Party.HOST


def _signer(office: Office, acting: Acting, at: datetime) -> Signer:
    if acting.institution is None:
        return office.learner_keys.signer(learner_id(acting.learner or ""))
    _, signer = office.signer_of(office.institution(acting.institution).state, at)
    return signer


def _described(office: Office, wanted: Iterable[Wanted]) -> dict[UnitId, Unit]:
    """Every unit that is named, as it is described today. Refuses: NotFound, InvalidValue."""
    named = {
        unit_id(unit) for each in wanted for unit in (each.host_unit, each.home_unit) if unit is not None
    }
    return {unit: office.unit(unit).state for unit in sorted(named)}


def _component(wanted: Wanted, described: dict[UnitId, Unit]) -> Component:
    unit = described[unit_id(wanted.host_unit)]
    points = wanted.points
    if points is None:
        if len(unit.points) != 1:
            schemes = " and ".join(each.scheme for each in unit.points) or "no scheme"
            raise InvalidValue(f"The unit {unit.id} is worth credit in {schemes}; say how much of which.")
        points = unit.points[0]
    outcomes = unit.outcome_ids if wanted.outcomes is None else wanted.outcomes
    return Component(
        host_unit=unit.id,
        home_unit=None if wanted.home_unit is None else unit_id(wanted.home_unit),
        points=points,
        outcomes=tuple(dict.fromkeys(OutcomeId(outcome) for outcome in outcomes)),
    )
