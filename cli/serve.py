"""`wallet serve`: answer over HTTP."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Final, NoReturn

from rich.text import Text
from typer import BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk, a_console, passphrase, show
from wallet.errors import WalletError
from wallet.ledger.opening import refuse_several_processes
from wallet.office import Office
from wallet.open_issuers import WARNING, in_an_address, refuse_unless_loopback
from wallet.settings import DATABASE, HOME, PASSPHRASE, PASSPHRASE_FILE, Settings

app = Typer(help="Serve the wallet over HTTP.")

HOST: Final = "127.0.0.1"
PORT: Final = 8400


class PortTaken(WalletError):
    """Nothing can be served there."""


@command(app, "serve")
def serve(
    desk: Desk,
    host: Annotated[str, Option("--host", help="The address to listen on.")] = HOST,
    port: Annotated[int, Option("--port", min=1, max=65535, help="The port to listen on.")] = PORT,
    certificate: Annotated[
        Path | None, Option("--tls-cert", metavar="FILE", help="Speak HTTPS with this certificate (PEM).")
    ] = None,
    key: Annotated[
        Path | None, Option("--tls-key", metavar="FILE", help="The certificate's private key (PEM).")
    ] = None,
    self_signed: Annotated[
        bool, Option("--tls-self-signed", help="Speak HTTPS with a certificate made here, for this machine.")
    ] = False,
    open_issuers: Annotated[
        bool,
        Option("--open-issuers", help="For developers: sign whatever anybody on this machine brings."),
    ] = False,
    workers: Annotated[
        int, Option("--workers", min=1, max=64, help="How many processes; more than one on PostgreSQL only.")
    ] = 1,
) -> None:
    """Serve the wallet over HTTP until it is stopped with Ctrl-C.

    Without a certificate it speaks plain HTTP to this machine; put a proxy that speaks HTTPS in front of it for
    everybody else.
    """
    if (certificate is None) is not (key is None) or (self_signed and certificate is not None):
        raise BadParameter("Give both --tls-cert and --tls-key, or --tls-self-signed, or none of them.")
    if open_issuers:
        refuse_unless_loopback(host)
        if workers > 1:
            raise BadParameter("--open-issuers is kept in the memory of one process: leave --workers out.")
    if workers > 1:
        refuse_several_processes(desk.settings.ledger)
    desk.refuse_without_wallet()
    secret = passphrase()
    Office.open(desk.settings, secret).close()  # says at once what is wrong with the home or the passphrase
    refuse_taken(host, port)
    address = f"{'https' if certificate or self_signed else 'http'}://{in_an_address(host)}:{port}"
    desk.answer({"address": address}, f"Serving at {address} (Ctrl-C stops it).")
    options = [
        *(["--tls-cert", str(certificate), "--tls-key", str(key)] if certificate else []),
        *(["--tls-self-signed"] if self_signed else []),
        *(["--open-issuers"] if open_issuers else []),
        *(["--workers", str(workers)] if workers > 1 else []),
    ]
    if open_issuers:
        show(a_console(stderr=True), Text(WARNING, style="bold red"))
    become_server(desk.settings, secret, host, port, *options)


def become_server(settings: Settings, secret: bytes, host: str, port: int, *options: str) -> NoReturn:
    """Replace this process by the web door, `python -m api`: the doors do not import each other.

    The passphrase goes through a pipe, where neither the list of processes nor the environment shows it. `-P`:
    a folder called `api` in the current one is nobody's door.
    """
    reading, writing = os.pipe()
    os.write(writing, secret)
    os.close(writing)
    os.set_inheritable(reading, True)
    environment = {name: value for name, value in os.environ.items() if name != PASSPHRASE}
    environment |= {
        HOME: str(settings.home),
        DATABASE: settings.database,
        PASSPHRASE_FILE: f"/dev/fd/{reading}",
    }
    sys.stdout.flush()
    arguments = [sys.executable, "-P", "-m", "api", "--host", host, "--port", str(port), *options]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - no shell is what we want


def refuse_taken(host: str, port: int) -> None:
    """Raises PortTaken where another program listens already, or where nobody may."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        raise PortTaken(
            f"Port {port} of {host} cannot be had ({_why(error)}); name another with --port."
        ) from error


def _why(error: OSError) -> str:
    """The system's own words; what Python adds to them repeats the address."""
    return os.strerror(error.errno).lower() if error.errno else str(error)
