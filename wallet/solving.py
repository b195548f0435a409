"""Solving integer programmes with HiGHS: exactly, on one thread, always in the same way.

Each level is solved by itself, and then held as a row while the next is solved: no large weights, whose sums a
floating-point number could no longer tell apart. What comes back is checked by the domain, which trusts no solver
(`domain.allocation`).
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from domain.programme import Optimum, Programme, Terms
from wallet.errors import WalletError

SOLVER: Final = f"HiGHS {version('highspy')}"
"""Which solver it is: among answers that are as good, another version may choose another."""
MOST_SECONDS: Final = 4.0
"""For one programme, all its levels together. Beyond it nothing is answered: an approximation is no audit."""

_LARGEST: Final = 10**9
"""Beyond it, sums of whole numbers could come near to what a double can still tell apart."""


class Unsolved(WalletError):
    """No optimum was proven: the programme is too large for the time there is, or for exact arithmetic."""


def solve(programme: Programme, *, seconds: float = MOST_SECONDS) -> Optimum | None:
    """The optimum of every level, in order; None where the rows contradict each other. Raises Unsolved."""
    if max(programme.most, default=0) > _LARGEST:
        raise Unsolved("The amounts are too large to be shared out exactly.")
    if not programme.most:
        return Optimum((), tuple(0 for _ in programme.levels))
    model = _model(programme)
    reached: list[int] = []
    values: Sequence[float] | None = None
    for level in programme.levels:
        if not level:
            reached.append(0)
            continue
        values = _optimum(model, level, len(programme.most), seconds)
        if values is None:
            return None
        best = round(sum(factor * values[variable] for variable, factor in level.items()))
        reached.append(best)
        model.addRow(best, _INFINITY, len(level), list(level), [float(each) for each in level.values()])
    if values is None and (values := _optimum(model, {}, len(programme.most), seconds)) is None:
        return None
    return Optimum(tuple(round(value) for value in values), tuple(reached))


_INFINITY: Final = float("inf")


@cache
def _highs() -> Any:
    """The library, a tenth of a second to load, for those who have something to solve."""
    import highspy

    return highspy


@cache
def _silent() -> Any:
    """A solver that writes nothing: the library's own prints a line when callbacks are enabled, and uses none."""

    class Silent(_highs().Highs):  # type: ignore[misc]  # untyped, as the library is
        def enableCallbacks(self) -> None:  # noqa: N802 - the library's name, called while it is being made
            self.setOptionValue("output_flag", False)

    return Silent


def _model(programme: Programme) -> Any:
    highs, model = _highs(), _silent()()
    for name, value in {
        "threads": 1,
        "random_seed": 1,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.5,  # every level is a sum of whole numbers
    }.items():
        model.setOptionValue(name, value)
    count = len(programme.most)
    model.addVars(count, [0.0] * count, [float(most) for most in programme.most])
    whole = [variable for variable, is_whole in enumerate(programme.whole) if is_whole]
    model.changeColsIntegrality(len(whole), whole, [highs.HighsVarType.kInteger] * len(whole))
    for row in programme.rows:
        model.addRow(
            -_INFINITY if row.low is None else row.low,
            _INFINITY if row.high is None else row.high,
            len(row.terms),
            list(row.terms),
            [float(factor) for factor in row.terms.values()],
        )
    return model


def _optimum(model: Any, level: Terms, count: int, seconds: float) -> Sequence[float] | None:
    highs = _highs()
    model.changeColsCost(count, list(range(count)), [float(level.get(each, 0)) for each in range(count)])
    model.changeObjectiveSense(highs.ObjSense.kMaximize)
    model.setOptionValue("time_limit", model.getRunTime() + seconds)
    model.run()
    status = model.getModelStatus()
    if status == highs.HighsModelStatus.kOptimal:
        values: Sequence[float] = model.getSolution().col_value
        return values
    if status in (highs.HighsModelStatus.kInfeasible, highs.HighsModelStatus.kUnboundedOrInfeasible):
        return None
    raise Unsolved("It could not be decided in time which credit serves which requirement.")
