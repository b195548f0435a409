"""How the wallet's things look on a terminal: in 80 columns, and as clear without colour as with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cli.tables import a_table
from domain.progress import Standing, Unused
from domain.qualification import Qualification
from domain.requirement import Requirement, parts_of
from domain.unit import Unit
from domain.values import Names, best
from keys.did import did_key
from wallet.advising import Towards
from wallet.converting import ReadInScheme
from wallet.office import Office
from wallet.projections import catalogue
from wallet.projections.record import AchievementRow, CreditRow
from wallet.showing import Record
from wallet.translating import ReadInLevels

UnitNames = Mapping[str, Names]
"""What units are called, by their ids."""

_BAR: Final = 10


def many(number: int, what: str) -> str:
    """A number of something: `1 stay`, `2 stays`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def spoken(setting: str) -> str:
    """The setting as people write it: `non-formal`."""
    return setting.replace("_", "-")


def names_of_units(office: Office) -> UnitNames:
    """What every unit in the catalogue is called."""
    return {row.unit: row.names for row in catalogue.units(office.ledger.database)}


def signers(office: Office) -> Mapping[str, str]:
    """Whose each did:key is, among the institutions registered here."""
    return {
        did_key(term.multikey): row.institution
        for row in catalogue.institutions(office.ledger.database)
        for term in office.institution(row.institution).state.keys
    }


# --- the record -----------------------------------------------------------------------------------------


def a_record(record: Record, units: UnitNames, language: str) -> Iterator[RenderableType]:
    """The sums, the lines behind them, what is only claimed, and what was conferred."""
    yield Text(f"Learner {record.learner}", style="bold")
    if not record.credits and not record.achievements and not record.brought:
        yield "The record is empty."
        return
    if record.totals:
        yield sums(record)
    if record.credits:
        yield credit_lines(record.credits, units, language)
    if record.achievements:
        yield claims(record, language)
    if record.brought:
        yield brought_in(record, language)
    for conferral in record.conferrals:
        yield f"Conferred on {conferral.conferred_on}: {conferral.qualification}, by {conferral.institution}."
    for doubtful in record.resting_on_withdrawn:
        yield f"Conferral {doubtful.conferral} rests on credit that was withdrawn since."


def sums(record: Record) -> Table:
    """Credit accumulated: schemes stand beside each other, and are never added."""
    table = a_table("Credit", "Learning", "Level", "Field", "Events", right=("Credit",))
    for total in record.totals:
        table.add_row(
            str(total.points),
            spoken(total.setting),
            total.level or "",
            total.field or "",
            ", ".join(map(str, total.events)),
        )
    return table


def credit_lines(lines: Sequence[CreditRow], units: UnitNames, language: str) -> Table:
    table = a_table("Event", "Unit", "Credit", "Learning", "Grade", "Counts", right=("Event", "Credit"))
    for line in lines:
        table.add_row(
            str(line.sequence),
            unit_name(line.unit, units, language),
            str(line.points),
            spoken(line.setting),
            line.grade["value"] if line.grade else "",
            _counts(line),
        )
    return table


def in_another_scheme(read: ReadInScheme, units: UnitNames, language: str) -> Iterator[RenderableType]:
    """Every line that counts beside what it is in the scheme, and the rule; a sum for each rule and none over all."""
    yield Text(f"Learner {read.learner}, read in {read.scheme}", style="bold")
    table = a_table(
        "Unit", "Awarded", "Credit", f"In {read.scheme}", "By", right=("Credit", f"In {read.scheme}")
    )
    for line in read.lines:
        points, rule = line.read.points, line.read.by
        by = "its own scheme" if points is not None else (line.read.why_not or "")
        table.add_row(
            unit_name(line.credit.unit, units, language),
            str(line.awarded_on),
            str(line.credit.points),
            "" if points is None else str(points.points),
            by if rule is None else f"{rule.rule} (× {rule.terms.factor})",
        )
    yield table if read.lines else "Nothing counts in this record."
    if read.of_itself is not None:
        yield f"Awarded in {read.scheme}: {read.of_itself.points}."
    for applied, points in read.by_rule:
        yield (
            f"By the rule {applied.rule} of {applied.institution}: {points}, from {applied.terms.from_scheme} × "
            f"{applied.terms.factor} ({applied.terms.source})."
        )


def in_other_levels(read: ReadInLevels, units: UnitNames, language: str) -> Iterator[RenderableType]:
    """Every line that counts beside what its level is called elsewhere, and who says so."""
    framework = read.framework
    yield Text(f"Learner {read.learner}, in the levels of {best(framework.names, language)}", style="bold")
    table = a_table("Unit", "Credit", "Level", "EQF", f"In {framework.country}", right=("Credit", "EQF"))
    for line in read.lines:
        level = line.read
        there = "states no level"
        if level is not None:
            there = " or ".join(str(each.value) for each in level.levels) or (level.why_not or "")
        table.add_row(
            unit_name(line.credit.unit, units, language),
            str(line.credit.points),
            "" if level is None else str(level.level),
            "" if level is None or level.eqf is None else str(level.eqf),
            there,
        )
    yield table if read.lines else "Nothing counts in this record."
    sources = dict.fromkeys(source for line in read.lines if line.read for source in line.read.sources)
    if sources:
        yield "By:"
        yield listed(sources)
    yield "A level says how demanding learning is. It is no recognition: that is an institution's decision."


def unit_name(unit: str | None, units: UnitNames, language: str) -> str:
    """What it is called, or its id where nobody has said."""
    if unit is None:
        return "(no unit)"
    return best(dict(units[unit]), language) if unit in units else unit


def _counts(line: CreditRow) -> str:
    if line.withdrawn is not None:
        return "no: withdrawn"
    if line.counts:
        return "yes"
    return "no: transferred" if line.source is not None else "no: same learning"


def claims(record: Record, language: str) -> Table:
    """Learning outside formal education, and what became of the claim."""
    credited = {line.achievement for line in record.credits if line.counts}
    table = a_table("Event", "Claimed", "Learning", "Standing", right=("Event",))
    for claim in record.achievements:
        standing = "credited" if claim.achievement in credited else _standing(claim)
        table.add_row(str(claim.sequence), best(claim.names, language), spoken(claim.setting), standing)
    return table


def brought_in(record: Record, language: str) -> Table:
    """Learning from elsewhere, in the words of whoever awarded it: without credit here."""
    table = a_table("Brought in, without credit here", "Awarded by", "Stated", "Grade", right=("Stated",))
    for learning in record.brought:
        table.add_row(
            best(learning.names, language),
            best(learning.awarding_body, language),
            ", ".join(map(str, learning.points)),
            learning.grade.value if learning.grade else "",
        )
    return table


def _standing(claim: AchievementRow) -> str:
    if claim.result is None:
        return "claimed, carries no credit"
    return f"assessed by {claim.assessed_by}: {claim.result}"


# --- units and qualifications ---------------------------------------------------------------------------


def a_unit(unit: Unit, language: str) -> Iterator[RenderableType]:
    yield Text(f"{unit.code}  {best(unit.names, language)}", style="bold")
    facts = {
        "institution": unit.institution,
        "credit": ", ".join(map(str, unit.points)) or "none",
        "learning": spoken(unit.setting),
        "level": str(unit.level) if unit.level else None,
        "field": unit.field,
        "workload": f"{unit.workload_hours} hours" if unit.workload_hours else None,
    }
    for name, value in facts.items():
        if value is not None:
            yield f"  {name:<12} {value}"
    if unit.terms or unit.prerequisites:
        taught = ", ".join(unit.terms) or "every term"
        yield f"  {'taught in':<12} {taught}"
    if unit.prerequisites:
        yield f"  {'after':<12} {', '.join(unit.prerequisites)}"
    yield "A learner who has achieved it can:"
    yield listed(f"{best(outcome.text, language)}  [{outcome.id}]" for outcome in unit.outcomes)


def a_qualification(qualification: Qualification, language: str) -> Iterator[RenderableType]:
    yield Text(best(qualification.names, language), style="bold")
    yield f"  {qualification.points}, {qualification.level}, by {qualification.institution}"
    root = Tree(_asked(qualification.requirement, language))
    _branches(root, qualification.requirement, language)
    yield root
    for rule in qualification.sharing:
        yield f"Credit under {rule.other} counts here too: {rule.rule}."


def _branches(tree: Tree, requirement: Requirement, language: str) -> None:
    for part in parts_of(requirement):
        _branches(tree.add(_asked(part, language)), part, language)


def _asked(requirement: Requirement, language: str) -> Text:
    return Text(requirement.asks(best(requirement.label, language)))


# --- progress -------------------------------------------------------------------------------------------


def a_progress(towards: Towards, language: str) -> Iterator[RenderableType]:
    """The tree of requirements with a bar each, then everything that is missing."""
    progress = towards.progress
    yield Text(best(towards.qualification.names, language), style="bold")
    table = a_table("Requirement", "Met", "")
    for standing, depth in _walk(progress.standing):
        label = f"{'  ' * depth}{best(standing.requirement.label, language)}"
        table.add_row(label, a_bar(standing.share), "✓ met" if standing.satisfied else "· open")
    total = progress.total
    table.add_row(
        f"{total.reached} of {total.needed} in all",
        a_bar(total.share),
        "✓ met" if total.satisfied else "· open",
    )
    yield table
    if progress.complete:
        yield "Nothing is missing: it can be conferred."
    else:
        yield "Missing:"
        yield listed(progress.missing)
    if progress.unused:
        yield "Not counted here:"
        yield listed(_why_unused(progress.unused))


def listed(sentences: Iterable[str]) -> Padding:
    """Each behind a dot, its further lines beneath its first."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(overflow="fold")
    for sentence in sentences:
        grid.add_row("•", sentence)
    return Padding(grid, (0, 0, 0, 2), expand=False)


def _why_unused(unused: Iterable[Unused]) -> Iterator[str]:
    """Each reason once, with how many credits it holds back."""
    for reason, number in Counter(each.reasons[0].sentence for each in unused).items():
        yield f"{many(number, 'credit')}: {reason}"


def _walk(standing: Standing, depth: int = 0) -> Iterator[tuple[Standing, int]]:
    yield standing, depth
    for part in standing.parts:
        yield from _walk(part, depth + 1)


def a_bar(share: Fraction) -> str:
    """`██████░░░░  60 %`: never full before all of it is there."""
    full = int(share * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {int(share * 100):>3} %"
