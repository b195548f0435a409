"""`wallet copy-ledger`: move the ledger from its file to a PostgreSQL server, or back."""

from typing import Annotated, Any

import msgspec
from typer import Argument, BadParameter, Exit, Option, Typer

from cli.audit import audit_sentence, written_head
from cli.command import command
from cli.desk import Desk
from cli.progress_bar import counting
from wallet.copying import copy_ledger as copy
from wallet.settings import DATABASE

app = Typer(help="Move the ledger to a PostgreSQL server, or back to a file.")


@command(app, "copy-ledger")
def copy_ledger(
    desk: Desk,
    url: Annotated[
        str | None,
        Argument(metavar="[URL]", help="postgresql://user:password@host:5432/name, an empty database."),
    ] = None,
    to_file: Annotated[
        bool, Option("--to-file", help="From the server back to the file in the wallet's folder.")
    ] = False,
) -> None:
    """Copy every event, and all that lies beside them, to an empty place; audit the copy, and use it from then on.

    Stop the server first: a program that has the old ledger open goes on using it. The learners' keys, the keystore
    and the portfolios stay in the folder, and the old ledger stays as it was, for you to keep or to delete. The URL
    is noted in the folder, for its owner's eyes only; to keep the password out of it and out of the list of
    processes, leave it out and set PGPASSWORD.
    """
    if (url is None) is not to_file:
        raise BadParameter("Name the database to copy to, or say --to-file.", param_hint="URL")
    with desk.office(signing=False) as office, counting("Copying", quiet=desk.as_json) as progress:
        copied = copy(office, url or "", at=desk.now, progress=progress)
    document: dict[str, Any] = msgspec.to_builtins(copied.report, builtin_types=(bytes,))
    document |= {
        "head": written_head(copied.report.head),
        "holds": copied.report.holds,
        "beside": copied.beside,
    }
    beside = sum(copied.beside.values())
    desk.answer(document, f"The copy: {audit_sentence(copied.report)} Beside them lie {beside} rows.")
    if not copied.report.holds:
        raise Exit(1)
    if not desk.as_json:
        desk.answer(None, _what_next(desk))


def _what_next(desk: Desk) -> str:
    used = f"It is used from now on: {desk.settings.home} says so."
    if desk.settings.database:
        return f"{used} But {DATABASE} is set, and what it names comes first: change it, or take it away."
    return used
