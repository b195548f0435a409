"""Every word of every page in three languages: none missing, none left over, none of another meaning."""

import ast
import re
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import iter_modules

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.pages.languages import CATALOGUES, LANGUAGES, language
from api.pages.refusals import _SENTENCES as OF_REFUSALS
from api.pages.verdicts import _REASONS as OF_REASONS
from api.pages.verdicts import _SENTENCES as OF_ANSWERS
from api.pages.verdicts import STEPS
from api.problems import STATUSES, code_of
from wallet import verifying
from wallet.verdict import Outcome
from wallet.verifying.step import ALL, Step

API = Path(CATALOGUES).parents[1]
OTHERS = [tag for tag in LANGUAGES if tag != "en"]
VERIFYING = [
    "wallet.verifying",
    "wallet.documents.verifying",
    *(f"wallet.verifying.{each.name}" for each in iter_modules(verifying.__path__)),
]
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


STEPS_THERE = {
    (path, name): step
    for path, module in ((path, import_module(path)) for path in VERIFYING)
    for name, step in vars(module).items()
    if isinstance(step, Step)
}


def test_every_step_of_a_verification_has_words_for_each_of_its_answers():
    codes = {step.code for step in STEPS_THERE.values()}

    assert set(STEPS) == codes >= {step.code for step in ALL}
    assert set(OF_ANSWERS) == {
        (code, answer) for code in codes for answer in (Outcome.FAILED, Outcome.COULD_NOT_CHECK)
    }


def reasons() -> set[tuple[str, str]]:
    """Every reason that is written out where a check is made: `PROOF.failed("no-proof", …)`."""
    found = set()
    for path in VERIFYING:
        for node in ast.walk(ast.parse(Path(str(import_module(path).__file__)).read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="failed" | "could_not_check"),
                    args=[ast.Constant(value=str(reason)), *_],
                ):
                    found.add((STEPS_THERE[path, name].code, reason))
    return found


def test_every_reason_why_a_check_did_not_pass_has_words():
    there = reasons()

    assert len(there) > 40
    assert there - set(OF_REASONS) == set()


def test_every_refusal_has_words():
    told = [kind for root in STATUSES for kind in every(root)]

    assert {code_of(kind) for kind in told} - set(OF_REFUSALS) == set()


def every(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(each for below in kind.__subclasses__() for each in every(below))]


def test_days_and_numbers_are_written_as_each_language_writes_them():
    from datetime import date
    from decimal import Decimal

    assert language("en").day(date(2026, 6, 1)) == "1 June 2026"
    assert language("ru").day(date(2026, 6, 1)) == "1 июня 2026\u202fг."
    assert language("kk").day(date(2026, 6, 1)).replace("\u202f", " ") == "2026 ж. 1 маусым"
    assert language("en").number(Decimal("1234.5")) == "1,234.5"
    assert language("ru").number(Decimal("1234.5")) == "1\xa0234,5"
