"""From events to stored bytes and back, by a closed list of names.

The library's default mapper imports whatever module a database row names. Here a name that is not in the
catalogue is refused, in both directions, and a stored name is never a Python path.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from domain.event import Event, encode
from wallet.errors import UnknownEvent
from wallet.ledger.envelope import Envelope


class _Named(msgspec.Struct):
    event: str


_NAME_INSIDE = msgspec.json.Decoder(_Named).decode


class Catalogue(Transcoder):
    """The event classes this program knows, by stored name."""

    def __init__(self, events: Mapping[str, type[Event]]) -> None:
        self._names = {event: name for name, event in events.items()}
        self._decoders = {name: msgspec.json.Decoder(event).decode for name, event in events.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._decoders

    def name_of(self, event: Event) -> str:
        """The stored name of the event's class. Raises UnknownEvent."""
        try:
            return self._names[type(event)]
        except KeyError:
            raise UnknownEvent(type(event).__name__) from None

    def encode(self, obj: Event) -> bytes:
        """The payload: the same bytes for the same event. Raises UnknownEvent."""
        self.name_of(obj)
        return encode(obj)

    def decode(self, data: bytes) -> Event:
        """The event in a payload, by the name inside it. Raises UnknownEvent, or msgspec.MsgspecError."""
        return self.decode_as(_NAME_INSIDE(data).event, data)

    def decode_as(self, name: str, payload: bytes) -> Event:
        """The event in a payload of that stored name. Raises UnknownEvent, or msgspec.MsgspecError where the
        payload does not fit or is of another name.
        """
        try:
            decode = self._decoders[name]
        except KeyError:
            raise UnknownEvent(name) from None
        return decode(payload)


class LedgerMapper(Mapper[str]):
    """Between envelopes and the event store's rows. Envelopes are stored as they are: nothing is rebuilt."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(transcoder=catalogue)
        self._catalogue = catalogue

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Raises TypeError for anything but an Envelope, UnknownEvent for a name outside the catalogue."""
        if not isinstance(domain_event, Envelope):
            raise TypeError(f"the ledger stores envelopes, not {type(domain_event).__name__}")
        self._refuse_unknown(domain_event.name)
        return StoredEvent(domain_event.stream, domain_event.position, domain_event.name, domain_event.data)

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        self._refuse_unknown(stored_event.topic)
        return Envelope(
            str(stored_event.originator_id),
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
        )

    def _refuse_unknown(self, name: str) -> None:
        if name not in self._catalogue:
            raise UnknownEvent(name)
