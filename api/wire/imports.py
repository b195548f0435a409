"""Records from elsewhere, on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from api.wire.scalars import Answer, Body, GradeGiven, Sum, example
from domain.brought import LearningBrought
from wallet.bringing import BroughtIn, ProposedImport, ProposedLine
from wallet.formats.elmo import StatedCredit
from wallet.formats.ewp import GradeTable, StatedAgreement

_EXAMPLE = (
    '<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1">'
    "<generatedDate>2026-06-30T12:00:00Z</generatedDate>"
    "<learner><givenNames>Aigerim</givenNames><familyName>Example</familyName></learner>"
    '<report><issuer><identifier type="schac">uw.edu.pl</identifier><title xml:lang="en">University of Warsaw'
    "</title><url>https://www.uw.edu.pl</url></issuer><learningOpportunitySpecification>"
    '<title xml:lang="en">Compiler construction</title><specifies><learningOpportunityInstance>'
    "<credit><scheme>ECTS</scheme><value>6</value></credit></learningOpportunityInstance></specifies>"
    "</learningOpportunitySpecification><issueDate>2026-06-30T12:00:00Z</issueDate></report></elmo>"
)
Certificates = Annotated[
    list[Annotated[str, Field(max_length=20_000)]],
    Field(default_factory=list, max_length=20, description="In PEM, of whom the signature is expected."),
]

# --- what is asked --------------------------------------------------------------------------------------


class ReadRecord(Body):
    """A record as text: ELMO 1.7, or a transcript or a learning agreement of Erasmus Without Paper."""

    document: Annotated[str, Field(min_length=1)]
    certificates: Certificates

    model_config = example(document=_EXAMPLE)


class BringIn(ReadRecord):
    """The same again, and the digest that was shown: what is confirmed is what is brought in."""

    confirmed: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    model_config = example(document=_EXAMPLE, confirmed="0" * 64)


# --- what is answered -----------------------------------------------------------------------------------


class StatedPointsShown(Answer):
    """`scheme` is the awarding body's own word."""

    scheme: str
    points: Sum

    @classmethod
    def of(cls, credit: StatedCredit) -> Self:
        return cls(scheme=credit.scheme, points=credit.points)


class SignatureFound(Answer):
    outcome: Literal["passed", "failed", "could-not-check"]
    reason: str
    sentence: str


class ImportLine(Answer):
    """`left_out` says why it does not count; `held`, that it was brought in before."""

    learning: str
    place: str
    names: dict[str, str]
    awarding_body: dict[str, str]
    points: list[StatedPointsShown]
    grade: str | None
    achieved_on: date | None
    counts: bool
    left_out: str | None
    held: bool

    @classmethod
    def of(cls, proposed: ProposedLine) -> Self:
        said = proposed.line.opportunity
        return cls(
            learning=proposed.learning,
            place=said.place,
            names=said.names,
            awarding_body=proposed.line.issuer.names,
            points=[StatedPointsShown.of(each) for each in said.credits],
            grade=said.grade,
            achieved_on=said.achieved_on,
            counts=proposed.line.counts,
            left_out=proposed.line.left_out,
            held=proposed.held,
        )


class GradeTableShown(Answer):
    isced: str
    percentages: dict[str, Sum]

    @classmethod
    def of(cls, table: GradeTable) -> Self:
        return cls(isced=table.isced, percentages={each.label: each.percentage for each in table.frequencies})


class ForeignComponent(Answer):
    part: str
    title: str
    unit: str | None
    points: list[StatedPointsShown]


class ForeignAgreement(Answer):
    """`agreed` is what holds: the first version, as it was changed by what all have approved."""

    mobility: str
    sending: str
    receiving: str
    starts: str | None
    ends: str | None
    agreed: list[ForeignComponent]

    @classmethod
    def of(cls, agreement: StatedAgreement) -> Self:
        return cls(
            mobility=agreement.mobility,
            sending=agreement.sending,
            receiving=agreement.receiving,
            starts=agreement.starts,
            ends=agreement.ends,
            agreed=[
                ForeignComponent(
                    part=each.part.value,
                    title=each.title,
                    unit=each.unit,
                    points=[StatedPointsShown.of(credit) for credit in each.credits],
                )
                for each in agreement.agreed
            ],
        )


class ImportProposed(Answer):
    """What the record says and would add. `added_up` counts containers with their parts, as one must not."""

    kind: str
    document: Annotated[str, Field(description="SHA-256 in hex: to be confirmed.")]
    signature: SignatureFound
    holders: list[str]
    totals: dict[str, Sum]
    added_up: dict[str, Sum]
    lines: list[ImportLine]
    grade_tables: list[GradeTableShown]
    agreements: list[ForeignAgreement]
    remarks: list[str]

    @classmethod
    def of(cls, proposed: ProposedImport) -> Self:
        reading = proposed.reading
        return cls(
            kind=reading.kind,
            document=reading.document,
            signature=SignatureFound(
                outcome=reading.signature.outcome.value,
                reason=reading.signature.reason,
                sentence=reading.signature.sentence,
            ),
            holders=list(reading.holders),
            totals=reading.totals,
            added_up=reading.added_up,
            lines=[ImportLine.of(each) for each in proposed.lines],
            grade_tables=[GradeTableShown.of(each) for each in reading.tables],
            agreements=[ForeignAgreement.of(each) for each in reading.agreements],
            remarks=list(reading.remarks),
        )


class LearningBroughtShown(Answer):
    """Learning from elsewhere, as its awarding body states it. It carries no credit here."""

    learning: str
    names: dict[str, str]
    awarding_body: dict[str, str]
    country: str | None
    points: list[StatedPointsShown]
    grade: GradeGiven | None
    achieved_on: date | None
    kind: str
    document: str
    signature: str

    @classmethod
    def of(cls, event: LearningBrought) -> Self:
        return cls(
            learning=event.learning,
            names=event.names,
            awarding_body=event.awarding_body,
            country=event.country,
            points=[
                StatedPointsShown(scheme=each.scheme, points=Decimal(each.points)) for each in event.points
            ],
            grade=GradeGiven.of(event.grade) if event.grade else None,
            achieved_on=event.achieved_on,
            kind=event.kind,
            document=event.document,
            signature=event.signature.value,
        )


class ImportRecorded(Answer):
    """What was added; nothing, where all of it was there before."""

    document: str
    brought: list[LearningBroughtShown]

    @classmethod
    def of(cls, told: BroughtIn) -> Self:
        return cls(document=told.document, brought=[LearningBroughtShown.of(each) for each in told.brought])
