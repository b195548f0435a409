"""Memoranda of understanding, on the wire."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field

from api.wire.scalars import Answer, Body, Checked, Day, InstitutionId, LevelOf, Names, example, line
from domain import values
from domain.agreement import AgreementPhaseRecorded
from domain.circle import Noted, Phase
from domain.memorandum import (
    Acceptance,
    ComparedQualification,
    Memorandum,
    MemorandumEnded,
    MemorandumPhaseRecorded,
    MemorandumProposed,
    MemorandumSigned,
    MemorandumStanding,
)

MemorandumId = Annotated[
    str,
    Checked(values.memorandum_id, pattern="^[a-z0-9][a-z0-9-]{0,62}$", examples=["aitu-and-college-2026"]),
]
Accepted = Annotated[Acceptance, Field(strict=False)]

# --- what is asked --------------------------------------------------------------------------------------


class ComparedShown(Body):
    """A partner's qualification, and the EQF level at which it is compared with the others'."""

    institution: InstitutionId
    names: Names
    level: LevelOf

    def to_domain(self) -> ComparedQualification:
        return ComparedQualification(
            institution=values.InstitutionId(self.institution), names=self.names, level=self.level.to_domain()
        )

    @classmethod
    def of(cls, compared: ComparedQualification) -> Self:
        return cls.model_construct(
            institution=compared.institution, names=compared.names, level=LevelOf.of(compared.level)
        )


class ProposeMemorandum(Body):
    """The terms. `partners` are the others; the caller is one without being named."""

    memorandum: MemorandumId
    names: Names
    partners: list[InstitutionId] = Field(min_length=1, max_length=100)
    accepted: list[Accepted] = Field(default_factory=lambda: list(Acceptance), min_length=1, max_length=10)
    compared: list[ComparedShown] = Field(default_factory=list, max_length=100)
    valid_from: Day
    valid_until: Day | None = None
    proposed_on: Day

    model_config = example(
        memorandum="aitu-and-college-2026",
        names={"en": "Exchange of learners in ICT"},
        partners=["college"],
        accepted=["quality-assurance", "assessment", "validation", "recognition"],
        compared=[
            {
                "institution": "college",
                "names": {"en": "Applied bachelor in ICT"},
                "level": {"framework": "EQF", "value": 6},
            }
        ],
        valid_from="2026-06-01",
        valid_until="2029-06-01",
        proposed_on="2026-05-20",
    )


class SignMemorandum(Body):
    signed_on: Day

    model_config = example(signed_on="2026-05-25")


class EndMemorandum(Body):
    """`ended_on` is the first day on which it no longer holds."""

    reason: Annotated[str, line("a reason")]
    ended_on: Day

    model_config = example(reason="The programme is closed.", ended_on="2027-09-01")


class RecordPhase(Body):
    """A phase of the quality circle, which come in turn: planning, implementation, evaluation, review."""

    phase: Annotated[Phase, Field(strict=False)]
    findings: Annotated[str, line("the findings of a phase")]
    recorded_on: Day

    model_config = example(
        phase="planning", findings="Places and outcomes are agreed for two years.", recorded_on="2026-06-01"
    )


# --- what is answered -----------------------------------------------------------------------------------


class SignatureShown(Answer):
    institution: str
    signed_on: date

    @classmethod
    def of(cls, event: MemorandumSigned) -> Self:
        return cls(institution=event.institution, signed_on=event.signed_on)


class EndShown(Answer):
    institution: str
    reason: str
    ended_on: date

    @classmethod
    def of(cls, event: MemorandumEnded) -> Self:
        return cls(institution=event.institution, reason=event.reason, ended_on=event.ended_on)


class PhaseShown(Answer):
    """`by`: the institution, or which party to the agreement. Rounds of the circle count from 1."""

    phase: Annotated[Phase, Field(strict=False)]
    round: int
    by: str
    findings: str
    recorded_on: date

    @classmethod
    def of(cls, noted: Noted) -> Self:
        return cls(
            phase=noted.phase,
            round=noted.round,
            by=noted.by,
            findings=noted.findings,
            recorded_on=noted.recorded_on,
        )

    @classmethod
    def of_memorandum(cls, event: MemorandumPhaseRecorded) -> Self:
        return cls.of(Noted(event.phase, event.round, event.institution, event.findings, event.recorded_on))

    @classmethod
    def of_agreement(cls, event: AgreementPhaseRecorded) -> Self:
        return cls.of(Noted(event.phase, event.round, event.by, event.findings, event.recorded_on))


class MemorandumProposedShown(Answer):
    memorandum: str
    institution: str
    names: dict[str, str]
    partners: list[str]
    accepted: list[Accepted]
    compared: list[ComparedShown]
    valid_from: date
    valid_until: date | None
    proposed_on: date

    @classmethod
    def of(cls, event: MemorandumProposed) -> Self:
        return cls(
            memorandum=event.memorandum,
            institution=event.institution,
            names=event.names,
            partners=list(event.partners),
            accepted=list(event.accepted),
            compared=[ComparedShown.of(each) for each in event.compared],
            valid_from=event.valid_from,
            valid_until=event.valid_until,
            proposed_on=event.proposed_on,
        )


class MemorandumShown(Answer):
    """`standing` is that of today; `unsigned` are the partners whose signature it waits for."""

    memorandum: str
    standing: Annotated[MemorandumStanding, Field(strict=False)]
    names: dict[str, str]
    partners: list[str]
    accepted: list[Accepted]
    compared: list[ComparedShown]
    valid_from: date
    valid_until: date | None
    signatures: list[SignatureShown]
    unsigned: list[str]
    ended: EndShown | None

    @classmethod
    def of(cls, memorandum: Memorandum, today: date) -> Self:
        return cls(
            memorandum=memorandum.id,
            standing=memorandum.standing(today),
            names=memorandum.names,
            partners=list(memorandum.partners),
            accepted=list(memorandum.accepted),
            compared=[ComparedShown.of(each) for each in memorandum.compared],
            valid_from=memorandum.valid_from,
            valid_until=memorandum.valid_until,
            signatures=[SignatureShown(institution=by, signed_on=on) for by, on in memorandum.signed.items()],
            unsigned=list(memorandum.unsigned),
            ended=EndShown.of(memorandum.ended) if memorandum.ended else None,
        )


class Memoranda(Answer):
    memoranda: list[MemorandumShown]
