"""Indicators of quality, on the wire. What was computed and what was reported are never mixed."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field

from api.wire.memorandum import PhaseShown
from api.wire.scalars import Answer, Body, Day, Percent, example, line
from domain.quality import Indicator, IndicatorReported, Mobility, Rate
from wallet.evaluating import InstitutionQuality, PartnershipQuality

Told = Literal["placement", "use-of-skills", "unemployment"]


class ReportIndicator(Body):
    """Placement (5), use of skills at work (6) or unemployment (7), with where it is known from."""

    indicator: Told
    percent: Percent
    since: Day
    until: Day
    source: Annotated[str, line("a source")]
    reported_on: Day

    model_config = example(
        indicator="placement",
        percent=81.5,
        since="2025-01-01",
        until="2025-12-31",
        source="Survey of leavers, 2026, table 3",
        reported_on="2026-03-01",
    )

    def to_domain(self) -> Indicator:
        return named(self.indicator)


def named(indicator: str) -> Indicator:
    """`use-of-skills` → indicator 6."""
    return Indicator[indicator.upper().replace("-", "_")]


class IndicatorShown(Answer):
    """`number` is EQAVET's. It was `reported`, with its source, and was not computed here."""

    number: int
    indicator: str
    percent: Percent
    since: date
    until: date
    source: str
    reported_on: date
    origin: Literal["reported"] = "reported"

    @classmethod
    def of(cls, event: IndicatorReported) -> Self:
        return cls(
            number=event.indicator.value,
            indicator=event.indicator.name.lower().replace("_", "-"),
            percent=event.percent,
            since=event.since,
            until=event.until,
            source=event.source,
            reported_on=event.reported_on,
        )


class RateShown(Answer):
    """So many `of` so many; no share is made of none."""

    number: int
    of: int

    @classmethod
    def told(cls, rate: Rate) -> Self:
        return cls(number=rate.number, of=rate.of)


class MobilityShown(Answer):
    """Computed: participants (EQAVET 3), stays completed of those decided (EQAVET 4), components recognised."""

    participants: int
    declined: int
    stays: int
    open: int
    completed: RateShown
    components: RateShown
    origin: Literal["computed"] = "computed"

    @classmethod
    def of(cls, mobility: Mobility) -> Self:
        return cls(
            participants=mobility.participants,
            declined=mobility.declined,
            stays=mobility.stays,
            open=mobility.open,
            completed=RateShown.told(mobility.completed),
            components=RateShown.told(mobility.components),
        )


class ProvisionShown(Answer):
    """Computed: learners with credit in force there (EQAVET 3), and with a qualification of its (EQAVET 4)."""

    participants: int
    completed: RateShown
    conferred: Annotated[dict[str, int], Field(description="Holders, by qualification.")]
    origin: Literal["computed"] = "computed"


class InstitutionQualityShown(Answer):
    institution: str
    provision: ProvisionShown
    mobility: MobilityShown
    reported: list[IndicatorShown]

    @classmethod
    def of(cls, quality: InstitutionQuality) -> Self:
        provision = quality.provision
        return cls(
            institution=quality.institution,
            provision=ProvisionShown(
                participants=provision.participants,
                completed=RateShown.told(provision.completed),
                conferred=dict(provision.conferred.items()),
            ),
            mobility=MobilityShown.of(quality.mobility),
            reported=[IndicatorShown.of(each) for each in quality.reported],
        )


class PartnershipQualityShown(Answer):
    memorandum: str
    mobility: MobilityShown
    circle: list[PhaseShown]

    @classmethod
    def of(cls, quality: PartnershipQuality) -> Self:
        return cls(
            memorandum=quality.memorandum.id,
            mobility=MobilityShown.of(quality.mobility),
            circle=[PhaseShown.of(each) for each in quality.circle],
        )
