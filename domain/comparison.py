"""Learning outcomes of two sides, side by side, with the matches an expert may want to look at first.

    Apply ECVET in VET institutions          ── 0.83 ──  Use ECVET in institutions of VET
    Choose a data structure for a task       ── code ──  http://data.europa.eu/esco/skill/…
    Read a network diagram                   ──   ?

A match is a **suggestion with a score, and never a decision**: what is comparable, and whether fully or partly, is
for people to say. An outcome that has the same code as one on the other side is matched with it before any text is
read; the rest are matched by text, one to one, so that the sum of the scores is the largest there is.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from domain.errors import InvalidValue
from domain.values import LearningOutcome, Names

MOST_OUTCOMES: Final = 100
"""On one side."""

Similarity = Callable[[str, str, str], float]
"""How alike two texts of one language are, from 0 to 1: `(language, one, other)`."""


class Ground(StrEnum):
    """What a suggestion rests on."""

    CODE = "code"
    TEXT = "text"


class Compared(msgspec.Struct, frozen=True):
    """An outcome on one side, and what it is of: a unit's id, the name of a file; several may stand on one side."""

    of: str
    outcome: LearningOutcome


class Suggestion(msgspec.Struct, frozen=True):
    """A source outcome that may be comparable to a target outcome. The score runs to 1, which is a code."""

    source: Compared
    target: Compared
    ground: Ground
    score: float
    language: str | None = None
    """In which the texts were compared."""


class Comparison(msgspec.Struct, frozen=True):
    """Suggestions in the order of the target, and what has none on either side."""

    suggestions: tuple[Suggestion, ...]
    source_alone: tuple[Compared, ...]
    target_alone: tuple[Compared, ...]
    no_common_language: tuple[Compared, ...]
    """Targets without a code in common whose text no source has in its language: nobody has compared them."""


def compare(
    source: Sequence[Compared],
    target: Sequence[Compared],
    *,
    similarity: Similarity,
    least: float,
) -> Comparison:
    """Put the outcomes side by side; `least` is the score below which a likeness is not worth looking at.

    Refuses InvalidValue: a side with nothing on it, or with more than `MOST_OUTCOMES`.
    """
    for side in (source, target):
        if not 1 <= len(side) <= MOST_OUTCOMES:
            raise InvalidValue(f"A comparison takes 1 to {MOST_OUTCOMES} learning outcomes on each side.")
    by_code = _same_codes(source, target)
    left_source = [place for place in range(len(source)) if place not in by_code]
    taken = set(by_code.values())
    left_target = [place for place in range(len(target)) if place not in taken]
    found = {
        wanted: Suggestion(source[place], target[wanted], Ground.CODE, 1.0)
        for place, wanted in by_code.items()
    }
    scores = [
        [_alike(source[s].outcome.text, target[t].outcome.text, similarity) for t in left_target]
        for s in left_source
    ]
    values = [[score if score >= least else 0.0 for score, _ in row] for row in scores]
    for row, column in assign(values):
        score, language = scores[row][column]
        if values[row][column] > 0:
            one, other = source[left_source[row]], target[left_target[column]]
            found[left_target[column]] = Suggestion(one, other, Ground.TEXT, score, language)
    matched = {id(each.source) for each in found.values()}
    languages = {tag for place in left_source for tag in source[place].outcome.text}
    return Comparison(
        suggestions=tuple(found[place] for place in sorted(found)),
        source_alone=tuple(each for each in source if id(each) not in matched),
        target_alone=tuple(each for place, each in enumerate(target) if place not in found),
        no_common_language=tuple(
            target[place] for place in left_target if not languages & target[place].outcome.text.keys()
        ),
    )


def _same_codes(source: Sequence[Compared], target: Sequence[Compared]) -> dict[int, int]:
    """Source place → target place, for codes that are written alike but for their case and final slash.

    A short code of a catalogue (`LO1`) says nothing outside it: only a code that is an address, or names its
    framework (`ESCO:S1.2`), is one thing everywhere.
    """
    places: dict[str, list[int]] = {}
    for place, each in enumerate(target):
        if (code := _everywhere(each.outcome.code)) is not None:
            places.setdefault(code, []).append(place)
    found: dict[int, int] = {}
    for place, each in enumerate(source):
        code = _everywhere(each.outcome.code)
        if code is not None and places.get(code):
            found[place] = places[code].pop(0)
    return found


def _everywhere(code: str | None) -> str | None:
    return code.casefold().rstrip("/") if code is not None and ":" in code.strip(":") else None


def _alike(one: Names, other: Names, similarity: Similarity) -> tuple[float, str | None]:
    """The best likeness over the languages that both are written in. Texts of two languages are never compared."""
    common = sorted(one.keys() & other.keys())
    told = [(similarity(language, one[language], other[language]), language) for language in common]
    return max(told, key=lambda each: each[0]) if told else (0.0, None)


# --- the best matching ----------------------------------------------------------------------------------


def assign(values: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Rows to columns, each at most once, as many as there can be, so that the sum of the values is the largest.

    The Hungarian method with potentials, O(n²m). Values are taken in ten-thousandths, as whole numbers, so that
    the same values give the same answer on every machine.
    """
    if not values or not values[0]:
        return []
    turned = len(values) > len(values[0])
    rows = [list(row) for row in (zip(*values, strict=True) if turned else values)]
    cost = [[-round(value * 10_000) for value in row] for row in rows]
    width = len(cost[0])
    infinity = float("inf")
    of_row, of_column = [0] * (len(cost) + 1), [0] * (width + 1)
    holder = [0] * (width + 1)  # of each column, the row that has it; both are counted from 1
    for row in range(1, len(cost) + 1):
        holder[0], column = row, 0
        least: list[float] = [infinity] * (width + 1)
        came_from, seen = [0] * (width + 1), [False] * (width + 1)
        while holder[column]:
            seen[column] = True
            at, step, nearest = holder[column], infinity, 0
            for other in range(1, width + 1):
                if seen[other]:
                    continue
                reduced = cost[at - 1][other - 1] - of_row[at] - of_column[other]
                if reduced < least[other]:
                    least[other], came_from[other] = reduced, column
                if least[other] < step:
                    step, nearest = least[other], other
            for other in range(width + 1):
                if seen[other]:
                    of_row[holder[other]] += int(step)
                    of_column[other] -= int(step)
                else:
                    least[other] -= step
            column = nearest
        while column:
            holder[column] = holder[came_from[column]]
            column = came_from[column]
    pairs = [(holder[column] - 1, column - 1) for column in range(1, width + 1) if holder[column]]
    return sorted((column, row) if turned else (row, column) for row, column in pairs)
