"""Whatever is tried in a case, in whatever order, by whomever, it keeps its promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain import application, expertise, recognition, session
from domain.errors import Refused
from domain.recognition import (
    Correspondence,
    Criterion,
    RecognitionGranted,
    Stage,
    Vote,
    due,
    overdue,
)
from domain.recognition_policy import Clause
from domain.values import Grade
from domain.wallet import withdraw
from tests.domain.builders import LEARNER, kz
from tests.domain.cases import (
    EXPERTS,
    FULL,
    MEMBERS,
    OTHER_EXPERTS,
    OTHER_MEMBERS,
    World,
    a_commission,
    a_concluded_case,
    a_granted_case,
    a_person,
    apply,
)

COMMISSIONS = [a_commission(), a_commission("c-appeal", OTHER_MEMBERS)]
BEGUN = apply()
PEOPLE = (*MEMBERS, *EXPERTS, *OTHER_MEMBERS, *OTHER_EXPERTS)

Act = Callable[[World, date], World]


def _assigning(which: int, experts: tuple[str, ...]) -> Act:
    return lambda w, on: replace(w, commission=COMMISSIONS[which]).assign(experts, on=on)


def _concluding(expert: str, found: Correspondence) -> Act:
    def act(world: World, on: date) -> World:
        if found is Correspondence.NONE:
            none = {**FULL, Criterion.OUTCOMES: Correspondence.NONE}
            return world.conclude(expert, findings=none, sources=[], grade=None, on=on)
        return world.conclude(expert, on=on)

    return act


def _meeting(absent: set[str], grants: bool) -> Act:
    def act(world: World, on: date) -> World:
        present = [member for member in world.commission.members if member not in absent]
        motion = (
            world.to_grant(kz(3)) if grants else session.to_refuse(reason="No.", clause=Clause.CORRESPONDENCE)
        )
        return world.meet(motion, present=present, on=on)

    return act


def _voting(votes: list[Vote]) -> Act:
    """All that are still silent, one after another."""

    def act(world: World, on: date) -> World:
        for member, each in zip(world.case.now.silent, votes, strict=False):
            world = world.after(session.vote(world.case, by=a_person(member), vote=each, on=on))
        return world

    return act


def _deciding() -> Act:
    def act(world: World, on: date) -> World:
        return world.decide(on=on) if world.case.now.session else world

    return act


def _entering() -> Act:
    return lambda w, on: w.enter(f"r-{on}", on=on)


def _appealing() -> Act:
    return lambda w, on: w.after(application.appeal(w.case, w.rules, by=LEARNER, grounds="I object.", on=on))


def _declaring(person: str) -> Act:
    return lambda w, on: w.after(
        expertise.declare_interest(w.case, by=a_person(person), relation="aunt", on=on)
    )


def _withdrawing() -> Act:
    def act(world: World, on: date) -> World:
        for credit in world.wallet.credits.values():
            if credit.withdrawn is None:
                gone = withdraw(world.wallet, credit.id, by=world.by, reason="appeal", on=on)
                return replace(world, wallet=world.wallet.after(gone))
        return world

    return act


def _due(appeals: bool) -> Act:
    """Whatever the case waits for; an appeal where it waits for nothing."""

    def act(world: World, on: date) -> World:
        second = world.case.appealed is not None
        match world.case.stage:
            case Stage.FILED:
                return _assigning(int(second), OTHER_EXPERTS if second else EXPERTS)(world, on)
            case Stage.WITH_EXPERTS:
                return world.conclude(world.case.now.awaited[0], on=on)
            case Stage.CONCLUDED:
                return _meeting(set(), grants=True)(world, on)
            case Stage.IN_SESSION if world.case.now.silent:
                return _voting([Vote.IN_FAVOUR] * 5)(world, on)
            case Stage.IN_SESSION:
                return world.decide(on=on)
            case Stage.REFUSED | Stage.ENTERED if appeals and not second:
                return _appealing()(world, on)
            case Stage.GRANTED:
                return _entering()(world, on)
        return world

    return act


_acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(_due, st.booleans()),
    st.builds(_due, st.booleans()),
    st.builds(_due, st.booleans()),
    st.builds(_assigning, st.integers(0, 1), st.sampled_from([EXPERTS, OTHER_EXPERTS, ("e1", "f1", "f2")])),
    st.builds(_concluding, st.sampled_from(PEOPLE), st.sampled_from(Correspondence)),
    st.builds(_meeting, st.sets(st.sampled_from(MEMBERS), max_size=3), st.booleans()),
    st.builds(_voting, st.lists(st.sampled_from(Vote), min_size=1, max_size=5)),
    st.builds(_deciding),
    st.builds(_entering),
    st.builds(_appealing),
    st.builds(_declaring, st.sampled_from(PEOPLE)),
    st.builds(_withdrawing),
)


def _live(acts: list[Act], begun: World) -> list[World]:
    """The case after each act that was not refused."""
    worlds = [begun]
    for n, act in enumerate(acts):
        try:
            worlds.append(act(worlds[-1], date(2026, 8, 12) + timedelta(days=n // 8)))
        except Refused:
            continue
    return worlds


BEGINNINGS = [BEGUN, a_concluded_case().meet().vote(*[Vote.AGAINST] * 5).decide(), a_granted_case().enter()]
"""Just filed; refused; and entered, so that there is something to appeal."""

lives = st.builds(_live, st.lists(_acts, min_size=10, max_size=50), st.sampled_from(BEGINNINGS))


@given(lives)
def test_what_is_granted_has_the_majority_of_those_present_of_whom_there_is_a_quorum(worlds: list[World]):
    for each in worlds[-1].case.rounds:
        if isinstance(each.decision, RecognitionGranted):
            assert each.session is not None
            assert each.assigned is not None
            in_favour = sum(vote.vote is Vote.IN_FAVOUR for vote in each.votes.values())
            assert 2 * in_favour > len(each.session.present)
            assert set(each.votes) == set(each.session.present)
            assert 3 * len(each.session.present) >= 2 * len(each.assigned.members)
            assert set(each.conclusions) >= set(each.assigned.experts)


@given(lives)
def test_nobody_who_declared_an_interest_before_took_part(worlds: list[World]):
    for before, after in pairwise(worlds):
        now, then = after.case.now, before.case.now
        if now.session is not None and now.session != then.session:
            assert not set(now.session.present) & set(before.case.interests)
        new = (
            set(now.conclusions) - set(then.conclusions)
            if len(after.case.rounds) == len(before.case.rounds)
            else set()
        )
        assert not new & set(before.case.interests)


@given(lives)
def test_the_second_composition_has_nobody_of_the_first(worlds: list[World]):
    judges = [
        {*each.assigned.members, *each.assigned.experts}
        for each in worlds[-1].case.rounds
        if each.assigned is not None
    ]
    assert len(worlds[-1].case.rounds) <= 2
    if len(judges) == 2:
        assert judges[0].isdisjoint(judges[1])


@given(lives)
def test_credit_is_in_the_wallet_exactly_where_the_case_says_it_was_entered(worlds: list[World]):
    world = worlds[-1]
    entered = [each.entered.credit for each in world.case.rounds if each.entered is not None]

    assert list(world.wallet.credits) == entered
    assert sum(credit.withdrawn is None for credit in world.wallet.credits.values()) <= 1
    for credit in world.wallet.credits.values():
        assert credit.recognised is not None
        assert credit.points == kz(3) or credit.points == kz(5)


@given(lives, st.integers(-5, 60))
def test_a_case_is_overdue_exactly_after_the_day_it_waits_for(worlds: list[World], days: int):
    case = worlds[-1].case
    on = date(2026, 8, 12) + timedelta(days=days)
    last = due(case)

    assert (overdue(case, on) is not None) == (last is not None and on > last)
    assert (last is not None) == (case.stage in (Stage.FILED, Stage.WITH_EXPERTS))


def test_every_stage_is_reached_by_these_acts_and_an_appeal_too():
    """Else the properties above would hold for want of anything to break them."""
    lives_of_diligence = [_live([_due(appeals=True)] * 40, begun) for begun in BEGINNINGS]

    assert {world.case.stage for worlds in lives_of_diligence for world in worlds} == set(Stage)
    for worlds in lives_of_diligence:
        assert len(worlds[-1].case.rounds) == 2
        assert worlds[-1].case.rounds[1].assigned is not None


def test_a_grade_is_what_the_motion_said():
    world = BEGUN.assign()
    for expert in EXPERTS:
        world = world.conclude(expert)
    granted = (
        world.meet(world.to_grant(grade=Grade("B", "KZ letter scale"))).vote(*[Vote.IN_FAVOUR] * 5).decide()
    )

    assert granted.enter().entered.grade == Grade("B", "KZ letter scale")
    assert recognition.due(granted.case) is None
