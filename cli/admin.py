"""`wallet admin`: let people into the pages."""

from typing import Annotated

from typer import Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import InstitutionArgument, LearnerArgument
from domain.errors import AlreadyDone
from wallet.accounts import StaffRole, staff_of

app = Typer(help="Let people into the pages: one-time links that register a passkey.", no_args_is_help=True)


@command(app, "bootstrap")
def bootstrap(
    desk: Desk,
    institution: InstitutionArgument,
    name: Annotated[str, Option("--name", metavar="TEXT", help="Whom the link is for.")] = "Administrator",
) -> None:
    """Make the link for an institution's first administrator, who invites everybody else in a browser.

    It is refused where the institution has an administrator already.
    """
    with desk.office() as office:
        if any(StaffRole.ADMIN in each.roles.get(institution, ()) for each in staff_of(office, institution)):  # type: ignore[call-overload]  # an institution's id is text
            raise AlreadyDone(f"{institution} has an administrator, who can invite others.")
    _invite(desk, institution, name, [StaffRole.ADMIN])


@command(app, "invite")
def invite(
    desk: Desk,
    institution: InstitutionArgument,
    name: Annotated[str, Option("--name", metavar="TEXT", help="Whom the link is for.")],
    role: Annotated[list[StaffRole], Option("--role", help="What they may do there; once for each role.")],
) -> None:
    """Make a link for somebody with roles at an institution."""
    _invite(desk, institution, name, role)


@command(app, "invite-learner")
def invite_learner(desk: Desk, learner: LearnerArgument) -> None:
    """Make a link with which a learner registers a passkey to her wallet."""
    from wallet.signing_in import invite_learner as invite  # the libraries of passkeys are wanted here alone

    with desk.office() as office:
        secret = invite(office, learner, at=desk.now)
        link = f"{office.registry().state.base_url}/welcome/{secret}"
    desk.answer({"learner": learner, "link": link}, _TOLD, link=link)


def _invite(desk: Desk, institution: str, name: str, roles: list[StaffRole]) -> None:
    from wallet.signing_in import invite_staff  # the libraries of passkeys are wanted here alone

    with desk.office() as office:
        secret = invite_staff(
            office, name=name, roles={institution: [each.value for each in roles]}, at=desk.now
        )
        link = f"{office.registry().state.base_url}/welcome/{secret}"
    desk.answer({"institution": institution, "name": name, "roles": roles, "link": link}, _TOLD, link=link)


_TOLD = "A link, shown this once; it works once, within fourteen days:"
