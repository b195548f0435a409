"""Grades: scales, tables, correspondences and a policy published; grades converted; failures; averages.

What an institution publishes stands in its own stream; what becomes of a learner's grade, in her wallet. Tables
of an institution's own grades are counted from the record, up to an event that they name.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from domain import attempt as attempts
from domain import grade_conversion as conversions
from domain import grading as gradings
from domain.attempt import FailureWithdrawn, UnitFailed
from domain.average import Averages, averages
from domain.credit import Credit
from domain.errors import InvalidValue, NotFound
from domain.event import Event
from domain.grade_conversion import Basis, GradeConverted
from domain.grade_scale import GradeScale, Rounding, letter_of, passes
from domain.grading import (
    Choice,
    CorrespondenceAgreed,
    Correspondent,
    DistributionPublished,
    Grading,
    PolicyFixed,
    Retakes,
    ScalePublished,
)
from domain.institution import Institution
from domain.values import CreditScheme, Grade, Level, institution_id
from domain.wallet import Wallet
from wallet import streams
from wallet.office import Office, Once
from wallet.projections.record import grades_given

Fact = TypeVar("Fact", bound=Event)

# --- what an institution publishes ----------------------------------------------------------------------


def publish_scale(
    office: Office,
    institution: str,
    scale: GradeScale,
    *,
    at: datetime,
    once: Once[ScalePublished] | None = None,
) -> ScalePublished:
    """Say how the grades of a scale are read here. Refuses: AlreadyPublished, NotFound, KeyNotInForce."""

    def decision(grading: Grading, by: Institution) -> ScalePublished:
        return gradings.publish_scale(grading, scale, by=by, published_on=at.date())

    return _publish(office, institution, decision, at, once)


def publish_table(
    office: Office,
    institution: str,
    *,
    table: str,
    scale: str,
    counts: Mapping[str, int] | None,
    since: date,
    until: date,
    field: str | None = None,
    cycle: Level | None = None,
    graded_by: str | None = None,
    source: str | None = None,
    at: datetime,
    once: Once[DistributionPublished] | None = None,
) -> DistributionPublished:
    """Publish how often each passing grade was given; without `counts`, the institution's own are counted.

    Counted are the grades on that scale of credit it awarded itself in those days, in that field and at that
    level where they are named, as they stand in force now.
    Refuses: AlreadyPublished, NotFound, KeyNotInForce, InvalidValue (see `domain.grading`; `graded_by` or
    `source` where the institution's own are counted).
    """
    if counts is None and (graded_by or source):
        raise InvalidValue("Grades counted here are the institution's own, and have no other source.")

    def decision(grading: Grading, by: Institution) -> DistributionPublished:
        counted, counted_to = counts, None
        if counted is None:
            read_on = grading.scale(scale)
            office.follower.catch_up()
            counted_to = office.follower.position()
            given = grades_given(
                office.ledger.database,
                by.id,
                scale=scale,
                since=since,
                until=until,
                field=field,
                level=None if cycle is None else str(cycle),
            )
            counted = _steps(read_on, given)
        return gradings.publish_distribution(
            grading,
            by=by,
            table=table,
            scale=scale,
            counts=counted,
            since=since,
            until=until,
            published_on=at.date(),
            field=field,
            cycle=cycle,
            graded_by=graded_by,
            source=source,
            counted_to=counted_to,
        )

    return _publish(office, institution, decision, at, once)


def _steps(scale: GradeScale, given: Mapping[str, int]) -> dict[str, int]:
    """The grades given, under the names of the scale's steps; what is no step, or fails, is not counted."""
    counted: dict[str, int] = {}
    for value, count in given.items():
        if (step := scale.step(value)) is not None and step.passing:
            counted[step.value] = counted.get(step.value, 0) + count
    return counted


def agree_correspondence(
    office: Office,
    institution: str,
    *,
    correspondence: str,
    from_scale: str,
    to_scale: str,
    pairs: Iterable[Correspondent],
    agreed_with: str,
    in_force_from: date,
    reference: str | None = None,
    at: datetime,
    once: Once[CorrespondenceAgreed] | None = None,
) -> CorrespondenceAgreed:
    """Fix which grade of a partner's scale is which of ours.

    Refuses: AlreadyPublished, NotFound, KeyNotInForce, InvalidValue.
    """
    agreed = tuple(pairs)

    def decision(grading: Grading, by: Institution) -> CorrespondenceAgreed:
        return gradings.agree_correspondence(
            grading,
            by=by,
            correspondence=correspondence,
            from_scale=from_scale,
            to_scale=to_scale,
            pairs=agreed,
            agreed_with=agreed_with,
            in_force_from=in_force_from,
            agreed_on=at.date(),
            reference=reference,
        )

    return _publish(office, institution, decision, at, once)


def fix_policy(
    office: Office,
    institution: str,
    *,
    policy: str,
    choice: Choice,
    least_grades: int,
    percent_rounding: Rounding = Rounding.HALF_UP,
    formula_rounding: Rounding = Rounding.DOWN,
    retakes: Retakes = Retakes.ALL,
    in_force_from: date,
    average_scale: str | None = None,
    formula_scale: str | None = None,
    reference: str | None = None,
    at: datetime,
    once: Once[PolicyFixed] | None = None,
) -> PolicyFixed:
    """Fix in advance what the rules leave open. Refuses: AlreadyPublished, NotFound, KeyNotInForce, InvalidValue."""

    def decision(grading: Grading, by: Institution) -> PolicyFixed:
        return gradings.fix_policy(
            grading,
            by=by,
            policy=policy,
            choice=choice,
            least_grades=least_grades,
            percent_rounding=percent_rounding,
            formula_rounding=formula_rounding,
            retakes=retakes,
            in_force_from=in_force_from,
            fixed_on=at.date(),
            average_scale=average_scale,
            formula_scale=formula_scale,
            reference=reference,
        )

    return _publish(office, institution, decision, at, once)


def _publish(
    office: Office,
    institution: str,
    decision: Callable[[Grading, Institution], Fact],
    at: datetime,
    once: Once[Fact] | None,
) -> Fact:
    def decide() -> Fact:
        by = office.institution(institution).state
        read = office.grading(institution)
        event = decision(read.state, by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_grading(institution_id(institution)), decide)


# --- what becomes of a learner's grade ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Correspondence:
    """By a correspondence this institution agreed on."""

    correspondence: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """By two tables: theirs, of `institution` or entered here where that is None, and one of our own."""

    their_table: str
    our_table: str
    institution: str | None = None


@dataclass(frozen=True, slots=True)
class Experts:
    """By experts, who compared content and outcomes."""

    result: Grade
    experts: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Formula:
    """By the modified Bavarian formula."""


Way = Correspondence | Distribution | Experts | Formula


def convert_grade(
    office: Office,
    institution: str,
    *,
    learner: str,
    way: Way,
    credit: str | None = None,
    original: Grade | None = None,
    given_by: str | None = None,
    converted_on: date,
    conversion: str | None = None,
    at: datetime,
    once: Once[GradeConverted] | None = None,
) -> GradeConverted:
    """Convert the grade of a credit, or an `original` that somebody gave elsewhere; both stay on record.

    Refuses: NotFoundInWallet, NotFound, NotConvertible, NotPassed, NotInForce, KeyNotInForce, Erased,
    InvalidValue (a credit without a grade; both a credit and an original, or neither).
    """
    if (credit is None) == (original is None):
        raise InvalidValue("Convert the grade of a credit, or a grade given elsewhere.")
    named = conversion or str(uuid.uuid4())

    def decision(wallet: Wallet, by: Institution) -> GradeConverted:
        held = None if credit is None else wallet.credit(credit)
        grade = _grade(held, original)
        result, basis = _converted(office, by, grade, way, converted_on)
        return conversions.convert(
            wallet.conversions,
            conversion=named,
            by=by,
            original=grade,
            result=result,
            basis=basis,
            converted_on=converted_on,
            credit=held,
            given_by=given_by,
        )

    return office.act_in_wallet(institution, learner, decision, at=at, once=once)


def _grade(held: Credit | None, original: Grade | None) -> Grade:
    if held is None:
        assert original is not None, "one of the two was given"
        return original
    if held.grade is None:
        raise InvalidValue(f"Credit {held.id} has no grade; experts may compare its outcomes.")
    return held.grade


def _converted(office: Office, by: Institution, grade: Grade, way: Way, on: date) -> tuple[Grade, Basis]:
    grading = office.grading(by.id).state
    match way:
        case Correspondence():
            agreed = grading.correspondence(way.correspondence)
            return conversions.by_correspondence(grade, grading, agreed, on=on)
        case Distribution():
            theirs = grading if way.institution is None else office.grading(way.institution).state
            return conversions.by_distribution(
                grade,
                theirs.table(way.their_table),
                grading.table(way.our_table),
                grading.policy(on),
                passing=passes(theirs.scale(grade.scale), grade.value),
            )
        case Experts():
            return conversions.by_experts(grade, way.result, grading, experts=way.experts, reason=way.reason)
        case Formula():
            return conversions.by_formula(grade, grading, grading.policy(on))


def letter(office: Office, institution: str, percent: Decimal, *, on: date) -> Grade:
    """The letter that a percentage earns there, by its policy's scale and rounding. Refuses: NotFound, InvalidValue."""
    grading = office.grading(institution).state
    policy = grading.policy(on)
    if policy.average_scale is None:
        raise NotFound(f"The policy {policy.policy} of {institution} names no scale of letters.")
    step = letter_of(percent, grading.scale(policy.average_scale), policy.percent_rounding)
    return Grade(step.value, policy.average_scale)


def fail_unit(
    office: Office,
    institution: str,
    *,
    learner: str,
    unit: str,
    scheme: CreditScheme | None = None,
    grade: Grade | None = None,
    failed_on: date,
    attempt: str | None = None,
    at: datetime,
    once: Once[UnitFailed] | None = None,
) -> UnitFailed:
    """Record that the learner failed a unit of the institution: it is part of her transcript and her average.

    Refuses: NotFound, WrongInstitution, AlreadyAssessed, KeyNotInForce, Erased, InvalidValue.
    """
    named = attempt or str(uuid.uuid4())

    def decision(wallet: Wallet, by: Institution) -> UnitFailed:
        described = office.unit(unit).state
        if scheme is None and len(described.points) != 1:
            raise InvalidValue(f"The unit {described.id} is not worth credit in one scheme; say in which.")
        scale = None if grade is None else office.grading(by.id).state.scales.get(grade.scale)
        return attempts.fail(
            wallet.attempts,
            described,
            by=by,
            attempt=named,
            scheme=scheme or described.points[0].scheme,
            failed_on=failed_on,
            grade=grade,
            scale=None if scale is None else scale.scale,
        )

    return office.act_in_wallet(institution, learner, decision, at=at, once=once)


def withdraw_failure(
    office: Office,
    institution: str,
    *,
    learner: str,
    attempt: str,
    reason: str,
    on: date,
    at: datetime,
    once: Once[FailureWithdrawn] | None = None,
) -> FailureWithdrawn:
    """Take back a failure entered in error.

    Refuses: NotFoundInWallet, WrongInstitution, NotInForce, NotFound, KeyNotInForce, Erased, InvalidValue.
    """

    def decision(wallet: Wallet, by: Institution) -> FailureWithdrawn:
        return attempts.withdraw_failure(wallet.attempts, attempt, by=by, reason=reason, on=on)

    return office.act_in_wallet(institution, learner, decision, at=at, once=once)


# --- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AveragesShown:
    """The averages, and by which policy and scale they were made."""

    institution: str
    policy: str
    scale: str
    averages: Averages


def show_averages(office: Office, institution: str, learner: str, *, on: date) -> AveragesShown:
    """The learner's grade averages at the institution, by its policy of that day.

    Raises NotFound (no policy, or one that names no scale), Erased, InvalidValue.
    """
    by = office.institution(institution).state
    wallet = office.learner(learner).state
    grading = office.grading(institution).state
    policy = grading.policy(on)
    if policy.average_scale is None:
        raise NotFound(f"The policy {policy.policy} of {by.id} names no scale for an average.")
    scale = grading.scale(policy.average_scale)
    made = averages(wallet, at=by, scale=scale, retakes=policy.retakes)
    return AveragesShown(by.id, policy.policy, scale.scale, made)
