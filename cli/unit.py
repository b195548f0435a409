"""`wallet unit`: what can be learnt, and what it earns."""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import (
    Field,
    FromFile,
    Hours,
    Institution,
    Level,
    NameOptions,
    OptionalInstitution,
    SettingOption,
    Tagged,
    missing_of,
    names_of,
    points,
    tagged,
)
from cli.rendering import a_unit
from cli.tables import a_table
from domain.values import CreditPoints
from wallet import describing
from wallet.descriptions import UnitEntry, convert, read_file
from wallet.entering import enter_unit
from wallet.projections import catalogue

app = Typer(help="Describe units: learning outcomes and their credit.")


@command(app, "add")
def add(
    desk: Desk,
    unit: Annotated[
        str | None, Argument(metavar="[UNIT]", help="Its id: small Latin letters and hyphens.")
    ] = None,
    institution: OptionalInstitution = None,
    code: Annotated[
        str | None, Option("--code", metavar="TEXT", help="The institution's own code for it.")
    ] = None,
    name: NameOptions = None,
    outcome: Annotated[
        list[Tagged] | None,
        Option(
            "--outcome",
            parser=tagged,
            metavar="ID:LANG=TEXT",
            help="A learning outcome: lo1:en='Choose a data structure'; once for each language.",
        ),
    ] = None,
    point: Annotated[
        list[CreditPoints] | None,
        Option(
            "--points", parser=points, metavar="SCHEME=NUMBER", help="Credit allocated: KZ=5; once a scheme."
        ),
    ] = None,
    setting: SettingOption = None,
    level: Level = None,
    field: Field = None,
    hours: Hours = None,
    from_file: FromFile = None,
) -> None:
    """Describe a unit, by options or from a description file, which may hold several."""
    required = {
        "an id": unit,
        "--institution": institution,
        "--code": code,
        "--name": name,
        "--outcome": outcome,
        "--setting": setting,
    }
    if from_file is not None:
        if any((*required.values(), point, level, field, hours)):
            raise BadParameter("Either a file says it all, or the options do.")
        entries = read_file(from_file, UnitEntry)
    elif missing := missing_of(required):
        raise BadParameter(f"Give {missing}; or a file with --from.")
    else:
        written = {
            "institution": institution,
            "unit": unit,
            "code": code,
            "names": names_of(name),
            "outcomes": _outcomes(outcome),
            "points": point or [],
            "setting": setting,
            "level": level,
            "field": field,
            "workload_hours": hours,
        }
        entries = [convert(written, UnitEntry, source="the options")]
    with desk.office() as office:
        described = [enter_unit(office, entry, at=desk.now) for entry in entries]
    desk.answer(
        described, *(f"Described: {desk.named(event.names)}, as {event.unit}." for event in described)
    )


@command(app, "revise")
def revise(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="FILE.json", help="A description file of one unit or several.")],
) -> None:
    """Describe units anew, each as a whole. Credit awarded before stays as it was."""
    entries = read_file(file, UnitEntry)
    with desk.office() as office:
        revised = [
            describing.revise_unit(
                office,
                entry.institution,
                unit=entry.unit,
                description=entry.description(),
                at=desk.now,
            )
            for entry in entries
        ]
    desk.answer(revised, *(f"Revised: {desk.named(event.names)}." for event in revised))


@command(app, "offer")
def offer(
    desk: Desk,
    unit: Annotated[str, Argument(metavar="UNIT", help="The unit's id.")],
    institution: Institution,
    term: Annotated[
        list[str] | None,
        Option("--term", metavar="NAME", help="A term it is taught in: autumn; every one if none."),
    ] = None,
    after: Annotated[
        list[str] | None,
        Option("--after", metavar="UNIT", help="A unit that comes before it; may be repeated."),
    ] = None,
) -> None:
    """Say in which terms a unit is taught and what comes before it; all of it anew each time."""
    with desk.office() as office:
        event = describing.offer_unit(
            office, institution, unit=unit, terms=term or (), prerequisites=after or (), at=desk.now
        )
    taught = ", ".join(event.terms) or "every term"
    before = f", after {', '.join(event.prerequisites)}" if event.prerequisites else ""
    desk.answer(event, f"Offered: {unit} in {taught}{before}.")


@command(app, "list")
def list_units(desk: Desk, institution: OptionalInstitution = None) -> None:
    """List the units described here, of one institution or of all."""
    with desk.office() as office:
        office.follower.catch_up()
        rows = catalogue.units(office.ledger.database, institution)
    table = a_table("Unit", "Code", "Name", "Institution")
    for row in rows:
        table.add_row(row.unit, row.code, desk.named(row.names), row.institution)
    desk.answer(rows, table if rows else "No unit is described yet.")


@command(app, "show")
def show(desk: Desk, unit: Annotated[str, Argument(metavar="UNIT", help="The unit's id.")]) -> None:
    """Show a unit with its learning outcomes and its credit."""
    with desk.office() as office:
        state = office.unit(unit).state
    desk.answer(state, *a_unit(state, desk.language))


def _outcomes(given: list[Tagged] | None) -> list[dict[str, Any]]:
    """Outcomes by their id, in the order they were first named."""
    texts: dict[str, list[Tagged]] = {}
    for each in given or ():
        identity, found, language = each.tag.partition(":")
        if not found:
            raise BadParameter(f"'{each.tag}={each.text}' is not in the form ID:LANG=TEXT.")
        texts.setdefault(identity, []).append(Tagged(language, each.text))
    return [{"id": identity, "text": names_of(said)} for identity, said in texts.items()]
