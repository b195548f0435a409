"""Units and qualifications are described whole, by their institution, and revised for the future only."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from domain import qualification, unit
from domain.errors import AlreadyDescribed, BrokenHistory, InvalidValue, NotFound, WrongInstitution
from domain.qualification import (
    MOST_DEPTH,
    Allocation,
    QualificationDescription,
    QualificationKind,
    Requirement,
)
from domain.values import CreditScheme, Setting, UnitId
from tests.domain.builders import (
    EQF5,
    a_qualification,
    a_unit,
    a_unit_description,
    all_of,
    an_award,
    an_institution,
    an_outcome,
    ects,
    ecvet,
    kz,
    n_of,
    named,
    points_from,
    required,
)


def a_qualification_description(
    requirement: Requirement | None = None, allocations: tuple[Allocation, ...] = ()
) -> QualificationDescription:
    return QualificationDescription(
        names=named("Module 7"),
        points=ects(6),
        level=EQF5,
        kind=QualificationKind.PROGRAMME,
        requirement=requirement or required("ecvet-in-programmes"),
        allocations=allocations,
    )


def test_a_unit_says_what_it_is_worth_in_each_scheme() -> None:
    described = a_unit(points=[ecvet(4), ects(6)])

    assert described.points == (ects(6), ecvet(4))
    assert described.allocated(CreditScheme.ECVET) == ecvet(4)
    assert described.allocated(CreditScheme.KZ) is None


def test_a_revised_unit_is_the_same_unit() -> None:
    before = a_unit()
    event = unit.revise(before, a_unit_description("ECVET-2", points=[kz(5)]), by=an_institution())
    after = unit.evolve(before, event)

    assert (after.id, after.institution, after.revision) == (before.id, before.institution, 2)
    assert (after.code, after.points) == ("ECVET-2", (kz(5),))


def test_a_revised_qualification_is_the_same_qualification() -> None:
    before = a_qualification()
    description = a_qualification_description(required("workload"))
    after = qualification.evolve(before, qualification.revise(before, description, by=an_institution()))

    assert (after.id, after.revision, after.requirement) == (before.id, 2, required("workload"))


def test_a_unit_may_weigh_differently_in_two_qualifications() -> None:
    for weight in (ects(2), ects("3.5")):
        description = a_qualification_description(allocations=(Allocation(UnitId("workload"), weight),))
        assert description.allocations[0].points == weight


def _deep(depth: int) -> Requirement:
    return required("u") if depth == 1 else all_of(_deep(depth - 1))


REFUSALS: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "a unit described twice": (
        AlreadyDescribed,
        lambda: unit.describe(a_unit(), a_unit_description(), unit="u", by=an_institution()),
    ),
    "a unit without outcomes": (
        InvalidValue,
        lambda: unit.UnitDescription(
            code="U", names=named("U"), outcomes=(), setting=Setting.FORMAL, points=()
        ),
    ),
    "a unit with an outcome twice": (
        InvalidValue,
        lambda: a_unit_description(outcomes=[an_outcome("lo1"), an_outcome("lo1", "Again")]),
    ),
    "a unit with a scheme twice": (InvalidValue, lambda: a_unit_description(points=[ects(6), ects(5)])),
    "a unit of no hours": (InvalidValue, lambda: a_unit_description(workload_hours=Decimal(0))),
    "a unit in a language that is not one": (InvalidValue, lambda: a_unit_description(language="Kazakh")),
    "a unit in a field that is not one": (InvalidValue, lambda: a_unit_description(field="IT")),
    "a unit under a bad id": (
        InvalidValue,
        lambda: unit.describe(None, a_unit_description(), unit="Unit 1", by=an_institution()),
    ),
    "another's unit revised": (
        WrongInstitution,
        lambda: unit.revise(a_unit(), a_unit_description(), by=an_institution("enu")),
    ),
    "a unit moved to another setting": (
        InvalidValue,
        lambda: unit.revise(a_unit(), a_unit_description(setting=Setting.NON_FORMAL), by=an_institution()),
    ),
    "a unit without a history": (NotFound, lambda: unit.fold([])),
    "a unit with another's history": (BrokenHistory, lambda: unit.fold([an_award()])),
    "a qualification described twice": (
        AlreadyDescribed,
        lambda: qualification.describe(
            a_qualification(), a_qualification_description(), qualification="q", by=an_institution()
        ),
    ),
    "another's qualification revised": (
        WrongInstitution,
        lambda: qualification.revise(
            a_qualification(), a_qualification_description(), by=an_institution("enu")
        ),
    ),
    "a unit that weighs twice": (
        InvalidValue,
        lambda: a_qualification_description(allocations=(Allocation(UnitId("u"), ects(1)),) * 2),
    ),
    "a unit that weighs in another scheme": (
        InvalidValue,
        lambda: a_qualification_description(allocations=(Allocation(UnitId("u"), kz(1)),)),
    ),
    "all of nothing": (InvalidValue, all_of),
    "none of some": (InvalidValue, lambda: n_of(0, required("u"))),
    "three of two": (InvalidValue, lambda: n_of(3, required("u"), required("v"))),
    "points from no units": (
        InvalidValue,
        lambda: qualification.PointsFrom(label=named("P"), points=ects(1), units=()),
    ),
    "a largest part of more than all": (
        InvalidValue,
        lambda: points_from(ects(1), most_not_formal=Decimal("1.1")),
    ),
    "a largest part that is not a number": (
        InvalidValue,
        lambda: points_from(ects(1), most_not_formal=Decimal("NaN")),
    ),
    "a tree too deep": (InvalidValue, lambda: a_qualification_description(_deep(MOST_DEPTH + 1))),
    "a tree too large": (
        InvalidValue,
        lambda: a_qualification_description(all_of(*(required(f"u-{n}") for n in range(400)))),
    ),
    "a qualification without a history": (NotFound, lambda: qualification.fold([])),
    "a qualification with another's history": (BrokenHistory, lambda: qualification.fold([an_award()])),
}


@pytest.mark.parametrize(("refusal", "act"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_is_refused(refusal: type[Exception], act: Callable[[], object]) -> None:
    with pytest.raises(refusal) as refused:
        act()

    assert type(refused.value) is refusal
