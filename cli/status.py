"""`wallet status`: how the home stands, and what somebody has to see to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from typer import Exit, Option, Typer

from cli.command import command
from cli.desk import Desk
from wallet.overseeing import Condition, condition_of

app = Typer(help="Say how the wallet stands.")


@command(app, "status")
def status(
    desk: Desk,
    days: Annotated[
        int, Option("--within", min=0, max=3650, help="Tell what ends within so many days.")
    ] = 30,
) -> None:
    """Say how the wallet stands: its ledger, views, log and keys, and what ends soon.

    Ends with 1 where something is to be seen to, so that a timer can call it. It checks nothing again: `wallet audit`
    does.
    """
    with desk.office(signing=False) as office:
        condition = condition_of(office, at=desk.now, horizon=timedelta(days=days))
    document = {**msgspec.to_builtins(condition, builtin_types=(bytes,)), "well": condition.well}
    desk.answer(document, *_shown(condition))
    if not condition.well:
        raise Exit(1)


def _shown(condition: Condition) -> Iterator[RenderableType]:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    size = "" if condition.ledger_bytes is None else f" {condition.ledger_bytes / 1024 / 1024:,.1f} MiB,"
    table.add_row("ledger", f"{condition.events:,} events,{size} {condition.storage}")
    table.add_row("views", f"{condition.behind:,} events behind" if condition.behind else "up to date")
    table.add_row("log", f"{condition.logged:,} events")
    if (last := condition.checkpoint) is not None:
        by = f", cosigned by {last.cosignatures}" if last.cosignatures else ""
        table.add_row("checkpoint", f"{last.size:,} events, {last.signed_at:%Y-%m-%d %H:%M:%S} UTC{by}")
        table.add_row("root", last.root.hex())
    for keys in condition.keys:
        ended = f", {keys.ended} ended" if keys.ended else ""
        table.add_row(f"keys of {keys.holder}", f"{keys.in_force} in force{ended}")
    yield table
    if condition.well:
        yield Text("All is well.", style="green")
    for sentence in condition.attention:
        yield Text(f"• {sentence}", style="yellow")
