"""`wallet api-key`: the keys of programs that call the interface."""

from typing import Annotated

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
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
) -> None:
    """Make a key. It is shown once, and only its digest is kept."""
    if holder is None and role is not Role.REGISTRY:
        raise BadParameter(f"Say which {role} it is for: --holder ID.")
    with desk.office() as office:
        secret = access.grant(office, holder=holder or access.REGISTRY, role=role, label=label, at=desk.now)
    desk.answer(
        {"role": role, "holder": holder or access.REGISTRY, "key": secret},
        "A key, shown this once:",
        key=secret,
    )


@command(app, "list")
def list_keys(
    desk: Desk,
    holder: Annotated[str | None, Option("--holder", metavar="ID", help="Only those of this holder.")] = None,
) -> None:
    """List the keys ever made, by their names; the keys themselves are known to nobody here."""
    with desk.office() as office:
        grants = access.grants(office, holder)
    table = a_table("Name", "Role", "Holder", "For", "Made", "Revoked")
    for each in grants:
        revoked = f"{each.revoked_at:%Y-%m-%d}" if each.revoked_at else ""
        table.add_row(each.name, each.role, each.holder, each.label, f"{each.made_at:%Y-%m-%d}", revoked)
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
        "made_at": grant.made_at,
        "revoked_at": grant.revoked_at,
    }
