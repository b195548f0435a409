"""Three languages, complete: Kazakh, Russian, English. Which one a visitor reads, and how it is spoken.

The English words stand where they are used, and are the keys of the others:

    {{ _("Check a document") }}        msgid "Check a document"   msgstr "Проверить документ"

Which language: the address (`?lang=kk`), else what was chosen before (a cookie), else what the browser asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from fastapi import Request

from domain.values import CreditPoints, best

LANGUAGES: Final[Mapping[str, str]] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
"""By tag, each named in itself."""
DEFAULT: Final = "en"
_LOCALES: Final = {"kk": "kk", "ru": "ru", "en": "en_GB"}
COOKIE: Final = "language"
CATALOGUES: Final = Path(__file__).with_name("catalogues")


def marked(words: str) -> str:
    """These words are translated where they are shown; they stand here so that they are found."""
    return words


@dataclass(frozen=True, slots=True)
class Language:
    """A language, and how it writes days, numbers and names."""

    tag: str
    locale: Locale
    translations: NullTranslations

    def say(self, words: str, /, **values: object) -> str:
        """The words in this language, with the values put in: `%(day)s`."""
        said = self.translations.ugettext(words)
        return said % values if values else said

    def name(self, names: Mapping[str, str]) -> str:
        return best(dict(names), self.tag)

    def day(self, value: date | str) -> str:
        """`1 June 2026`; a day or a moment may come as ISO 8601."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return format_date(value, format="long", locale=self.locale)

    def moment(self, value: datetime | str) -> str:
        """With the time of day, in UTC."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return f"{format_datetime(value, format='d MMMM y, HH:mm', locale=self.locale)} UTC"

    def number(self, value: Decimal | int) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, share: Fraction | float) -> str:
        return format_percent(float(share), locale=self.locale)

    def points(self, points: CreditPoints) -> str:
        """`5 ECTS`: the scheme is a name, and stays as it is."""
        return f"{self.number(points.points)}\N{NO-BREAK SPACE}{points.scheme.value}"


@cache
def language(tag: str) -> Language:
    """One of `LANGUAGES`."""
    return Language(tag, Locale.parse(_LOCALES[tag]), _translations(tag))


def _translations(tag: str) -> NullTranslations:
    if tag == DEFAULT:
        return NullTranslations()
    with (CATALOGUES / f"{tag}.po").open("rb") as file:
        catalogue = read_po(file, locale=tag)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def language_of(request: Request) -> Language:
    """The language this visitor reads."""
    for said in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if said in LANGUAGES:
            return language(said)
    asked = [
        part.partition(";")[0].strip().replace("-", "_")
        for part in request.headers.get("accept-language", "")[:200].split(",")
    ]
    return language(negotiate_locale([tag for tag in asked if tag], list(LANGUAGES)) or DEFAULT)
