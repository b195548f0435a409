"""Advising a learner: how far she has come towards a qualification, as it is, as it would be, and what is left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from domain.counting import Line
from domain.ladder import QualificationKind
from domain.planning import Plan, Planned, Term, plan, with_planned
from domain.progress import Held, Progress, progress
from domain.qualification import Qualification
from domain.values import CreditId, Grade, QualificationId, Setting
from domain.wallet import Wallet, held, lines_towards
from wallet.office import Office
from wallet.projections import catalogue
from wallet.solving import MOST_SECONDS, solve


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


@dataclass(frozen=True, slots=True)
class Wish:
    """A unit the learner thinks of taking; with a setting outside formal education, a recognition she thinks of."""

    unit: str
    setting: Setting | None = None
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """How it stands, and how it would stand. Nothing is recorded by asking."""

    now: Towards
    then: Towards


def what_if(
    office: Office,
    learner: str,
    qualification: str,
    wishes: Iterable[Wish],
    *,
    on: date,
    preferred: Iterable[str] = (),
) -> WhatIf:
    """How the learner would stand with these units too, counted at the conferring institution.

    Raises NotFound, NotFoundInWallet, AlreadyAwarded (a unit that counts already), Erased, InvalidValue, Unsolved.
    """
    now = show_progress(office, learner, qualification, on=on, preferred=preferred)
    described = now.qualification
    planned = [
        Planned(unit=office.unit(wish.unit).state, setting=wish.setting, grade=wish.grade) for wish in wishes
    ]
    lines = with_planned(now.lines, planned, described.institution, on, described.points.scheme)
    assumed = frozenset(line.credit.id for line in lines[len(now.lines) :] if line.credit.grade is None)
    answer = progress(
        described,
        lines,
        on=on,
        solver=solve,
        holds=now.holds,
        preferred=tuple(CreditId(credit) for credit in preferred),
        assumed=assumed,
    )
    return WhatIf(now, Towards(described, answer, on, lines, now.holds))


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What is left of the way: where the learner stands, and the plan from there."""

    now: Towards
    plan: Plan


def make_plan(
    office: Office,
    learner: str,
    qualification: str,
    terms: Sequence[Term],
    *,
    on: date,
    units: Iterable[str] | None = None,
    seconds: float = MOST_SECONDS,
) -> Trajectory:
    """The least set of units that completes the qualification in these terms.

    The units are those of the conferring institution, unless some are named. `seconds` is how long a solver may take
    for each step of it.
    Raises NotFound, NoPlan, Erased, InvalidValue, Unsolved.
    """
    now = show_progress(office, learner, qualification, on=on)
    described = now.qualification
    if units is None:
        office.follower.catch_up()
        units = [row.unit for row in catalogue.units(office.ledger.database, described.institution)]
    candidates = [office.unit(unit).state for unit in units]
    made = plan(
        described,
        now.lines,
        candidates,
        terms,
        on=on,
        solver=partial(solve, seconds=seconds),
        holds=now.holds,
    )
    return Trajectory(now, made)


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
