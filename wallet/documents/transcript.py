"""The Transcript of Records, and the personal transcript of ECVET.

Each prints what an institution attests in a learner record (CLR): one table for each scheme, because points of two are
never added. Source: ECTS Users' Guide 2015, 6.3 (transcript) and annex 2 (grade distribution); ECVET Personal
Transcript, Annex II of the Recommendation of 18 June 2009.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.counting import lines
from domain.grading import Grading
from domain.institution import Institution
from domain.qualification import Qualification
from domain.values import CreditPoints, CreditScheme
from domain.wallet import Wallet
from wallet.documents.learning import (
    NO_GRADE,
    Holder,
    Told,
    about_holder,
    about_institution,
    about_schemes,
    how_grades_are_read,
    points_label,
    schemes_of,
    sums,
    table_of,
)
from wallet.documents.printed import Block, Column, Heading, Paragraph, Row, Said, Table, Tells
from wallet.documents.words import Voice, joined, plain, same


@dataclass(frozen=True, kw_only=True)
class Held:
    """A qualification that the record tells of, with the credential that proves it."""

    qualification: Qualification
    conferred_on: date
    credential: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a transcript is made from: the institution's lines and qualifications of a learner record."""

    by: Institution
    wallet: Wallet
    learner: str
    holder: Holder
    told: Sequence[Told]
    held: Sequence[Held]
    others: int
    """Credentials of other institutions in the same record."""
    grading: Grading
    weighing: Sequence[Qualification] = ()
    """The institution's qualifications that give weight to its units."""


def transcript(record: Record, on: date, voice: Voice) -> tuple[Block, ...]:
    """The transcript in the form of ECTS."""
    blocks = [
        *about_holder(record.holder, record.learner, voice),
        *about_institution(record.by, on, voice),
        Heading(said=voice.say("results")),
    ]
    for scheme in schemes_of(record.told):
        own = [each for each in record.told if each.credit.points.scheme is scheme]
        blocks.append(table_of(scheme, own, record.grading, voice))
    blocks += sums(record.told, record.wallet, record.by.id, voice)
    blocks += _held(record.held, voice)
    blocks += _left_out(record, voice)
    blocks.append(Heading(said=voice.say("grading")))
    blocks += how_grades_are_read(record.told, record.grading, voice)
    blocks += about_schemes(schemes_of(record.told), voice)
    return tuple(blocks)


def ecvet_transcript(record: Record, on: date, voice: Voice) -> tuple[Block, ...]:
    """The units with ECVET points: what the learner knows, understands and can do, and who has recognised it."""
    own = [each for each in record.told if each.credit.points.scheme is CreditScheme.ECVET]
    blocks = [
        *about_holder(record.holder, record.learner, voice),
        *about_institution(record.by, on, voice),
        Heading(said=voice.say("results")),
    ]
    columns = (
        Column(label=voice.say("code"), share=4, tells=Tells.CODE),
        Column(label=voice.say("unit"), share=7),
        Column(label=voice.say("outcomes"), share=11),
        Column(label=voice.say("assessed"), share=5, tells=Tells.DAY),
        Column(label=points_label(CreditScheme.ECVET, voice), share=5, right=True, tells=Tells.POINTS),
        Column(label=voice.say("grade"), share=4, right=True, tells=Tells.GRADE),
        Column(label=voice.say("validated_by"), share=6),
    )
    rows = tuple(
        Row(
            cells=(
                same(each.code),
                joined(_name(each, voice), *_weights(each, record.weighing, voice), by="; "),
                _outcomes(each, voice),
                same(each.credit.since),
                same(plain(each.credit.points.points)),
                same(each.credit.grade.value if each.credit.grade else NO_GRADE),
                voice.names(record.by.names),
            ),
            credential=each.credential,
        )
        for each in own
    )
    blocks.append(Table(columns=columns, rows=rows, scheme=CreditScheme.ECVET.value))
    blocks += sums(own, record.wallet, record.by.id, voice)
    blocks += about_schemes([CreditScheme.ECVET], voice)
    return tuple(blocks)


def _name(told: Told, voice: Voice) -> Said:
    return voice.names(told.unit.names) if told.unit is not None else same(told.credit.id)


def _outcomes(told: Told, voice: Voice) -> Said:
    """Those that were shown, numbered."""
    if told.unit is None:
        return same(NO_GRADE)
    shown = [outcome for outcome in told.unit.outcomes if outcome.id in told.credit.outcomes]
    said = [
        joined(same(f"{number})"), voice.names(outcome.text), by=" ")
        for number, outcome in enumerate(shown, 1)
    ]
    return joined(*said, by="; ") if said else same(NO_GRADE)


def _weights(told: Told, weighing: Sequence[Qualification], voice: Voice) -> list[Said]:
    """What the unit weighs in each qualification, which is not the same in all of them. Source: ECVET, Annex II."""
    return [
        joined(
            voice.say("weight_of", qualification=voice.names(qualification.names)),
            same(_written(allocation.points)),
            by=": ",
        )
        for qualification in weighing
        for allocation in qualification.allocations
        if told.unit is not None and allocation.unit == told.unit.id
    ]


def _written(points: CreditPoints) -> str:
    return f"{plain(points.points)} {points.scheme.value}"


def _held(held: Sequence[Held], voice: Voice) -> list[Block]:
    if not held:
        return []
    columns = (
        Column(label=voice.say("qualification"), share=10),
        Column(label=voice.say("level"), share=3, right=True),
        Column(label=voice.say("conferred_on"), share=5, tells=Tells.DAY),
    )
    rows = tuple(
        Row(
            cells=(
                voice.names(each.qualification.names),
                same(each.qualification.level.value),
                same(each.conferred_on),
            ),
            credential=each.credential,
        )
        for each in held
    )
    return [Heading(said=voice.say("qualification"), depth=2), Table(columns=columns, rows=rows)]


def _left_out(record: Record, voice: Voice) -> list[Block]:
    """What is not printed is said: a transcript that is silent about it would look complete."""
    printed = {each.credit.id for each in record.told}
    missing = sum(
        line.counts and line.credit.id not in printed
        for line in lines(record.wallet.credits, at=record.by.id)
    )
    notes = []
    if missing:
        notes.append(Paragraph(said=voice.say("not_listed", count=missing), small=True))
    if record.others:
        notes.append(Paragraph(said=voice.say("others_too", count=record.others), small=True))
    return list(notes)
