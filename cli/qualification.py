"""`wallet qualification`: what an institution confers, and on what."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import (
    Field,
    FromFile,
    Institution,
    Learner,
    Level,
    NameOptions,
    On,
    OptionalInstitution,
    Reason,
    decimal,
    missing_of,
    names_of,
    points,
    tagged,
)
from cli.rendering import a_qualification
from cli.tables import a_table
from domain.errors import InvalidValue
from domain.framework import framework_of
from domain.qualification import QualificationKind
from domain.values import CreditPoints
from domain.weighting import EVENLY, Weight
from wallet import awarding, describing, issuing
from wallet.descriptions import QualificationEntry, convert, read_file
from wallet.entering import enter_qualification
from wallet.frameworks import frameworks
from wallet.projections import catalogue
from wallet.weighing import weigh_units

app = Typer(help="Describe qualifications, and confer them.")

QualificationArgument = Annotated[str, Argument(metavar="QUALIFICATION", help="The qualification's id.")]


def weight(typed: str) -> Weight:
    """`3,2,4`: importance, complexity and volume, effort."""
    parts = typed.split(",")
    if len(parts) != 3:
        raise BadParameter(f"{typed!r} is not in the form IMPORTANCE,COMPLEXITY,EFFORT, such as 3,2,4.")
    try:
        return Weight(*(decimal(part) for part in parts))
    except InvalidValue as error:
        raise BadParameter(str(error)) from error


@dataclass(frozen=True, slots=True)
class Weighed:
    """A unit, and how it weighs."""

    unit: str
    weight: Weight


def weighed(typed: str) -> Weighed:
    """`algorithms=3,2,4`."""
    given = tagged(typed)
    return Weighed(given.tag, weight(given.text))


@command(app, "add")
def add(
    desk: Desk,
    qualification: Annotated[
        str | None, Argument(metavar="[QUALIFICATION]", help="Its id: small Latin letters and hyphens.")
    ] = None,
    institution: OptionalInstitution = None,
    name: NameOptions = None,
    kind: Annotated[QualificationKind | None, Option("--kind", help="Its rung of the ladder.")] = None,
    level: Level = None,
    whole: Annotated[
        CreditPoints | None,
        Option("--points", parser=points, metavar="SCHEME=NUMBER", help="What the whole is worth: KZ=23."),
    ] = None,
    require: Annotated[
        list[str] | None, Option("--require", metavar="UNIT", help="A unit it asks for; may be repeated.")
    ] = None,
    field: Field = None,
    from_file: FromFile = None,
) -> None:
    """Describe a qualification.

    The options describe one that asks for certain units; a file can say more: choices, points from a group of
    units, levels and settings that count.
    """
    required = {
        "an id": qualification,
        "--institution": institution,
        "--name": name,
        "--kind": kind,
        "--level": level,
        "--points": whole,
        "--require": require,
    }
    if from_file is not None:
        if any((*required.values(), field)):
            raise BadParameter("Either a file says it all, or the options do.")
        entries = read_file(from_file, QualificationEntry)
    elif missing := missing_of(required):
        raise BadParameter(f"Give {missing}; or a file with --from.")
    else:
        written = {
            "institution": institution,
            "qualification": qualification,
            "names": names_of(name),
            "kind": kind,
            "level": level,
            "points": whole,
            "requirement": {
                "kind": "all-of",
                "requirements": [{"kind": "unit", "unit": unit} for unit in require or ()],
            },
            "field": field,
        }
        entries = [convert(written, QualificationEntry, source="the options")]
    with desk.office() as office:
        described = [enter_qualification(office, entry, at=desk.now) for entry in entries]
    desk.answer(
        described,
        *(f"Described: {desk.named(event.names)}, as {event.qualification}." for event in described),
    )


@command(app, "list")
def list_qualifications(desk: Desk, institution: OptionalInstitution = None) -> None:
    """List the qualifications described here, of one institution or of all."""
    with desk.office() as office:
        office.follower.catch_up()
        rows = catalogue.qualifications(office.ledger.database, institution)
    table = a_table("Qualification", "Name", "Institution")
    for row in rows:
        table.add_row(row.qualification, desk.named(row.names), row.institution)
    desk.answer(rows, table if rows else "No qualification is described yet.")


@command(app, "show")
def show(desk: Desk, qualification: QualificationArgument) -> None:
    """Show a qualification and the tree of what it asks."""
    with desk.office() as office:
        state = office.qualification(qualification).state
    desk.answer(state, *a_qualification(state, desk.language))


Other = Annotated[
    str, Option("--with", metavar="ID", help="The other qualification, which the learner holds already.")
]


@command(app, "share")
def share(
    desk: Desk,
    qualification: QualificationArgument,
    institution: Institution,
    other: Other,
    rule: Annotated[str, Option("--rule", metavar="TEXT", help="The rule, as you cite it.")],
) -> None:
    """Let credit that another qualification rests on count towards this one too: otherwise it counts once."""
    with desk.office() as office:
        event = describing.allow_sharing(
            office, institution, qualification=qualification, other=other, rule=rule, at=desk.now
        )
    desk.answer(event, f"Credit under {event.other} counts towards {qualification} too: {event.rule}.")


@command(app, "unshare")
def unshare(desk: Desk, qualification: QualificationArgument, institution: Institution, other: Other) -> None:
    """End a sharing rule. What was conferred under it stays conferred."""
    with desk.office() as office:
        event = describing.end_sharing(
            office, institution, qualification=qualification, other=other, at=desk.now
        )
    desk.answer(event, f"Credit under {event.other} counts towards {qualification} no longer.")


@command(app, "frameworks")
def show_frameworks(
    desk: Desk,
    country: Annotated[
        str | None, Argument(metavar="[COUNTRY]", help="One country's, level by level: IE, GB-SCT.")
    ] = None,
) -> None:
    """Show the national qualifications frameworks known here, beside the EQF, with who says so."""
    if country is None:
        table = a_table("Country", "Framework", "Levels", "Standing", right=("Levels",))
        for each in frameworks():
            table.add_row(each.country, desk.named(each.names), str(len(each.levels)), each.referencing)
        desk.answer(frameworks(), table)
        return
    found = framework_of(frameworks(), country)
    rows = a_table("Level", "EQF", "Source", "Read on", right=("Level", "EQF"))
    for level in found.levels:
        rows.add_row(str(level.value), str(level.eqf or "below"), level.source, str(level.as_of))
    desk.answer(found, f"{desk.named(found.names)}, {found.referencing}", rows)


@command(app, "weigh")
def weigh(
    desk: Desk,
    qualification: QualificationArgument,
    institution: Institution,
    unit: Annotated[
        list[Weighed],
        Option(
            "--unit",
            parser=weighed,
            metavar="ID=I,C,E",
            help="A unit with its importance, complexity and volume, and effort: algorithms=3,2,4.",
        ),
    ],
    emphasis: Annotated[
        Weight | None,
        Option(
            "--emphasis", parser=weight, metavar="I,C,E", help="Which of the three counts how much: 1,1,1."
        ),
    ] = None,
    step: Annotated[
        Decimal, Option("--step", parser=decimal, metavar="NUMBER", help="The smallest part given: 0.5.")
    ] = "0.5",  # type: ignore[assignment]  # Typer reads a default as it is typed
) -> None:
    """Share the qualification's points out to its units by their relative weight."""
    if len({each.unit for each in unit}) < len(unit):
        raise BadParameter("A unit is weighed once.")
    with desk.office() as office:
        event = weigh_units(
            office,
            institution,
            qualification=qualification,
            units={each.unit: each.weight for each in unit},
            emphasis=emphasis or EVENLY,
            step=step,
            at=desk.now,
        )
    table = a_table("Unit", "Points", right=("Points",))
    for each in event.allocations:
        table.add_row(each.unit, str(each.points))
    desk.answer(event, f"Weighed: {event.points} to {len(event.allocations)} units.", table)


@command(app, "confer")
def confer(
    desk: Desk,
    qualification: QualificationArgument,
    institution: Institution,
    learner: Learner,
    on: On = None,
) -> None:
    """Confer a qualification whose requirements the learner's credits meet."""
    with desk.office() as office:
        names = office.qualification(qualification).state.names
        event = awarding.confer(
            office,
            institution,
            learner=learner,
            qualification=qualification,
            conferred_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(
        event,
        f"Conferred: {desk.named(names)}, on {len(event.credits)} credits.",
        conferral=event.conferral,
    )


@command(app, "withdraw")
def withdraw(
    desk: Desk,
    conferral: Annotated[str, Argument(metavar="CONFERRAL", help="The conferral's id.")],
    institution: Institution,
    learner: Learner,
    reason: Reason,
    on: On = None,
) -> None:
    """Take back a qualification, and revoke the credentials that tell of it. All stays in the history."""
    with desk.office() as office:
        event = issuing.withdraw_conferral(
            office,
            institution,
            learner=learner,
            conferral=conferral,
            reason=reason,
            on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Withdrawn: conferral {event.conferral}.")
