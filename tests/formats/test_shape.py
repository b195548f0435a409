"""Times and addresses: read in one way, or not at all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wallet.formats.shape import absolute_uri, date_time, written_time

TIMES = {
    "2026-06-30T09:00:00Z": datetime(2026, 6, 30, 9, tzinfo=UTC),
    "2026-06-30T09:00:00+06:00": datetime(2026, 6, 30, 3, tzinfo=UTC),
    "2022-11-10T07:38:00-08:00": datetime(2022, 11, 10, 15, 38, tzinfo=UTC),
    "2026-06-30T09:00:00.5Z": datetime(2026, 6, 30, 9, 0, 0, 500_000, tzinfo=UTC),
    "2026-06-30T09:00:00.1234567899Z": datetime(2026, 6, 30, 9, 0, 0, 123_456, tzinfo=UTC),
    "2026-06-30T24:00:00Z": datetime(2026, 7, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "time"), TIMES.items(), ids=TIMES)
def test_a_time_with_a_zone_is_one_moment(text, time):
    assert date_time(text) == time


NO_TIMES = {
    "no zone": "2026-06-30T09:00:00",
    "no seconds": "2026-06-30T09:00Z",
    "a day": "2026-06-30",
    "small letters": "2026-06-30t09:00:00z",
    "a space": "2026-06-30 09:00:00Z",
    "no such day": "2026-02-29T09:00:00Z",
    "no such hour": "2026-06-30T25:00:00Z",
    "past midnight": "2026-06-30T24:00:01Z",
    "a leap second": "2026-06-30T23:59:60Z",
    "a zone out of the world": "2026-06-30T09:00:00+15:00",
    "minutes out of the hour": "2026-06-30T09:00:00+05:60",
    "year 0": "0000-01-01T00:00:00Z",
    "before year 1": "0001-01-01T00:00:00+14:00",
    "after year 9999": "9999-12-31T24:00:00Z",
    "five digits of year": "12026-06-30T09:00:00Z",
    "digits of another script": "٢٠٢٦-06-30T09:00:00Z",
    "a number": 20260630,
    "nothing": None,
    "a line end": "2026-06-30T09:00:00Z\n",
}


@pytest.mark.parametrize("text", NO_TIMES.values(), ids=NO_TIMES)
def test_what_is_not_one_moment_is_none(text):
    assert date_time(text) is None


ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(st.datetimes(timezones=ZONES))
def test_a_time_written_is_the_time_read_to_the_second(aware):
    assume(1000 <= aware.year < 9999)

    assert date_time(written_time(aware)) == aware.replace(microsecond=0)


URIS = [
    "https://a.example/x?y#z",
    "urn:uuid:1",
    "did:web:a.example",
    "http://a.example/қ",
    "mailto:a@b.example",
]
NO_URIS = [
    "",
    "x",
    "/path",
    "a b:c",
    "urn:",
    "urn:a b",
    "https://a.example/ ",
    " urn:a",
    "1:a",
    "urn:a\n",
    None,
    5,
]


@pytest.mark.parametrize("text", URIS)
def test_an_absolute_uri_is_one(text):
    assert absolute_uri(text)


@pytest.mark.parametrize("text", NO_URIS)
def test_anything_else_is_none(text):
    assert not absolute_uri(text)
