"""`wallet migrate`: bring a wallet's files to what this version needs."""

from typer import Typer

from cli.command import command
from cli.desk import Desk
from wallet import bootstrap

app = Typer(help="Bring the files to what this version needs.")


@command(app, "migrate")
def migrate(desk: Desk) -> None:
    """Bring the files to what this version needs. Doing it twice does no harm."""
    desk.refuse_without_wallet()
    done = bootstrap.migrate(desk.settings)
    told = "The files are as this version needs them." if not done else f"Done, {len(done)} steps:"
    desk.answer({"done": done}, told, *(f"  {step}" for step in done))
