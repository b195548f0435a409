"""Records from elsewhere, on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from api.wire.scalars import Answer, Body, GradeGiven, Sum, example
from domain.brought import LearningBrought
from wallet.bringing import BroughtIn, ProposedImport, ProposedLine
from wallet.formats.ewp import GradeTable, StatedAgreement
from wallet.formats.losses import Loss
from wallet.formats.transcript import StatedCredit
from wallet.formats.xml_signature import SignatureAnswer
from wallet.records import Reading

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
    """A record as text, or, of what is no text (a picture, a ZIP), in base64.

    Read are Open Badges 3.0, CLR 2.0, SD-JWT VC and other credentials, ELMO 1.7, transcripts and learning
    agreements of Erasmus Without Paper, a backup of the Learner Credential Wallet, and a ZIP of these.
    """

    document: Annotated[str, Field(min_length=1)]
    encoding: Literal["text", "base64"] = "text"
    certificates: Certificates
    passphrase: Annotated[
        str | None, Field(max_length=1000, description="With which another wallet locked its backup.")
    ] = None

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

    @classmethod
    def of(cls, answer: SignatureAnswer) -> Self:
        return cls(outcome=answer.outcome.value, reason=answer.reason, sentence=answer.sentence)


class RecordPart(Answer):
    """A record that another one carries: it stands or falls by itself. `verdict` is that on a credential."""

    name: str
    kind: str
    document: str
    signature: SignatureFound
    verdict: dict[str, Any] | None
    parts: list["RecordPart"]

    @classmethod
    def of(cls, part: Reading) -> Self:
        return cls(
            name=part.name,
            kind=part.kind,
            document=part.document,
            signature=SignatureFound.of(part.signature),
            verdict=None if part.verdict is None else part.verdict.to_document(),
            parts=[RecordPart.of(each) for each in part.parts],
        )


class ImportLine(Answer):
    """`left_out` says why it does not count; `held`, that it was brought in before; `stands_in` names a part."""

    learning: str
    place: str
    stands_in: str
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
            stands_in=proposed.source.name,
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
    verdict: dict[str, Any] | None
    """On a credential, by the numbered list of checks."""
    parts: list[RecordPart]
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
            signature=SignatureFound.of(reading.signature),
            verdict=None if reading.verdict is None else reading.verdict.to_document(),
            parts=[RecordPart.of(part) for part in reading.parts],
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


class LossShown(Answer):
    """`at` is a JSON Pointer into the record, `lost` what stood there."""

    at: str
    lost: Any
    why: str

    @classmethod
    def of(cls, loss: Loss) -> Self:
        return cls(at=loss.at, lost=loss.lost, why=loss.why)


class Losses(Answer):
    """What of a record has no place in a format, field by field; nothing, where all of it has."""

    format: str
    losses: list[LossShown]
