"""`wallet recognise`: prior learning, from an institution's policy to a decision."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from rich.console import RenderableType
from rich.text import Text
from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import InstitutionArgument
from cli.rendering import listed
from domain.recognition_policy import Clause, PolicyVersion
from wallet import recognising
from wallet.descriptions import PolicyEntry, read_file

app = Typer(help="Recognise learning that came from elsewhere.")
policy = Typer(help="Publish and read policies of recognition.")
app.add_typer(policy, name="policy")


@command(policy, "publish")
def publish(
    desk: Desk,
    file: Annotated[
        Path, Argument(metavar="FILE.json", help="The policy: its parameters, days and clauses.")
    ],
) -> None:
    """Publish the next version of an institution's policy. Cases filed before keep the one they had."""
    with desk.office() as office:
        published = [
            recognising.publish_policy(
                office,
                entry.institution,
                entry.rules,
                in_force_from=entry.in_force_from,
                reference=entry.reference,
                at=desk.now,
            )
            for entry in read_file(file, PolicyEntry)
        ]
    desk.answer(
        published,
        *(
            f"Published: version {event.version} for {event.institution}, in force from {event.in_force_from}."
            for event in published
        ),
    )


@command(policy, "show")
def show_policy(
    desk: Desk,
    institution: InstitutionArgument,
    version: Annotated[
        int | None, Option("--version", min=1, help="Which version; the one in force today if not said.")
    ] = None,
) -> None:
    """Show an institution's policy: its parameters, and the clause each rule cites."""
    with desk.office() as office:
        published = office.recognition_policy(institution).state
    shown = published.in_force(desk.today) if version is None else published.version(version)
    desk.answer(shown, *_a_policy(shown))


def _a_policy(version: PolicyVersion) -> Iterator[RenderableType]:
    rules = version.rules
    yield Text(
        f"{version.institution}, version {version.version}, from {version.in_force_from}", style="bold"
    )
    yield f"  {version.reference}"
    hours_of = ", ".join(
        f"{each} hours a credit of {scheme}" for scheme, each in rules.hours_per_credit.items()
    )
    share = rules.most_not_formal
    yield listed(
        (
            f"application at least {rules.days_before_period} working days before the academic period",
            f"documents to the experts within {rules.days_to_experts} working days, "
            f"{rules.experts} conclusions within {rules.days_for_experts} more",
            f"an odd number of members, at most {rules.most_members}; quorum {rules.quorum} of them",
            f"appeal within {rules.days_for_appeal} working days of the decision",
            hours_of,
            f"a language certificate counts for {rules.language_certificate_years} years from the exam",
            f"at most {share} of a programme by learning outside formal education"
            if share is not None
            else "no limit is set to learning outside formal education",
        )
    )
    yield "Clauses cited:"
    yield listed(f"{clause.replace('_', ' ')}: {rules.clause(clause)}" for clause in Clause)
