"""`wallet export`: a learner's record as a document for other systems, and what it leaves behind."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from rich.console import RenderableType
from typer import BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import LearnerArgument, day
from cli.tables import a_table
from wallet.exporting import SIGNED, export
from wallet.files import replace_file
from wallet.formats.elm_seal import Seal
from wallet.formats.losses import Loss
from wallet.formats.registry import FORMATS

app = Typer(
    add_completion=False, help="Write a learner's record in a format of others, and say what it loses."
)

_LONGEST_SHOWN = 60

GivenNames = Annotated[str, Option("--given-names", metavar="TEXT", help="Hers; nobody here knows them.")]
FamilyName = Annotated[str, Option("--family-name", metavar="TEXT", help="Hers.")]
BornOn = Annotated[date | None, Option("--born-on", parser=day, metavar="DAY", help="Hers: 2004-05-17.")]


@command(app, "export")
def export_record(
    desk: Desk,
    learner: LearnerArgument,
    out: Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write the document.")],
    to: Annotated[
        str, Option("--format", "-f", metavar="FORMAT", help=f"One of {', '.join((*FORMATS, *SIGNED))}.")
    ] = "elmo",
    given_names: GivenNames = "",
    family_name: FamilyName = "",
    born_on: BornOn = None,
    seal_key: Annotated[
        Path | None,
        Option("--seal-key", metavar="PEM", help="Of elm and elmo: the key of the seal to put it under."),
    ] = None,
    seal_certificate: Annotated[
        Path | None, Option("--seal-certificate", metavar="PEM", help="Of elm and elmo: whose the seal is.")
    ] = None,
) -> None:
    """Write what a learner was awarded, and stands, and tell field by field what has no place in the format.

    ELMO, CSV and the plain record are signed by nobody. Badges are taken along as they were issued; a learner record
    (clr) is put together of them, and signed, by the learner. ELMO and a European Digital Credential
    (elm) are put under the seal of the institution that runs this command, where it gives one.
    """
    if (seal_key is None) != (seal_certificate is None):
        raise BadParameter("A seal is a --seal-key and its --seal-certificate.")
    seal = (
        Seal.of(seal_key.read_bytes(), seal_certificate.read_bytes())
        if seal_key is not None and seal_certificate is not None
        else None
    )
    with desk.office() as office:
        converted = export(
            office,
            learner,
            to,
            given_names=given_names,
            family_name=family_name,
            born_on=born_on,
            seal=seal,
            at=desk.now,
        )
    replace_file(out, converted.content)
    desk.answer(
        {"file": str(out), "format": to, "losses": converted.losses},
        f"Written: {out}.",
        *left_behind(converted.losses),
    )


def left_behind(losses: Sequence[Loss]) -> Iterator[RenderableType]:
    """What had no place: field by field, or that nothing was lost."""
    if not losses:
        yield "Nothing was left behind."
        return
    yield f"Left behind: {len(losses)}, which have no place in the format."
    table = a_table("Where", "What", "Why")
    for each in losses:
        written = msgspec.json.encode(each.lost).decode()
        short = written if len(written) <= _LONGEST_SHOWN else f"{written[: _LONGEST_SHOWN - 1]}…"
        table.add_row(each.at, short, each.why)
    yield table
