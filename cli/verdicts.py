"""A verdict as a person reads it: one sentence, then every check with a word and a sign, never colour alone."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from wallet.verdict import Check, NotApplicable, Outcome, Verdict

_SAID: Final = {
    Outcome.PASSED: ("✓ passed", "green"),
    Outcome.FAILED: ("✗ failed", "bold red"),
    Outcome.COULD_NOT_CHECK: ("? could not check", "yellow"),
}
_Row = tuple[str, tuple[str, str], str, str]
"""A step's number, its answer as a word and a style, its name, its sentence."""

_LEFT_OUT: Final = ("– left out", "dim")


def a_verdict(verdict: Verdict, *, brief: bool = False) -> Iterator[RenderableType]:
    """`brief` is for a reader who has seen the list before: what passed is counted, not told again."""
    yield Text(verdict.headline, style=_SAID[verdict.outcome][1])
    yield from ([] if brief else _subject(verdict))
    rows = _rows(verdict, brief)
    if rows:
        yield _grid(rows)
    if brief:
        passed = sum(check.outcome is Outcome.PASSED for check in verdict.checks)
        yield Text(f"{passed} {'other ' if rows else ''}checks passed.")
    for number, member in enumerate(verdict.members, 1):
        word, style = _SAID[member.outcome]
        name = _named(member) or (member.subject.credential if member.subject else None) or "a credential"
        yield Text.assemble(f"  {number}  ", (word, style), f"  {name}")


def _rows(verdict: Verdict, brief: bool) -> list[_Row]:
    """In the order of their numbers; steps left out one after the other for the same reason are one row."""
    told: list[Check | NotApplicable] = [
        check for check in verdict.checks if not (brief and check.outcome is Outcome.PASSED)
    ]
    if not brief:
        told = sorted((*told, *verdict.not_applicable), key=lambda step: step.number)
    rows: list[_Row] = []
    for why, alike in groupby(told, key=lambda step: None if isinstance(step, Check) else step.sentence):
        steps = list(alike)
        if why is not None and len(steps) > 1:
            rows.append((f"{steps[0].number}–{steps[-1].number}", _LEFT_OUT, why, ""))
            continue
        for step in steps:
            said = _SAID[step.outcome] if isinstance(step, Check) else _LEFT_OUT
            rows.append((str(step.number), said, step.name, step.sentence))
    return rows


def _grid(rows: list[_Row]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for number, said, name, sentence in rows:
        grid.add_row(number, Text(*said), Text(name))
        if sentence:
            grid.add_row("", "", Text(sentence, style="dim"))
    return grid


def _subject(verdict: Verdict) -> Iterator[Text]:
    """What the document says, under the headline; the issuer's name is a registry's."""
    subject = verdict.subject
    if subject is None:
        return
    if not verdict.passed:
        yield Text("It says of itself:")
    facts = {
        "achievement": _named(verdict),
        "credit": ", ".join(f"{line.points} {line.scheme or ''}".strip() for line in subject.credits) or None,
        "issuer": subject.issuer_name or subject.issuer,
        "learner": subject.learner,
    }
    for name, value in facts.items():
        if value:
            yield Text(f"  {name:<12} {value}", overflow="fold")


def _named(verdict: Verdict) -> str | None:
    subject = verdict.subject
    if subject is None:
        return None
    return ", ".join(subject.achievements) or subject.name
