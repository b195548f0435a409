"""A memorandum of understanding: what institutions that exchange learners accept of each other.

    proposed ──► signed by every partner ──► in force, from its first day to its last ──► ended

It is proposed by one partner, whose proposal is its signature, and binds nobody until all have signed. Under
it a partner need not validate again what another has assessed (`domain.agreement`). Sources: ECVET
Recommendation 2009, Annex II; ECVET Users' Guide, part III.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.circle import Noted, Phase, round_of
from domain.errors import AlreadyProposed, AlreadySigned, InvalidValue, NotInForce, WrongInstitution
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.values import (
    InstitutionId,
    Level,
    MemorandumId,
    Names,
    day,
    in_languages,
    memorandum_id,
    settle,
    text,
)

# --- facts ----------------------------------------------------------------------------------------------


class Acceptance(StrEnum):
    """What each partner accepts of the others' as its own."""

    QUALITY_ASSURANCE = "quality-assurance"
    ASSESSMENT = "assessment"
    VALIDATION = "validation"
    RECOGNITION = "recognition"


class ComparedQualification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A partner's qualification and the EQF level at which it is compared with the others'."""

    institution: InstitutionId
    names: Names
    level: Level

    def __post_init__(self) -> None:
        settle(self, "names", in_languages(self.names, "a qualification's name"))


class MemorandumProposed(Event, tag="memorandum.proposed.v1"):
    """The terms, signed by the partner that proposes them."""

    memorandum: MemorandumId
    institution: InstitutionId
    names: Names
    partners: tuple[InstitutionId, ...]
    accepted: tuple[Acceptance, ...]
    compared: tuple[ComparedQualification, ...]
    valid_from: date
    proposed_on: date
    valid_until: date | None = None
    """The last day it holds; None while no end is set."""


class MemorandumSigned(Event, tag="memorandum.signed.v1"):
    institution: InstitutionId
    signed_on: date


class MemorandumEnded(Event, tag="memorandum.ended.v1"):
    """A partner declines or leaves; then it binds none of them."""

    institution: InstitutionId
    reason: str
    ended_on: date
    """The first day it no longer holds."""


class MemorandumPhaseRecorded(Event, tag="memorandum.phase_recorded.v1"):
    """A partner's findings in a phase of the partnership's quality circle (`domain.circle`)."""

    institution: InstitutionId
    phase: Phase
    round: int
    findings: str
    recorded_on: date


# --- state ----------------------------------------------------------------------------------------------


class MemorandumStanding(StrEnum):
    """Where a memorandum stands on a day."""

    PROPOSED = "proposed"
    """Somebody has not signed yet."""
    NOT_YET = "not-yet"
    IN_FORCE = "in-force"
    EXPIRED = "expired"
    ENDED = "ended"


class Memorandum(msgspec.Struct, frozen=True, kw_only=True):
    id: MemorandumId
    names: Names
    partners: tuple[InstitutionId, ...]
    accepted: tuple[Acceptance, ...]
    compared: tuple[ComparedQualification, ...]
    valid_from: date
    valid_until: date | None
    proposed_by: InstitutionId
    proposed_on: date
    signed: Mapping[InstitutionId, date]
    """By whom, and when; the proposer first."""
    ended: MemorandumEnded | None = None
    circle: tuple[Noted, ...] = ()

    @property
    def unsigned(self) -> tuple[InstitutionId, ...]:
        """The partners whose signature it waits for."""
        return tuple(partner for partner in self.partners if partner not in self.signed)

    def standing(self, on: date) -> MemorandumStanding:
        if self.ended is not None and self.ended.ended_on <= on:
            return MemorandumStanding.ENDED
        if self.valid_until is not None and self.valid_until < on:
            return MemorandumStanding.EXPIRED
        if self.unsigned or max(self.signed.values()) > on:
            return MemorandumStanding.PROPOSED
        return MemorandumStanding.NOT_YET if on < self.valid_from else MemorandumStanding.IN_FORCE


def evolve(memorandum: Memorandum | None, event: Event) -> Memorandum:
    """The memorandum after one more fact."""
    match memorandum, event:
        case None, MemorandumProposed():
            return Memorandum(
                id=event.memorandum,
                names=event.names,
                partners=event.partners,
                accepted=event.accepted,
                compared=event.compared,
                valid_from=event.valid_from,
                valid_until=event.valid_until,
                proposed_by=event.institution,
                proposed_on=event.proposed_on,
                signed={event.institution: event.proposed_on},
            )
        case Memorandum(), MemorandumSigned():
            signed = {**memorandum.signed, event.institution: event.signed_on}
            return msgspec.structs.replace(memorandum, signed=signed)
        case Memorandum(), MemorandumEnded():
            return msgspec.structs.replace(memorandum, ended=event)
        case Memorandum(), MemorandumPhaseRecorded():
            noted = Noted(event.phase, event.round, event.institution, event.findings, event.recorded_on)
            return msgspec.structs.replace(memorandum, circle=(*memorandum.circle, noted))
    raise cannot_follow(event, "a memorandum")


def fold(events: Iterable[Event]) -> Memorandum:
    """The memorandum its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "There is no memorandum under this id.")


# --- questions ------------------------------------------------------------------------------------------

_FOR_VALIDATION: Final = {Acceptance.QUALITY_ASSURANCE, Acceptance.ASSESSMENT, Acceptance.VALIDATION}


def in_force(memorandum: Memorandum, *partners: InstitutionId, on: date) -> bool:
    """Whether it binds all of these institutions on that day."""
    bound = set(partners) <= set(memorandum.partners)
    return bound and memorandum.standing(on) is MemorandumStanding.IN_FORCE


def covers(
    memorandum: Memorandum, *, home: InstitutionId, host: InstitutionId, level: Level | None, on: date
) -> bool:
    """Whether learning at that level, assessed by the host, is validated at home without a further look.

    It has to be in force between the two; they have to accept each other's quality assurance, assessment and
    validation; and where qualifications are compared, the level is one at which both have one compared.
    """
    if not in_force(memorandum, home, host, on=on) or not set(memorandum.accepted) >= _FOR_VALIDATION:
        return False
    return not memorandum.compared or level in _levels(memorandum, home) & _levels(memorandum, host)


def _levels(memorandum: Memorandum, partner: InstitutionId) -> set[Level]:
    return {each.level for each in memorandum.compared if each.institution == partner}


# --- decisions ------------------------------------------------------------------------------------------


def propose(
    existing: Memorandum | None,
    *,
    memorandum: str,
    names: Mapping[str, str],
    by: Institution,
    partners: Iterable[Institution],
    accepted: Iterable[Acceptance] = tuple(Acceptance),
    compared: Iterable[ComparedQualification] = (),
    valid_from: date,
    valid_until: date | None = None,
    proposed_on: date,
) -> MemorandumProposed:
    """Propose the terms to the other partners, and sign them.

    Refuses: AlreadyProposed, InvalidValue (fewer than two partners, one twice, the proposer not among them,
    nothing accepted, a qualification of nobody here or compared in another framework than the EQF, an end
    before the beginning).
    """
    if existing is not None:
        raise AlreadyProposed(f"A memorandum {existing.id} was proposed on {existing.proposed_on} already.")
    named = tuple(partner.id for partner in partners)
    if len(set(named)) < len(named):
        raise InvalidValue("A memorandum names each partner once.")
    if len(named) < 2:
        raise InvalidValue("A memorandum is between two institutions or more.")
    if by.id not in named:
        raise InvalidValue(f"{by.id} cannot propose a memorandum between others.")
    agreed = set(accepted)
    if not agreed:
        raise InvalidValue("A memorandum says what its partners accept of each other.")
    compared = tuple(compared)
    for each in compared:
        if each.institution not in named:
            raise InvalidValue(f"{each.institution} is not a partner, and nothing of it is compared.")
        if each.level.framework != "EQF":
            raise InvalidValue(f"Qualifications are compared by their EQF level, and not by {each.level}.")
    if day(valid_until or valid_from) < day(valid_from):
        raise InvalidValue(f"A memorandum from {valid_from} cannot end on {valid_until}.")
    return MemorandumProposed(
        memorandum=memorandum_id(memorandum),
        institution=by.id,
        names=in_languages(names, "a memorandum's name"),
        partners=named,
        accepted=tuple(each for each in Acceptance if each in agreed),
        compared=compared,
        valid_from=valid_from,
        valid_until=valid_until,
        proposed_on=day(proposed_on),
    )


def sign(memorandum: Memorandum, *, by: Institution, signed_on: date) -> MemorandumSigned:
    """Accept the terms as they were proposed; the last signature puts the memorandum in force.

    Refuses: WrongInstitution, NotInForce (ended, or its last day is over), AlreadySigned, InvalidValue.
    """
    _refuse_strangers(memorandum, by)
    _refuse_after_the_end(memorandum, signed_on)
    if by.id in memorandum.signed:
        raise AlreadySigned(f"{by.id} signed memorandum {memorandum.id} on {memorandum.signed[by.id]}.")
    _refuse_before_the_proposal(memorandum, signed_on)
    return MemorandumSigned(institution=by.id, signed_on=signed_on)


def end(memorandum: Memorandum, *, by: Institution, reason: str, ended_on: date) -> MemorandumEnded:
    """Decline the memorandum, or leave it: from that day it binds nobody. What rests on it stays.

    Refuses: WrongInstitution, NotInForce (ended before, or its last day is over), InvalidValue.
    """
    _refuse_strangers(memorandum, by)
    _refuse_after_the_end(memorandum, ended_on)
    _refuse_before_the_proposal(memorandum, ended_on)
    return MemorandumEnded(institution=by.id, reason=text(reason, "a reason"), ended_on=ended_on)


def record_phase(
    memorandum: Memorandum, *, by: Institution, phase: Phase, findings: str, recorded_on: date
) -> MemorandumPhaseRecorded:
    """Record what a partner found in a phase of the quality circle; also after the end, when it is reviewed.

    Refuses: WrongInstitution, InvalidValue (a phase out of turn).
    """
    _refuse_strangers(memorandum, by)
    _refuse_before_the_proposal(memorandum, recorded_on)
    return MemorandumPhaseRecorded(
        institution=by.id,
        phase=phase,
        round=round_of(memorandum.circle, phase),
        findings=text(findings, "the findings of a phase"),
        recorded_on=recorded_on,
    )


def _refuse_strangers(memorandum: Memorandum, by: Institution) -> None:
    if by.id not in memorandum.partners:
        raise WrongInstitution(f"{by.id} is not a partner of memorandum {memorandum.id}.")


def _refuse_after_the_end(memorandum: Memorandum, on: date) -> None:
    if memorandum.ended is not None:
        raise NotInForce(f"Memorandum {memorandum.id} was ended on {memorandum.ended.ended_on}.")
    if memorandum.valid_until is not None and day(on) > memorandum.valid_until:
        raise NotInForce(f"Memorandum {memorandum.id} held until {memorandum.valid_until} only.")


def _refuse_before_the_proposal(memorandum: Memorandum, on: date) -> None:
    if day(on) < memorandum.proposed_on:
        raise InvalidValue(
            f"Memorandum {memorandum.id} was proposed on {memorandum.proposed_on}, after {on}."
        )
