"""`wallet proposal`: what takes two persons, where an institution asks for it."""

import os
import pwd
from pathlib import Path
from typing import Annotated

from typer import Argument, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import InstitutionArgument
from cli.tables import a_table
from domain.errors import InvalidValue
from wallet import two_persons
from wallet.two_persons import Act, Person, Proposal

app = Typer(
    help="Issue in bulk and change keys by two persons: one proposes, another confirms.", no_args_is_help=True
)

ProposalArgument = Annotated[str, Argument(metavar="PROPOSAL", help="Its id, as `proposal list` shows it.")]


@command(app, "ask")
def ask(desk: Desk, institution: InstitutionArgument) -> None:
    """Let nobody issue in bulk or change the keys of an institution alone, from now on."""
    with desk.office() as office:
        two_persons.ask_for_two(office, institution, at=desk.now)
    desk.answer(
        {"institution": institution, "asks_for_two": True}, f"From now on two persons act for {institution}."
    )


@command(app, "stop")
def stop(desk: Desk, institution: InstitutionArgument) -> None:
    """Propose that one person is enough again."""
    with desk.office() as office:
        if not two_persons.asks_for_two(office, institution):
            raise InvalidValue(f"{institution} does not ask for two persons.")
        made = two_persons.propose(office, institution, Act.ALLOW_ONE, by=_operator(), at=desk.now)
    _answer(desk, made)


@command(app, "rotate-key")
def rotate_key(desk: Desk, institution: InstitutionArgument) -> None:
    """Propose a new key in the place of the one in force."""
    with desk.office() as office:
        made = two_persons.propose(office, institution, Act.ROTATE_KEY, by=_operator(), at=desk.now)
    _answer(desk, made)


@command(app, "issue")
def issue(
    desk: Desk,
    institution: InstitutionArgument,
    sheet: Annotated[Path, Argument(metavar="SHEET.csv", help="As for `credential issue --from`.")],
) -> None:
    """Propose to award and issue what a sheet says, all of it or nothing."""
    from wallet.issuing_many import sheet_of_credentials  # with what only sheets need

    sheet_of_credentials(sheet)  # what is no sheet is not proposed
    with desk.office() as office:
        made = two_persons.propose(
            office, institution, Act.ISSUE_MANY, by=_operator(), at=desk.now, content=sheet.read_bytes()
        )
    _answer(desk, made)


@command(app, "list")
def list_proposals(desk: Desk, institution: InstitutionArgument) -> None:
    """List what was proposed, and what became of it."""
    with desk.office() as office:
        institution = office.institution(institution).state.id
        asked = two_persons.asks_for_two(office, institution)
        found = two_persons.proposals(office, institution, at=desk.now)
    table = a_table("Proposal", "What", "By", "Made", "Now", "Decided by")
    for each in found:
        decider = each.decider.name if each.decider else ""
        table.add_row(each.id, each.act, each.proposer.name, f"{each.made_at:%Y-%m-%d}", each.stage, decider)
    number = "two persons" if asked else "one person"
    desk.answer(found, f"{institution} asks for {number}.", *([table] if found else []))


@command(app, "confirm")
def confirm(desk: Desk, proposal: ProposalArgument) -> None:
    """Do what somebody else has proposed."""
    from wallet.issuing_many import Result  # with what only sheets need
    from wallet.seconding import confirm as do

    with desk.office() as office:
        outcomes = do(office, proposal, by=_operator(), at=desk.now)
    if refused := next((each for each in outcomes if each.result is Result.REFUSED), None):
        raise InvalidValue(f"Row {refused.number}: {refused.sentence} Nothing was issued.")
    desk.answer(outcomes, f"Confirmed, and done.{f' Documents issued: {len(outcomes)}.' if outcomes else ''}")


@command(app, "decline")
def decline(desk: Desk, proposal: ProposalArgument) -> None:
    """Let nothing come of a proposal, one's own or another's."""
    with desk.office() as office:
        two_persons.proposal(office, proposal, at=desk.now)
        two_persons.decline(office, proposal, by=_operator(), at=desk.now)
    desk.answer({"proposal": proposal, "stage": "declined"}, "Declined: nothing was done.")


def _operator() -> Person:
    """Whoever the operating system says is at the terminal. Who has the passphrase and another name can be another."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return Person(f"operator {name}", name)


def _answer(desk: Desk, made: Proposal) -> None:
    desk.answer(
        made,
        "Proposed; nothing is done until a second person confirms it.",
        proposal=made.id,
        ends=f"{made.ends_at:%Y-%m-%d %H:%M} UTC",
        next=f"somebody else runs `wallet proposal confirm {made.id}`, or confirms it at the desk.",
    )
