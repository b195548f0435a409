"""`wallet admin`: let people into the pages, by links or by their university's word."""

from pathlib import Path
from typing import Annotated

from typer import BadParameter, Option, Typer

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


@command(app, "provider")
def provider(
    desk: Desk,
    institution: InstitutionArgument,
    issuer: Annotated[
        str | None, Option("--issuer", metavar="URL", help="Its address: https://id.university.example.")
    ] = None,
    client_id: Annotated[
        str | None, Option("--client-id", metavar="TEXT", help="What this wallet is called there.")
    ] = None,
    secret_file: Annotated[
        Path | None,
        Option("--secret-file", metavar="FILE", help="Holds the client's secret; without, there is none."),
    ] = None,
    remove: Annotated[bool, Option("--remove", help="Let nobody vouch for its staff any more.")] = False,
) -> None:
    """Let an identity provider (OpenID Connect) vouch for an institution's staff, or show which one does.

    Whom it vouches for comes in only after an invitation, which gives the roles.
    """
    from wallet import vouching  # the libraries of OpenID Connect are wanted here alone

    if (issuer is None) != (client_id is None) or (remove and issuer is not None):
        raise BadParameter(
            "A provider is named by --issuer and --client-id together, or taken away by --remove."
        )
    with desk.office() as office:
        if remove:
            vouching.remove_provider(office, institution)
            desk.answer(
                {"institution": institution, "removed": True},
                f"Nobody vouches for the staff of {institution} now.",
            )
            return
        if issuer is not None and client_id is not None:
            secret = secret_file.read_text().strip() if secret_file is not None else None
            vouching.set_provider(
                office, institution, issuer=issuer, client_id=client_id, secret=secret, at=desk.now
            )
        named = vouching.provider_of(office, institution)
        returning = f"{office.registry().state.base_url}/sign-in/returned"
    desk.answer(
        {
            "institution": institution,
            "issuer": named.issuer,
            "client_id": named.client_id,
            "has_secret": named.secret is not None,
            "redirect_uri": returning,
        },
        f"Vouches for the staff of {institution}:",
        issuer=named.issuer,
        client_id=named.client_id,
        redirect_uri=returning,
    )


def _invite(desk: Desk, institution: str, name: str, roles: list[StaffRole]) -> None:
    from wallet.signing_in import invite_staff  # the libraries of passkeys are wanted here alone

    with desk.office() as office:
        secret = invite_staff(
            office, name=name, roles={institution: [each.value for each in roles]}, at=desk.now
        )
        link = f"{office.registry().state.base_url}/welcome/{secret}"
    desk.answer({"institution": institution, "name": name, "roles": roles, "link": link}, _TOLD, link=link)


_TOLD = "A link, shown this once; it works once, within fourteen days:"
