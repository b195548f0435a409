"""`wallet init`: make a wallet's home."""

from typing import Annotated

from typer import Option, Typer

from cli.command import command
from cli.desk import Desk, new_passphrase
from wallet import bootstrap

app = Typer(help="Make a wallet: its folder, its keys and its first event.")


@command(app, "init")
def init(
    desk: Desk,
    name: Annotated[str, Option("--name", metavar="TEXT", help="What the registry is called.")],
    base_url: Annotated[
        str,
        Option("--base-url", metavar="URL", help="Where the world will find it: https://records.example."),
    ],
) -> None:
    """Make a wallet: its folder, its keys and its first event.

    The passphrase comes from WALLET_PASSPHRASE or WALLET_PASSPHRASE_FILE, or is asked twice. Without it nothing
    can be signed, and nobody can recover it.
    """
    opened = bootstrap.create(desk.settings, new_passphrase(), name=name, base_url=base_url, at=desk.now)
    desk.answer(
        {
            "home": str(desk.settings.home),
            "name": opened.name,
            "base_url": opened.base_url,
            "did": opened.did,
        },
        f"The registry {opened.name} is open in {desk.settings.home}.",
        did=opened.did,
        address=opened.base_url,
    )
