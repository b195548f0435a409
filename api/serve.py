"""Serving: a process, its threads, and the follower that keeps the views abreast; or several such processes.

Log lines are `key=value`, one a request, and name nobody: routes are told by their pattern.
"""

import logging
import signal
import socket
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from api.app import create_app
from api.edge import DEADLINE
from api.workers import keep_working
from wallet.certifying import localhost_certificate
from wallet.ledger.opening import refuse_several_processes
from wallet.office import Office
from wallet.open_issuers import WARNING, OpenIssuers, in_an_address, refuse_unless_loopback
from wallet.settings import Settings

_log = logging.getLogger("api.serve")

_LAST_ANSWERS: Final = 10
"""Seconds that requests under way are given when the server is asked to stop."""
_WAITING: Final = 2048
"""Connections that wait to be taken by one of several processes."""


def serve(
    settings: Settings,
    passphrase: bytes,
    *,
    host: str = "127.0.0.1",
    port: int = 8400,
    deadline: float = DEADLINE,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
    tls_self_signed: bool = False,
    open_issuers: bool = False,
    workers: int = 1,
) -> None:
    """Serve the home until SIGINT or SIGTERM; requests under way are answered first. For the main thread.

    `tls_self_signed` speaks HTTPS with a certificate made here, for this machine. `open_issuers` signs for anybody,
    on this machine alone. `workers` processes share the address; each has its own threads and follower.

    Raises NotMigrated, NewerDatabase, WrongPassphrase, NotOnThisMachine, OneProcessOnly, OSError where the address
    cannot be had.
    """
    if workers > 1:
        refuse_several_processes(settings.ledger)
    if open_issuers:
        refuse_unless_loopback(host)
    log_plainly()
    now = datetime.now(UTC)
    if tls_self_signed:
        tls_certificate, tls_key = localhost_certificate(settings, now)
    scheme = "https" if tls_certificate else "http"
    issuers = OpenIssuers(f"{scheme}://{in_an_address(host)}:{port}", now) if open_issuers else None
    signal.signal(signal.SIGTERM, _end)

    def work(address: socket.socket | None = None) -> None:
        with Office.open(settings, passphrase) as office, office.follower:
            config = uvicorn.Config(
                create_app(office, deadline=deadline, open_issuers=issuers),
                host=host,
                port=port,
                ssl_certfile=tls_certificate,
                ssl_keyfile=tls_key,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_LAST_ANSWERS,
            )
            _log.info("event=serving host=%s port=%d events=%d", host, port, office.ledger.last_sequence())
            if issuers is not None:
                _log.warning("event=open-issuers warning=%r", WARNING)
            _log.info("event=storage flavour=%r", office.ledger.database.flavour)
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run(None if address is None else [address])
            _log.info("event=stopped")

    if workers == 1:
        work()
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=_WAITING) as address:
        keep_working(workers, partial(work, address), patience=_LAST_ANSWERS + 5)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """uvicorn gives the last answers and then passes the signal on, to us: leave as from a terminal."""
    raise KeyboardInterrupt


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """`2026-06-30T09:00:00Z level=info logger=api.requests event=…`; a traceback follows on its own lines."""
        message = record.getMessage()
        said = message if "=" in message else f"message={message!r}"
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        line = f"{when} level={record.levelname.lower()} logger={record.name} {said}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def log_plainly() -> None:
    """Everything of level info and above on the standard error, as plain lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
