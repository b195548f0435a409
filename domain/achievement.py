"""An achievement: learning outside formal education, from the learner's claim to an institution's judgement.

*Claimed* by the learner, with evidence; *assessed* by an institution; only then may credit be awarded for it
(`domain.wallet.award_for_achievement`). A claim is welcome, and is worth no credit by itself. The facts here
are part of the learner's wallet.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.event import Event
from domain.values import AchievementId, Evidence, Grade, InstitutionId, Names, OutcomeId, Setting, UnitId

# --- facts ----------------------------------------------------------------------------------------------


class Result(StrEnum):
    """What an assessment came to. It is the institution's word; no grade is read to guess it."""

    PASSED = "passed"
    FAILED = "failed"


class AchievementClaimed(Event, tag="achievement.claimed.v1"):
    personal = True

    achievement: AchievementId
    setting: Setting
    """`non_formal` (a provider's course) or `informal` (life, work, sport); never formal."""
    names: Names
    achieved_on: date
    provider: str | None = None
    hours: Decimal | None = None
    evidence: tuple[Evidence, ...] = ()


class AchievementAssessed(Event, tag="achievement.assessed.v1"):
    personal = True

    achievement: AchievementId
    institution: InstitutionId
    result: Result
    assessed_on: date
    grade: Grade | None = None
    outcomes: tuple[OutcomeId, ...] = ()
    """The outcomes shown; of `unit`, where the achievement was compared with one."""
    unit: UnitId | None = None


# --- state ----------------------------------------------------------------------------------------------


class Achievement(msgspec.Struct, frozen=True):
    """A claim and, by institution, the last judgement of it."""

    claimed: AchievementClaimed
    assessments: dict[InstitutionId, AchievementAssessed]

    @property
    def id(self) -> AchievementId:
        return self.claimed.achievement

    @property
    def setting(self) -> Setting:
        return self.claimed.setting

    def assessed(self, event: AchievementAssessed) -> "Achievement":
        """The achievement after one more judgement; a later one of the same institution takes its place."""
        return Achievement(self.claimed, {**self.assessments, event.institution: event})
