"""`wallet import`: what a record from elsewhere would add, and, once confirmed, adding it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from rich.console import RenderableType
from rich.table import Table
from typer import Argument, Exit, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Learner
from cli.tables import a_table
from domain.values import best
from wallet.bringing import ProposedImport, bring_in, propose_import
from wallet.formats.ewp import GradeTable, StatedAgreement
from wallet.formats.xml_signature import trusted_certificate
from wallet.verdict import Outcome, decimal_text

app = Typer(
    add_completion=False, help="Read a record from elsewhere, and bring in what it says, without credit here."
)


@command(app, "import")
def import_record(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="FILE", help="ELMO, or a document of Erasmus Without Paper.")],
    learner: Learner,
    certificate: Annotated[
        list[Path] | None,
        Option("--certificate", metavar="PEM", help="Of whom you expect the signature; may be repeated."),
    ] = None,
    confirm: Annotated[
        bool, Option("--confirm", help="Bring in what is shown; without it nothing is written.")
    ] = False,
) -> None:
    """Show what the record says, whether its signature holds, and what it would add; with --confirm, add that.

    What is brought in is claimed learning: it carries no credit here until an institution recognises it. The same
    record twice adds nothing.
    """
    data = file.read_bytes()
    trusted = [trusted_certificate(path.read_bytes()) for path in certificate or ()]
    with desk.office() as office:
        proposed = propose_import(office, learner, data, trusted)
        brought = None
        if confirm:
            brought = bring_in(
                office,
                learner,
                data,
                confirmed=proposed.reading.document,
                trusted=trusted,
                at=desk.now,
            ).brought
    desk.answer(
        _document(proposed, None if brought is None else [each.learning for each in brought]),
        *_told(proposed, desk.language),
        _ending(proposed, None if brought is None else len(brought)),
    )
    if proposed.reading.signature.outcome is Outcome.FAILED:
        raise Exit(1)


def _told(proposed: ProposedImport, language: str) -> Iterator[RenderableType]:
    reading = proposed.reading
    yield f"{reading.kind}, of {' and of '.join(reading.holders)}."
    yield f"Signature: {reading.signature.outcome.replace('-', ' ')}. {reading.signature.sentence}"
    if proposed.lines:
        yield _lines(proposed, language)
        yield f"In all: {_sums(reading.totals) or 'nothing'}, as claimed learning."
        if reading.added_up != reading.totals:
            yield f"(Everything added up, containers with their parts, would be {_sums(reading.added_up)}.)"
    for table in reading.tables:
        yield _grades(table)
    for agreement in reading.agreements:
        yield from _agreement(agreement)
    for remark in reading.remarks:
        yield f"Note: {remark}"


def _lines(proposed: ProposedImport, language: str) -> Table:
    table = a_table("Place", "Learning", "Awarded by", "Credit", "Grade", "Counts", right=("Credit",))
    for each in proposed.lines:
        said = each.line.opportunity
        counts = "yes" if each.new else "no: held already" if each.held else f"no: {each.line.left_out}"
        table.add_row(
            said.place,
            best(said.names, language),
            best(each.line.issuer.names, language),
            ", ".join(map(str, said.credits)),
            said.grade or "",
            counts,
        )
    return table


def _sums(totals: dict[str, Decimal]) -> str:
    return ", ".join(f"{decimal_text(points)} {scheme}" for scheme, points in totals.items())


def _grades(grades: GradeTable) -> Table:
    table = a_table(f"Grade in {grades.isced}", "Percent", right=("Percent",))
    for each in grades.frequencies:
        table.add_row(each.label, str(each.percentage))
    return table


def _agreement(agreement: StatedAgreement) -> Iterator[RenderableType]:
    stay = f"{agreement.starts} to {agreement.ends}"
    yield f"Learning agreement: {agreement.sending} sends to {agreement.receiving}, {stay}."
    table = a_table("Part", "Component", "Credit", right=("Credit",))
    for each in agreement.agreed:
        table.add_row(each.part.value, each.title, ", ".join(map(str, each.credits)))
    yield table
    if agreement.proposed is not None:
        yield f"A change of {len(agreement.proposed.components)} components is proposed, and not approved by all."


def _ending(proposed: ProposedImport, brought: int | None) -> str:
    if brought is not None:
        return f"Brought in: {brought}." if brought else "Nothing was added: all of it is held already."
    if proposed.reading.signature.outcome is Outcome.FAILED:
        return "Nothing can be brought in from a document whose signature is false."
    new = len(proposed.new)
    return (
        f"Nothing is written yet. With --confirm, {new} would be brought in."
        if new
        else "Nothing would be added."
    )


def _document(proposed: ProposedImport, brought: Sequence[str] | None) -> dict[str, Any]:
    reading = proposed.reading
    return {
        "kind": reading.kind,
        "document": reading.document,
        "signature": {
            "outcome": reading.signature.outcome,
            "reason": reading.signature.reason,
            "sentence": reading.signature.sentence,
        },
        "holders": reading.holders,
        "totals": reading.totals,
        "added_up": reading.added_up,
        "lines": [
            {
                "learning": each.learning,
                "place": each.line.opportunity.place,
                "names": each.line.opportunity.names,
                "awarding_body": each.line.issuer.names,
                "points": each.line.opportunity.credits,
                "grade": each.line.opportunity.grade,
                "counts": each.line.counts,
                "left_out": each.line.left_out,
                "held": each.held,
            }
            for each in proposed.lines
        ],
        "tables": reading.tables,
        "agreements": reading.agreements,
        "remarks": reading.remarks,
        "brought": brought,
    }
