"""`wallet backup`: copy a wallet while it is used."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Typer

from cli.command import command
from cli.desk import Desk
from wallet.backup import back_up

app = Typer(help="Copy the wallet, while it is used, into two files.")


@command(app, "backup")
def backup(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="FILE", help="Where to; the keys go beside it, into FILE.keys.")],
) -> None:
    """Copy the wallet, while it is used: the ledger into FILE, the keys into FILE.keys.

    FILE may be kept for decades: what it says of a learner is sealed under her own key. Keep the copies of FILE.keys
    only for as many days as you have promised that an erased learner is gone from every backup. No passphrase is asked
    for; the one of today opens the copy.
    """
    desk.refuse_without_wallet()
    made = back_up(desk.settings, file, at=desk.now)
    desk.answer(
        made,
        f"Backed up: {made.events} events, and {made.files} files in all.",
        ledger=str(made.ledger),
        keys=str(made.keys),
    )
