"""How old a status list may be. A list is true of the moment it was signed, and each day after it less so."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from wallet.evidence import StatusListEvidence
from wallet.formats.shape import written_time

DEFAULT_TTL: Final = timedelta(minutes=5)
"""How long a list holds that says neither `ttl` nor until when. Source: Bitstring Status List 1.0, 2.2."""


class Dated(Protocol):
    """What a list of any kind says of its own age."""

    @property
    def valid_from(self) -> datetime | None: ...

    @property
    def valid_until(self) -> datetime | None: ...

    @property
    def ttl(self) -> timedelta | None: ...


def too_old(
    found: Dated, copy: StatusListEvidence, *, at: datetime, max_age: timedelta | None = None
) -> str | None:
    """A sentence saying why the list is too old to speak for the time asked about, or None.

    When a copy was got is believed of a trusted source only; else the list's own signed date stands in. `max_age`
    is the reader's own limit, whatever the list allows.
    """
    if found.valid_until is not None and at > found.valid_until:
        return f"The status list was good until {written_time(found.valid_until)}; a newer one is needed."
    as_of = copy.got_at if copy.source.trusted else found.valid_from
    if as_of is None:
        return f"Nobody you trust says when the status list was got: it came from {copy.source.name}."
    ttl = found.ttl if found.ttl is not None or found.valid_until is not None else DEFAULT_TTL
    for limit in (ttl, max_age):
        if limit is not None and at - as_of > limit:
            return f"The status list is of {written_time(as_of)}, which is too old; a newer one is needed."
    return None
