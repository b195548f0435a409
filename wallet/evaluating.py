"""Quality, in numbers: what the ledger shows of participation and completion, and what institutions report."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain import quality
from domain.circle import Noted
from domain.memorandum import Memorandum
from domain.quality import Indicator, IndicatorReported, Mobility, Provision, Rate, mobility
from domain.values import InstitutionId, institution_id
from wallet import streams
from wallet.agreeing import Acting, agreements_of, agreements_under
from wallet.office import Office, Once
from wallet.projections import record


@dataclass(frozen=True, slots=True)
class InstitutionQuality:
    """What is computed of an institution, and, apart from it, what it reports."""

    institution: InstitutionId
    provision: Provision
    mobility: Mobility
    """Of the learners who came to it or left from it under learning agreements."""
    reported: tuple[IndicatorReported, ...]


@dataclass(frozen=True, slots=True)
class PartnershipQuality:
    """What came of a memorandum: the stays under it, and the partners' own findings."""

    memorandum: Memorandum
    mobility: Mobility

    @property
    def circle(self) -> tuple[Noted, ...]:
        return self.memorandum.circle


def report_indicator(
    office: Office,
    institution: str,
    *,
    indicator: Indicator,
    percent: Decimal,
    since: date,
    until: date,
    source: str,
    reported_on: date,
    at: datetime,
    once: Once[IndicatorReported] | None = None,
) -> IndicatorReported:
    """Tell an indicator that is known outside, signed by the institution.

    Refuses: NotFound, KeyNotInForce, InvalidValue.
    """
    stream = streams.of_quality(institution_id(institution))

    def decide() -> IndicatorReported:
        by = office.institution(institution).state
        event = quality.report(
            by=by,
            indicator=indicator,
            percent=percent,
            since=since,
            until=until,
            source=source,
            reported_on=reported_on,
        )
        _, signer = office.signer_of(by, at)
        write = office.find(stream, quality.fold).write(event, signer=signer)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(stream, decide)


def quality_of_institution(office: Office, institution: str) -> InstitutionQuality:
    """Raises NotFound, InvalidValue."""
    known = office.institution(institution).state.id
    stays = agreements_of(office, Acting(institution=known))
    database = office.ledger.database
    participants = record.participants(database, known)
    reports = office.find(streams.of_quality(known), quality.fold).state
    return InstitutionQuality(
        institution=known,
        provision=Provision(
            participants=participants,
            completed=Rate(record.completed(database, known), participants),
            conferred=record.conferred(database, known),
        ),
        mobility=mobility(stays),
        reported=() if reports is None else reports.standing,
    )


def quality_of_partnership(office: Office, memorandum: str) -> PartnershipQuality:
    """Raises NotFound, InvalidValue."""
    known = office.memorandum(memorandum).state
    return PartnershipQuality(known, mobility(agreements_under(office, known.id)))
