"""What happens in a wallet, on the wire: claims, assessments, credit, transfers, withdrawals, conferrals."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import Field, model_validator

from api.wire.scalars import (
    AchievementId,
    Answer,
    Body,
    ConversionRuleId,
    Day,
    GradeGiven,
    Hours,
    LearnerId,
    LevelOf,
    Names,
    OutcomeId,
    Points,
    QualificationId,
    Scheme,
    Setting,
    UnitId,
    Uri,
    example,
    line,
)
from api.wire.scheme import RuleAppliedShown
from domain import values
from domain.achievement import AchievementAssessed, AchievementClaimed, Result
from domain.conferral import ConferralWithdrawn, QualificationConferred
from domain.credit import CreditAwarded, CreditTransferred, CreditTransferredByRule, CreditWithdrawn
from wallet.access import Admitted
from wallet.erasing import Erasure

# --- what is asked --------------------------------------------------------------------------------------


class EvidenceShown(Body):
    """A document shown for a claim. The wallet keeps its SHA-256 in hex, never the document itself."""

    name: Annotated[str, line("a document's name")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    media_type: (
        Annotated[str, Field(pattern="^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}$")]
        | None
    ) = None
    uri: Uri | None = None

    def to_domain(self) -> values.Evidence:
        return values.Evidence(name=self.name, sha256=self.sha256, media_type=self.media_type, uri=self.uri)


class Claim(Body):
    """Learning outside formal education, as the learner tells of it. Non-formal learning has a provider."""

    setting: Literal["non_formal", "informal"]
    names: Names
    provider: Annotated[str, line("a provider's name")] | None = None
    achieved_on: Day
    hours: Hours | None = None
    evidence: list[EvidenceShown] = Field(default_factory=list, max_length=50)

    model_config = example(
        setting="non_formal",
        names={"en": "Python for data analysis (open online course)"},
        provider="Open courses of the world",
        achieved_on="2026-03-01",
        hours=60,
        evidence=[{"name": "certificate.pdf", "sha256": "0" * 64, "media_type": "application/pdf"}],
    )


class Assess(Body):
    """The institution's judgement of a claim. Without `outcomes`, a pass is of all the unit's outcomes."""

    result: Annotated[Result, Field(strict=False)]
    assessed_on: Day
    unit: UnitId | None = None
    outcomes: list[OutcomeId] | None = Field(default=None, max_length=100)
    grade: GradeGiven | None = None

    model_config = example(
        result="passed",
        assessed_on="2026-04-02",
        unit="algorithms",
        grade={"value": "A-", "scale": "KZ letter scale"},
    )


class Award(Body):
    """Credit for a unit: for formal study, or for an `achievement` that the institution has assessed.

    The points are those allocated to the unit: in `scheme`, where it has credit in several. `points` says fewer.
    """

    unit: UnitId
    scheme: Scheme | None = None
    points: Points | None = None
    grade: GradeGiven | None = None
    achievement: AchievementId | None = None
    awarded_on: Day

    model_config = example(
        unit="algorithms",
        scheme="ECTS",
        grade={"value": "A", "scale": "KZ letter scale"},
        awarded_on="2026-06-20",
    )

    @model_validator(mode="after")
    def _one_scheme(self) -> Self:
        if self.scheme and self.points and self.scheme is not self.points.scheme:
            raise ValueError(f"The points are in {self.points.scheme}, and the scheme is {self.scheme}.")
        return self


class Withdraw(Body):
    reason: Annotated[str, line("a reason")]
    withdrawn_on: Day

    model_config = example(reason="The examination belongs to another learner.", withdrawn_on="2026-06-30")


class Transfer(Body):
    """`agreement`: the ground, as the institutions cite it; `memorandum/ID` names one of this ledger.

    `unit`: which of one's own it takes the place of. `rule`: by which published rule it is read in another scheme.
    """

    agreement: Annotated[str, line("an agreement's reference")]
    unit: UnitId | None = None
    rule: ConversionRuleId | None = None
    transferred_on: Day

    model_config = example(agreement="Learning agreement 2026/14", transferred_on="2026-06-30")


class Confer(Body):
    qualification: QualificationId
    conferred_on: Day

    model_config = example(qualification="micro-algorithms", conferred_on="2026-07-01")


class Erase(Body):
    """The learner's id once more, so that nobody is erased by a slip in an address."""

    model_config = example(learner="7f9a8c1e-5d2b-4c3a-9e8f-1a2b3c4d5e6f")

    learner: LearnerId


# --- what is answered -----------------------------------------------------------------------------------


class LearnerAdmitted(Answer):
    """`learner` says nothing of the person; `api_key` is hers, and is shown here and never again."""

    learner: str
    did: str
    api_key: str

    @classmethod
    def of(cls, admitted: Admitted) -> Self:
        return cls(learner=admitted.learner, did=admitted.did, api_key=admitted.secret)


class ErasureShown(Answer):
    """`receipt` is the registry's signed word that she was erased: a document of its own, to be kept."""

    learner: str
    erased_at: datetime
    receipt: dict[str, Any]

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(
            learner=erasure.learner, erased_at=erasure.erased_at, receipt=msgspec.json.decode(erasure.receipt)
        )


class AchievementClaimedShown(Answer):
    achievement: str
    setting: Setting
    names: dict[str, str]
    provider: str | None
    achieved_on: date
    hours: Hours | None
    evidence: list[EvidenceShown]

    @classmethod
    def of(cls, event: AchievementClaimed) -> Self:
        return cls(
            achievement=event.achievement,
            setting=event.setting,
            names=event.names,
            provider=event.provider,
            achieved_on=event.achieved_on,
            hours=event.hours,
            evidence=[
                EvidenceShown.model_construct(
                    name=each.name, sha256=each.sha256, media_type=each.media_type, uri=each.uri
                )
                for each in event.evidence
            ],
        )


class AchievementAssessedShown(Answer):
    achievement: str
    institution: str
    result: Result
    grade: GradeGiven | None
    outcomes: list[str]
    assessed_on: date
    unit: str | None

    @classmethod
    def of(cls, event: AchievementAssessed) -> Self:
        return cls(
            achievement=event.achievement,
            institution=event.institution,
            result=event.result,
            grade=GradeGiven.of(event.grade) if event.grade else None,
            outcomes=list(event.outcomes),
            assessed_on=event.assessed_on,
            unit=event.unit,
        )


class CreditAwardedShown(Answer):
    credit: str
    institution: str
    unit: str
    points: Points
    setting: Setting
    level: LevelOf | None
    field: str | None
    grade: GradeGiven | None
    outcomes: list[str]
    achievement: str | None
    awarded_on: date

    @classmethod
    def of(cls, event: CreditAwarded) -> Self:
        return cls(
            credit=event.credit,
            institution=event.institution,
            unit=event.unit,
            points=Points.of(event.points),
            setting=event.setting,
            level=LevelOf.of(event.level) if event.level else None,
            field=event.field,
            grade=GradeGiven.of(event.grade) if event.grade else None,
            outcomes=list(event.outcomes),
            achievement=event.achievement,
            awarded_on=event.awarded_on,
        )


class CreditWithdrawnShown(Answer):
    credit: str
    institution: str
    reason: str
    withdrawn_on: date

    @classmethod
    def of(cls, event: CreditWithdrawn) -> Self:
        return cls(
            credit=event.credit,
            institution=event.institution,
            reason=event.reason,
            withdrawn_on=event.withdrawn_on,
        )


class ConferralWithdrawnShown(Answer):
    conferral: str
    institution: str
    reason: str
    withdrawn_on: date

    @classmethod
    def of(cls, event: ConferralWithdrawn) -> Self:
        return cls(
            conferral=event.conferral,
            institution=event.institution,
            reason=event.reason,
            withdrawn_on=event.withdrawn_on,
        )


class CreditTransferredShown(Answer):
    """`credit` is the new line's own id, `from_credit` that of the line it comes from.

    `converted_by` is the rule by which its points were read in another scheme, whole, as it was then.
    """

    credit: str
    from_credit: str
    institution: str
    unit: str | None
    points: Points
    agreement: str
    transferred_on: date
    converted_by: RuleAppliedShown | None

    @classmethod
    def of(cls, event: CreditTransferred) -> Self:
        return cls(
            credit=event.credit,
            from_credit=event.from_credit,
            institution=event.institution,
            unit=event.unit,
            points=Points.of(event.points),
            agreement=event.agreement,
            transferred_on=event.transferred_on,
            converted_by=RuleAppliedShown.of(
                event.rule if isinstance(event, CreditTransferredByRule) else None
            ),
        )


class QualificationConferredShown(Answer):
    """`credits` are those that met the requirements on that day."""

    conferral: str
    qualification: str
    institution: str
    credits: list[str]
    conferred_on: date

    @classmethod
    def of(cls, event: QualificationConferred) -> Self:
        return cls(
            conferral=event.conferral,
            qualification=event.qualification,
            institution=event.institution,
            credits=list(event.credits),
            conferred_on=event.conferred_on,
        )
