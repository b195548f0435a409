"""Translating levels: a learner's record read in the levels of another country, by way of the EQF."""

from dataclasses import dataclass

from domain.counting import counted, lines
from domain.credit import Credit
from domain.framework import Framework, LevelRead, framework_of, read_level
from domain.values import LearnerId
from wallet.frameworks import frameworks
from wallet.office import Office


@dataclass(frozen=True, slots=True)
class LineInLevels:
    """A credit that counts, and its level as the other country would call it; None where it states no level."""

    credit: Credit
    read: LevelRead | None


@dataclass(frozen=True, slots=True)
class ReadInLevels:
    learner: LearnerId
    framework: Framework
    lines: tuple[LineInLevels, ...]


def show_in_levels_of(office: Office, learner: str, country: str) -> ReadInLevels:
    """Read every credit that counts in the levels of a country, or of a framework by its code.

    Raises NotFound (the learner, the country), Erased, InvalidValue.
    """
    wallet = office.learner(learner).state
    target = framework_of(frameworks(), country)
    read = tuple(
        LineInLevels(credit, None if credit.level is None else read_level(credit.level, target, frameworks()))
        for credit in counted(lines(wallet.credits))
    )
    return ReadInLevels(wallet.learner, target, read)
