"""`wallet progress`: how far a learner is towards a qualification, as it is or as it would be."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk, passphrase
from cli.options import GradeOption, ScaleOption, day, grade
from cli.progress_bar import counting
from cli.progress_tree import a_progress_tree, a_survey, a_what_if
from cli.rendering import many, names_of_units
from domain.values import Setting
from wallet.advising import Towards, Wish, show_progress, what_if
from wallet.reporting import bundle_for, report_progress
from wallet.surveying import survey

app = Typer(help="Show how far a learner is towards a qualification, and what would bring her nearer.")


@command(app, "progress")
def progress(
    desk: Desk,
    learner: Annotated[str | None, Argument(metavar="[LEARNER]", help="The learner's id, a UUID.")] = None,
    qualification: Annotated[
        str | None, Option("--qualification", "-q", metavar="ID", help="Towards which qualification.")
    ] = None,
    cohort: Annotated[
        str | None,
        Option(
            "--cohort", metavar="ID", help="Instead of one learner: all of them, towards this qualification."
        ),
    ] = None,
    processes: Annotated[
        int, Option("--processes", min=1, max=64, help="How many may work on a cohort at once.")
    ] = 2,
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
    report: Annotated[
        Path | None,
        Option("--report", metavar="FILE", help="Write the answer here, signed by the institution."),
    ] = None,
    bundle: Annotated[
        Path | None,
        Option("--bundle", metavar="FILE", help="Write what anybody needs to reckon the report again."),
    ] = None,
) -> None:
    """Show each requirement: met, by which credit, or what is missing; and why each other credit does not count.

    With --with and --recognise it is shown as it would be. A grade that is required is taken to be reached, unless
    --grade says what is expected. Nothing is recorded. With --report the answer is signed, for `wallet audit-progress`.
    """
    as_of = on or desk.today
    if cohort is not None:
        if learner or qualification or planned or recognised or report:
            raise BadParameter("A cohort is asked about by itself: --cohort ID.")
        _survey(desk, cohort, as_of, processes)
        return
    if learner is None or qualification is None:
        raise BadParameter("Name a learner and a --qualification; or a --cohort.")
    expected = grade(grade_expected, scale)
    wishes = [Wish(unit, None, expected) for unit in planned or ()]
    wishes += [Wish(unit, Setting.NON_FORMAL, expected) for unit in recognised or ()]
    if bundle is not None and report is None:
        raise BadParameter("A bundle goes with a report: give --report too.")
    if report is not None and wishes:
        raise BadParameter("What would be is not signed: give --report without --with and --recognise.")
    with desk.office() as office:
        office.follower.catch_up()
        units = names_of_units(office)
        if wishes:
            answer = what_if(office, learner, qualification, wishes, on=as_of, preferred=prefer or ())
            document = {"now": progress_document(answer.now), "then": progress_document(answer.then)}
            desk.answer(document, *a_what_if(answer, units, desk.language))
        elif report is not None:
            signed = report_progress(
                office,
                office.qualification(qualification).state.institution,
                learner=learner,
                qualification=qualification,
                on=as_of,
                preferred=prefer or (),
                at=desk.now,
            )
            report.write_bytes(signed.text)
            if bundle is not None:
                bundle.write_bytes(bundle_for(office, signed, at=desk.now))
            told = [
                *a_progress_tree(signed.towards, units, desk.language),
                f"Signed, and written to {report}.",
            ]
            if signed.unproven:
                count = len(signed.unproven)
                told.append(
                    f"Of {many(count, 'credit')} that count{'s' if count == 1 else ''} no credential "
                    "was issued: nobody else can check them. See `wallet credential issue`."
                )
            document = progress_document(signed.towards) | {"unproven": signed.unproven}
            desk.answer(document, *told)
        else:
            towards = show_progress(office, learner, qualification, on=as_of, preferred=prefer or ())
            desk.answer(progress_document(towards), *a_progress_tree(towards, units, desk.language))


def _survey(desk: Desk, qualification: str, on: date, processes: int) -> None:
    """Every learner of the institution, with a bar while it takes time."""
    secret = passphrase()
    with desk.office(secret) as office, counting("Learners", quiet=desk.as_json) as told:
        names = office.qualification(qualification).state.names
        surveyed = survey(office, qualification, on=on, passphrase=secret, processes=processes, progress=told)
    desk.answer(surveyed, *a_survey(desk.named(names), surveyed))


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
