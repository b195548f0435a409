"""Overseeing: how a home stands, and what in it somebody has to see to, for whoever looks after it.

Nothing is checked again here (`wallet.auditing` does that) and nothing is recorded; nobody's name is told but
institutions'.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from domain.institution import Institution, KeyStanding
from domain.memorandum import MemorandumStanding
from wallet.errors import LedgerError
from wallet.office import Office
from wallet.projections import catalogue, memoranda
from wallet.settings import Settings
from wallet.transparency.log import Signed
from wallet.trust_lists.kept import kept

__all__ = ["Condition", "Ending", "KeysOf", "condition_of"]

_UNDATED: Final = timedelta(hours=1)
"""So long may events lie under no checkpoint: the door signs every ten seconds, and each command at its end."""

_CLOCKS_DIFFER: Final = timedelta(minutes=1)


class LastCheckpoint(msgspec.Struct, frozen=True):
    size: int
    root: bytes
    signed_at: datetime
    cosignatures: int


class KeysOf(msgspec.Struct, frozen=True):
    """The keys of one institution, or of the registry under the name `registry`."""

    holder: str
    in_force: int
    ended: int


class Ending(msgspec.Struct, frozen=True):
    """Something that holds until a day, which has come or is near."""

    what: str
    last_day: date

    def sentence(self, today: date) -> str:
        ends = "ended" if self.last_day < today else "ends"
        return f"{self.what} {ends} on {self.last_day}."


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """How a home stands at a moment. It is well where `attention`, a sentence each, is empty."""

    at: datetime
    events: int
    behind: int
    """Events that the views had not taken in when they were asked."""
    logged: int
    checkpoint: LastCheckpoint | None
    keys: tuple[KeysOf, ...]
    endings: tuple[Ending, ...]
    ledger_bytes: int | None
    storage: str
    attention: tuple[str, ...]

    @property
    def well(self) -> bool:
        return not self.attention


def condition_of(office: Office, *, at: datetime, horizon: timedelta) -> Condition:
    """How the home stands; of what ends, that which does so within the horizon. Brings the views up to date.

    Raises StorageUnavailable, LedgerDamaged, TrustListRefused.
    """
    attention: list[str] = []
    events = office.ledger.last_sequence()
    behind = max(0, events - office.follower.position())
    try:
        office.follower.catch_up()
    except LedgerError as error:
        attention.append(f"The views stand still. {error}")
    newest = office.log.newest()
    attention += _of_the_log(events, newest, at)
    institutions = [
        office.institution(row.institution).state for row in catalogue.institutions(office.ledger.database)
    ]
    attention += [sentence for each in institutions for sentence in _of_an_institution(each, at)]
    endings = sorted(
        (
            ending
            for ending in _endings(office, institutions, at.date())
            if ending.last_day < (at + horizon).date()
        ),
        key=lambda ending: (ending.last_day, ending.what),
    )
    attention += [ending.sentence(at.date()) for ending in endings]
    return Condition(
        at=at,
        events=events,
        behind=behind,
        logged=office.log.tree().size,
        checkpoint=None if newest is None else _last(newest),
        keys=(
            KeysOf("registry", 1, len(office.registry().state.keys) - 1),
            *(_keys_of(each, at) for each in institutions),
        ),
        endings=tuple(endings),
        ledger_bytes=_bytes_of(office.settings),
        storage=office.ledger.database.flavour,
        attention=tuple(attention),
    )


def _of_the_log(events: int, newest: Signed | None, at: datetime) -> Iterator[str]:
    if newest is None:
        yield "Nothing has been logged: there is no checkpoint that dates what was recorded."
    elif newest.signed_at > at + _CLOCKS_DIFFER:
        yield (
            f"The last checkpoint is dated {newest.signed_at:%Y-%m-%d %H:%M} UTC, which is still to come: "
            "this machine's clock was wrong then, or is now."
        )
    elif newest.checkpoint.size < events and at - newest.signed_at > _UNDATED:
        yield f"{events - newest.checkpoint.size} events are under no checkpoint; the last one is old."


def _last(newest: Signed) -> LastCheckpoint:
    return LastCheckpoint(
        newest.checkpoint.size, newest.checkpoint.root, newest.signed_at, newest.cosignatures
    )


def _of_an_institution(institution: Institution, at: datetime) -> Iterator[str]:
    if not _keys_of(institution, at).in_force:
        yield f"{institution.id} has no key in force: it can sign nothing."
    if institution.accreditations and not any(each.holds(at.date()) for each in institution.accreditations):
        yield f"{institution.id} is accredited no longer: it can award nothing."


def _keys_of(institution: Institution, at: datetime) -> KeysOf:
    in_force = sum(term.standing(at) is KeyStanding.IN_FORCE for term in institution.keys)
    return KeysOf(institution.id, in_force, len(institution.keys) - in_force)


def _endings(office: Office, institutions: Iterable[Institution], today: date) -> Iterator[Ending]:
    """What holds and has an end; of the trust lists also those that have ended, since they are still asked."""
    for institution in institutions:
        for accreditation in institution.accreditations:
            if accreditation.valid_until is not None and accreditation.holds(today):
                what = f"The accreditation {accreditation.reference} of {institution.id}"
                yield Ending(what, accreditation.valid_until)
    for memorandum in memoranda.memoranda(office.ledger.database):
        state = office.memorandum(memorandum).state
        if state.valid_until is not None and state.standing(today) is MemorandumStanding.IN_FORCE:
            yield Ending(f"The memorandum {memorandum}", state.valid_until)
    for each in kept(office.settings):
        yield Ending(f"The trust list {each.list.name}", each.good_until.date())


def _bytes_of(settings: Settings) -> int | None:
    """The ledger's file and what has not been written into it yet; a server says itself how large it is."""
    if settings.url:
        return None
    files = (settings.file, settings.file.with_name(settings.file.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
