"""Working days: which days count when a rule says "within five working days".

A calendar knows some years and no others. What it does not know it refuses (`CalendarUnknown`): a deadline that
was guessed would be somebody's lost appeal. Every day off, and every weekend day worked, says who announced it.

A week has five working days, Monday to Friday. A term begins on the day after what starts it (Civil Code of the
Republic of Kazakhstan, article 173), so the third working day after a Friday is a Wednesday.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import msgspec

from domain.errors import CalendarUnknown, InvalidValue
from domain.values import day, instant, settle, text

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class SpecialDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day that is not what its weekday says. `source` is who said so.

    `as_of` is when it was said, or where that is not known, when it was read.
    """

    on: date
    name: str
    source: str
    as_of: date

    def __post_init__(self) -> None:
        day(self.on)
        settle(self, "name", text(self.name, "a day's name"))
        settle(self, "source", text(self.source, "the source of a day off"))


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """Days of which one will be off, and nobody has announced which."""

    first: date
    last: date
    name: str


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The working days of a country, from `first` to `last`; `clock` is its time of day."""

    name: str
    first: date
    last: date
    off: Mapping[date, SpecialDay]
    worked: Mapping[date, SpecialDay]
    """Saturdays and Sundays that are worked in exchange for another day."""
    unsettled: tuple[Unsettled, ...] = ()
    clock: timezone = UTC

    def day_of(self, moment: datetime) -> date:
        """The calendar day in this country at that moment, which is not always the day in UTC."""
        return instant(moment).astimezone(self.clock).date()

    def is_working(self, on: date) -> bool:
        """Refuses: CalendarUnknown."""
        if not self.first <= on <= self.last:
            raise CalendarUnknown(
                f"The calendar of {self.name} is known from {self.first} to {self.last}, and not for {on}."
            )
        for open_question in self.unsettled:
            if open_question.first <= on <= open_question.last:
                raise CalendarUnknown(
                    f"Whether {on} is a working day is not known: {open_question.name} has no announced day yet."
                )
        if on in self.off:
            return False
        return on.weekday() < _SATURDAY or on in self.worked

    def with_days_off(self, own: Iterable[SpecialDay]) -> "Calendar":
        """The calendar of an institution that is closed on days of its own besides."""
        days = {**self.off, **{each.on: each for each in own}}
        return msgspec.structs.replace(self, off=MappingProxyType(days))


def a_calendar(
    name: str,
    first: date,
    last: date,
    *,
    off: Iterable[SpecialDay],
    worked: Iterable[SpecialDay] = (),
    unsettled: Iterable[Unsettled] = (),
    clock: timezone = UTC,
) -> Calendar:
    """A calendar of these days. Refuses (InvalidValue): a day twice, a day outside of its years."""
    closed = _by_day(off, first, last)
    return Calendar(
        name=name,
        first=first,
        last=last,
        off=closed,
        worked=_by_day(worked, first, last),
        unsettled=tuple(unsettled),
        clock=clock,
    )


def _by_day(days: Iterable[SpecialDay], first: date, last: date) -> Mapping[date, SpecialDay]:
    by_day: dict[date, SpecialDay] = {}
    for each in days:
        if each.on in by_day or not first <= each.on <= last:
            raise InvalidValue(
                f"{each.on} cannot stand in a calendar from {first} to {last}, or stands there twice."
            )
        by_day[each.on] = each
    return MappingProxyType(by_day)


def after(calendar: Calendar, start: date, days: int) -> date:
    """The last day of a term of so many working days that begins the day after `start`.

    Refuses: CalendarUnknown, InvalidValue (less than one day).
    """
    return _counted(calendar, start, days, _ONE_DAY)


def before(calendar: Calendar, end: date, days: int) -> date:
    """The last day on which something is done so many working days before `end`, which is not counted.

    Refuses: CalendarUnknown, InvalidValue (less than one day).
    """
    return _counted(calendar, end, days, -_ONE_DAY)


def _counted(calendar: Calendar, start: date, days: int, step: timedelta) -> date:
    if type(days) is not int or days < 1:
        raise InvalidValue("A term is at least one working day.")
    on, left = day(start), days
    while left:
        on += step
        left -= calendar.is_working(on)
    return on


def between(calendar: Calendar, first: date, last: date) -> int:
    """How many working days there are from `first` to `last`, both of them counted. Refuses: CalendarUnknown."""
    days = (last - first).days + 1
    return sum(calendar.is_working(first + timedelta(days=n)) for n in range(days))
