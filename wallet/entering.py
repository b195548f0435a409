"""Entering in the catalogue what a description file says (`wallet.descriptions`), an entry at a time."""

from datetime import datetime

from domain.institution import InstitutionRegistered
from domain.qualification import QualificationDescribed
from domain.unit import UnitDescribed
from wallet.describing import describe_qualification, describe_unit
from wallet.descriptions import InstitutionEntry, QualificationEntry, UnitEntry
from wallet.office import Office
from wallet.registering import accredit, register_institution


def enter_institution(office: Office, entry: InstitutionEntry, *, at: datetime) -> InstitutionRegistered:
    """Register the institution, and its accreditation where the entry has one.

    Refuses: AlreadyRegistered, InvalidValue.
    """
    registered = register_institution(
        office,
        institution=entry.institution,
        names=entry.names,
        country=entry.country,
        website=entry.website,
        at=at,
    )
    if (trusted := entry.accreditation) is not None:
        accredit(
            office,
            entry.institution,
            by=trusted.by,
            settings=trusted.settings,
            levels=trusted.eqf_levels(),
            fields=trusted.fields,
            valid_from=trusted.valid_from,
            valid_until=trusted.valid_until,
            reference=trusted.reference,
            at=at,
        )
    return registered


def enter_unit(office: Office, entry: UnitEntry, *, at: datetime) -> UnitDescribed:
    """Refuses: AlreadyDescribed, NotFound (the institution), KeyNotInForce, InvalidValue."""
    return describe_unit(office, entry.institution, unit=entry.unit, description=entry.description(), at=at)


def enter_qualification(office: Office, entry: QualificationEntry, *, at: datetime) -> QualificationDescribed:
    """A required unit without a label goes by the names it has in the catalogue.

    Refuses: AlreadyDescribed, NotFound (the institution, or a unit it names), KeyNotInForce, InvalidValue.
    """
    return describe_qualification(
        office,
        entry.institution,
        qualification=entry.qualification,
        description=entry.description(lambda unit: office.unit(unit).state.names),
        at=at,
    )
