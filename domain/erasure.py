"""Erasure: a learner is forgotten, and that she was is all that stays readable of her.

The fact stands last in the stream of her wallet and is sealed under nobody's key: her own is destroyed with it. It
names the cases of recognition in which a decision was asked for, so that an institution can tell a case whose learner
was erased from one that was lost. Source: Regulation (EU) 2016/679, article 17.
"""

from collections.abc import Iterable

import msgspec

from domain.event import Event
from domain.values import CaseId, Instant, InstitutionId, LearnerId, instant


class CaseLeft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A case of hers: that there was one, and before whom."""

    case: CaseId
    institution: InstitutionId


class LearnerErased(Event, tag="learner.erased.v1"):
    learner: LearnerId
    erased_at: Instant
    cases: tuple[CaseLeft, ...] = ()


def erase(learner: LearnerId, cases: Iterable[CaseLeft], *, at: Instant) -> LearnerErased:
    """Forget a learner. Nothing that is recorded of her keeps this from being decided."""
    return LearnerErased(learner=learner, erased_at=instant(at), cases=tuple(cases))
