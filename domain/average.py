"""The grade average of a learner at an institution, with every grade it is made of, and every one it is not.

What was failed stays in the denominator: Kazakhstan's GPA is Σ points × credit ÷ Σ credit over all units taken.
Each scheme of credit has an average of its own.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import msgspec

from domain.counting import counted, lines
from domain.errors import InvalidValue
from domain.grade_conversion import converted_at
from domain.grade_scale import GradeScale, Weighed, grade_average, grade_points
from domain.grading import Retakes
from domain.institution import Institution
from domain.values import CreditPoints, CreditScheme, Grade, UnitId
from domain.wallet import Wallet


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A unit taken: `grade` is the one read here, `original` the one it was converted from."""

    of: str
    """The id of the credit, or of the failed attempt."""
    unit: UnitId | None
    points: CreditPoints
    passed: bool
    on: date
    grade: Grade | None
    original: Grade | None = None
    left_out: str | None = None
    """Why it is no part of the average."""


class Average(msgspec.Struct, frozen=True):
    scheme: CreditScheme
    exactly: Fraction
    graded: tuple[Graded, ...]


class Averages(msgspec.Struct, frozen=True):
    averages: tuple[Average, ...]
    left_out: tuple[Graded, ...]


def averages(wallet: Wallet, *, at: Institution, scale: GradeScale, retakes: Retakes) -> Averages:
    """The averages over what counts at the institution and what was failed there.

    A transferred line is graded by what the institution converted its grade to.
    """
    by_scheme: dict[CreditScheme, list[tuple[Graded, Weighed]]] = {}
    left_out = []
    for graded in _taken(wallet, at, retakes):
        points = _points(graded, scale)
        if isinstance(points, str):
            left_out.append(msgspec.structs.replace(graded, left_out=points))
        else:
            by_scheme.setdefault(graded.points.scheme, []).append((graded, points))
    return Averages(
        tuple(
            Average(
                scheme,
                grade_average(weighed for _, weighed in by_scheme[scheme]),
                tuple(graded for graded, _ in by_scheme[scheme]),
            )
            for scheme in CreditScheme
            if scheme in by_scheme
        ),
        tuple(left_out),
    )


def _points(graded: Graded, scale: GradeScale) -> Weighed | str:
    if graded.left_out is not None:
        return graded.left_out
    if graded.grade is None:
        return "it has no grade"
    try:
        return Weighed(grade_points(graded.grade, scale), graded.points)
    except InvalidValue:
        return f"{graded.grade.value} is a grade of {graded.grade.scale}, and has no points on {scale.scale}"


def _taken(wallet: Wallet, at: Institution, retakes: Retakes) -> list[Graded]:
    """Every unit taken, in the order of its day; where only the last attempt counts, the earlier ones are left out."""
    taken = []
    for credit in counted(lines(wallet.credits, at=at.id)):
        conversion = converted_at(wallet.conversions, at.id, credit.id, credit.source)
        taken.append(
            Graded(
                of=credit.id,
                unit=credit.unit,
                points=credit.points,
                passed=True,
                on=credit.since,
                grade=credit.grade if conversion is None else conversion.result,
                original=None if conversion is None else conversion.original,
            )
        )
    for attempt in wallet.attempts.values():
        failed = attempt.failed
        if attempt.in_force and failed.institution == at.id:
            taken.append(
                Graded(
                    of=failed.attempt,
                    unit=failed.unit,
                    points=failed.points,
                    passed=False,
                    on=failed.failed_on,
                    grade=failed.grade,
                )
            )
    taken.sort(key=lambda graded: graded.on)
    if retakes is Retakes.ALL:
        return taken
    last: Mapping[UnitId | None, Graded] = {graded.unit: graded for graded in taken}
    return [
        graded
        if graded.passed or last[graded.unit] is graded
        else msgspec.structs.replace(graded, left_out="the unit was taken again")
        for graded in taken
    ]
