"""Serving: a process, its threads, and the follower that keeps the views abreast; or several such processes.

What it tells in its log is in `api.logs`.
"""

import logging
import signal
import socket
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from api.app import create_app
from api.edge import DEADLINE
from api.logs import log_in_lines, told
from api.workers import keep_working
from wallet.certifying import localhost_certificate
from wallet.ledger.opening import refuse_several_processes
from wallet.office import Office
from wallet.open_issuers import WARNING, OpenIssuers, in_an_address, refuse_unless_loopback
from wallet.settings import Settings, metrics_are_public

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
    log_in_lines()
    now = datetime.now(UTC)
    if tls_self_signed:
        tls_certificate, tls_key = localhost_certificate(settings, now)
    scheme = "https" if tls_certificate else "http"
    issuers = OpenIssuers(f"{scheme}://{in_an_address(host)}:{port}", now) if open_issuers else None
    signal.signal(signal.SIGTERM, _end)

    def work(address: socket.socket | None = None) -> None:
        with Office.open(settings, passphrase) as office, office.follower:
            config = uvicorn.Config(
                create_app(
                    office,
                    deadline=deadline,
                    open_issuers=issuers,
                    public_metrics=metrics_are_public(),
                ),
                host=host,
                port=port,
                ssl_certfile=tls_certificate,
                ssl_keyfile=tls_key,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_LAST_ANSWERS,
            )
            events = office.ledger.last_sequence()
            _log.info("serving", extra=told(host=host, port=port, events=events))
            if issuers is not None:
                _log.warning("open-issuers", extra=told(warning=WARNING))
            _log.info("storage", extra=told(flavour=office.ledger.database.flavour))
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run(None if address is None else [address])
            _log.info("stopped", extra=told())

    if workers == 1:
        work()
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=_WAITING) as address:
        keep_working(workers, partial(work, address), patience=_LAST_ANSWERS + 5)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """uvicorn gives the last answers and then passes the signal on, to us: leave as from a terminal."""
    raise KeyboardInterrupt
