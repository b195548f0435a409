"""Points go to the qualification first, and then to its units by relative weight.

A unit weighs by three things: how important its outcomes are to the qualification, how complex and large it is, and
the effort it takes. Which of the three counts how much is the awarding body's, and differs between qualifications:
so the same unit may weigh differently in two of them. Source: ECVET Recommendation 2009, Annex II.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from domain.errors import InvalidValue
from domain.qualification import Allocation
from domain.values import CreditPoints, UnitId, exact, settle, unit_id

MOST_UNITS: Final = 400
HALF: Final = Decimal("0.5")


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a unit weighs against the others, on any measure that is the same for all of them; or what counts more."""

    importance: Decimal
    complexity: Decimal
    """And volume."""
    effort: Decimal

    def __post_init__(self) -> None:
        for name in ("importance", "complexity", "effort"):
            settle(self, name, exact(getattr(self, name), "a weight"))
        if not (self.importance or self.complexity or self.effort):
            raise InvalidValue("Something of no weight at all cannot be weighed.")

    @property
    def parts(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.importance, self.complexity, self.effort


EVENLY: Final = Weight(Decimal(1), Decimal(1), Decimal(1))


def weigh(
    points: CreditPoints,
    units: Mapping[str, Weight],
    *,
    emphasis: Weight = EVENLY,
    step: Decimal = HALF,
) -> tuple[Allocation, ...]:
    """Share the points of a qualification out to its units, exactly, in multiples of `step`.

    Each of the three measures is first made relative (a unit's part in the sum over all units), then they are
    joined by `emphasis`. Whole steps go by the largest remainder; of equal remainders the first unit's is larger. A
    unit always has one step or more: a unit of no points could not be awarded. The sum is the qualification's.
    Refuses InvalidValue: no units, too many, a total that is no multiple of the step, or fewer steps than units.
    """
    if not 1 <= len(units) <= MOST_UNITS:
        raise InvalidValue(f"Points are shared out to 1 to {MOST_UNITS} units.")
    size = Fraction(exact(step, "a step"))
    if not size:
        raise InvalidValue("A step is more than nothing.")
    steps = Fraction(points.points) / size
    if steps.denominator != 1:
        raise InvalidValue(f"{points} cannot be shared out in steps of {step}.")
    if steps < len(units):
        raise InvalidValue(f"{points} in steps of {step} are not enough for {len(units)} units.")
    shares = _shares(list(units.values()), emphasis)
    given = _by_largest_remainder(int(steps), shares)
    return tuple(
        Allocation(UnitId(unit_id(unit)), CreditPoints(points.scheme, _decimal(size * number)))
        for unit, number in zip(units, given, strict=True)
    )


def _shares(weights: Sequence[Weight], emphasis: Weight) -> list[Fraction]:
    """Each unit's share of the whole. A measure on which every unit is nothing speaks for none of them."""
    shares = [Fraction(0)] * len(weights)
    told = Fraction(0)
    for measure, matters in enumerate(map(Fraction, emphasis.parts)):
        column = [Fraction(weight.parts[measure]) for weight in weights]
        whole = sum(column)
        if not whole or not matters:
            continue
        told += matters
        shares = [share + matters * part / whole for share, part in zip(shares, column, strict=True)]
    if not told:
        raise InvalidValue("The measures that matter here say nothing about any of the units.")
    return [share / told for share in shares]


def _by_largest_remainder(steps: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole steps, one or more each, as near to the shares as whole numbers come."""
    free = steps - len(shares)
    wanted = [max(Fraction(0), steps * share - 1) for share in shares]
    whole = sum(wanted)
    exact = [want * free / whole if whole else Fraction(free, len(shares)) for want in wanted]
    given = [1 + int(each) for each in exact]
    by_remainder = sorted(range(len(shares)), key=lambda place: int(exact[place]) - exact[place])
    for place in by_remainder[: steps - sum(given)]:
        given[place] += 1
    return given


def _decimal(value: Fraction) -> Decimal:
    """A multiple of a step, which has at most three decimals."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.001"))
