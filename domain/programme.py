"""An integer programme: what a decision among very many possibilities comes down to, for a solver to decide.

The domain states the programme and checks the answer; the solver stands outside (`wallet.solving`) and is handed
in. Everything is in whole numbers, so nothing depends on how a machine rounds.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

Terms = Mapping[int, int]
"""A sum: how often each variable stands in it."""


class Row(msgspec.Struct, frozen=True):
    """A sum that stays within bounds; None is no bound."""

    terms: Terms
    low: int | None = None
    high: int | None = None


class Programme(msgspec.Struct, frozen=True):
    """Find whole numbers from 0 to `most` for the variables, such that every row holds.

    `levels` are sums to be made as large as possible, the first before the second, and so on: a later one never
    costs an earlier one anything. Where `whole` is false a variable may be given as a fraction too, which is
    quicker; the domain does not read it.
    """

    most: Sequence[int]
    whole: Sequence[bool]
    rows: Sequence[Row]
    levels: Sequence[Terms]


class Optimum(msgspec.Struct, frozen=True):
    """The variables, and what each level comes to. Where a variable may be a fraction, it is rounded."""

    values: Sequence[int]
    levels: Sequence[int]


class Solver(Protocol):
    """Solves programmes exactly, and the same programme always in the same way.

    It answers None where no numbers satisfy all the rows, and raises where it cannot decide: a guess is never an
    answer.
    """

    def __call__(self, programme: Programme, /) -> Optimum | None: ...


class Sum:
    """A sum being put together: a constant, and variables with their factors."""

    __slots__ = ("constant", "terms")

    def __init__(self, constant: int = 0, terms: Mapping[int, int] | None = None) -> None:
        self.constant = constant
        self.terms: dict[int, int] = dict(terms or {})

    def add(self, other: "Sum", times: int = 1) -> "Sum":
        """This sum, with the other added to it so many times."""
        self.constant += times * other.constant
        for variable, factor in other.terms.items():
            self.terms[variable] = self.terms.get(variable, 0) + times * factor
        return self

    def times(self, factor: int) -> "Sum":
        """A new sum, this one so many times."""
        return Sum().add(self, factor)


class Draft:
    """A programme while it is being stated."""

    def __init__(self) -> None:
        self.most: list[int] = []
        self.whole: list[bool] = []
        self.rows: list[Row] = []

    def variable(self, most: int = 1, *, whole: bool = True) -> Sum:
        """A new variable, as a sum of itself."""
        self.most.append(most)
        self.whole.append(whole)
        return Sum(0, {len(self.most) - 1: 1})

    def at_most(self, smaller: Sum, larger: Sum) -> None:
        """The first sum is never more than the second."""
        difference = Sum().add(smaller).add(larger, -1)
        terms = {variable: factor for variable, factor in difference.terms.items() if factor}
        self.rows.append(Row(terms, high=-difference.constant))

    def equal(self, one: Sum, other: Sum) -> None:
        """The two sums are the same."""
        difference = Sum().add(one).add(other, -1)
        terms = {variable: factor for variable, factor in difference.terms.items() if factor}
        self.rows.append(Row(terms, -difference.constant, -difference.constant))

    def programme(self, levels: Sequence[Sum]) -> Programme:
        """The programme that makes these sums large, in this order."""
        return Programme(self.most, self.whole, self.rows, [level.terms for level in levels])
