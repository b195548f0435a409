"""`wallet api-key`: the keys of programs that call the interface."""

from datetime import datetime
from typing import Annotated

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import moment
from cli.tables import a_table
from wallet import access
from wallet.access import Grant, Role

app = Typer(help="Give and take keys to the HTTP interface.")


@command(app, "new")
def new(
    desk: Desk,
    role: Annotated[Role, Option("--role", help="In whose name the key acts.")],
    label: Annotated[str, Option("--label", metavar="TEXT", help="What it is for, so that it can be told.")],
    holder: Annotated[
        str | None, Option("--holder", metavar="ID", help="The institution's or the learner's id.")
    ] = None,
    scope: Annotated[
        list[str] | None,
        Option(
            "--scope", metavar="AREA:read|write", help="Keep it to this; once for each. Without, it does all."
        ),
    ] = None,
    until: Annotated[
        datetime | None, Option("--until", parser=moment, metavar="TIME", help="When it ends; in a year.")
    ] = None,
) -> None:
    """Make a key. It is shown once, and only its digest is kept.

    As an OAuth 2.0 client, its name is the client's id and the key the client's secret.
    """
    if holder is None and role is not Role.REGISTRY:
        raise BadParameter(f"Say which {role} it is for: --holder ID.")
    with desk.office() as office:
        made = access.grant(
            office,
            holder=holder or access.REGISTRY,
            role=role,
            label=label,
            scopes=scope or None,
            until=until or desk.now + access.GOOD_FOR,
            at=desk.now,
        )
    desk.answer(
        {**_document(made.grant), "key": made.secret},
        "A key, shown this once:",
        key=made.secret,
        name=made.grant.name,
        until=f"{made.grant.ends_at:%Y-%m-%d}",
    )


@command(app, "list")
def list_keys(
    desk: Desk,
    holder: Annotated[str | None, Option("--holder", metavar="ID", help="Only those of this holder.")] = None,
) -> None:
    """List the keys ever made, by their names; the keys themselves are known to nobody here."""
    with desk.office() as office:
        grants = access.grants(office, holder)
    table = a_table("Name", "Role", "Holder", "For", "May", "Made", "Until", "Revoked")
    for each in grants:
        may = "everything" if each.scopes is None else " ".join(sorted(each.scopes))
        days = [f"{at:%Y-%m-%d}" if at else "" for at in (each.made_at, each.ends_at, each.revoked_at)]
        table.add_row(each.name, each.role, each.holder, each.label, may, *days)
    desk.answer([_document(each) for each in grants], table if grants else "No key has been made yet.")


@command(app, "revoke")
def revoke(
    desk: Desk, name: Annotated[str, Argument(metavar="NAME", help="Its name, as `api-key list` shows it.")]
) -> None:
    """End a key. It opens nothing from now on."""
    with desk.office() as office:
        ended = access.revoke(office, name, at=desk.now)
    desk.answer(_document(ended), f"Revoked: the key {ended.name} of {ended.holder} ({ended.label}).")


def _document(grant: Grant) -> dict[str, object]:
    return {
        "name": grant.name,
        "role": grant.role,
        "holder": grant.holder,
        "label": grant.label,
        "scopes": None if grant.scopes is None else sorted(grant.scopes),
        "made_at": grant.made_at,
        "ends_at": grant.ends_at,
        "revoked_at": grant.revoked_at,
    }
