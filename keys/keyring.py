"""Which key was in force when: the question a signature's date alone cannot answer.

A key's history is what its owner has published of it: since when it is used, when it was retired, since
when it may be in other hands. The times asked about must be trusted ones, such as that of a log's
checkpoint: what a document says about its own date, a thief can write too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from keys.errors import UnknownKey
from keys.signing import PublicKey

__all__ = ["InForce", "KeyTerm", "Keyring"]


class InForce(Enum):
    """Whether a signature of a key, made at a time, counts."""

    YES = "yes"
    NOT_YET = "not-yet"
    RETIRED = "retired"
    COMPROMISED = "compromised"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """One key and its term of office. All times are aware; each is the first moment of what it begins."""

    method: str
    """The verification method: `did:web:example.edu#key-1`."""
    public_key: PublicKey
    published_at: datetime
    retired_at: datetime | None = None
    compromised_at: datetime | None = None
    """Since when, not when it was noticed."""

    def in_force(self, at: datetime) -> InForce:
        """A compromise outweighs everything that comes after it, a retirement included."""
        if at < self.published_at:
            return InForce.NOT_YET
        if self.compromised_at is not None and at >= self.compromised_at:
            return InForce.COMPROMISED
        if self.retired_at is not None and at >= self.retired_at:
            return InForce.RETIRED
        return InForce.YES


class Keyring:
    """The keys of one owner, or of many. Raises ValueError where two terms have one method."""

    __slots__ = ("_terms",)

    def __init__(self, terms: Iterable[KeyTerm]) -> None:
        by_method: dict[str, KeyTerm] = {}
        for term in terms:
            if term.method in by_method:
                raise ValueError(f"{term.method} has two terms; a new key takes a new name.")
            by_method[term.method] = term
        self._terms: Final = by_method

    def key(self, method: str) -> PublicKey:
        """The key of a verification method, whatever its term. Raises UnknownKey."""
        term = self._terms.get(method)
        if term is None:
            raise UnknownKey(f"No key is known as {method[:200]!r}.")
        return term.public_key

    def in_force(self, method: str, at: datetime) -> InForce:
        """Whether a signature by `method`, made at `at`, counts."""
        term = self._terms.get(method)
        return InForce.UNKNOWN if term is None else term.in_force(at)
