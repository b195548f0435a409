"""A learner's record at a glance: what it adds up to, how far it is to what she has chosen, and what has changed.

Every number here carries the sequences of the events it is made of, so that a page can open it to them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.errors import NotFound
from domain.values import CreditPoints, CreditScheme, Names
from wallet import accounts, showing
from wallet.accounts import Account
from wallet.advising import Towards, show_progress
from wallet.ledger.entry import Entry
from wallet.office import Office
from wallet.projections import catalogue
from wallet.projections.record import Total
from wallet.showing import Record


@dataclass(frozen=True, slots=True)
class SchemeSum:
    """Everything in one scheme; `by_setting` and `by_level` each add up to the whole."""

    points: CreditPoints
    by_setting: Mapping[str, Decimal]
    by_level: Mapping[str | None, Mapping[str, Decimal]]
    """By level, and within it by setting."""
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    record: Record
    sums: tuple[SchemeSum, ...]
    towards: tuple[Towards, ...]
    entries: tuple[Entry, ...]
    """Everything that happened in the wallet, newest first."""
    news: tuple[Entry, ...]
    """What others have recorded in it since she last looked."""
    names: "KnownNames"


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What the things are called that a record speaks of."""

    units: Mapping[str, Names]
    institutions: Mapping[str, Names]
    qualifications: Mapping[str, Names]


def glance(office: Office, account: Account, *, on: date) -> Glance:
    """As it is on that day. Raises NotFound, Erased."""
    record = showing.show_record(office, account.learner or "")
    entries = showing.show_events(office, record.learner)
    return Glance(
        record=record,
        sums=sums_of(record.totals),
        towards=tuple(_towards(office, record.learner, on)),
        entries=tuple(reversed(entries)),
        news=tuple(
            entry
            for entry in reversed(entries)
            if entry.sequence > account.seen and entry.actor != record.did
        ),
        names=names_known(office),
    )


def sums_of(totals: tuple[Total, ...]) -> tuple[SchemeSum, ...]:
    """One sum for each scheme that there is any credit in, in the schemes' own order."""
    found = []
    for scheme in CreditScheme:
        own = [total for total in totals if total.points.scheme is scheme]
        if not own:
            continue
        by_setting: defaultdict[str, Decimal] = defaultdict(Decimal)
        by_level: defaultdict[str | None, defaultdict[str, Decimal]] = defaultdict(
            lambda: defaultdict(Decimal)
        )
        for total in own:
            by_setting[total.setting] += total.points.points
            by_level[total.level][total.setting] += total.points.points
        whole = CreditPoints(scheme, sum(by_setting.values(), Decimal(0)))
        events = tuple(sorted({event for total in own for event in total.events}))
        found.append(SchemeSum(whole, dict(by_setting), {k: dict(v) for k, v in by_level.items()}, events))
    return tuple(found)


def names_known(office: Office) -> KnownNames:
    """The names of all there is, to the last event."""
    office.follower.catch_up()
    database = office.ledger.database
    return KnownNames(
        units={row.unit: row.names for row in catalogue.units(database)},
        institutions={row.institution: row.names for row in catalogue.institutions(database)},
        qualifications={row.qualification: row.names for row in catalogue.qualifications(database)},
    )


def _towards(office: Office, learner: str, on: date) -> list[Towards]:
    found = []
    for qualification in accounts.chosen_qualifications(office, learner):
        try:
            found.append(show_progress(office, learner, qualification, on=on))
        except NotFound:
            continue
    return found
