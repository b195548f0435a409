"""How often something may be tried from one place: what can only be guessed is not guessed often.

Counted in memory, by the address a request comes from: a restart forgets, and the secrets are long all the same.
"""

from typing import Final

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import TooManyTries

SIGN_INS: Final = RateLimitItemPerMinute(20)
WRONG_GUESSES: Final = RateLimitItemPerMinute(10)
WRONG_KEYS: Final = RateLimitItemPerMinute(60)
"""Of programs. Whoever else comes from there with a good key is not kept out by them."""


class Tries:
    """One for each application."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, request: Request, what: str, allowed: RateLimitItem) -> None:
        """Raises TooManyTries where there have been more."""
        if not self._limiter.hit(allowed, what, _place(request)):
            raise TooManyTries

    def refuse_after(self, request: Request, what: str, allowed: RateLimitItem) -> None:
        """Raises TooManyTries where so many were counted already; counts nothing itself."""
        if not self._limiter.test(allowed, what, _place(request)):
            raise TooManyTries


def tries_of(request: Request) -> Tries:
    tries: Tries = request.app.state.tries
    return tries


def _place(request: Request) -> str:
    return request.client.host if request.client is not None else "-"
