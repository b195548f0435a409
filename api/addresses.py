"""What can be done at an address: for OPTIONS, and for the Allow header of a refusal."""

from typing import Final

from fastapi import FastAPI
from starlette.routing import Match
from starlette.types import Scope

_METHODS: Final = ("GET", "POST")


def allowed_methods(scope: Scope) -> tuple[str, ...]:
    """The methods understood at the address of this request; none where there is nothing.

    The framework would name those of the first route that fits the address, and leave out the others.
    """
    app: FastAPI = scope["app"]
    found = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
    if "GET" in found:
        found.insert(1, "HEAD")
    return (*found, "OPTIONS") if found else ()
