"""`wallet keys`: the keys institutions and the registry sign with, and what became of them."""

from datetime import datetime
from typing import Annotated

from msgspec.structs import asdict
from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import InstitutionArgument, Reason, moment
from cli.tables import a_table
from keys.did import did_key
from wallet import registering

app = Typer(help="Publish and rotate an institution's keys, or report one stolen.")


@command(app, "list")
def list_keys(desk: Desk, institution: InstitutionArgument) -> None:
    """List the keys an institution has published, and what each is worth now."""
    with desk.office() as office:
        state = office.institution(institution).state
    table = a_table("Key", "Published", "Now")
    for term in state.keys:
        table.add_row(
            term.method, f"{term.published_at:%Y-%m-%d %H:%M}", term.standing(desk.now).replace("-", " ")
        )
    desk.answer([{**asdict(term), "standing": term.standing(desk.now)} for term in state.keys], table)


@command(app, "new")
def new(desk: Desk, institution: InstitutionArgument) -> None:
    """Publish a new key beside those in force. The newest signs from now on."""
    with desk.office() as office:
        event = registering.publish_key(office, institution, at=desk.now)
    desk.answer(event, f"Published: {event.method} signs for {institution} from now on.")


@command(app, "rotate")
def rotate(desk: Desk, institution: InstitutionArgument) -> None:
    """Publish a new key and retire the one in force, if one is. What the old one signed stays good."""
    with desk.office() as office:
        event = registering.rotate_key(office, institution, at=desk.now)
    desk.answer(event, f"Published: {event.method} signs for {institution} from now on.")


@command(app, "rotate-registry")
def rotate_registry(desk: Desk) -> None:
    """Sign the registry's own facts and bundles with a new key. What the old one signed stays good."""
    with desk.office() as office:
        event = registering.rotate_registry_key(office, at=desk.now)
    desk.answer(
        event,
        f"Published: {did_key(event.key_multikey)} signs for the registry from now on.",
        next="tell it to whoever trusts the key before: bundles are signed with the new one.",
    )


@command(app, "compromise")
def compromise(
    desk: Desk,
    institution: InstitutionArgument,
    method: Annotated[str, Argument(metavar="KEY", help="The key's id, as `keys list` shows it.")],
    since: Annotated[
        datetime,
        Option("--since", parser=moment, metavar="TIME", help="When someone else may first have had it."),
    ],
    reason: Reason,
) -> None:
    """Say that since then someone else may have signed with this key."""
    with desk.office() as office:
        event = registering.report_compromise(
            office, institution, method=method, since=since, reason=reason, at=desk.now
        )
    desk.answer(
        event,
        f"Reported: {event.method} is compromised since {event.since:%Y-%m-%d %H:%M:%S} UTC.",
        next=f"`wallet keys rotate {institution}` publishes a new one.",
    )
