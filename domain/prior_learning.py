"""Prior learning as it is put before a commission: where it happened, what shows it, and what it said of itself.

    formal      diploma with supplement, transcript, school certificate with supplement
    non-formal  a provider's document, an open online course, a language certificate, a professional certificate
    informal    sports sections and prizes, sports titles, subject olympiads

Nothing here is credit. The originals (title, provider, grade and scale, credits in whatever scheme, hours) are kept
as they were written, because a decision stands on them for decades.
Source: the rules of Astana IT University for recognising formal and non-formal learning.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.errors import InvalidValue
from domain.values import (
    AchievementId,
    CredentialId,
    CreditId,
    Evidence,
    Grade,
    Setting,
    SourceId,
    achievement_id,
    country_code,
    credential_id,
    credit_id,
    day,
    hours,
    optional_text,
    settle,
    source_id,
    text,
)


class EvidenceKind(StrEnum):
    """What a document is. It decides the setting of the learning, and the rules it comes under."""

    DIPLOMA = "diploma"
    TRANSCRIPT = "transcript"
    SCHOOL_CERTIFICATE = "school_certificate"
    PROVIDER_DOCUMENT = "provider_document"
    MOOC = "mooc"
    LANGUAGE_CERTIFICATE = "language_certificate"
    PROFESSIONAL_CERTIFICATE = "professional_certificate"
    SPORTS_SECTION = "sports_section"
    SPORTS_PRIZE = "sports_prize"
    SPORTS_TITLE = "sports_title"
    OLYMPIAD = "olympiad"

    @property
    def setting(self) -> Setting:
        if self in _FORMAL:
            return Setting.FORMAL
        return Setting.NON_FORMAL if self in _NON_FORMAL else Setting.INFORMAL

    @property
    def is_course(self) -> bool:
        """Whether its volume is hours of study, which have to add up to the credit asked for."""
        return self in _COURSES

    @property
    def documents(self) -> int:
        """How many documents it takes at least: a diploma and a school certificate come with a supplement."""
        return 2 if self in _WITH_SUPPLEMENT else 1

    @property
    def tells_of_many(self) -> bool:
        """Whether one such document names many courses, so that showing it twice is not showing one thing twice."""
        return self in _FORMAL


_FORMAL = frozenset({EvidenceKind.DIPLOMA, EvidenceKind.TRANSCRIPT, EvidenceKind.SCHOOL_CERTIFICATE})
_NON_FORMAL = frozenset(
    {
        EvidenceKind.PROVIDER_DOCUMENT,
        EvidenceKind.MOOC,
        EvidenceKind.LANGUAGE_CERTIFICATE,
        EvidenceKind.PROFESSIONAL_CERTIFICATE,
    }
)
_COURSES = _FORMAL | {
    EvidenceKind.PROVIDER_DOCUMENT,
    EvidenceKind.MOOC,
    EvidenceKind.PROFESSIONAL_CERTIFICATE,
}
_WITH_SUPPLEMENT = frozenset({EvidenceKind.DIPLOMA, EvidenceKind.SCHOOL_CERTIFICATE})


class OriginalCredit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Credit as a foreign document states it: `OriginalCredit(Decimal(10), "CATS")`. It is never added to ours."""

    amount: Decimal
    scheme: str

    def __post_init__(self) -> None:
        settle(self, "amount", hours(self.amount, "an amount of credit"))
        settle(self, "scheme", text(self.scheme, "a credit scheme", limit=50))

    def __str__(self) -> str:
        return f"{self.amount} {self.scheme}"


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of prior learning, and the documents that show it.

    It may be known to the wallet already: as an `achievement` claimed, a `credit` another institution awarded, a
    `credential`. `achieved_on` is the day of the exam, the award or the prize.
    """

    id: SourceId
    kind: EvidenceKind
    title: str
    achieved_on: date
    documents: tuple[Evidence, ...]
    provider: str | None = None
    country: str | None = None
    hours: Decimal | None = None
    points: OriginalCredit | None = None
    grade: Grade | None = None
    outcomes: tuple[str, ...] = ()
    """What its holder can do, as the provider wrote it."""
    achievement: AchievementId | None = None
    credit: CreditId | None = None
    credential: CredentialId | None = None

    def __post_init__(self) -> None:
        source_id(self.id)
        day(self.achieved_on)
        settle(self, "title", text(self.title, "a title"))
        settle(self, "provider", optional_text(self.provider, "a provider's name"))
        settle(self, "hours", hours(self.hours))
        settle(self, "outcomes", tuple(text(each, "a learning outcome") for each in self.outcomes))
        if self.country is not None:
            country_code(self.country)
        if self.achievement is not None:
            achievement_id(self.achievement)
        if self.credit is not None:
            credit_id(self.credit)
        if self.credential is not None:
            credential_id(self.credential)

    @property
    def setting(self) -> Setting:
        return self.kind.setting


Learning = str
"""What makes two sources, or a source and a credit, the same learning: `credit/c-1`, `document/ab12…`."""


def learning_of(source: Source) -> frozenset[Learning]:
    """Everything by which this learning could be met again, however it is shown the next time.

    A second scan of a certificate is another document; the course, its provider and its day are the same.
    """
    names = {of_course(source.title, source.provider, source.achieved_on)}
    if not source.kind.tells_of_many:
        names |= {of_document(document) for document in source.documents}
    if source.achievement is not None:
        names.add(of_achievement(source.achievement))
    if source.credit is not None:
        names.add(of_credit(source.credit))
    if source.credential is not None:
        names.add(f"credential/{source.credential}")
    return frozenset(names)


def of_credit(credit: CreditId) -> Learning:
    return f"credit/{credit}"


def of_achievement(achievement: AchievementId) -> Learning:
    return f"achievement/{achievement}"


def of_document(document: Evidence) -> Learning:
    return f"document/{document.sha256}"


def of_course(title: str, provider: str | None, on: date) -> Learning:
    """Case and spacing do not make another course."""
    written = " ".join(title.casefold().split()), " ".join((provider or "").casefold().split())
    return f"course/{written[0]}/{written[1]}/{on}"


def one_setting(sources: Iterable[Source]) -> Setting:
    """Where all of them happened. Refuses (InvalidValue): none at all, an id twice, two settings in one case."""
    sources = tuple(sources)
    if not sources:
        raise InvalidValue("There is nothing to recognise: name at least one source.")
    if len({source.id for source in sources}) < len(sources):
        raise InvalidValue("Two sources have one id.")
    settings = {source.setting for source in sources}
    if len(settings) > 1:
        told = " and ".join(sorted(setting.replace("_", "-") for setting in settings))
        raise InvalidValue(f"One case recognises learning of one setting, and these are {told}.")
    return settings.pop()
