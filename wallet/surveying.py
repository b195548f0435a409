"""Surveying a cohort: how far every learner of an institution has come towards one qualification.

Learners are audited one by one, each at the same cost, by several processes where there are many; each process opens
the office for itself and reads only.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from fractions import Fraction
from typing import Final

import msgspec

from domain.ladder import QualificationKind
from domain.qualification import Qualification
from domain.values import LearnerId, QualificationId
from domain.wallet import held
from wallet.advising import kinds_held, towards
from wallet.errors import Erased
from wallet.office import Office
from wallet.projections import record
from wallet.settings import Settings
from wallet.solving import Unsolved

_AT_ONCE: Final = 50
"""Learners a process is given together."""
WORTH_A_PROCESS: Final = 400
"""With fewer learners than these a second process costs more than it saves: opening an office takes a second."""


class Surveyed(msgspec.Struct, frozen=True):
    """How one learner stands; `unanswered` says why, where she could not be audited."""

    learner: LearnerId
    complete: bool = False
    satisfied: int = 0
    share: Fraction = Fraction(0)
    missing: int = 0
    unanswered: str | None = None


Told = Callable[[int, int], None]
"""Told how many of how many are done."""


def survey(
    office: Office,
    qualification: str,
    *,
    on: date,
    passphrase: bytes,
    processes: int = 1,
    progress: Told | None = None,
) -> list[Surveyed]:
    """Every learner who has a credit at the qualification's institution, in the order of their ids.

    The passphrase is for the other processes. Raises NotFound, InvalidValue.
    """
    described = office.qualification(qualification).state
    office.follower.catch_up()
    learners = record.learners_at(office.ledger.database, described.institution)
    surveyed: list[Surveyed] = []
    for part in _parts(office, described, learners, on, passphrase, processes):
        surveyed += part
        if progress is not None:
            progress(len(surveyed), len(learners))
    return surveyed


def _parts(
    office: Office,
    described: Qualification,
    learners: Sequence[LearnerId],
    on: date,
    passphrase: bytes,
    processes: int,
) -> Iterator[list[Surveyed]]:
    batches = [learners[start : start + _AT_ONCE] for start in range(0, len(learners), _AT_ONCE)]
    if processes < 2 or len(learners) < WORTH_A_PROCESS:
        for batch in batches:
            yield _audited(office, described, batch, on)
        return
    with ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),  # an office must not be forked: it has open files
        initializer=_begin,
        initargs=(office.settings, passphrase, described.id, on),
    ) as pool:
        yield from pool.map(_in_a_process, batches)


def _audited(
    office: Office, described: Qualification, learners: Sequence[LearnerId], on: date
) -> list[Surveyed]:
    kinds: dict[QualificationId, QualificationKind] = {}
    return [_one(office, described, learner, on, kinds) for learner in learners]


def _one(
    office: Office,
    described: Qualification,
    learner: LearnerId,
    on: date,
    kinds: dict[QualificationId, QualificationKind],
) -> Surveyed:
    try:
        wallet = office.learner(learner).state
        if any(
            each.in_force and each.conferred.qualification not in kinds for each in wallet.conferrals.values()
        ):
            kinds |= kinds_held(office, wallet)
        answer = towards(wallet, described, held(wallet, kinds), on).progress
    except (Erased, Unsolved) as error:
        return Surveyed(learner, unanswered=str(error))
    return Surveyed(learner, answer.complete, answer.satisfied, answer.share, len(answer.missing))


class _Worker(msgspec.Struct):
    """What a process works with, once it has begun."""

    office: Office
    described: Qualification
    on: date


_worker: list[_Worker] = []


def _begin(settings: Settings, passphrase: bytes, qualification: str, on: date) -> None:
    office = Office.open(settings, passphrase)
    _worker.append(_Worker(office, office.qualification(qualification).state, on))


def _in_a_process(learners: Sequence[LearnerId]) -> list[Surveyed]:
    (worker,) = _worker
    return _audited(worker.office, worker.described, learners, worker.on)
