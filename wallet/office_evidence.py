"""What an open office knows: all that its ledger does, with its own status lists always as good as new.

A list that nobody has changed or fetched for a month has run out, and a reader without our keys can only say *could
not check*. An office has the keys: it signs the list anew, at most once a day, when it is asked.
"""

from collections.abc import Iterable
from datetime import datetime

from domain.errors import Refused
from wallet.evidence import StatusListEvidence
from wallet.office import Office
from wallet.publishing import status_list_text
from wallet.trusting import HERE, LedgerEvidence


class OfficeEvidence(LedgerEvidence):
    """The evidence of the ledger, renewed where it can be."""

    def __init__(self, office: Office, now: datetime, as_of: datetime | None = None) -> None:
        super().__init__(office.ledger, now, as_of)
        self._office = office

    def status_lists(self, url: str, /) -> Iterable[StatusListEvidence]:
        """Our own list as it is published now; where no key is in force to sign it, as it was last."""
        named = self._named(url)
        if named is None:
            return ()
        status_list, purpose = named
        institution, _, number = status_list.rpartition("-")
        try:
            text = status_list_text(self._office, institution, int(number), purpose.value, self._now)
        except Refused:
            return super().status_lists(url)
        return (StatusListEvidence(text=text, got_at=self._now, source=HERE),)
