"""Advising a learner: how far she has come towards a qualification, as it is or as it would be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.counting import Line
from domain.ladder import QualificationKind
from domain.progress import Held, Progress, progress
from domain.qualification import Qualification
from domain.values import CreditId, QualificationId
from domain.wallet import Wallet, held, lines_towards
from wallet.office import Office
from wallet.solving import solve


@dataclass(frozen=True, slots=True)
class Towards:
    """How far a learner has come towards a qualification, at the institution that confers it."""

    qualification: Qualification
    progress: Progress
    on: date
    """The day it is so: credit may grow too old."""
    lines: tuple[Line, ...] = ()
    """Every credit of the wallet, as it was judged."""
    holds: tuple[Held, ...] = ()


def show_progress(
    office: Office, learner: str, qualification: str, *, on: date, preferred: Iterable[str] = ()
) -> Towards:
    """Progress counts what the conferring institution awarded, and what was transferred to it.

    `preferred` are credits to be used first, where it makes no other difference.
    Raises NotFound, NotFoundInWallet, Erased, InvalidValue, Unsolved.
    """
    described = office.qualification(qualification).state
    wallet = office.learner(learner).state
    first = tuple(wallet.credit(credit).id for credit in preferred)
    return towards(wallet, described, held(wallet, kinds_held(office, wallet)), on, first)


def towards(
    wallet: Wallet,
    qualification: Qualification,
    holds: tuple[Held, ...],
    on: date,
    preferred: tuple[CreditId, ...] = (),
) -> Towards:
    """How a wallet stands towards a qualification on that day."""
    lines = lines_towards(wallet, qualification)
    answer = progress(qualification, lines, on=on, solver=solve, holds=holds, preferred=preferred)
    return Towards(qualification, answer, on, lines, holds)


def kinds_held(office: Office, wallet: Wallet) -> dict[QualificationId, QualificationKind]:
    """Which rung of the ladder each qualification is that the learner holds."""
    named = {each.conferred.qualification for each in wallet.conferrals.values() if each.in_force}
    return {each: office.qualification(each).state.kind for each in sorted(named)}
