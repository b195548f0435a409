"""`wallet plan`: the least that is left to do, term by term."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import day, decimal
from cli.progress_tree import a_trajectory
from cli.rendering import names_of_units
from domain.planning import Term
from wallet.advising import make_plan

app = Typer(help="Plan what is left of a qualification.")

_PATIENCE = 60.0


@command(app, "plan")
def plan(
    desk: Desk,
    learner: Annotated[str, Argument(metavar="LEARNER", help="The learner's id, a UUID.")],
    qualification: Annotated[
        str, Option("--qualification", "-q", metavar="ID", help="Towards which qualification.")
    ],
    term: Annotated[
        list[str] | None,
        Option("--term", metavar="NAME[=POINTS]", help="A term ahead, in order; may be repeated: autumn=30."),
    ] = None,
    capacity: Annotated[
        Decimal | None,
        Option(
            "--capacity",
            parser=decimal,
            metavar="POINTS",
            help="What a term holds where it does not say; 30.",
        ),
    ] = None,
    unit: Annotated[
        list[str] | None,
        Option("--unit", metavar="UNIT", help="Only from these units; all of the institution's otherwise."),
    ] = None,
    on: Annotated[
        date | None, Option("--on", parser=day, metavar="DAY", help="As of this day; today in UTC.")
    ] = None,
) -> None:
    """Find the least set of units that completes a qualification, in an order that is possible.

    What comes before what, and in which terms a unit is taught, its institution says (`wallet unit offer`).
    """
    usual = capacity if capacity is not None else Decimal(30)
    terms = [_term(typed, usual) for typed in term or ()]
    if not terms:
        raise BadParameter("Name the terms ahead, in order: --term autumn --term spring.")
    with desk.office() as office:
        office.follower.catch_up()
        units = names_of_units(office)
        answer = make_plan(
            office, learner, qualification, terms, on=on or desk.today, units=unit or None, seconds=_PATIENCE
        )
    document = msgspec.structs.asdict(answer.plan) | {"units": answer.plan.units}
    desk.answer(document, *a_trajectory(answer, units, desk.language))


def _term(typed: str, usual: Decimal) -> Term:
    name, found, points = typed.partition("=")
    return Term(name=name, capacity=decimal(points) if found else usual)
