"""The learner's wallet: all that is one learner's, in one stream.

Learning enters by three doors, and keeps the name of its door for ever:

    formal      ──────────────────────────── award ──────────────────► credit
    non-formal  ── claim_non_formal ─► assess ─► award_for_achievement ─► credit (non-formal)
    informal    ── claim_informal ───► assess ─► award_for_achievement ─► credit (informal)
    any of them ── a case of recognition, or an agreement ── recognise ──► credit (its own setting)

A credit may be transferred to another institution, or withdrawn by the one that gave it; credits that meet a
qualification's requirements let it be conferred. "A credit counts once" holds because every fact it depends
on is in this one stream. The rules are named and listed in `domain.rules`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from domain.achievement import Achievement, AchievementAssessed, AchievementClaimed, Result
from domain.attempt import Attempt, FailureWithdrawn, UnitFailed
from domain.brought import LearningBrought
from domain.conferral import Conferral, ConferralWithdrawn, QualificationConferred
from domain.conversion_rule import ConversionRule, refuse_withdrawn
from domain.counting import Line, NotCounted, Why, lines
from domain.credit import (
    Credit,
    CreditAwarded,
    CreditRecognised,
    CreditTransferred,
    CreditTransferredByRule,
    CreditWithdrawn,
    awarded,
    in_force,
    learning_claimed,
    recognised,
    transferred,
    withdrawn,
)
from domain.erasure import LearnerErased
from domain.errors import (
    AlreadyAssessed,
    AlreadyClaimed,
    AlreadyOpened,
    BrokenHistory,
    InvalidValue,
    NotFound,
    NotFoundInWallet,
    NotInForce,
    WrongInstitution,
)
from domain.event import Event, cannot_follow
from domain.grade_conversion import GradeConverted
from domain.institution import Institution
from domain.ladder import QualificationKind
from domain.prior_learning import of_achievement
from domain.programme import Solver
from domain.progress import Held, progress
from domain.qualification import Qualification
from domain.rules import (
    AWARD,
    AWARD_FOR_ACHIEVEMENT,
    CONFERRAL,
    TRANSFER,
    ProposedAward,
    ProposedConferral,
    ProposedCredit,
    hold,
)
from domain.unit import Unit
from domain.values import (
    AchievementId,
    AttemptId,
    ConferralId,
    ConversionId,
    CreditId,
    CreditPoints,
    Evidence,
    Grade,
    LearnerId,
    LearningId,
    OutcomeId,
    QualificationId,
    Setting,
    achievement_id,
    conferral_id,
    credit_id,
    day,
    hours,
    in_languages,
    learner_id,
    multikey,
    optional_text,
    text,
)

__all__ = [
    "Achievement",
    "AchievementAssessed",
    "AchievementClaimed",
    "Conferral",
    "ConferralWithdrawn",
    "Credit",
    "CreditAwarded",
    "CreditRecognised",
    "CreditTransferred",
    "CreditWithdrawn",
    "QualificationConferred",
    "RestsOnWithdrawn",
    "Result",
    "Wallet",
    "WalletOpened",
    "assess",
    "award",
    "award_for_achievement",
    "claim_informal",
    "claim_non_formal",
    "confer",
    "evolve",
    "fold",
    "held",
    "lines_towards",
    "open_wallet",
    "resting_on_withdrawn",
    "transfer",
    "withdraw",
    "withdraw_conferral",
]

# --- facts ----------------------------------------------------------------------------------------------
# Those of achievements, attempts, credits, conferrals and grade conversions are told in the files of these names.


class WalletOpened(Event, tag="wallet.opened.v1"):
    personal = True

    learner: LearnerId
    key_multikey: str
    """The learner's own public key: what the learner signs (claims, presentations) is checked by it."""


# --- state ----------------------------------------------------------------------------------------------


class Wallet(msgspec.Struct, frozen=True):
    """Everything in the order it happened; the maps are read-only."""

    learner: LearnerId
    key_multikey: str
    achievements: Mapping[AchievementId, Achievement]
    credits: Mapping[CreditId, Credit]
    conferrals: Mapping[ConferralId, Conferral]
    attempts: Mapping[AttemptId, Attempt] = MappingProxyType({})
    """Units failed."""
    conversions: Mapping[ConversionId, GradeConverted] = MappingProxyType({})
    brought: Mapping[LearningId, LearningBrought] = MappingProxyType({})
    """Learning from elsewhere, as it was brought in: it carries no credit."""

    def after(self, *events: Event) -> "Wallet":
        """The wallet once these have happened too; this one stays as it is."""
        return _evolved(_Draft(self), events)

    def achievement(self, achievement: str) -> Achievement:
        """Refuses: NotFoundInWallet."""
        found = self.achievements.get(AchievementId(achievement))
        if found is None:
            raise NotFoundInWallet(f"There is no achievement {achievement!a} in this wallet.")
        return found

    def credit(self, credit: str) -> Credit:
        """Refuses: NotFoundInWallet."""
        found = self.credits.get(CreditId(credit))
        if found is None:
            raise NotFoundInWallet(f"There is no credit {credit!a} in this wallet.")
        return found

    def conferral(self, conferral: str) -> Conferral:
        """Refuses: NotFoundInWallet."""
        found = self.conferrals.get(ConferralId(conferral))
        if found is None:
            raise NotFoundInWallet(f"There is no conferral {conferral!a} in this wallet.")
        return found


class _Draft:
    """A wallet while events are being added: private, so that a thousand events cost a thousand steps."""

    __slots__ = (
        "achievements",
        "attempts",
        "brought",
        "conferrals",
        "conversions",
        "credits",
        "key_multikey",
        "learner",
    )

    def __init__(self, wallet: Wallet | None = None) -> None:
        self.learner = None if wallet is None else wallet.learner
        self.key_multikey = "" if wallet is None else wallet.key_multikey
        self.achievements = {} if wallet is None else dict(wallet.achievements)
        self.credits = {} if wallet is None else dict(wallet.credits)
        self.conferrals = {} if wallet is None else dict(wallet.conferrals)
        self.attempts = {} if wallet is None else dict(wallet.attempts)
        self.conversions = {} if wallet is None else dict(wallet.conversions)
        self.brought = {} if wallet is None else dict(wallet.brought)

    def opened(self, event: WalletOpened) -> None:
        if self.learner is not None:
            raise cannot_follow(event, "a wallet")
        self.learner = event.learner
        self.key_multikey = event.key_multikey

    def claimed(self, event: AchievementClaimed) -> None:
        self.achievements[event.achievement] = Achievement(event, {})

    def assessed(self, event: AchievementAssessed) -> None:
        self.achievements[event.achievement] = self.achievements[event.achievement].assessed(event)

    def awarded(self, event: CreditAwarded) -> None:
        achievement = None if event.achievement is None else self.achievements.get(event.achievement)
        self.credits[event.credit] = awarded(event, achievement)

    def recognised(self, event: CreditRecognised) -> None:
        for source in event.sources:
            if source.credit is not None and source.credit not in self.credits:
                raise cannot_follow(event, "a wallet")
        self.credits[event.credit] = recognised(event)

    def transferred(self, event: CreditTransferred) -> None:
        self.credits[event.credit] = transferred(event, self.credits[event.from_credit])

    def withdrawn(self, event: CreditWithdrawn) -> None:
        self.credits[event.credit] = withdrawn(event, self.credits[event.credit])

    def conferred(self, event: QualificationConferred) -> None:
        self.conferrals[event.conferral] = Conferral(event)

    def conferral_withdrawn(self, event: ConferralWithdrawn) -> None:
        self.conferrals[event.conferral] = Conferral(self.conferrals[event.conferral].conferred, event)

    def failed(self, event: UnitFailed) -> None:
        self.attempts[event.attempt] = Attempt(event)

    def failure_withdrawn(self, event: FailureWithdrawn) -> None:
        self.attempts[event.attempt] = Attempt(self.attempts[event.attempt].failed, event)

    def converted(self, event: GradeConverted) -> None:
        self.conversions[event.conversion] = event

    def brought_in(self, event: LearningBrought) -> None:
        self.brought[event.learning] = event


_APPLY: dict[type[Event], Callable[[_Draft, Any], None]] = {
    WalletOpened: _Draft.opened,
    AchievementClaimed: _Draft.claimed,
    AchievementAssessed: _Draft.assessed,
    CreditAwarded: _Draft.awarded,
    CreditRecognised: _Draft.recognised,
    CreditTransferred: _Draft.transferred,
    CreditTransferredByRule: _Draft.transferred,
    CreditWithdrawn: _Draft.withdrawn,
    QualificationConferred: _Draft.conferred,
    ConferralWithdrawn: _Draft.conferral_withdrawn,
    UnitFailed: _Draft.failed,
    FailureWithdrawn: _Draft.failure_withdrawn,
    GradeConverted: _Draft.converted,
    LearningBrought: _Draft.brought_in,
}


def _evolved(draft: _Draft, events: Iterable[Event]) -> Wallet:
    for event in events:
        try:
            _APPLY[type(event)](draft, event)
        except KeyError:  # an event of another stream, or about a credit that never was
            raise cannot_follow(event, "a wallet") from None
    if draft.learner is None:
        raise BrokenHistory("The history of a wallet does not begin with its opening.")
    return Wallet(
        draft.learner,
        draft.key_multikey,
        MappingProxyType(draft.achievements),
        MappingProxyType(draft.credits),
        MappingProxyType(draft.conferrals),
        MappingProxyType(draft.attempts),
        MappingProxyType(draft.conversions),
        MappingProxyType(draft.brought),
    )


def evolve(wallet: Wallet | None, event: Event) -> Wallet:
    """The wallet after one more fact. For many at once `fold` and `Wallet.after` copy less."""
    return _evolved(_Draft(wallet), (event,))


def fold(events: Iterable[Event]) -> Wallet:
    """The wallet its events add up to. Refuses: NotFound, where there are none, or its learner was erased."""
    events = tuple(events)
    if events and isinstance(events[-1], LearnerErased):
        raise NotFound("The learner of this wallet was erased.")
    if not events:
        raise NotFound("No wallet is open under this id.")
    return _evolved(_Draft(), events)


# --- questions ------------------------------------------------------------------------------------------


class RestsOnWithdrawn(msgspec.Struct, frozen=True):
    """A conferral in force some of whose credits are no longer so."""

    conferral: ConferralId
    credits: tuple[CreditId, ...]


def resting_on_withdrawn(wallet: Wallet) -> tuple[RestsOnWithdrawn, ...]:
    """The conferrals that would want a second look: told, and never changed silently."""
    found = []
    for conferral in wallet.conferrals.values():
        if conferral.in_force:
            gone = tuple(
                credit
                for credit in conferral.conferred.credits
                if not in_force(wallet.credits[credit], wallet.credits)
            )
            if gone:
                found.append(RestsOnWithdrawn(conferral.id, gone))
    return tuple(found)


def lines_towards(wallet: Wallet, qualification: Qualification) -> tuple[Line, ...]:
    """Every credit of the wallet, judged for one qualification: what counts at its institution, and counts once.

    Credit that another qualification rests on is left out, unless a rule of this one shares it. What was transferred
    from such credit is not: the receiving institution decided that it counts there, and named the ground.
    """
    under: dict[CreditId, QualificationId] = {}
    for conferral in wallet.conferrals.values():
        other = conferral.conferred.qualification
        if conferral.in_force and other != qualification.id and qualification.shares_with(other) is None:
            under |= dict.fromkeys(conferral.conferred.credits, other)
    return tuple(
        Line(line.credit, line.achieved_on, _rests_under(under[line.credit.id], qualification))
        if line.counts and line.credit.id in under
        else line
        for line in lines(wallet.credits, at=qualification.institution)
    )


def _rests_under(other: QualificationId, wanted: Qualification) -> NotCounted:
    told = f"the qualification {other} rests on it, and no rule of {wanted.id} shares it"
    return NotCounted(Why.CONFERRED, told)


def held(wallet: Wallet, kinds: Mapping[QualificationId, QualificationKind]) -> tuple[Held, ...]:
    """The qualifications the learner holds; `kinds` says of each which rung of the ladder it is, if any."""
    return tuple(
        Held(conferral.id, conferral.conferred.qualification, kinds.get(conferral.conferred.qualification))
        for conferral in wallet.conferrals.values()
        if conferral.in_force
    )


# --- decisions ------------------------------------------------------------------------------------------


def open_wallet(existing: Wallet | None, *, learner: str, key: str) -> WalletOpened:
    """Open a learner's wallet; `key` is the learner's Multikey. Refuses: AlreadyOpened, InvalidValue."""
    if existing is not None:
        raise AlreadyOpened(f"The wallet of {existing.learner} is open already.")
    return WalletOpened(learner=learner_id(learner), key_multikey=multikey(key))


def claim_non_formal(
    wallet: Wallet,
    *,
    achievement: str,
    names: Mapping[str, str],
    provider: str,
    achieved_on: date,
    hours: Decimal | None = None,
    evidence: Iterable[Evidence] = (),
) -> AchievementClaimed:
    """The learner says: a provider outside formal education taught me this (a course, a certificate).

    It carries no credit. Refuses: AlreadyClaimed, InvalidValue.
    """
    provider = text(provider, "a provider's name")
    return _claim(wallet, Setting.NON_FORMAL, achievement, names, provider, achieved_on, hours, evidence)


def claim_informal(
    wallet: Wallet,
    *,
    achievement: str,
    names: Mapping[str, str],
    achieved_on: date,
    provider: str | None = None,
    hours: Decimal | None = None,
    evidence: Iterable[Evidence] = (),
) -> AchievementClaimed:
    """The learner says: I learnt this by work, by sport, by living. `provider` is who can tell, if any.

    It carries no credit. Refuses: AlreadyClaimed, InvalidValue.
    """
    return _claim(wallet, Setting.INFORMAL, achievement, names, provider, achieved_on, hours, evidence)


def _claim(
    wallet: Wallet,
    setting: Setting,
    achievement: str,
    names: Mapping[str, str],
    provider: str | None,
    achieved_on: date,
    spent: Decimal | None,
    evidence: Iterable[Evidence],
) -> AchievementClaimed:
    claimed = achievement_id(achievement)
    if claimed in wallet.achievements:
        raise AlreadyClaimed(f"Achievement {claimed} is in this wallet already.")
    return AchievementClaimed(
        achievement=claimed,
        setting=setting,
        names=in_languages(names, "an achievement's name"),
        provider=optional_text(provider, "a provider's name"),
        achieved_on=day(achieved_on),
        hours=hours(spent),
        evidence=tuple(evidence),
    )


def assess(
    wallet: Wallet,
    *,
    achievement: str,
    by: Institution,
    result: Result,
    assessed_on: date,
    outcomes: Iterable[OutcomeId] = (),
    grade: Grade | None = None,
    unit: Unit | None = None,
) -> AchievementAssessed:
    """The institution judges what the learner claimed, against its `unit` where there is a comparable one.

    A judgement carries no credit yet, so no accreditation is asked for. A later one takes its place, until
    credit rests on it.

    Refuses: NotFoundInWallet, AlreadyAssessed (credit in force rests on it), WrongInstitution (another's
    unit), InvalidValue (a pass without outcomes, outcomes that are not the unit's, a day before the
    achievement or the last judgement).
    """
    claim = wallet.achievement(achievement)
    shown = tuple(dict.fromkeys(outcomes))
    for credit in wallet.credits.values():
        rests = credit.institution == by.id and of_achievement(claim.id) in credit.learning
        if rests and in_force(credit, wallet.credits):
            raise AlreadyAssessed(
                f"Credit {credit.id} rests on {by.id}'s assessment of achievement {claim.id}."
            )
    if unit is not None and unit.institution != by.id:
        raise WrongInstitution(
            f"The unit {unit.id} is {unit.institution}'s, and {by.id} cannot assess for it."
        )
    if result is Result.PASSED and not shown:
        raise InvalidValue("A passed assessment says which learning outcomes were shown.")
    if unit is not None and not set(shown) <= set(unit.outcome_ids):
        raise InvalidValue(f"Not all of the outcomes {', '.join(shown)} are the unit {unit.id}'s.")
    last = claim.assessments.get(by.id)
    earliest = claim.claimed.achieved_on if last is None else last.assessed_on
    if day(assessed_on) < earliest:
        raise InvalidValue(f"An assessment on {assessed_on} would be earlier than {earliest}.")
    return AchievementAssessed(
        achievement=claim.id,
        institution=by.id,
        result=result,
        grade=grade,
        outcomes=shown,
        assessed_on=assessed_on,
        unit=None if unit is None else unit.id,
    )


def award(
    wallet: Wallet,
    unit: Unit,
    *,
    by: Institution,
    learner: LearnerId,
    credit: str,
    points: CreditPoints,
    awarded_on: date,
    result: Result = Result.PASSED,
    grade: Grade | None = None,
) -> CreditAwarded:
    """Confirm that the learner has achieved all learning outcomes of a unit of formal education.

    Refuses: WrongLearner, AlreadyAwarded, WrongInstitution, WrongDoor, NotPassed, UnlikeCredits,
    InvalidValue, NotAccredited.  Source: ECTS Users' Guide 2015, 3.4.
    """
    proposed = ProposedAward(
        wallet_of=wallet.learner,
        learner=learner,
        held=wallet.credits,
        credit=credit_id(credit),
        by=by,
        unit=unit,
        points=points,
        setting=unit.setting,
        level=unit.level,
        field=unit.field,
        on=day(awarded_on),
        result=result,
    )
    hold(AWARD, proposed)
    return CreditAwarded(
        credit=proposed.credit,
        institution=by.id,
        unit=unit.id,
        points=points,
        setting=unit.setting,
        level=unit.level,
        field=unit.field,
        grade=grade,
        outcomes=unit.outcome_ids,
        awarded_on=awarded_on,
    )


def award_for_achievement(
    wallet: Wallet,
    unit: Unit,
    *,
    by: Institution,
    learner: LearnerId,
    achievement: str,
    credit: str,
    points: CreditPoints,
    awarded_on: date,
) -> CreditAwarded:
    """Give credit of a unit for learning outside formal education that the institution has assessed.

    The credit keeps the achievement's setting, and the outcomes and the grade of the assessment.
    Refuses: WrongLearner, NotFoundInWallet, AlreadyAwarded, WrongInstitution, NotAssessed, NotPassed,
    UnlikeCredits, InvalidValue, NotAccredited.
    """
    claim = wallet.achievement(achievement)
    proposed = ProposedAward(
        wallet_of=wallet.learner,
        learner=learner,
        held=wallet.credits,
        credit=credit_id(credit),
        by=by,
        unit=unit,
        points=points,
        setting=claim.setting,
        level=unit.level,
        field=unit.field,
        on=day(awarded_on),
        achievement=claim,
        learning=learning_claimed(claim),
    )
    hold(AWARD_FOR_ACHIEVEMENT, proposed)
    assessment = claim.assessments[by.id]
    return CreditAwarded(
        credit=proposed.credit,
        institution=by.id,
        unit=unit.id,
        points=points,
        setting=claim.setting,
        level=unit.level,
        field=unit.field,
        grade=assessment.grade,
        outcomes=assessment.outcomes,
        achievement=claim.id,
        awarded_on=awarded_on,
    )


def transfer(
    wallet: Wallet,
    from_credit: str,
    *,
    to: Institution,
    credit: str,
    agreement: str,
    transferred_on: date,
    unit: Unit | None = None,
    rule: ConversionRule | None = None,
) -> CreditTransferred:
    """Count a credit awarded elsewhere at the institution `to` as well, in place of its `unit` if given.

    The same points in the same scheme; in another one only by a `rule` that has a name, and is kept with the line.
    Refuses: NotFoundInWallet, AlreadyAwarded, NotInForce (the credit, or the rule), AlreadyTransferred,
    WrongInstitution, UnlikeCredits, NotAccredited, InvalidValue.  Source: ECTS Users' Guide 2015, 4.
    """
    source = wallet.credit(from_credit)
    points = source.points
    if rule is not None:
        refuse_withdrawn(rule)
        points = rule.terms.convert(source.points, source.since)
    proposed = ProposedCredit(
        held=wallet.credits,
        credit=credit_id(credit),
        by=to,
        unit=unit,
        points=points,
        setting=source.setting,
        level=source.level,
        field=source.field,
        on=day(transferred_on),
        source=source,
        learning=source.learning,
    )
    hold(TRANSFER, proposed)
    transferred_as = CreditTransferred(
        credit=proposed.credit,
        from_credit=source.id,
        institution=to.id,
        unit=None if unit is None else unit.id,
        points=points,
        agreement=text(agreement, "an agreement's reference"),
        transferred_on=transferred_on,
    )
    if rule is None:
        return transferred_as
    return CreditTransferredByRule(rule=rule.applied, **msgspec.structs.asdict(transferred_as))


def withdraw(wallet: Wallet, credit: str, *, by: Institution, reason: str, on: date) -> CreditWithdrawn:
    """Take back a credit that should not have been given, or that was received in error by a transfer.

    Only the institution whose line it is can. What was transferred from it is no longer in force either.
    Refuses: NotFoundInWallet, WrongInstitution, NotInForce (withdrawn before), InvalidValue.
    """
    line = wallet.credit(credit)
    if line.institution != by.id:
        raise WrongInstitution(f"Credit {line.id} is {line.institution}'s, and {by.id} cannot withdraw it.")
    if line.withdrawn is not None:
        raise NotInForce(f"Credit {line.id} was withdrawn on {line.withdrawn.withdrawn_on}.")
    if day(on) < line.since:
        raise InvalidValue(f"Credit {line.id} of {line.since} cannot be withdrawn on {on}.")
    return CreditWithdrawn(
        credit=line.id, institution=by.id, reason=text(reason, "a reason"), withdrawn_on=on
    )


def confer(
    wallet: Wallet,
    qualification: Qualification,
    *,
    by: Institution,
    conferral: str,
    conferred_on: date,
    solver: Solver,
    kinds: Mapping[QualificationId, QualificationKind] = MappingProxyType({}),
) -> QualificationConferred:
    """Give the learner the qualification, on the credits that count at its institution on that day.

    `kinds` says of the qualifications the learner holds which rung of the ladder each is.
    Refuses: AlreadyConferred, WrongInstitution, RequirementsNotMet (with what is missing), InvalidValue.
    """
    towards = progress(
        qualification,
        lines_towards(wallet, qualification),
        on=day(conferred_on),
        solver=solver,
        holds=held(wallet, kinds),
    )
    proposed = ProposedConferral(
        conferrals=wallet.conferrals,
        conferral=conferral_id(conferral),
        qualification=qualification,
        by=by,
        progress=towards,
    )
    hold(CONFERRAL, proposed)
    return QualificationConferred(
        conferral=proposed.conferral,
        qualification=qualification.id,
        institution=by.id,
        credits=towards.used,
        conferred_on=conferred_on,
    )


def withdraw_conferral(
    wallet: Wallet, conferral: str, *, by: Institution, reason: str, on: date
) -> ConferralWithdrawn:
    """Take back a qualification. Refuses: NotFoundInWallet, WrongInstitution, NotInForce, InvalidValue."""
    held = wallet.conferral(conferral)
    if held.conferred.institution != by.id:
        owner = held.conferred.institution
        raise WrongInstitution(f"Conferral {held.id} is {owner}'s, and {by.id} cannot withdraw it.")
    if held.withdrawn is not None:
        raise NotInForce(f"Conferral {held.id} was withdrawn on {held.withdrawn.withdrawn_on}.")
    if day(on) < held.conferred.conferred_on:
        raise InvalidValue(f"Conferral {held.id} cannot be withdrawn on {on}, before it was made.")
    return ConferralWithdrawn(
        conferral=held.id, institution=by.id, reason=text(reason, "a reason"), withdrawn_on=on
    )
