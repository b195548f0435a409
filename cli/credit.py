"""`wallet credit`: what institutions do in a learner's wallet."""

from typing import Annotated

from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import (
    GradeOption,
    Institution,
    Learner,
    On,
    Reason,
    ScaleOption,
    UnitOption,
    grade,
    points,
)
from cli.rendering import spoken
from domain.achievement import Result
from domain.counting import lines
from domain.values import CreditPoints, CreditScheme
from wallet import awarding, issuing

app = Typer(help="Assess, award, transfer and withdraw credit.")

CreditArgument = Annotated[str, Argument(metavar="CREDIT", help="The credit's id.")]


@command(app, "assess")
def assess(
    desk: Desk,
    achievement: Annotated[str, Argument(metavar="ACHIEVEMENT", help="The id of what was claimed.")],
    institution: Institution,
    learner: Learner,
    result: Annotated[Result, Option("--result", help="What the assessment came to.")],
    unit: UnitOption = None,
    outcome: Annotated[
        list[str] | None,
        Option("--outcome", metavar="ID", help="An outcome shown; all of the unit's if none is named."),
    ] = None,
    grade_given: GradeOption = None,
    scale: ScaleOption = None,
    on: On = None,
) -> None:
    """Judge what a learner claimed, against a unit where there is a comparable one."""
    given = grade(grade_given, scale)
    with desk.office() as office:
        event = awarding.assess(
            office,
            institution,
            learner=learner,
            achievement=achievement,
            result=result,
            assessed_on=on or desk.today,
            unit=unit,
            outcomes=outcome or None,
            grade=given,
            at=desk.now,
        )
    desk.answer(event, f"Assessed: achievement {event.achievement} has {event.result}.")


@command(app, "award")
def award(
    desk: Desk,
    institution: Institution,
    learner: Learner,
    unit: Annotated[str, Option("--unit", metavar="ID", help="The unit.")],
    worth: Annotated[
        CreditPoints | None,
        Option("--points", parser=points, metavar="SCHEME=NUMBER", help="Fewer points than allocated: KZ=3."),
    ] = None,
    scheme: Annotated[
        CreditScheme | None, Option("--scheme", help="Which of the schemes the unit is worth credit in.")
    ] = None,
    achievement: Annotated[
        str | None,
        Option("--achievement", metavar="ID", help="For an achievement this institution assessed."),
    ] = None,
    grade_given: GradeOption = None,
    scale: ScaleOption = None,
    on: On = None,
) -> None:
    """Award credit for a unit: for formal study, or for an achievement that was assessed."""
    given = grade(grade_given, scale)
    with desk.office() as office:
        event = awarding.award(
            office,
            institution,
            learner=learner,
            unit=unit,
            points=worth,
            scheme=scheme,
            grade=given,
            achievement=achievement,
            awarded_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(
        event,
        f"Awarded: {event.points} for the unit {event.unit}, {spoken(event.setting)} learning.",
        credit=event.credit,
    )


@command(app, "transfer")
def transfer(
    desk: Desk,
    credit: CreditArgument,
    institution: Institution,
    learner: Learner,
    agreement: Annotated[
        str,
        Option(
            "--agreement",
            metavar="TEXT",
            help="The ground, as it is cited; or memorandum/ID, of this ledger.",
        ),
    ],
    unit: UnitOption = None,
    rule: Annotated[
        str | None, Option("--rule", metavar="ID", help="Into another scheme, by this published rule.")
    ] = None,
    on: On = None,
) -> None:
    """Count at this institution a credit that another awarded."""
    with desk.office() as office:
        event = awarding.transfer(
            office,
            institution,
            learner=learner,
            from_credit=credit,
            agreement=agreement,
            unit=unit,
            rule=rule,
            transferred_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Transferred: {event.points} to {event.institution}.", credit=event.credit)


@command(app, "withdraw")
def withdraw(
    desk: Desk,
    credit: CreditArgument,
    institution: Institution,
    learner: Learner,
    reason: Reason,
    on: On = None,
) -> None:
    """Take back a credit, and revoke the credentials that tell of it. All stays in the history."""
    with desk.office() as office:
        event = issuing.withdraw_credit(
            office,
            institution,
            learner=learner,
            credit=credit,
            reason=reason,
            on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Withdrawn: credit {event.credit}.")


@command(app, "show")
def show(desk: Desk, credit: CreditArgument, learner: Learner) -> None:
    """Show one line of a learner's record, and whether it counts."""
    with desk.office() as office:
        wallet = office.learner(learner).state
    held = wallet.credit(credit)
    line = next(each for each in lines(wallet.credits) if each.credit.id == held.id)
    desk.answer(
        line,
        f"{held.points} of {held.institution}, {spoken(held.setting)} learning.",
        unit=held.unit,
        level=str(held.level) if held.level else None,
        grade=f"{held.grade.value} ({held.grade.scale})" if held.grade else None,
        since=str(held.since),
        transferred_from=held.source,
        converted_by=f"{held.rule.rule} of {held.rule.institution}" if held.rule else None,
        agreement=held.agreement,
        counts="yes" if line.left_out is None else f"no: {line.left_out.sentence}",
    )
