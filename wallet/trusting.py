"""What this wallet's own ledger knows, as evidence for a verification: issuers, their keys, status, witnesses.

None of it is sealed, so no passphrase is needed: whoever can read the home folder can verify with it. That
folder's owner has put its trust in it already; a bundle from elsewhere is another matter (`wallet.bundle`).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from domain import institution as institutions
from domain import registry as registries
from domain import status_list as status_lists
from domain.credential import CredentialIssued
from domain.institution import Institution, KeyCompromised, KeyPublished, KeyRetired
from domain.status_list import Purpose, StatusListFlagged
from domain.values import CredentialId, InstitutionId, StatusListId, best
from keys import strict_json
from keys.did import did_key
from keys.keyring import Keyring, KeyTerm
from keys.note import NoteKey
from keys.signing import PublicKey
from wallet import streams
from wallet.bundle import digest_of
from wallet.evidence import (
    Accreditation,
    ControllerDocument,
    KnownIssuer,
    Source,
    StatusListEvidence,
    StatusRecord,
    Witness,
)
from wallet.published import kept
from wallet.settings import Settings
from wallet.transparency.checkpoint import log_keys, origin_of
from wallet.transparency.log import Log
from wallet.transparency.proving import inclusion_of

if TYPE_CHECKING:
    from wallet.ledger.ledger import Ledger

HERE: Final = Source(name="this wallet's registry", identifier="here")

_ABOUT_KEYS: Final = (KeyPublished, KeyRetired, KeyCompromised)
_EQF: Final = frozenset(range(1, 9))
_SECOND_DAY: Final = date.min + timedelta(days=1)
"""There is no day before the first one, 0001-01-01, on which nothing was ever accredited."""


def known_issuer(institution: Institution, source: Source = HERE) -> KnownIssuer:
    """An institution as a verification knows it."""
    return KnownIssuer(
        did=institution.did,
        name=best(institution.names, "en"),
        names=institution.names,
        keys=Keyring(terms_of(institution)),
        accreditations=tuple(_accreditation(held) for held in institution.accreditations),
        source=source,
    )


def terms_of(institution: Institution) -> list[KeyTerm]:
    """The terms of its keys, in the words of `keys.keyring`."""
    return [
        KeyTerm(
            method=term.method,
            public_key=PublicKey.from_multikey(term.multikey),
            published_at=term.published_at,
            retired_at=term.retired_at,
            compromised_at=term.compromised_since,
        )
        for term in institution.keys
    ]


class LedgerEvidence:
    """The facts of a ledger that anyone with the file may read."""

    def __init__(self, ledger: "Ledger", now: datetime, as_of: datetime | None = None) -> None:
        """`now` is when the kept lists count as got: they are read here and now.

        `as_of` is the day whose register is asked: who was registered, and accredited by whom, as it was recorded by
        then. Of keys all is told that is known today: that one had been stolen is often found out later.
        """
        self._as_of = as_of
        self._ledger = ledger
        self._now = now
        opened = ledger.history(streams.REGISTRY)
        registry = registries.fold(opened.events) if opened.position else None
        self._base_url = registry.base_url if registry else ""
        self.registries: frozenset[str] = frozenset(map(did_key, registry.keys if registry else ()))
        """The did:keys of this home's own registry, whose bundles need no further introduction."""
        self._registry = registry
        self._log = Log(ledger.database)

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The institution of that DID: its id is the DID's last part, and its own events say the rest."""
        institution = did.rpartition(":")[2]
        history = self._ledger.history(streams.of_institution(InstitutionId(institution)))
        if not history.position:
            return None
        events = history.events
        if self._as_of is not None:
            then = history.by(self._as_of)
            if not then.events:
                return None  # it was not registered yet
            events = then.events + [
                event for event in history.events[len(then.events) :] if isinstance(event, _ABOUT_KEYS)
            ]
        state = institutions.fold(events)
        return known_issuer(state) if state.did == did else None

    def status_lists(self, url: str, /) -> Iterable[StatusListEvidence]:
        """Our own list, as last signed; none where a flag has changed since and nobody has signed it anew."""
        named = self._named(url)
        if named is None:
            return ()
        status_list, purpose = named
        history = self._ledger.history(streams.of_status_list(status_list))
        with self._ledger.database.reader() as cursor:
            copy = kept(cursor, url)
        if copy is None or not history.position:
            return ()
        if not copy.says(status_lists.fold(history.events).flagged(purpose)):
            return ()
        return (StatusListEvidence(text=copy.text, got_at=self._now, source=HERE),)

    def status_on(self, url: str, index: int, at: datetime, /) -> StatusRecord | None:
        """What our own list said at a past time, by the signed events of its stream; for now, ask the list itself.

        The times are those at which the ledger recorded the events. Their signatures, as of everything else that is
        read here, are for `wallet audit` to check.
        """
        named = self._named(url)
        if named is None or at >= self._now:
            return None
        status_list, purpose = named
        entries = self._ledger.history(streams.of_status_list(status_list)).entries
        if not entries or at < entries[0].recorded_at:
            return None
        institution, _, _ = status_list.rpartition("-")
        history = self._ledger.history(streams.of_institution(InstitutionId(institution)))
        flags = [
            (entry.recorded_at, entry.sequence, entry.event.value)
            for entry in entries
            if isinstance(entry.event, StatusListFlagged)
            and (entry.event.index, entry.event.purpose) == (index, purpose)
        ]
        last = next((flag for flag in reversed(flags) if flag[0] <= at), None)
        return StatusRecord(
            issuer=institutions.fold(history.events).did,
            purpose=purpose.value,
            is_set=last is not None and last[2],
            since=None if last is None else last[0],
            events=() if last is None else (last[1],),
            raised_later=next((when for when, _, value in flags if when > at and value), None),
            source=HERE,
        )

    def controller_document(self, _did: str, /) -> ControllerDocument | None:
        """None: whom the ledger knows, it knows with keys."""
        return None

    def witness(self, credential: str, digest: bytes, /) -> Witness | None:
        """When the ledger recorded exactly this document; None also where the learner's key is not at hand."""
        entries = self._ledger.history(streams.of_credential(CredentialId(credential))).entries[:1]
        issued = entries[0].event if entries else None
        document: Any = strict_json.parse(issued.document) if isinstance(issued, CredentialIssued) else None
        if document is None or digest_of(document) != digest:
            return None
        sequence = entries[0].sequence
        at = self._log.logged_at(sequence)
        if at is None:
            return None
        return Witness(
            at=at, source=HERE, inclusion=lambda: inclusion_of(self._ledger, self._log_keys(), sequence)
        )

    def _log_keys(self) -> list[NoteKey]:
        if self._registry is None:
            return []
        origin = origin_of(self._registry.base_url)
        return log_keys(origin, map(PublicKey.from_multikey, self._registry.keys))

    def _named(self, url: str) -> tuple[StatusListId, Purpose] | None:
        """Which list an address of ours is about: `…/i/{institution}/status/{number}/{purpose}`."""
        prefix = f"{self._base_url}/i/"
        match url.removeprefix(prefix).split("/") if url.startswith(prefix) else ():
            case [institution, "status", number, purpose] if (
                number.isdecimal() and len(number) < 10 and purpose in set(Purpose)
            ):
                return StatusListId(f"{institution}-{number}"), Purpose(purpose)
        return None


class NoLearnerKeys:
    """For reading what is not sealed: every learner's payload stays closed."""

    def data_key(self, _learner: str) -> None:
        return None


@contextmanager
def local_evidence(
    settings: Settings, now: datetime, as_of: datetime | None = None
) -> Iterator[LedgerEvidence | None]:
    """The evidence of this home, without its passphrase; None where there is no wallet in it."""
    if isinstance(settings.ledger, Path) and not settings.ledger.exists():
        yield None
        return
    from wallet.ledger.ledger import Ledger  # thirty milliseconds, for those who have a wallet

    with Ledger(settings.ledger, NoLearnerKeys()) as ledger:
        yield LedgerEvidence(ledger, now, as_of)


def _accreditation(held: institutions.Accreditation) -> Accreditation:
    """No levels named means all; one that was withdrawn ends on the day before."""
    until = held.valid_until
    if held.withdrawn_on is not None:
        last = max(held.withdrawn_on, _SECOND_DAY) - timedelta(days=1)
        until = last if until is None else min(until, last)
    levels = frozenset(level.value for level in held.scope.levels if level.framework == "EQF")
    return Accreditation(
        by=held.by,
        settings=frozenset(setting.value for setting in held.scope.settings),
        levels=levels if held.scope.levels else _EQF,
        fields=frozenset(held.scope.fields),
        valid_from=held.valid_from,
        valid_until=until,
        reference=held.reference,
    )
