"""How far a learner is towards a qualification: met by what, missing what, and why the rest does not help.

The answer is a tree beside the tree of requirements. It is exact (shares are fractions), it is the same for
the same credits in the same order, and it never mixes two schemes: credit in another is named among the
unused, with that reason.

A point is spent once: of two requirements of points, a credit serves one, or each with a part of its points
(`domain.allocation`). A required unit spends nothing; and the qualification's own total is over everything
that counts. More credit never makes an answer worse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, count, product

import msgspec

from domain.allocation import Demand, Served, share_out
from domain.counting import Line, counted
from domain.credit import Credit
from domain.qualification import (
    AllOf,
    NOf,
    PointsFrom,
    Qualification,
    RequiredUnit,
    Requirement,
)
from domain.values import CreditId, CreditPoints, Names, QualificationId, Setting, best

__all__ = [
    "AllOf",
    "NOf",
    "PointsFrom",
    "Progress",
    "Reason",
    "RequiredUnit",
    "Requirement",
    "Standing",
    "Total",
    "Unused",
    "Use",
    "progress",
]


class Use(msgspec.Struct, frozen=True):
    """A credit that serves a requirement, and with how many of its points."""

    credit: CreditId
    points: CreditPoints


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one requirement stands; `missing` is a sentence without its full stop, or None."""

    requirement: Requirement
    satisfied: bool
    share: Fraction
    """From 0 to 1. Of a list of requirements it is the mean: of all of them, or of the best n."""
    by: tuple[Use, ...] = ()
    missing: str | None = None
    parts: tuple["Standing", ...] = ()
    asked: bool = True
    """False for points in a branch of a choice where another branch was taken."""


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The points that count, in the qualification's scheme, against what the whole is worth."""

    needed: CreditPoints
    reached: Decimal

    @property
    def satisfied(self) -> bool:
        return self.reached >= self.needed.points

    @property
    def share(self) -> Fraction:
        return min(Fraction(1), Fraction(self.reached) / Fraction(self.needed.points))

    @property
    def missing(self) -> str | None:
        if self.satisfied:
            return None
        scheme = self.needed.scheme
        return (
            f"{self.needed.points - self.reached} {scheme} more in all, of the qualification's {self.needed}"
        )


class Reason(msgspec.Struct, frozen=True):
    """Why a credit does not help; `requirement` is the label of the one that speaks, None for the whole."""

    sentence: str
    requirement: Names | None = None


class Unused(msgspec.Struct, frozen=True):
    credit: CreditId
    reasons: tuple[Reason, ...]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    qualification: QualificationId
    standing: Standing
    total: Total
    used: tuple[CreditId, ...]
    """What the qualification rests on: all that serves a requirement, and what fills the total besides."""
    unused: tuple[Unused, ...]

    @property
    def complete(self) -> bool:
        return self.standing.satisfied and self.total.satisfied

    @property
    def share(self) -> Fraction:
        return min(self.standing.share, self.total.share)

    @property
    def missing(self) -> tuple[str, ...]:
        """One sentence, without its full stop, for each gap."""
        gaps = [*_gaps(self.standing), self.total.missing]
        return tuple(gap for gap in gaps if gap is not None)


def progress(qualification: Qualification, judged: Iterable[Line]) -> Progress:
    """How the credits that count stand against the qualification's requirements.

    `judged` comes from `domain.counting.lines`: for a conferral, with `at` the qualification's institution.
    """
    judged = tuple(judged)
    credits_in = counted(judged)
    standing = _best_standing(qualification.requirement, credits_in)
    needed = qualification.points
    alike = [credit for credit in credits_in if credit.points.scheme is needed.scheme]
    total = Total(needed=needed, reached=sum((credit.points.points for credit in alike), Decimal(0)))

    serving = {use.credit for part in _walk(standing) for use in part.by}
    so_far = sum((credit.points.points for credit in alike if credit.id in serving), Decimal(0))
    for credit in alike:
        if credit.id not in serving and so_far < needed.points:
            serving.add(credit.id)
            so_far += credit.points.points

    return Progress(
        qualification=qualification.id,
        standing=standing,
        total=total,
        used=tuple(credit.id for credit in credits_in if credit.id in serving),
        unused=tuple(
            _unused(line, qualification, standing) for line in judged if line.credit.id not in serving
        ),
    )


# --- the best way to meet a tree ------------------------------------------------------------------------

_THOUSAND = 1_000
"""Points have at most 3 decimals: in thousandths of a point, every amount is whole."""


class _Node(msgspec.Struct, frozen=True):
    """A requirement with its number in the tree: two that are equal are still served each for itself."""

    number: int
    requirement: Requirement
    parts: tuple["_Node", ...]
    spends: bool


_Way = tuple[_Node, ...]
"""The requirements of points that one combination of choices asks for, in the order of the tree."""


def _numbered(requirement: Requirement, numbers: Iterator[int]) -> _Node:
    number = next(numbers)
    inside = requirement.requirements if isinstance(requirement, AllOf | NOf) else ()
    parts = tuple(_numbered(part, numbers) for part in inside)
    spends = isinstance(requirement, PointsFrom) or any(part.spends for part in parts)
    return _Node(number, requirement, parts, spends)


def _best_standing(requirement: Requirement, credits_in: Sequence[Credit]) -> Standing:
    """Of all ways to choose, the one that satisfies the tree, or comes nearest; of equal ones the first."""
    root = _numbered(requirement, count())
    standings = (_standing_of_way(root, credits_in, way) for way in _ways(root, credits_in))
    return max(standings, key=lambda standing: (standing.satisfied, standing.share))


def _ways(node: _Node, credits_in: Sequence[Credit]) -> Iterator[_Way]:
    """The combinations of choices worth trying.

    What asks only for units costs nothing and is taken first; a choice is made among the parts that spend
    points, of as many as are still needed.
    """
    if not node.spends:
        yield ()
    elif isinstance(node.requirement, PointsFrom):
        yield (node,)
    elif isinstance(node.requirement, NOf):
        spending = [part for part in node.parts if part.spends]
        met = sum(_stand(part, credits_in, {}).satisfied for part in node.parts if not part.spends)
        for chosen in combinations(spending, min(max(node.requirement.n - met, 0), len(spending))):
            yield from _together(chosen, credits_in)
    else:
        yield from _together(node.parts, credits_in)


def _together(parts: Sequence[_Node], credits_in: Sequence[Credit]) -> Iterator[_Way]:
    for ways in product(*(tuple(_ways(part, credits_in)) for part in parts)):
        yield tuple(asked for way in ways for asked in way)


def _standing_of_way(root: _Node, credits_in: Sequence[Credit], way: _Way) -> Standing:
    supplies = [_whole(credit.points.points) for credit in credits_in]
    demands = [
        _demand(node.requirement, credits_in) for node in way if isinstance(node.requirement, PointsFrom)
    ]
    served = share_out(supplies, demands)
    return _stand(root, credits_in, {node.number: by for node, by in zip(way, served, strict=True)})


def _demand(asked: PointsFrom, credits_in: Sequence[Credit]) -> Demand:
    fit = [index for index, credit in enumerate(credits_in) if _why_unfit(credit, asked) is None]
    amount = _whole(asked.points.points)
    if asked.most_not_formal is None:
        return Demand(amount, tuple(fit))
    return Demand(
        amount,
        free=tuple(index for index in fit if credits_in[index].setting is Setting.FORMAL),
        limited=tuple(index for index in fit if credits_in[index].setting is not Setting.FORMAL),
        limit=_whole(asked.points.points * asked.most_not_formal),
    )


def _whole(points: Decimal) -> int:
    """In thousandths; a limit that falls between two of them is the lower one."""
    return int(points * _THOUSAND)


def _points(whole: int) -> Decimal:
    """The way back: exact, in the shortest form, and never with an exponent."""
    return Decimal(f"{Decimal(whole) / _THOUSAND:f}")


def _why_unfit(credit: Credit, asked: PointsFrom) -> str | None:
    """Why this credit could not serve this requirement in any sharing out; None if it could."""
    scheme = asked.points.scheme
    if credit.points.scheme is not scheme:
        return f"it is in {credit.points.scheme}; this requirement counts {scheme} and nothing converts it"
    if asked.units is not None and credit.unit not in asked.units:
        return "its unit is not among those this requirement names"
    if asked.settings and credit.setting not in asked.settings:
        return f"it is {_spoken(credit.setting)} learning, which this requirement does not take"
    if asked.min_level is not None:
        if credit.level is None:
            return f"its level is not stated; this requirement asks {asked.min_level}"
        if credit.level.framework != asked.min_level.framework:
            return f"its level is stated as {credit.level}; this requirement asks {asked.min_level}"
        if credit.level.value < asked.min_level.value:
            return f"it is at {credit.level}; this requirement asks {asked.min_level} or above"
    return None


def _spoken(setting: Setting) -> str:
    return setting.value.replace("_", "-")


# --- standings ------------------------------------------------------------------------------------------


def _stand(node: _Node, credits_in: Sequence[Credit], served: Mapping[int, Served]) -> Standing:
    match node.requirement:
        case RequiredUnit() as asked:
            return _stand_unit(asked, credits_in)
        case PointsFrom() as asked:
            return _stand_points(asked, credits_in, served.get(node.number))
        case AllOf() | NOf() as asked:
            return _stand_parts(asked, tuple(_stand(part, credits_in, served) for part in node.parts))


def _stand_unit(asked: RequiredUnit, credits_in: Sequence[Credit]) -> Standing:
    by = tuple(Use(credit.id, credit.points) for credit in credits_in if credit.unit == asked.unit)
    if by:
        return Standing(requirement=asked, satisfied=True, share=Fraction(1), by=by)
    missing = f"the unit {asked.unit} ({best(asked.label, 'en')})"
    return Standing(requirement=asked, satisfied=False, share=Fraction(0), missing=missing)


def _stand_points(asked: PointsFrom, credits_in: Sequence[Credit], served: Served | None) -> Standing:
    scheme, needed = asked.points.scheme, _whole(asked.points.points)
    by = served or {}
    reached = sum(by.values())
    missing = None
    if reached < needed:
        missing = f"{_points(needed - reached)} {scheme} more of {asked.points} ({best(asked.label, 'en')})"
    return Standing(
        requirement=asked,
        satisfied=reached == needed,
        share=Fraction(reached, needed),
        by=tuple(
            Use(credits_in[index].id, CreditPoints(scheme, _points(amount))) for index, amount in by.items()
        ),
        missing=missing,
        asked=served is not None,
    )


def _stand_parts(asked: AllOf | NOf, parts: tuple[Standing, ...]) -> Standing:
    n = asked.n if isinstance(asked, NOf) else len(parts)
    met = sum(part.satisfied for part in parts)
    nearest = sorted((part.share for part in parts), reverse=True)[:n]
    missing = f"{n - met} more of {len(parts)} ({best(asked.label, 'en')})" if met < n else None
    return Standing(
        requirement=asked,
        satisfied=met >= n,
        share=sum(nearest, Fraction(0)) / n,
        missing=missing,
        parts=parts,
    )


def _walk(standing: Standing) -> Iterator[Standing]:
    yield standing
    for part in standing.parts:
        yield from _walk(part)


def _gaps(standing: Standing) -> Iterator[str | None]:
    """The sentences that say what to do: of all-of those of its parts, of a choice its own."""
    if standing.satisfied:
        return
    if isinstance(standing.requirement, AllOf):
        for part in standing.parts:
            yield from _gaps(part)
    else:
        yield standing.missing


# --- why a credit does not help -------------------------------------------------------------------------


def _unused(line: Line, qualification: Qualification, standing: Standing) -> Unused:
    """Every requirement's own reason; and the whole's, where the credit does not count at all."""
    credit = line.credit
    if line.left_out is not None:
        return Unused(credit.id, (Reason(line.left_out.sentence),))
    reasons = [
        Reason(_why_unused(credit, part.requirement, part), part.requirement.label)
        for part in _walk(standing)
        if isinstance(part.requirement, PointsFrom)
    ]
    if not reasons:
        reasons.append(Reason("no requirement asks for its unit"))
    scheme = qualification.points.scheme
    if credit.points.scheme is not scheme:
        told = f"it is in {credit.points.scheme}; the qualification counts {scheme} and nothing converts it"
        reasons.append(Reason(told))
    else:
        reasons.append(Reason(f"the qualification's {qualification.points} are reached without it"))
    return Unused(credit.id, tuple(reasons))


def _why_unused(credit: Credit, asked: PointsFrom, standing: Standing) -> str:
    unfit = _why_unfit(credit, asked)
    if unfit is not None:
        return unfit
    if standing.satisfied:
        return "this requirement is met without it"
    if not standing.asked:
        return "of this choice, another part comes nearer"
    return f"the part that {_spoken(credit.setting)} learning may have in this requirement is full"
