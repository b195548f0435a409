"""Weighing the units of a qualification: its points are shared out to them, and its description says so."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from domain import qualification as qualifications
from domain.qualification import Qualification, QualificationDescription, QualificationRevised
from domain.values import qualification_id
from domain.weighting import EVENLY, HALF, Weight, weigh
from wallet import streams
from wallet.describing import refuse_unknown_units
from wallet.office import Office, Once


def weigh_units(
    office: Office,
    institution: str,
    *,
    qualification: str,
    units: Mapping[str, Weight],
    emphasis: Weight = EVENLY,
    step: Decimal = HALF,
    at: datetime,
    once: Once[QualificationRevised] | None = None,
) -> QualificationRevised:
    """Share the points of a qualification out to its units by relative weight, and revise it to say so.

    Refuses: NotFound (the qualification, a unit), WrongInstitution, KeyNotInForce, InvalidValue.
    """

    def decide() -> QualificationRevised:
        by = office.institution(institution).state
        read = office.qualification(qualification)
        allocations = weigh(read.state.points, units, emphasis=emphasis, step=step)
        description = msgspec.structs.replace(_described(read.state), allocations=allocations)
        refuse_unknown_units(office, description)
        event = qualifications.revise(read.state, description, by=by)
        _, signer = office.signer_of(by, at)
        return office.record(read.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(streams.of_qualification(qualification_id(qualification)), decide)


def _described(qualification: Qualification) -> QualificationDescription:
    said = {name: getattr(qualification, name) for name in QualificationDescription.__struct_fields__}
    return QualificationDescription(**said)
