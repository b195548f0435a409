"""How alike two sentences of one language are: by the stems of their words, and how nearly two stems are the same.

Made for learning outcomes in Kazakh, Russian and English, which are short and differ in word order and endings:

- Russian and English words (and those of the other languages that Snowball knows) are cut to their stems by it;
- Kazakh adds endings one after the other (-лар, -ымыз, -дың …), and Snowball has no Kazakh: its commonest endings
  are taken off here, the longest first, never below three letters;
- each stem is matched with the nearest of the other sentence, and counts by its length; stems less alike than
  `_NEAR` count as different words.

It sees words, not meaning: «use» and «apply» are strangers to it, and a «not» changes little. So the score orders
what an expert looks at, and decides nothing.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import snowballstemmer  # type: ignore[import-untyped]  # it ships no types; one call of it is made
from rapidfuzz import fuzz

_NEAR: Final = 75.0
"""Of a hundred: below it two stems are two words."""

_SNOWBALL: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hu": "hungarian", "hy": "armenian", "it": "italian", "lt": "lithuanian", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "tr": "turkish",
}  # fmt: skip

_EMPTY: Final = {
    "en": "a an and are as at be by can for from in into is it its of on or that the their them this to with",
    "ru": "а без в во для до и из или их к как на не о об от по при с со у что это",
    "kk": "және мен бен пен немесе үшін бойынша туралы бір бұл осы сол де да",
}
_EMPTY_WORDS: Final = {language: frozenset(words.split()) for language, words in _EMPTY.items()}
"""Words that say nothing by themselves; only for the three languages of our pages."""

_WORD: Final = re.compile(r"\w+")

_ENDINGS: Final = """
лар лер дар дер тар тер
ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті да де та те нда нде
дан ден тан тен нан нен мен бен пен дағы дегі тағы тегі ндағы ндегі
ым ім ың ің ы і сы сі ын ін сын сін ымыз іміз мыз міз ыңыз іңіз ңыз ңіз
у ып іп ған ген қан кен атын етін йтын йтін ады еді йды йді
лық лік дық дік тық тік лы лі
"""
"""By line: the plural; the cases; more of them; whose it is; of verbs and verbal nouns; of adjectives and nouns of
quality. Each with its forms by the harmony of vowels and of consonants."""
_KAZAKH_ENDINGS: Final = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))
_SHORTEST_STEM: Final = 3


def likeness(language: str, one: str, other: str) -> float:
    """From 0 (no word in common) to 1 (the same words, in whatever order and form)."""
    first, second = stems(language, one), stems(language, other)
    whole = sum(map(len, first)) + sum(map(len, second))
    if not whole:
        return 0.0
    found, of_second = 0.0, [0.0] * len(second)
    for stem in first:
        nearest = 0.0
        for place, another in enumerate(second):
            near = _near(stem, another)
            nearest = max(nearest, near)
            of_second[place] = max(of_second[place], near)
        found += len(stem) * nearest
    found += sum(len(stem) * near for stem, near in zip(second, of_second, strict=True))
    return found / whole


def _near(one: str, other: str) -> float:
    """How nearly two stems are the same word. No ending changes a word's first letter in these languages."""
    if one == other:
        return 1.0
    return fuzz.ratio(one, other, score_cutoff=_NEAR) / 100 if one[0] == other[0] else 0.0


@lru_cache(maxsize=4_096)
def stems(language: str, text: str) -> tuple[str, ...]:
    """The stems of the words that say something, in their order; all words, where none says anything."""
    primary = language.partition("-")[0]
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    empty = _EMPTY_WORDS.get(primary, frozenset())
    telling = [word for word in words if word not in empty] or words
    return tuple(_stem(primary, word) for word in telling)


def _stem(language: str, word: str) -> str:
    if language == "kk":
        return _kazakh_stem(word)
    algorithm = _SNOWBALL.get(language)
    # A stemmer holds the word it is at work on, so no two threads share one.
    return word if algorithm is None else str(snowballstemmer.stemmer(algorithm).stemWord(word))


def _kazakh_stem(word: str) -> str:
    """The word without its endings, taken off one after the other from its end."""
    while True:
        ending = next(
            (
                each
                for each in _KAZAKH_ENDINGS
                if word.endswith(each) and len(word) - len(each) >= _SHORTEST_STEM
            ),
            None,
        )
        if ending is None:
            return word
        word = word[: -len(ending)]
