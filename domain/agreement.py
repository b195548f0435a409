"""A learning agreement: what a learner will study elsewhere, and what it will count for at home.

    before   proposed ──► signed by the learner, home and host ──► agreed         (or declined by one of them)
    during   change proposed ──► signed by the three, again                       (or declined: all stays)
    after    host: transcript ──► home: validated ──► home: recognised = transferred        … or left out

The acts of the last line are distinct, and each is one party's alone. The host assesses, and awards its credit
for what was passed; home validates, which says that the outcomes are those it required; home recognises; and
the credit is transferred by that recognition and in no other way. Under a memorandum in force validation needs
no further look. What was agreed and passed counts in full, without being assessed again. Sources: ECVET
Recommendation 2009, Annex II; ECTS Users' Guide 2015, 4; Erasmus+ learning agreement.

Components go by the host's unit, of which an agreement has each once. Every fact here speaks of the learner.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.achievement import Result
from domain.circle import Noted, Phase, round_of
from domain.credit import Credit, CreditAwarded, CreditTransferred, in_force
from domain.errors import (
    AlreadyAssessed,
    AlreadyProposed,
    AlreadyRecognised,
    AlreadySigned,
    AlreadyValidated,
    CountsInFull,
    InvalidValue,
    NotAccredited,
    NotAgreed,
    NotAssessed,
    NotFoundInAgreement,
    NotInForce,
    NotPassed,
    NotRecognised,
    NotValidated,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
)
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution, is_accredited
from domain.memorandum import Memorandum, covers
from domain.rules import hold
from domain.unit import Unit
from domain.values import (
    AgreementId,
    CreditId,
    CreditPoints,
    Grade,
    InstitutionId,
    LearnerId,
    MemorandumId,
    OutcomeId,
    Setting,
    UnitId,
    agreement_id,
    day,
    text,
)
from domain.wallet import Wallet, award, transfer

# --- facts ----------------------------------------------------------------------------------------------


class Party(StrEnum):
    LEARNER = "learner"
    HOME = "home"
    """The sending institution, where the learning is to count."""
    HOST = "host"
    """The receiving institution, which teaches and assesses."""


class Component(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit of the host's, and what it counts for."""

    host_unit: UnitId
    points: CreditPoints
    """What the host awards for it, and home counts: the same points, in the same scheme."""
    outcomes: tuple[OutcomeId, ...]
    """Those of the host's unit that home requires."""
    home_unit: UnitId | None = None
    """Home's own unit that it takes the place of; None where it counts beside them."""


class ComponentResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the host's transcript of records."""

    host_unit: UnitId
    result: Result
    credit: CreditId | None = None
    """What the host awarded; always for what was passed, never for what was failed."""
    grade: Grade | None = None


class AgreementProposed(Event, tag="agreement.proposed.v1"):
    """The whole of it, signed by the party that proposes."""

    personal = True

    agreement: AgreementId
    learner: LearnerId
    home: InstitutionId
    host: InstitutionId
    by: Party
    components: tuple[Component, ...]
    starts_on: date
    ends_on: date
    proposed_on: date
    memorandum: MemorandumId | None = None


class AgreementSigned(Event, tag="agreement.signed.v1"):
    personal = True

    by: Party
    change: int
    """Which change is signed, counted from 1; 0 is the agreement as it was proposed."""
    signed_on: date


class AgreementDeclined(Event, tag="agreement.declined.v1"):
    personal = True

    by: Party
    change: int
    reason: str
    declined_on: date


class ChangeProposed(Event, tag="agreement.change_proposed.v1"):
    personal = True

    by: Party
    change: int
    drops: tuple[UnitId, ...]
    adds: tuple[Component, ...]
    """Each new, or in place of one that is dropped."""
    reason: str
    proposed_on: date


class TranscriptRecorded(Event, tag="agreement.transcript_recorded.v1"):
    """Signed by the host. There may be several: each is about the components it names."""

    personal = True

    results: tuple[ComponentResult, ...]
    recorded_on: date


class ComponentValidated(Event, tag="agreement.component_validated.v1"):
    """Signed by home: the outcomes assessed are those required."""

    personal = True

    host_unit: UnitId
    credit: CreditId
    outcomes: tuple[OutcomeId, ...]
    validated_on: date
    memorandum: MemorandumId | None = None
    """The ground of a validation without a further look."""


class ComponentRecognised(Event, tag="agreement.component_recognised.v1"):
    """Signed by home, together with the transfer that opens `counted_as` in the wallet."""

    personal = True

    host_unit: UnitId
    credit: CreditId
    counted_as: CreditId
    recognised_on: date


class ComponentLeftOut(Event, tag="agreement.component_left_out.v1"):
    """Signed by home: it does not count, because it was not passed, or not in time."""

    personal = True

    host_unit: UnitId
    reason: str
    left_out_on: date


class AgreementPhaseRecorded(Event, tag="agreement.phase_recorded.v1"):
    """A party's findings in a phase of this learner's quality circle (`domain.circle`)."""

    personal = True

    by: Party
    phase: Phase
    round: int
    findings: str
    recorded_on: date


# --- state ----------------------------------------------------------------------------------------------


class Stage(StrEnum):
    PROPOSED = "proposed"
    DECLINED = "declined"
    AGREED = "agreed"
    COMPLETED = "completed"
    """Home has decided on every component."""


class ComponentStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A component and what has become of it. A new result begins the chain anew."""

    component: Component
    result: ComponentResult | None = None
    validated: ComponentValidated | None = None
    recognised: ComponentRecognised | None = None
    left_out: ComponentLeftOut | None = None

    @property
    def settled(self) -> bool:
        return self.recognised is not None or self.left_out is not None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change that not all have signed yet."""

    proposed: ChangeProposed
    signed: dict[Party, date]

    @property
    def touches(self) -> set[UnitId]:
        """The components that would no longer be, or no longer be the same."""
        return set(self.proposed.drops)


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    id: AgreementId
    learner: LearnerId
    home: InstitutionId
    host: InstitutionId
    memorandum: MemorandumId | None
    starts_on: date
    ends_on: date
    proposed_on: date
    components: dict[UnitId, ComponentStanding]
    """By the host's unit, in the order they were agreed."""
    signed: dict[Party, date]
    declined: AgreementDeclined | None = None
    change: Change | None = None
    changes: int = 0
    """How many changes were ever proposed."""
    circle: tuple[Noted, ...] = ()

    @property
    def unsigned(self) -> tuple[Party, ...]:
        """Whose signature the agreement, or its open change, waits for."""
        signed = self.signed if self.change is None else self.change.signed
        return tuple(party for party in Party if party not in signed)

    @property
    def stage(self) -> Stage:
        if self.declined is not None:
            return Stage.DECLINED
        if len(self.signed) < len(Party):
            return Stage.PROPOSED
        settled = all(standing.settled for standing in self.components.values())
        return Stage.COMPLETED if settled else Stage.AGREED

    def party(self, institution: InstitutionId) -> Party:
        """Which party the institution is. Refuses: WrongInstitution."""
        match institution:
            case self.home:
                return Party.HOME
            case self.host:
                return Party.HOST
        raise WrongInstitution(f"{institution} is not a party to agreement {self.id}.")

    def component(self, host_unit: str) -> ComponentStanding:
        """Refuses: NotFoundInAgreement."""
        found = self.components.get(UnitId(host_unit))
        if found is None:
            raise NotFoundInAgreement(f"The host's unit {host_unit!a} is not in agreement {self.id}.")
        return found


def evolve(agreement: Agreement | None, event: Event) -> Agreement:
    """The agreement after one more fact."""
    match agreement, event:
        case None, AgreementProposed():
            return Agreement(
                id=event.agreement,
                learner=event.learner,
                home=event.home,
                host=event.host,
                memorandum=event.memorandum,
                starts_on=event.starts_on,
                ends_on=event.ends_on,
                proposed_on=event.proposed_on,
                components=_as_agreed(event.components),
                signed={event.by: event.proposed_on},
            )
        case Agreement(change=None), AgreementSigned(change=0):
            signed = {**agreement.signed, event.by: event.signed_on}
            return msgspec.structs.replace(agreement, signed=signed)
        case Agreement(change=Change() as change), AgreementSigned():
            return _with_signature(agreement, change, event)
        case Agreement(change=None), AgreementDeclined(change=0):
            return msgspec.structs.replace(agreement, declined=event)
        case Agreement(change=Change()), AgreementDeclined():
            return msgspec.structs.replace(agreement, change=None)
        case Agreement(change=None), ChangeProposed():
            change = Change(proposed=event, signed={event.by: event.proposed_on})
            return msgspec.structs.replace(agreement, change=change, changes=event.change)
        case Agreement(), TranscriptRecorded():
            assessed = {
                result.host_unit: ComponentStanding(
                    component=_standing(agreement, event, result.host_unit).component, result=result
                )
                for result in event.results
            }
            return msgspec.structs.replace(agreement, components={**agreement.components, **assessed})
        case Agreement(), ComponentValidated():
            return _with(agreement, event, event.host_unit, validated=event)
        case Agreement(), ComponentRecognised():
            return _with(agreement, event, event.host_unit, recognised=event)
        case Agreement(), ComponentLeftOut():
            return _with(agreement, event, event.host_unit, left_out=event)
        case Agreement(), AgreementPhaseRecorded():
            noted = Noted(event.phase, event.round, event.by, event.findings, event.recorded_on)
            return msgspec.structs.replace(agreement, circle=(*agreement.circle, noted))
    raise cannot_follow(event, "an agreement")


def _as_agreed(components: Iterable[Component]) -> dict[UnitId, ComponentStanding]:
    return {component.host_unit: ComponentStanding(component=component) for component in components}


def _with_signature(agreement: Agreement, change: Change, event: AgreementSigned) -> Agreement:
    signed = {**change.signed, event.by: event.signed_on}
    if len(signed) < len(Party):
        return msgspec.structs.replace(agreement, change=msgspec.structs.replace(change, signed=signed))
    kept = {
        unit: standing for unit, standing in agreement.components.items() if unit not in change.proposed.drops
    }
    return msgspec.structs.replace(
        agreement, change=None, components={**kept, **_as_agreed(change.proposed.adds)}
    )


def _with(agreement: Agreement, event: Event, host_unit: UnitId, **became: Event) -> Agreement:
    standing = msgspec.structs.replace(_standing(agreement, event, host_unit), **became)
    return msgspec.structs.replace(agreement, components={**agreement.components, host_unit: standing})


def _standing(agreement: Agreement, event: Event, host_unit: UnitId) -> ComponentStanding:
    if host_unit not in agreement.components:
        raise cannot_follow(event, "an agreement")
    return agreement.components[host_unit]


def fold(events: Iterable[Event]) -> Agreement:
    """The agreement its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "There is no agreement under this id.")


def after(agreement: Agreement, *events: Event) -> Agreement:
    """The agreement once these have happened too."""
    for event in events:
        agreement = evolve(agreement, event)
    return agreement


def reference(agreement: AgreementId) -> str:
    """How a transferred credit names the agreement it rests on: `agreement/exchange-2026`."""
    return f"agreement/{agreement}"


# --- before and during: what is proposed, and by whom it is signed --------------------------------------


def propose(
    existing: Agreement | None,
    *,
    agreement: str,
    learner: LearnerId,
    home: Institution,
    host: Institution,
    by: Party,
    components: Iterable[Component],
    units: Mapping[UnitId, Unit],
    starts_on: date,
    ends_on: date,
    proposed_on: date,
    memorandum: Memorandum | None = None,
) -> AgreementProposed:
    """Propose what the learner will study at the host; the proposal is its proposer's signature.

    `units` are those that the components name, as their institutions describe them today.
    Refuses: AlreadyProposed, WrongInstitution, WrongDoor, NotAccredited (the host, or home), UnlikeCredits,
    InvalidValue.
    """
    if existing is not None:
        raise AlreadyProposed(f"An agreement {existing.id} was proposed on {existing.proposed_on} already.")
    if home.id == host.id:
        raise InvalidValue(f"{home.id} is home already: learning there needs no agreement.")
    if day(ends_on) < day(starts_on):
        raise InvalidValue(f"A stay from {starts_on} cannot end on {ends_on}.")
    if memorandum is not None and not {home.id, host.id} <= set(memorandum.partners):
        raise InvalidValue(f"Memorandum {memorandum.id} is not between {home.id} and {host.id}.")
    components = tuple(components)
    _refuse_twice(components)
    _check(components, units, home, host, on=day(proposed_on))
    return AgreementProposed(
        agreement=agreement_id(agreement),
        learner=learner,
        home=home.id,
        host=host.id,
        by=by,
        components=components,
        starts_on=starts_on,
        ends_on=ends_on,
        proposed_on=proposed_on,
        memorandum=None if memorandum is None else memorandum.id,
    )


def propose_change(
    agreement: Agreement,
    *,
    by: Party,
    drops: Iterable[UnitId] = (),
    adds: Iterable[Component] = (),
    units: Mapping[UnitId, Unit],
    home: Institution,
    host: Institution,
    reason: str,
    proposed_on: date,
) -> ChangeProposed:
    """Propose that components be dropped, added, or replaced; nothing changes until the three have signed.

    What has been assessed is no longer changed.
    Refuses: NotInForce, NotAgreed, AlreadyProposed (another change is open), AlreadyAssessed,
    NotFoundInAgreement, WrongInstitution, WrongDoor, NotAccredited, UnlikeCredits, InvalidValue.
    """
    _refuse_unless_agreed(agreement)
    if agreement.change is not None:
        open_since = agreement.change.proposed.proposed_on
        raise AlreadyProposed(
            f"A change of {open_since} waits to be signed or declined before another is proposed."
        )
    drops, adds = tuple(dict.fromkeys(drops)), tuple(adds)
    if not drops and not adds:
        raise InvalidValue("This change would change nothing.")
    for unit in drops:
        standing = agreement.component(unit)
        if standing.result is not None or standing.settled:
            raise AlreadyAssessed(f"The component {unit} has its result, and is no longer changed.")
    kept = [each.component for unit, each in agreement.components.items() if unit not in drops]
    _refuse_twice((*kept, *adds))
    _check(adds, units, home, host, on=day(proposed_on))
    _refuse_before(agreement, proposed_on)
    return ChangeProposed(
        by=by,
        change=agreement.changes + 1,
        drops=drops,
        adds=adds,
        reason=text(reason, "a reason"),
        proposed_on=proposed_on,
    )


def sign(agreement: Agreement, *, by: Party, signed_on: date) -> AgreementSigned:
    """Sign what waits to be signed: the change that is open, or else the agreement as it was proposed.

    Refuses: NotInForce (declined), AlreadySigned, InvalidValue.
    """
    _refuse_declined(agreement)
    if by not in agreement.unsigned:
        signed = agreement.signed if agreement.change is None else agreement.change.signed
        raise AlreadySigned(f"The {by} has signed on {signed[by]} already.")
    _refuse_before(agreement, signed_on)
    return AgreementSigned(by=by, change=_awaited(agreement), signed_on=signed_on)


def decline(agreement: Agreement, *, by: Party, reason: str, declined_on: date) -> AgreementDeclined:
    """Decline what waits to be signed: an open change, and all stays as it was; or else the agreement itself.

    Refuses: NotInForce (declined before), AlreadySigned (by all: only a change can undo that), InvalidValue.
    """
    _refuse_declined(agreement)
    if not agreement.unsigned:
        raise AlreadySigned("All three have signed: what was agreed is changed by a change they all sign.")
    _refuse_before(agreement, declined_on)
    return AgreementDeclined(
        by=by,
        change=_awaited(agreement),
        reason=text(reason, "a reason"),
        declined_on=declined_on,
    )


def _awaited(agreement: Agreement) -> int:
    return 0 if agreement.change is None else agreement.change.proposed.change


def _refuse_twice(components: tuple[Component, ...]) -> None:
    if not components:
        raise InvalidValue("An agreement without components agrees on nothing.")
    for chosen in (
        [component.host_unit for component in components],
        [component.home_unit for component in components if component.home_unit is not None],
    ):
        if len(set(chosen)) < len(chosen):
            raise InvalidValue("Each unit, the host's or home's, stands in an agreement once.")


def _check(
    components: Iterable[Component],
    units: Mapping[UnitId, Unit],
    home: Institution,
    host: Institution,
    *,
    on: date,
) -> None:
    """That each component means something: the host can award it, and home can count it."""
    for component in components:
        taught = _owned(units[component.host_unit], host.id)
        if taught.setting is not Setting.FORMAL:
            raise WrongDoor(f"The unit {taught.id} is not formal learning, which alone is awarded directly.")
        for party in (host, home):
            if not is_accredited(party, taught.setting, taught.level, on, taught.field):
                raise NotAccredited(
                    f"{party.id} is not accredited for learning such as the unit {taught.id}'s, "
                    "and could not give credit for it."
                )
        allocated = taught.allocated(component.points.scheme)
        if allocated is None:
            raise UnlikeCredits(f"The unit {taught.id} is allocated no {component.points.scheme}.")
        if component.points.points > allocated.points:
            raise InvalidValue(f"The unit {taught.id} is worth {allocated}, and not {component.points}.")
        if not component.outcomes or not set(component.outcomes) <= set(taught.outcome_ids):
            raise InvalidValue(f"The outcomes required of the unit {taught.id} are one or more of its own.")
        if component.home_unit is not None:
            replaced = _owned(units[component.home_unit], home.id)
            if replaced.allocated(component.points.scheme) is None:
                raise UnlikeCredits(
                    f"{component.points} cannot replace the unit {replaced.id}, "
                    f"which has no {component.points.scheme}."
                )


def _owned(unit: Unit, by: InstitutionId) -> Unit:
    if unit.institution != by:
        raise WrongInstitution(f"The unit {unit.id} is {unit.institution}'s, and not {by}'s.")
    return unit


def _refuse_declined(agreement: Agreement) -> None:
    if agreement.declined is not None:
        declined = agreement.declined
        raise NotInForce(
            f"Agreement {agreement.id} was declined on {declined.declined_on}: {declined.reason}."
        )


def _refuse_unless_agreed(agreement: Agreement) -> None:
    _refuse_declined(agreement)
    if len(agreement.signed) < len(Party):
        waiting = " and ".join(f"the {party}" for party in agreement.unsigned)
        raise NotAgreed(f"Agreement {agreement.id} is not signed by {waiting}.")


def _refuse_before(agreement: Agreement, on: date) -> None:
    if day(on) < agreement.proposed_on:
        raise InvalidValue(f"Agreement {agreement.id} was proposed on {agreement.proposed_on}, after {on}.")


# --- after: assessment, by the host ---------------------------------------------------------------------


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """What the host says of a component; `credit` is the id for the credit, should one be awarded now."""

    host_unit: UnitId
    result: Result
    credit: str
    grade: Grade | None = None


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """The transcript, and the credit awarded by it: to be recorded together."""

    recorded: TranscriptRecorded
    awarded: tuple[CreditAwarded, ...]


def record_transcript(
    agreement: Agreement,
    wallet: Wallet,
    *,
    by: Institution,
    results: Iterable[Assessed],
    units: Mapping[UnitId, Unit],
    recorded_on: date,
) -> Transcript:
    """The host's assessment of components. For what was passed it awards the credit agreed, where it has not yet.

    A component that was failed may be passed later; what was passed stays, while its credit is in force.
    Refuses: WrongInstitution, NotInForce, NotAgreed, NotFoundInAgreement, AlreadyAssessed, InvalidValue, and
    what `domain.wallet.award` refuses.
    """
    _refuse_unless_agreed(agreement)
    if by.id != agreement.host:
        raise WrongInstitution(f"The transcript of agreement {agreement.id} is {agreement.host}'s to record.")
    _refuse_before(agreement, recorded_on)
    results = tuple(results)
    if not results:
        raise InvalidValue("A transcript has at least one result.")
    if len({each.host_unit for each in results}) < len(results):
        raise InvalidValue("A transcript has one result for a component.")
    lines: list[ComponentResult] = []
    awards: list[CreditAwarded] = []
    for each in results:
        standing = agreement.component(each.host_unit)
        _refuse_open_change(agreement, each.host_unit)
        if _passed(standing, wallet) is not None:
            raise AlreadyAssessed(f"The component {each.host_unit} is in the transcript as passed.")
        credit = None
        if each.result is Result.PASSED:
            held = _held(wallet, agreement.host, each.host_unit)
            if held is None:
                awards.append(
                    award(
                        wallet.after(*awards),
                        units[each.host_unit],
                        by=by,
                        learner=agreement.learner,
                        credit=each.credit,
                        points=standing.component.points,
                        awarded_on=recorded_on,
                        grade=each.grade,
                    )
                )
                credit = awards[-1].credit
            else:
                _refuse_another(held, standing.component, each.grade)
                credit = held.id
        lines.append(
            ComponentResult(host_unit=each.host_unit, result=each.result, credit=credit, grade=each.grade)
        )
    recorded = TranscriptRecorded(results=tuple(lines), recorded_on=recorded_on)
    return Transcript(recorded=recorded, awarded=tuple(awards))


def _held(wallet: Wallet, institution: InstitutionId, unit: UnitId | None) -> Credit | None:
    """The credit in force that the learner has for a unit at the institution, by an award or a transfer."""
    for credit in wallet.credits.values():
        if (credit.institution, credit.unit) == (institution, unit) and in_force(credit, wallet.credits):
            return credit
    return None


def _refuse_another(held: Credit, component: Component, grade: Grade | None) -> None:
    """The host has awarded the credit before; it cannot be a different one in the transcript."""
    if held.points != component.points:
        raise InvalidValue(
            f"Credit {held.id} for the unit {component.host_unit} is {held.points}; {component.points} was agreed."
        )
    if grade is not None and grade != held.grade:
        raise InvalidValue(f"Credit {held.id} was awarded with another grade.")


def _refuse_open_change(agreement: Agreement, host_unit: UnitId) -> None:
    if agreement.change is not None and host_unit in agreement.change.touches:
        raise NotAgreed(f"A change of the component {host_unit} waits to be signed or declined.")


def _passed(standing: ComponentStanding, wallet: Wallet) -> Credit | None:
    """The credit that the host awarded for the component, while it is in force."""
    if standing.result is None or standing.result.credit is None:
        return None
    credit = wallet.credit(standing.result.credit)
    return credit if in_force(credit, wallet.credits) else None


# --- after: validation, recognition, transfer, by home --------------------------------------------------


class Chained(msgspec.Struct, frozen=True, kw_only=True):
    """A component about to go one step on, with everything its rules look at."""

    agreement: Agreement
    wallet: Wallet
    standing: ComponentStanding
    by: Institution
    on: date

    @property
    def host_unit(self) -> UnitId:
        return self.standing.component.host_unit


def every_party_has_signed(step: Chained) -> None:
    """What three have not agreed on binds none of them."""
    _refuse_unless_agreed(step.agreement)
    _refuse_open_change(step.agreement, step.host_unit)


def the_act_is_homes(step: Chained) -> None:
    """Validating and recognising are home's acts, as assessing is the host's."""
    if step.by.id != step.agreement.home:
        raise WrongInstitution(f"Agreement {step.agreement.id} leaves this to {step.agreement.home}.")


def component_is_assessed(step: Chained) -> None:
    """No validation without an assessment."""
    if step.standing.result is None:
        raise NotAssessed(f"{step.agreement.host} has recorded no result for the component {step.host_unit}.")


def component_is_passed(step: Chained) -> None:
    """What was failed counts nowhere."""
    assert step.standing.result is not None, "asked after the rule above"
    if step.standing.result.result is not Result.PASSED:
        raise NotPassed(f"The component {step.host_unit} was not passed.")


def its_credit_is_in_force(step: Chained) -> None:
    """A credit that its host has taken back goes nowhere."""
    if _passed(step.standing, step.wallet) is None:
        raise NotInForce(f"The host's credit for the component {step.host_unit} was withdrawn.")


def component_is_not_validated_yet(step: Chained) -> None:
    """One validation is enough."""
    if step.standing.validated is not None:
        on = step.standing.validated.validated_on
        raise AlreadyValidated(f"The component {step.host_unit} was validated on {on}.")


def component_is_not_recognised_yet(step: Chained) -> None:
    """One recognition is enough, while the line it opened counts."""
    recognised = step.standing.recognised
    if recognised is not None and in_force(step.wallet.credit(recognised.counted_as), step.wallet.credits):
        raise AlreadyRecognised(
            f"The component {step.host_unit} was recognised on {recognised.recognised_on}."
        )


def outcomes_are_those_required(step: Chained) -> None:
    """Every outcome that home required of the unit was shown: that is what validation says."""
    if missing := _missing_outcomes(step):
        raise NotValidated(
            f"The credit for the component {step.host_unit} does not show {', '.join(missing)}, "
            "which was required."
        )


def it_is_not_before_the_assessment(step: Chained) -> None:
    """Acts follow one another in time, too."""
    credit = _passed(step.standing, step.wallet)
    if credit is not None and day(step.on) < credit.since:
        raise InvalidValue(f"Credit {credit.id} of {credit.since} cannot be validated on {step.on}.")


def component_is_validated(step: Chained) -> None:
    """No recognition without validation."""
    if step.standing.validated is None:
        raise NotValidated(
            f"{step.agreement.home} has not validated the component {step.host_unit}, and no memorandum in "
            "force validates it."
        )


_READY: Final[tuple[Callable[[Chained], None], ...]] = (
    the_act_is_homes,
    every_party_has_signed,
    component_is_assessed,
    component_is_passed,
    its_credit_is_in_force,
    it_is_not_before_the_assessment,
)
VALIDATION: Final[tuple[Callable[[Chained], None], ...]] = (
    *_READY,
    component_is_not_validated_yet,
    outcomes_are_those_required,
)
RECOGNITION: Final[tuple[Callable[[Chained], None], ...]] = (
    *_READY,
    component_is_not_recognised_yet,
    component_is_validated,
)


def _missing_outcomes(step: Chained) -> list[OutcomeId]:
    credit = _passed(step.standing, step.wallet)
    shown = () if credit is None else credit.outcomes
    return [outcome for outcome in step.standing.component.outcomes if outcome not in shown]


def validate(
    agreement: Agreement,
    wallet: Wallet,
    *,
    host_unit: str,
    by: Institution,
    validated_on: date,
    memorandum: Memorandum | None = None,
) -> ComponentValidated:
    """Home confirms that what the host assessed are the outcomes it required.

    Refuses: WrongInstitution, NotInForce, NotAgreed, NotFoundInAgreement, NotAssessed, NotPassed,
    AlreadyValidated, NotValidated (outcomes that were required are missing), InvalidValue.
    """
    standing = agreement.component(host_unit)
    step = Chained(agreement=agreement, wallet=wallet, standing=standing, by=by, on=validated_on)
    hold(VALIDATION, step)
    assert standing.result is not None, "the rules have seen to it"
    assert standing.result.credit is not None, "what was passed has its credit"
    return ComponentValidated(
        host_unit=standing.component.host_unit,
        credit=standing.result.credit,
        outcomes=standing.component.outcomes,
        validated_on=validated_on,
        memorandum=None if memorandum is None else memorandum.id,
    )


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """What recognising a component comes to, to be recorded together."""

    validated: ComponentValidated | None
    """Where the memorandum validated it, in the same act."""
    recognised: ComponentRecognised
    transferred: CreditTransferred | None
    """None where the credit was counted at home already."""


def recognise(
    agreement: Agreement,
    wallet: Wallet,
    *,
    host_unit: str,
    by: Institution,
    credit: str,
    recognised_on: date,
    home_unit: Unit | None = None,
    memorandum: Memorandum | None = None,
) -> Recognition:
    """Home recognises a component that was passed: its credit counts there from now on, in full.

    `credit` is the id of the new line, `home_unit` the unit that it takes the place of, `memorandum` the one
    that the agreement names: where it covers the learning that day, it validates it too.
    Refuses: WrongInstitution, NotInForce, NotAgreed, NotFoundInAgreement, NotAssessed, NotPassed,
    NotValidated, AlreadyRecognised, InvalidValue, and what `domain.wallet.transfer` refuses.
    """
    standing = agreement.component(host_unit)
    step = Chained(agreement=agreement, wallet=wallet, standing=standing, by=by, on=recognised_on)
    hold(_READY, step)
    source = _passed(standing, wallet)
    assert source is not None, "the rules have seen to it"
    validated = None
    if standing.validated is None and memorandum is not None and memorandum.id == agreement.memorandum:
        of = {"home": agreement.home, "host": agreement.host}
        if covers(memorandum, **of, level=source.level, on=recognised_on):
            validated = validate(
                agreement,
                wallet,
                host_unit=host_unit,
                by=by,
                validated_on=recognised_on,
                memorandum=memorandum,
            )
            step = msgspec.structs.replace(
                step, standing=msgspec.structs.replace(standing, validated=validated)
            )
    hold(RECOGNITION, step)
    counted = _counted_from(source, wallet, agreement.home)
    transferred = None
    if counted is None:
        transferred = transfer(
            wallet,
            source.id,
            to=by,
            credit=credit,
            agreement=reference(agreement.id),
            transferred_on=recognised_on,
            unit=home_unit,
        )
        counted = transferred.credit
    recognised = ComponentRecognised(
        host_unit=standing.component.host_unit,
        credit=source.id,
        counted_as=counted,
        recognised_on=recognised_on,
    )
    return Recognition(validated=validated, recognised=recognised, transferred=transferred)


def _counted_from(source: Credit, wallet: Wallet, at: InstitutionId) -> CreditId | None:
    """The line at that institution that the credit was transferred to before, while it is in force."""
    for line in wallet.credits.values():
        if (line.source, line.institution) == (source.id, at) and in_force(line, wallet.credits):
            return line.id
    return None


def leave_out(
    agreement: Agreement, wallet: Wallet, *, host_unit: str, by: Institution, reason: str, left_out_on: date
) -> ComponentLeftOut:
    """Home decides that a component does not count, and says why.

    Only what was failed, withdrawn or not assessed by the end of the stay; what does not show the outcomes
    required; what takes the place of a unit that the learner has credit for at home already.
    Refuses: CountsInFull (agreed and passed: clause 48 of the rules of credit technology leaves no choice),
    NotAssessed (the stay is not over), AlreadyRecognised, WrongInstitution, NotInForce, NotAgreed,
    NotFoundInAgreement, InvalidValue.
    """
    standing = agreement.component(host_unit)
    step = Chained(agreement=agreement, wallet=wallet, standing=standing, by=by, on=left_out_on)
    hold((the_act_is_homes, every_party_has_signed, component_is_not_recognised_yet), step)
    if standing.left_out is not None:
        raise AlreadyRecognised(f"The component {host_unit} was left out on {standing.left_out.left_out_on}.")
    if standing.result is None and day(left_out_on) <= agreement.ends_on:
        raise NotAssessed(f"The component {host_unit} may still be passed until {agreement.ends_on}.")
    home_unit = standing.component.home_unit
    credited = home_unit is not None and _held(wallet, agreement.home, home_unit) is not None
    if _passed(standing, wallet) is not None and not _missing_outcomes(step) and not credited:
        raise CountsInFull(
            f"The component {host_unit} was agreed and passed: it counts in full, and is not left out."
        )
    _refuse_before(agreement, left_out_on)
    return ComponentLeftOut(
        host_unit=standing.component.host_unit, reason=text(reason, "a reason"), left_out_on=left_out_on
    )


def record_phase(
    agreement: Agreement, *, by: Party, phase: Phase, findings: str, recorded_on: date
) -> AgreementPhaseRecorded:
    """Record what a party found in a phase of the quality circle. Refuses: InvalidValue (a phase out of turn)."""
    _refuse_before(agreement, recorded_on)
    return AgreementPhaseRecorded(
        by=by,
        phase=phase,
        round=round_of(agreement.circle, phase),
        findings=text(findings, "the findings of a phase"),
        recorded_on=recorded_on,
    )


# --- no way around --------------------------------------------------------------------------------------


def refuse_transfer_past(agreements: Iterable[Agreement], credit: Credit, to: InstitutionId) -> None:
    """A credit that an agreement in force is about is transferred by recognising it, and not beside it.

    `agreements` are the learner's. Refuses: NotRecognised.
    """
    for agreement in agreements:
        standing = agreement.components.get(credit.unit) if credit.unit is not None else None
        concerned = (agreement.home, agreement.host) == (to, credit.institution)
        if concerned and standing is not None and not standing.settled and agreement.stage is Stage.AGREED:
            raise NotRecognised(
                f"Credit {credit.id} is the component {credit.unit} of agreement {agreement.id}: "
                "it is transferred by recognising that component."
            )
