"""How the achievements of a learner record stand to each other, as its credentials alone do not say.

A unit *is part of* a qualification that was conferred on it, and *precedes* the units it was asked for. A reader who
adds up a record needs the first: the qualification's credit is the credit of its units.

Source: CLR 2.0, Association.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from domain.credential import Credential
from domain.qualification import Qualification
from domain.values import UnitId, best
from domain.wallet import Wallet
from wallet.formats.clr import Association
from wallet.formats.open_badges import ACHIEVEMENT_TYPES
from wallet.office import Office


class Associated(NamedTuple):
    associations: tuple[Association, ...]
    achievements: tuple[dict[str, Any], ...]
    """Those that an association names and no credential of the record is for."""


def associate(office: Office, wallet: Wallet, members: Iterable[Credential]) -> Associated:
    """The associations of the record that these credentials make."""
    base = office.registry().state.base_url
    members = tuple(members)
    told = {line for member in members for line in member.issued.credits if member.conferral is None}
    units = {
        credit.unit for credit in wallet.credits.values() if credit.id in told and credit.unit is not None
    }
    associations = list(_orders(office, base, units))
    achievements = []
    shown = {member.conferral for member in members}
    for conferral in wallet.conferrals.values():
        if conferral.withdrawn is not None:
            continue
        conferred = conferral.conferred
        parts = sorted(
            {wallet.credits[line].unit or "" for line in conferred.credits if line in told} & units
        )
        if not parts:
            continue
        whole = f"{base}/qualifications/{conferred.qualification}"
        associations += [
            Association(source=f"{base}/units/{unit}", kind="isPartOf", target=whole) for unit in parts
        ]
        if conferred.conferral not in shown:
            achievements.append(_achievement(office.qualification(conferred.qualification).state, whole))
    return Associated(tuple(associations), tuple(achievements))


def _orders(office: Office, base: str, units: Collection[UnitId]) -> Iterator[Association]:
    for unit in sorted(units):
        for before in office.unit(unit).state.prerequisites:
            if before in units:
                yield Association(
                    source=f"{base}/units/{before}", kind="precedes", target=f"{base}/units/{unit}"
                )


def _achievement(qualification: Qualification, address: str) -> dict[str, Any]:
    name = best(qualification.names, "en")
    return {
        "id": address,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES[qualification.kind],
        "name": name,
        "description": f"{name}: {qualification.points}.",
        "criteria": {"narrative": f"The learner's credits meet every requirement of {name}."},
    }
