"""The certificate of one achievement: a unit's credit, or a qualification."""

from datetime import date

from domain.institution import Institution
from domain.qualification import Qualification
from wallet.documents.learning import (
    NO_GRADE,
    Holder,
    Told,
    about_holder,
    about_institution,
    how,
)
from wallet.documents.printed import Block, Field, Fields, Heading, Paragraph, Tells
from wallet.documents.words import Voice, joined, plain, same


def of_credit(
    told: Told, *, by: Institution, learner: str, holder: Holder, on: date, voice: Voice
) -> tuple[Block, ...]:
    """Of credit for a unit: what was learnt, and what it is worth."""
    credit, unit = told.credit, told.unit
    assert unit is not None, "a credential of credit tells of a unit"
    grade = credit.grade
    fields = [
        Field(label=voice.say("achievement"), value=voice.names(unit.names)),
        Field(label=voice.say("code"), value=same(unit.code), tells=Tells.CODE),
        Field(
            label=joined(voice.say("credit"), same(credit.points.scheme.value), by=", "),
            value=same(plain(credit.points.points)),
            tells=Tells.POINTS,
        ),
        Field(label=voice.say("achieved"), value=same(credit.since), tells=Tells.DAY),
        Field(
            label=voice.say("grade"),
            value=same(grade.value if grade else NO_GRADE),
            tells=Tells.GRADE,
        ),
    ]
    if grade is not None:
        fields.append(Field(label=voice.say("grading"), value=same(grade.scale)))
    if credit.level is not None:
        fields.append(Field(label=voice.say("level"), value=same(credit.level)))
    if credit.field is not None:
        fields.append(Field(label=voice.say("field"), value=same(credit.field)))
    fields.append(Field(label=voice.say("setting"), value=how(told, voice)))
    if unit.workload_hours is not None:
        fields.append(Field(label=voice.say("workload"), value=same(plain(unit.workload_hours))))
    shown = [outcome for outcome in unit.outcomes if outcome.id in credit.outcomes]
    outcomes: list[Block] = [
        Paragraph(said=joined(same(f"{number}."), voice.names(outcome.text), by=" "))
        for number, outcome in enumerate(shown, 1)
    ]
    return (
        Paragraph(said=voice.say("certifies")),
        *about_holder(holder, learner, voice),
        Heading(said=voice.names(unit.names)),
        Fields(fields=tuple(fields), credential=told.credential, scheme=credit.points.scheme.value),
        *([Heading(said=voice.say("outcomes"), depth=2), *outcomes] if outcomes else []),
        *about_institution(by, on, voice),
    )


def of_qualification(
    qualification: Qualification,
    conferred_on: date,
    credential: str,
    *,
    by: Institution,
    learner: str,
    holder: Holder,
    on: date,
    voice: Voice,
) -> tuple[Block, ...]:
    """Of a qualification that was conferred."""
    points = qualification.points
    fields = [
        Field(label=voice.say("qualification"), value=voice.names(qualification.names)),
        Field(
            label=joined(voice.say("credit"), same(points.scheme.value), by=", "),
            value=same(plain(points.points)),
            tells=Tells.POINTS,
        ),
        Field(label=voice.say("level"), value=same(qualification.level)),
        Field(label=voice.say("conferred_on"), value=same(conferred_on), tells=Tells.DAY),
    ]
    if qualification.field is not None:
        fields.append(Field(label=voice.say("field"), value=same(qualification.field)))
    return (
        Paragraph(said=voice.say("conferred")),
        *about_holder(holder, learner, voice),
        Heading(said=voice.names(qualification.names)),
        Fields(fields=tuple(fields), credential=credential, scheme=points.scheme.value),
        *about_institution(by, on, voice),
    )
