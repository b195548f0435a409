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
from cli.trust import Anchor
from cli.verdicts import a_verdict
from cli.verify import evidence_of, lists_named
from domain.values import best
from wallet.bringing import ProposedImport, bring_in, propose_import
from wallet.evidence import Combined
from wallet.formats.archive import files_in
from wallet.formats.ewp import GradeTable, StatedAgreement
from wallet.formats.xml_signature import trusted_certificate
from wallet.office_evidence import OfficeEvidence
from wallet.records import Reader, Reading, read_folder, read_record
from wallet.verdict import Outcome, decimal_text

app = Typer(
    add_completion=False, help="Read a record from elsewhere, and bring in what it says, without credit here."
)


@command(app, "import")
def import_record(
    desk: Desk,
    file: Annotated[
        Path,
        Argument(
            metavar="FILE",
            help="Open Badges, CLR, SD-JWT VC, ELMO, a document of Erasmus Without Paper, another wallet's backup, "
            "a picture with a badge in it; or a folder or a ZIP of these.",
        ),
    ],
    learner: Learner,
    certificate: Annotated[
        list[Path] | None,
        Option("--certificate", metavar="PEM", help="Of whom you expect the signature; may be repeated."),
    ] = None,
    bundle: Annotated[
        list[Path] | None,
        Option("--bundle", metavar="FILE", help="A signed bundle that came with it; may be repeated."),
    ] = None,
    trust: Annotated[
        list[str] | None,
        Option("--trust", metavar="DID", help="A registry whose bundles you believe; may be repeated."),
    ] = None,
    trust_list: Annotated[
        list[Path] | None,
        Option("--trust-list", metavar="FILE", help="A list of issuers you believe; may be repeated."),
    ] = None,
    anchor: Anchor = None,
    offline: Annotated[bool, Option("--offline", help="Ask nobody on the network.")] = False,
    passphrase_file: Annotated[
        Path | None,
        Option(
            "--passphrase-file", metavar="FILE", help="Holds what another wallet's backup is locked with."
        ),
    ] = None,
    confirm: Annotated[
        bool, Option("--confirm", help="Bring in what is shown; without it nothing is written.")
    ] = False,
) -> None:
    """Show what the record says, whether its signature holds, and what it would add; with --confirm, add that.

    What is brought in is claimed learning: it carries no credit here until an institution recognises it. The same
    record twice adds nothing.
    """
    trusted = [trusted_certificate(path.read_bytes()) for path in certificate or ()]
    locked_with = None if passphrase_file is None else passphrase_file.read_text("utf-8").rstrip("\r\n")
    lists = lists_named(desk, trust_list or [], anchor)
    with desk.office() as office:
        with evidence_of(desk, bundle or [], trust or [], lists, offline) as outside:
            evidence = Combined(OfficeEvidence(office, desk.now), outside)
            reader = Reader(at=desk.now, evidence=evidence, trusted=trusted, passphrase=locked_with)
            reading = (
                read_folder(files_in(file), reader)
                if file.is_dir()
                else read_record(file.read_bytes(), reader)
            )
        proposed = propose_import(office, learner, reading)
        brought = None
        if confirm:
            brought = bring_in(office, learner, reading, confirmed=reading.document, at=desk.now).brought
    desk.answer(
        _document(proposed, None if brought is None else [each.learning for each in brought]),
        *_told(proposed, desk.language),
        _ending(proposed, None if brought is None else len(brought)),
    )
    if proposed.reading.signature.outcome is Outcome.FAILED:
        raise Exit(1)


def _told(proposed: ProposedImport, language: str) -> Iterator[RenderableType]:
    reading = proposed.reading
    yield reading.kind + (f", of {' and of '.join(reading.holders)}." if reading.holders else ".")
    if reading.verdict is None:
        yield f"Signature: {_said(reading.signature.outcome)}. {reading.signature.sentence}"
    else:
        yield from a_verdict(reading.verdict, brief=True)
    if reading.parts:
        yield _parts(reading)
    if proposed.lines:
        yield _lines(proposed, language)
        yield f"In all: {_sums(reading.totals) or 'no credit stated'}, as claimed learning."
        if reading.added_up != reading.totals:
            yield f"(Everything added up, containers with their parts, would be {_sums(reading.added_up)}.)"
    for table in reading.tables:
        yield _grades(table)
    for agreement in reading.agreements:
        yield from _agreement(agreement)
    for remark in reading.remarks:
        yield f"Note: {remark}"


def _said(outcome: Outcome) -> str:
    return outcome.replace("-", " ")


def _parts(reading: Reading) -> Table:
    """What is carried, and how each stands."""
    table = a_table("Part", "Kind", "Signature", "Why")
    for part in reading.parts:
        table.add_row(part.name, part.kind, _said(part.signature.outcome), part.signature.sentence)
    return table


def _lines(proposed: ProposedImport, language: str) -> Table:
    table = a_table("Place", "Learning", "Awarded by", "Credit", "Grade", "Counts", right=("Credit",))
    for each in proposed.lines:
        said = each.line.opportunity
        counts = "yes" if each.new else "no: held already" if each.held else f"no: {each.line.left_out}"
        table.add_row(
            each.source.name or said.place,
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
        "verdict": None if reading.verdict is None else reading.verdict.to_document(),
        "parts": [_part(each) for each in reading.parts],
        "holders": reading.holders,
        "totals": reading.totals,
        "added_up": reading.added_up,
        "lines": [
            {
                "learning": each.learning,
                "stands_in": each.source.name,
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


def _part(reading: Reading) -> dict[str, Any]:
    return {
        "name": reading.name,
        "kind": reading.kind,
        "document": reading.document,
        "signature": reading.signature.outcome,
        "reason": reading.signature.reason,
        "sentence": reading.signature.sentence,
        "parts": [_part(each) for each in reading.parts],
    }
