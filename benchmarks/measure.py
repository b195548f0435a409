"""How a rate is measured, and what it is held against.

Every figure is a ratio to a raw limit taken in the same run: the same bytes inserted by SQLite alone, the
same number of signatures by `cryptography` alone. A ratio travels between machines; a rate does not.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """Things a second: the median of several rounds, after one that is not counted."""

    per_second: float

    @property
    def microseconds(self) -> float:
        return 1e6 / self.per_second


def rate(work: Callable[[], int], rounds: int = ROUNDS) -> Rate:
    """Of `work`, which does something a number of times and says how often."""
    work()
    seen = []
    for _ in range(rounds):
        began = time.perf_counter()
        done = work()
        seen.append(done / (time.perf_counter() - began))
    return Rate(statistics.median(seen))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `reach` is the ratio asked for, None where none is."""

    group: str
    what: str
    ours: Rate
    limit: str
    raw: Rate
    reach: float | None = None
    floor: float | None = None
    """A rate asked for, in things a second."""

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.raw.per_second

    @property
    def reached(self) -> bool | None:
        if self.reach is not None:
            return self.ratio >= self.reach
        return None if self.floor is None else self.ours.per_second >= self.floor


def together(*rates: Rate) -> Rate:
    """The raw limit of things done one after the other: their times add up."""
    return Rate(1 / sum(1 / each.per_second for each in rates))
