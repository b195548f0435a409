"""`wallet restore`: put a backup in the place of a wallet that is gone."""

import os
from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Option, Typer

from cli.audit import audit_sentence, written_head
from cli.command import command
from cli.desk import Desk, passphrase
from cli.progress_bar import counting
from wallet.restoring import restore as restore_backup
from wallet.settings import ERASURES
from wallet.transparency.checkpoint import Checkpoint

app = Typer(help="Put a backup where a wallet was, proved by an audit.")


@command(app, "restore")
def restore(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="FILE", help="The ledger's file, as `wallet backup` wrote it.")],
    keys: Annotated[
        Path | None, Option("--keys", metavar="FILE", help="The keys' file; FILE.keys if not named.")
    ] = None,
    erasures: Annotated[
        Path | None,
        Option(
            "--erasures",
            metavar="FILE",
            help="The list of erasures, as the wallet kept it; that of WALLET_ERASURES if not named.",
        ),
    ] = None,
    none_erased: Annotated[
        bool, Option("--none-erased", help="There is no such list: nobody was ever erased.")
    ] = False,
    checkpoint: Annotated[
        Path | None,
        Option("--checkpoint", metavar="FILE", help="A checkpoint of the log that was kept elsewhere."),
    ] = None,
) -> None:
    """Put a backup into an empty folder, and audit it there. Nothing is ever restored over what there is.

    Learners on the list of erasures are erased again. The passphrase is the one of the day of the backup. Where the
    ledger does not hold, or lacks an event that the checkpoint covers, nothing is left behind.
    """
    outside = None if checkpoint is None else Checkpoint.parse(checkpoint.read_bytes())
    listed = b"" if none_erased else _list_of_erasures(erasures).read_bytes()
    secret = passphrase()
    with counting("Auditing", quiet=desk.as_json) as progress:
        restored = restore_backup(
            desk.settings,
            file,
            secret,
            at=desk.now,
            erasures=listed,
            keys=keys,
            checkpoint=outside,
            progress=progress,
        )
    head = written_head(restored.report.head)
    desk.answer(
        {
            "home": str(desk.settings.home),
            "madeAt": restored.made_at,
            "events": restored.report.events,
            "erasedAgain": restored.erased_again,
            "head": head,
        },
        f"Restored into {desk.settings.home}, as it was on {restored.made_at:%Y-%m-%d %H:%M} UTC.",
        *([f"Erased again: {_learners(restored.erased_again)}."] if restored.erased_again else []),
        audit_sentence(restored.report),
        head=head,
    )


def _learners(number: int) -> str:
    return f"{number} learner{'' if number == 1 else 's'}"


def _list_of_erasures(named: Path | None) -> Path:
    if named is not None:
        return named
    if kept := os.environ.get(ERASURES):
        return Path(kept)
    raise BadParameter(
        "Name the list of erasures with --erasures, the erasures.jsonl of the lost wallet: whoever was erased since "
        "would be back. If nobody ever was, say --none-erased."
    )
