"""Whatever is tried, in whatever order, a wallet keeps its promises."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from itertools import combinations

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from domain.achievement import AchievementAssessed, Result
from domain.attempt import UnitFailed, fail
from domain.conferral import ConferralWithdrawn, QualificationConferred
from domain.counting import counted, lines, totals
from domain.credit import (
    Credit,
    CreditAwarded,
    CreditRecognised,
    CreditTransferred,
    CreditWithdrawn,
    Method,
    in_force,
)
from domain.errors import NotFoundInWallet, Refused
from domain.event import Event
from domain.grade_conversion import ByExperts, GradeConverted, convert
from domain.institution import Institution
from domain.prior_learning import EvidenceKind
from domain.progress import progress
from domain.qualification import Qualification
from domain.recognised import recognise
from domain.unit import Unit
from domain.values import CreditPoints, CreditScheme, Grade, InstitutionId, OutcomeId, Setting, achievement_id
from domain.wallet import (
    Wallet,
    assess,
    award,
    award_for_achievement,
    claim_informal,
    claim_non_formal,
    confer,
    evolve,
    fold,
    lines_towards,
    transfer,
    withdraw,
    withdraw_conferral,
)
from tests.domain.builders import (
    DAY,
    LEARNER,
    a_qualification,
    a_unit,
    all_of,
    an_institution,
    an_opening,
    ects,
    ecvet,
    kz,
    n_of,
    named,
    points_from,
    required,
)
from tests.domain.cases import a_mooc
from wallet.solving import solve

INSTITUTIONS = [an_institution(name) for name in ("aitu", "enu")]
UNITS = [a_unit(f"{by.id}-{n}", of=by.id, points=[ects(6), kz(5)]) for by in INSTITUTIONS for n in range(3)]
ACHIEVEMENTS = ["a-0", "a-1"]
QUALIFICATIONS = [
    a_qualification(all_of(required("aitu-0"), points_from(ects(3))), points=ects(6)),
    a_qualification(
        n_of(
            1,
            all_of(points_from(ects(6), "aitu-0", "aitu-1"), points_from(ects(6), "aitu-1", "aitu-2")),
            points_from(kz(5), most_not_formal=Decimal("0.5")),
        ),
        qualification="either",
        points=ects(1),
    ),
]

Act = Callable[[Wallet, int], Event]
"""A decision somebody tries to make; the number names what it brings into being, and tells its day."""


def _on(n: int) -> date:
    return date(2025, 1, 1) + timedelta(days=n)


def _owner(institution: InstitutionId) -> Institution:
    return next(known for known in INSTITUTIONS if known.id == institution)


def _awarding(unit: Unit, points: CreditPoints, by: Institution | None) -> Act:
    return lambda w, n: award(
        w,
        unit,
        by=by or _owner(unit.institution),
        learner=LEARNER,
        credit=f"c-{n}",
        points=points,
        grade=Grade("B", "theirs"),
        awarded_on=_on(n),
    )


def _claiming(achievement: str, informal: bool) -> Act:
    if informal:
        return lambda w, n: claim_informal(
            w, achievement=achievement, names=named("Olympiad"), achieved_on=_on(n)
        )
    return lambda w, n: claim_non_formal(
        w, achievement=achievement, names=named("Course"), provider="MOOC", achieved_on=_on(n)
    )


def _assessing(achievement: str, by: Institution, result: Result) -> Act:
    return lambda w, n: assess(
        w, achievement=achievement, by=by, result=result, assessed_on=_on(n), outcomes=[OutcomeId("lo1")]
    )


def _crediting(achievement: str, unit: Unit, points: CreditPoints) -> Act:
    """What is due next for the achievement: the claim, the assessment, the credit."""

    def act(wallet: Wallet, n: int) -> Event:
        by = _owner(unit.institution)
        claim = wallet.achievements.get(achievement_id(achievement))
        if claim is None:
            return _claiming(achievement, informal=True)(wallet, n)
        if by.id not in claim.assessments:
            return _assessing(achievement, by, Result.PASSED)(wallet, n)
        return award_for_achievement(
            wallet,
            unit,
            by=by,
            learner=LEARNER,
            achievement=achievement,
            credit=f"c-{n}",
            points=points,
            awarded_on=_on(n),
        )

    return act


def _some_credit(wallet: Wallet, pick: int) -> Credit:
    if not wallet.credits:
        raise NotFoundInWallet("There is no credit in this wallet.")
    return list(wallet.credits.values())[pick % len(wallet.credits)]


def _transferring(pick: int, to: Institution, unit: Unit | None) -> Act:
    return lambda w, n: transfer(
        w,
        _some_credit(w, pick).id,
        to=to,
        credit=f"c-{n}",
        agreement="LA 1",
        transferred_on=_on(n),
        unit=unit if unit is not None and unit.institution == to.id else None,
    )


def _withdrawing(pick: int) -> Act:
    return lambda w, n: withdraw(
        w,
        _some_credit(w, pick).id,
        by=_owner(_some_credit(w, pick).institution),
        reason="assessed in error",
        on=_on(n),
    )


def _recognising(unit: Unit, points: CreditPoints, achievements: list[str], pick: int | None) -> Act:
    """Of claims, or of somebody's credit together with a course it does not name."""

    def act(wallet: Wallet, n: int) -> Event:
        sources = [
            a_mooc(
                f"s{number}", kind=_kind_of(wallet, claim), achievement=claim, achieved_on=date(2024, 1, 1)
            )
            for number, claim in enumerate(achievements)
        ]
        if pick is not None:
            credit = _some_credit(wallet, pick)
            course = a_mooc(
                "s9", kind=EvidenceKind.TRANSCRIPT, credit=credit.id, achieved_on=date(2024, 1, 1)
            )
            sources = [course]
        return recognise(
            wallet,
            unit,
            by=_owner(unit.institution),
            credit=f"c-{n}",
            points=points,
            sources=sources,
            method=Method.COMMISSION,
            ground="A decision",
            recognised_on=_on(n),
        )

    return act


def _kind_of(wallet: Wallet, claim: str) -> EvidenceKind:
    informal = wallet.achievement(claim).setting is Setting.INFORMAL
    return EvidenceKind.OLYMPIAD if informal else EvidenceKind.MOOC


def _conferring(what: Qualification) -> Act:
    return lambda w, n: confer(
        w, what, by=INSTITUTIONS[0], conferral=f"q-{n}", solver=solve, conferred_on=_on(n)
    )


def _failing(unit: Unit) -> Act:
    return lambda w, n: fail(
        w.attempts,
        unit,
        by=_owner(unit.institution),
        attempt=f"f-{n}",
        scheme=CreditScheme.ECTS,
        failed_on=_on(n),
    )


def _converting(pick: int, by: Institution) -> Act:
    def act(wallet: Wallet, n: int) -> Event:
        credit = _some_credit(wallet, pick)
        if credit.grade is None:
            raise NotFoundInWallet("There is no grade to convert.")
        return convert(
            wallet.conversions,
            conversion=f"v-{n}",
            by=by,
            original=credit.grade,
            result=Grade("A", "ours"),
            basis=ByExperts(experts=("S. Expert",), reason="compared"),
            converted_on=_on(n),
            credit=credit,
        )

    return act


def _taking_back(pick: int) -> Act:
    def act(wallet: Wallet, n: int) -> Event:
        if not wallet.conferrals:
            raise NotFoundInWallet("Nothing was conferred yet.")
        held = list(wallet.conferrals.values())[pick % len(wallet.conferrals)]
        by = _owner(held.conferred.institution)
        return withdraw_conferral(wallet, held.id, by=by, reason="error", on=_on(n))

    return act


_units = st.sampled_from(UNITS)
_institutions = st.sampled_from(INSTITUTIONS)
_achievements = st.sampled_from(ACHIEVEMENTS)
_points = st.sampled_from([ects(6), ects(3), kz(5), kz("2.5"), ecvet(1)])
_picks = st.integers(0, 5)

_acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(_awarding, _units, _points, st.none() | _institutions),
    st.builds(_crediting, _achievements, _units, _points),
    st.builds(_transferring, _picks, _institutions, st.none() | _units),
    st.builds(_withdrawing, _picks),
    st.builds(
        _recognising,
        _units,
        _points,
        st.lists(_achievements, min_size=1, max_size=2, unique=True),
        st.none() | _picks,
    ),
    st.builds(_conferring, st.sampled_from(QUALIFICATIONS)),
    st.builds(_taking_back, _picks),
    st.builds(_failing, _units),
    st.builds(_converting, _picks, _institutions),
    st.builds(_claiming, _achievements, st.booleans()),
    st.builds(_assessing, _achievements, _institutions, st.sampled_from(Result)),
)


def _live(acts: list[Act]) -> list[Event]:
    """The history that these acts leave, those that were refused leaving nothing."""
    events: list[Event] = [an_opening()]
    wallet = fold(events)
    for n, act in enumerate(acts):
        try:
            event = act(wallet, n)
        except Refused:
            continue
        events.append(event)
        wallet = wallet.after(event)
    return events


histories = st.lists(_acts, min_size=10, max_size=40).map(_live)
PURPOSES: list[InstitutionId | None] = [None, *(institution.id for institution in INSTITUTIONS)]


@given(histories)
def test_no_two_credits_in_force_are_for_one_unit_or_one_achievement_at_one_institution(
    history: list[Event],
) -> None:
    wallet = fold(history)
    standing = [credit for credit in wallet.credits.values() if in_force(credit, wallet.credits)]

    for one, other in combinations(standing, 2):
        assert one.institution != other.institution or one.learning.isdisjoint(other.learning)
    for what in ("unit", "achievement", "source"):
        held = Counter((c.institution, getattr(c, what)) for c in standing if getattr(c, what) is not None)
        assert all(times == 1 for times in held.values()), what


@given(histories)
def test_a_total_is_the_sum_of_the_lines_it_opens_to_scheme_by_scheme(history: list[Event]) -> None:
    wallet = fold(history)
    for purpose in PURPOSES:
        judged = lines(wallet.credits, at=purpose)
        by_hand: dict[str, Decimal] = {}
        for line in judged:
            if line.counts:
                points = line.credit.points
                by_hand[points.scheme] = by_hand.get(points.scheme, Decimal(0)) + points.points

        assert len(judged) == len(wallet.credits), "every credit is judged, none is forgotten"
        assert totals(judged) == by_hand


@given(histories)
def test_no_learning_is_counted_twice(history: list[Event]) -> None:
    wallet = fold(history)
    for purpose in PURPOSES:
        learning = [credit.source or credit.id for credit in counted(lines(wallet.credits, at=purpose))]
        recognised = [
            credit.achievement
            for credit in counted(lines(wallet.credits, at=purpose))
            if credit.achievement is not None
        ]
        assert len(set(learning)) == len(learning)
        for one, other in combinations(counted(lines(wallet.credits, at=purpose)), 2):
            assert one.learning.isdisjoint(other.learning)
        assert len(set(recognised)) == len(recognised)


@given(histories)
def test_learning_keeps_the_setting_it_came_with(history: list[Event]) -> None:
    wallet = fold(history)
    for credit in wallet.credits.values():
        if credit.recognised is not None:
            assert {source.setting for source in credit.recognised.sources} == {credit.setting}
        elif credit.source is not None:
            assert credit.setting is wallet.credit(credit.source).setting
        elif credit.achievement is None:
            assert credit.setting is Setting.FORMAL
        else:
            assert credit.setting is wallet.achievement(credit.achievement).setting
            assert credit.setting is not Setting.FORMAL


@given(histories, st.sampled_from(QUALIFICATIONS))
def test_progress_never_uses_a_point_twice_nor_one_of_another_scheme(
    history: list[Event], qualification: Qualification
) -> None:
    wallet = fold(history)
    answer = progress(qualification, lines_towards(wallet, qualification), on=DAY, solver=solve)

    spent: dict[str, Decimal] = {}
    parts = [answer.standing]
    while parts:
        part = parts.pop()
        parts.extend(part.parts)
        if hasattr(part.requirement, "points"):
            for use in part.by:
                assert use.points.scheme is part.requirement.points.scheme
                spent[use.credit] = spent.get(use.credit, Decimal(0)) + use.points.points
    assert all(points <= wallet.credit(credit).points.points for credit, points in spent.items())
    assert set(answer.used) | {unused.credit for unused in answer.unused} == set(wallet.credits)


@given(histories, st.sampled_from(QUALIFICATIONS), st.data())
def test_withdrawing_never_improves_progress(
    history: list[Event], qualification: Qualification, data: st.DataObject
) -> None:
    wallet = fold(history)
    standing = [credit for credit in wallet.credits.values() if credit.withdrawn is None]
    if not standing:
        return
    credit = data.draw(st.sampled_from(standing))
    by = next(institution for institution in INSTITUTIONS if institution.id == credit.institution)
    after = wallet.after(withdraw(wallet, credit.id, by=by, reason="error", on=date(2026, 1, 1)))

    before_it = progress(qualification, lines_towards(wallet, qualification), on=DAY, solver=solve)
    after_it = progress(qualification, lines_towards(after, qualification), on=DAY, solver=solve)

    assert after_it.satisfied <= before_it.satisfied
    assert after_it.total.reached <= before_it.total.reached
    assert before_it.complete or not after_it.complete


@given(histories)
def test_neither_a_failure_nor_a_converted_grade_changes_what_counts(history: list[Event]) -> None:
    without = [event for event in history if not isinstance(event, UnitFailed | GradeConverted)]

    for purpose in PURPOSES:
        assert lines(fold(history).credits, at=purpose) == lines(fold(without).credits, at=purpose)


@given(histories)
def test_folding_is_evolving_one_by_one(history: list[Event]) -> None:
    one_by_one: Wallet | None = reduce(evolve, history, None)

    assert fold(history) == one_by_one
    assert fold(history[:1]).after(*history[1:]) == one_by_one


@pytest.mark.parametrize(
    "event",
    [
        CreditAwarded,
        CreditRecognised,
        CreditTransferred,
        CreditWithdrawn,
        AchievementAssessed,
        QualificationConferred,
        ConferralWithdrawn,
        UnitFailed,
        GradeConverted,
    ],
)
def test_everything_happens_in_these_histories(event: type[Event]) -> None:
    """Else the properties above would hold for want of anything to break them."""
    find(
        histories,
        lambda history: any(isinstance(happened, event) for happened in history),
        settings=settings(max_examples=2_000, database=None, phases=[Phase.generate]),
    )
