"""What a record of learning from elsewhere says, whatever it is written in: by whom, for what, with how much credit.

Every format that is read here is read into this, and a learner's record is written into each of them from this.
The words are those of the document: a scheme of credit need not be one of ours, and nothing is converted.

It is counted strictly: a container never with its parts, nothing that was not passed, nothing twice, and never
two schemes together.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from domain.errors import InvalidValue
from domain.values import Names, Setting, amount, isced_f, language_tag, text

UNDETERMINED: Final = "und"
"""The language of a text that states none."""


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    IN_PROGRESS = "in-progress"
    UNREADABLE = "unreadable"


class StatedCredit(msgspec.Struct, frozen=True):
    """Points as the document states them. A scheme that is not ours stays as it is written, in capitals."""

    scheme: str
    points: Decimal

    def __str__(self) -> str:
        return f"{self.points} {self.scheme}"


class Identifier(msgspec.Struct, frozen=True):
    kind: str
    value: str


class StatedOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A learning outcome in words, and where more of it stands."""

    name: str
    code: str | None = None
    url: str | None = None


class Opportunity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A programme, module, course or class, with what the learner came to in it. `place` is as in `1.2.1`."""

    place: str
    names: Names
    identifiers: tuple[Identifier, ...] = ()
    kind: str | None = None
    description: str | None = None
    field: str | None = None
    """A code of ISCED-F 2013."""
    url: str | None = None
    status: Status = Status.PASSED
    achieved_on: date | None = None
    grade: str | None = None
    scale: str | None = None
    """What the grade is of, by its name."""
    credits: tuple[StatedCredit, ...] = ()
    eqf_level: int | None = None
    language: str | None = None
    hours: Decimal | None = None
    """The learner's work, all kinds together."""
    distribution: tuple[tuple[str, int], ...] = ()
    """How many were given each grade."""
    outcomes: tuple[StatedOutcome, ...] = ()
    setting: Setting | None = None
    assessment: str | None = None
    """How the outcomes were assessed, in words."""
    participation: str | None = None
    """How one took part: on site, online, blended."""
    quality: str | None = None
    """By what its quality is assured, in words."""
    by_itself: bool = False
    """It came as a credential of its own, and tells of learning even where it states no credit."""
    parts: tuple["Opportunity", ...] = ()


class Issuer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    names: Names
    country: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    url: str | None = None

    @property
    def key(self) -> str:
        """By what it is told from others: its identifiers, or else its names."""
        if self.identifiers:
            return " ".join(sorted(f"{each.kind}={each.value}" for each in self.identifiers))
        return " ".join(f"{language}={self.names[language]}" for language in sorted(self.names))


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    issuer: Issuer
    issued_on: date | None = None
    opportunities: tuple[Opportunity, ...]


class Transcript(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`remarks` are sentences about what could not be read and was passed over."""

    learner: str | None = None
    """Her identifier, a URI."""
    given_names: str = ""
    family_name: str = ""
    born_on: date | None = None
    generated_at: datetime | None = None
    reports: tuple[Report, ...]
    remarks: tuple[str, ...] = ()


# --- what strangers write -----------------------------------------------------------------------------


def said_names(given: Iterable[tuple[str, object]], otherwise: str) -> Names:
    """Those of the texts that are names in a language; `otherwise`, in none, where there is no other."""
    names: Names = {}
    for language, written in given:
        said = said_text(written)
        try:
            if said is not None:
                names.setdefault(language_tag(language or UNDETERMINED), said)
        except InvalidValue:
            names.setdefault(UNDETERMINED, said or otherwise)
    return names or {UNDETERMINED: otherwise}


def said_text(written: object, limit: int = 500) -> str | None:
    """A line of text, shortened; None for anything that is none."""
    if not isinstance(written, str):
        return None
    try:
        return text(" ".join(written[: 4 * limit].split())[:limit], "a text", limit=limit)
    except InvalidValue:
        return None


def said_amount(written: object) -> Decimal | None:
    """A positive number of points or hours, as a number or in digits; None for anything else."""
    if isinstance(written, bool) or not isinstance(written, int | float | Decimal | str):
        return None
    try:
        number = Decimal(
            written if isinstance(written, str) else repr(written) if isinstance(written, float) else written
        )
        plain = format(number, "f")
        return amount(plain.rstrip("0").rstrip(".") if "." in plain else plain) or None
    except (InvalidValue, ArithmeticError, ValueError):
        return None


def said_field(written: object) -> str | None:
    """A code of ISCED-F 2013; None for anything else."""
    try:
        return isced_f(written) if isinstance(written, str) else None
    except InvalidValue:
        return None


# --- counting -------------------------------------------------------------------------------------------


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An opportunity that states credit, or is a credential: it counts, or is left out for a reason."""

    issuer: Issuer
    opportunity: Opportunity
    left_out: str | None = None

    @property
    def counts(self) -> bool:
        return self.left_out is None


def lines(transcript: Transcript) -> tuple[Line, ...]:
    """Every opportunity that states credit, in the order of the document, with whether it counts."""
    seen: set[tuple[str, str | None, str]] = set()
    return tuple(
        line
        for report in transcript.reports
        for opportunity in report.opportunities
        for line in _judged(opportunity, report.issuer, None, seen)
    )


def _judged(
    opportunity: Opportunity,
    issuer: Issuer,
    whole: Opportunity | None,
    seen: set[tuple[str, str | None, str]],
) -> Iterator[Line]:
    left_out = None
    if opportunity.credits or opportunity.by_itself:
        left_out = _why_not(opportunity, issuer, whole, seen)
        yield Line(issuer=issuer, opportunity=opportunity, left_out=left_out)
        if left_out is None:
            whole = opportunity
    for part in opportunity.parts:
        yield from _judged(part, issuer, whole, seen)


def _why_not(
    opportunity: Opportunity,
    issuer: Issuer,
    whole: Opportunity | None,
    seen: set[tuple[str, str | None, str]],
) -> str | None:
    if opportunity.status is not Status.PASSED:
        return f"it was not passed: {opportunity.status.replace('-', ' ')}"
    if whole is not None:
        return f"it is a part of {whole.place}, which counts as a whole"
    # By what the format says is unique at an issuer: the type of a node with its local identifier.
    local = [each.value for each in opportunity.identifiers if each.kind == "local"]
    if local:
        key = (issuer.key, opportunity.kind, local[0])
        if key in seen:
            return "it stands in the document before"
        seen.add(key)
    return None


def totals(judged: Sequence[Line], *, counted_only: bool = True) -> dict[str, Decimal]:
    """The sum by scheme: of the lines that count, or, to be warned by it, of all there are."""
    sums: dict[str, Decimal] = {}
    for line in judged:
        if line.counts or not counted_only:
            for credit in line.opportunity.credits:
                sums[credit.scheme] = sums.get(credit.scheme, Decimal(0)) + credit.points
    return dict(sorted(sums.items()))
