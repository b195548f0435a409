"""The quality circle of mobility: four phases, in turn, round after round.

    planning ──► implementation ──► evaluation ──► review ──► planning, of the next round

It is recorded where it happens: in a memorandum for the partnership, in a learning agreement for one learner.
A phase may be recorded more than once before the next begins, by any party. Source: ECVET Users' Guide, part
III, after the EQAVET Recommendation 2009, Annex I.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from domain.errors import InvalidValue


class Phase(StrEnum):
    PLANNING = "planning"
    IMPLEMENTATION = "implementation"
    EVALUATION = "evaluation"
    REVIEW = "review"


class Noted(msgspec.Struct, frozen=True):
    """What a party found in a phase of a round, which are counted from 1."""

    phase: Phase
    round: int
    by: str
    """An institution's id, or which party to the agreement it was."""
    findings: str
    recorded_on: date


def round_of(circle: Sequence[Noted], phase: Phase) -> int:
    """Which round a phase belongs to that is recorded next. Refuses (InvalidValue): a phase out of turn."""
    last = circle[-1] if circle else None
    if last is not None and phase is last.phase:
        return last.round
    turn = tuple(Phase)
    due = turn[0] if last is None else turn[(turn.index(last.phase) + 1) % len(turn)]
    if phase is not due:
        before = "nothing" if last is None else f"the {last.phase}"
        raise InvalidValue(f"After {before} comes the {due} of the quality circle, and not the {phase}.")
    if last is None:
        return 1
    return last.round + (phase is Phase.PLANNING)
