"""Was it revoked on that day, by whom, and why: the standing of a credential through time.

Two streams tell of it. The credential's own says what was decided, by whom and for what reason, sealed under the
learner's key; the status list's says which bit was raised, and stays open. Once a learner is erased the reasons
are gone; what happened, when, and whose key signed it can still be told.

A day is the day of recording. An event may say that it holds since earlier; on the day before it was recorded,
nobody could have known.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from domain import institution as institutions
from domain.credential import (
    CredentialIssued,
    CredentialReinstated,
    CredentialRevoked,
    CredentialSuperseded,
    CredentialSuspended,
    QualificationCredentialIssued,
    Standing,
)
from domain.errors import NotFound
from domain.event import Event, stored_name
from domain.institution import Institution
from domain.status_list import StatusListAllocated, StatusListFlagged
from domain.values import CredentialId, InstitutionId, StatusListId, credential_id
from keys.did import did_key
from wallet import streams
from wallet.ledger.entry import Entry
from wallet.office import Office

_STANDING_AFTER: Final = {
    stored_name(event): standing
    for event, standing in (
        (CredentialIssued, Standing.IN_FORCE),
        (QualificationCredentialIssued, Standing.IN_FORCE),
        (CredentialSuspended, Standing.SUSPENDED),
        (CredentialReinstated, Standing.IN_FORCE),
        (CredentialRevoked, Standing.REVOKED),
        (CredentialSuperseded, Standing.SUPERSEDED),
    )
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of standing: what, when, by whose key, why, and the events that say so."""

    standing: Standing
    recorded_at: datetime
    actor: str
    """The did:key that signed the event."""
    key: str | None
    """What the institution calls that key: `did:web:…#key-1`; None where the institution cannot be told."""
    reason: str | None
    """None where none is given, and where it is sealed for ever."""
    superseded_by: CredentialId | None
    event: int
    """The sequence of the event in the ledger."""
    list_events: tuple[int, ...]
    """Those of the status list that were recorded with it."""


class StandingHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Every change of standing, the first of which is the issue."""

    credential: CredentialId
    institution: InstitutionId | None
    """None where the issue is sealed for ever."""
    status_list: StatusListId | None
    status_index: int | None
    changes: tuple[Change, ...]

    def on(self, at: datetime) -> Change | None:
        """The change that held at that time; None before the credential was issued."""
        return next((change for change in reversed(self.changes) if change.recorded_at <= at), None)


def show_standing(office: Office, credential: str) -> StandingHistory:
    """The standing of a credential through time. Raises NotFound, InvalidValue."""
    identity = credential_id(credential)
    entries = office.ledger.history(streams.of_credential(identity)).entries
    if not entries:
        raise NotFound(f"No credential {credential} was issued here.")
    issued = entries[0].event
    if not isinstance(issued, CredentialIssued):
        return StandingHistory(
            credential=identity,
            institution=None,
            status_list=None,
            status_index=None,
            changes=tuple(_change(entry, None, ()) for entry in entries),
        )
    by = institutions.fold(office.ledger.history(streams.of_institution(issued.institution)).events)
    listed = office.ledger.history(streams.of_status_list(issued.status_list)).entries
    ours = [entry for entry in listed if _is_about(entry.event, issued.status_index)]
    return StandingHistory(
        credential=identity,
        institution=issued.institution,
        status_list=issued.status_list,
        status_index=issued.status_index,
        changes=tuple(_change(entry, by, ours) for entry in entries),
    )


def _change(entry: Entry, by: Institution | None, listed: Iterable[Entry]) -> Change:
    """One event of the credential's life, with those of the list that the same save recorded."""
    event = entry.event
    return Change(
        standing=_STANDING_AFTER[entry.name],
        recorded_at=entry.recorded_at,
        actor=entry.actor,
        key=None if by is None else _name_of(entry.actor, by),
        reason=event.reason if isinstance(event, CredentialSuspended | CredentialRevoked) else None,
        superseded_by=event.by if isinstance(event, CredentialSuperseded) else None,
        event=entry.sequence,
        list_events=tuple(each.sequence for each in listed if each.recorded_at == entry.recorded_at),
    )


def _name_of(actor: str, by: Institution) -> str | None:
    return next((term.method for term in by.keys if did_key(term.multikey) == actor), None)


def _is_about(event: Event | None, index: int) -> bool:
    match event:
        case StatusListAllocated():
            return any(place == index for place, _ in event.entries)
        case StatusListFlagged():
            return event.index == index
    return False


__all__ = ["Change", "StandingHistory", "show_standing"]
