"""Answering a request once, however often it is sent.

The first answer is kept beside the events it tells of, in their transaction, and given again to whoever sends
the same request under the same idempotency key. It may tell of a person, or hold a secret that is shown once;
so it is never kept in clear:

- about a learner's wallet, it is sealed with the learner's own key, and is gone when she is erased;
- any other is sealed with a key made from the caller's API key, of which we keep only a digest. Who sends the
  request again brings it along; nobody else can open the answer, and neither can we.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from domain.values import LearnerId
from keys.sealing import DataKey
from wallet.errors import Erased, WalletError
from wallet.office import Office, Once

Result = TypeVar("Result")

KEPT_FOR: Final = timedelta(days=1)
"""How long an answer is given again. Nobody retries a request for longer."""

_FOR_THE_CALLER: Final = b"c"
_FOR_THE_LEARNER: Final = b"l"
_LEARNER_BYTES: Final = 36


class IdempotencyKeyReused(WalletError):
    """The key came with another request before. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be sent again: by whom, under which idempotency key, and what it asks.

    `caller` is a secret that stands for the caller's API key (`wallet.access.answers_under`).
    `request` is a digest of everything that makes two requests the same: where it was sent, and its body.
    """

    caller: str
    idempotency_key: str
    request: str

    @property
    def name(self) -> str:
        """Under which the answer is kept: says nothing of the caller, and no two callers' keys meet in it."""
        return hashlib.sha256(f"{self.caller}\n{self.idempotency_key}".encode()).hexdigest()


def once(
    office: Office, asked: Asked, render: Callable[[Result], bytes], *, learner: LearnerId | None = None
) -> Once[Result]:
    """What a use case needs to keep its answer. `learner` is whose wallet the answer is about."""

    def sealed(result: Result) -> bytes:
        answer, place = render(result), asked.name.encode()
        if learner is None:
            return _FOR_THE_CALLER + _callers_key(asked).seal(answer, place)
        return _FOR_THE_LEARNER + learner.encode() + _learners_key(office, learner).seal(answer, place)

    return Once(asked.name, asked.request, sealed)


def first_answer(office: Office, asked: Asked) -> bytes | None:
    """What was answered when this was asked first; None where it never was.

    Raises IdempotencyKeyReused where something else was asked under this key, Erased.
    """
    kept = office.ledger.answer(asked.name)
    if kept is None:
        return None
    if kept.fingerprint != asked.request:
        raise IdempotencyKeyReused(
            f"The idempotency key {asked.idempotency_key!a} came with another request before."
        )
    place = asked.name.encode()
    kind, sealed = kept.body[:1], kept.body[1:]
    if kind == _FOR_THE_CALLER:
        return _callers_key(asked).open(sealed, place)
    learner = sealed[:_LEARNER_BYTES].decode()
    return _learners_key(office, learner).open(sealed[_LEARNER_BYTES:], place)


def _callers_key(asked: Asked) -> DataKey:
    return DataKey(hmac.digest(asked.caller.encode(), b"wallet answer 1\n" + asked.name.encode(), "sha256"))


def _learners_key(office: Office, learner: str) -> DataKey:
    key = office.learner_keys.data_key(learner)
    if key is None:
        raise Erased(learner)
    return key
