"""Every word of every page in three languages: none missing, none left over, none of another meaning."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.pages.languages import CATALOGUES, LANGUAGES, language
from api.pages.refusals import _SENTENCES
from api.pages.verdicts import STEPS
from api.problems import STATUSES, code_of
from wallet.verifying.step import ALL

API = Path(CATALOGUES).parents[1]
OTHERS = [tag for tag in LANGUAGES if tag != "en"]
_VALUES = re.compile(r"%\(\w+\)[sd]")


@cache
def said() -> frozenset[str]:
    """Every English word of the templates and the code."""
    found = extract_from_dir(
        str(API),
        method_map=[("pages/templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")],
        options_map={
            "pages/templates/**.html": {"trim_blocks": "true", "newstyle": "true", "silent": "false"}
        },
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "marked": None, "say": None},
    )
    return frozenset(words for _, _, words, _, _ in found if isinstance(words, str))


@cache
def translated(tag: str) -> dict[str, str]:
    text = (CATALOGUES / f"{tag}.po").read_bytes()
    messages = [each for each in read_po(BytesIO(text), locale=tag, abort_invalid=True) if each.id]
    assert [each.id for each in messages if each.fuzzy] == []
    return {str(each.id): str(each.string) for each in messages}


def test_there_is_something_to_translate():
    assert len(said()) > 100


@pytest.mark.parametrize("tag", OTHERS)
def test_every_word_is_translated_and_none_is_left_over(tag: str):
    known = translated(tag)

    assert sorted(said() - known.keys()) == []
    assert sorted(known.keys() - said()) == []
    assert [words for words, meaning in known.items() if not meaning.strip()] == []


@pytest.mark.parametrize("tag", OTHERS)
def test_every_translation_puts_in_the_same_values(tag: str):
    differing = {
        words: meaning
        for words, meaning in translated(tag).items()
        if sorted(_VALUES.findall(words)) != sorted(_VALUES.findall(meaning))
    }

    assert differing == {}


@pytest.mark.parametrize("tag", OTHERS)
def test_every_translation_is_in_its_own_alphabet(tag: str):
    """Names that are the same everywhere aside, a translation without a Cyrillic letter was forgotten."""
    assert [w for w, m in translated(tag).items() if not re.search("[а-яёәғқңөұүһі]", m, re.IGNORECASE)] == []


def test_kazakh_is_not_russian():
    kazakh, russian = translated("kk"), translated("ru")

    assert [words for words in kazakh if len(words) > 12 and kazakh[words] == russian.get(words)] == []


NON_FORMAL = {"ru": "неформальн", "kk": "бейресми"}
INFORMAL = {"ru": "информальн", "kk": "информалды"}


@pytest.mark.parametrize("tag", OTHERS)
def test_non_formal_and_informal_are_never_taken_for_each_other(tag: str):
    for words, meaning in translated(tag).items():
        for english, theirs in (("non-formal", NON_FORMAL[tag]), (r"(?<!non-)\binformal", INFORMAL[tag])):
            asked = re.search(english, words, re.IGNORECASE) is not None
            answered = re.search(rf"(?<!\w){theirs}", meaning, re.IGNORECASE) is not None
            assert asked == answered, (words, meaning)


def test_every_step_of_the_list_and_every_refusal_has_words():
    assert set(STEPS) == {step.code for step in ALL}
    assert {code_of(kind) for kind in STATUSES} >= set(_SENTENCES) - _below_those()


def _below_those() -> set[str]:
    """Codes of the kinds below those that have a status of their own."""
    return {code_of(kind) for root in STATUSES for kind in root.__subclasses__()}


def test_days_and_numbers_are_written_as_each_language_writes_them():
    from datetime import date
    from decimal import Decimal

    assert language("en").day(date(2026, 6, 1)) == "1 June 2026"
    assert language("ru").day(date(2026, 6, 1)) == "1 июня 2026\u202fг."
    assert language("kk").day(date(2026, 6, 1)).replace("\u202f", " ") == "2026 ж. 1 маусым"
    assert language("en").number(Decimal("1234.5")) == "1,234.5"
    assert language("ru").number(Decimal("1234.5")) == "1\xa0234,5"
