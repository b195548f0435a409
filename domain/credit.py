"""A credit: points for assessed learning outcomes, awarded once, and what may happen to them after.

    awarded ──────────────► withdrawn (by the institution that awarded it)
       │
       └─► transferred ───► withdrawn (by the institution that received it)

A transferred credit is a line of its own, at another institution, which names the line it comes from. It is
the same learning: where both could be counted, only one is (`domain.counting`), and if the source is
withdrawn, the line that came from it is no longer in force either. The facts here are part of the learner's
wallet.
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from domain.event import Event
from domain.values import (
    AchievementId,
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


def awarded(event: CreditAwarded) -> Credit:
    """The line that an award opens."""
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
    )


def withdrawn(event: CreditWithdrawn, credit: Credit) -> Credit:
    """The same line, withdrawn."""
    return msgspec.structs.replace(credit, withdrawn=event)


# --- questions ------------------------------------------------------------------------------------------


def why_not_in_force(credit: Credit, held: Mapping[CreditId, Credit]) -> CreditWithdrawn | None:
    """The withdrawal that ended it, its own or its source's; None while it is in force."""
    if credit.withdrawn is not None:
        return credit.withdrawn
    return None if credit.source is None else why_not_in_force(held[credit.source], held)


def in_force(credit: Credit, held: Mapping[CreditId, Credit]) -> bool:
    """Whether it still stands, and so does what it was transferred from."""
    return why_not_in_force(credit, held) is None
