"""An attempt at a unit that was failed: no credit, yet part of the transcript and of the average.

    failed ──► withdrawn (by the institution, where it was entered in error)

The facts here are part of the learner's wallet. Passing the unit later takes nothing away from them.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from domain.errors import AlreadyAssessed, InvalidValue, NotFoundInWallet, NotInForce, WrongInstitution
from domain.event import Event
from domain.grade_scale import GradeScale, passes
from domain.institution import Institution
from domain.unit import Unit
from domain.values import (
    AttemptId,
    CreditPoints,
    CreditScheme,
    Grade,
    InstitutionId,
    UnitId,
    attempt_id,
    day,
    text,
)

# --- facts ----------------------------------------------------------------------------------------------


class UnitFailed(Event, tag="attempt.failed.v1"):
    personal = True

    attempt: AttemptId
    institution: InstitutionId
    unit: UnitId
    points: CreditPoints
    """Those allocated to the unit: they weigh the failed grade, and are never awarded."""
    failed_on: date
    grade: Grade | None = None


class FailureWithdrawn(Event, tag="attempt.withdrawn.v1"):
    personal = True

    attempt: AttemptId
    institution: InstitutionId
    reason: str
    withdrawn_on: date


# --- state ----------------------------------------------------------------------------------------------


class Attempt(msgspec.Struct, frozen=True):
    failed: UnitFailed
    withdrawn: FailureWithdrawn | None = None

    @property
    def id(self) -> AttemptId:
        return self.failed.attempt

    @property
    def in_force(self) -> bool:
        return self.withdrawn is None


# --- decisions ------------------------------------------------------------------------------------------


def fail(
    attempts: Mapping[AttemptId, Attempt],
    unit: Unit,
    *,
    by: Institution,
    attempt: str,
    scheme: CreditScheme,
    failed_on: date,
    grade: Grade | None = None,
    scale: GradeScale | None = None,
) -> UnitFailed:
    """Record that the learner failed the institution's unit; `scale` is the grade's, where it is published.

    Refuses: AlreadyAssessed (an attempt's id is used once), WrongInstitution, InvalidValue (a grade that passes,
    or is none of its scale; no points of that scheme).
    """
    named = attempt_id(attempt)
    if named in attempts:
        raise AlreadyAssessed(f"Attempt {named} is in this wallet already.")
    if unit.institution != by.id:
        raise WrongInstitution(f"The unit {unit.id} is {unit.institution}'s, and {by.id} cannot fail it.")
    allocated = unit.allocated(scheme)
    if allocated is None:
        raise InvalidValue(f"The unit {unit.id} is allocated no {scheme}.")
    if grade is not None and scale is not None and passes(scale, grade.value):
        raise InvalidValue(f"{grade.value!a} passes on {grade.scale}; a unit failed has a grade that fails.")
    return UnitFailed(
        attempt=named,
        institution=by.id,
        unit=unit.id,
        points=allocated,
        failed_on=day(failed_on),
        grade=grade,
    )


def withdraw_failure(
    attempts: Mapping[AttemptId, Attempt], attempt: str, *, by: Institution, reason: str, on: date
) -> FailureWithdrawn:
    """Take back a failure entered in error. Refuses: NotFoundInWallet, WrongInstitution, NotInForce, InvalidValue."""
    held = attempts.get(AttemptId(attempt))
    if held is None:
        raise NotFoundInWallet(f"There is no attempt {attempt!a} in this wallet.")
    if held.failed.institution != by.id:
        raise WrongInstitution(f"Attempt {held.id} is {held.failed.institution}'s, and not {by.id}'s.")
    if held.withdrawn is not None:
        raise NotInForce(f"Attempt {held.id} was withdrawn on {held.withdrawn.withdrawn_on}.")
    if day(on) < held.failed.failed_on:
        raise InvalidValue(f"Attempt {held.id} of {held.failed.failed_on} cannot be withdrawn on {on}.")
    return FailureWithdrawn(
        attempt=held.id, institution=by.id, reason=text(reason, "a reason"), withdrawn_on=on
    )
