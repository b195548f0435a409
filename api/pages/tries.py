"""How often something may be tried from one place: what can only be guessed is not guessed often.

Counted in memory, by the address a request comes from: a restart forgets, and the secrets are long all the same. An
IPv6 network of 64 bits is one place, because whoever has one address of it has all. Whoever goes on guessing is locked
out for an hour. Nobody's account is locked: no way in names an account, and whoever could lock one would.
"""

from ipaddress import IPv6Address, ip_address
from typing import Final

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import TooManyTries

Allowed = tuple[RateLimitItem, ...]
"""Each of them holds."""

SIGN_INS: Final[Allowed] = (RateLimitItemPerMinute(20),)
WRONG_GUESSES: Final[Allowed] = (RateLimitItemPerMinute(10), RateLimitItemPerHour(60))
WRONG_KEYS: Final[Allowed] = (RateLimitItemPerMinute(60),)
"""Of programs. Whoever else comes from there with a good key is not kept out by them."""
CHECKS: Final[Allowed] = (RateLimitItemPerMinute(120),)
"""Documents that anybody has checked in a browser. Programs ask the interface, with a limit of their operator's."""


class Tries:
    """One for each application."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, request: Request, what: str, allowed: Allowed) -> None:
        """Raises TooManyTries where there have been more."""
        place = _place(request)
        counted = [self._limiter.hit(each, what, place) for each in allowed]
        if not all(counted):
            raise TooManyTries

    def refuse_after(self, request: Request, what: str, allowed: Allowed) -> None:
        """Raises TooManyTries where so many were counted already; counts nothing itself."""
        place = _place(request)
        if not all(self._limiter.test(each, what, place) for each in allowed):
            raise TooManyTries


def tries_of(request: Request) -> Tries:
    tries: Tries = request.app.state.tries
    return tries


def _place(request: Request) -> str:
    if request.client is None:
        return "-"
    try:
        address = ip_address(request.client.host.partition("%")[0])
    except ValueError:
        return request.client.host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
