"""Passes: what a program trades its key for and shows in its place, for a quarter of an hour.

    lcp_…   32 random bytes in base64url; told once, and kept here only as a SHA-256

A pass may do what its key may do, or less of it, and ends with it. The key itself then travels once in fifteen minutes
and not with every request. It is the access token of OAuth 2.0. Source: RFC 6749, 4.4 and 5.1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from domain.errors import InvalidValue
from keys.sealing import DataKey
from wallet import access
from wallet.access import Grant, a_secret, answers_under, checked_scopes, digest_of
from wallet.ledger.envelope import microseconds
from wallet.office import Office

PREFIX: Final = "lcp_"
GOOD_FOR: Final = timedelta(minutes=15)
_SEALED_FOR: Final = b"learner-credit-wallet pass 1\n"


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass as it is told; `scopes` are those it was narrowed to, None where it does all that its key does."""

    secret: str
    scopes: frozenset[str] | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Knocking:
    """Whose key, or whose pass, was shown.

    `answers_under` is what the answers to this caller's requests are sealed with, the same whether it shows its key or
    any pass of it: a request that is sent again under a newer pass is answered as it was first.
    """

    grant: Grant
    answers_under: str


def trade(office: Office, key: str, *, scopes: Iterable[str] | None = None, at: datetime) -> Pass:
    """A new pass for this key, as wide as the key or narrower.

    Refuses: InvalidValue (no such scope, or none that the key has; a key that is not in force).
    """
    grant = access.find(office, key, at=at)
    if grant is None:
        raise InvalidValue("There is no such key in force.")
    narrowed = grant.scopes if scopes is None else checked_scopes(scopes)
    if narrowed is not None and grant.scopes is not None and not narrowed <= grant.scopes:
        raise InvalidValue(f"The key may not {', '.join(sorted(narrowed - grant.scopes))}.")
    ends_at = min(at + GOOD_FOR, grant.ends_at or at + GOOD_FOR)
    secret = a_secret(PREFIX)
    sealed = _key_of(secret).seal(answers_under(key).encode(), _SEALED_FOR)
    written = None if narrowed is None else " ".join(sorted(narrowed))
    with office.ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM passes WHERE ends_at <= ?", [microseconds(at)])
        cursor.execute(
            "INSERT INTO passes VALUES (?, ?, ?, ?, ?)",
            [digest_of(secret), grant.digest, written, sealed, microseconds(ends_at)],
        )
    return Pass(secret, narrowed, ends_at)


def knock(office: Office, shown: str, *, at: datetime) -> Knocking | None:
    """Who shows this key or pass; None where it opens nothing, or nothing any more."""
    if not shown.startswith(PREFIX):
        grant = access.find(office, shown, at=at)
        return None if grant is None else Knocking(grant, answers_under(shown))
    with office.ledger.database.reader() as cursor:
        row = cursor.execute(
            "SELECT key, scopes, sealed FROM passes WHERE digest = ? AND ends_at > ?",
            [digest_of(shown), microseconds(at)],
        ).fetchone()
    if row is None:
        return None
    key, scopes, sealed = row
    grant = access.find_by_digest(office, key, at=at)
    if grant is None:
        return None
    if scopes is not None:
        grant = replace(grant, scopes=frozenset(scopes.split()))
    return Knocking(grant, _key_of(shown).open(sealed, _SEALED_FOR).decode())


def _key_of(secret: str) -> DataKey:
    """Whoever has the pass opens what was sealed for it, and nobody who has only our file."""
    return DataKey(sha256(_SEALED_FOR + secret.encode()).digest())
