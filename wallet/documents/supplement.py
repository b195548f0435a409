"""The Diploma Supplement: eight sections, in the order and under the headings of the EHEA's template.

What the ledger knows is taken from it. What it cannot know, such as the mode of study or the conditions of admission,
the institution says when it prints (`Details`); where it says nothing, the document says that nothing is stated.
Source: Diploma Supplement template of the Council of Europe, the European Commission and UNESCO, as revised in 2018.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from domain.errors import InvalidValue
from domain.grading import Grading
from domain.institution import Institution
from domain.ladder import QualificationKind
from domain.qualification import Qualification
from domain.values import CreditPoints, Names, in_languages
from domain.wallet import Wallet
from wallet.documents.learning import (
    Holder,
    Told,
    about_schemes,
    accredited,
    confirmation,
    how_grades_are_read,
    schemes_of,
    sums,
    table_of,
)
from wallet.documents.printed import Block, Field, Fields, Heading, Paragraph, Said, Tells
from wallet.documents.words import Voice, joined, plain, same

_HIGHER = frozenset({QualificationKind.BACHELOR, QualificationKind.MASTER, QualificationKind.DOCTOR})


class Details(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the institution states on a supplement beside what the ledger knows; each in one or more languages.

    {"mode_of_study": {"en": "Full-time", "ru": "Очная"}, "duration": {"en": "4 years"}}
    """

    mode_of_study: Names | None = None
    administered_by: Names | None = None
    languages: Names | None = None
    duration: Names | None = None
    access_requirements: Names | None = None
    programme_outcomes: Names | None = None
    classification: Names | None = None
    further_study: Names | None = None
    regulated_profession: Names | None = None
    additional: Names | None = None
    sources: Names | None = None
    capacity: Names | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            said = getattr(self, name)
            if said is not None:
                in_languages(said, name.replace("_", " "))


@dataclass(frozen=True, kw_only=True)
class Diploma:
    """A qualification that was conferred, with the lines it rests on."""

    by: Institution
    wallet: Wallet
    learner: str
    holder: Holder
    qualification: Qualification
    conferred_on: date
    credential: str
    told: Sequence[Told]
    grading: Grading
    method: str
    """The key that signs the supplement."""


def supplement(diploma: Diploma, details: Details, on: date, voice: Voice) -> tuple[Block, ...]:
    """Its sections. Refuses (InvalidValue) a qualification that is not of higher education."""
    qualification = diploma.qualification
    if qualification.kind not in _HIGHER:
        raise InvalidValue(
            f"{qualification.id} is not of higher education, and a Diploma Supplement is for what is."
        )
    return (
        Paragraph(said=voice.say("supplement_is"), small=True),
        *_holder(diploma.holder, voice),
        *_qualification(diploma, details, on, voice),
        *_level(qualification, details, voice),
        *_results(diploma, details, voice),
        Heading(said=voice.say("s5")),
        _fields(
            voice,
            s5_1=voice.name_or_absent(details.further_study),
            s5_2=voice.name_or_absent(details.regulated_profession),
        ),
        Heading(said=voice.say("s6")),
        _fields(
            voice,
            s6_1=voice.name_or_absent(details.additional),
            s6_2=voice.name_or_absent(details.sources),
        ),
        Heading(said=voice.say("s7")),
        _fields(
            voice,
            s7_1=same(on),
            s7_2=voice.say("signed_electronically", method=diploma.method),
            s7_3=voice.name_or_absent(details.capacity),
            s7_4=voice.say("not_stated"),
        ),
        Heading(said=voice.say("s8")),
        Paragraph(said=voice.say("s8_kz" if diploma.by.country == "KZ" else "s8_other")),
    )


def _fields(voice: Voice, **said: Said) -> Fields:
    return Fields(fields=tuple(Field(label=voice.say(word), value=value) for word, value in said.items()))


def _holder(holder: Holder, voice: Voice) -> list[Block]:
    absent = voice.say("not_stated")
    fields = _fields(
        voice,
        s1_1=same(holder.family_name) if holder.family_name else absent,
        s1_2=same(holder.given_names) if holder.given_names else absent,
        s1_3=same(holder.born) if holder.born else absent,
        s1_4=same(holder.identifier) if holder.identifier else absent,
    )
    more = (confirmation(holder, voice),) if holder.named else ()
    return [Heading(said=voice.say("s1")), Fields(fields=(*fields.fields, *more))]


def _qualification(diploma: Diploma, details: Details, on: date, voice: Voice) -> list[Block]:
    qualification, by = diploma.qualification, diploma.by
    status = joined(voice.names(by.names), same(by.country), accredited(by, on, voice), by=", ")
    languages = sorted({each.unit.language for each in diploma.told if each.unit and each.unit.language})
    if details.languages is None and languages:
        taught = same(", ".join(languages))
    else:
        taught = voice.name_or_absent(details.languages)
    points = qualification.points
    return [
        Heading(said=voice.say("s2")),
        Fields(
            fields=(
                Field(label=voice.say("s2_1"), value=voice.names(qualification.names)),
                Field(label=voice.say("conferred_on"), value=same(diploma.conferred_on), tells=Tells.DAY),
                Field(
                    label=joined(voice.say("credit"), same(points.scheme.value), by=", "),
                    value=same(plain(points.points)),
                    tells=Tells.POINTS,
                ),
            ),
            credential=diploma.credential,
            scheme=points.scheme.value,
        ),
        _fields(
            voice,
            s2_2=(
                joined(same("ISCED-F"), same(qualification.field), by=" ")
                if qualification.field
                else voice.say("not_stated")
            ),
            s2_3=status,
            s2_4=(
                voice.names(details.administered_by) if details.administered_by else voice.say("same_as_2_3")
            ),
            s2_5=taught,
        ),
    ]


def _level(qualification: Qualification, details: Details, voice: Voice) -> list[Block]:
    levels = [str(each) for each in (qualification.level, qualification.national_level) if each is not None]
    length = same(_written(qualification.points))
    return [
        Heading(said=voice.say("s3")),
        _fields(
            voice,
            s3_1=same("; ".join(levels)),
            s3_2=joined(length, voice.names(details.duration), by="; ") if details.duration else length,
            s3_3=voice.name_or_absent(details.access_requirements),
        ),
    ]


def _written(points: CreditPoints) -> str:
    return f"{plain(points.points)} {points.scheme.value}"


def _results(diploma: Diploma, details: Details, voice: Voice) -> list[Block]:
    tables = [
        table_of(
            scheme,
            [each for each in diploma.told if each.credit.points.scheme is scheme],
            diploma.grading,
            voice,
        )
        for scheme in schemes_of(diploma.told)
    ]
    return [
        Heading(said=voice.say("s4")),
        _fields(
            voice,
            s4_1=voice.name_or_absent(details.mode_of_study),
            s4_2=voice.name_or_absent(details.programme_outcomes),
        ),
        Heading(said=voice.say("s4_3"), depth=2),
        *tables,
        *sums(diploma.told, diploma.wallet, diploma.by.id, voice),
        Heading(said=voice.say("s4_4"), depth=2),
        *how_grades_are_read(diploma.told, diploma.grading, voice),
        *about_schemes(schemes_of(diploma.told), voice),
        _fields(voice, s4_5=voice.name_or_absent(details.classification)),
    ]
