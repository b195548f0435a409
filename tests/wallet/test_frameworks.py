"""The table of national levels keeps to its form, and a record is read in another country's levels by way of the EQF.

What accepting a bad row would cost: a bachelor's degree that reads as a master's in another country.
"""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from domain.errors import InvalidValue, NotFound
from domain.framework import Framework, NationalLevel, Referencing, framework_of, read_level
from domain.values import Level
from tests.offices import a_credit, a_learner
from wallet import frameworks as table
from wallet.frameworks import frameworks
from wallet.office import Office
from wallet.translating import show_in_levels_of


def read(level: Level, country: str) -> list[int]:
    found = read_level(level, framework_of(frameworks(), country), frameworks())
    return [each.value for each in found.levels]


@pytest.mark.parametrize("framework", frameworks(), ids=lambda framework: framework.country)
def test_every_row_says_where_it_comes_from_and_when_it_was_read(framework: Framework):
    assert framework.code == f"NQF-{framework.country}"
    assert "en" in framework.names
    reached = {each.eqf for each in framework.levels if each.eqf is not None}
    assert reached == set(range(2 if framework.country == "GB-ENG" else 1, 9)), (
        "England's entry level is no number"
    )
    for row in framework.levels:
        assert "http" in row.source
        assert row.as_of <= date(2026, 11, 25)


def test_no_member_of_the_table_is_silently_ignored():
    raw = (Path(table.__file__).parent / "frameworks.json").read_bytes()

    assert len(msgspec.json.decode(raw)) == len(frameworks()) >= 9


READINGS = {
    "an Irish honours bachelor in Germany": (Level("NQF-IE", 8), "DE", [6]),
    "a German bachelor in Ireland, which has two such levels": (Level("NQF-DE", 6), "IE", [7, 8]),
    "an Irish ordinary bachelor in Scotland": (Level("NQF-IE", 7), "GB-SCT", [9, 10]),
    "a Scottish doctor in Italy": (Level("NQF-GB-SCT", 12), "IT", [8]),
    "an English level 5 in Poland": (Level("NQF-GB-ENG", 5), "PL", [5]),
    "the EQF in Scotland": (Level("EQF", 5), "GB-SCT", [7, 8]),
    "a Kazakhstani master in Estonia": (Level("NQF-KZ", 7), "EE", [7]),
    "a country's own level in its own": (Level("NQF-IE", 8), "IE", [8]),
}


@pytest.mark.parametrize("case", READINGS.values(), ids=READINGS.keys())
def test_a_level_is_read_in_another_country(case: tuple[Level, str, list[int]]):
    level, country, expected = case

    assert read(level, country) == expected


def test_there_and_back_a_level_is_among_those_it_could_be():
    for one in frameworks():
        for other in frameworks():
            for row in one.levels:
                level = Level(one.code, row.value)
                for there in read_level(level, other, frameworks()).levels:
                    assert row.value in read(there, one.country)


def test_a_level_below_the_eqf_has_no_counterpart():
    found = read_level(Level("NQF-GB-SCT", 2), framework_of(frameworks(), "IE"), frameworks())

    assert (found.levels, found.eqf) == ((), None)
    assert "below the EQF" in (found.why_not or "")


def test_a_framework_nobody_has_told_of_is_not_guessed():
    found = read_level(Level("NQF-XX", 6), framework_of(frameworks(), "IE"), frameworks())

    assert found.levels == ()
    assert "nobody has told" in (found.why_not or "")


def test_what_only_the_country_says_is_told_as_that():
    (told,) = read_level(Level("EQF", 6), framework_of(frameworks(), "KZ"), frameworks()).sources

    assert "declared, not referenced" in told


def test_a_country_nobody_knows_is_refused_with_those_that_are_known():
    with pytest.raises(NotFound, match="DE, EE"):
        framework_of(frameworks(), "XX")


LEVELS = {
    "a level missing": [(1, 1), (3, 3)],
    "levels that fall": [(1, 2), (2, 1)],
    "a level above the EQF": [(1, 9)],
}


@pytest.mark.parametrize("rows", LEVELS.values(), ids=LEVELS.keys())
def test_a_table_that_cannot_be_is_refused(rows: list[tuple[int, int]]):
    levels = tuple(NationalLevel(value, eqf, "https://example.org", date(2026, 1, 1)) for value, eqf in rows)

    with pytest.raises(InvalidValue):
        Framework(
            code="NQF-XX",
            country="XX",
            names={"en": "X"},
            referencing=Referencing.DECLARED,
            levels=levels,
        )


def test_levels_of_the_eqf_end_at_eight_and_of_scotland_at_twelve():
    assert Level("NQF-GB-SCT", 12).value == 12
    for framework, value in (("EQF", 9), ("NQF-GB-SCT", 13), ("NQF-IE", 0)):
        with pytest.raises(InvalidValue, match="run from 1"):
            Level(framework, value)


def test_a_record_is_read_in_another_countrys_levels(office: Office):
    learner = a_learner(office).learner
    a_credit(office, learner)

    (line,) = show_in_levels_of(office, learner, "IE").lines

    assert line.read is not None
    assert [str(level) for level in line.read.levels] == ["NQF-IE level 7", "NQF-IE level 8"]
    assert line.read.eqf == 6
