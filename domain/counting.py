"""Which credits count, for whom, and why the others do not.

A total is the sum of lines that anyone can open: it never holds a credit and its copy, never a withdrawn one,
and never points of two schemes. What counts depends on the purpose:

- *everything the learner has*: what was awarded and is in force; a transferred line is the same learning as
  its source, and what shares a document, a claim or a credit with a line before it is the same learning;
- *at one institution*: what it awarded, and what was transferred to it; what others awarded is welcome there
  only after a transfer.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.credit import Credit, in_force, why_not_in_force
from domain.prior_learning import Learning
from domain.values import CreditId, CreditScheme, InstitutionId


class Why(StrEnum):
    """The kinds of reason not to count a credit."""

    WITHDRAWN = "withdrawn"
    SOURCE_WITHDRAWN = "source-withdrawn"
    SAME_LEARNING = "same-learning"
    ELSEWHERE = "elsewhere"
    CONFERRED = "conferred"


class NotCounted(msgspec.Struct, frozen=True):
    """Why a credit does not count: a kind for programs, a sentence for people, the credit behind it."""

    kind: Why
    sentence: str
    because_of: CreditId | None = None


class Line(msgspec.Struct, frozen=True):
    """A credit as one reader looks at it: it counts, or it is left out for a reason."""

    credit: Credit
    achieved_on: date
    """The day of the award itself; of a transferred line that of the credit it comes from, of a recognised one that of
    its oldest source."""
    left_out: NotCounted | None = None

    @property
    def counts(self) -> bool:
        return self.left_out is None


def lines(held: Mapping[CreditId, Credit], *, at: InstitutionId | None = None) -> tuple[Line, ...]:
    """Every credit of a wallet, in the order of its history, judged for one purpose.

    `held` is `Wallet.credits`. `at` is the institution that counts; None is for everything the learner has.
    """
    learnt: dict[Learning, tuple[int, CreditId]] = {}
    brought = {} if at is None else _brought_to(at, held)
    judged = []
    for number, credit in enumerate(held.values()):
        left_out = _ended(credit, held) or (
            _same_as_source(credit) if at is None else _elsewhere(credit, at, brought)
        )
        if left_out is None:
            first = min((learnt[each] for each in credit.learning if each in learnt), default=None)
            if first is None:
                learnt.update(dict.fromkeys(credit.learning, (number, credit.id)))
            else:
                left_out = _same_learning(first[1])
        judged.append(Line(credit, _achieved_on(credit, held), left_out))
    return tuple(judged)


def counted(judged: Iterable[Line]) -> tuple[Credit, ...]:
    """The credits that count, in the order of the lines."""
    return tuple(line.credit for line in judged if line.counts)


def totals(judged: Iterable[Line]) -> dict[CreditScheme, Decimal]:
    """The sum of the lines that count, scheme by scheme; a scheme with none of them is absent."""
    sums: dict[CreditScheme, Decimal] = {}
    for credit in counted(judged):
        scheme = credit.points.scheme
        sums[scheme] = sums.get(scheme, Decimal(0)) + credit.points.points
    return {scheme: sums[scheme] for scheme in CreditScheme if scheme in sums}


def _achieved_on(credit: Credit, held: Mapping[CreditId, Credit]) -> date:
    if credit.source is not None:
        return _achieved_on(held[credit.source], held)
    if credit.recognised is not None:
        return min(source.achieved_on for source in credit.recognised.sources)
    return credit.since


# --- reasons --------------------------------------------------------------------------------------------


def _ended(credit: Credit, held: Mapping[CreditId, Credit]) -> NotCounted | None:
    withdrawal = why_not_in_force(credit, held)
    if withdrawal is None:
        return None
    rests = "was transferred" if credit.source is not None else "was recognised"
    told = f"withdrawn by {withdrawal.institution} on {withdrawal.withdrawn_on}: {withdrawal.reason}"
    if withdrawal.credit == credit.id:
        return NotCounted(Why.WITHDRAWN, f"it was {told}")
    return NotCounted(
        Why.SOURCE_WITHDRAWN,
        f"credit {withdrawal.credit}, which it {rests} from, was {told}",
        withdrawal.credit,
    )


def _same_as_source(credit: Credit) -> NotCounted | None:
    return None if credit.source is None else _same_learning(credit.source)


def _same_learning(other: CreditId) -> NotCounted:
    return NotCounted(Why.SAME_LEARNING, f"it is the same learning as credit {other}, which counts", other)


def _brought_to(at: InstitutionId, held: Mapping[CreditId, Credit]) -> dict[CreditId, CreditId]:
    """The lines in force at the institution that were transferred from another's, by what they came from."""
    return {
        credit.source: credit.id
        for credit in held.values()
        if credit.source is not None and credit.institution == at and in_force(credit, held)
    }


def _elsewhere(credit: Credit, at: InstitutionId, brought: Mapping[CreditId, CreditId]) -> NotCounted | None:
    if credit.institution == at:
        return None
    if (here := brought.get(credit.id)) is not None:
        return _same_learning(here)
    return NotCounted(Why.ELSEWHERE, f"it is {credit.institution}'s; {at} counts it only after a transfer")
