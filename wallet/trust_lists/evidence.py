"""Trust lists as evidence: who is known, by whose word. What they say is believed until they end.

A list that has ended still names whom to ask; in a verdict that is *could not check*, never *passed*.
"""

from collections.abc import Iterable
from datetime import datetime

from wallet.evidence import (
    ControllerDocument,
    KnownIssuer,
    Source,
    StatusListEvidence,
    StatusRecord,
    Witness,
)
from wallet.formats.shape import written_time
from wallet.trust_lists.kept import KeptTrustList
from wallet.trust_lists.trust_list import ListedIssuer


class TrustListEvidence:
    """The issuers of the lists a reader trusts. The first list that knows an issuer, and has not ended, speaks."""

    def __init__(self, lists: Iterable[KeptTrustList], now: datetime) -> None:
        """`now` is the time at which the lists are used, whatever time is asked about."""
        self._lists = sorted(lists, key=lambda each: now >= each.good_until)
        self._now = now

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The issuer under the name the list gives it, with the keys it lists if it lists any."""
        for each in self._lists:
            if (listed := each.list.issuers.get(did)) is not None:
                return self._known(each, listed)
        return None

    def status_lists(self, _url: str, /) -> tuple[StatusListEvidence, ...]:
        """None: a trust list is about issuers."""
        return ()

    def status_on(self, _url: str, _index: int, _at: datetime, /) -> StatusRecord | None:
        """None, likewise."""
        return None

    def controller_document(self, _did: str, /) -> ControllerDocument | None:
        """None: it is had from the issuer itself."""
        return None

    def witness(self, _credential: str, _digest: bytes, /) -> Witness | None:
        """None: a trust list has seen no documents."""
        return None

    def _known(self, kept: KeptTrustList, listed: ListedIssuer) -> KnownIssuer:
        ended = self._now >= kept.good_until
        until = written_time(kept.good_until)
        return KnownIssuer(
            did=listed.identifier,
            name=listed.name,
            keys=None,
            listed_keys={} if ended else listed.keys,
            accreditations=None,
            marks=tuple(mark for mark in listed.marks if mark.until is None or self._now < mark.until),
            source=Source(
                name=kept.list.described(),
                identifier=kept.list.identifier,
                trusted=not ended,
                how_to_trust=f"That list was good until {until}; get a newer one: wallet trust add."
                if ended
                else "",
                made_at=kept.list.made_at,
            ),
        )
