"""Describing what can be learnt and what it earns: units with their outcomes, qualifications with their trees."""

from collections.abc import Iterable
from datetime import datetime

from domain import qualification as qualifications
from domain import unit as units
from domain.errors import NotFound
from domain.qualification import (
    QualificationDescribed,
    QualificationDescription,
    QualificationRevised,
    SharingAllowed,
    SharingEnded,
    units_named,
)
from domain.unit import UnitDescribed, UnitDescription, UnitOffered, UnitRevised
from domain.values import qualification_id, unit_id
from wallet import streams
from wallet.office import Office, Once


def describe_unit(
    office: Office,
    institution: str,
    *,
    unit: str,
    description: UnitDescription,
    at: datetime,
    once: Once[UnitDescribed] | None = None,
) -> UnitDescribed:
    """Enter a unit in the institution's catalogue, signed by the institution.

    Refuses: AlreadyDescribed, NotFound, KeyNotInForce, InvalidValue.
    """
    stream = streams.of_unit(unit_id(unit))

    def decide() -> UnitDescribed:
        by = office.institution(institution).state
        existing = office.find(stream, units.fold)
        event = units.describe(existing.state, description, unit=unit, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def revise_unit(
    office: Office,
    institution: str,
    *,
    unit: str,
    description: UnitDescription,
    at: datetime,
    once: Once[UnitRevised] | None = None,
) -> UnitRevised:
    """Describe a unit anew; credit awarded before stays as it was.

    Refuses: NotFound, WrongInstitution, KeyNotInForce, InvalidValue.
    """

    def decide() -> UnitRevised:
        by = office.institution(institution).state
        read = office.unit(unit)
        event = units.revise(read.state, description, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_unit(unit_id(unit)), decide)


def offer_unit(
    office: Office,
    institution: str,
    *,
    unit: str,
    terms: Iterable[str] = (),
    prerequisites: Iterable[str] = (),
    at: datetime,
    once: Once[UnitOffered] | None = None,
) -> UnitOffered:
    """Say when a unit is taught, and which units come before it; every unit named must be described.

    Refuses: WrongInstitution, NotFound, KeyNotInForce, InvalidValue.
    """
    taught, before = tuple(terms), tuple(prerequisites)

    def decide() -> UnitOffered:
        by = office.institution(institution).state
        for each in before:
            office.unit(each)
        read = office.unit(unit)
        event = units.offer(read.state, terms=taught, prerequisites=before, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_unit(unit_id(unit)), decide)


def describe_qualification(
    office: Office,
    institution: str,
    *,
    qualification: str,
    description: QualificationDescription,
    at: datetime,
    once: Once[QualificationDescribed] | None = None,
) -> QualificationDescribed:
    """Enter a qualification in the institution's catalogue, signed by the institution.

    Every unit it names must be described. Refuses: AlreadyDescribed, NotFound, KeyNotInForce, InvalidValue.
    """
    stream = streams.of_qualification(qualification_id(qualification))

    def decide() -> QualificationDescribed:
        by = office.institution(institution).state
        refuse_unknown_units(office, description)
        existing = office.find(stream, qualifications.fold)
        event = qualifications.describe(existing.state, description, qualification=qualification, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def revise_qualification(
    office: Office,
    institution: str,
    *,
    qualification: str,
    description: QualificationDescription,
    at: datetime,
    once: Once[QualificationRevised] | None = None,
) -> QualificationRevised:
    """Describe a qualification anew; what was conferred stays.

    Refuses: NotFound, WrongInstitution, KeyNotInForce, InvalidValue.
    """

    def decide() -> QualificationRevised:
        by = office.institution(institution).state
        refuse_unknown_units(office, description)
        read = office.qualification(qualification)
        event = qualifications.revise(read.state, description, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_qualification(qualification_id(qualification)), decide)


def allow_sharing(
    office: Office,
    institution: str,
    *,
    qualification: str,
    other: str,
    rule: str,
    at: datetime,
    once: Once[SharingAllowed] | None = None,
) -> SharingAllowed:
    """Let credit that another qualification rests on count towards this one too, under a rule with a name.

    Refuses: WrongInstitution, AlreadyDone, NotFound (either qualification), KeyNotInForce, InvalidValue.
    """

    def decide() -> SharingAllowed:
        by = office.institution(institution).state
        read = office.qualification(qualification)
        known = office.qualification(other).state
        event = qualifications.allow_sharing(read.state, other=known.id, rule=rule, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_qualification(qualification_id(qualification)), decide)


def end_sharing(
    office: Office,
    institution: str,
    *,
    qualification: str,
    other: str,
    at: datetime,
    once: Once[SharingEnded] | None = None,
) -> SharingEnded:
    """End a sharing rule; what was conferred under it stays. Refuses: WrongInstitution, NotFound, KeyNotInForce."""

    def decide() -> SharingEnded:
        by = office.institution(institution).state
        read = office.qualification(qualification)
        event = qualifications.end_sharing(read.state, other=other, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_qualification(qualification_id(qualification)), decide)


def refuse_unknown_units(office: Office, description: QualificationDescription) -> None:
    """A requirement of a unit that nobody has described could never be met, and nobody would see why."""
    weighed = {allocation.unit for allocation in description.allocations}
    for unit in sorted(weighed | units_named(description.requirement)):
        if not office.ledger.history(streams.of_unit(unit)).position:
            raise NotFound(f"The qualification names the unit {unit}, and no unit is described as {unit}.")
