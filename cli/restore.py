"""`wallet restore`: put a backup in the place of a wallet that is gone."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from cli.audit import audit_sentence, written_head
from cli.command import command
from cli.desk import Desk, passphrase
from cli.progress_bar import counting
from wallet.restoring import restore as restore_backup
from wallet.transparency.checkpoint import Checkpoint

app = Typer(help="Put a backup where a wallet was, proved by an audit.")


@command(app, "restore")
def restore(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="FILE", help="The ledger's file, as `wallet backup` wrote it.")],
    keys: Annotated[
        Path | None, Option("--keys", metavar="FILE", help="The keys' file; FILE.keys if not named.")
    ] = None,
    checkpoint: Annotated[
        Path | None,
        Option("--checkpoint", metavar="FILE", help="A checkpoint of the log that was kept elsewhere."),
    ] = None,
) -> None:
    """Put a backup into an empty folder, and audit it there. Nothing is ever restored over what there is.

    The passphrase is the one of the day of the backup. Where the ledger does not hold, or lacks an event that the
    checkpoint covers, nothing is left behind.
    """
    outside = None if checkpoint is None else Checkpoint.parse(checkpoint.read_bytes())
    secret = passphrase()
    with counting("Auditing", quiet=desk.as_json) as progress:
        restored = restore_backup(
            desk.settings, file, secret, keys=keys, checkpoint=outside, progress=progress
        )
    head = written_head(restored.report.head)
    desk.answer(
        {
            "home": str(desk.settings.home),
            "madeAt": restored.made_at,
            "events": restored.report.events,
            "head": head,
        },
        f"Restored into {desk.settings.home}, as it was on {restored.made_at:%Y-%m-%d %H:%M} UTC.",
        audit_sentence(restored.report),
        head=head,
    )
