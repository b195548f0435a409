"""Several processes at one address: a parent that answers nothing, and children that it starts and replaces."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from api.logs import told
from wallet.errors import WalletError

_log = logging.getLogger(__name__)

_TOO_SOON: Final = 5.0
"""Seconds. A child that ends sooner is replaced after a pause; as many of them in a row as there are end it all."""
_PAUSE: Final = 1.0


def keep_working(count: int, work: Callable[[], None], *, patience: float) -> None:
    """Run `work` in so many processes until SIGINT or SIGTERM, and replace each that ends before.

    At the end every child is asked with SIGTERM, and killed after `patience` seconds. Should this process be killed,
    the children end too. To be called while there is one thread. Raises SystemExit where none of them comes up.
    """
    running: dict[int, float] = {}
    held, holding = os.pipe()  # its far end closes with this process, whatever ends it
    ended_at_once = 0
    try:
        while True:
            while len(running) < count:
                running[_start(work, held, holding)] = time.monotonic()
            child, status = os.wait()
            soon = time.monotonic() - running.pop(child) < _TOO_SOON
            ended_at_once = ended_at_once + 1 if soon else 0
            _log.error("worker-ended", extra=told(pid=child, code=os.waitstatus_to_exitcode(status)))
            if ended_at_once >= count:
                raise SystemExit(1)
            if soon:
                time.sleep(_PAUSE)
    except KeyboardInterrupt:
        pass
    finally:
        _end(running, patience)
        os.close(held)
        os.close(holding)


def _start(work: Callable[[], None], held: int, holding: int) -> int:
    """The child's number, for the parent; the child works and never returns."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.close(holding)
        threading.Thread(target=_end_with_parent, args=(held,), daemon=True).start()
        work()
        code = 0
    except WalletError as error:
        _log.error("worker-refused", extra=told(why=str(error)))
    except KeyboardInterrupt:
        code = 0
    except BaseException:  # noqa: BLE001 - the last place before the end of the process
        _log.exception("worker-failed", extra=told())
    finally:
        os._exit(code)


def _end_with_parent(held: int) -> None:
    os.read(held, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(running: dict[int, float], patience: float) -> None:
    for child in running:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while running and time.monotonic() < deadline:
        child, _ = os.waitpid(-1, os.WNOHANG)
        if child:
            running.pop(child, None)
        else:
            time.sleep(0.02)
    for child in running:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
