"""The kinds of requirement: everything a qualification can ask, each a struct with its stored tag.

Two kinds hold others (`AllOf`, `NOf`). Three spend credit, which then serves nothing else in the same tree:
`PointsFrom` takes points of a credit, `Core` and `Elective` whole credits. The rest look at what counts and
spend nothing: `RequiredUnit`, `Overall`, `GradeAverage`, `InOrder`, `Holding`.

To add a kind, write its struct here and name it in `Requirement`, and say in `domain.progress` how it stands.
Files, the interface and the terminal take its fields and its words from here. Tags and fields are stored, and
never change.

More credit never makes a requirement fail that was met: each asks for *enough of something*, never for *all of
something* to be so. An average therefore is over the best points that are asked, not over everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar, get_args

import msgspec

from domain.errors import InvalidValue
from domain.ladder import RUNGS, QualificationKind
from domain.values import (
    CreditPoints,
    Level,
    Names,
    QualificationId,
    Setting,
    UnitId,
    in_languages,
    qualification_id,
    settle,
    text,
    unit_id,
)

# --- what every kind has --------------------------------------------------------------------------------


class _Requirement(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="requires"
):
    spends: ClassVar[bool] = False
    """Whether what serves it serves nothing else."""

    label: Names

    def __post_init__(self) -> None:
        settle(self, "label", in_languages(self.label, "a requirement's label"))

    def asks(self, label: str) -> str:
        """What it asks, in one line around its label."""
        raise NotImplementedError


class AcceptedGrades(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The grades of a scale that are good enough, from the best to the least: `("A", "A-", "B+")`.

    They are listed, so that a requirement can be read in thirty years without the scale.
    """

    scale: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        settle(self, "scale", text(self.scale, "a grading scale", limit=100))
        settle(self, "values", tuple(text(value, "a grade", limit=50) for value in self.values))
        if not self.values or len(set(self.values)) < len(self.values):
            raise InvalidValue("Accepted grades are one or more, and each is named once.")


class Selective(_Requirement, frozen=True, kw_only=True):
    """What a credit has to be, so as to serve at all.

    `units`: only credit for these; None is any. `min_level`: in its own framework, this level or above.
    `settings`: only learning from these; empty is any. `grades`: only with one of these grades. `most_years`: not
    older than so many years, counted from the day of the award itself, also where it was transferred later.
    `in_residence`: only what the conferring institution awarded itself.
    """

    units: tuple[UnitId, ...] | None = None
    min_level: Level | None = None
    settings: tuple[Setting, ...] = ()
    grades: AcceptedGrades | None = None
    most_years: int | None = None
    in_residence: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "units", _units(self.units))
        settle(self, "settings", tuple(setting for setting in Setting if setting in self.settings))
        if self.most_years is not None and not 1 <= self.most_years <= 100:
            raise InvalidValue("Credit may be from 1 to 100 years old, where a requirement limits its age.")

    @property
    def conditions(self) -> str:
        """The conditions in words, to stand behind what is asked; empty where there are none."""
        said = [
            f"at {self.min_level} or above" if self.min_level else "",
            f"of {' or '.join(spoken(setting) for setting in self.settings)} learning"
            if self.settings
            else "",
            f"with {self.grades.values[-1]} or better on {self.grades.scale}" if self.grades else "",
            f"not older than {self.most_years} years" if self.most_years else "",
            "awarded by the institution itself" if self.in_residence else "",
        ]
        return ", ".join(filter(None, said))


def spoken(setting: Setting) -> str:
    """The setting as people write it: `non-formal`."""
    return setting.value.replace("_", "-")


def _units(given: tuple[UnitId, ...] | None) -> tuple[UnitId, ...] | None:
    if given is None:
        return None
    if not given:
        raise InvalidValue("A requirement of points from no units at all can never be met.")
    return tuple(sorted({unit_id(unit) for unit in given}))


def _check_share(share: Decimal | None) -> None:
    if share is not None and not (
        type(share) is Decimal and share.is_finite() and 0 <= share <= 1 and -3 <= _exponent(share) <= 0
    ):
        raise InvalidValue("A largest part is a decimal number from 0 to 1 with at most 3 decimals.")


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "only NaN and infinities have a letter here"
    return exponent


def _and(*said: str) -> str:
    return ", ".join(filter(None, said))


# --- kinds that hold others -----------------------------------------------------------------------------


class AllOf(_Requirement, frozen=True, tag="all"):
    """Every one of these."""

    requirements: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.requirements:
            raise InvalidValue("A requirement of all of nothing asks nothing.")

    def asks(self, label: str) -> str:
        return f"all of: {label}"


class NOf(_Requirement, frozen=True, tag="some"):
    """At least `n` of these; 1 is any of them."""

    n: int
    requirements: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.n <= len(self.requirements):
            raise InvalidValue(f"{self.n} of {len(self.requirements)} requirements cannot be asked.")

    def asks(self, label: str) -> str:
        return f"{self.n} of {len(self.requirements)}: {label}"


# --- kinds that spend credit ----------------------------------------------------------------------------


class PointsFrom(_Requirement, frozen=True, tag="points"):
    """At least so many points, from credit that qualifies. No point serves two of these.

    `units`: only from these; none is from any. `min_level`: at this level or above, in its framework. `settings`:
    only learning from these. `most_not_formal`: the largest part that non-formal and informal learning together
    may fill, from 0 to 1.
    """

    spends: ClassVar[bool] = True

    points: CreditPoints
    units: tuple[UnitId, ...] | None = None
    min_level: Level | None = None
    settings: tuple[Setting, ...] = ()
    most_not_formal: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "units", _units(self.units))
        settle(self, "settings", tuple(setting for setting in Setting if setting in self.settings))
        _check_share(self.most_not_formal)

    def asks(self, label: str) -> str:
        return f"at least {self.points}: {label}"


class Core(Selective, frozen=True, kw_only=True, tag="core"):
    """Every one of these units, each by a whole credit that serves nothing else; `units` is to be given."""

    spends: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.units is None:
            raise InvalidValue("The core of a qualification names its units.")

    def asks(self, label: str) -> str:
        return _and(f"core of {len(self.units or ())} units: {label}", self.conditions)


class Elective(Selective, frozen=True, kw_only=True, tag="elective"):
    """At least so many points by whole credits of the learner's choice, which serve nothing else.

    Of the part that learning outside formal education may have, `most_not_formal`, more does not count.
    """

    spends: ClassVar[bool] = True

    points: CreditPoints
    most_not_formal: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_share(self.most_not_formal)

    def asks(self, label: str) -> str:
        return _and(f"electives of at least {self.points}: {label}", self.conditions)


# --- kinds that look and spend nothing ------------------------------------------------------------------


class RequiredUnit(_Requirement, frozen=True, tag="unit"):
    """The unit itself, whatever it is worth: its credit must be there, and none of its points are spent."""

    unit: UnitId

    def __post_init__(self) -> None:
        super().__post_init__()
        unit_id(self.unit)

    def asks(self, label: str) -> str:
        return f"the unit {label}  [{self.unit}]"


class Overall(Selective, frozen=True, kw_only=True, tag="overall"):
    """Of everything that counts, at least so many points that are as the conditions say; none is spent.

    A minimum in residence, a minimum at a level, or, by `most_not_formal`, the largest part of these points that
    learning outside formal education may have.
    """

    points: CreditPoints
    most_not_formal: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_share(self.most_not_formal)

    def asks(self, label: str) -> str:
        share = "" if self.most_not_formal is None else f"at most {_percent(self.most_not_formal)} not formal"
        return _and(f"{self.points} in all: {label}", self.conditions, share)


class GradeAverage(Selective, frozen=True, kw_only=True, tag="average"):
    """An average grade of at least so much, over the best so many points of what has a grade on the scale.

    Σ grade · points / Σ points. `worth` is what each grade of the scale counts: `{"A": 4.0, "A-": 3.67, …}`; it is
    part of the requirement, so that it can be read without the scale.
    """

    points: CreditPoints
    at_least: Decimal
    scale: str
    worth: dict[str, Decimal]

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "scale", text(self.scale, "a grading scale", limit=100))
        for grade, counts in [*self.worth.items(), ("", self.at_least)]:
            if grade != "":
                text(grade, "a grade", limit=50)
            if not (type(counts) is Decimal and counts.is_finite() and 0 <= counts <= 1000):
                raise InvalidValue("What a grade counts is a decimal number from 0 to 1000.")
            if _exponent(counts) < -3 or _exponent(counts) > 0:
                raise InvalidValue("What a grade counts has at most 3 decimals.")
        if not self.worth:
            raise InvalidValue("An average says what each grade of its scale counts.")
        settle(self, "worth", {grade: self.worth[grade] for grade in sorted(self.worth)})

    def asks(self, label: str) -> str:
        return _and(
            f"an average of {self.at_least} on {self.scale} over {self.points}: {label}", self.conditions
        )


class InOrder(_Requirement, frozen=True, kw_only=True, tag="in-order"):
    """The unit, achieved once its prerequisites were: not before the day of any unit in `after`."""

    unit: UnitId
    after: tuple[UnitId, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        unit_id(self.unit)
        settle(self, "after", _units(self.after))
        if self.unit in self.after:
            raise InvalidValue(f"The unit {self.unit} cannot come after itself.")

    def asks(self, label: str) -> str:
        return f"the unit {label}  [{self.unit}], after {', '.join(self.after)}"


class Holding(_Requirement, frozen=True, kw_only=True, tag="holding"):
    """A qualification that the learner holds: one of `qualifications`, or any that reaches the `rung`."""

    qualifications: tuple[QualificationId, ...] | None = None
    rung: QualificationKind | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.qualifications is None) is (self.rung is None):
            raise InvalidValue("What is to be held is said by qualifications, or by a rung of the ladder.")
        if self.rung is not None and self.rung not in RUNGS:
            raise InvalidValue(f"A {self.rung.replace('_', ' ')} is no rung of the ladder.")
        if self.qualifications is not None:
            if not self.qualifications:
                raise InvalidValue("To hold one of no qualifications at all can never be met.")
            held = sorted({qualification_id(each) for each in self.qualifications})
            settle(self, "qualifications", tuple(held))

    def asks(self, label: str) -> str:
        return f"holding {self.wanted}: {label}"

    @property
    def wanted(self) -> str:
        """What has to be held, in words."""
        if self.rung is not None:
            return f"a qualification of {self.rung.replace('_', ' ')} or higher"
        return " or ".join(self.qualifications or ())


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


Requirement = (
    AllOf | NOf | RequiredUnit | PointsFrom | Core | Elective | Overall | GradeAverage | InOrder | Holding
)

KINDS: Mapping[str, type[Any]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Requirement)}
"""Stored tag → class."""

# --- trees ----------------------------------------------------------------------------------------------


def walk(requirement: Requirement, depth: int = 1) -> Iterator[tuple[Requirement, int]]:
    """Every requirement of the tree with its depth, from the top down and in order."""
    yield requirement, depth
    for part in parts_of(requirement):
        yield from walk(part, depth + 1)


def parts_of(requirement: Requirement) -> tuple[Requirement, ...]:
    """The requirements it holds; none where it holds none."""
    return requirement.requirements if isinstance(requirement, AllOf | NOf) else ()


def units_named(requirement: Requirement) -> set[UnitId]:
    """Every unit the tree speaks of."""
    named: set[UnitId] = set()
    for part, _ in walk(requirement):
        match part:
            case RequiredUnit():
                named.add(part.unit)
            case InOrder():
                named |= {part.unit, *part.after}
            case PointsFrom() | Selective():
                named.update(part.units or ())
            case _:
                pass
    return named
