"""The edge: what holds for every request, whatever is asked.

A deadline; a queue with an end; an id; a line in the log, with nothing in it about a person; headers that keep a
browser from doing anything with an answer but show it; HEAD and OPTIONS; and a net under the endpoints, so that a
fault of ours is told as a fault, without its insides.
"""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

from fastapi import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import allowed_methods
from api.errors import NoSuchAddress, OutOfTime, TooBusy, WrongHost
from api.logs import REQUEST, told
from api.metrics import Metrics
from api.problems import fault, problem

_log = logging.getLogger("api.requests")

DEADLINE: Final = 5.0
"""Seconds a request may take, from its first byte to its answer."""

MOST_WAITING: Final = 256
"""Requests that wait at once; forty are worked at, and what stands further behind would only meet its deadline."""

_ALWAYS_ANSWERED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches over the program is let in however long the queue is: a busy server is not a dead one."""

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What an answer has unless it says otherwise itself."""


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        deadline: float = DEADLINE,
        most_waiting: int = MOST_WAITING,
        https: bool = True,
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._most_waiting = most_waiting
        self.waiting = 0
        """Requests under way."""
        self._deadline = deadline
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = _Asked(scope, send, https=self._https)
        named = REQUEST.set(asked.id)
        try:
            if self.waiting < self._most_waiting or scope["path"] in _ALWAYS_ANSWERED:
                await self._wait_for(asked, receive)
            else:
                self._metrics.turned_away.inc()
                await asked.tell(problem(TooBusy()))
        finally:
            REQUEST.reset(named)
            asked.log(self._metrics)

    async def _wait_for(self, asked: "_Asked", receive: Receive) -> None:
        """Answer it, or say at the deadline that there is no answer yet."""
        self.waiting += 1
        self._metrics.under_way.inc()
        answering = asyncio.ensure_future(self._answer(asked, receive))
        try:
            await asyncio.wait({answering}, timeout=self._deadline)
            if asked.answered:
                await answering
            elif not answering.done():
                await asked.tell(problem(OutOfTime(self._deadline)))
                asked.closed = True
        finally:
            # Who still waits for a turn gives it up. What is in the ledger's hands cannot be called back: it
            # ends unheard, and the caller has been told so.
            answering.cancel()
            self.waiting -= 1
            self._metrics.under_way.dec()

    async def _answer(self, asked: "_Asked", receive: Receive) -> None:
        if asked.method == "OPTIONS":
            await asked.tell(_options(asked.scope))
            return
        try:
            await self._app(asked.scope, receive, asked.send)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception:  # noqa: BLE001 - the net: no fault may reach a stranger as anything but a fault
            _log.exception("fault", extra=told(request=asked.id))
            if not asked.answered:
                await asked.tell(fault())


class OwnNamesOnly:
    """ASGI middleware for a server that trusts whoever is on this machine: it answers to this machine's names only.

    A browser on it runs pages of strangers, whose own names can be made to lead here. What such a page asks still
    goes by the stranger's name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_own_name(Headers(scope=scope).get("host", "")):
            await problem(WrongHost())(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_own_name(host: str) -> bool:
    """Whether a Host header, `localhost:8400` or `[::1]`, names the machine itself."""
    name = re.sub(r":[0-9]+\Z", "", host)
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


class _Asked:
    """A request on its way through, and what was answered."""

    def __init__(self, scope: Scope, send: Send, *, https: bool) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        self.method: str = scope["method"]
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.answered = False
        self.closed = False
        self._send = send
        self._https = https
        self._status = 0
        self._began = time.perf_counter()

    async def tell(self, response: Response) -> None:
        await response(self.scope, _nothing, self.send)

    async def send(self, message: Message) -> None:
        if self.closed:
            return
        if message["type"] == "http.response.start":
            self.answered = True
            self._status = message["status"]
            self._complete(MutableHeaders(scope=message))
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    def _complete(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = self.id
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"

    def log(self, metrics: Metrics) -> None:
        """The route's pattern and not the address, which may name a learner."""
        route = getattr(self.scope.get("route"), "path", "-")
        took = time.perf_counter() - self._began
        metrics.answered(self.method, route, self._status, took)
        ms = round(1000 * took, 1)
        facts = told(method=self.method, route=route, status=self._status, ms=ms, request=self.id)
        _log.info("answered", extra=facts)


def _options(scope: Scope) -> Response:
    allowed = allowed_methods(scope)
    if not allowed:
        return problem(NoSuchAddress())
    return Response(status_code=204, headers={"Allow": ", ".join(allowed)})


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
