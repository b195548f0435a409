"""The parts that several documents share: who it is about, whose it is, lines of credit, and how grades are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from domain.counting import Why, lines
from domain.credit import Credit
from domain.errors import InvalidValue
from domain.grading import DistributionPublished, Grading
from domain.institution import Institution
from domain.unit import Unit
from domain.values import (
    CreditScheme,
    Grade,
    InstitutionId,
    Names,
    optional_text,
)
from domain.wallet import Wallet
from wallet.documents.printed import Block, Column, Field, Fields, Heading, Paragraph, Row, Said, Table, Tells
from wallet.documents.words import Voice, joined, on_one_line, percent, plain, same

NO_GRADE = "–"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who the document is about, as far as it is said: the ledger knows nobody's name.

    `confirmed` says that the institution has seen an identity document; otherwise the document says that nobody
    has confirmed the name.
    """

    family_name: str | None = None
    given_names: str | None = None
    born: date | None = None
    identifier: str | None = None
    confirmed: bool = False

    def __post_init__(self) -> None:
        for name in ("family_name", "given_names", "identifier"):
            object.__setattr__(
                self, name, optional_text(getattr(self, name), name.replace("_", " "), limit=200)
            )
        if self.confirmed and not (self.family_name or self.given_names):
            raise InvalidValue("A name is confirmed where there is one.")

    @property
    def named(self) -> bool:
        return bool(self.family_name or self.given_names)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A line of the wallet as a document tells of it, and the credential that proves it, if one does."""

    credit: Credit
    unit: Unit | None
    code: str
    """The unit's, as the credential has it: a unit may have been revised since."""
    credential: str | None
    source: Names | None = None
    """The names of the institution it was transferred from, if it was."""


def about_holder(holder: Holder, learner: str, voice: Voice) -> list[Block]:
    """Her names, where they are said; and her key, which is what the credentials are bound to."""
    absent = voice.say("not_stated")
    fields = [
        Field(label=voice.say(word), value=same(value) if value else absent)
        for word, value in (
            ("family_name", holder.family_name),
            ("given_names", holder.given_names),
            ("born", holder.born),
            ("identifier", holder.identifier),
        )
    ]
    if holder.named:
        fields.append(confirmation(holder, voice))
    fields.append(Field(label=voice.say("wallet"), value=same(learner)))
    return [Heading(said=voice.say("holder")), Fields(fields=tuple(fields))]


def confirmation(holder: Holder, voice: Voice) -> Field:
    """Who says that this is her name."""
    by = "name_by_institution" if holder.confirmed else "name_by_holder"
    return Field(label=voice.say("name_by"), value=voice.say(by))


def about_institution(by: Institution, on: date, voice: Voice) -> list[Block]:
    """Its name and country, and who has accredited it."""
    fields = [
        Field(label=voice.say("institution"), value=voice.names(by.names)),
        Field(label=voice.say("country"), value=same(by.country)),
    ]
    if by.website is not None:
        fields.append(Field(label=voice.say("website"), value=same(by.website)))
    fields.append(Field(label=voice.say("accredited"), value=accredited(by, on, voice)))
    return [Heading(said=voice.say("institution")), Fields(fields=tuple(fields))]


def accredited(by: Institution, on: date, voice: Voice) -> Said:
    """By whom, and on what decision, on that day."""
    held = dict.fromkeys(f"{each.by} ({each.reference})" for each in by.accreditations if each.holds(on))
    return same("; ".join(held)) if held else voice.say("not_stated")


def table_of(scheme: CreditScheme, told: Iterable[Told], grading: Grading, voice: Voice) -> Table:
    """The lines of one scheme: what each is, when, how much, the grade, and what share of learners has that grade."""
    columns = (
        Column(label=voice.say("code"), share=4, tells=Tells.CODE),
        Column(label=voice.say("component"), share=10),
        Column(label=voice.say("achieved"), share=5, tells=Tells.DAY),
        Column(label=voice.say("level"), share=4, right=True),
        Column(label=points_label(scheme, voice), share=5, right=True, tells=Tells.POINTS),
        Column(label=voice.say("grade"), share=4, right=True, tells=Tells.GRADE),
        Column(label=voice.say("share_of_grade"), share=4, right=True),
        Column(label=voice.say("how"), share=7),
    )
    rows = tuple(
        Row(
            cells=(
                same(each.code),
                voice.names(each.unit.names) if each.unit is not None else same(each.credit.id),
                same(each.credit.since),
                same(_eqf(each.credit)),
                same(plain(each.credit.points.points)),
                same(each.credit.grade.value if each.credit.grade else NO_GRADE),
                same(_share(each.credit, grading)),
                how(each, voice),
            ),
            credential=each.credential,
        )
        for each in told
    )
    return Table(columns=columns, rows=rows, scheme=scheme.value)


def points_label(scheme: CreditScheme, voice: Voice) -> Said:
    """Credits, and points of ECVET."""
    return voice.say("points_of" if scheme is CreditScheme.ECVET else "credits_of", scheme=scheme.value)


def how(told: Told, voice: Voice) -> Said:
    """The setting; and that it was transferred or recognised, where it was."""
    setting = voice.say(told.credit.setting.value)
    if told.source is not None:
        transferred = voice.say("transferred", **{"from": voice.names(told.source)})
        return joined(setting, transferred)
    return joined(setting, voice.say("recognised")) if told.credit.recognised is not None else setting


def sums(told: Iterable[Told], wallet: Wallet, at: InstitutionId, voice: Voice) -> list[Block]:
    """The total of each scheme, of what counts at the institution; and which lines are not in it."""
    printed = {each.credit.id: each for each in told}
    judged = [line for line in lines(wallet.credits, at=at) if line.credit.id in printed]
    totals: dict[CreditScheme, Decimal] = {}
    for line in judged:
        if line.counts:
            scheme = line.credit.points.scheme
            totals[scheme] = totals.get(scheme, Decimal(0)) + line.credit.points.points
    fields = tuple(
        Field(label=voice.say("total", scheme=scheme.value), value=same(plain(totals[scheme])))
        for scheme in CreditScheme
        if scheme in totals
    )
    blocks: list[Block] = [Fields(fields=fields)] if fields else []
    twice = [
        printed[line.credit.id].code
        for line in judged
        if line.left_out is not None and line.left_out.kind is Why.SAME_LEARNING
    ]
    if twice:
        blocks.append(Paragraph(said=voice.say("not_added", codes=", ".join(twice)), small=True))
    return blocks


def how_grades_are_read(told: Iterable[Told], grading: Grading, voice: Voice) -> list[Block]:
    """Every scale that a grade of these lines is read on, and its distribution table where one is published."""
    blocks: list[Block] = []
    shown: set[str] = set()
    for each in told:
        grade = each.credit.grade
        if grade is None:
            continue
        if grade.scale not in shown:
            shown.add(grade.scale)
            blocks += _scale(grade.scale, grading, voice)
        table = distribution_of(grade, each.credit, grading)
        if table is not None and f"table {table.table}" not in shown:
            shown.add(f"table {table.table}")
            blocks += _distribution(table, voice)
    if any(
        each.credit.grade and not distribution_of(each.credit.grade, each.credit, grading) for each in told
    ):
        blocks.append(Paragraph(said=voice.say("no_table"), small=True))
    return blocks


def about_schemes(schemes: Iterable[CreditScheme], voice: Voice) -> list[Block]:
    """What a point is."""
    words = {CreditScheme.ECTS: "ects_is", CreditScheme.KZ: "kz_is", CreditScheme.ECVET: "ecvet_is"}
    return [
        Heading(said=voice.say("about_credits"), depth=2),
        *(Paragraph(said=voice.say(words[scheme]), small=True) for scheme in schemes),
    ]


def schemes_of(told: Iterable[Told]) -> list[CreditScheme]:
    """Those of the lines, always in the same order."""
    there = {each.credit.points.scheme for each in told}
    return [scheme for scheme in CreditScheme if scheme in there]


def distribution_of(grade: Grade, credit: Credit, grading: Grading) -> DistributionPublished | None:
    """The institution's own table that is closest to the credit: of its field and level if there is one, the last."""
    fitting = [
        table
        for table in grading.tables.values()
        if table.scale == grade.scale
        and table.graded_by is None
        and any(each.value == grade.value for each in table.counts)
        and (table.field is None or (credit.field or "").startswith(table.field))
        and (table.cycle is None or table.cycle == credit.level)
    ]
    return max(
        fitting,
        key=lambda table: (len(table.field or ""), table.cycle is not None, table.until),
        default=None,
    )


def _share(credit: Credit, grading: Grading) -> str:
    grade = credit.grade
    table = distribution_of(grade, credit, grading) if grade is not None else None
    if grade is None or table is None:
        return NO_GRADE
    return percent(
        Fraction(next(each.count for each in table.counts if each.value == grade.value), table.total)
    )


def _eqf(credit: Credit) -> str:
    level = credit.level
    return str(level.value) if level is not None and level.framework == "EQF" else NO_GRADE


def _scale(name: str, grading: Grading, voice: Voice) -> list[Block]:
    published = grading.scales.get(name)
    if published is None:
        return [Paragraph(said=voice.say("scale", scale=name))]
    scale = published.scale
    named = joined(voice.say("scale", scale=name), voice.names(scale.names), by=". ")
    if not scale.steps:
        return [Paragraph(said=named)]
    columns = (
        Column(label=voice.say("grade"), share=2),
        Column(label=voice.say("points_of_grade"), share=2, right=True),
        Column(label=voice.say("from_percent"), share=2, right=True),
        Column(label=voice.say("passes"), share=2),
    )
    rows = tuple(
        Row(
            cells=(
                same(step.value),
                same(NO_GRADE if step.points is None else plain(step.points)),
                same(NO_GRADE if step.from_percent is None else plain(step.from_percent)),
                on_one_line(voice.say("yes" if step.passing else "no")),
            )
        )
        for step in scale.steps
    )
    return [Heading(said=named, depth=2), Table(columns=columns, rows=rows)]


def _distribution(table: DistributionPublished, voice: Voice) -> list[Block]:
    columns = (
        Column(label=voice.say("grade"), share=2),
        Column(label=voice.say("learners"), share=2, right=True),
        Column(label=voice.say("percent"), share=2, right=True),
        Column(label=voice.say("cumulative"), share=2, right=True),
    )
    reached = accumulate(each.count for each in table.counts)
    rows = [
        Row(
            cells=(
                same(each.value),
                same(each.count),
                same(percent(Fraction(each.count, table.total))),
                same(percent(Fraction(so_far, table.total))),
            )
        )
        for each, so_far in zip(table.counts, reached, strict=True)
    ]
    rows.append(
        Row(cells=(voice.say("all_passes"), same(table.total), same("100.0 %"), same("")), strong=True)
    )
    said = voice.say("distribution", scale=table.scale, since=table.since, until=table.until)
    return [Heading(said=said, depth=2), Table(columns=columns, rows=tuple(rows))]
