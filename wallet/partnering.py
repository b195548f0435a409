"""Memoranda of understanding between institutions: proposed by one, signed by each with its own key, ended."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from domain import memorandum as memoranda
from domain.circle import Phase
from domain.event import Event
from domain.institution import Institution
from domain.memorandum import (
    Acceptance,
    ComparedQualification,
    Memorandum,
    MemorandumEnded,
    MemorandumPhaseRecorded,
    MemorandumProposed,
    MemorandumSigned,
)
from domain.values import memorandum_id
from wallet import streams
from wallet.office import Office, Once

Fact = TypeVar("Fact", bound=Event)


def propose_memorandum(
    office: Office,
    institution: str,
    *,
    names: Mapping[str, str],
    partners: Iterable[str],
    accepted: Iterable[Acceptance] = tuple(Acceptance),
    compared: Iterable[ComparedQualification] = (),
    valid_from: date,
    valid_until: date | None = None,
    proposed_on: date,
    memorandum: str | None = None,
    at: datetime,
    once: Once[MemorandumProposed] | None = None,
) -> MemorandumProposed:
    """Propose a memorandum to other institutions registered here; the proposal is its proposer's signature.

    `partners` are the others; the proposer is one of them without being named.
    Refuses: AlreadyProposed, NotFound (a partner), KeyNotInForce, InvalidValue.
    """
    named = memorandum_id(memorandum or str(uuid.uuid4()))
    others = [partner for partner in partners if partner != institution]
    accepted, compared = tuple(accepted), tuple(compared)
    stream = streams.of_memorandum(named)

    def decide() -> MemorandumProposed:
        by = office.institution(institution).state
        existing = office.find(stream, memoranda.fold)
        event = memoranda.propose(
            existing.state,
            memorandum=named,
            names=names,
            by=by,
            partners=[by, *(office.institution(other).state for other in others)],
            accepted=accepted,
            compared=compared,
            valid_from=valid_from,
            valid_until=valid_until,
            proposed_on=proposed_on,
        )
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def sign_memorandum(
    office: Office,
    institution: str,
    *,
    memorandum: str,
    signed_on: date,
    at: datetime,
    once: Once[MemorandumSigned] | None = None,
) -> MemorandumSigned:
    """Sign a memorandum with the institution's own key.

    Refuses: WrongInstitution, AlreadySigned, NotInForce, NotFound, KeyNotInForce, InvalidValue.
    """

    def decision(read: Memorandum, by: Institution) -> MemorandumSigned:
        return memoranda.sign(read, by=by, signed_on=signed_on)

    return _act(office, institution, memorandum, decision, at, once)


def end_memorandum(
    office: Office,
    institution: str,
    *,
    memorandum: str,
    reason: str,
    ended_on: date,
    at: datetime,
    once: Once[MemorandumEnded] | None = None,
) -> MemorandumEnded:
    """Decline or leave a memorandum. Refuses: WrongInstitution, NotInForce, NotFound, KeyNotInForce, InvalidValue."""

    def decision(read: Memorandum, by: Institution) -> MemorandumEnded:
        return memoranda.end(read, by=by, reason=reason, ended_on=ended_on)

    return _act(office, institution, memorandum, decision, at, once)


def record_partnership_phase(
    office: Office,
    institution: str,
    *,
    memorandum: str,
    phase: Phase,
    findings: str,
    recorded_on: date,
    at: datetime,
    once: Once[MemorandumPhaseRecorded] | None = None,
) -> MemorandumPhaseRecorded:
    """Record a phase of the partnership's quality circle.

    Refuses: WrongInstitution, NotFound, KeyNotInForce, InvalidValue (a phase out of turn).
    """

    def decision(read: Memorandum, by: Institution) -> MemorandumPhaseRecorded:
        return memoranda.record_phase(read, by=by, phase=phase, findings=findings, recorded_on=recorded_on)

    return _act(office, institution, memorandum, decision, at, once)


def _act(
    office: Office,
    institution: str,
    memorandum: str,
    decision: Callable[[Memorandum, Institution], Fact],
    at: datetime,
    once: Once[Fact] | None,
) -> Fact:
    """A partner's act: decided on the memorandum as it stands, signed with the partner's own key."""

    def decide() -> Fact:
        by = office.institution(institution).state
        read = office.memorandum(memorandum)
        event = decision(read.state, by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_memorandum(memorandum_id(memorandum)), decide)
