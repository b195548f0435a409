"""`wallet compare`: learning outcomes side by side, for the expert who has to say what is comparable."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.console import RenderableType
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.tables import a_table
from domain.comparison import Compared, Comparison, Ground
from domain.values import best
from wallet.comparing import LEAST, compare_outcomes, of_list, of_unit
from wallet.descriptions import OutcomeEntry, read_file

if TYPE_CHECKING:
    from wallet.office import Office

app = Typer(help="Compare learning outcomes.")


@command(app, "compare")
def compare(
    desk: Desk,
    sides: Annotated[
        list[str],
        Argument(
            metavar="SOURCE... TARGET",
            help="Units by their ids, or JSON files of outcomes; the last one is what the others are compared with.",
        ),
    ],
    least: Annotated[
        float, Option("--least", min=0.0, max=1.0, help="The score below which nothing is suggested.")
    ] = LEAST,
) -> None:
    """Put learning outcomes side by side, with suggested matches: a score each, and no decision.

    Several sources stand on one side: two courses that together match one discipline. A file holds
    outcomes, [{"id": "lo1", "text": {"kk": "…"}, "code": "http://data.europa.eu/esco/…"}].
    """
    if len(sides) < 2:
        raise BadParameter("Name a source and a target: two units, or a file of outcomes and a unit.")
    if all(map(_is_file, sides)):
        read = [_of_file(each) for each in sides]
    else:
        with desk.office() as office:
            read = [_of_file(each) if _is_file(each) else _of_unit(office, each) for each in sides]
    *sources, target = read
    found = compare_outcomes([each for side in sources for each in side], target, least=least)
    desk.answer(found, *_side_by_side(found, desk.language))


def _is_file(side: str) -> bool:
    return side.endswith(".json")


def _of_file(path: str) -> tuple[Compared, ...]:
    return of_list(Path(path).name, (entry.outcome() for entry in read_file(Path(path), OutcomeEntry)))


def _of_unit(office: "Office", unit: str) -> tuple[Compared, ...]:
    return of_unit(office.unit(unit).state)


def _side_by_side(found: Comparison, language: str) -> Iterator[RenderableType]:
    table = a_table("Source", "Likeness", "Target", right=("Likeness",))
    for each in found.suggestions:
        tongue = each.language or language
        table.add_row(
            _told(each.source, tongue),
            "same code" if each.ground is Ground.CODE else f"{each.score:.2f} ({each.language})",
            _told(each.target, tongue),
        )
    for alone in found.source_alone:
        table.add_row(_told(alone, language), "", "—")
    for alone in found.target_alone:
        table.add_row("—", "", _told(alone, language))
    yield table
    for untold in found.no_common_language:
        yield f"Nobody has compared {untold.of} {untold.outcome.id}: no source says it in a language that it has."
    yield "These are suggestions by words and codes. What is comparable, and how far, an expert decides."


def _told(each: Compared, language: str) -> str:
    return f"{best(each.outcome.text, language)}  [{each.of} {each.outcome.id}]"
