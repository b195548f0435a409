"""The minutes of the recognition commission on one case, and the extract that goes to the Registrar's office.

Members and experts are named by the ids and positions under which the institution has registered them.
Source: joint Order 544/322 of 24 October 2023; the rules of Astana IT University.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.commission import Commission
from domain.institution import Institution
from domain.prior_learning import Source
from domain.recognition import Case, Criterion, Decision, RecognitionGranted, RecognitionRefused, Round
from domain.staff import Person
from domain.unit import Unit
from domain.values import PersonId
from wallet.documents.learning import NO_GRADE, Holder, about_holder
from wallet.documents.printed import Block, Column, Field, Fields, Heading, Paragraph, Row, Said, Table
from wallet.documents.words import Voice, joined, plain, same


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A case that is decided, and those who had a part in the decision."""

    by: Institution
    case: Case
    unit: Unit
    commission: Commission
    people: Mapping[PersonId, Person]
    learner: str
    holder: Holder

    @property
    def round(self) -> Round:
        return self.case.now

    @property
    def decision(self) -> Decision:
        assert self.case.now.decision is not None, "there are minutes of a decision"
        return self.case.now.decision


def minutes(sitting: Sitting, voice: Voice) -> tuple[Block, ...]:
    """Who met, what was put to them, what the experts found, how each voted, and what was decided."""
    return (
        *about_holder(sitting.holder, sitting.learner, voice),
        *_case(sitting, voice),
        Heading(said=voice.say("shown")),
        _sources(sitting.case.applied.sources, voice),
        Heading(said=voice.say("experts")),
        *_conclusions(sitting, voice),
        Heading(said=voice.say("voting")),
        *_votes(sitting, voice),
        Heading(said=voice.say("decision")),
        _decision(sitting, voice),
        Heading(said=voice.say("text_of_minutes")),
        *(Paragraph(said=same(paragraph)) for paragraph in sitting.decision.minutes),
    )


def extract(sitting: Sitting, voice: Voice) -> tuple[Block, ...]:
    """The decision alone, with the learning it counts."""
    entered, decision = sitting.round.entered, sitting.decision
    entry = [
        Field(
            label=voice.say("extract_number"),
            value=same(entered.extract) if entered else voice.say("not_entered"),
        )
    ]
    if entered is not None:
        entry.append(Field(label=voice.say("entered"), value=same(entered.entered_on)))
    counted: list[Block] = []
    if isinstance(decision, RecognitionGranted):
        chosen = [source for source in sitting.case.applied.sources if source.id in decision.sources]
        counted = [Heading(said=voice.say("counted_sources")), _sources(chosen, voice)]
    return (
        Fields(fields=tuple(entry)),
        *about_holder(sitting.holder, sitting.learner, voice),
        *_case(sitting, voice),
        Heading(said=voice.say("decision")),
        _decision(sitting, voice),
        *counted,
    )


def _case(sitting: Sitting, voice: Voice) -> list[Block]:
    applied = sitting.case.applied
    asked = voice.say("asked_value", points=str(applied.points), unit=_unit(sitting, voice))
    session = sitting.round.session
    composed = sitting.commission.composed
    fields = [
        Field(label=voice.say("institution"), value=voice.names(sitting.by.names)),
        Field(label=voice.say("commission"), value=same(f"{composed.commission} ({composed.reference})")),
        Field(label=voice.say("case"), value=same(applied.case)),
        Field(label=voice.say("filed"), value=same(applied.filed_on)),
        Field(label=voice.say("asked"), value=asked),
        Field(label=voice.say("setting"), value=voice.say(applied.setting.value)),
    ]
    if session is not None:
        fields.append(Field(label=voice.say("held"), value=same(session.held_on)))
    return [Heading(said=voice.say("case")), Fields(fields=tuple(fields))]


def _unit(sitting: Sitting, voice: Voice) -> Said:
    return joined(same(sitting.unit.code), voice.names(sitting.unit.names), by=" ")


def _sources(sources: Iterable[Source], voice: Voice) -> Table:
    columns = (
        Column(label=voice.say("title"), share=9),
        Column(label=voice.say("provider"), share=7),
        Column(label=voice.say("on"), share=4),
        Column(label=voice.say("hours"), share=3, right=True),
        Column(label=voice.say("credit"), share=4, right=True),
        Column(label=voice.say("original_grade"), share=5),
    )
    rows = tuple(
        Row(
            cells=(
                same(source.title),
                same(source.provider or NO_GRADE),
                same(source.achieved_on),
                same(plain(source.hours) if source.hours is not None else NO_GRADE),
                same(source.points or NO_GRADE),
                same(f"{source.grade.value} ({source.grade.scale})" if source.grade else NO_GRADE),
            )
        )
        for source in sources
    )
    return Table(columns=columns, rows=rows)


def _conclusions(sitting: Sitting, voice: Voice) -> list[Block]:
    criteria: Sequence[Criterion] = tuple(Criterion)
    columns = (
        Column(label=voice.say("expert"), share=7),
        *(Column(label=voice.say(f"criterion_{each.value}"), share=4) for each in criteria),
        Column(label=voice.say("grade"), share=3),
    )
    conclusions = sitting.round.conclusions
    rows = tuple(
        Row(
            cells=(
                _person(sitting, expert),
                *(voice.say(said.findings[each].value) for each in criteria),
                same(said.grade.value if said.grade else NO_GRADE),
            )
        )
        for expert, said in conclusions.items()
    )
    remarks = [
        Paragraph(said=joined(same(expert), same(said.remarks), by=": "), small=True)
        for expert, said in conclusions.items()
        if said.remarks
    ]
    return [Table(columns=columns, rows=rows), *remarks]


def _person(sitting: Sitting, person: PersonId) -> Said:
    return same(f"{person}, {sitting.people[person].position}")


def _votes(sitting: Sitting, voice: Voice) -> list[Block]:
    session = sitting.round.session
    if session is None:
        return []
    motion = session.motion
    moved = voice.say("to_grant", points=str(motion.points)) if motion.grants else voice.say("to_refuse")
    columns = (
        Column(label=voice.say("member"), share=9),
        Column(label=voice.say("vote"), share=5),
    )
    rows = tuple(
        Row(
            cells=(
                joined(_person(sitting, member), voice.say("presiding"), by=", ")
                if member == session.by
                else _person(sitting, member),
                voice.say(sitting.round.votes[member].vote.value)
                if member in sitting.round.votes
                else same(NO_GRADE),
            )
        )
        for member in session.present
    )
    return [
        Fields(fields=(Field(label=voice.say("motion"), value=moved),)),
        Table(columns=columns, rows=rows),
    ]


def _decision(sitting: Sitting, voice: Voice) -> Fields:
    decision, votes = sitting.decision, sitting.decision.votes
    fields = []
    if isinstance(decision, RecognitionGranted):
        granted = voice.say("granted", points=str(decision.points), unit=_unit(sitting, voice))
        fields.append(Field(label=voice.say("decision"), value=granted))
        if decision.grade is not None:
            grade = f"{decision.grade.value} ({decision.grade.scale})"
            fields.append(Field(label=voice.say("grade"), value=same(grade)))
    else:
        fields += _refusal(decision, voice)
    counted = voice.say(
        "votes_counted",
        in_favour=votes.in_favour,
        against=votes.against,
        abstained=votes.abstained,
        present=votes.present,
    )
    fields.append(Field(label=voice.say("voting"), value=counted))
    fields.append(Field(label=voice.say("decided"), value=same(decision.decided_on)))
    final = sitting.case.appealed is not None
    fields.append(
        Field(
            label=voice.say("appeal"),
            value=voice.say("on_appeal") if final else same(decision.appeal_until),
        )
    )
    return Fields(fields=tuple(fields))


def _refusal(decision: RecognitionRefused, voice: Voice) -> list[Field]:
    return [
        Field(label=voice.say("decision"), value=voice.say("refused")),
        Field(label=voice.say("reason"), value=same(decision.reason)),
        Field(label=voice.say("clause"), value=same(f"{decision.clause.value}: {decision.cited}")),
    ]
