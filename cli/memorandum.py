"""`wallet memorandum`: what institutions that exchange learners accept of each other."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from rich.console import RenderableType
from rich.text import Text
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Institution, NameOptions, On, OptionalInstitution, Reason, day, names_of
from cli.tables import a_table
from domain.memorandum import Acceptance, ComparedQualification, Memorandum
from domain.values import InstitutionId, Level, best, institution_id
from wallet import partnering
from wallet.projections import memoranda

app = Typer(help="Memoranda of understanding: propose, sign, end.")

MemorandumArgument = Annotated[str, Argument(metavar="MEMORANDUM", help="The memorandum's id.")]


def compared(typed: str) -> ComparedQualification:
    """`aitu:6:Bachelor of ICT`, a partner's qualification with its EQF level."""
    institution, found, rest = typed.partition(":")
    level, found_too, name = rest.partition(":")
    if not (found and found_too and name and level in "12345678" and len(level) == 1):
        raise BadParameter(
            f"{typed!r} is not in the form INSTITUTION:LEVEL:NAME, such as aitu:6:Bachelor of ICT."
        )
    try:
        return ComparedQualification(
            institution=InstitutionId(institution_id(institution)),
            names={"en": name},
            level=Level("EQF", int(level)),
        )
    except ValueError as error:
        raise BadParameter(str(error)) from error


@command(app, "propose")
def propose(
    desk: Desk,
    memorandum: Annotated[
        str, Argument(metavar="MEMORANDUM", help="Its id: small Latin letters and hyphens.")
    ],
    institution: Institution,
    partner: Annotated[
        list[str], Option("--partner", metavar="ID", help="Another partner; may be repeated.")
    ],
    name: NameOptions = None,
    accept: Annotated[
        list[Acceptance] | None,
        Option("--accept", help="What the partners accept of each other; all four if none is named."),
    ] = None,
    compare: Annotated[
        list[ComparedQualification] | None,
        Option(
            "--compare",
            parser=compared,
            metavar="ID:LEVEL:NAME",
            help="A partner's qualification, compared at an EQF level; may be repeated.",
        ),
    ] = None,
    valid_from: Annotated[
        date | None,
        Option("--from", parser=day, metavar="DAY", help="Its first day; today if none is named."),
    ] = None,
    valid_until: Annotated[
        date | None, Option("--until", parser=day, metavar="DAY", help="Its last day, if one is set.")
    ] = None,
    on: On = None,
) -> None:
    """Propose a memorandum to other institutions, and sign it."""
    if not name:
        raise BadParameter("Give --name, such as --name en='Exchange of ICT learners'.")
    with desk.office() as office:
        event = partnering.propose_memorandum(
            office,
            institution,
            memorandum=memorandum,
            names=names_of(name),
            partners=partner,
            accepted=accept or tuple(Acceptance),
            compared=compare or (),
            valid_from=valid_from or on or desk.today,
            valid_until=valid_until,
            proposed_on=on or desk.today,
            at=desk.now,
        )
    waiting = ", ".join(each for each in event.partners if each != event.institution)
    desk.answer(event, f"Proposed: {desk.named(event.names)}. It waits for {waiting} to sign.")


@command(app, "sign")
def sign(desk: Desk, memorandum: MemorandumArgument, institution: Institution, on: On = None) -> None:
    """Sign a memorandum with the institution's key; with the last signature it binds all."""
    with desk.office() as office:
        event = partnering.sign_memorandum(
            office, institution, memorandum=memorandum, signed_on=on or desk.today, at=desk.now
        )
        state = office.memorandum(memorandum).state
    waiting = ", ".join(state.unsigned)
    ending = f"It waits for {waiting}." if waiting else f"All have signed: it holds from {state.valid_from}."
    desk.answer(event, f"Signed by {event.institution}. {ending}")


@command(app, "end")
def end(
    desk: Desk, memorandum: MemorandumArgument, institution: Institution, reason: Reason, on: On = None
) -> None:
    """Decline a memorandum, or leave it. What rests on it stays."""
    with desk.office() as office:
        event = partnering.end_memorandum(
            office, institution, memorandum=memorandum, reason=reason, ended_on=on or desk.today, at=desk.now
        )
    desk.answer(
        event, f"Ended by {event.institution}: memorandum {memorandum} binds nobody from {event.ended_on}."
    )


@command(app, "list")
def list_memoranda(desk: Desk, institution: OptionalInstitution = None) -> None:
    """List the memoranda, of one institution or of all."""
    with desk.office() as office:
        office.follower.catch_up()
        found = [
            office.memorandum(each).state for each in memoranda.memoranda(office.ledger.database, institution)
        ]
    table = a_table("Memorandum", "Name", "Partners", "Standing")
    for each in found:
        partners = ", ".join(each.partners)
        table.add_row(each.id, desk.named(each.names), partners, each.standing(desk.today).value)
    desk.answer(found, table if found else "There is no memorandum yet.")


@command(app, "show")
def show(desk: Desk, memorandum: MemorandumArgument) -> None:
    """Show a memorandum: its terms, who has signed, and how it stands today."""
    with desk.office() as office:
        state = office.memorandum(memorandum).state
    desk.answer(state, *_told(state, desk), **_facts(state, desk))


def _told(memorandum: Memorandum, desk: Desk) -> Iterator[RenderableType]:
    yield Text(best(memorandum.names, desk.language), style="bold")
    table = a_table("Partner", "Signed", "Compared qualifications")
    for partner in memorandum.partners:
        signed = memorandum.signed.get(partner)
        table.add_row(
            partner,
            str(signed) if signed else "not yet",
            "; ".join(
                f"{best(each.names, desk.language)} ({each.level})"
                for each in memorandum.compared
                if each.institution == partner
            ),
        )
    yield table


def _facts(memorandum: Memorandum, desk: Desk) -> dict[str, str | None]:
    ended = memorandum.ended
    return {
        "standing": memorandum.standing(desk.today).value,
        "accepted": ", ".join(each.replace("-", " ") for each in memorandum.accepted),
        "valid_from": str(memorandum.valid_from),
        "valid_until": str(memorandum.valid_until) if memorandum.valid_until else None,
        "ended": f"by {ended.institution} on {ended.ended_on}: {ended.reason}" if ended else None,
    }
