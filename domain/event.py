"""What every fact has in common: a stored name with a version, and one way to become bytes.

An event is a struct that is never changed after it was made. Its tag is its **stored name**:

    class CreditWithdrawn(Event, tag="credit.withdrawn.v1"): ...

    {"event":"credit.withdrawn.v1","credit":"c-1","institution":"aitu","reason":"…","withdrawn_on":"2025-06-30"}

A stored name is not an import path: classes and files may be renamed, stored names may not. Neither may the
fields of a version: a payload with a field that its version does not have is damaged. What changes gets a new
version, and the old one stays readable for as long as the ledger is kept.

The checks that values make of themselves (`domain.values`) also run when old events are read. They may be
loosened, therefore, and never tightened.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar, cast, dataclass_transform

import msgspec

from domain.errors import BrokenHistory, NotFound

State = TypeVar("State")


# What type checkers cannot see of a struct: its subclasses are frozen too. And facts are told by name.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", gc=False):
    """A fact, in the past tense. It never refuses, because it is replayed for thirty years.

    `gc=False`, here and in the values: what never changes holds no circles, and need not be searched for any.
    """

    personal: ClassVar[bool] = False
    """Whether the payload speaks of a person, so that it must be sealed under that learner's key."""


def stored_name(of: type[Event] | Event) -> str:
    """The name under which events of this class are stored, such as `credit.awarded.v1`."""
    return cast(str, of.__struct_config__.tag)


_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


def encode(event: Event) -> bytes:
    """The event as JSON: fields in the order of the class, map keys sorted, points as text, ISO 8601 dates.

    Equal events give equal bytes. `domain.catalogue.decode` is the way back.
    """
    return _encoder.encode(event)


def replay(evolve: Callable[[State | None, Event], State], events: Iterable[Event], nothing: str) -> State:
    """What a stream's events add up to. Of no events at all it says NotFound, with the sentence `nothing`."""
    state: State | None = None
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise NotFound(nothing)
    return state


def cannot_follow(event: Event, stream: str) -> BrokenHistory:
    """The complaint about an event that has no meaning at its place, or in its stream, at all."""
    return BrokenHistory(f"{stored_name(event)} cannot stand at this place in the history of {stream}.")
