"""A credit: points for assessed learning outcomes, awarded once, and what may happen to them after.

    awarded ──────────────► withdrawn (by the institution that awarded it)
       │
       └─► transferred ───► withdrawn (by the institution that received it)

    recognised ────────────► withdrawn (by the institution that recognised it)

A recognised credit rests on learning from elsewhere, which it keeps with all its originals: documents, claims, other
credits. If one of those credits is withdrawn, what rests on it falls too.

A transferred credit is a line of its own, at another institution, which names the line it comes from. It is
the same learning: where both could be counted, only one is (`domain.counting`), and if the source is
withdrawn, the line that came from it is no longer in force either. The facts here are part of the learner's
wallet.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.achievement import Achievement
from domain.conversion_rule import RuleApplied
from domain.event import Event
from domain.prior_learning import (
    Learning,
    Source,
    learning_of,
    of_achievement,
    of_course,
    of_credit,
    of_document,
)
from domain.values import (
    AchievementId,
    CaseId,
    CreditId,
    CreditPoints,
    Grade,
    InstitutionId,
    IscedF,
    Level,
    OutcomeId,
    Setting,
    UnitId,
)

# --- facts ----------------------------------------------------------------------------------------------


class CreditAwarded(Event, tag="credit.awarded.v1"):
    personal = True

    credit: CreditId
    institution: InstitutionId
    unit: UnitId
    points: CreditPoints
    setting: Setting
    """Where the learning happened; it stays, also when a formal unit is awarded for it."""
    outcomes: tuple[OutcomeId, ...]
    awarded_on: date
    level: Level | None = None
    field: IscedF | None = None
    grade: Grade | None = None
    achievement: AchievementId | None = None
    """What was assessed, for learning that came by the non-formal or the informal door."""


class CreditTransferred(Event, tag="credit.transferred.v1"):
    personal = True

    credit: CreditId
    """The new line's own id."""
    from_credit: CreditId
    institution: InstitutionId
    """Where the learning counts from now on, too."""
    points: CreditPoints
    agreement: str
    """The ground of the transfer, as the institutions cite it: a learning agreement, a memorandum."""
    transferred_on: date
    unit: UnitId | None = None
    """The receiving institution's unit that it replaces, if it replaces one."""


class Method(StrEnum):
    """How it was found that learning from elsewhere takes the place of a unit."""

    COMMISSION = "commission"
    """Experts compared, and a commission decided."""
    AGREEMENT = "agreement"
    """The institutions agreed before on what takes whose place."""


class CreditRecognised(Event, tag="credit.recognised.v1"):
    """Learning from elsewhere takes the place of a unit here; the originals are kept as they were."""

    personal = True

    credit: CreditId
    institution: InstitutionId
    unit: UnitId
    points: CreditPoints
    setting: Setting
    """Where the learning happened; it stays."""
    outcomes: tuple[OutcomeId, ...]
    sources: tuple[Source, ...]
    method: Method
    ground: str
    """What it rests on, as it is cited: the commission's decision, an agreement and its clause."""
    recognised_on: date
    hours: Decimal | None = None
    """Of all the sources together, where they are stated."""
    level: Level | None = None
    field: IscedF | None = None
    grade: Grade | None = None
    """The grade that counts here; those given elsewhere stand with the sources."""
    case: CaseId | None = None


class CreditTransferredByRule(CreditTransferred, tag="credit.transferred.v2", kw_only=True):
    """Transferred into another scheme. `points` are those of the receiving institution's scheme."""

    rule: RuleApplied
    """By which they were converted, as it was then."""


class CreditWithdrawn(Event, tag="credit.withdrawn.v1"):
    personal = True

    credit: CreditId
    institution: InstitutionId
    reason: str
    withdrawn_on: date


# --- state ----------------------------------------------------------------------------------------------


class Credit(msgspec.Struct, frozen=True, gc=False):
    """One line of the wallet; `source` is the credit it was transferred from, if it was."""

    id: CreditId
    institution: InstitutionId
    unit: UnitId | None
    points: CreditPoints
    setting: Setting
    level: Level | None
    field: IscedF | None
    grade: Grade | None
    outcomes: tuple[OutcomeId, ...]
    achievement: AchievementId | None
    since: date
    source: CreditId | None = None
    agreement: str | None = None
    withdrawn: CreditWithdrawn | None = None
    learning: frozenset[Learning] = frozenset()
    """Everything by which the same learning can be met again: no two lines that share one are counted together."""
    recognised: CreditRecognised | None = None
    """The decision and its originals, where it came by recognition."""
    rule: RuleApplied | None = None
    """By which the source's points were converted, where they are of another scheme."""

    @property
    def rests_on(self) -> tuple[CreditId, ...]:
        """The credits it falls with."""
        if self.source is not None:
            return (self.source,)
        sources = () if self.recognised is None else self.recognised.sources
        return tuple(source.credit for source in sources if source.credit is not None)


def learning_claimed(achievement: Achievement) -> frozenset[Learning]:
    """What a claim is known by: itself, its documents, its name and provider and day."""
    claim = achievement.claimed
    return frozenset(
        (
            of_achievement(claim.achievement),
            *map(of_document, claim.evidence),
            *(of_course(name, claim.provider, claim.achieved_on) for name in claim.names.values()),
        )
    )


def awarded(event: CreditAwarded, achievement: Achievement | None = None) -> Credit:
    """The line that an award opens; `achievement` is the claim it was awarded for."""
    learning = frozenset((of_credit(event.credit),))
    if event.achievement is not None:
        learning |= {of_achievement(event.achievement)}
    if achievement is not None:
        learning |= learning_claimed(achievement)
    return Credit(
        event.credit,
        event.institution,
        event.unit,
        event.points,
        event.setting,
        event.level,
        event.field,
        event.grade,
        event.outcomes,
        event.achievement,
        event.awarded_on,
        learning=learning,
    )


def transferred(event: CreditTransferred, source: Credit) -> Credit:
    """The line that a transfer opens: the same learning, with its setting, level, grade and outcomes."""
    return Credit(
        event.credit,
        event.institution,
        event.unit,
        event.points,
        source.setting,
        source.level,
        source.field,
        source.grade,
        source.outcomes,
        source.achievement,
        event.transferred_on,
        source.id,
        event.agreement,
        learning=source.learning,
        rule=event.rule if isinstance(event, CreditTransferredByRule) else None,
    )


def recognised(event: CreditRecognised) -> Credit:
    """The line that a recognition opens."""
    return Credit(
        event.credit,
        event.institution,
        event.unit,
        event.points,
        event.setting,
        event.level,
        event.field,
        event.grade,
        event.outcomes,
        None,
        event.recognised_on,
        learning=frozenset((of_credit(event.credit),)).union(*map(learning_of, event.sources)),
        recognised=event,
    )


def withdrawn(event: CreditWithdrawn, credit: Credit) -> Credit:
    """The same line, withdrawn."""
    return msgspec.structs.replace(credit, withdrawn=event)


# --- questions ------------------------------------------------------------------------------------------


def why_not_in_force(credit: Credit, held: Mapping[CreditId, Credit]) -> CreditWithdrawn | None:
    """The withdrawal that ended it, its own or that of what it rests on; None while it is in force."""
    if credit.withdrawn is not None:
        return credit.withdrawn
    for other in credit.rests_on:
        withdrawal = why_not_in_force(held[other], held)
        if withdrawal is not None:
            return withdrawal
    return None


def in_force(credit: Credit, held: Mapping[CreditId, Credit]) -> bool:
    """Whether it still stands, and so does what it rests on."""
    return why_not_in_force(credit, held) is None
