"""The words facts are made of say what they can, and refuse the rest by name."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import values
from domain.errors import InvalidValue, UnlikeCredits
from domain.values import CreditPoints, CreditScheme, Evidence, Grade, LearningOutcome, Level, OutcomeId
from tests.domain.builders import ects, ecvet, kz

GOOD: dict[str, tuple[Callable[[str], str], str]] = {
    "an institution": (values.institution_id, "astana-it-university"),
    "a unit named by a UUID": (values.unit_id, "7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b"),
    "a qualification": (values.qualification_id, "6b06103"),
    "a learner": (values.learner_id, "7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b"),
    "a credential by its web address": (values.credential_id, "https://wallet.example/credentials/1"),
    "a credential by its UUID": (values.credential_id, "urn:uuid:7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b"),
    "a status list": (values.status_list_id, "astana-it-university-12"),
    "a broad field": (values.isced_f, "06"),
    "a detailed field": (values.isced_f, "0613"),
    "a language": (values.language_tag, "kk"),
    "a language in a script": (values.language_tag, "kk-Latn"),
    "a country": (values.country_code, "KZ"),
    "a did": (values.decentralised_id, "did:web:aitu.example%3A8443:registrar"),
}

BAD: dict[str, tuple[Callable[..., object], tuple[Any, ...]]] = {
    "an id that is empty": (values.institution_id, ("",)),
    "an id with a capital": (values.institution_id, ("AITU",)),
    "an id that starts with a hyphen": (values.unit_id, ("-a",)),
    "an id of 64 letters": (values.unit_id, ("a" * 64,)),
    "an id that leaves its path": (values.institution_id, ("../secrets",)),
    "an id with a line break at its end": (values.institution_id, ("aitu\n",)),
    "an id in Cyrillic": (values.institution_id, ("аіту",)),
    "an id that is a number": (values.credit_id, (7,)),
    "a learner named by a name": (values.learner_id, ("aigerim",)),
    "a learner in capitals": (values.learner_id, ("7F9A8C1E-2B3D-4E5F-8A9B-0C1D2E3F4A5B",)),
    "a credential without a scheme": (values.credential_id, ("credentials/1",)),
    "a credential with a space": (values.credential_id, ("https://wallet.example/a b",)),
    "a status list numbered zero": (values.status_list_id, ("aitu-0",)),
    "a field of five digits": (values.isced_f, ("06131",)),
    "a field in Arabic digits": (values.isced_f, ("٠٦",)),
    "a language by its name": (values.language_tag, ("Kazakh",)),
    "a country in small letters": (values.country_code, ("kz",)),
    "a did with a fragment": (values.decentralised_id, ("did:web:aitu.example#key-1",)),
    "a key of another did": (values.key_method_id, ("did:web:kbtu.example#key-1", "did:web:aitu.example")),
    "a key without a fragment": (values.key_method_id, ("did:web:aitu.example", "did:web:aitu.example")),
    "a multikey with a zero": (values.multikey, ("z6Mk0000000000000",)),
    "text that is empty": (values.text, ("", "a name")),
    "text that is spaces": (values.text, ("   ", "a name")),
    "text of 501 characters": (values.text, ("a" * 501, "a name")),
    "text of a million characters": (values.text, ("a" * 1_000_000, "a name")),
    "text with a line break inside": (values.text, ("one\ntwo", "a name")),
    "text with a null": (values.text, ("one\x00", "a name")),
    "text that turns its direction": (values.text, ("abc\u202edef", "a name")),
    "text with half a character": (values.text, ("abc\ud800", "a name")),
    "text that is a number": (values.text, (7, "a name")),
    "names in no language": (values.in_languages, ({},)),
    "names in a language that is not one": (values.in_languages, ({"english": "Unit"},)),
    "names that say nothing": (values.in_languages, ({"en": " "},)),
    "a moment without a zone": (values.instant, (datetime(2025, 1, 1),)),  # noqa: DTZ001  # the bad case
    "a moment that is a day": (values.instant, (date(2025, 1, 1),)),
    "a day that is a moment": (values.day, (datetime(2025, 1, 1, tzinfo=UTC),)),
    "hours that are zero": (values.hours, (Decimal(0),)),
    "hours that are a float": (values.hours, (1.5,)),
    "an amount with a sign": (values.amount, ("+6",)),
    "an amount with an exponent": (values.amount, ("6E0",)),
    "an amount with a space": (values.amount, (" 6",)),
    "an amount in other digits": (values.amount, ("٦",)),
    "an amount that starts with zero": (values.amount, ("06",)),
    "an amount of four decimals": (values.amount, ("6.0001",)),
    "points that are zero": (CreditPoints, (CreditScheme.ECTS, Decimal(0))),
    "points that are minus zero": (CreditPoints, (CreditScheme.ECTS, Decimal("-0"))),
    "points below zero": (CreditPoints, (CreditScheme.ECTS, Decimal(-1))),
    "points of a million": (CreditPoints, (CreditScheme.ECTS, Decimal(1_000_000))),
    "points of four decimals": (CreditPoints, (CreditScheme.ECTS, Decimal("1.0001"))),
    "points with an exponent": (CreditPoints, (CreditScheme.ECTS, Decimal("1E+3"))),
    "points that are not a number": (CreditPoints, (CreditScheme.ECTS, Decimal("NaN"))),
    "points without end": (CreditPoints, (CreditScheme.ECTS, Decimal("Infinity"))),
    "points that are a float": (CreditPoints, (CreditScheme.ECTS, 6.0)),
    "points that are an int": (CreditPoints, (CreditScheme.ECTS, 6)),
    "points that are true": (CreditPoints, (CreditScheme.ECTS, True)),
    "points of no scheme": (CreditPoints, ("ects", Decimal(6))),
    "a level zero": (Level, ("EQF", 0)),
    "a level nine": (Level, ("EQF", 9)),
    "a level that is true": (Level, ("EQF", True)),
    "a level of a framework in small letters": (Level, ("eqf", 5)),
    "a grade that says nothing": (Grade, ("", "kz-letter")),
}


@pytest.mark.parametrize(("check", "value"), GOOD.values(), ids=GOOD.keys())
def test_a_good_value_comes_back_as_it_is(check: Callable[[str], str], value: str) -> None:
    assert check(value) == value


@pytest.mark.parametrize(("check", "given_values"), BAD.values(), ids=BAD.keys())
def test_a_bad_value_is_refused_in_one_sentence(
    check: Callable[..., object], given_values: tuple[Any, ...]
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        check(*given_values)

    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 300


def test_an_evidence_without_its_hash_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Evidence(name="Diploma.pdf", sha256="AB" * 32)


def test_points_of_one_scheme_are_added() -> None:
    assert ects("4.5") + ects("1.5") == ects(6)


def test_points_of_two_schemes_are_never_added() -> None:
    with pytest.raises(UnlikeCredits, match="6 ECTS and 4 ECVET"):
        ects(6) + ecvet(4)


def test_points_read_as_people_write_them() -> None:
    assert [str(points) for points in (ects("6.0"), kz("4.50"), ecvet("100"))] == [
        "6 ECTS",
        "4.5 KZ",
        "100 ECVET",
    ]


@given(st.integers(1, 999_999_999), st.integers(0, 6))
def test_equal_points_are_written_alike_however_they_were_typed(thousandths: int, zeros: int) -> None:
    plain = Decimal(thousandths).scaleb(-3)
    typed = Decimal(f"{plain:f}" + "0" * zeros)

    assert str(ects(str(typed))) == str(ects(str(plain)))
    assert "E" not in str(ects(str(typed))).removesuffix("ECTS")


def test_a_name_typed_in_two_ways_is_one_name() -> None:
    composed, decomposed = "Қазақ тілі, ұйғыр, й", unicodedata.normalize("NFD", "Қазақ тілі, ұйғыр, й")

    assert composed != decomposed
    assert values.text(f"  {decomposed} ", "a name") == composed


def test_names_are_kept_in_the_order_of_their_languages() -> None:
    assert list(values.in_languages({"ru": "Модуль", "en": "Module", "kk": "Модуль"})) == ["en", "kk", "ru"]


BEST = {
    "the language itself": ("ru", "рус"),
    "the language without its script": ("kk-Latn", "қаз"),
    "English, where it is absent": ("fr", "eng"),
}


@pytest.mark.parametrize(("wanted", "found"), BEST.values(), ids=BEST.keys())
def test_the_best_name_is_the_nearest_one(wanted: str, found: str) -> None:
    assert values.best({"kk": "қаз", "ru": "рус", "en": "eng"}, wanted) == found


def test_the_best_name_in_another_script_is_better_than_in_another_language() -> None:
    assert values.best({"en": "eng", "kk-Latn": "qaz"}, "kk") == "qaz"


def test_the_best_name_is_any_name_where_we_speak_none_of_its_languages() -> None:
    assert values.best({"fr": "module", "de": "Modul"}, "kk") == "Modul"


def test_a_moment_is_brought_to_utc() -> None:
    in_astana = datetime(2025, 9, 1, 14, 0, tzinfo=timezone(timedelta(hours=5)))

    moment = values.instant(in_astana)

    assert moment.tzinfo is UTC
    assert moment == datetime(2025, 9, 1, 9, 0, tzinfo=UTC)


def test_an_outcome_settles_its_words() -> None:
    outcome = LearningOutcome(id=OutcomeId("lo1"), text={"ru": " й "}, code=" LO1 ")

    assert (outcome.text, outcome.code) == ({"ru": "й"}, "LO1")


def test_points_by_scheme_stand_in_one_order_and_once() -> None:
    assert values.points_by_scheme([kz(5), ects(5)], "The unit") == (ects(5), kz(5))
    with pytest.raises(InvalidValue, match="two amounts of KZ"):
        values.points_by_scheme([kz(5), kz(6)], "The unit")


def test_a_refusal_never_repeats_what_a_terminal_would_obey() -> None:
    with pytest.raises(InvalidValue) as refusal:
        values.institution_id("\x1b[2J" + "x" * 500)

    assert str(refusal.value).isprintable()
