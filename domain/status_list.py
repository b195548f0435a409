"""A status list: one bit a credential, published so that checking one tells nobody which was checked.

Stream `status-list/{institution}-{n}`: the list's whole life is in it, so that what it said at any moment can
be said again. Source: W3C Bitstring Status List 1.0 (the purposes; at least 131,072 entries, so that one is
hidden among many; places given at random, so that they tell nothing of the order of issue).
"""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import msgspec

from domain.errors import (
    AlreadyFlagged,
    AlreadyOpened,
    BrokenHistory,
    IndexTaken,
    InvalidValue,
    NotFound,
    NotFoundInList,
    StatusListFull,
)
from domain.event import Event, cannot_follow
from domain.institution import Institution
from domain.values import (
    CredentialId,
    Instant,
    InstitutionId,
    StatusListId,
    credential_id,
    instant,
    status_list_id,
)

LEAST_SIZE = 131_072
"""Entries: 16 KiB of bits, the least that Bitstring Status List 1.0 allows."""

MOST_SIZE = 1 << 23

# --- facts ----------------------------------------------------------------------------------------------


class Purpose(StrEnum):
    """What a raised bit says: the two purposes have a bitstring each, over the same places."""

    REVOCATION = "revocation"
    """For ever."""
    SUSPENSION = "suspension"
    """Until it is cleared."""


class StatusListOpened(Event, tag="status_list.opened.v1"):
    list: StatusListId
    institution: InstitutionId
    size: int


class StatusListAllocated(Event, tag="status_list.allocated.v1"):
    list: StatusListId
    entries: tuple[tuple[int, CredentialId], ...]


class StatusListFlagged(Event, tag="status_list.flagged.v1"):
    list: StatusListId
    index: int
    purpose: Purpose
    value: bool
    at: Instant


# --- state ----------------------------------------------------------------------------------------------


class StatusList(msgspec.Struct, frozen=True):
    """The maps and sets are read-only; `entries` says which credential has which place."""

    id: StatusListId
    institution: InstitutionId
    size: int
    entries: Mapping[int, CredentialId]
    revoked: frozenset[int]
    suspended: frozenset[int]

    def flagged(self, purpose: Purpose) -> frozenset[int]:
        """The places whose bit is raised."""
        return self.revoked if purpose is Purpose.REVOCATION else self.suspended

    def after(self, *events: Event) -> "StatusList":
        """The list once these have happened too; this one stays as it is."""
        return _evolved(_Draft(self), events)


class _Draft:
    """A list while events are being added: private, so that a long history costs no copies."""

    def __init__(self, so_far: StatusList | None = None) -> None:
        self.opened = None if so_far is None else (so_far.id, so_far.institution, so_far.size)
        self.entries = {} if so_far is None else dict(so_far.entries)
        self.flags: dict[Purpose, set[int]] = {
            purpose: set() if so_far is None else set(so_far.flagged(purpose)) for purpose in Purpose
        }

    def add(self, event: Event) -> None:
        match event:
            case StatusListOpened() if self.opened is None:
                self.opened = (event.list, event.institution, event.size)
            case StatusListAllocated():
                self.entries.update(event.entries)
            case StatusListFlagged(value=True):
                self.flags[event.purpose].add(event.index)
            case StatusListFlagged():
                self.flags[event.purpose].discard(event.index)
            case _:
                raise cannot_follow(event, "a status list")


def _evolved(draft: _Draft, events: Iterable[Event]) -> StatusList:
    for event in events:
        draft.add(event)
    if draft.opened is None:
        raise BrokenHistory("The history of a status list does not begin with its opening.")
    return StatusList(
        *draft.opened,
        MappingProxyType(draft.entries),
        frozenset(draft.flags[Purpose.REVOCATION]),
        frozenset(draft.flags[Purpose.SUSPENSION]),
    )


def evolve(status_list: StatusList | None, event: Event) -> StatusList:
    """The list after one more fact. For many at once `fold` and `StatusList.after` copy less."""
    return _evolved(_Draft(status_list), (event,))


def fold(events: Iterable[Event]) -> StatusList:
    """The list its events add up to. Refuses: NotFound, where there are none."""
    events = tuple(events)
    if not events:
        raise NotFound("No status list is open under this id.")
    return _evolved(_Draft(), events)


# --- questions ------------------------------------------------------------------------------------------


def free_index(status_list: StatusList, start: int, *, besides: Set[int] = frozenset()) -> int:
    """The first free place from `start` on, going round; `besides` are taken too, as in one batch.

    `start` is rolled by whoever calls, from 0 to `size` - 1: the domain rolls no dice.

    Refuses: StatusListFull, InvalidValue.
    """
    _place(status_list, start)
    if len(status_list.entries) + len(besides - status_list.entries.keys()) < status_list.size:
        for step in range(status_list.size):
            index = (start + step) % status_list.size
            if index not in status_list.entries and index not in besides:
                return index
    raise StatusListFull(f"All {status_list.size} places of status list {status_list.id} are taken.")


# --- decisions ------------------------------------------------------------------------------------------


def open_list(
    existing: StatusList | None, *, number: int, by: Institution, size: int = LEAST_SIZE
) -> StatusListOpened:
    """Open the institution's list of that number, with nothing in it.

    Refuses: AlreadyOpened, InvalidValue (a size below 131,072, which hides too little, or not whole bytes).
    """
    if existing is not None:
        raise AlreadyOpened(f"Status list {existing.id} is open already.")
    if type(size) is not int or not LEAST_SIZE <= size <= MOST_SIZE or size % 8:
        raise InvalidValue(
            f"A status list has from {LEAST_SIZE} to {MOST_SIZE} places, a multiple of 8, not {size}."
        )
    return StatusListOpened(list=status_list_id(f"{by.id}-{number}"), institution=by.id, size=size)


def allocate(status_list: StatusList, credential: str, index: int) -> StatusListAllocated:
    """Give one credential its place. Refuses: IndexTaken, StatusListFull, InvalidValue (no such place)."""
    return allocate_all(status_list, ((index, credential),))


def allocate_all(status_list: StatusList, entries: Iterable[tuple[int, str]]) -> StatusListAllocated:
    """Give a batch of credentials their places, in one event. A place is given once, and for ever.

    Refuses: IndexTaken (before, or twice in the batch), StatusListFull, InvalidValue (no place, no entries).
    """
    given: dict[int, CredentialId] = {}
    for index, credential in entries:
        if len(status_list.entries) + len(given) >= status_list.size:
            raise StatusListFull(f"All {status_list.size} places of status list {status_list.id} are taken.")
        if _place(status_list, index) in status_list.entries or index in given:
            raise IndexTaken(f"Place {index} of status list {status_list.id} has its credential.")
        given[index] = credential_id(credential)
    if not given:
        raise InvalidValue("An allocation gives at least one place.")
    return StatusListAllocated(list=status_list.id, entries=tuple(given.items()))


def flag(
    status_list: StatusList, index: int, purpose: Purpose, value: bool, *, at: datetime
) -> StatusListFlagged:
    """Raise or clear the bit of a place.

    Refuses: NotFoundInList (a place given to nobody), AlreadyFlagged (it would not change, or it would undo a
    revocation, which is for ever), InvalidValue (no such place).
    """
    if _place(status_list, index) not in status_list.entries:
        raise NotFoundInList(f"Place {index} of status list {status_list.id} is given to no credential.")
    raised = index in status_list.flagged(purpose)
    if raised and purpose is Purpose.REVOCATION:
        raise AlreadyFlagged(f"Place {index} of status list {status_list.id} is revoked, for ever.")
    if raised is value:
        state = "raised" if raised else "clear"
        raise AlreadyFlagged(f"The {purpose} bit of place {index} of {status_list.id} is {state} already.")
    return StatusListFlagged(list=status_list.id, index=index, purpose=purpose, value=value, at=instant(at))


def _place(status_list: StatusList, index: int) -> int:
    if type(index) is not int or not 0 <= index < status_list.size:
        raise InvalidValue(f"Status list {status_list.id} has no place {index!a}.")
    return index
