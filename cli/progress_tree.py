"""How far a learner has come, as a tree: each requirement with a sign, what it rests on, and what it lacks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from cli.rendering import UnitNames, a_bar, listed, many, unit_name
from cli.tables import a_table
from domain.progress import Standing, Use
from domain.requirement import RequiredUnit, parts_of
from domain.values import best
from wallet.advising import Towards, Trajectory, WhatIf
from wallet.surveying import Surveyed

_MET: Final = ("✓", "green")
_OPEN: Final = ("·", "yellow")
_SET_BY: Final = ("–", "dim")


def a_progress_tree(towards: Towards, units: UnitNames, language: str) -> Iterator[RenderableType]:
    """The whole answer: the tree, the sum, what is missing, and why the rest does not count."""
    progress, told = towards.progress, _Told(towards, units, language)
    yield Text(best(towards.qualification.names, language), style="bold")
    yield Text(f"as of {towards.on}, at {towards.qualification.institution}", style="dim")
    yield told.tree(progress.standing)
    total = progress.total
    yield Text.assemble(
        _sign(total.satisfied), f" {total.reached} of {total.needed} in all   {a_bar(total.share)}"
    )
    if progress.complete:
        yield "Nothing is missing: it can be conferred."
    else:
        gaps = len(progress.missing)
        yield f"{gaps} thing{'s are' if gaps != 1 else ' is'} missing, marked with {_OPEN[0]} above."
    if progress.unused:
        yield "Not counted:"
        yield listed(told.unused())


def a_what_if(answer: WhatIf, units: UnitNames, language: str) -> Iterator[RenderableType]:
    """How it would stand, and how much nearer that is."""
    yield from a_progress_tree(answer.then, units, language)
    now, then = answer.now.progress, answer.then.progress
    yield f"With these units {_percent(then.share)}, without them {_percent(now.share)}. Nothing was recorded."


def a_trajectory(answer: Trajectory, units: UnitNames, language: str) -> Iterator[RenderableType]:
    """The plan, a term a row."""
    made = answer.plan
    yield Text(best(answer.now.qualification.names, language), style="bold")
    if made.steps:
        table = a_table("Term", "Units", "Points", right=("Points",))
        for number, step in enumerate(made.steps, 1):
            names = [f"{unit_name(unit, units, language)}  [{unit}]" for unit in step.units]
            table.add_row(f"{number}  {step.term}", "\n".join(names) or "nothing", str(step.points))
        yield table
        count = len(made.units)
        yield f"{many(count, 'unit')} {'are' if count != 1 else 'is'} the least that completes it."
    elif not made.aside:
        yield "Nothing is missing: it can be conferred."
    if made.aside:
        yield "Besides, no unit brings:"
        yield listed(made.aside)


def a_survey(name: str, surveyed: Sequence[Surveyed]) -> Iterator[RenderableType]:
    """How many learners are how far, in tenths."""
    yield Text(name, style="bold")
    if not surveyed:
        yield "No learner has credit there yet."
        return
    answered = [each for each in surveyed if each.unanswered is None]
    complete = sum(each.complete for each in answered)
    tenths = Counter(min(int(each.share * 10), 9) for each in answered if not each.complete)
    table = a_table("Share", "Learners", "", right=("Learners",))
    most = max([complete, *tenths.values()])
    for label, count in [
        *((f"{tenth * 10:>3}–{tenth * 10 + 10} %", tenths[tenth]) for tenth in range(10)),
        ("complete", complete),
    ]:
        table.add_row(label, str(count), "█" * (count * 30 // most if most else 0))
    yield table
    yield f"{complete} of {len(answered)} learners have completed it."
    if left := len(surveyed) - len(answered):
        yield f"{left} could not be audited; --json says why."


class _Told:
    def __init__(self, towards: Towards, units: UnitNames, language: str) -> None:
        self.towards, self.units, self.language = towards, units, language
        self.credits = {line.credit.id: line.credit for line in towards.lines}

    def tree(self, standing: Standing) -> Tree:
        root = Tree(self._line(standing), guide_style="dim")
        self._branches(root, standing)
        return root

    def _branches(self, tree: Tree, standing: Standing) -> None:
        for part in standing.parts:
            self._branches(tree.add(self._line(part)), part)
        if standing.by:
            tree.add(Text(", ".join(map(self._use, standing.by)), style="dim"))
        for conferral in standing.held:
            tree.add(Text(f"conferral {conferral}", style="dim"))
        if standing.missing is not None and standing.asked and _says_more(standing):
            tree.add(Text(f"missing: {standing.missing}", style="yellow"))

    def _line(self, standing: Standing) -> Text:
        asked = standing.requirement.asks(best(standing.requirement.label, self.language))
        sign = _sign(standing.satisfied) if standing.asked else _SET_BY
        told = f"  {_percent(standing.share)}" if standing.share and not standing.satisfied else ""
        return Text.assemble(sign, f" {asked}", told if standing.asked else "  another part was taken")

    def _use(self, use: Use) -> str:
        return f"{self._name(use.credit)} {use.points}"

    def _name(self, credit: str) -> str:
        held = self.credits[credit]  # type: ignore[index]  # ids are texts
        name = unit_name(held.unit, self.units, self.language)
        return f"{name} (planned)" if credit.startswith("planned:") else name

    def unused(self) -> Iterator[str]:
        """Each credit with its first reasons; many alike are counted."""
        for each in self.towards.progress.unused:
            reasons = dict.fromkeys(reason.sentence for reason in each.reasons)
            yield f"{self._name(each.credit)}: {_few(list(reasons))}"


def _says_more(standing: Standing) -> bool:
    """Whether what is missing is more than what is asked anyhow, which stands on the line above."""
    return not parts_of(standing.requirement) and not isinstance(standing.requirement, RequiredUnit)


def _few(sentences: list[str]) -> str:
    if len(sentences) <= 3:
        return "; ".join(sentences)
    return f"{'; '.join(sentences[:3])}; and {len(sentences) - 3} more reasons"


def _sign(met: bool) -> tuple[str, str]:
    return _MET if met else _OPEN


def _percent(share: Fraction) -> str:
    """Never 100 before all of it is there."""
    return f"{int(share * 100)} %"
