"""Learning brought in from elsewhere: what a foreign record says of the learner, kept as it was said.

It is a claim with a document behind it, whatever the document calls it, and carries no credit at any institution
here: it may be recognised, or transferred under an agreement, and only those acts give credit. It keeps its own
words for points and schemes, so nothing is converted and nothing is lost by bringing it in. The facts here are
part of the learner's wallet.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.event import Event
from domain.values import (
    Grade,
    IscedF,
    LearningId,
    Level,
    Names,
    amount,
    country_code,
    in_languages,
    learning_id,
    settle,
    sha256_hex,
    text,
)

# --- facts ----------------------------------------------------------------------------------------------


class StatedPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points as the awarding body states them: `scheme` is its own word, and need not be one of ours."""

    scheme: str
    points: Decimal

    def __post_init__(self) -> None:
        settle(self, "scheme", text(self.scheme, "a credit scheme", limit=50))
        settle(self, "points", amount(str(self.points)))

    def __str__(self) -> str:
        return f"{self.points} {self.scheme}"


class SignatureStanding(StrEnum):
    """What was found of the document's signature on the day it was brought in."""

    PASSED = "passed"
    COULD_NOT_CHECK = "could-not-check"


class LearningBrought(Event, tag="learning.brought.v1"):
    personal = True

    learning: LearningId
    names: Names
    awarding_body: Names
    points: tuple[StatedPoints, ...]
    document: str
    """The SHA-256 in hex of the document it is from."""
    kind: str
    """What kind of document it is, such as `elmo`."""
    signature: SignatureStanding
    country: str | None = None
    identifier: str | None = None
    """The awarding body's own, of the unit."""
    achieved_on: date | None = None
    grade: Grade | None = None
    level: Level | None = None
    field: IscedF | None = None


# --- decisions ------------------------------------------------------------------------------------------


class Foreign(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a foreign record; `learning` is made from what the awarding body says, so one line has one id.

    A credential may tell of learning and state no points.
    """

    learning: str
    names: Names
    awarding_body: Names
    points: tuple[StatedPoints, ...]
    country: str | None = None
    identifier: str | None = None
    achieved_on: date | None = None
    grade: Grade | None = None
    level: Level | None = None
    field: IscedF | None = None


def bring_in(
    held: Mapping[LearningId, LearningBrought],
    found: Iterable[Foreign],
    *,
    document: str,
    kind: str,
    signature: SignatureStanding,
) -> tuple[LearningBrought, ...]:
    """Those lines of a record that the wallet does not hold yet; none, where the same was brought in before.

    Refuses: InvalidValue.
    """
    digest = sha256_hex(document)
    brought: dict[LearningId, LearningBrought] = {}
    for line in found:
        named = learning_id(line.learning)
        if named in held or named in brought:
            continue
        brought[named] = LearningBrought(
            learning=named,
            names=in_languages(line.names, "a name"),
            awarding_body=in_languages(line.awarding_body, "an awarding body's name"),
            points=line.points,
            document=digest,
            kind=text(kind, "a kind of document", limit=50),
            signature=signature,
            country=None if line.country is None else country_code(line.country),
            identifier=None if line.identifier is None else text(line.identifier, "an identifier"),
            achieved_on=line.achieved_on,
            grade=line.grade,
            level=line.level,
            field=line.field,
        )
    return tuple(brought.values())
