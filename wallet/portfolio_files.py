"""An application as a person writes it down: a file, with the documents it names lying beside it.

{"institution": "aitu", "unit": "algorithms", "period_from": "2026-09-01", "identity": "identity.pdf",
 "sources": [{"id": "s1", "kind": "mooc", "title": "Algorithms, part 1", "provider": "Open courses",
              "achieved_on": "2026-03-01", "hours": 90, "grade": {"value": "92", "scale": "percent"},
              "documents": ["part-1.pdf"]}]}
"""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from domain.errors import InvalidValue
from domain.prior_learning import EvidenceKind, OriginalCredit, Source
from domain.recognition import RecognitionApplied
from domain.values import (
    AchievementId,
    CredentialId,
    CreditId,
    CreditPoints,
    Evidence,
    Grade,
    SourceId,
)
from wallet import portfolio
from wallet.office import Office
from wallet.recognising import apply


class SourceEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As `domain.prior_learning.Source`, with its documents by the names of their files."""

    id: SourceId
    kind: EvidenceKind
    title: str
    achieved_on: date
    documents: tuple[str, ...]
    provider: str | None = None
    country: str | None = None
    hours: Decimal | None = None
    points: OriginalCredit | None = None
    grade: Grade | None = None
    outcomes: tuple[str, ...] = ()
    achievement: AchievementId | None = None
    credit: CreditId | None = None
    credential: CredentialId | None = None

    def __post_init__(self) -> None:
        self.source(())

    def source(self, documents: tuple[Evidence, ...]) -> Source:
        """Refuses InvalidValue."""
        said = {name: getattr(self, name) for name in self.__struct_fields__ if name != "documents"}
        return Source(documents=documents, **said)


class ApplicationEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    institution: str
    unit: str
    period_from: date
    sources: tuple[SourceEntry, ...]
    identity: str
    points: CreditPoints | None = None
    qualification: str | None = None
    close_to: tuple[str, ...] = ()


def keep_file(office: Office, learner: str, path: Path, *, at: datetime) -> Evidence:
    """Put a file into the learner's portfolio. Refuses as `wallet.portfolio.keep`; raises OSError."""
    with path.open("rb") as file:
        content = file.read(portfolio.LARGEST + 1)
    return portfolio.keep(office, learner, content, name=path.name, at=at)


def hand_in(
    office: Office, learner: str, entry: ApplicationEntry, *, beside: Path, on: date, at: datetime
) -> RecognitionApplied:
    """Put the documents into the portfolio, and file the application. Refuses as `wallet.recognising.apply`."""

    def kept(name: str) -> Evidence:
        if Path(name).name != name:
            raise InvalidValue(f"{name[:100]!a} is not the name of a file beside the application.")
        return keep_file(office, learner, beside / name, at=at)

    return apply(
        office,
        learner,
        institution=entry.institution,
        unit=entry.unit,
        points=entry.points,
        sources=[each.source(tuple(kept(name) for name in each.documents)) for each in entry.sources],
        identity=kept(entry.identity),
        period_from=entry.period_from,
        on=on,
        qualification=entry.qualification,
        close_to=entry.close_to,
        at=at,
    )
