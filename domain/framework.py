"""National qualifications frameworks, and the EQF as the device that translates one into another.

    NFQ 8 (Ireland) ──► EQF 6 ──► DQR 6 (Germany), QNQ 6 (Italy), SCQF 9 or 10 (Scotland)

A national level leads to one level of the EQF, or to none, where it lies below it. A level of the EQF may be several
national ones: then all of them are told, and nobody picks. Levels say how demanding learning is; they are no
recognition of it, and no more is claimed here. Source: Council Recommendation 2017/C 189/03 on the EQF.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.errors import InvalidValue, NotFound
from domain.values import Level, Names

EQF: Final = "EQF"


class Referencing(StrEnum):
    """How the levels came to stand beside those of the EQF."""

    REFERENCED = "referenced"
    """By a report that the country presented to the EQF Advisory Group."""
    DECLARED = "declared"
    """By the country alone, or in a project: nobody else has confirmed it."""


class NationalLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level of a framework, what it is in the EQF (None: it lies below), and who says so, as read on which day."""

    value: int
    eqf: int | None
    source: str
    as_of: date


class Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A framework under its code, such as `NQF-IE`; `country` is ISO 3166-1, or 3166-2 for a part of one."""

    code: str
    country: str
    names: Names
    referencing: Referencing
    levels: tuple[NationalLevel, ...]

    def __post_init__(self) -> None:
        if [each.value for each in self.levels] != list(range(1, len(self.levels) + 1)):
            raise InvalidValue(f"The levels of {self.code} are not 1, 2, 3 and so on.")
        led_to = [each.eqf or 0 for each in self.levels]
        if led_to != sorted(led_to) or led_to[-1] > 8:
            raise InvalidValue(f"The levels of {self.code} do not rise with those of the EQF.")

    def to_eqf(self, value: int) -> NationalLevel:
        """Refuses InvalidValue: there is no such level."""
        if not 1 <= value <= len(self.levels):
            raise InvalidValue(f"{self.code} has levels 1 to {len(self.levels)}, and not {value}.")
        return self.levels[value - 1]

    def of_eqf(self, value: int) -> tuple[NationalLevel, ...]:
        """Every national level that leads to this one of the EQF."""
        return tuple(each for each in self.levels if each.eqf == value)


class LevelRead(msgspec.Struct, frozen=True):
    """A level read in another framework: by which level of the EQF, as which levels, or why not."""

    level: Level
    eqf: int | None
    levels: tuple[Level, ...]
    sources: tuple[str, ...]
    """Who says so, each with the day it was read."""
    why_not: str | None = None


def framework_of(frameworks: Iterable[Framework], wanted: str) -> Framework:
    """The framework of a country (`DE`, `GB-SCT`), or of a code. Refuses: NotFound."""
    known = tuple(frameworks)
    found = next((each for each in known if wanted.upper() in (each.country, each.code)), None)
    if found is None:
        listed = ", ".join(sorted(each.country for each in known))
        raise NotFound(f"No framework of {wanted!a} is known here: {listed}.")
    return found


def read_level(level: Level, target: Framework, frameworks: Iterable[Framework]) -> LevelRead:
    """Read a level, of the EQF or of a framework that is known, as levels of the target."""
    if level.framework == target.code:
        return LevelRead(level, target.to_eqf(level.value).eqf, (level,), ())
    sources: list[str] = []
    eqf: int | None = level.value
    if level.framework != EQF:
        own = next((each for each in frameworks if each.code == level.framework), None)
        if own is None:
            return LevelRead(level, None, (), (), f"nobody has told here what {level} is in the EQF")
        stands = own.to_eqf(level.value)
        sources.append(_told(own, stands))
        eqf = stands.eqf
        if eqf is None:
            return LevelRead(level, None, (), tuple(sources), f"{level} lies below the EQF")
    assert eqf is not None, "it was told above"
    found = target.of_eqf(eqf)
    sources.extend(dict.fromkeys(_told(target, each) for each in found))
    why_not = None if found else f"{target.code} has no level that leads to EQF level {eqf}"
    return LevelRead(
        level, eqf, tuple(Level(target.code, each.value) for each in found), tuple(sources), why_not
    )


def _told(framework: Framework, level: NationalLevel) -> str:
    how = "" if framework.referencing is Referencing.REFERENCED else " (declared, not referenced)"
    return f"{framework.code}{how}: {level.source}, as of {level.as_of}"
