"""Sharing: a learner shows some of her credentials to somebody, for a purpose, until a day she names.

    share(office, learner, credentials=[…], with_whom="Silk Road Logistics", purpose="job application", until=…)

The link is the key: whoever has it sees exactly what was chosen, and nothing else of the wallet. What was chosen, for
whom and for what is sealed under the learner's own key, so it goes with her when she is erased. A link that has
ended, one that was taken back and one that never was are told apart by nobody but her.

That she agreed to it, and took it back, is recorded in the ledger, signed with her own key (`domain.share`): what was
consented to can be shown years later, by her and to her.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from domain import share as shares
from domain.credential import Credential
from domain.errors import InvalidValue, NotFound, NotInForce
from domain.event import Event
from domain.share import Consents, ShareMade, ShareWithdrawn
from domain.values import CredentialId, LearnerId, text
from wallet import streams
from wallet.accounts import a_secret, digest
from wallet.errors import Erased
from wallet.ledger.envelope import microseconds, moment
from wallet.ledger.ledger import Write
from wallet.office import Office

LONGEST: Final = timedelta(days=366)
"""Nothing is shown for ever by one click."""
_MOST: Final = 200


class _Sealed(msgspec.Struct, frozen=True):
    """What only the learner's key opens."""

    secret: str
    credentials: tuple[str, ...]
    with_whom: str
    purpose: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """`looks` are the times at which somebody opened the link; `name` tells shares apart and opens nothing."""

    name: str
    learner: LearnerId
    secret: str
    credentials: tuple[str, ...]
    with_whom: str
    purpose: str
    made_at: datetime
    until: datetime
    withdrawn_at: datetime | None
    looks: tuple[datetime, ...]

    def is_open(self, at: datetime) -> bool:
        return self.withdrawn_at is None and at < self.until


@dataclass(frozen=True, slots=True)
class Shown:
    """What whoever has the link is shown."""

    share: Share
    credentials: tuple[Credential, ...]


def share(
    office: Office,
    learner: str,
    *,
    credentials: Iterable[str],
    with_whom: str,
    purpose: str,
    until: datetime,
    at: datetime,
) -> Share:
    """Make a link. Refuses: InvalidValue (nothing chosen, no purpose, an end that is past or too far), NotFound."""
    wallet = office.learner(learner).state
    chosen = tuple(dict.fromkeys(credentials))
    if not 0 < len(chosen) <= _MOST:
        raise InvalidValue(f"Choose what to show: from 1 to {_MOST} credentials.")
    for credential in chosen:
        if office.credential(credential).state.issued.learner != wallet.learner:
            raise NotFound(f"No credential {credential} was issued to this learner.")
    if not at < until <= at + LONGEST:
        raise InvalidValue("A share ends on a day to come, within a year.")
    sealed = _Sealed(
        secret=a_secret(),
        credentials=chosen,
        with_whom=text(with_whom, "whom it is for", limit=200),
        purpose=text(purpose, "a purpose", limit=200),
        made_at=at,
    )
    key = digest(sealed.secret)
    _record(
        office,
        wallet.learner,
        lambda _: ShareMade(
            share=_name(key),
            learner=wallet.learner,
            credentials=tuple(CredentialId(each) for each in chosen),
            with_whom=sealed.with_whom,
            purpose=sealed.purpose,
            made_at=at,
            until=until,
        ),
        at=at,
    )
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "INSERT INTO shares VALUES (?, ?, ?, ?, NULL)",
            [key, wallet.learner, _seal(office, wallet.learner, sealed, key), microseconds(until)],
        )
    return _opened(key, wallet.learner, sealed, microseconds(until), None, ())


def shares_of(office: Office, learner: str) -> list[Share]:
    """Every share the learner has made, newest first, ended ones too. Raises Erased."""
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT digest, learner, sealed, until, withdrawn_at FROM shares WHERE learner = ? ORDER BY rowid DESC",
            [learner],
        ).fetchall()
        looks = {
            row[0]: [at for (at,) in cursor.execute("SELECT at FROM looks WHERE digest = ?", [row[0]])]
            for row in rows
        }
    return [_read(office, row, looks[row[0]]) for row in rows]


def withdraw_share(office: Office, learner: str, name: str, *, at: datetime) -> None:
    """Take a share back: its link opens nothing from now on. Raises NotFound."""
    found = next((each for each in shares_of(office, learner) if each.name == name), None)
    if found is None:
        raise NotFound("There is no such share.")
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "UPDATE shares SET withdrawn_at = ? WHERE digest = ? AND withdrawn_at IS NULL",
            [microseconds(at), digest(found.secret)],
        )
    with suppress(NotFound, NotInForce):  # made before consents were recorded, or taken back twice
        _record(office, found.learner, lambda held: shares.withdraw(held, name, found.learner, at=at), at=at)


@dataclass(frozen=True, slots=True)
class ShareReceipt:
    """What the learner agreed to, as it stands in the ledger; the sequences are those of the signed events."""

    name: str
    credentials: tuple[str, ...]
    with_whom: str
    purpose: str
    made_at: datetime
    until: datetime
    withdrawn_at: datetime | None
    made_in: int
    withdrawn_in: int | None
    looks: tuple[datetime, ...]
    """When somebody opened the link."""


def receipts_of(office: Office, learner: str) -> list[ShareReceipt]:
    """Of every share she has made, the newest first. Raises NotFound, Erased, InvalidValue."""
    whose = office.learner(learner).state.learner
    entries = office.ledger.history(streams.of_shares(whose)).entries
    placed = {
        (entry.event.share, type(entry.event)): entry.sequence
        for entry in entries
        if isinstance(entry.event, ShareMade | ShareWithdrawn)
    }
    with office.ledger.database.reader() as cursor:
        looks = cursor.execute(
            "SELECT digest, at FROM looks JOIN shares USING (digest) WHERE learner = ? ORDER BY at", [whose]
        ).fetchall()
    consents = shares.fold(entry.event for entry in entries if entry.event is not None)
    return [
        ShareReceipt(
            name=name,
            credentials=consent.made.credentials,
            with_whom=consent.made.with_whom,
            purpose=consent.made.purpose,
            made_at=consent.made.made_at,
            until=consent.made.until,
            withdrawn_at=None if consent.withdrawn is None else consent.withdrawn.withdrawn_at,
            made_in=placed[name, ShareMade],
            withdrawn_in=placed.get((name, ShareWithdrawn)),
            looks=tuple(moment(at) for key, at in looks if _name(bytes(key)) == name),
        )
        for name, consent in reversed(consents.items())
    ]


def open_share(office: Office, secret: str, *, at: datetime) -> Shown:
    """What the link shows now; that it was opened is kept. Raises NotFound, for every link that opens nothing."""
    key = digest(secret)
    with office.ledger.database.reader() as cursor:
        row = cursor.execute(
            "SELECT digest, learner, sealed, until, withdrawn_at FROM shares "
            "WHERE digest = ? AND withdrawn_at IS NULL AND until > ?",
            [key, microseconds(at)],
        ).fetchone()
    if row is None:
        raise NotFound("This link opens nothing, or no longer does.")
    try:
        opened = _read(office, row, ())
    except Erased:
        raise NotFound("This link opens nothing, or no longer does.") from None
    with office.ledger.database.writer(durable=False) as cursor:
        cursor.execute("INSERT INTO looks VALUES (?, ?)", [key, microseconds(at)])
    held = tuple(office.credential(credential).state for credential in opened.credentials)
    return Shown(opened, held)


def _record(office: Office, learner: LearnerId, decide: Callable[[Consents], Event], *, at: datetime) -> None:
    """What she says of her shares, signed by her."""
    stream = streams.of_shares(learner)

    def decided() -> None:
        history = office.ledger.history(stream)
        event, signer = decide(shares.fold(history.events)), office.learner_keys.signer(learner)
        office.record(Write(stream, history, (event,), signer, learner), at=at, result=None)

    office.decide(stream, decided)


def _name(key: bytes) -> str:
    return key.hex()[:16]


def _seal(office: Office, learner: LearnerId, sealed: _Sealed, key: bytes) -> bytes:
    data_key = office.learner_keys.data_key(learner)
    if data_key is None:
        raise Erased(learner)
    return data_key.seal(msgspec.json.encode(sealed), b"share " + key)


_Row = tuple[bytes, str, bytes, int, int | None]
"""digest, learner, sealed, until, withdrawn_at"""


def _read(office: Office, row: _Row, looks: Iterable[int]) -> Share:
    key, learner, sealed, until, withdrawn_at = row
    data_key = office.learner_keys.data_key(learner)
    if data_key is None:
        raise Erased(learner)
    told = msgspec.json.decode(data_key.open(sealed, b"share " + key), type=_Sealed)
    return _opened(key, LearnerId(learner), told, until, withdrawn_at, looks)


def _opened(
    key: bytes,
    learner: LearnerId,
    told: _Sealed,
    until: int,
    withdrawn_at: int | None,
    looks: Iterable[int],
) -> Share:
    return Share(
        name=_name(key),
        learner=learner,
        secret=told.secret,
        credentials=told.credentials,
        with_whom=told.with_whom,
        purpose=told.purpose,
        made_at=told.made_at,
        until=moment(until),
        withdrawn_at=None if withdrawn_at is None else moment(withdrawn_at),
        looks=tuple(moment(at) for at in looks),
    )
