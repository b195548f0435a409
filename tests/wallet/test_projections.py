"""The views hold exactly what the domain says of the same events."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.achievement import Result
from domain.counting import lines, totals
from domain.errors import Refused
from domain.values import CreditScheme, Setting
from tests.offices import DAY, NOON, a_learner, a_unit, a_university, an_office, named
from wallet import awarding, issuing, showing
from wallet.office import Office
from wallet.projections import VIEWS, catalogue

UNITS = {"aitu": ("algorithms", "databases"), "host": ("algorithms-abroad", "databases-abroad")}


@pytest.fixture(scope="module")
def busy_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("office")
    with an_office(folder) as office:
        for institution, units in UNITS.items():
            a_university(office, institution)
            for unit, scheme in zip(units, (CreditScheme.ECTS, CreditScheme.KZ), strict=True):
                a_unit(office, unit, institution=institution, scheme=scheme, points=Decimal("4.5"))
        yield office


Act = Callable[[Office, str], object]

_where = st.sampled_from(sorted(UNITS))
_which = st.integers(0, 1)
_nth = st.integers(0, 4)


def _credit(office: Office, learner: str, nth: int) -> str:
    held = list(office.learner(learner).state.credits)
    return held[nth % len(held)] if held else "none"


def _achievement(office: Office, learner: str, nth: int) -> str:
    held = list(office.learner(learner).state.achievements)
    return held[nth % len(held)] if held else "none"


def _awarding(by: str, unit: int) -> Act:
    return lambda office, learner: awarding.award(
        office, by, learner=learner, unit=UNITS[by][unit], awarded_on=DAY, at=NOON
    )


def _transferring(to: str, nth: int) -> Act:
    return lambda office, learner: awarding.transfer(
        office,
        to,
        learner=learner,
        from_credit=_credit(office, learner, nth),
        agreement="LA 1",
        transferred_on=DAY,
        at=NOON,
    )


def _withdrawing(by: str, nth: int) -> Act:
    return lambda office, learner: issuing.withdraw_credit(
        office, by, learner=learner, credit=_credit(office, learner, nth), reason="error", on=DAY, at=NOON
    )


def _claiming(setting: Setting) -> Act:
    return lambda office, learner: awarding.claim(
        office, learner, setting=setting, names=named("Course"), provider="A", achieved_on=DAY, at=NOON
    )


def _crediting(by: str, unit: int, nth: int) -> Act:
    def act(office: Office, learner: str) -> None:
        what = {
            "learner": learner,
            "achievement": _achievement(office, learner, nth),
            "unit": UNITS[by][unit],
        }
        awarding.assess(office, by, result=Result.PASSED, assessed_on=DAY, at=NOON, **what)
        awarding.award(office, by, awarded_on=DAY, at=NOON, **what)

    return act


acts = st.one_of(
    st.builds(_awarding, _where, _which),
    st.builds(_transferring, _where, _nth),
    st.builds(_withdrawing, _where, _nth),
    st.builds(_claiming, st.sampled_from([Setting.NON_FORMAL, Setting.INFORMAL])),
    st.builds(_crediting, _where, _which, _nth),
)


@settings(max_examples=25)
@given(history=st.lists(acts, max_size=10))
def test_the_record_agrees_with_the_domain_after_any_history(busy_office: Office, history: list[Act]):
    learner = a_learner(busy_office).learner
    for act in history:
        try:
            act(busy_office, learner)
        except Refused:
            continue

    record = showing.show_record(busy_office, learner)

    judged = lines(busy_office.learner(learner).state.credits)
    assert [(row.credit, row.counts) for row in record.credits] == [
        (line.credit.id, line.counts) for line in judged
    ]
    summed: dict[CreditScheme, Decimal] = {}
    for total in record.totals:
        scheme = total.points.scheme
        summed[scheme] = summed.get(scheme, Decimal(0)) + total.points.points
    assert summed == totals(judged)
    counted = {row.sequence for row in record.credits if row.counts}
    assert sorted(counted) == sorted(event for total in record.totals for event in total.events)


def test_views_made_anew_are_the_views_that_followed(busy_office: Office):
    learner = a_learner(busy_office).learner
    _awarding("aitu", 0)(busy_office, learner)
    followed = showing.show_record(busy_office, learner), catalogue.units(busy_office.ledger.database)

    for view in VIEWS:
        busy_office.follower.rebuild(view)

    assert (
        showing.show_record(busy_office, learner),
        catalogue.units(busy_office.ledger.database),
    ) == followed
