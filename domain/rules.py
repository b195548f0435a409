"""The rules of recognition: each a function with a name, listed with the kind of decision it binds.

A rule looks at what is proposed and either says nothing or raises its refusal. To add a rule, write it and
put its name in a list; the order of a list is the order in which refusals are told, the plainest first.
"""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import TypeVar

import msgspec

from domain.achievement import Achievement, AchievementAssessed, Result
from domain.conferral import Conferral
from domain.credit import Credit, in_force, why_not_in_force
from domain.errors import (
    AlreadyAwarded,
    AlreadyConferred,
    AlreadyRecognised,
    AlreadyTransferred,
    InvalidValue,
    NotAccredited,
    NotAssessed,
    NotFoundInWallet,
    NotInForce,
    NotPassed,
    RequirementsNotMet,
    ShareExceeded,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
    WrongLearner,
)
from domain.institution import Institution, is_accredited
from domain.prior_learning import Learning, Source
from domain.progress import Progress
from domain.qualification import Qualification
from domain.unit import Unit
from domain.values import (
    AchievementId,
    ConferralId,
    CreditId,
    CreditPoints,
    IscedF,
    LearnerId,
    Level,
    QualificationId,
    Setting,
)

# --- what is proposed -----------------------------------------------------------------------------------


class ProposedCredit(msgspec.Struct, frozen=True, kw_only=True):
    """A credit about to be written into a wallet, with everything its rules look at."""

    held: Mapping[CreditId, Credit]
    """What the wallet holds already."""
    credit: CreditId
    by: Institution
    unit: Unit | None
    points: CreditPoints
    setting: Setting
    level: Level | None
    field: IscedF | None
    on: date
    achievement: Achievement | None = None
    """What was assessed, for learning outside formal education."""
    source: Credit | None = None
    """What it is transferred from."""
    learning: frozenset[Learning] = frozenset()
    """What the same learning is known by, however it is shown."""


class ProposedAward(ProposedCredit, frozen=True, kw_only=True):
    wallet_of: LearnerId
    learner: LearnerId
    """Whom the institution names."""
    result: Result = Result.PASSED


class ProposedRecognition(ProposedCredit, frozen=True, kw_only=True):
    sources: tuple[Source, ...]
    achievements: Mapping[AchievementId, Achievement]
    """What the wallet has claimed."""
    most_outside: Fraction | None = None
    """The most points of the programme by learning outside formal education, where the policy sets a limit."""
    clause: str = ""
    """What that limit rests on."""


class ProposedConferral(msgspec.Struct, frozen=True, kw_only=True):
    conferrals: Mapping[ConferralId, Conferral]
    conferral: ConferralId
    qualification: Qualification
    by: Institution
    progress: Progress


# --- rules of every credit ------------------------------------------------------------------------------


def credit_is_new(proposed: ProposedCredit) -> None:
    """A credit's id is used once."""
    if proposed.credit in proposed.held:
        raise AlreadyAwarded(f"Credit {proposed.credit} is in this wallet already.")


def unit_is_the_institutions_own(proposed: ProposedCredit) -> None:
    """An institution gives credit for its own units only; learning elsewhere comes by transfer."""
    unit = proposed.unit
    if unit is not None and unit.institution != proposed.by.id:
        raise WrongInstitution(
            f"The unit {unit.id} is {unit.institution}'s, and {proposed.by.id} cannot give credit for it."
        )


def awarding_body_is_accredited(proposed: ProposedCredit) -> None:
    """Somebody trusts the institution with this setting, level and field, on that day."""
    if is_accredited(proposed.by, proposed.setting, proposed.level, proposed.on, proposed.field):
        return
    level = "a level not stated" if proposed.level is None else str(proposed.level)
    field = "" if proposed.field is None else f" in field {proposed.field}"
    setting = proposed.setting.replace("_", "-")
    raise NotAccredited(
        f"{proposed.by.id} is not accredited for {setting} learning at {level}{field} on {proposed.on}."
    )


def no_unit_counts_twice(proposed: ProposedCredit) -> None:
    """One credit in force for a unit at an institution, by whichever door; a withdrawn one makes room."""
    if proposed.unit is None:
        return
    for credit in _in_force_at(proposed):
        if credit.unit == proposed.unit.id:
            raise AlreadyAwarded(
                f"The learner holds credit {credit.id} for the unit {proposed.unit.id} at {proposed.by.id}."
            )


def no_achievement_counts_twice(proposed: ProposedCredit) -> None:
    """One credit in force for an achievement at an institution, its own or transferred."""
    if proposed.achievement is not None:
        achievement = proposed.achievement.id
    elif proposed.source is not None and proposed.source.achievement is not None:
        achievement = proposed.source.achievement
    else:
        return
    for credit in _in_force_at(proposed):
        if credit.achievement == achievement:
            raise AlreadyAwarded(
                f"The learner holds credit {credit.id} for the achievement {achievement} at {proposed.by.id}."
            )


def no_learning_counts_twice(proposed: ProposedCredit) -> None:
    """Learning carries credit once at an institution: not by another document, and not by another door."""
    for credit in _in_force_at(proposed):
        if not credit.learning.isdisjoint(proposed.learning):
            raise AlreadyRecognised(
                f"Some of this learning carries credit {credit.id} at {proposed.by.id} already."
            )


def _in_force_at(proposed: ProposedCredit) -> list[Credit]:
    held = proposed.held
    return [c for c in held.values() if c.institution == proposed.by.id and in_force(c, held)]


# --- rules of awards ------------------------------------------------------------------------------------


def wallet_is_the_learners(proposed: ProposedAward) -> None:
    """The learner whom the institution names is the one whose wallet this is: awards come in batches."""
    if proposed.wallet_of != proposed.learner:
        raise WrongLearner(f"This is the wallet of {proposed.wallet_of}, and not of {proposed.learner}.")


def unit_is_formal(proposed: ProposedAward) -> None:
    """Only formal learning enters by this door; other learning is claimed and assessed first."""
    if proposed.setting is not Setting.FORMAL:
        setting = proposed.setting.replace("_", "-")
        raise WrongDoor(f"This unit is {setting} learning: it is claimed and assessed before it is credited.")


def assessment_is_passed(proposed: ProposedAward) -> None:
    """The result decides; no grade is read to guess it."""
    if proposed.result is not Result.PASSED:
        raise NotPassed("The assessment was failed, and a failed assessment carries no credit.")


def points_are_allocated_to_the_unit(proposed: ProposedCredit) -> None:
    """Not more than the unit is worth, in a scheme it is allocated."""
    unit = proposed.unit
    if unit is None:
        return
    allocated = unit.allocated(proposed.points.scheme)
    if allocated is None:
        raise UnlikeCredits(f"The unit {unit.id} is allocated no {proposed.points.scheme}.")
    if proposed.points.points > allocated.points:
        raise InvalidValue(f"The unit {unit.id} is worth {allocated}, and not {proposed.points}.")


def achievement_is_assessed_here(proposed: ProposedAward) -> None:
    """A claim alone never carries credit: this institution has assessed it, for this unit, by that day."""
    assessment = _assessment(proposed)
    achievement = assessment.achievement
    if assessment.unit is not None and (proposed.unit is None or assessment.unit != proposed.unit.id):
        raise NotAssessed(f"Achievement {achievement} was assessed for the unit {assessment.unit} only.")
    if assessment.assessed_on > proposed.on:
        raise NotAssessed(
            f"Achievement {achievement} was assessed on {assessment.assessed_on}, after {proposed.on}."
        )


def achievement_is_passed(proposed: ProposedAward) -> None:
    """This institution's own assessment, the last one, was passed."""
    assessment = _assessment(proposed)
    if assessment.result is not Result.PASSED:
        raise NotPassed(f"{proposed.by.id} assessed achievement {assessment.achievement} as not passed.")


def _assessment(proposed: ProposedAward) -> AchievementAssessed:
    assert proposed.achievement is not None, "these rules are listed for achievements only"
    assessment = proposed.achievement.assessments.get(proposed.by.id)
    if assessment is None:
        raise NotAssessed(f"{proposed.by.id} has not assessed achievement {proposed.achievement.id}.")
    return assessment


# --- rules of transfers ---------------------------------------------------------------------------------


def source_is_in_force(proposed: ProposedCredit) -> None:
    """A withdrawn credit goes nowhere."""
    source = _source(proposed)
    withdrawal = why_not_in_force(source, proposed.held)
    if withdrawal is not None:
        raise NotInForce(
            f"Credit {source.id} is not in force: credit {withdrawal.credit} was withdrawn "
            f"on {withdrawal.withdrawn_on}."
        )


def source_was_awarded(proposed: ProposedCredit) -> None:
    """What is transferred is the award itself, so that every line is one step from the assessment."""
    source = _source(proposed)
    if source.source is not None:
        raise InvalidValue(f"Credit {source.id} is itself transferred: transfer {source.source} instead.")


def source_is_not_the_institutions_own(proposed: ProposedCredit) -> None:
    """An institution counts its own awards without a transfer."""
    source = _source(proposed)
    if source.institution == proposed.by.id:
        raise AlreadyAwarded(f"Credit {source.id} was awarded by {proposed.by.id} itself and counts there.")


def transfer_is_not_before_the_award(proposed: ProposedCredit) -> None:
    """Nothing is transferred before it exists."""
    source = _source(proposed)
    if proposed.on < source.since:
        raise InvalidValue(f"Credit {source.id} of {source.since} cannot be transferred on {proposed.on}.")


def no_credit_counts_twice(proposed: ProposedCredit) -> None:
    """A credit is transferred to an institution once, while the transferred line is in force."""
    source = _source(proposed)
    for credit in _in_force_at(proposed):
        if credit.source == source.id:
            raise AlreadyTransferred(
                f"Credit {source.id} counts at {proposed.by.id} already, as credit {credit.id}."
            )


def receiving_unit_counts_in_that_scheme(proposed: ProposedCredit) -> None:
    """The credit replaces the unit's own, so they are of one scheme; nothing is converted here.

    How many points each is worth is not compared: credit for comparable outcomes replaces what is set at home
    (ECTS Users' Guide 2015, 4).
    """
    unit, scheme = proposed.unit, proposed.points.scheme
    if unit is not None and unit.allocated(scheme) is None:
        raise UnlikeCredits(f"{proposed.points} cannot replace the unit {unit.id}, which has no {scheme}.")


def _source(proposed: ProposedCredit) -> Credit:
    assert proposed.source is not None, "these rules are listed for transfers only"
    return proposed.source


# --- rules of recognition -------------------------------------------------------------------------------


def sources_are_in_this_wallet(proposed: ProposedRecognition) -> None:
    """A source that names a claim or a credit names one of this wallet, of its own setting."""
    for source in proposed.sources:
        if source.achievement is not None:
            claim = proposed.achievements.get(source.achievement)
            if claim is None:
                raise NotFoundInWallet(f"There is no achievement {source.achievement} in this wallet.")
            if claim.setting is not source.setting:
                setting = claim.setting.replace("_", "-")
                raise WrongDoor(f"Achievement {claim.id} is {setting} learning, and {source.kind} is not.")
        if source.credit is not None and source.credit not in proposed.held:
            raise NotFoundInWallet(f"There is no credit {source.credit} in this wallet.")


def credits_it_rests_on_are_in_force(proposed: ProposedRecognition) -> None:
    """A withdrawn credit is no learning to recognise; nor is the institution's own, which counts as it is."""
    for source in proposed.sources:
        credit = None if source.credit is None else proposed.held[source.credit]
        if credit is None:
            continue
        if why_not_in_force(credit, proposed.held) is not None:
            raise NotInForce(f"Credit {credit.id} is not in force.")
        if credit.institution == proposed.by.id:
            raise AlreadyAwarded(f"Credit {credit.id} is {proposed.by.id}'s own and counts there.")
        if credit.setting is not source.setting:
            setting = credit.setting.replace("_", "-")
            raise WrongDoor(f"Credit {credit.id} is of {setting} learning, and {source.kind} is not.")


def recognition_is_not_before_the_learning(proposed: ProposedRecognition) -> None:
    """Nothing is recognised before it was learnt."""
    for source in proposed.sources:
        if source.achieved_on > proposed.on:
            raise InvalidValue(
                f"{source.title} of {source.achieved_on} cannot be recognised on {proposed.on}."
            )


def not_too_much_outside_formal_education(proposed: ProposedRecognition) -> None:
    """Of a programme, the policy's part at most: with what the learner has of such credit here already."""
    if proposed.most_outside is None or proposed.setting is Setting.FORMAL:
        return
    scheme = proposed.points.scheme
    alike = sum(
        credit.points.points
        for credit in _in_force_at(proposed)
        if credit.setting is not Setting.FORMAL and credit.points.scheme is scheme
    )
    if alike + proposed.points.points > proposed.most_outside:
        raise ShareExceeded(
            f"With {proposed.points} more, {alike + proposed.points.points} {scheme} would come from learning "
            f"outside formal education, of at most {float(proposed.most_outside):g}",
            proposed.clause,
        )


# --- rules of conferrals --------------------------------------------------------------------------------


def conferral_is_new(proposed: ProposedConferral) -> None:
    """A conferral's id is used once."""
    if proposed.conferral in proposed.conferrals:
        raise AlreadyConferred(f"Conferral {proposed.conferral} is in this wallet already.")


def qualification_is_the_institutions_own(proposed: ProposedConferral) -> None:
    """A qualification is conferred by the institution that describes it."""
    qualification = proposed.qualification
    if qualification.institution != proposed.by.id:
        owner = qualification.institution
        raise WrongInstitution(f"{qualification.id} is {owner}'s, and {proposed.by.id} cannot confer it.")


def no_qualification_is_conferred_twice(proposed: ProposedConferral) -> None:
    """A learner holds a qualification once; a withdrawn conferral makes room again."""
    wanted: QualificationId = proposed.qualification.id
    for conferral in proposed.conferrals.values():
        if conferral.in_force and conferral.conferred.qualification == wanted:
            raise AlreadyConferred(f"{wanted} was conferred on {conferral.conferred.conferred_on} already.")


def enough_points(proposed: ProposedConferral) -> None:
    """Every requirement is satisfied, and the qualification's total is reached."""
    if not proposed.progress.complete:
        raise RequirementsNotMet(proposed.progress.missing)


# --- the lists ------------------------------------------------------------------------------------------

AWARD: tuple[Callable[[ProposedAward], None], ...] = (
    wallet_is_the_learners,
    credit_is_new,
    unit_is_the_institutions_own,
    unit_is_formal,
    assessment_is_passed,
    points_are_allocated_to_the_unit,
    awarding_body_is_accredited,
    no_unit_counts_twice,
)

AWARD_FOR_ACHIEVEMENT: tuple[Callable[[ProposedAward], None], ...] = (
    wallet_is_the_learners,
    credit_is_new,
    unit_is_the_institutions_own,
    achievement_is_assessed_here,
    achievement_is_passed,
    points_are_allocated_to_the_unit,
    awarding_body_is_accredited,
    no_unit_counts_twice,
    no_achievement_counts_twice,
    no_learning_counts_twice,
)

TRANSFER: tuple[Callable[[ProposedCredit], None], ...] = (
    credit_is_new,
    source_is_in_force,
    source_was_awarded,
    source_is_not_the_institutions_own,
    transfer_is_not_before_the_award,
    unit_is_the_institutions_own,
    receiving_unit_counts_in_that_scheme,
    awarding_body_is_accredited,
    no_credit_counts_twice,
    no_unit_counts_twice,
    no_achievement_counts_twice,
    no_learning_counts_twice,
)

RECOGNITION: tuple[Callable[[ProposedRecognition], None], ...] = (
    credit_is_new,
    unit_is_the_institutions_own,
    sources_are_in_this_wallet,
    credits_it_rests_on_are_in_force,
    recognition_is_not_before_the_learning,
    points_are_allocated_to_the_unit,
    awarding_body_is_accredited,
    no_unit_counts_twice,
    no_learning_counts_twice,
    not_too_much_outside_formal_education,
)

CONFERRAL: tuple[Callable[[ProposedConferral], None], ...] = (
    conferral_is_new,
    qualification_is_the_institutions_own,
    no_qualification_is_conferred_twice,
    enough_points,
)

Proposed = TypeVar("Proposed")


def hold(rules: tuple[Callable[[Proposed], None], ...], proposed: Proposed) -> None:
    """Ask every rule of a list; the first that is broken is the refusal."""
    for rule in rules:
        rule(proposed)
