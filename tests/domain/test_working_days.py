"""Working days: the whole of 2026 day by day, terms that cross holidays, and years that nobody knows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import CalendarUnknown, InvalidValue
from domain.kazakhstan import KAZAKHSTAN
from domain.working_days import SpecialDay, a_calendar, after, before, between

OFF_ON_WEEKDAYS_2026 = {
    date(2026, month, day)
    for month, days in {
        1: (1, 2, 7),
        3: (9, 23, 24, 25),
        5: (1, 7, 11, 27),
        7: (6,),
        10: (26,),
        12: (16,),
    }.items()
    for day in days
}
"""Written out by hand from the calendar the press printed, and not computed from holidays."""

WORKING_DAYS_OF_A_YEAR = {2025: 246, 2026: 247}
"""Of 2025 as printed (https://pobipb.kz/kalendar-vyxodnyx-i-prazdnichnyx-dnej-na-2025-god); 2026 as above."""


def test_every_day_of_2026_is_what_the_calendar_in_the_press_says():
    day = date(2026, 1, 1)
    while day.year == 2026:
        expected = day.weekday() < 5 and day not in OFF_ON_WEEKDAYS_2026
        assert KAZAKHSTAN.is_working(day) is expected, day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", WORKING_DAYS_OF_A_YEAR)
def test_a_year_has_as_many_working_days_as_was_printed(year: int):
    assert between(KAZAKHSTAN, date(year, 1, 1), date(year, 12, 31)) == WORKING_DAYS_OF_A_YEAR[year]


def test_a_sunday_may_be_worked_in_exchange_for_a_friday():
    assert KAZAKHSTAN.is_working(date(2025, 1, 5))
    assert not KAZAKHSTAN.is_working(date(2025, 1, 3))


def test_constitution_day_moved_from_august_to_march():
    assert not KAZAKHSTAN.is_working(date(2025, 9, 1)), "Saturday 30 August 2025 moves to Monday"
    assert KAZAKHSTAN.is_working(date(2026, 8, 31)), "Sunday 30 August 2026 is no holiday and moves nothing"
    assert not KAZAKHSTAN.is_working(date(2027, 3, 15))


def test_every_day_off_says_who_announced_it_and_when():
    for special in (*KAZAKHSTAN.off.values(), *KAZAKHSTAN.worked.values()):
        assert special.source
        assert special.as_of <= date(2026, 11, 25)


def test_a_term_begins_on_the_day_after_what_starts_it_and_steps_over_holidays():
    friday = date(2026, 3, 20)

    assert after(KAZAKHSTAN, friday, 1) == date(2026, 3, 26), "Nauryz and its moved days lie between"
    assert before(KAZAKHSTAN, date(2026, 3, 26), 1) == friday
    assert after(KAZAKHSTAN, date(2026, 11, 27), 3) == date(2026, 12, 2)


def test_ten_working_days_before_a_period_of_september_are_counted_back():
    assert before(KAZAKHSTAN, date(2026, 9, 1), 10) == date(2026, 8, 18)


UNKNOWN = {
    "before the first year": date(2024, 12, 31),
    "after the last year": date(2028, 1, 1),
    "around a Kurban Ait that nobody has announced": date(2027, 5, 17),
}


@pytest.mark.parametrize("day", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_day_that_is_not_known_is_refused_and_not_guessed(day: date):
    with pytest.raises(CalendarUnknown):
        KAZAKHSTAN.is_working(day)


def test_a_term_that_would_run_into_an_unknown_year_is_refused():
    with pytest.raises(CalendarUnknown, match="2028-01-01"):
        after(KAZAKHSTAN, date(2027, 12, 30), 5)


def test_an_institution_is_closed_on_days_of_its_own_besides():
    founders = SpecialDay(on=date(2026, 9, 2), name="Founders' Day", source="Order 5", as_of=date(2026, 8, 1))
    own = KAZAKHSTAN.with_days_off([founders])

    assert not own.is_working(date(2026, 9, 2))
    assert KAZAKHSTAN.is_working(date(2026, 9, 2)), "the country's calendar stays as it was"
    assert after(own, date(2026, 9, 1), 1) == date(2026, 9, 3)


def test_the_day_of_a_moment_is_that_of_astana():
    assert KAZAKHSTAN.day_of(datetime(2026, 8, 31, 20, 0, tzinfo=UTC)) == date(2026, 9, 1)
    assert KAZAKHSTAN.day_of(datetime(2026, 8, 31, 18, 59, tzinfo=UTC)) == date(2026, 8, 31)


def test_a_calendar_has_each_day_once_and_within_its_years():
    day = SpecialDay(on=date(2026, 9, 2), name="A day", source="Somebody", as_of=date(2026, 8, 1))
    for off in ([day, day], [day]):
        with pytest.raises(InvalidValue):
            a_calendar("Nowhere", date(2025, 1, 1), date(2025 + len(off) // 2, 12, 31), off=off)


@given(st.dates(date(2025, 3, 1), date(2027, 3, 1)), st.integers(1, 15))
def test_the_last_day_of_a_term_is_a_working_day_with_that_many_behind_it(start: date, days: int):
    end, begin = after(KAZAKHSTAN, start, days), before(KAZAKHSTAN, start, days)

    assert KAZAKHSTAN.is_working(end)
    assert KAZAKHSTAN.is_working(begin)
    assert between(KAZAKHSTAN, start + timedelta(days=1), end) == days
    assert between(KAZAKHSTAN, begin, start - timedelta(days=1)) == days
