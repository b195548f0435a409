"""`wallet credential`: signed documents, and saying later that one no longer stands."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.credential_history import history
from cli.desk import Desk
from cli.export import BornOn, FamilyName, GivenNames, left_behind
from cli.options import Institution, Learner, OutFile, Reason
from cli.verify import read_file
from domain.credential import CredentialIssued
from wallet import issuing, publishing
from wallet.files import replace_file
from wallet.formats.baking import MOST_BYTES as MOST_BYTES_IN_A_PICTURE
from wallet.formats.baking import bake
from wallet.reissuing import as_sd_jwt

app = Typer(help="Issue signed credentials; suspend, revoke, show them.")

CredentialArgument = Annotated[str, Argument(metavar="CREDENTIAL", help="The credential's id, a URI.")]


@command(app, "issue")
def issue(
    desk: Desk,
    institution: Institution,
    credit: Annotated[str | None, Argument(metavar="[CREDIT]", help="The credit's id.")] = None,
    learner: Annotated[
        str | None, Option("--learner", "-l", metavar="UUID", help="The learner's id.")
    ] = None,
    conferral: Annotated[
        str | None, Option("--conferral", metavar="ID", help="Issue a qualification that was conferred.")
    ] = None,
    out: OutFile = None,
    sheet: Annotated[
        Path | None,
        Option("--from", metavar="SHEET", help="Issue many instead: a .csv, .jsonl or .parquet file."),
    ] = None,
    report: Annotated[
        Path | None,
        Option("--report", metavar="FILE", help="Of a sheet: what became of each row, as .csv or .jsonl."),
    ] = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Of a sheet: judge every row, and issue nothing.")
    ] = False,
    all_or_nothing: Annotated[
        bool, Option("--all-or-nothing", help="Of a sheet: issue nothing unless every row can be issued.")
    ] = False,
) -> None:
    """Issue one credit or one qualification as an Open Badge 3.0, or many credits from a sheet.

    A sheet has a column `learner`, and either `credit`, or `unit` and `awarded_on` for credit that is awarded with it;
    then also `points`, `scheme`, `grade` and `scale`. A column `row` may name the rows. Started again, a sheet goes on
    where it stopped: no row is issued twice.
    """
    if sheet is not None:
        if any(each is not None for each in (credit, learner, conferral, out)):
            raise BadParameter("With --from, the credits, learners and documents are those of the sheet.")
        if dry_run and all_or_nothing:
            raise BadParameter("--dry-run issues nothing anyway; leave out --all-or-nothing.")
        from cli.credential_sheet import issue_sheet  # with what only sheets need
        from wallet.issuing_many import Mode

        mode = Mode.PREVIEW if dry_run else Mode.ALL_OR_NONE if all_or_nothing else Mode.EACH
        issue_sheet(desk, institution, sheet, mode=mode, report=report)
        return
    if report is not None or dry_run or all_or_nothing:
        raise BadParameter("--report, --dry-run and --all-or-nothing are for a sheet, given with --from.")
    if learner is None or (credit is None) == (conferral is None):
        raise BadParameter(
            "Name the CREDIT or the --conferral, one of them, and its --learner; or a sheet of many with --from."
        )
    with desk.office() as office:
        if conferral is not None:
            event = issuing.issue_qualification(
                office, institution, learner=learner, conferral=conferral, at=desk.now
            )
        else:
            assert credit is not None, "one of the two is given"
            event = issuing.issue_credit(office, institution, learner=learner, credit=credit, at=desk.now)
    _answer_issued(desk, event, out)


@command(app, "record")
def record(desk: Desk, learner: Learner, institution: Institution, out: OutFile = None) -> None:
    """Issue the learner's badges in force as one Comprehensive Learner Record 2.0."""
    with desk.office() as office:
        event = issuing.issue_record(office, institution, learner=learner, at=desk.now)
    _answer_issued(desk, event, out)


@command(app, "supersede")
def supersede(
    desk: Desk, credential: CredentialArgument, institution: Institution, out: OutFile = None
) -> None:
    """Issue a badge anew from what the wallet says now, and end the old one."""
    with desk.office() as office:
        event = issuing.supersede(office, institution, credential, at=desk.now)
    _answer_issued(desk, event, out)


@command(app, "sd-jwt")
def sd_jwt(
    desk: Desk,
    credential: CredentialArgument,
    institution: Institution,
    out: Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write it.")],
    given_names: GivenNames = "",
    family_name: FamilyName = "",
    born_on: BornOn = None,
) -> None:
    """Issue a badge in force as an SD-JWT VC too: the learner shows of it what an occasion needs.

    It stands and falls with the badge. What is said of her name here is hidden in it until she shows it.
    """
    with desk.office() as office:
        converted = as_sd_jwt(
            office,
            institution,
            credential,
            given_names=given_names,
            family_name=family_name,
            born_on=born_on,
            at=desk.now,
        )
    replace_file(out, converted.content)
    desk.answer(
        {"file": str(out), "format": "sd-jwt-vc", "losses": converted.losses},
        f"Written: {out}.",
        *left_behind(converted.losses),
    )


@command(app, "suspend")
def suspend(desk: Desk, credential: CredentialArgument, institution: Institution, reason: Reason) -> None:
    """Let a credential count for nothing until it is reinstated."""
    with desk.office() as office:
        event = issuing.suspend(office, institution, credential, reason=reason, at=desk.now)
    desk.answer(event, f"Suspended: {credential}.")


@command(app, "reinstate")
def reinstate(desk: Desk, credential: CredentialArgument, institution: Institution) -> None:
    """End a suspension."""
    with desk.office() as office:
        event = issuing.reinstate(office, institution, credential, at=desk.now)
    desk.answer(event, f"Reinstated: {credential}.")


@command(app, "revoke")
def revoke(desk: Desk, credential: CredentialArgument, institution: Institution, reason: Reason) -> None:
    """End a credential for ever."""
    with desk.office() as office:
        event = issuing.revoke(office, institution, credential, reason=reason, at=desk.now)
    desk.answer(event, f"Revoked: {credential}.")


@command(app, "show")
def show(
    desk: Desk,
    credential: CredentialArgument,
    document: Annotated[
        bool, Option("--document", help="Print the document itself, exactly as it was signed.")
    ] = False,
) -> None:
    """Show a credential's standing, or the signed document itself."""
    with desk.office() as office:
        state = issuing.show_credential(office, credential)
    if document:
        sys.stdout.write(state.issued.document)
        return
    desk.answer(
        state,
        f"{state.id} is {state.standing.replace('-', ' ')}.",
        kind=state.issued.kind,
        issued_by=state.issued.institution,
        issued=f"{state.issued.issued_at:%Y-%m-%d %H:%M:%S} UTC",
        learner=state.issued.learner,
        credits=", ".join(state.issued.credits) or None,
        conferral=state.conferral,
        reason=state.reason,
        superseded_by=state.superseded_by,
    )


@command(app, "bake")
def bake_credential(
    desk: Desk,
    credential: CredentialArgument,
    picture: Annotated[Path, Option("--picture", metavar="FILE", help="A PNG or an SVG to put it into.")],
    out: Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write the picture.")],
) -> None:
    """Put a credential into a picture, which carries it wherever the picture goes."""
    with desk.office() as office:
        state = issuing.show_credential(office, credential)
    replace_file(out, bake(read_file(picture, MOST_BYTES_IN_A_PICTURE), state.issued.document.encode()))
    desk.answer({"file": str(out), "credential": credential}, f"Baked: {out} carries {credential}.")


command(app, "history")(history)


@command(app, "bundle")
def bundle(
    desk: Desk,
    credentials: Annotated[
        list[str] | None, Argument(metavar="[CREDENTIAL]...", help="Which; all institutions if none.")
    ] = None,
    with_credentials: Annotated[
        bool, Option("--with-credentials", help="Put the credentials themselves in as well.")
    ] = False,
    out: Annotated[
        Path | None, Option("--out", "-o", metavar="FILE", help="Write it here; else to standard output.")
    ] = None,
) -> None:
    """Make a signed bundle with which credentials can be verified with no network."""
    with desk.office() as office:
        made = publishing.bundle(office, credentials or (), at=desk.now, with_credentials=with_credentials)
        did = office.registry_signer().public.did
    if out is None:
        sys.stdout.write(made.decode())
        return
    out.write_bytes(made)
    desk.answer(
        {"file": str(out), "registry": did},
        f"The bundle is in {out}. Its readers have to trust this registry:",
        registry=did,
    )


def _answer_issued(desk: Desk, event: CredentialIssued, out: Path | None) -> None:
    if out is not None:
        out.write_text(event.document, encoding="utf-8")
    document = msgspec.to_builtins(event)
    desk.answer(
        document,
        f"Issued: {event.credential}.",
        credential=event.credential,
        file=str(out) if out else None,
    )
