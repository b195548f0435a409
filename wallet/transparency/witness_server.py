"""The witness over HTTP: one address, `POST /add-checkpoint`, for whoever puts a proxy with TLS before it."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from wallet.errors import LogError
from wallet.transparency.witness import Reply, Witness

MOST_BYTES: Final = 64 * 1024
_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


def witness_server(
    witness: Witness, host: str, port: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> ThreadingHTTPServer:
    """The server, listening already; `serve_forever` runs it. Port 0 takes a free one. Raises OSError."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _SECONDS

        def do_POST(self) -> None:
            reply = self._reply()
            body = reply.body.encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _reply(self) -> Reply:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length[:9]) > MOST_BYTES:
                self.close_connection = True
                return Reply(413, f"A request is at most {MOST_BYTES} bytes, and says how many.\n")
            body = self.rfile.read(int(length))
            if self.path != "/add-checkpoint":
                return Reply(404, "There is nothing here; ask /add-checkpoint.\n")
            try:
                return witness.add_checkpoint(body, clock())
            except (LogError, OSError):
                _log.exception("event=nothing-cosigned")
                return Reply(500, "The witness cannot keep what it sees, so it cosigns nothing.\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            _log.info("event=answered request=%r", format % args)

    return ThreadingHTTPServer((host, port), Handler)
