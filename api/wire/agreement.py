"""Learning agreements, on the wire."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from api.wire.memorandum import MemorandumId, PhaseShown
from api.wire.scalars import (
    Answer,
    Body,
    Checked,
    Day,
    GradeGiven,
    InstitutionId,
    LearnerId,
    OutcomeId,
    Points,
    UnitId,
    example,
    line,
)
from domain import values
from domain.achievement import Result
from domain.agreement import (
    Agreement,
    AgreementDeclined,
    AgreementProposed,
    AgreementSigned,
    ChangeProposed,
    Component,
    ComponentLeftOut,
    ComponentRecognised,
    ComponentResult,
    ComponentStanding,
    ComponentValidated,
    Party,
    Recognition,
    Stage,
    Transcript,
)
from wallet.agreeing import Line, Wanted

AgreementId = Annotated[
    str,
    Checked(
        values.agreement_id,
        pattern="^[a-z0-9][a-z0-9-]{0,62}$",
        examples=["0c8f2a9e-7d0b-4a53-8a6e-6f1f0f0c7e2d"],
    ),
]
PartyTo = Annotated[Party, Field(strict=False)]

# --- what is asked --------------------------------------------------------------------------------------


class ComponentWanted(Body):
    """The host's unit, and home's that it takes the place of. Points and outcomes not named are all of the host's."""

    host_unit: UnitId
    home_unit: UnitId | None = None
    points: Points | None = None
    outcomes: list[OutcomeId] | None = Field(default=None, min_length=1, max_length=100)

    def to_domain(self) -> Wanted:
        return Wanted(
            self.host_unit,
            self.home_unit,
            self.points.to_domain() if self.points else None,
            None if self.outcomes is None else tuple(self.outcomes),
        )


class ProposeAgreement(Body):
    """What a learner will study at the host, and what it counts for at home. The caller is one of the three."""

    learner: LearnerId
    home: InstitutionId
    host: InstitutionId
    memorandum: MemorandumId | None = None
    components: list[ComponentWanted] = Field(min_length=1, max_length=100)
    starts_on: Day
    ends_on: Day
    proposed_on: Day

    model_config = example(
        learner="7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b",
        home="aitu",
        host="college",
        memorandum="aitu-and-college",
        components=[{"host_unit": "algorithmen", "home_unit": "algorithms"}],
        starts_on="2026-02-01",
        ends_on="2026-06-30",
        proposed_on="2026-01-10",
    )


class SignAgreement(Body):
    signed_on: Day

    model_config = example(signed_on="2026-01-15")


class DeclineAgreement(Body):
    reason: Annotated[str, line("a reason")]
    declined_on: Day

    model_config = example(reason="There are no places.", declined_on="2026-01-15")


class ProposeChange(Body):
    """Components to be dropped, by the host's unit, and to be added; both, where one takes another's place."""

    drops: list[UnitId] = Field(default_factory=list, max_length=100)
    adds: list[ComponentWanted] = Field(default_factory=list, max_length=100)
    reason: Annotated[str, line("a reason")]
    proposed_on: Day

    model_config = example(
        drops=["algorithmen"],
        adds=[{"host_unit": "datenbanken", "home_unit": "databases"}],
        reason="The timetables clash.",
        proposed_on="2026-02-10",
    )


class ResultGiven(Body):
    host_unit: UnitId
    result: Annotated[Result, Field(strict=False)]
    grade: GradeGiven | None = None

    def to_domain(self) -> Line:
        return Line(self.host_unit, self.result, self.grade.to_domain() if self.grade else None)


class RecordTranscript(Body):
    """The host's results. For what was passed it awards the credit agreed, where it has not done so before."""

    results: list[ResultGiven] = Field(min_length=1, max_length=100)
    recorded_on: Day

    model_config = example(
        results=[
            {"host_unit": "algorithmen", "result": "passed", "grade": {"value": "1.7", "scale": "German"}}
        ],
        recorded_on="2026-06-30",
    )


class ValidateComponent(Body):
    validated_on: Day

    model_config = example(validated_on="2026-07-05")


class RecogniseComponent(Body):
    recognised_on: Day

    model_config = example(recognised_on="2026-07-05")


class LeaveOutComponent(Body):
    reason: Annotated[str, line("a reason")]
    left_out_on: Day

    model_config = example(reason="It was not passed.", left_out_on="2026-07-05")


# --- what is answered -----------------------------------------------------------------------------------


class ComponentShown(Answer):
    host_unit: str
    home_unit: str | None
    points: Points
    outcomes: list[str]

    @classmethod
    def of(cls, component: Component) -> Self:
        return cls(
            host_unit=component.host_unit,
            home_unit=component.home_unit,
            points=Points.of(component.points),
            outcomes=list(component.outcomes),
        )


class ResultShown(Answer):
    host_unit: str
    result: Annotated[Result, Field(strict=False)]
    credit: str | None
    grade: GradeGiven | None

    @classmethod
    def of(cls, result: ComponentResult) -> Self:
        return cls(
            host_unit=result.host_unit,
            result=result.result,
            credit=result.credit,
            grade=GradeGiven.of(result.grade) if result.grade else None,
        )


class ValidationShown(Answer):
    """`memorandum`: the ground of a validation without a further look."""

    host_unit: str
    credit: str
    outcomes: list[str]
    validated_on: date
    memorandum: str | None

    @classmethod
    def of(cls, event: ComponentValidated) -> Self:
        return cls(
            host_unit=event.host_unit,
            credit=event.credit,
            outcomes=list(event.outcomes),
            validated_on=event.validated_on,
            memorandum=event.memorandum,
        )


class RecognitionShown(Answer):
    """`credit` is the host's, `counted_as` the line at home; `validated_by` a memorandum, where one did it."""

    host_unit: str
    credit: str
    counted_as: str
    recognised_on: date
    validated_by: str | None = None

    @classmethod
    def of(cls, recognition: Recognition) -> Self:
        validated = recognition.validated
        return cls.recorded(recognition.recognised, validated.memorandum if validated else None)

    @classmethod
    def recorded(cls, event: ComponentRecognised, validated_by: str | None) -> Self:
        return cls(
            host_unit=event.host_unit,
            credit=event.credit,
            counted_as=event.counted_as,
            recognised_on=event.recognised_on,
            validated_by=validated_by,
        )


class OmissionShown(Answer):
    host_unit: str
    reason: str
    left_out_on: date

    @classmethod
    def of(cls, event: ComponentLeftOut) -> Self:
        return cls(host_unit=event.host_unit, reason=event.reason, left_out_on=event.left_out_on)


class ComponentStandingShown(Answer):
    """A component, and how far it has come: assessed, validated, recognised; or left out."""

    component: ComponentShown
    result: ResultShown | None
    validated: ValidationShown | None
    recognised: RecognitionShown | None
    left_out: OmissionShown | None

    @classmethod
    def of(cls, standing: ComponentStanding) -> Self:
        validated, recognised = standing.validated, standing.recognised
        return cls(
            component=ComponentShown.of(standing.component),
            result=ResultShown.of(standing.result) if standing.result else None,
            validated=ValidationShown.of(validated) if validated else None,
            recognised=RecognitionShown.recorded(recognised, validated.memorandum if validated else None)
            if recognised
            else None,
            left_out=OmissionShown.of(standing.left_out) if standing.left_out else None,
        )


class PartySigned(Answer):
    """`change` counts from 1; 0 is the agreement as it was proposed."""

    by: PartyTo
    change: int
    signed_on: date

    @classmethod
    def of(cls, event: AgreementSigned) -> Self:
        return cls(by=event.by, change=event.change, signed_on=event.signed_on)


class PartyDeclined(Answer):
    by: PartyTo
    change: int
    reason: str
    declined_on: date

    @classmethod
    def of(cls, event: AgreementDeclined) -> Self:
        return cls(by=event.by, change=event.change, reason=event.reason, declined_on=event.declined_on)


class ChangeShown(Answer):
    by: PartyTo
    change: int
    drops: list[str]
    adds: list[ComponentShown]
    reason: str
    proposed_on: date

    @classmethod
    def of(cls, event: ChangeProposed) -> Self:
        return cls(
            by=event.by,
            change=event.change,
            drops=list(event.drops),
            adds=[ComponentShown.of(each) for each in event.adds],
            reason=event.reason,
            proposed_on=event.proposed_on,
        )


class AgreementProposedShown(Answer):
    agreement: str
    learner: str
    home: str
    host: str
    by: PartyTo
    memorandum: str | None
    components: list[ComponentShown]
    starts_on: date
    ends_on: date
    proposed_on: date

    @classmethod
    def of(cls, event: AgreementProposed) -> Self:
        return cls(
            agreement=event.agreement,
            learner=event.learner,
            home=event.home,
            host=event.host,
            by=event.by,
            memorandum=event.memorandum,
            components=[ComponentShown.of(each) for each in event.components],
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            proposed_on=event.proposed_on,
        )


class TranscriptShown(Answer):
    """`awarded` are the credits that the host awarded with it; others it had awarded before."""

    results: list[ResultShown]
    awarded: list[str]
    recorded_on: date

    @classmethod
    def of(cls, transcript: Transcript) -> Self:
        return cls(
            results=[ResultShown.of(each) for each in transcript.recorded.results],
            awarded=[each.credit for each in transcript.awarded],
            recorded_on=transcript.recorded.recorded_on,
        )


class AgreementShown(Answer):
    """`unsigned`: whose signature the agreement, or its open `change`, waits for."""

    agreement: str
    stage: Annotated[Stage, Field(strict=False)]
    learner: str
    home: str
    host: str
    memorandum: str | None
    starts_on: date
    ends_on: date
    components: list[ComponentStandingShown]
    signed: dict[str, date]
    unsigned: list[PartyTo]
    declined: PartyDeclined | None
    change: ChangeShown | None
    circle: list[PhaseShown]

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        return cls(
            agreement=agreement.id,
            stage=agreement.stage,
            learner=agreement.learner,
            home=agreement.home,
            host=agreement.host,
            memorandum=agreement.memorandum,
            starts_on=agreement.starts_on,
            ends_on=agreement.ends_on,
            components=[ComponentStandingShown.of(each) for each in agreement.components.values()],
            signed={party.value: on for party, on in agreement.signed.items()},
            unsigned=list(agreement.unsigned),
            declined=PartyDeclined.of(agreement.declined) if agreement.declined else None,
            change=ChangeShown.of(agreement.change.proposed) if agreement.change else None,
            circle=[PhaseShown.of(each) for each in agreement.circle],
        )


class Agreements(Answer):
    agreements: list[AgreementShown]
