"""`wallet progress`: how far a learner is towards a qualification, as it is or as it would be."""

from datetime import date
from typing import Annotated, Any

import msgspec
from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import GradeOption, ScaleOption, day, grade
from cli.progress_tree import a_progress_tree, a_what_if
from cli.rendering import names_of_units
from domain.values import Setting
from wallet.advising import Towards, Wish, show_progress, what_if

app = Typer(help="Show how far a learner is towards a qualification, and what would bring her nearer.")


@command(app, "progress")
def progress(
    desk: Desk,
    learner: Annotated[str, Argument(metavar="LEARNER", help="The learner's id, a UUID.")],
    qualification: Annotated[
        str, Option("--qualification", "-q", metavar="ID", help="Towards which qualification.")
    ],
    planned: Annotated[
        list[str] | None,
        Option("--with", metavar="UNIT", help="What if she took this unit too; may be repeated."),
    ] = None,
    recognised: Annotated[
        list[str] | None,
        Option(
            "--recognise", metavar="UNIT", help="What if learning outside formal education counted for it."
        ),
    ] = None,
    grade_expected: GradeOption = None,
    scale: ScaleOption = None,
    prefer: Annotated[
        list[str] | None,
        Option(
            "--prefer", metavar="CREDIT", help="Use this credit first where it makes no other difference."
        ),
    ] = None,
    on: Annotated[
        date | None, Option("--on", parser=day, metavar="DAY", help="As of this day; today in UTC.")
    ] = None,
) -> None:
    """Show each requirement: met, by which credit, or what is missing; and why each other credit does not count.

    With --with and --recognise it is shown as it would be. A grade that is required is taken to be reached, unless
    --grade says what is expected. Nothing is recorded.
    """
    expected = grade(grade_expected, scale)
    wishes = [Wish(unit, None, expected) for unit in planned or ()]
    wishes += [Wish(unit, Setting.NON_FORMAL, expected) for unit in recognised or ()]
    as_of = on or desk.today
    with desk.office() as office:
        office.follower.catch_up()
        units = names_of_units(office)
        if wishes:
            answer = what_if(office, learner, qualification, wishes, on=as_of, preferred=prefer or ())
            document = {"now": progress_document(answer.now), "then": progress_document(answer.then)}
            desk.answer(document, *a_what_if(answer, units, desk.language))
        else:
            towards = show_progress(office, learner, qualification, on=as_of, preferred=prefer or ())
            desk.answer(progress_document(towards), *a_progress_tree(towards, units, desk.language))


def progress_document(towards: Towards) -> dict[str, Any]:
    """The answer for a program."""
    answer = towards.progress
    return msgspec.structs.asdict(answer) | {
        "on": towards.on,
        "complete": answer.complete,
        "satisfied": answer.satisfied,
        "share": answer.share,
        "missing": answer.missing,
    }
