"""Comparing learning outcomes for an expert: those of one unit or several, or of a document, with those of a unit.

Nothing is recorded, and nothing is decided.
"""

from collections.abc import Iterable
from typing import Final

from domain.comparison import Compared, Comparison, compare
from domain.errors import InvalidValue
from domain.unit import Unit
from domain.values import LearningOutcome
from wallet.likeness import likeness, stems

LEAST: Final = 0.35
"""Where no other is asked for. The likest pair of our examples that is no match has just this score."""


MOST_WORDS: Final = 1_500
"""On one side, in all its languages: every word is held against every one of the other side."""


def of_unit(unit: Unit) -> tuple[Compared, ...]:
    """The outcomes of a unit, under its id."""
    return of_list(unit.id, unit.outcomes)


def of_list(name: str, outcomes: Iterable[LearningOutcome]) -> tuple[Compared, ...]:
    """Outcomes that are no unit's here: those of a certificate, a claim, a course elsewhere."""
    return tuple(Compared(name, outcome) for outcome in outcomes)


def compare_outcomes(
    source: Iterable[Compared], target: Iterable[Compared], *, least: float = LEAST
) -> Comparison:
    """Source and target side by side, with suggested matches and their scores. Refuses: InvalidValue."""
    sides = tuple(source), tuple(target)
    for side in sides:
        words = sum(len(stems(tag, text)) for each in side for tag, text in each.outcome.text.items())
        if words > MOST_WORDS:
            raise InvalidValue(f"A comparison takes {MOST_WORDS} words on each side, and here are {words}.")
    return compare(*sides, similarity=likeness, least=least)
