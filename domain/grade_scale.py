"""What a grade is worth: scales from best to worst, what passes on them, points for an average.

A scale is published by the institution that reads grades on it, under the very text that stands in its grades
(`Grade("B+", "kz-letter")`). It has steps (letters, or numbers that are used like letters), or a span of
numbers, or both. A published scale never changes: another reading of the same letters is another scale.
"""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from domain.errors import InvalidValue, NotPassed, UnlikeCredits
from domain.values import CreditPoints, CreditScheme, Grade, Names, amount, exact, in_languages, settle, text

# --- a scale --------------------------------------------------------------------------------------------


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One grade of a scale; `points` count towards an average, `from_percent` is the least that earns it."""

    value: str
    passing: bool
    points: Decimal | None = None
    from_percent: Decimal | None = None

    def __post_init__(self) -> None:
        settle(self, "value", text(self.value, "a grade", limit=50))
        if self.points is not None:
            settle(self, "points", exact(self.points, "the points of a grade"))
        if self.from_percent is not None:
            settle(self, "from_percent", exact(self.from_percent, "a percentage"))
            if self.from_percent > 100:
                raise InvalidValue(f"{self.from_percent} % is more than everything.")


class Span(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grades that are numbers: `best` may be the greatest of them (10) or the least (1.0, in Germany)."""

    best: Decimal
    lowest_pass: Decimal
    """The worst number that still passes."""
    worst: Decimal

    def __post_init__(self) -> None:
        for name in ("best", "lowest_pass", "worst"):
            settle(self, name, exact(getattr(self, name), "a grade on a scale of numbers"))
        if not (self.best > self.lowest_pass >= self.worst or self.best < self.lowest_pass <= self.worst):
            raise InvalidValue(
                f"A scale from {self.best} to {self.worst} cannot be passed with {self.lowest_pass}."
            )


class GradeScale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scale: its steps from best to worst, its span of numbers, or both.

    Refuses (InvalidValue): neither; a grade twice; a pass below a fail; points or percentages that rise on the
    way down; points or percentages on some steps only.
    """

    scale: str
    """As it stands in grades."""
    names: Names
    steps: tuple[Step, ...] = ()
    span: Span | None = None

    def __post_init__(self) -> None:
        settle(self, "scale", text(self.scale, "a grading scale", limit=100))
        settle(self, "names", in_languages(self.names, "a scale's name"))
        if not self.steps and self.span is None:
            raise InvalidValue(f"The scale {self.scale} has no grades.")
        if len({step.value for step in self.steps}) < len(self.steps):
            raise InvalidValue(f"The scale {self.scale} has a grade twice.")
        passing = [step.passing for step in self.steps]
        if passing != sorted(passing, reverse=True):
            raise InvalidValue(f"In the scale {self.scale} a grade that passes stands below one that fails.")
        for name, figures in (
            ("points", [step.points for step in self.steps]),
            ("percentages", [step.from_percent for step in self.steps]),
        ):
            said = [figure for figure in figures if figure is not None]
            if said and len(said) < len(figures):
                raise InvalidValue(f"The scale {self.scale} has {name} for some of its grades only.")
            if said != sorted(said, reverse=True):
                raise InvalidValue(f"In the scale {self.scale} the {name} do not fall from best to worst.")

    @property
    def has_points(self) -> bool:
        """Whether its grades make an average: all of them have points, or none."""
        return bool(self.steps) and self.steps[0].points is not None

    def step(self, value: str) -> Step | None:
        """The step of this value; numbers are compared as numbers (`4.50` is `4.5`)."""
        number = _number(value)
        for step in self.steps:
            if step.value == value or (number is not None and number == _number(step.value)):
                return step
        return None


def passes(scale: GradeScale, value: str) -> bool:
    """Whether the grade passes on its scale. Refuses (InvalidValue) what is no grade of the scale."""
    if (step := scale.step(value)) is not None:
        return step.passing
    number, span = _number(value), scale.span
    if number is None or span is None or not _between(number, span.best, span.worst):
        raise InvalidValue(f"{value!a} is no grade of the scale {scale.scale}.")
    return _between(number, span.best, span.lowest_pass)


def rank(scale: GradeScale, value: str) -> Fraction:
    """Where the grade stands: the greater the worse. Only grades of one scale are compared.

    Refuses (InvalidValue) what is no grade of the scale.
    """
    if (step := scale.step(value)) is not None:
        return Fraction(scale.steps.index(step))
    passes(scale, value)  # refuses what is no grade
    number, span = _number(value), scale.span
    assert number is not None, "only a number is a grade without being a step"
    assert span is not None, "… and only of a span"
    return abs(Fraction(span.best) - Fraction(number))


def _number(value: str) -> Decimal | None:
    try:
        return amount(value)
    except InvalidValue:
        return None


def _between(number: Decimal, one: Decimal, other: Decimal) -> bool:
    return min(one, other) <= number <= max(one, other)


# --- Kazakhstan's scale ---------------------------------------------------------------------------------

_KZ_LETTERS = (
    ("A", "4", 95),
    ("A-", "3.67", 90),
    ("B+", "3.33", 85),
    ("B", "3", 80),
    ("B-", "2.67", 75),
    ("C+", "2.33", 70),
    ("C", "2", 65),
    ("C-", "1.67", 60),
    ("D+", "1.33", 55),
    ("D", "1", 50),
    ("FX", "0.5", 25),
    ("F", "0", 0),
)
FX: Final = Decimal("0.5")
"""What an FX usually counts."""


def kz_letters(scale: str = "kz-letter", *, fx: Decimal = FX) -> GradeScale:
    """Kazakhstan's letters with their digital equivalents; whether FX is worth 0.5 or 0 is the institution's to say.

    Source: rules for credit technology of education, the letter system of assessment.
    """
    steps = tuple(
        Step(
            value=letter,
            passing=percent >= 50,
            points=fx if letter == "FX" else Decimal(points),
            from_percent=Decimal(percent),
        )
        for letter, points, percent in _KZ_LETTERS
    )
    names = {"en": "Letter scale of Kazakhstan", "ru": "Буквенная шкала", "kk": "Әріптік шкала"}
    return GradeScale(scale=scale, names=names, steps=steps)


class Rounding(StrEnum):
    """What happens to a figure that stands between two that have a meaning."""

    HALF_UP = "half-up"
    DOWN = "down"
    REFUSE = "refuse"


def letter_of(percent: Decimal, scale: GradeScale, rounding: Rounding) -> Step:
    """The step that a percentage earns. 94.5 has no row between 90–94 and 95–100: `rounding` decides.

    Refuses (InvalidValue): a percentage outside 0–100, a scale without percentages, no row (`Rounding.REFUSE`).
    """
    percent = exact(percent, "a percentage")
    if percent > 100:
        raise InvalidValue(f"{percent} % is more than everything.")
    below = _row(percent.to_integral_value(ROUND_FLOOR), scale)
    above = _row(min(Decimal(100), percent.to_integral_value(ROUND_FLOOR) + 1), scale)
    if percent == percent.to_integral_value() or below == above or rounding is Rounding.DOWN:
        return below
    if rounding is Rounding.REFUSE:
        raise InvalidValue(f"{percent} % stands between {below.value} and {above.value} of {scale.scale}.")
    return _row(percent.to_integral_value(ROUND_HALF_UP), scale)


def _row(percent: Decimal, scale: GradeScale) -> Step:
    for step in scale.steps:
        if step.from_percent is not None and percent >= step.from_percent:
            return step
    raise InvalidValue(f"The scale {scale.scale} has no grade for {percent} %.")


# --- averages -------------------------------------------------------------------------------------------


def grade_points(grade: Grade, scale: GradeScale) -> Decimal:
    """The points of a grade, such as 3.67 for A−. Refuses (InvalidValue): another scale, no such grade, no points."""
    if grade.scale != scale.scale:
        raise InvalidValue(f"{grade.value!a} is a grade of {grade.scale}, and not of {scale.scale}.")
    step = scale.step(grade.value)
    if step is None:
        raise InvalidValue(f"{grade.value!a} is no grade of the scale {scale.scale}.")
    if step.points is None:
        raise InvalidValue(f"The scale {scale.scale} says no points for its grades.")
    return step.points


class Weighed(msgspec.Struct, frozen=True):
    """Grade points, and the credit points that weigh them: for a failed unit, those allocated to it."""

    points: Decimal
    credit: CreditPoints


def grade_average(graded: Iterable[Weighed]) -> Fraction:
    """GPA: Σ points × credit ÷ Σ credit, exactly. What was failed stays in the denominator.

    Refuses: UnlikeCredits (weights of two schemes), InvalidValue (nothing to average).
    """
    weighed = tuple(graded)
    schemes: set[CreditScheme] = {each.credit.scheme for each in weighed}
    if len(schemes) > 1:
        raise UnlikeCredits(f"An average cannot be weighed by {' and '.join(sorted(schemes))} together.")
    weight = sum((Fraction(each.credit.points) for each in weighed), Fraction(0))
    if not weight:
        raise InvalidValue("There is no average of no grades.")
    return (
        sum((Fraction(each.points) * Fraction(each.credit.points) for each in weighed), Fraction(0)) / weight
    )


def rounded(exactly: Fraction, places: int = 2, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """The number as it is shown: 18/11 as 1.64. Refuses (InvalidValue, `Rounding.REFUSE`) what would be rounded."""
    scaled = exactly * 10**places
    if rounding is Rounding.REFUSE and scaled.denominator != 1:
        raise InvalidValue(f"{exactly} has more than {places} decimals.")
    whole = int(scaled + Fraction(1, 2)) if rounding is Rounding.HALF_UP else int(scaled)
    return Decimal(whole).scaleb(-places)


# --- a formula for want of tables -----------------------------------------------------------------------


def modified_bavarian(grade: Decimal, scale: Span) -> Fraction:
    """A passing grade on the German scale of 1 (best) to 4 (just passed): 8 of 10, passed with 6, is 5/2.

    x = 1 + 3 · (best − grade) ÷ (best − lowest pass). Refuses: NotPassed, InvalidValue (better than the best).
    Source: the modified Bavarian formula of Germany's Standing Conference of Ministers of Education (KMK).
    """
    if not _between(grade, scale.best, scale.worst):
        raise InvalidValue(f"{grade} is not between {scale.best} and {scale.worst}.")
    if not _between(grade, scale.best, scale.lowest_pass):
        raise NotPassed(f"{grade} fails on a scale that is passed with {scale.lowest_pass}.")
    best, lowest = Fraction(scale.best), Fraction(scale.lowest_pass)
    return 1 + 3 * (best - Fraction(grade)) / (best - lowest)
