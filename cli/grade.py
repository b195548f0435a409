"""`wallet grade`: scales, tables, agreements and the policy by which grades are read, converted and averaged."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from rich.console import RenderableType
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import (
    Field,
    GradeOption,
    Institution,
    InstitutionArgument,
    Learner,
    Level,
    On,
    Reason,
    ScaleOption,
    Tagged,
    UnitOption,
    day,
    decimal,
    grade,
    missing_of,
    tagged,
)
from cli.tables import a_table
from domain import values
from domain.average import Graded
from domain.grade_conversion import ByCorrespondence, ByDistribution, ByExperts, ByFormula, GradeConverted
from domain.grade_scale import FX, GradeScale, Rounding, kz_letters, rounded
from domain.grading import Choice, Correspondent, Retakes
from domain.values import CreditScheme, Grade
from wallet import grading
from wallet.descriptions import EQF, read_file
from wallet.grading import Correspondence, Distribution, Experts, Formula, Way

app = Typer(help="Grades: publish scales and tables, convert, record failures, show averages.")

Since = Annotated[date, Option("--since", parser=day, metavar="DAY", help="The first day counted.")]
Until = Annotated[date, Option("--until", parser=day, metavar="DAY", help="The last day counted.")]
InForce = Annotated[
    date | None, Option("--in-force", parser=day, metavar="DAY", help="Its first day; today if not given.")
]
Reference = Annotated[
    str | None, Option("--reference", metavar="TEXT", help="The document that says so, as it is cited.")
]


def counted(given: Iterable[Tagged]) -> dict[str, int]:
    """`--count A=7`. Refuses (usage) what is no whole number, and a grade twice."""
    counts: dict[str, int] = {}
    for each in given:
        if not (each.text.isascii() and each.text.isdigit() and len(each.text) < 10):
            raise BadParameter(f"{each.text!r} is not a number of learners.")
        if each.tag in counts:
            raise BadParameter(f"The grade {each.tag} is counted twice.")
        counts[each.tag] = int(each.text)
    return counts


# --- publishing -----------------------------------------------------------------------------------------


@command(app, "scale")
def scale(
    desk: Desk,
    institution: Institution,
    from_file: Annotated[
        Path | None, Option("--from", metavar="FILE.json", help="The scale, as a description file.")
    ] = None,
    letters: Annotated[
        str | None, Option("--kz-letters", metavar="NAME", help="Kazakhstan's letters, under this name.")
    ] = None,
    fx: Annotated[
        Decimal | None, Option("--fx", parser=decimal, metavar="POINTS", help="What FX counts: 0.5, or 0.")
    ] = None,
) -> None:
    """Publish how the grades of a scale are read here: the institution's own scale, or a partner's."""
    if (from_file is None) == (letters is None):
        raise BadParameter("Either a file says the scale, or --kz-letters does.")
    scales = (
        read_file(from_file, GradeScale)
        if from_file
        else [kz_letters(letters or "", fx=FX if fx is None else fx)]
    )
    with desk.office() as office:
        published = [grading.publish_scale(office, institution, each, at=desk.now) for each in scales]
    desk.answer(
        published,
        *(
            f"Published: the scale {event.scale.scale}, {desk.named(event.scale.names)}."
            for event in published
        ),
    )


@command(app, "table")
def table(
    desk: Desk,
    name: Annotated[str, Argument(metavar="NAME", help="What the table is called.")],
    institution: Institution,
    scale: Annotated[str, Option("--scale", metavar="TEXT", help="The scale of its grades.")],
    since: Since,
    until: Until,
    own: Annotated[bool, Option("--own", help="Count the grades of credit awarded here.")] = False,
    count: Annotated[
        list[Tagged] | None,
        Option("--count", parser=tagged, metavar="GRADE=NUMBER", help="How often it was given; repeat."),
    ] = None,
    field: Field = None,
    level: Level = None,
    graded_by: Annotated[
        str | None, Option("--graded-by", metavar="TEXT", help="Whose grades, if a partner's.")
    ] = None,
    source: Annotated[
        str | None, Option("--source", metavar="TEXT", help="Where the figures were taken from.")
    ] = None,
) -> None:
    """Publish how often each passing grade was given over two years or more."""
    if own == bool(count):
        raise BadParameter("Either --own counts the institution's grades, or --count says each.")
    with desk.office() as office:
        event = grading.publish_table(
            office,
            institution,
            table=name,
            scale=scale,
            counts=None if own else counted(count or ()),
            since=since,
            until=until,
            field=field,
            cycle=None if level is None else values.Level(EQF, level),
            graded_by=graded_by,
            source=source,
            at=desk.now,
        )
    shown = a_table("Grade", "Given", "Share", right=("Given", "Share"))
    for each in event.counts:
        shown.add_row(each.value, str(each.count), f"{100 * each.count / event.total:.1f} %")
    desk.answer(event, f"Published: the table {event.table}, of {event.total} grades.", shown)


@command(app, "agree")
def agree(
    desk: Desk,
    name: Annotated[str, Argument(metavar="NAME", help="What the correspondence is called.")],
    institution: Institution,
    theirs: Annotated[str, Option("--from-scale", metavar="TEXT", help="The partner's scale.")],
    ours: Annotated[str, Option("--to-scale", metavar="TEXT", help="The institution's own scale.")],
    agreed_with: Annotated[str, Option("--with", metavar="TEXT", help="The partner.")],
    pair: Annotated[
        list[Tagged], Option("--pair", parser=tagged, metavar="THEIRS=OURS", help="Repeat for each grade.")
    ],
    in_force: InForce = None,
    reference: Reference = None,
) -> None:
    """Fix which grade of a partner's scale is which of ours."""
    with desk.office() as office:
        event = grading.agree_correspondence(
            office,
            institution,
            correspondence=name,
            from_scale=theirs,
            to_scale=ours,
            pairs=[Correspondent(each.tag, each.text) for each in pair],
            agreed_with=agreed_with,
            in_force_from=in_force or desk.today,
            reference=reference,
            at=desk.now,
        )
    desk.answer(
        event, f"Agreed with {event.agreed_with}: {len(event.pairs)} grades, as {event.correspondence}."
    )


@command(app, "policy")
def policy(
    desk: Desk,
    name: Annotated[str, Argument(metavar="NAME", help="What the policy is called.")],
    institution: Institution,
    choice: Annotated[
        Choice, Option("--choice", help="Which of the grades that a foreign grade's share overlaps is taken.")
    ],
    least: Annotated[int, Option("--least", min=1, help="The fewest grades a table may count.")],
    in_force: InForce = None,
    average_scale: Annotated[
        str | None, Option("--average-scale", metavar="TEXT", help="The scale whose points make the average.")
    ] = None,
    formula_scale: Annotated[
        str | None,
        Option("--formula-scale", metavar="TEXT", help="The scale of what the Bavarian formula gives."),
    ] = None,
    percent_rounding: Annotated[
        Rounding, Option("--percent", help="What 94.5 is, between 90–94 and 95–100.")
    ] = Rounding.HALF_UP,
    formula_rounding: Annotated[
        Rounding, Option("--formula", help="How the formula's result becomes one decimal.")
    ] = Rounding.DOWN,
    retakes: Annotated[
        Retakes, Option("--retakes", help="What the average counts of a unit taken again.")
    ] = Retakes.ALL,
    reference: Reference = None,
) -> None:
    """Fix in advance what the rules leave to the institution; the last one in force on a day is its policy."""
    with desk.office() as office:
        event = grading.fix_policy(
            office,
            institution,
            policy=name,
            choice=choice,
            least_grades=least,
            percent_rounding=percent_rounding,
            formula_rounding=formula_rounding,
            retakes=retakes,
            in_force_from=in_force or desk.today,
            average_scale=average_scale,
            formula_scale=formula_scale,
            reference=reference,
            at=desk.now,
        )
    desk.answer(event, f"Fixed: the policy {event.policy}, in force from {event.in_force_from}.")


@command(app, "show")
def show(desk: Desk, institution: InstitutionArgument) -> None:
    """Show what an institution has published on grades."""
    with desk.office() as office:
        state = office.grading(institution).state
    shown = a_table("What", "Name", "Tells")
    for scale_ in state.scales.values():
        passing = sum(step.passing for step in scale_.scale.steps)
        span = scale_.scale.span
        told = f"{len(scale_.scale.steps)} grades, {passing} of them pass" if scale_.scale.steps else ""
        numbers = f"{span.best} to {span.worst}, passed with {span.lowest_pass}" if span else ""
        shown.add_row("scale", scale_.scale.scale, "; ".join(filter(None, (told, numbers))))
    for table_ in state.tables.values():
        shown.add_row(
            "table",
            table_.table,
            f"{table_.total} grades of {table_.scale}, {table_.since} to {table_.until}",
        )
    for agreed in state.correspondences.values():
        shown.add_row(
            "agreement",
            agreed.correspondence,
            f"{agreed.from_scale} to {agreed.to_scale}, {agreed.agreed_with}",
        )
    for fixed in state.policies.values():
        shown.add_row(
            "policy",
            fixed.policy,
            f"{fixed.choice}, {fixed.least_grades} grades or more, from {fixed.in_force_from}",
        )
    desk.answer(state, shown if shown.rows else f"{state.institution} has published nothing on grades yet.")


# --- a learner's grades ---------------------------------------------------------------------------------


@command(app, "convert")
def convert(
    desk: Desk,
    institution: Institution,
    learner: Learner,
    credit: Annotated[
        str | None, Option("--credit", metavar="ID", help="The credit whose grade is converted.")
    ] = None,
    grade_given: GradeOption = None,
    scale: ScaleOption = None,
    given_by: Annotated[
        str | None, Option("--given-by", metavar="TEXT", help="Who gave a grade that no credit has.")
    ] = None,
    correspondence: Annotated[
        str | None, Option("--agreement", metavar="NAME", help="By this correspondence.")
    ] = None,
    their_table: Annotated[
        str | None,
        Option("--table", metavar="[ID/]NAME", help="By distribution: their table, of this institution."),
    ] = None,
    our_table: Annotated[
        str | None, Option("--into", metavar="NAME", help="By distribution: our own table.")
    ] = None,
    expert: Annotated[
        list[str] | None, Option("--expert", metavar="TEXT", help="By experts: who; repeat for each.")
    ] = None,
    result: Annotated[
        str | None, Option("--result", metavar="TEXT", help="By experts: the grade they found.")
    ] = None,
    result_scale: Annotated[
        str | None, Option("--result-scale", metavar="TEXT", help="By experts: the scale of that grade.")
    ] = None,
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="By experts: why.")] = None,
    formula: Annotated[bool, Option("--formula", help="By the modified Bavarian formula.")] = False,
    on: On = None,
) -> None:
    """Convert a grade, and keep the original beside it. A fail never becomes a pass."""
    way = _way(correspondence, their_table, our_table, expert, grade(result, result_scale), reason, formula)
    with desk.office() as office:
        event = grading.convert_grade(
            office,
            institution,
            learner=learner,
            way=way,
            credit=credit,
            original=grade(grade_given, scale),
            given_by=given_by,
            converted_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(
        event,
        f"Converted: {event.original.value} ({event.original.scale}) is {event.result.value} "
        f"({event.result.scale}) at {event.institution}.",
        by=told(event),
        conversion=event.conversion,
    )


def _way(
    correspondence: str | None,
    their_table: str | None,
    our_table: str | None,
    experts: list[str] | None,
    result: Grade | None,
    reason: str | None,
    formula: bool,
) -> Way:
    """Exactly one way. Refuses (usage) none, several, or half of one."""
    ways = [bool(correspondence), bool(their_table or our_table), bool(experts or result), formula]
    if sum(ways) != 1:
        raise BadParameter(
            "Give one way: --agreement, --table with --into, --expert with --result, or --formula."
        )
    if correspondence:
        return Correspondence(correspondence)
    if formula:
        return Formula()
    if their_table or our_table:
        if missing := missing_of({"--table": their_table, "--into": our_table}):
            raise BadParameter(f"A conversion by distribution needs {missing} too.")
        institution, _, table_ = (their_table or "").rpartition("/")
        return Distribution(table_, our_table or "", institution or None)
    if missing := missing_of({"--expert": experts, "--result": result, "--reason": reason}):
        raise BadParameter(f"A conversion by experts needs {missing} too.")
    assert result is not None, "it is not missing"
    return Experts(result, tuple(experts or ()), reason or "")


def told(event: GradeConverted) -> str:
    """By what a grade was converted, in words."""
    match event.basis:
        case ByCorrespondence() as basis:
            return f"the correspondence {basis.correspondence}"
        case ByDistribution() as basis:
            return (
                f"the tables {basis.their_institution}/{basis.their_table} and {basis.our_table}, "
                f"{basis.choice} of the share {_percent(basis.their_share)}"
            )
        case ByExperts() as basis:
            return f"{', '.join(basis.experts)}: {basis.reason}"
        case ByFormula() as basis:
            return f"the modified Bavarian formula, {basis.exactly}"


def _percent(share: tuple[str, str]) -> str:
    above, upto = (rounded(Fraction(each) * 100) for each in share)
    return f"{above}–{upto} %"


@command(app, "letter")
def letter(
    desk: Desk,
    percent: Annotated[Decimal, Argument(parser=decimal, metavar="PERCENT", help="From 0 to 100.")],
    institution: Institution,
    on: On = None,
) -> None:
    """Show which letter a percentage earns at an institution, by its policy's scale and rounding."""
    with desk.office() as office:
        earned = grading.letter(office, institution, percent, on=on or desk.today)
    desk.answer(earned, f"{percent} % is {earned.value} ({earned.scale}).")


@command(app, "fail")
def fail(
    desk: Desk,
    institution: Institution,
    learner: Learner,
    unit: UnitOption,
    scheme: Annotated[
        CreditScheme | None, Option("--scheme", help="Which of the unit's credit schemes weighs the grade.")
    ] = None,
    grade_given: GradeOption = None,
    scale: ScaleOption = None,
    on: On = None,
) -> None:
    """Record that a learner failed a unit: no credit, but part of the transcript and the average."""
    if unit is None:
        raise BadParameter("Say which --unit was failed.")
    with desk.office() as office:
        event = grading.fail_unit(
            office,
            institution,
            learner=learner,
            unit=unit,
            scheme=scheme,
            grade=grade(grade_given, scale),
            failed_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Recorded: the unit {event.unit} was failed.", attempt=event.attempt)


@command(app, "withdraw-failure")
def withdraw_failure(
    desk: Desk,
    attempt: Annotated[str, Argument(metavar="ATTEMPT", help="The id of the failed attempt.")],
    institution: Institution,
    learner: Learner,
    reason: Reason,
    on: On = None,
) -> None:
    """Take back a failure that was entered in error."""
    with desk.office() as office:
        event = grading.withdraw_failure(
            office,
            institution,
            learner=learner,
            attempt=attempt,
            reason=reason,
            on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Withdrawn: attempt {event.attempt}.")


@command(app, "average")
def average(desk: Desk, institution: Institution, learner: Learner, on: On = None) -> None:
    """Show a learner's grade average (GPA) at an institution, and every grade it is made of."""
    with desk.office() as office:
        shown = grading.show_averages(office, institution, learner, on=on or desk.today)
    parts: list[RenderableType] = []
    for each in shown.averages.averages:
        parts.append(f"{rounded(each.exactly)} over {each.scheme} credit, by {shown.scale}.")
        parts.append(_units(each.graded))
    if shown.averages.left_out:
        parts += ["Not part of it:", _units(shown.averages.left_out)]
    desk.answer(shown, *(parts or ["There is nothing to average yet."]))


def _units(graded: Iterable[Graded]) -> RenderableType:
    shown = a_table("Unit", "Grade", "Credit", "On", "", right=("Credit",))
    for each in graded:
        was = f", from {each.original.value} ({each.original.scale})" if each.original else ""
        shown.add_row(
            each.unit or each.of,
            "" if each.grade is None else f"{each.grade.value}{was}",
            str(each.points),
            str(each.on),
            each.left_out or ("" if each.passed else "failed"),
        )
    return shown
