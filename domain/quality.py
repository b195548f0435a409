"""Indicators of quality: those a ledger of credit can compute, and those that are told from outside.

Of the ten indicators of EQAVET, participation and completion are computed here. Placement, the use of skills at
work and unemployment are known elsewhere: institutions tell them, with their sources, and they are never mixed
with what was computed. Source: EQAVET Recommendation 2009, Annex II, indicators 3 to 7.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Final

import msgspec

from domain.agreement import Agreement, Stage
from domain.errors import InvalidValue
from domain.event import Event, cannot_follow
from domain.institution import Institution
from domain.values import InstitutionId, QualificationId, amount, day, settle, text

# --- indicators that are told ---------------------------------------------------------------------------


class Indicator(IntEnum):
    """By their numbers in EQAVET."""

    PARTICIPATION = 3
    COMPLETION = 4
    PLACEMENT = 5
    """How many of those who completed are in further training, work or something else by now."""
    USE_OF_SKILLS = 6
    """How many of those who completed use at work what they learnt."""
    UNEMPLOYMENT = 7


TOLD: Final = (Indicator.PLACEMENT, Indicator.USE_OF_SKILLS, Indicator.UNEMPLOYMENT)
"""Those that no ledger of credit can know."""


class IndicatorReported(Event, tag="quality.indicator_reported.v1"):
    """What an institution says of its learners, from a source outside. Nobody here has computed it."""

    institution: InstitutionId
    indicator: Indicator
    percent: Decimal
    """From 0 to 100, with at most 3 decimals."""
    since: date
    until: date
    """The last day of the time it is about."""
    source: str
    """Where it is taken from, as one would cite it."""
    reported_on: date

    def __post_init__(self) -> None:
        settle(self, "percent", amount(str(self.percent)))


class Reports(msgspec.Struct, frozen=True):
    """What an institution has reported, in order; a later report of the same time takes the place of an earlier."""

    institution: InstitutionId
    reported: tuple[IndicatorReported, ...]

    @property
    def standing(self) -> tuple[IndicatorReported, ...]:
        """The last report of each indicator and time."""
        last = {(each.indicator, each.since, each.until): each for each in self.reported}
        return tuple(last[key] for key in sorted(last))


def evolve(reports: Reports | None, event: Event) -> Reports:
    """The reports after one more fact."""
    if isinstance(event, IndicatorReported):
        earlier = () if reports is None else reports.reported
        return Reports(event.institution, (*earlier, event))
    raise cannot_follow(event, "an institution's indicators")


def fold(events: Iterable[Event]) -> Reports | None:
    """What the events add up to; None where nothing was reported."""
    reports: Reports | None = None
    for event in events:
        reports = evolve(reports, event)
    return reports


def report(
    *,
    by: Institution,
    indicator: Indicator,
    percent: Decimal,
    since: date,
    until: date,
    source: str,
    reported_on: date,
) -> IndicatorReported:
    """Tell an indicator that is known outside, with its source.

    Refuses (InvalidValue): participation and completion, which are computed; a percentage above 100; a time
    that ends before it begins, or after the report.
    """
    if indicator not in TOLD:
        raise InvalidValue(f"Indicator {indicator.value} is computed from the ledger, and not reported.")
    if amount(str(percent)) > 100:
        raise InvalidValue(f"{percent} is no percentage: it is above 100.")
    if day(until) < day(since):
        raise InvalidValue(f"A time from {since} cannot end on {until}.")
    if day(reported_on) < until:
        raise InvalidValue(f"A time that ends on {until} cannot be reported on {reported_on}.")
    return IndicatorReported(
        institution=by.id,
        indicator=indicator,
        percent=percent,
        since=since,
        until=until,
        source=text(source, "a source"),
        reported_on=reported_on,
    )


# --- indicators that are computed -----------------------------------------------------------------------


class Rate(msgspec.Struct, frozen=True):
    """So many `of` so many. `share` is exact, and None of nobody."""

    number: int
    of: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.number, self.of) if self.of else None


class Mobility(msgspec.Struct, frozen=True, kw_only=True):
    """Participation and completion of the learners whose agreements were signed by all three."""

    participants: int
    """Learners, each counted once (indicator 3)."""
    declined: int
    """Agreements that came to nothing before they began."""
    stays: int
    open: int
    """Stays on some of whose components home has not decided."""
    completed: Rate
    """Stays all of whose components were recognised, of those that home has decided on (indicator 4)."""
    components: Rate
    """Components recognised, of all those decided on."""


def mobility(agreements: Iterable[Agreement]) -> Mobility:
    """What came of these agreements."""
    agreements = tuple(agreements)
    stays = [each for each in agreements if each.stage in (Stage.AGREED, Stage.COMPLETED)]
    decided = [each for each in stays if each.stage is Stage.COMPLETED]
    whole = [
        each
        for each in decided
        if all(standing.recognised is not None for standing in each.components.values())
    ]
    settled = [standing for each in stays for standing in each.components.values() if standing.settled]
    return Mobility(
        participants=len({each.learner for each in stays}),
        declined=sum(each.stage is Stage.DECLINED for each in agreements),
        stays=len(stays),
        open=len(stays) - len(decided),
        completed=Rate(len(whole), len(decided)),
        components=Rate(sum(each.recognised is not None for each in settled), len(settled)),
    )


class Provision(msgspec.Struct, frozen=True, kw_only=True):
    """Participation and completion at one institution, whatever brought the learners there."""

    participants: int
    """Learners who hold credit in force there, awarded or transferred (indicator 3)."""
    completed: Rate
    """Those on whom it has conferred a qualification, of the participants (indicator 4)."""
    conferred: dict[QualificationId, int]
    """How many hold each of its qualifications."""
