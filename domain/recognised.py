"""The door by which recognised learning becomes credit, whatever its setting and whoever decided.

Many sources may stand for one unit. What is recognised is a line of the wallet that keeps all of its originals, and
that falls with any credit it rests on. The same function serves a commission's decision and the recognition that
an agreement makes automatic (rules of the credit technology, clause 48).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from domain.credit import CreditRecognised, Method, learning_claimed
from domain.institution import Institution
from domain.prior_learning import Learning, Source, learning_of, one_setting
from domain.rules import RECOGNITION, ProposedRecognition, hold
from domain.unit import Unit
from domain.values import CaseId, CreditPoints, Grade, credit_id, day, text
from domain.wallet import Wallet


class Limit(msgspec.Struct, frozen=True):
    """How many points of a programme may come from learning outside formal education, and by which clause."""

    points: Fraction
    clause: str


def recognise(
    wallet: Wallet,
    unit: Unit,
    *,
    by: Institution,
    credit: str,
    points: CreditPoints,
    sources: Iterable[Source],
    method: Method,
    ground: str,
    recognised_on: date,
    grade: Grade | None = None,
    case: CaseId | None = None,
    limit: Limit | None = None,
) -> CreditRecognised:
    """Let these sources, together, take the place of the unit.

    Refuses: AlreadyAwarded (the unit, or a credit of one's own), AlreadyRecognised (some of the learning carries
    credit here by any door), WrongInstitution, NotFoundInWallet, NotInForce, WrongDoor, UnlikeCredits,
    InvalidValue, NotAccredited, ShareExceeded.
    """
    sources = tuple(sources)
    proposed = proposal(
        wallet,
        unit,
        by=by,
        credit=credit,
        points=points,
        sources=sources,
        on=recognised_on,
        limit=limit,
    )
    hold(RECOGNITION, proposed)
    stated = [source.hours for source in sources if source.hours is not None]
    return CreditRecognised(
        credit=proposed.credit,
        institution=by.id,
        unit=unit.id,
        points=points,
        setting=proposed.setting,
        outcomes=unit.outcome_ids,
        sources=sources,
        method=method,
        ground=text(ground, "the ground of a recognition"),
        recognised_on=recognised_on,
        hours=sum(stated, Decimal(0)) if stated else None,
        level=unit.level,
        field=unit.field,
        grade=grade,
        case=case,
    )


def proposal(
    wallet: Wallet,
    unit: Unit,
    *,
    by: Institution,
    credit: str,
    points: CreditPoints,
    sources: tuple[Source, ...],
    on: date,
    limit: Limit | None = None,
) -> ProposedRecognition:
    """What the rules of `RECOGNITION` look at. Refuses: InvalidValue (no sources, or of two settings)."""
    return ProposedRecognition(
        held=wallet.credits,
        credit=credit_id(credit),
        by=by,
        unit=unit,
        points=points,
        setting=one_setting(sources),
        level=unit.level,
        field=unit.field,
        on=day(on),
        learning=_learning(wallet, sources),
        sources=sources,
        achievements=wallet.achievements,
        most_outside=None if limit is None else limit.points,
        clause="" if limit is None else limit.clause,
    )


def _learning(wallet: Wallet, sources: tuple[Source, ...]) -> frozenset[Learning]:
    """Of the sources, and of what the wallet knows about the claims and credits they name."""
    found = set[Learning]().union(*map(learning_of, sources))
    for source in sources:
        claim = None if source.achievement is None else wallet.achievements.get(source.achievement)
        if claim is not None:
            found |= learning_claimed(claim)
        credit = None if source.credit is None else wallet.credits.get(source.credit)
        if credit is not None:
            found |= credit.learning
    return frozenset(found)
