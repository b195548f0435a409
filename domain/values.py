"""The words that facts are made of: ids, text in languages, credit points, levels, outcomes, grades.

A value checks itself when it is made, so that no decision has to. Ids are plain strings at run time (they are
keys of maps and parts of stream names); the functions named after them are the only place that says what is
allowed in one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from domain.errors import InvalidValue, UnlikeCredits

# --- ids ------------------------------------------------------------------------------------------------

InstitutionId = NewType("InstitutionId", str)
UnitId = NewType("UnitId", str)
QualificationId = NewType("QualificationId", str)
LearnerId = NewType("LearnerId", str)
AchievementId = NewType("AchievementId", str)
CreditId = NewType("CreditId", str)
ConferralId = NewType("ConferralId", str)
CredentialId = NewType("CredentialId", str)
OutcomeId = NewType("OutcomeId", str)
StatusListId = NewType("StatusListId", str)
ConversionRuleId = NewType("ConversionRuleId", str)
SourceId = NewType("SourceId", str)
PersonId = NewType("PersonId", str)
CommissionId = NewType("CommissionId", str)
CaseId = NewType("CaseId", str)
MemorandumId = NewType("MemorandumId", str)
AgreementId = NewType("AgreementId", str)
ConversionId = NewType("ConversionId", str)
AttemptId = NewType("AttemptId", str)
LearningId = NewType("LearningId", str)

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_STATUS_LIST = re.compile(r"[a-z0-9][a-z0-9-]{0,62}-[1-9][0-9]{0,8}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_URI = re.compile(r"[a-z][a-z0-9+.-]{0,30}:[!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]{1,500}")


def _matching(pattern: re.Pattern[str], value: str, what: str, shape: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidValue(f"{_shown(value)} is not {what}: {shape}.")
    return value


def _shown(value: object) -> str:
    """The value as an error may quote it: short, and with nothing in it that a terminal would obey."""
    quoted = ascii(value)
    return quoted if len(quoted) <= 60 else quoted[:57] + "…"


_SLUG_SHAPE = "it takes 1 to 63 small Latin letters, digits and hyphens, and does not start with a hyphen"


def institution_id(value: str) -> InstitutionId:
    """A slug such as `astana-it-university`; it is part of web addresses and stream names."""
    return InstitutionId(_matching(_SLUG, value, "an institution's id", _SLUG_SHAPE))


def unit_id(value: str) -> UnitId:
    """A slug such as `ecvet-in-programmes`."""
    return UnitId(_matching(_SLUG, value, "a unit's id", _SLUG_SHAPE))


def qualification_id(value: str) -> QualificationId:
    """A slug such as `module-7-ecvet`."""
    return QualificationId(_matching(_SLUG, value, "a qualification's id", _SLUG_SHAPE))


def learner_id(value: str) -> LearnerId:
    """A UUID in small letters, such as `7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b`: a name that says nothing."""
    return LearnerId(_matching(_UUID, value, "a learner's id", "it is a UUID in small letters"))


def achievement_id(value: str) -> AchievementId:
    """A slug; a UUID in small letters is one."""
    return AchievementId(_matching(_SLUG, value, "an achievement's id", _SLUG_SHAPE))


def credit_id(value: str) -> CreditId:
    """A slug; a UUID in small letters is one."""
    return CreditId(_matching(_SLUG, value, "a credit's id", _SLUG_SHAPE))


def conferral_id(value: str) -> ConferralId:
    """A slug; a UUID in small letters is one."""
    return ConferralId(_matching(_SLUG, value, "a conferral's id", _SLUG_SHAPE))


def memorandum_id(value: str) -> MemorandumId:
    """A slug such as `aitu-and-college-2026`."""
    return MemorandumId(_matching(_SLUG, value, "a memorandum's id", _SLUG_SHAPE))


def agreement_id(value: str) -> AgreementId:
    """A slug; a UUID in small letters is one."""
    return AgreementId(_matching(_SLUG, value, "an agreement's id", _SLUG_SHAPE))


def conversion_id(value: str) -> ConversionId:
    """A slug; a UUID in small letters is one."""
    return ConversionId(_matching(_SLUG, value, "a conversion's id", _SLUG_SHAPE))


def attempt_id(value: str) -> AttemptId:
    """A slug; a UUID in small letters is one."""
    return AttemptId(_matching(_SLUG, value, "an attempt's id", _SLUG_SHAPE))


def slug(value: str, what: str) -> str:
    """A name for things of one institution's own, such as a table of grades. `what` is said in the refusal."""
    return _matching(_SLUG, value, what, _SLUG_SHAPE)


def learning_id(value: str) -> LearningId:
    """A slug, made from what a record from elsewhere says."""
    return LearningId(_matching(_SLUG, value, "an id of learning from elsewhere", _SLUG_SHAPE))


def term_name(value: str) -> str:
    """An institution's name for a term of the year, such as `autumn`: a slug."""
    return _matching(_SLUG, value, "a term of the year", _SLUG_SHAPE)


def conversion_rule_id(value: str) -> ConversionRuleId:
    """A slug such as `kz-to-ects-2018`."""
    return ConversionRuleId(_matching(_SLUG, value, "a conversion rule's id", _SLUG_SHAPE))


def outcome_id(value: str) -> OutcomeId:
    """A slug within its unit, such as `lo1`."""
    return OutcomeId(_matching(_SLUG, value, "a learning outcome's id", _SLUG_SHAPE))


def person_id(value: str) -> PersonId:
    """A slug for one of an institution's staff."""
    return PersonId(_matching(_SLUG, value, "the id of a member of staff", _SLUG_SHAPE))


def commission_id(value: str) -> CommissionId:
    """A slug such as `aitu-2026-autumn`."""
    return CommissionId(_matching(_SLUG, value, "a commission's id", _SLUG_SHAPE))


def case_id(value: str) -> CaseId:
    """A slug; a UUID in small letters is one."""
    return CaseId(_matching(_SLUG, value, "a case's id", _SLUG_SHAPE))


def source_id(value: str) -> SourceId:
    """A slug within its case of recognition, such as `s1`."""
    return SourceId(_matching(_SLUG, value, "a source's id", _SLUG_SHAPE))


def credential_id(value: str) -> CredentialId:
    """An absolute URI, as in the credential's own `id`: `https://…` or `urn:uuid:…`."""
    return CredentialId(_matching(_URI, value, "a credential's id", "it is an absolute URI"))


def status_list_id(value: str) -> StatusListId:
    """The institution's slug and a number, such as `astana-it-university-1`."""
    shape = "it is an institution's id, a hyphen and a number"
    return StatusListId(_matching(_STATUS_LIST, value, "a status list's id", shape))


# --- text -----------------------------------------------------------------------------------------------

TEXT_LIMIT = 500
"""Characters in a name, title, reason or reference."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
# The marks that turn the direction of writing can make a name read as another one (Unicode TR 36, 2.4).
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset(("Cc", "Cs", "Co", "Zl", "Zp"))


def text(value: str, what: str, *, limit: int = TEXT_LIMIT) -> str:
    """One line of writing, without the space around it, in Unicode's NFC form.

    NFC, because «й» typed as one letter and as two must not be two names. Refuses (InvalidValue): nothing
    written, more than `limit` characters, control characters and line breaks, marks that turn the direction
    of writing, lone surrogates. `what` names the field in the refusal, as in "the unit's code".
    """
    if not isinstance(value, str):
        raise InvalidValue(f"{_shown(value)} cannot be {what}: it is not text.")
    if len(value) > 4 * limit:  # before NFC, whose cost a stranger would choose
        raise InvalidValue(f"This cannot be {what}: it is longer than {limit} characters.")
    written = value.strip()
    if not written.isprintable():  # what is printable has nothing that is refused here, and is quickly told
        for character in written:
            if character in _TURNING or unicodedata.category(character) in _FORBIDDEN_CATEGORIES:
                raise InvalidValue(f"{_shown(value)} cannot be {what}: it holds {character!a}.")
    if not written.isascii():
        written = unicodedata.normalize("NFC", written)
    if not written:
        raise InvalidValue(f"This cannot be {what}: nothing is written in it.")
    if len(written) > limit:
        raise InvalidValue(f"This cannot be {what}: it is longer than {limit} characters.")
    return written


def optional_text(value: str | None, what: str, *, limit: int = TEXT_LIMIT) -> str | None:
    """`text`, where there is any."""
    return None if value is None else text(value, what, limit=limit)


Names = dict[str, str]
"""The same words in one or more languages, by language tag: `{"kk": "…", "ru": "…", "en": "…"}`."""


def language_tag(value: str) -> str:
    """A language tag in the usual shape of BCP 47: `kk`, `kk-Latn`, `en-GB`."""
    return _matching(_LANGUAGE, value, "a language tag", "it looks like kk, ru, en or kk-Latn")


def in_languages(given: Mapping[str, str], what: str = "a name") -> Names:
    """The given words, each checked by `text` and each tag by `language_tag`; one or more.

    Kazakh, Russian and English are what our pages speak; a partner's other languages are as welcome.
    """
    if not given:
        raise InvalidValue(f"This cannot be {what}: it is in no language at all.")
    return {language_tag(tag): text(given[tag], what) for tag in sorted(given)}


def best(given: Names, wanted: str) -> str:
    """The words in the language wanted, else in another script of it, else in en, ru, kk, or what there is.

    It never fails on names that `in_languages` has let through.
    """
    primary = wanted.partition("-")[0]
    for tag in (
        wanted,
        primary,
        *(t for t in sorted(given) if t.partition("-")[0] == primary),
        "en",
        "ru",
        "kk",
    ):
        if tag in given:
            return given[tag]
    return given[min(given)]


# --- time -----------------------------------------------------------------------------------------------

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment, always with its time zone; `instant` brings it to UTC."""


def instant(value: datetime) -> datetime:
    """The moment in UTC. Refuses a time without a zone, which is a different moment for every reader."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidValue(f"{_shown(str(value))} is not a moment: its time zone is missing.")
    return value.astimezone(UTC)


def day(value: date, what: str = "a day") -> date:
    """A calendar day. Refuses a `datetime`, which Python counts among the dates and JSON does not."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValue(f"{_shown(str(value))} cannot be {what}: it is not a calendar day.")
    return value


# --- credit ---------------------------------------------------------------------------------------------


class CreditScheme(StrEnum):
    """Whose points these are. Points of two schemes are never added; converting them takes a named rule."""

    ECTS = "ECTS"
    ECVET = "ECVET"
    KZ = "KZ"
    """Kazakhstan's academic credit of 30 academic hours."""


_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?", re.ASCII)


def amount(written: str) -> Decimal:
    """A number of points or hours as people write it: `6`, `4.5`. No sign, exponent, spaces or other digits.

    Zero is an amount (of hours, say) though never of `CreditPoints`.
    """
    return Decimal(_matching(_AMOUNT, written, "an amount", "it looks like 6 or 4.5, below a million"))


def exact(value: Decimal, what: str) -> Decimal:
    """The amount, zero too, in its shortest form (`3`, never `3.00`), so that equal amounts are equal bytes.

    Refuses (InvalidValue): what is no `Decimal`, below zero, a million or more, with more than 3 decimals.
    NaN, infinities, minus signs (that of -0 too) and exponents all show in `str`, and none is an amount.
    """
    if type(value) is not Decimal:
        raise InvalidValue(f"{_shown(value)} cannot be {what}: it is not a decimal number.")
    written = as_given = str(value)
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if not _AMOUNT.fullmatch(written):
        shape = "it takes digits and at most 3 decimals, and is below a million"
        raise InvalidValue(f"{_shown(str(value))} cannot be {what}: {shape}.")
    return value if written == as_given else Decimal(written)


def hours(value: Decimal | None, what: str = "a number of hours") -> Decimal | None:
    """Hours of learning, where they are stated: a positive amount with at most 3 decimals."""
    if value is None:
        return None
    value = exact(value, what)
    if not value:
        raise InvalidValue(f"This cannot be {what}: it is zero.")
    return value


class CreditPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Points of one scheme: more than 0, less than 1,000,000, at most 3 decimals. `str()` gives `6 ECTS`.

    `CreditPoints(CreditScheme.ECTS, Decimal("6.0")) == CreditPoints(CreditScheme.ECTS, Decimal(6))`, and both
    are stored as the same bytes.
    """

    scheme: CreditScheme
    points: Decimal

    def __post_init__(self) -> None:
        settled = exact(self.points, "an amount of credit")
        if not settled:
            raise InvalidValue("An amount of credit is more than zero.")
        if not isinstance(self.scheme, CreditScheme):
            raise InvalidValue(f"{_shown(self.scheme)} is not a credit scheme.")
        if settled is not self.points:
            settle(self, "points", settled)

    def __add__(self, other: "CreditPoints") -> "CreditPoints":
        """Refuses UnlikeCredits: no sum of two schemes means anything. With what is no credit: TypeError."""
        if not isinstance(other, CreditPoints):
            return NotImplemented
        if self.scheme is not other.scheme:
            raise UnlikeCredits(f"{self} and {other} cannot be added: they are of different schemes.")
        return CreditPoints(self.scheme, self.points + other.points)

    def __str__(self) -> str:
        return f"{self.points} {self.scheme}"


def points_by_scheme(given: Iterable[CreditPoints], what: str) -> tuple[CreditPoints, ...]:
    """Points with at most one amount for each scheme, in the order of the schemes."""
    by_scheme: dict[CreditScheme, CreditPoints] = {}
    for points in given:
        if points.scheme in by_scheme:
            raise InvalidValue(
                f"{what} has two amounts of {points.scheme}: {by_scheme[points.scheme]} and {points}."
            )
        by_scheme[points.scheme] = points
    return tuple(by_scheme[scheme] for scheme in CreditScheme if scheme in by_scheme)


# --- learning -------------------------------------------------------------------------------------------


class Setting(StrEnum):
    """Where learning happened. It is kept for ever: recognised learning does not become formal.

    The Russian and Kazakh words are easily confused: неформальное / бейресми is `non_formal`, информальное /
    информалды is `informal`.
    """

    FORMAL = "formal"
    NON_FORMAL = "non_formal"
    INFORMAL = "informal"


EQF_LEVELS = 8
MOST_LEVELS = 12
"""Of the framework that has the most of them, Scotland's."""
_FRAMEWORK = re.compile(r"[A-Z][A-Z0-9-]{1,19}")


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A level of a qualifications framework: 1–8 of the `EQF`, up to 12 of a national one such as `NQF-KZ`.

    Ireland has ten and Scotland twelve. Levels of two frameworks are not compared: how one refers to the other is
    a report (`domain.framework`), not arithmetic.
    """

    framework: str
    value: int

    def __post_init__(self) -> None:
        _matching(_FRAMEWORK, self.framework, "a qualifications framework", "it looks like EQF or NQF-KZ")
        most = EQF_LEVELS if self.framework == "EQF" else MOST_LEVELS
        if type(self.value) is not int or not 1 <= self.value <= most:
            raise InvalidValue(
                f"{_shown(self.value)} is not a level: those of {self.framework} run from 1 to {most}."
            )

    def __str__(self) -> str:
        return f"{self.framework} level {self.value}"


IscedF = NewType("IscedF", str)
"""A field of education and training, ISCED-F 2013: broad (2 digits), narrow (3) or detailed (4)."""

_ISCED_F = re.compile(r"[0-9]{2,4}", re.ASCII)


def isced_f(value: str) -> IscedF:
    """A field such as `0613` (software and applications development), or the broad `06` around it."""
    return IscedF(_matching(_ISCED_F, value, "a field of ISCED-F", "it is 2 to 4 digits"))


OUTCOME_CODE_LIMIT = 200


class LearningOutcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a learner knows, understands and can do at the end: `id` is unique within its unit.

    A `code` that is an address (ESCO's are of 69 characters), or names its framework, says the same everywhere.
    """

    id: OutcomeId
    text: Names
    code: str | None = None

    def __post_init__(self) -> None:
        outcome_id(self.id)
        settle(self, "text", in_languages(self.text, "a learning outcome"))
        settle(self, "code", optional_text(self.code, "an outcome's code", limit=OUTCOME_CODE_LIMIT))


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A grade as it was given, with the scale it is read on: `Grade("B+", "kz-letter")`.

    Nothing decides by it: whether a grade passes, the scale's owner knows, and states as a result.
    """

    value: str
    scale: str

    def __post_init__(self) -> None:
        # Most grades are written as they are kept, and a wallet is read far more often than it is written.
        if (value := text(self.value, "a grade", limit=50)) is not self.value:
            settle(self, "value", value)
        if (scale := text(self.scale, "a grading scale", limit=100)) is not self.scale:
            settle(self, "scale", scale)


_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}")


def sha256_hex(value: str) -> str:
    """A SHA-256 as 64 hexadecimal digits in small letters."""
    return _matching(_SHA256, value, "a SHA-256", "it is 64 hexadecimal digits in small letters")


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document shown for a claim. The wallet keeps its SHA-256 in hex, never the document itself."""

    name: str
    sha256: str
    media_type: str | None = None
    uri: str | None = None

    def __post_init__(self) -> None:
        settle(self, "name", text(self.name, "a document's name"))
        sha256_hex(self.sha256)
        if self.media_type is not None:
            _matching(_MEDIA_TYPE, self.media_type, "a media type", "it looks like application/pdf")
        uri(self.uri)


def uri(value: str | None, what: str = "a web address") -> str | None:
    """An absolute URI of at most about 500 characters, where there is one. Nobody fetches it from here."""
    return None if value is None else _matching(_URI, value, what, "it is an absolute URI")


_COUNTRY = re.compile(r"[A-Z]{2}")


def country_code(value: str) -> str:
    """A country's two letters in ISO 3166-1: `KZ`."""
    return _matching(_COUNTRY, value, "a country", "it is two capital letters of ISO 3166-1, such as KZ")


_DID = re.compile(r"did:[a-z0-9]{1,20}:[A-Za-z0-9._:%-]{1,400}")
_METHOD_FRAGMENT = re.compile(r"[A-Za-z0-9._-]{1,80}")
_MULTIKEY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{10,200}")


def decentralised_id(value: str) -> str:
    """A decentralised identifier without path or fragment: `did:web:aitu.example`."""
    return _matching(_DID, value, "a decentralised identifier", "it looks like did:web:example.org")


def key_method_id(value: str, controller: str) -> str:
    """The id of a verification method in the controller's DID document: `did:web:aitu.example#key-2`."""
    owner, _, fragment = value.partition("#")
    if owner != controller or not _METHOD_FRAGMENT.fullmatch(fragment):
        raise InvalidValue(
            f"{_shown(value)} is not the id of a key of {controller}: it looks like {controller}#key-2."
        )
    return value


def multikey(value: str) -> str:
    """A public key as a Multikey (`z6Mk…`). Only its alphabet is checked; `keys` knows if it is a key."""
    return _matching(_MULTIKEY, value, "a public key", "it is a Multikey, z and base-58 letters")


def settle(value: msgspec.Struct, field: str, settled: object) -> None:
    """Give a frozen value's field its one written form, while the value is being made (`__post_init__`)."""
    msgspec.structs.force_setattr(value, field, settled)
