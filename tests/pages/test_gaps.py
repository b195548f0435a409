"""What is missing, and why a credit does not help, in the reader's words: exact, and in no other language."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from api.pages.gaps import _REASONS, Gaps
from api.pages.languages import LANGUAGES, language
from domain import counting, progress
from domain.ladder import QualificationKind
from domain.progress import Standing, Use
from domain.requirement import (
    AllOf,
    Core,
    Elective,
    GradeAverage,
    Holding,
    InOrder,
    NOf,
    Overall,
    PointsFrom,
    RequiredUnit,
    Requirement,
)
from domain.values import CreditId, CreditPoints, CreditScheme, QualificationId, UnitId
from tests.offices import a_credit, a_learner, a_qualification, a_unit, a_university, an_office, named
from wallet.advising import Towards, show_progress
from wallet.glancing import KnownNames, names_known


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Towards, KnownNames]]:
    with an_office(tmp_path_factory.mktemp("gaps")) as office:
        a_university(office)
        a_unit(office)
        a_unit(office, "databases")
        a_qualification(office, units=("algorithms", "databases"), points=12)
        learner = a_learner(office).learner
        a_credit(office, learner)
        office.follower.catch_up()
        yield show_progress(office, learner, "first-year", on=date(2026, 6, 30)), names_known(office)


TWELVE = CreditPoints(CreditScheme.ECTS, Decimal(12))
A, B = UnitId("algorithms"), UnitId("databases")
UNIT = RequiredUnit(label=named("Databases"), unit=B)
LETTERS = {"A": Decimal(4), "B": Decimal(3)}


def standing(asked: Requirement, share: str = "0", *by: str, parts: tuple[Standing, ...] = ()) -> Standing:
    """`by` are points of the credit for algorithms."""
    uses = tuple(Use(CreditId("c"), CreditPoints(CreditScheme.ECTS, Decimal(each))) for each in by)
    return Standing(requirement=asked, satisfied=False, share=Fraction(share), by=uses, parts=parts)


LABEL = named("Label")
AVERAGE = GradeAverage(label=LABEL, points=TWELVE, at_least=Decimal(3), scale="s", worth=LETTERS)
MISSING = {
    "a unit": (standing(UNIT), "the unit Unit databases"),
    "parts of all": (
        standing(AllOf(label=LABEL, requirements=(UNIT, UNIT)), parts=(standing(UNIT),) * 2),
        "2 more of 2",
    ),
    "some of many": (
        standing(NOf(label=LABEL, n=1, requirements=(UNIT, UNIT)), parts=(standing(UNIT),) * 2),
        "1 more of 2",
    ),
    "points": (standing(PointsFrom(label=LABEL, points=TWELVE), "1/3"), "8\xa0ECTS more, of 12\xa0ECTS"),
    "elective points": (
        standing(Elective(label=LABEL, points=TWELVE), "1/4"),
        "9\xa0ECTS more, of 12\xa0ECTS",
    ),
    "points overall": (standing(Overall(label=LABEL, points=TWELVE), "1/2"), "6\xa0ECTS more, of 12\xa0ECTS"),
    "the rest of a core": (standing(Core(label=LABEL, units=(A, B)), "1/2", "6"), "the units Unit databases"),
    "grades for an average": (
        standing(AVERAGE, "1/2", "6"),
        "6\xa0ECTS more with a grade on the scale s",
    ),
    "an average itself, never rounded up": (
        standing(AVERAGE, "299/300", "12"),
        "an average of 3; over the best 12\xa0ECTS it is 2.99",
    ),
    "what comes before": (
        standing(InOrder(label=LABEL, unit=A, after=(B,)), "1/2", "6"),
        "Unit databases before the unit Unit algorithms",
    ),
    "a qualification": (
        standing(Holding(label=LABEL, qualifications=(QualificationId("first-year"),))),
        "a qualification that is not held: Qualification first-year",
    ),
    "a rung": (
        standing(Holding(label=LABEL, rung=QualificationKind.BACHELOR)),
        "a qualification that is not held: bachelor, or a higher one",
    ),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_told_exactly(name: str, told: tuple[Towards, KnownNames]):
    towards, names = told
    asked, expected = MISSING[name]
    line = towards.lines[0]
    credit = msgspec.structs.replace(line.credit, id=CreditId("c"))
    held = replace(towards, lines=(msgspec.structs.replace(line, credit=credit),))
    gaps = Gaps(held, names, language("en"))

    assert gaps.of(asked) == expected


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_gap_of_a_learner_is_told_in_her_language(tag: str, told: tuple[Towards, KnownNames]):
    towards, names = told
    every = Gaps(towards, names, language(tag)).every

    assert len(every) == len(towards.progress.missing) == 2
    if tag != "en":
        assert not any(re.search("more|missing|the unit", each) for each in every)


def sentences(module: ModuleType, *functions: str) -> Iterator[str]:
    """What these functions can say, with 1 for every value."""
    tree = ast.parse(Path(inspect.getfile(module)).read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in functions:
            for node in ast.walk(function):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(
                        part.value if isinstance(part, ast.Constant) else "1" for part in node.values
                    )
                elif (
                    isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value
                ):
                    yield str(node.value.value)


def test_every_reason_that_the_domain_gives_has_words():
    found = [
        *sentences(progress, "_why_unfit", "_why_unlike", "_why_unused", "unused"),
        *sentences(counting, "_same_learning", "_elsewhere"),
    ]
    unknown = [each for each in found if not any(re.fullmatch(pattern, each) for pattern in _REASONS)]

    assert len(found) > 15
    assert unknown == []


REASONS = {
    "withdrawn": ("it was withdrawn by aitu on 2026-06-02: entered twice", "University aitu.*entered twice"),
    "transferred from": (
        "credit c-1, which it was transferred from, was withdrawn by aitu on 2026-06-02: x",
        ".*: x",
    ),
    "elsewhere": (
        "it is aitu's; kbtu counts it only after a transfer",
        "University aitu",
    ),
}


@pytest.mark.parametrize("name", REASONS)
def test_names_and_days_stand_in_reasons_as_the_reader_knows_them(
    name: str, told: tuple[Towards, KnownNames]
):
    towards, names = told
    sentence, expected = REASONS[name]
    said = Gaps(towards, names, language("ru")).reason(sentence)

    assert re.search("[а-я]", said)
    assert "2026-06-02" not in said
    assert re.search(expected, said)
