"""`wallet export`: a learner's record as a document for other systems."""

from pathlib import Path
from typing import Annotated

from typer import Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import LearnerArgument
from wallet.exporting import export_elmo
from wallet.files import replace_file

app = Typer(
    add_completion=False,
    help="Write a learner's record as ELMO 1.7, as EMREX and Erasmus Without Paper read it.",
)


@command(app, "export")
def export(
    desk: Desk,
    learner: LearnerArgument,
    out: Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write the document.")],
    given_names: Annotated[
        str, Option("--given-names", metavar="TEXT", help="Hers; nobody here knows them.")
    ] = "",
    family_name: Annotated[str, Option("--family-name", metavar="TEXT", help="Hers.")] = "",
) -> None:
    """Write what a learner was awarded, and stands, as an ELMO document. It is not signed."""
    with desk.office() as office:
        document = export_elmo(office, learner, given_names=given_names, family_name=family_name, at=desk.now)
    replace_file(out, document)
    desk.answer({"file": str(out), "format": "elmo"}, f"Written: {out}.")
