"""Reading bodies: strictly, bounded, and before anything else looks at them.

The framework's own reading takes a member given twice, `NaN`, and numbers that no two programs read alike. Here
a body is read by the same strict reader as a signed document, with points as exact decimals.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.errors import TooLarge, UnreadableBody, WrongMediaType
from wallet.reading import JsonValue, Limits, MalformedJson, parse_json

MEBIBYTE: Final = 1024 * 1024


class ReadRequest(Request):
    """A request whose body has been read. `text` is the body as it was sent, `value` what it says."""

    text: bytes
    value: JsonValue = None

    async def body(self) -> bytes:
        return self.text

    async def json(self) -> JsonValue:
        return self.value

    @cached_property
    def fingerprint(self) -> str:
        """Equal for two requests that ask the same: by their address and by what they say, not how it is spaced."""
        said = json.dumps([self.method, self.url.path, self.value], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()


class StrictRoute(APIRoute):
    """A route that reads its body strictly, up to `limit` bytes."""

    limit: ClassVar[int] = MEBIBYTE

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        wanted = self.body_field is not None
        limits = Limits(size=self.limit)

        async def read_and_handle(request: Request) -> Response:
            read = ReadRequest(request.scope, request.receive)
            read.text = await bytes_of(request, self.limit)
            if wanted and read.text:
                if not _is_json(request.headers.get("content-type", "")):
                    raise WrongMediaType
                try:
                    read.value = parse_json(read.text, decimals=True, limits=limits)
                except MalformedJson as error:
                    raise UnreadableBody(error.reason, error.sentence) from error
            return await handle(read)

        return read_and_handle


class DocumentRoute(StrictRoute):
    """A route to which signed documents are sent, which may be long."""

    limit = 4 * MEBIBYTE


async def bytes_of(request: Request, limit: int) -> bytes:
    """The body as it is sent. Raises TooLarge, having read no more than `limit` bytes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise TooLarge(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(limit)
        parts.append(part)
    return b"".join(parts)


def _is_json(content_type: str) -> bool:
    """`application/json` or a type built on it, in UTF-8 (RFC 8259, 8.1 allows no other)."""
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    main, _, sub = media_type.partition("/")
    charsets = [
        value.strip('"') for name, _, value in (p.partition("=") for p in parameters) if name == "charset"
    ]
    return (
        main == "application"
        and (sub == "json" or sub.endswith("+json"))
        and all(charset in ("utf-8", "utf8") for charset in charsets)
    )
