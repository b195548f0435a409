"""The registry itself: the first fact of every ledger, and the keys that sign the registry's own facts.

Stream `registry/main`. Its first event says under which key, address and name the ledger was opened; whoever
knows that key can check everything that follows.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from domain.errors import AlreadyPublished, AlreadyRegistered
from domain.event import Event, cannot_follow, replay
from domain.values import Instant, instant, multikey, text, uri

# --- facts ----------------------------------------------------------------------------------------------


class RegistryOpened(Event, tag="registry.opened.v1"):
    key_multikey: str
    base_url: str
    name: str
    opened_at: Instant


class RegistryKeyPublished(Event, tag="registry.key_published.v1"):
    """The registry signs with this key from now on; it is signed by the one before."""

    key_multikey: str
    published_at: Instant


# --- state ----------------------------------------------------------------------------------------------


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    base_url: str
    opened_at: datetime
    keys: tuple[str, ...]
    """Multikeys in the order of their publication; the last one signs."""


def evolve(registry: Registry | None, event: Event) -> Registry:
    """The registry after one more fact."""
    match registry, event:
        case None, RegistryOpened():
            return Registry(
                name=event.name,
                base_url=event.base_url,
                opened_at=event.opened_at,
                keys=(event.key_multikey,),
            )
        case Registry(), RegistryKeyPublished():
            return msgspec.structs.replace(registry, keys=(*registry.keys, event.key_multikey))
    raise cannot_follow(event, "the registry")


def fold(events: Iterable[Event]) -> Registry:
    """The registry its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "The registry has not been opened.")


# --- decisions ------------------------------------------------------------------------------------------


def open_registry(
    existing: Registry | None, *, key: str, base_url: str, name: str, at: datetime
) -> RegistryOpened:
    """Open a ledger's registry under its first key, a Multikey. Refuses: AlreadyRegistered, InvalidValue."""
    if existing is not None:
        raise AlreadyRegistered(f"This ledger is the registry {existing.name!r} already.")
    return RegistryOpened(
        key_multikey=multikey(key),
        base_url=uri(base_url) or base_url,
        name=text(name, "a registry's name"),
        opened_at=instant(at),
    )


def publish_key(registry: Registry, *, key: str, at: datetime) -> RegistryKeyPublished:
    """Sign with a new key from now on. Refuses: AlreadyPublished (a key is used once), InvalidValue."""
    if multikey(key) in registry.keys:
        raise AlreadyPublished("The registry has used this key before, and a key is used once.")
    return RegistryKeyPublished(key_multikey=key, published_at=instant(at))
