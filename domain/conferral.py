"""A conferral: the day a learner was given a qualification, and the credits it rests on.

A conferral is not undone by what happens to those credits later. That it rests on a withdrawn one is told
(`domain.wallet.resting_on_withdrawn`); whether it is withdrawn too, the institution decides. The facts here
are part of the learner's wallet.
"""

from datetime import date

import msgspec

from domain.event import Event
from domain.values import ConferralId, CreditId, InstitutionId, QualificationId

# --- facts ----------------------------------------------------------------------------------------------


class QualificationConferred(Event, tag="qualification.conferred.v1"):
    personal = True

    conferral: ConferralId
    qualification: QualificationId
    institution: InstitutionId
    credits: tuple[CreditId, ...]
    """Those that met the requirements on that day, in the order of the wallet."""
    conferred_on: date


class ConferralWithdrawn(Event, tag="conferral.withdrawn.v1"):
    personal = True

    conferral: ConferralId
    institution: InstitutionId
    reason: str
    withdrawn_on: date


# --- state ----------------------------------------------------------------------------------------------


class Conferral(msgspec.Struct, frozen=True):
    conferred: QualificationConferred
    withdrawn: ConferralWithdrawn | None = None

    @property
    def id(self) -> ConferralId:
        return self.conferred.conferral

    @property
    def in_force(self) -> bool:
        return self.withdrawn is None
