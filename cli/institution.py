"""`wallet institution`: who may award what."""

from datetime import date
from typing import Annotated

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import AsOf, FromFile, InstitutionArgument, NameOptions, On, Reason, day, names_of
from cli.rendering import spoken
from cli.tables import a_table
from domain.institution import Accreditation, Institution
from domain.values import Level, Setting
from wallet import registering
from wallet.descriptions import EQF, InstitutionEntry, read_file
from wallet.entering import enter_institution
from wallet.projections import catalogue
from wallet.showing import show_institution

app = Typer(help="Register institutions and their accreditation.")


@command(app, "add")
def add(
    desk: Desk,
    institution: Annotated[
        str | None, Argument(metavar="[INSTITUTION]", help="Its id: small Latin letters and hyphens.")
    ] = None,
    name: NameOptions = None,
    country: Annotated[str, Option("--country", metavar="XX", help="ISO 3166-1, two letters.")] = "KZ",
    website: Annotated[str | None, Option("--website", metavar="URL", help="Its own web address.")] = None,
    from_file: FromFile = None,
) -> None:
    """Register an institution under a new key of its own; it may award nothing until it is accredited.

    A description file may hold several, and their accreditation.
    """
    if from_file is not None:
        if institution is not None or name or website is not None:
            raise BadParameter("Either a file says it all, or the options do.")
        entries = read_file(from_file, InstitutionEntry)
    elif institution is None or not name:
        raise BadParameter("Give an id and at least one --name, or a file with --from.")
    else:
        entries = [
            InstitutionEntry(institution=institution, names=names_of(name), country=country, website=website)
        ]
    with desk.office() as office:
        registered = [enter_institution(office, entry, at=desk.now) for entry in entries]
    desk.answer(
        registered,
        *(f"Registered: {desk.named(event.names)}, as {event.did}." for event in registered),
    )


@command(app, "accredit")
def accredit(
    desk: Desk,
    institution: InstitutionArgument,
    by: Annotated[str, Option("--by", metavar="TEXT", help="The accrediting body.")],
    reference: Annotated[str, Option("--reference", metavar="TEXT", help="Its decision, as it cites it.")],
    setting: Annotated[list[Setting], Option("--setting", help="What kind of learning; may be repeated.")],
    valid_from: Annotated[date, Option("--valid-from", parser=day, metavar="DAY", help="Its first day.")],
    valid_until: Annotated[
        date | None,
        Option("--valid-until", parser=day, metavar="DAY", help="Its last day; open if not given."),
    ] = None,
    level: Annotated[
        list[int] | None, Option("--level", min=1, max=8, help="EQF levels; all if none is given.")
    ] = None,
    field: Annotated[
        list[str] | None, Option("--field", metavar="CODE", help="ISCED-F fields; all if none is given.")
    ] = None,
) -> None:
    """Record by whom the institution is trusted, with what, and how long."""
    with desk.office() as office:
        event = registering.accredit(
            office,
            institution,
            by=by,
            settings=setting,
            levels=[Level(EQF, value) for value in level or ()],
            fields=field or (),
            valid_from=valid_from,
            valid_until=valid_until,
            reference=reference,
            at=desk.now,
        )
    desk.answer(event, f"Accredited: {institution}, by {event.by} ({event.reference}).")


@command(app, "withdraw-accreditation")
def withdraw_accreditation(
    desk: Desk,
    institution: InstitutionArgument,
    reference: Annotated[str, Option("--reference", metavar="TEXT", help="Which accreditation.")],
    reason: Reason,
    on: On = None,
) -> None:
    """End an accreditation; what was awarded under it stays."""
    with desk.office() as office:
        event = registering.withdraw_accreditation(
            office, institution, reference=reference, reason=reason, on=on or desk.today, at=desk.now
        )
    desk.answer(event, f"Withdrawn: accreditation {event.reference} of {institution}.")


@command(app, "list")
def list_institutions(desk: Desk) -> None:
    """List the institutions registered here."""
    with desk.office() as office:
        office.follower.catch_up()
        rows = catalogue.institutions(office.ledger.database)
    table = a_table("Institution", "Name", "Country")
    for row in rows:
        table.add_row(row.institution, desk.named(row.names), row.country)
    desk.answer(rows, table if rows else "No institution is registered yet.")


@command(app, "show")
def show(desk: Desk, institution: InstitutionArgument, at: AsOf = None) -> None:
    """Show an institution: its names, its accreditation and its keys; now, or as the register had it then."""
    with desk.office() as office:
        state = show_institution(office, institution, as_of=at)
    trusted = a_table("Accredited by", "Reference", "For", "From", "Until")
    for held in state.accreditations:
        trusted.add_row(held.by, held.reference, _scope(held), str(held.valid_from), _end(held))
    shown = [desk.named(state.names), trusted] if state.accreditations else [desk.named(state.names)]
    desk.answer(
        state,
        *shown,
        did=state.did,
        country=state.country,
        website=state.website,
        keys=_keys(state),
        accredited=None if state.accreditations else "by nobody yet",
    )


def _keys(state: Institution) -> str:
    return f"{len(state.keys)} (`wallet keys list {state.id}` shows them)"


def _scope(held: Accreditation) -> str:
    scope = held.scope
    levels = ", ".join(str(level.value) for level in scope.levels)
    told = [", ".join(spoken(setting) for setting in scope.settings)]
    told += [f"level {levels}"] if levels else []
    told += [f"fields {', '.join(scope.fields)}"] if scope.fields else []
    return "; ".join(told)


def _end(held: Accreditation) -> str:
    if held.withdrawn_on is not None:
        return f"withdrawn on {held.withdrawn_on}"
    return str(held.valid_until or "open")
