"""The arguments and options that several commands take, and how what people type is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from typer import Argument, BadParameter, Option

from domain.errors import InvalidValue
from domain.values import CreditPoints, CreditScheme, Grade, Names, Setting, amount

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Tagged:
    """Something typed as TAG=TEXT."""

    tag: str
    text: str


def tagged(typed: str) -> Tagged:
    tag, found, text = typed.partition("=")
    if not (found and tag and text):
        raise BadParameter(f"{typed!r} is not in the form TAG=TEXT.")
    return Tagged(tag, text)


def names_of(given: Iterable[Tagged] | None) -> Names:
    """Names by their language. Refuses (usage) a language twice."""
    names: Names = {}
    for each in given or ():
        if each.tag in names:
            raise BadParameter(f"There are two names in the language {each.tag}.")
        names[each.tag] = each.text
    return names


def missing_of(required: Mapping[str, object]) -> str:
    """What of the required was not given, as a list to read; empty where all of it was."""
    return ", ".join(option for option, given in required.items() if not given)


def _refused_as_usage(reading: Callable[[str], Read]) -> Callable[[str], Read]:
    def read(typed: str) -> Read:
        try:
            return reading(typed)
        except InvalidValue as error:
            raise BadParameter(str(error)) from error

    return read


def _points(typed: str) -> CreditPoints:
    scheme, found, points = typed.partition("=")
    if not found:
        raise BadParameter(f"{typed!r} is not in the form SCHEME=NUMBER, such as KZ=5.")
    if scheme not in set(CreditScheme):
        raise BadParameter(f"{scheme!r} is not a credit scheme: {', '.join(CreditScheme)}.")
    return CreditPoints(CreditScheme(scheme), amount(points))


points = _refused_as_usage(_points)
decimal = _refused_as_usage(amount)


def day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise BadParameter(f"{typed!r} is not a day; it looks like 2026-06-30.") from error


def moment(typed: str) -> datetime:
    """A time with its zone, or a day, which stands for its first moment in UTC."""
    try:
        told = datetime.fromisoformat(typed)
    except ValueError as error:
        raise BadParameter(
            f"{typed!r} is not a time; it looks like 2026-06-30T09:00:00Z or 2026-06-30."
        ) from error
    if told.utcoffset() is None and len(typed) > len("2026-06-30"):
        raise BadParameter(f"{typed!r} does not say its time zone; Z at its end is UTC.")
    return told.replace(tzinfo=UTC) if told.utcoffset() is None else told.astimezone(UTC)


def grade(value: str | None, scale: str | None) -> Grade | None:
    """A grade and the scale it is read on: both or neither."""
    if value is None and scale is None:
        return None
    if value is None or scale is None:
        raise BadParameter("A grade is given with its scale: --grade B+ --scale 'KZ letter scale'.")
    return Grade(value, scale)


class ClaimSetting(StrEnum):
    """The settings that are claimed; formal learning is awarded."""

    NON_FORMAL = "non_formal"
    INFORMAL = "informal"


NameOptions = Annotated[
    list[Tagged] | None,
    Option("--name", parser=tagged, metavar="LANG=TEXT", help="The name; once for each language."),
]
FromFile = Annotated[
    Path | None, Option("--from", metavar="FILE.json", help="Read it from a description file instead.")
]
Institution = Annotated[
    str, Option("--institution", "-i", metavar="ID", help="The institution whose act this is.")
]
OptionalInstitution = Annotated[
    str | None, Option("--institution", "-i", metavar="ID", help="The institution whose act this is.")
]
Learner = Annotated[str, Option("--learner", "-l", metavar="UUID", help="The learner's id.")]
LearnerArgument = Annotated[str, Argument(metavar="LEARNER", help="The learner's id, a UUID.")]
InstitutionArgument = Annotated[str, Argument(metavar="INSTITUTION", help="The institution's id.")]
UnitOption = Annotated[str | None, Option("--unit", metavar="ID", help="The unit.")]
On = Annotated[
    date | None, Option("--on", parser=day, metavar="DAY", help="The day it happened; today in UTC.")
]
AsOf = Annotated[
    datetime | None,
    Option(
        "--at",
        parser=moment,
        metavar="TIME",
        help="As it stood then: 2026-06-30, for its first moment in UTC, or with a time and Z.",
    ),
]
Reason = Annotated[str, Option("--reason", metavar="TEXT", help="Why; it stays in the history.")]
GradeOption = Annotated[str | None, Option("--grade", metavar="TEXT", help="The grade as given: B+.")]
ScaleOption = Annotated[str | None, Option("--scale", metavar="TEXT", help="The scale it is read on.")]
Hours = Annotated[
    Decimal | None, Option("--hours", parser=decimal, metavar="NUMBER", help="Hours of learning.")
]
SettingOption = Annotated[Setting | None, Option("--setting", help="Where the learning happens.")]
Level = Annotated[int | None, Option("--level", min=1, max=8, help="The EQF level.")]
Field = Annotated[str | None, Option("--field", metavar="CODE", help="The ISCED-F field, such as 0613.")]
OutFile = Annotated[
    Path | None,
    Option("--out", "-o", metavar="FILE", help="Write the document here as well, exactly as signed."),
]
