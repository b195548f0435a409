"""National qualifications frameworks on the wire, and a record read in one of them."""

from datetime import date
from typing import Self

from api.wire.scalars import Answer, LevelOf, Points
from domain.framework import Framework, Referencing
from wallet.translating import LineInLevels, ReadInLevels


class NationalLevelShown(Answer):
    """`eqf` is null where the level lies below the EQF. `as_of`: the day on which the source was read."""

    value: int
    eqf: int | None
    source: str
    as_of: date


class FrameworkShown(Answer):
    """`country` is ISO 3166-1, or 3166-2 for a part of one. A declared framework nobody else has confirmed."""

    code: str
    country: str
    names: dict[str, str]
    referencing: Referencing
    levels: list[NationalLevelShown]

    @classmethod
    def of(cls, framework: Framework) -> Self:
        return cls(
            code=framework.code,
            country=framework.country,
            names=framework.names,
            referencing=framework.referencing,
            levels=[
                NationalLevelShown(value=each.value, eqf=each.eqf, source=each.source, as_of=each.as_of)
                for each in framework.levels
            ],
        )


class Frameworks(Answer):
    frameworks: list[FrameworkShown]


class LineInLevelsShown(Answer):
    """A credit that counts. `levels`: all that its level may be called there; `why_not`, where there is none."""

    credit: str
    points: Points
    level: LevelOf | None
    eqf: int | None
    levels: list[LevelOf]
    sources: list[str]
    why_not: str | None

    @classmethod
    def of(cls, line: LineInLevels) -> Self:
        read = line.read
        return cls(
            credit=line.credit.id,
            points=Points.of(line.credit.points),
            level=None if read is None else LevelOf.of(read.level),
            eqf=None if read is None else read.eqf,
            levels=[] if read is None else [LevelOf.of(level) for level in read.levels],
            sources=[] if read is None else list(read.sources),
            why_not="it states no level" if read is None else read.why_not,
        )


class ReadInLevelsShown(Answer):
    """A record in the levels of another country. It is no recognition: that is an institution's decision."""

    learner: str
    framework: FrameworkShown
    lines: list[LineInLevelsShown]

    @classmethod
    def of(cls, read: ReadInLevels) -> Self:
        return cls(
            learner=read.learner,
            framework=FrameworkShown.of(read.framework),
            lines=[LineInLevelsShown.of(line) for line in read.lines],
        )
