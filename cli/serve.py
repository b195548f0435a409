"""`wallet serve`: answer over HTTP."""

import os
import socket
import sys
from typing import Annotated, Final, NoReturn

from typer import Option, Typer

from cli.command import command
from cli.desk import Desk, passphrase
from wallet.errors import WalletError
from wallet.office import Office
from wallet.settings import HOME, PASSPHRASE, PASSPHRASE_FILE, Settings

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
) -> None:
    """Serve the wallet over HTTP until it is stopped with Ctrl-C.

    It speaks plain HTTP to this machine; put a proxy that speaks HTTPS in front of it for everybody else.
    """
    desk.refuse_without_wallet()
    secret = passphrase()
    Office.open(desk.settings, secret).close()  # says at once what is wrong with the home or the passphrase
    refuse_taken(host, port)
    desk.answer({"address": f"http://{host}:{port}"}, f"Serving at http://{host}:{port} (Ctrl-C stops it).")
    become_server(desk.settings, secret, host, port)


def become_server(settings: Settings, secret: bytes, host: str, port: int) -> NoReturn:
    """Replace this process by the web door, `python -m api`: the doors do not import each other.

    The passphrase goes through a pipe, where neither the list of processes nor the environment shows it. `-P`:
    a folder called `api` in the current one is nobody's door.
    """
    reading, writing = os.pipe()
    os.write(writing, secret)
    os.close(writing)
    os.set_inheritable(reading, True)
    environment = {name: value for name, value in os.environ.items() if name != PASSPHRASE}
    environment |= {HOME: str(settings.home), PASSPHRASE_FILE: f"/dev/fd/{reading}"}
    sys.stdout.flush()
    arguments = [sys.executable, "-P", "-m", "api", "--host", host, "--port", str(port)]
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
