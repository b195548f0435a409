"""`wallet quality`: the circle of a partnership, and indicators computed and reported."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from rich.console import RenderableType
from rich.text import Text
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Institution, On, OptionalInstitution, day, decimal
from cli.rendering import many
from cli.tables import a_table
from domain.circle import Phase
from domain.quality import Indicator, Mobility, Rate
from wallet import evaluating, partnering
from wallet.evaluating import InstitutionQuality

app = Typer(help="Quality: the circle of a partnership, and EQAVET's indicators 3 to 7.")

_TOLD = {"placement": 5, "use-of-skills": 6, "unemployment": 7}


def _indicator(typed: str) -> Indicator:
    if typed not in _TOLD:
        raise BadParameter(f"{typed!r} is not one of {', '.join(_TOLD)}.")
    return Indicator(_TOLD[typed])


@command(app, "show")
def show(
    desk: Desk,
    institution: OptionalInstitution = None,
    memorandum: Annotated[
        str | None, Option("--memorandum", metavar="ID", help="Of a partnership, instead of an institution.")
    ] = None,
) -> None:
    """Show what the ledger can compute, and, apart from it, what was reported."""
    if (institution is None) == (memorandum is None):
        raise BadParameter("Say of what: --institution, or --memorandum, and not both.")
    with desk.office() as office:
        if institution is not None:
            of_one = evaluating.quality_of_institution(office, institution)
            desk.answer(of_one, *_institution(of_one))
            return
        partnership = evaluating.quality_of_partnership(office, memorandum or "")
    desk.answer(
        {
            "memorandum": partnership.memorandum.id,
            "mobility": partnership.mobility,
            "circle": partnership.circle,
        },
        Text(f"Memorandum {partnership.memorandum.id}", style="bold"),
        *_mobility(partnership.mobility),
        *(
            f"{noted.phase.capitalize()}, round {noted.round}, {noted.by}: {noted.findings}"
            for noted in partnership.circle
        ),
    )


@command(app, "report")
def report(
    desk: Desk,
    indicator: Annotated[
        Indicator,
        Argument(parser=_indicator, metavar="INDICATOR", help="placement, use-of-skills or unemployment."),
    ],
    institution: Institution,
    percent: Annotated[Decimal, Option("--percent", parser=decimal, metavar="NUMBER", help="From 0 to 100.")],
    since: Annotated[
        date, Option("--from", parser=day, metavar="DAY", help="The first day of what it is about.")
    ],
    until: Annotated[date, Option("--until", parser=day, metavar="DAY", help="The last day.")],
    source: Annotated[str, Option("--source", metavar="TEXT", help="Where it is known from.")],
    on: On = None,
) -> None:
    """Report an indicator that no ledger of credit knows, with its source."""
    with desk.office() as office:
        event = evaluating.report_indicator(
            office,
            institution,
            indicator=indicator,
            percent=percent,
            since=since,
            until=until,
            source=source,
            reported_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Reported: {_called(event.indicator)} of {event.percent} %.")


@command(app, "phase")
def phase(
    desk: Desk,
    memorandum: Annotated[str, Argument(metavar="MEMORANDUM", help="The memorandum's id.")],
    institution: Institution,
    phase: Annotated[Phase, Option("--phase", help="Which of the four.")],
    findings: Annotated[str, Option("--findings", metavar="TEXT", help="What was found.")],
    on: On = None,
) -> None:
    """Record a phase of the partnership's quality circle; the phases come in turn."""
    with desk.office() as office:
        event = partnering.record_partnership_phase(
            office,
            institution,
            memorandum=memorandum,
            phase=phase,
            findings=findings,
            recorded_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Recorded: {event.phase} of round {event.round}, by {event.institution}.")


def _institution(quality: InstitutionQuality) -> Iterator[RenderableType]:
    provision = quality.provision
    yield Text(f"Institution {quality.institution}", style="bold")
    yield f"Computed from the ledger, of all who hold credit there: {many(provision.participants, 'participant')} (3)."
    yield f"With a qualification of its: {_share(provision.completed)} (4)."
    yield from _mobility(quality.mobility)
    if not quality.reported:
        yield "Nothing is reported of placement, use of skills and unemployment (5, 6, 7)."
        return
    table = a_table("Reported", "Percent", "From", "Until", "Source", right=("Percent",))
    for each in quality.reported:
        table.add_row(
            f"{_called(each.indicator)} ({each.indicator.value})",
            str(each.percent),
            str(each.since),
            str(each.until),
            each.source,
        )
    yield table


def _mobility(mobility: Mobility) -> Iterator[str]:
    yield (
        f"Computed from the ledger, of mobility: {many(mobility.participants, 'participant')} (3) in "
        f"{many(mobility.stays, 'stay')}, {mobility.open} of them open, {mobility.declined} declined."
    )
    yield f"Stays recognised as a whole: {_share(mobility.completed)} (4)."
    yield f"Components recognised: {_share(mobility.components)}."


def _share(rate: Rate) -> str:
    if rate.share is None:
        return "none yet"
    return f"{rate.number} of {rate.of}, {float(rate.share * 100):.1f} %"


def _called(indicator: Indicator) -> str:
    return indicator.name.lower().replace("_", " ")
