"""Description files: institutions, units and qualifications as people write them down.

    [{"institution": "aitu", "unit": "algorithms", "code": "CSE1201", "names": {"en": "Algorithms"},
      "setting": "formal", "level": 6, "field": "0613", "points": [{"scheme": "KZ", "points": 5}],
      "outcomes": [{"id": "lo1", "text": {"en": "Choose a data structure for a task"}}]}]

One entry, or a list of them. Levels are those of the EQF; a national one is written out. A member that is
missing, unknown or wrong is named in the one sentence of `BadDescription`, and nothing of the file is used.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar, Union, get_type_hints

import msgspec

from domain.ladder import QualificationKind
from domain.qualification import Allocation, QualificationDescription
from domain.recognition_policy import RecognitionRules
from domain.requirement import KINDS, AllOf, NOf, PointsFrom, RequiredUnit, Requirement
from domain.unit import UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    IscedF,
    LearningOutcome,
    Level,
    Names,
    OutcomeId,
    Setting,
    UnitId,
)
from keys import strict_json
from keys.errors import MalformedJson
from wallet.errors import WalletError

NamesOf = Callable[[str], Names]
"""The names of a unit by its id: what a required unit is called where the file gives it no label."""

EQF: Final = "EQF"


class BadDescription(WalletError):
    """A description file that cannot be used; the text names the file and the member."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the parts of a description file are written."""


class AccreditationEntry(_Entry, frozen=True, kw_only=True):
    """Who trusts the institution with what; no levels, or no fields, means all of them."""

    by: str
    reference: str
    settings: tuple[Setting, ...]
    valid_from: date
    valid_until: date | None = None
    levels: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.eqf_levels()

    def eqf_levels(self) -> tuple[Level, ...]:
        """Refuses InvalidValue for what is no level."""
        return tuple(Level(EQF, level) for level in self.levels)


class InstitutionEntry(_Entry, frozen=True, kw_only=True):
    institution: str
    names: Names
    country: str
    website: str | None = None
    accreditation: AccreditationEntry | None = None


class OutcomeEntry(_Entry, frozen=True, kw_only=True):
    """A learning outcome by itself, for a comparison."""

    id: OutcomeId
    text: Names
    code: str | None = None

    def __post_init__(self) -> None:
        self.outcome()

    def outcome(self) -> LearningOutcome:
        """Refuses InvalidValue."""
        return LearningOutcome(id=self.id, text=self.text, code=self.code)


class UnitEntry(_Entry, frozen=True, kw_only=True):
    institution: str
    unit: str
    code: str
    names: Names
    setting: Setting
    outcomes: tuple[LearningOutcome, ...]
    points: tuple[CreditPoints, ...]
    level: int | None = None
    field: str | None = None
    workload_hours: Decimal | None = None
    language: str | None = None
    assessment: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        self.description()

    def description(self) -> UnitDescription:
        """Refuses InvalidValue."""
        return UnitDescription(
            code=self.code,
            names=self.names,
            outcomes=self.outcomes,
            setting=self.setting,
            points=self.points,
            level=None if self.level is None else Level(EQF, self.level),
            field=None if self.field is None else IscedF(self.field),
            workload_hours=self.workload_hours,
            language=self.language,
            assessment=self.assessment,
            url=self.url,
        )


class _Asked(_Entry, frozen=True, kw_only=True, tag_field="kind"):
    """A requirement. Without a label a required unit is called by its own names, another as the whole."""

    label: Names | None = None


class AllOfEntry(_Asked, frozen=True, kw_only=True, tag="all-of"):
    requirements: tuple["RequirementEntry", ...]


class NOfEntry(_Asked, frozen=True, kw_only=True, tag="n-of"):
    n: int
    requirements: tuple["RequirementEntry", ...]


class RequiredUnitEntry(_Asked, frozen=True, kw_only=True, tag="unit"):
    unit: UnitId


class PointsFromEntry(_Asked, frozen=True, kw_only=True, tag="points"):
    scheme: CreditScheme
    points: Decimal
    units: tuple[UnitId, ...] | None = None
    min_level: int | None = None
    settings: tuple[Setting, ...] = ()
    most_not_formal: Decimal | None = None


def _entry_of(kind: type[Requirement]) -> type[_Asked]:
    """How a kind is written that needs no shorthand: its own fields, with levels of the EQF as numbers.

    Accepted grades and what grades count may be written by the name of a scale that is known here.
    """
    hints = get_type_hints(kind)
    fields: list[Any] = []
    for field in msgspec.structs.fields(kind):
        written = _WRITTEN.get(hints[field.name], hints[field.name])
        if field.name != "label":
            fields.append((field.name, written) if field.required else (field.name, written, field.default))
    tag = str(kind.__struct_config__.tag)
    return msgspec.defstruct(  # type: ignore[return-value]  # it has the base that is named here
        f"{kind.__name__}Entry", fields, bases=(_Asked,), frozen=True, kw_only=True, tag=tag
    )


_WRITTEN: Final = {Level | None: int | None}
_BY_HAND: Final = {AllOf, NOf, RequiredUnit, PointsFrom}
_KINDS_OF_ENTRIES: Final = {_entry_of(kind): kind for kind in KINDS.values() if kind not in _BY_HAND}
"""Every kind of requirement but those with a shorthand above."""

RequirementEntry = Union[AllOfEntry, NOfEntry, RequiredUnitEntry, PointsFromEntry, *_KINDS_OF_ENTRIES]  # type: ignore[valid-type]


class AllocationEntry(_Entry, frozen=True, kw_only=True):
    """The unit's weight, in the scheme of the qualification."""

    unit: UnitId
    points: Decimal


class QualificationEntry(_Entry, frozen=True, kw_only=True):
    institution: str
    qualification: str
    names: Names
    kind: QualificationKind
    level: int
    points: CreditPoints
    requirement: RequirementEntry
    national_level: Level | None = None
    field: str | None = None
    allocations: tuple[AllocationEntry, ...] = ()

    def __post_init__(self) -> None:
        self.description(lambda unit: {"en": unit})

    def description(self, names_of: NamesOf) -> QualificationDescription:
        """Refuses InvalidValue, and whatever `names_of` does."""
        return QualificationDescription(
            names=self.names,
            points=self.points,
            level=Level(EQF, self.level),
            kind=self.kind,
            requirement=self._requirement(self.requirement, names_of),
            national_level=self.national_level,
            field=None if self.field is None else IscedF(self.field),
            allocations=tuple(
                Allocation(each.unit, CreditPoints(self.points.scheme, each.points))
                for each in self.allocations
            ),
        )

    def _requirement(self, asked: Any, names_of: NamesOf) -> Requirement:
        label = asked.label or self.names
        match asked:
            case RequiredUnitEntry():
                return RequiredUnit(label=asked.label or names_of(asked.unit), unit=asked.unit)
            case PointsFromEntry():
                return PointsFrom(
                    label=label,
                    points=CreditPoints(asked.scheme, asked.points),
                    units=asked.units,
                    min_level=None if asked.min_level is None else Level(EQF, asked.min_level),
                    settings=asked.settings,
                    most_not_formal=asked.most_not_formal,
                )
            case AllOfEntry():
                parts = tuple(self._requirement(part, names_of) for part in asked.requirements)
                return AllOf(label=label, requirements=parts)
            case NOfEntry():
                parts = tuple(self._requirement(part, names_of) for part in asked.requirements)
                return NOf(label=label, n=asked.n, requirements=parts)
            case _:
                said = {name: getattr(asked, name) for name in asked.__struct_fields__}
                if isinstance(level := said.get("min_level"), int):
                    said["min_level"] = Level(EQF, level)
                if "unit" in said:
                    label = asked.label or names_of(said["unit"])
                made: Requirement = _KINDS_OF_ENTRIES[type(asked)](**said | {"label": label})
                return made


class PolicyEntry(_Entry, frozen=True, kw_only=True):
    """A policy of recognition: what is not said of its parameters is as the law has it."""

    institution: str
    in_force_from: date
    reference: str
    rules: RecognitionRules = RecognitionRules()


Described = TypeVar("Described", bound=msgspec.Struct)

_LARGEST: Final = 4 * 1024 * 1024


def read_file(path: Path, kind: type[Described]) -> list[Described]:
    """The entries of a description file, each of them whole. Raises BadDescription."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadDescription(f"{path} cannot be read: {error.strerror}.") from error
    return read(data, kind, source=path.name)


def read(data: bytes, kind: type[Described], *, source: str) -> list[Described]:
    """The entries in a description's text; `source` is what it is called in a refusal. Raises BadDescription."""
    try:
        written = strict_json.parse(data, decimals=True)
    except MalformedJson as error:
        raise BadDescription(f"{source} cannot be used: {error}") from error
    listed = written if isinstance(written, list) else [written]
    if not listed:
        raise BadDescription(f"{source} cannot be used: it describes nothing.")
    return [_entry(each, kind, source, number, len(listed)) for number, each in enumerate(listed, 1)]


def convert(said: Mapping[str, object], kind: type[Described], *, source: str) -> Described:
    """One entry that came in other ways than a file, under the same rules. Raises BadDescription."""
    return _entry(said, kind, source, 1, 1)


def _entry(said: object, kind: type[Described], source: str, number: int, of: int) -> Described:
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        complaint, _, where = str(error).partition(" - at ")
        place = where.strip("`").removeprefix("$").removeprefix(".")
        at = ", ".join(filter(None, (f"entry {number}" if of > 1 else "", _spoken_path(place))))
        told = f"{source}, {at}" if at else source
        raise BadDescription(f"{told}: {complaint.rstrip('.')}.") from error


def _spoken_path(path: str) -> str:
    """`points[0].scheme` as a reader counts: `points 1, scheme`."""
    counted = re.sub(r"\[(\d+)\]", lambda found: f" {int(found[1]) + 1}", path)
    return counted.replace("[...]", "").replace(".", ", ")
