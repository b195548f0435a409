"""Sharing: a learner shows some of her credentials to somebody, for a purpose, until a day she names.

    share(office, learner, credentials=[…], with_whom="Silk Road Logistics", purpose="job application", until=…)

The link is the key: whoever has it sees exactly what was chosen, and nothing else of the wallet. What was chosen, for
whom and for what is sealed under the learner's own key, so it goes with her when she is erased. A link that has
ended, one that was taken back and one that never was are told apart by nobody but her.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from domain.credential import Credential
from domain.errors import InvalidValue, NotFound
from domain.values import LearnerId, text
from wallet.accounts import a_secret, digest
from wallet.errors import Erased
from wallet.ledger.envelope import microseconds, moment
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
        name=key.hex()[:16],
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
