"""One sentence and more for each kind of requirement: what it takes, what it says, and why not."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from domain.conferral import QualificationConferred
from domain.credit import CreditAwarded
from domain.errors import AlreadyDone, InvalidValue, NotFound, RequirementsNotMet, WrongInstitution
from domain.ladder import QualificationKind, reaches
from domain.progress import Progress, progress
from domain.qualification import allow_sharing, end_sharing, evolve
from domain.requirement import (
    AcceptedGrades,
    Core,
    Elective,
    GradeAverage,
    Holding,
    InOrder,
    Overall,
    Requirement,
)
from domain.values import (
    ConferralId,
    CreditId,
    CreditPoints,
    Grade,
    InstitutionId,
    Level,
    QualificationId,
    Setting,
    UnitId,
)
from domain.wallet import Wallet, confer, held, lines_towards
from tests.domain.builders import (
    LATER,
    a_qualification,
    a_transfer,
    a_wallet,
    all_of,
    an_award,
    an_institution,
    kz,
    n_of,
    named,
    points_from,
    required,
)
from wallet.solving import solve

ON = date(2026, 6, 1)
KZ = {"A": Decimal("4.0"), "B": Decimal("3.0"), "C": Decimal("2.0"), "F": Decimal(0)}


def units(*given: str) -> tuple[UnitId, ...]:
    return tuple(UnitId(unit) for unit in given)


def an(unit: str, points: int = 5, *, grade: str | None = None, **more: object) -> CreditAwarded:
    award = an_award(f"c-{unit}", unit=unit, points=kz(points), **more)  # type: ignore[arg-type]  # passed on
    given = None if grade is None else Grade(grade, "kz-letter")
    return CreditAwarded(
        **{
            **{name: getattr(award, name) for name in award.__struct_fields__},
            "grade": given,
        }
    )


def towards(
    requirement: Requirement,
    *events: object,
    on: date = ON,
    points: CreditPoints | None = None,
    preferred: tuple[str, ...] = (),
) -> Progress:
    wallet = a_wallet(*events)  # type: ignore[arg-type]  # events of a wallet
    qualification = a_qualification(requirement, points=points or kz(1))
    return progress(
        qualification,
        lines_towards(wallet, qualification),
        on=on,
        solver=solve,
        holds=held(wallet, {QualificationId("college"): QualificationKind.MID_LEVEL_SPECIALIST}),
        preferred=[CreditId(credit) for credit in preferred],
    )


def reasons(answer: Progress, credit: str) -> list[str]:
    (unused,) = (unused for unused in answer.unused if unused.credit == credit)
    return [reason.sentence for reason in unused.reasons]


# --- core and elective ----------------------------------------------------------------------------------

CORE = Core(label=named("Core"), units=units("a", "b"))
ELECTIVE = Elective(label=named("Free"), points=kz(6))


def test_the_core_is_met_by_every_one_of_its_units() -> None:
    half, whole = towards(CORE, an("a")), towards(CORE, an("a"), an("b"))

    assert (half.complete, half.share, half.satisfied) == (False, Fraction(1, 2), 1)
    assert half.missing == ("of the core b (Core)",)
    assert whole.complete
    assert [use.credit for use in whole.standing.by] == ["c-a", "c-b"]


def test_a_credit_of_the_core_is_no_elective_too() -> None:
    answer = towards(all_of(CORE, ELECTIVE), an("a"), an("b"), an("c"))

    assert answer.missing == ("1 KZ more of 6 KZ (Free)",)
    assert towards(all_of(CORE, ELECTIVE), an("a"), an("b"), an("c"), an("d")).complete


def test_an_elective_takes_whole_credits_and_wastes_as_little_as_it_can() -> None:
    answer = towards(ELECTIVE, an("a", 5), an("b", 3), an("c", 3), points=kz(6))

    assert [(use.credit, str(use.points)) for use in answer.standing.by] == [("c-b", "3 KZ"), ("c-c", "3 KZ")]
    assert reasons(answer, "c-a")[0] == "this requirement is met without it"


def test_two_electives_do_not_divide_a_credit() -> None:
    two = all_of(Elective(label=named("First"), points=kz(3)), Elective(label=named("Second"), points=kz(3)))

    assert towards(two, an("a", 6)).satisfied == 1
    assert towards(all_of(points_from(kz(3)), points_from(kz(3))), an("a", 6)).complete


def test_the_learner_says_what_is_used_first() -> None:
    either = Elective(label=named("Free"), points=kz(5))

    assert towards(either, an("a"), an("b")).standing.by[0].credit == "c-a"
    assert towards(either, an("a"), an("b"), preferred=("c-b",)).standing.by[0].credit == "c-b"


def test_of_an_elective_learning_outside_formal_education_fills_its_part() -> None:
    asked = Elective(label=named("Free"), points=kz(10), most_not_formal=Decimal("0.5"))
    mooc = an("m", 10, setting=Setting.NON_FORMAL)

    assert towards(asked, mooc).share == Fraction(1, 2)
    assert towards(asked, mooc, an("a")).complete


# --- minimum grade, level, age, residence ---------------------------------------------------------------


def overall(points: int = 5, **more: object) -> Overall:
    return Overall(label=named("In all"), points=kz(points), **more)  # type: ignore[arg-type]  # passed on


GOOD = AcceptedGrades("kz-letter", ("A", "B"))
CONDITIONS = {
    "a minimum grade": (
        overall(grades=GOOD),
        an("a", grade="B"),
        an("a", grade="C"),
        "its grade is C; this requirement asks B or better",
    ),
    "a grade at all": (
        overall(grades=GOOD),
        an("a", grade="A"),
        an("a"),
        "it has no grade on kz-letter, by which this requirement judges",
    ),
    "a minimum level": (
        overall(min_level=Level("EQF", 6)),
        an("a", level=Level("EQF", 7)),
        an("a", level=Level("EQF", 5)),
        "it is at EQF level 5; this requirement asks EQF level 6 or above",
    ),
    "an age": (
        overall(most_years=5),
        an("a", on=date(2021, 6, 1)),
        an("a", on=date(2021, 5, 31)),
        "it is of 2021-05-31; this requirement takes nothing older than 5 years",
    ),
    "a setting": (
        overall(settings=(Setting.FORMAL,)),
        an("a"),
        an("a", setting=Setting.INFORMAL),
        "it is informal learning, which this requirement does not take",
    ),
    "certain units": (
        overall(units=units("a")),
        an("a"),
        an("b"),
        "its unit is not among those this requirement names",
    ),
}


@pytest.mark.parametrize(("asked", "good", "bad", "reason"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_lets_in_what_fulfils_it_and_says_why_not(
    asked: Overall, good: CreditAwarded, bad: CreditAwarded, reason: str
) -> None:
    # Another credit fills the total, so that nothing but the requirement speaks for this one.
    filling = an_award("c-0", unit="zero", points=kz(1), level=None, on=date(2001, 1, 1))

    assert towards(asked, good).complete
    answer = towards(asked, filling, bad)
    assert not answer.standing.satisfied
    assert reason in reasons(answer, bad.credit)


@pytest.mark.parametrize("asked", [pair[0] for pair in CONDITIONS.values()], ids=CONDITIONS)
def test_a_condition_is_part_of_what_is_missing_and_of_what_is_asked(asked: Overall) -> None:
    (missing,) = towards(asked, an("zero", 1, level=None, on=date(2001, 1, 1)), points=kz(1)).missing

    assert missing.startswith(("5 KZ more of 5 KZ", "4 KZ more of 5 KZ"))
    assert asked.conditions in missing
    assert asked.conditions in asked.asks("In all")


def test_residence_is_what_the_institution_awarded_itself() -> None:
    abroad = an("x", by="enu")
    moved = a_transfer("t-1", of=abroad, to="aitu")
    asked = overall(in_residence=True)

    assert towards(asked, an("a")).complete
    answer = towards(asked, an("zero", 1), abroad, moved, points=kz(1))
    assert "aitu did not award it itself, as this requirement asks" in reasons(answer, "t-1")


def test_the_age_of_a_transferred_credit_is_that_of_its_award() -> None:
    old = an("x", by="enu", on=date(2019, 1, 1))
    moved = a_transfer("t-1", of=old, to="aitu", on=date(2025, 12, 1))

    assert not towards(overall(most_years=5), old, moved).standing.satisfied
    assert towards(overall(most_years=8), old, moved).standing.satisfied


def test_credit_of_29_february_is_good_until_1_march() -> None:
    credit = an("a", on=date(2024, 2, 29))

    assert towards(overall(most_years=1), credit, on=date(2025, 3, 1)).complete
    assert not towards(overall(most_years=1), credit, on=date(2025, 3, 2)).complete


def test_learning_outside_formal_education_has_at_most_its_part_of_the_whole() -> None:
    asked = overall(20, most_not_formal=Decimal("0.25"))
    mooc = an("m", 10, setting=Setting.NON_FORMAL)

    assert towards(asked, mooc, an("a", 10)).share == Fraction(15, 20)
    assert towards(asked, mooc, an("a", 15)).complete


def test_what_is_asked_of_the_whole_spends_nothing() -> None:
    assert towards(all_of(CORE, overall(10), overall(8, in_residence=True)), an("a"), an("b")).complete


# --- an average -----------------------------------------------------------------------------------------


def average(points: int, at_least: str) -> GradeAverage:
    return GradeAverage(
        label=named("Average"), points=kz(points), at_least=Decimal(at_least), scale="kz-letter", worth=KZ
    )


def test_an_average_weighs_grades_by_points() -> None:
    # 3 × 4.0 + 2 × 3.0 + 3 × 0, over 8: 2.25.
    graded = (an("a", 3, grade="A"), an("b", 2, grade="B"), an("f", 3, grade="F"))

    assert towards(average(8, "2.25"), *graded).complete
    answer = towards(average(8, "2.251"), *graded)
    assert answer.missing == ("an average of 2.251: over the best 8 KZ it is 2.25 (Average)",)


def test_an_average_is_over_the_best_points_so_that_more_credit_never_lowers_it() -> None:
    good = (an("a", 5, grade="A"), an("b", 5, grade="B"))

    assert towards(average(10, "3.5"), *good).complete
    answer = towards(average(10, "3.5"), *good, an("c", 5, grade="C"))
    assert answer.complete


def test_an_average_says_when_too_little_has_a_grade() -> None:
    answer = towards(average(10, "2"), an("a", 5, grade="A"), an("b", 5))

    assert answer.missing == ("5 KZ more with a grade on kz-letter (Average)",)


def test_an_average_that_is_not_reached_never_looks_as_if_it_were() -> None:
    worth = {"A": Decimal(3), "B": Decimal("2.999")}
    asked = GradeAverage(
        label=named("Average"), points=kz(9), at_least=Decimal(3), scale="kz-letter", worth=worth
    )

    (missing,) = towards(asked, an("a", 5, grade="A"), an("b", 4, grade="B")).missing
    assert "it is 2.99" in missing


# --- prerequisites --------------------------------------------------------------------------------------


def test_a_unit_counts_once_its_prerequisites_were_achieved() -> None:
    asked = InOrder(label=named("Thesis"), unit=UnitId("t"), after=units("a", "b"))
    first, thesis = an("a", on=date(2025, 1, 10)), an("t", on=date(2025, 6, 1))

    assert towards(asked, first, an("b", on=date(2025, 6, 1)), thesis).complete
    answer = towards(asked, first, an("b", on=date(2025, 6, 2)), thesis)
    assert answer.missing == ("b by 2025-06-01, when t was achieved (Thesis)",)
    assert towards(asked, first).missing == ("the unit t (Thesis)",)


# --- holding a qualification, and sharing credit --------------------------------------------------------

COLLEGE = QualificationConferred(
    conferral=ConferralId("q-1"),
    qualification=QualificationId("college"),
    institution=InstitutionId("aitu"),
    credits=(CreditId("c-a"),),
    conferred_on=LATER,
)


def test_a_qualification_is_held_by_name_or_by_its_rung() -> None:
    by_name = Holding(label=named("Before"), qualifications=(QualificationId("college"),))
    by_rung = Holding(label=named("Before"), rung=QualificationKind.SKILLED_WORKER)
    higher = Holding(label=named("Before"), rung=QualificationKind.BACHELOR)
    wallet = (an("a"), an("b"), COLLEGE)

    for asked in (by_name, by_rung):
        answer = towards(asked, *wallet)
        assert answer.complete
        assert answer.standing.held == ("q-1",)
    assert towards(higher, *wallet).missing == (
        "a qualification of bachelor or higher, which is not held (Before)",
    )


def test_a_rung_is_also_reached_by_non_formal_education_where_the_tree_says_so() -> None:
    either = n_of(
        1,
        Holding(label=named("Bachelor"), rung=QualificationKind.BACHELOR),
        points_from(kz(5), settings=(Setting.NON_FORMAL,)),
    )

    assert towards(either, an("a", setting=Setting.NON_FORMAL)).complete
    assert not towards(either, an("a")).complete


def test_the_ladder_has_an_order_and_things_beside_it() -> None:
    assert reaches(QualificationKind.DOCTOR, QualificationKind.SKILLED_WORKER)
    assert not reaches(QualificationKind.BACHELOR, QualificationKind.MASTER)
    assert not reaches(QualificationKind.MICRO_CREDENTIAL, QualificationKind.SKILLED_WORKER)


def _conferring(wallet: Wallet, *, sharing: bool) -> QualificationConferred:
    degree = a_qualification(required("a"), qualification="degree", points=kz(5))
    if sharing:
        rule = allow_sharing(degree, other="college", rule="Stackable, rule 4", by=an_institution())
        degree = evolve(degree, rule)
    return confer(wallet, degree, by=an_institution(), conferral="q-2", conferred_on=LATER, solver=solve)


def test_credit_under_one_qualification_counts_towards_another_only_under_a_rule() -> None:
    wallet = a_wallet(an("a"), COLLEGE)

    with pytest.raises(RequirementsNotMet):
        _conferring(wallet, sharing=False)
    assert _conferring(wallet, sharing=True).credits == ("c-a",)


def test_a_credit_held_back_says_for_which_qualification() -> None:
    answer = towards(required("a"), an("a"), COLLEGE)

    assert reasons(answer, "c-a") == [
        "the qualification college rests on it, and no rule of module-7 shares it"
    ]


def test_what_was_transferred_stands_on_the_decision_to_transfer_it() -> None:
    theirs = an("a", by="enu")
    conferred = QualificationConferred(
        conferral=ConferralId("q-1"),
        qualification=QualificationId("college"),
        institution=InstitutionId("enu"),
        credits=(theirs.credit,),
        conferred_on=LATER,
    )

    assert towards(overall(), theirs, conferred, a_transfer("t-1", of=theirs, to="aitu")).complete


def test_a_sharing_rule_is_the_institutions_own_and_can_end() -> None:
    degree, own, other = a_qualification(), an_institution(), an_institution("enu")
    with pytest.raises(WrongInstitution):
        allow_sharing(degree, other="college", rule="R", by=other)
    with pytest.raises(InvalidValue):
        allow_sharing(degree, other="module-7", rule="R", by=own)
    sharing = evolve(degree, allow_sharing(degree, other="college", rule="R", by=own))
    with pytest.raises(AlreadyDone):
        allow_sharing(sharing, other="college", rule="R", by=own)
    with pytest.raises(WrongInstitution):
        end_sharing(sharing, other="college", by=other)

    ended = evolve(sharing, end_sharing(sharing, other="college", by=own))

    assert [rule.rule for rule in sharing.sharing] == ["R"]
    assert ended.sharing == ()
    with pytest.raises(NotFound):
        end_sharing(ended, other="college", by=own)


# --- what cannot be asked -------------------------------------------------------------------------------

IMPOSSIBLE = {
    "a core of no units named": lambda: Core(label=named("Core")),
    "a core of no units at all": lambda: Core(label=named("Core"), units=()),
    "no grades accepted": lambda: AcceptedGrades("kz-letter", ()),
    "a grade accepted twice": lambda: AcceptedGrades("kz-letter", ("A", "A")),
    "credit of no age": lambda: overall(most_years=0),
    "an average on a scale of nothing": lambda: GradeAverage(
        label=named("A"), points=kz(1), at_least=Decimal(1), scale="s", worth={}
    ),
    "an average below nothing": lambda: average(5, "-1"),
    "an average to four decimals": lambda: average(5, "2.0001"),
    "an average that is not a number": lambda: average(5, "NaN"),
    "a unit before itself": lambda: InOrder(label=named("X"), unit=UnitId("x"), after=units("x")),
    "nothing to hold": lambda: Holding(label=named("X")),
    "two things to hold at once": lambda: Holding(
        label=named("X"), qualifications=(QualificationId("q"),), rung=QualificationKind.MASTER
    ),
    "a rung that is none": lambda: Holding(label=named("X"), rung=QualificationKind.PROGRAMME),
    "a largest part above all": lambda: overall(most_not_formal=Decimal("1.5")),
}


@pytest.mark.parametrize("make", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_asked_is_refused(make) -> None:
    with pytest.raises(InvalidValue):
        make()
