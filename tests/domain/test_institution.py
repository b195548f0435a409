"""An institution is trusted for something, for a time, and signs with keys that have a life of their own."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.errors import (
    AlreadyPublished,
    AlreadyRegistered,
    BrokenHistory,
    InvalidValue,
    KeyNotInForce,
    NotFound,
    NotInForce,
)
from domain.event import Event
from domain.institution import (
    Institution,
    KeyStanding,
    accredit,
    evolve,
    fold,
    is_accredited,
    key_in_force,
    key_standing,
    publish_key,
    register,
    report_compromise,
    rotate_key,
    withdraw_accreditation,
)
from domain.values import IscedF, Level, Setting
from tests.domain.builders import (
    A_KEY,
    A_THIRD_KEY,
    ANOTHER_KEY,
    DAY,
    EQF5,
    MOMENT,
    a_registration,
    an_accreditation,
    an_award,
    an_institution,
    named,
)

FIRST = "did:web:aitu.example#key-1"
SECOND = "did:web:aitu.example#key-2"
HOUR = timedelta(hours=1)


def after(institution: Institution, *events: Event) -> Institution:
    for event in events:
        institution = evolve(institution, event)
    return institution


def test_an_institution_is_registered_with_its_first_key() -> None:
    institution = fold([a_registration()])

    assert key_in_force(institution, FIRST, MOMENT)
    assert not is_accredited(institution, Setting.FORMAL, EQF5, DAY)


COVERED = {
    "its setting and level": (Setting.FORMAL, EQF5, "0613", date(2025, 1, 1), True),
    "the field itself": (Setting.FORMAL, EQF5, "06", date(2025, 1, 1), True),
    "its first day": (Setting.FORMAL, EQF5, "0613", date(2024, 9, 1), True),
    "its last day": (Setting.FORMAL, EQF5, "0613", date(2029, 8, 31), True),
    "the day before": (Setting.FORMAL, EQF5, "0613", date(2024, 8, 31), False),
    "the day after": (Setting.FORMAL, EQF5, "0613", date(2029, 9, 1), False),
    "another setting": (Setting.INFORMAL, EQF5, "0613", date(2025, 1, 1), False),
    "another level": (Setting.FORMAL, Level("EQF", 6), "0613", date(2025, 1, 1), False),
    "the level of another framework": (Setting.FORMAL, Level("NQF-KZ", 5), "0613", date(2025, 1, 1), False),
    "a level nobody stated": (Setting.FORMAL, None, "0613", date(2025, 1, 1), False),
    "another field": (Setting.FORMAL, EQF5, "0413", date(2025, 1, 1), False),
    "a field nobody stated": (Setting.FORMAL, EQF5, None, date(2025, 1, 1), False),
}


@pytest.mark.parametrize(("setting", "level", "field", "on", "covered"), COVERED.values(), ids=COVERED.keys())
def test_an_accreditation_covers_its_scope_and_nothing_else(
    setting: Setting, level: Level | None, field: str | None, on: date, covered: bool
) -> None:
    accreditation = an_accreditation(
        [Setting.FORMAL],
        levels=[EQF5],
        fields=["06"],
        valid_from=date(2024, 9, 1),
        valid_until=date(2029, 8, 31),
    )
    institution = an_institution("aitu", accreditation, accredited=False)

    assert is_accredited(institution, setting, level, on, None if field is None else IscedF(field)) is covered


def test_a_withdrawn_accreditation_still_covers_the_days_before() -> None:
    institution = an_institution()
    event = withdraw_accreditation(institution, reference="IQAA-2024-17", reason="closed", on=DAY)
    institution = evolve(institution, event)

    assert is_accredited(institution, Setting.FORMAL, EQF5, DAY - timedelta(days=1))
    assert not is_accredited(institution, Setting.FORMAL, EQF5, DAY)


def test_rotating_keys_leaves_no_moment_without_one() -> None:
    institution = an_institution()
    events = rotate_key(institution, old=FIRST, method=SECOND, key=ANOTHER_KEY, at=MOMENT)
    institution = after(institution, *events)

    assert key_standing(institution, FIRST, MOMENT - HOUR) is KeyStanding.IN_FORCE
    assert key_standing(institution, SECOND, MOMENT - HOUR) is KeyStanding.NOT_YET
    assert key_standing(institution, FIRST, MOMENT) is KeyStanding.RETIRED
    assert key_standing(institution, SECOND, MOMENT) is KeyStanding.IN_FORCE


def test_a_stolen_key_is_worth_nothing_from_the_theft_on() -> None:
    institution = an_institution()
    institution = evolve(
        institution,
        report_compromise(institution, method=FIRST, since=MOMENT - HOUR, at=MOMENT, reason="laptop stolen"),
    )

    assert key_in_force(institution, FIRST, MOMENT - 2 * HOUR)
    assert key_standing(institution, FIRST, MOMENT - HOUR) is KeyStanding.COMPROMISED
    earlier = report_compromise(
        institution, method=FIRST, since=MOMENT - 3 * HOUR, at=MOMENT, reason="found out"
    )
    assert not key_in_force(evolve(institution, earlier), FIRST, MOMENT - 2 * HOUR)


def test_a_retired_key_may_turn_out_to_be_stolen() -> None:
    institution = an_institution()
    institution = after(
        institution, *rotate_key(institution, old=FIRST, method=SECOND, key=ANOTHER_KEY, at=MOMENT)
    )
    event = report_compromise(
        institution, method=FIRST, since=MOMENT - HOUR, at=MOMENT + HOUR, reason="copied"
    )

    assert key_standing(evolve(institution, event), FIRST, MOMENT + HOUR) is KeyStanding.COMPROMISED


def test_a_key_nobody_published_is_unknown() -> None:
    assert key_standing(an_institution(), SECOND, MOMENT) is KeyStanding.UNKNOWN


def _register(**changes: Any) -> Event:
    usual: dict[str, Any] = {
        "institution": "aitu",
        "names": named("Astana IT University"),
        "country": "KZ",
        "did": "did:web:aitu.example",
        "key_method": FIRST,
        "key_multikey": A_KEY,
        "at": MOMENT,
    }
    return register(**{"existing": None} | usual | changes)


def _accredit(**changes: Any) -> Event:
    usual: dict[str, Any] = {
        "by": "IQAA",
        "settings": [Setting.FORMAL],
        "valid_from": DAY,
        "reference": "IQAA-2025-1",
    }
    return accredit(an_institution(), **usual | changes)


def _compromised() -> Institution:
    institution = an_institution()
    report = report_compromise(institution, method=FIRST, since=MOMENT, at=MOMENT, reason="stolen")
    return evolve(institution, report)


REFUSALS: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "registering twice": (AlreadyRegistered, lambda: _register(existing=an_institution())),
    "registering without a name": (InvalidValue, lambda: _register(names={})),
    "registering in no country": (InvalidValue, lambda: _register(country="Kazakhstan")),
    "registering with another's key": (InvalidValue, lambda: _register(key_method="did:web:x.example#key-1")),
    "registering at no moment": (
        InvalidValue,
        lambda: _register(at=datetime(2025, 1, 1)),  # noqa: DTZ001  # the bad case
    ),
    "accrediting for no setting": (InvalidValue, lambda: _accredit(settings=[])),
    "accrediting backwards": (InvalidValue, lambda: _accredit(valid_until=date(2025, 8, 31))),
    "accrediting twice under one reference": (
        AlreadyRegistered,
        lambda: _accredit(reference="IQAA-2024-17"),
    ),
    "withdrawing an accreditation that is not there": (
        NotFound,
        lambda: withdraw_accreditation(an_institution(), reference="X", reason="closed", on=DAY),
    ),
    "withdrawing an accreditation twice": (
        NotInForce,
        lambda: withdraw_accreditation(
            evolve(
                an_institution(),
                withdraw_accreditation(an_institution(), reference="IQAA-2024-17", reason="closed", on=DAY),
            ),
            reference="IQAA-2024-17",
            reason="closed",
            on=DAY,
        ),
    ),
    "publishing a used method id": (
        AlreadyPublished,
        lambda: publish_key(an_institution(), method=FIRST, key=ANOTHER_KEY, at=MOMENT),
    ),
    "publishing a used key": (
        AlreadyPublished,
        lambda: publish_key(an_institution(), method=SECOND, key=A_KEY, at=MOMENT),
    ),
    "publishing for another": (
        InvalidValue,
        lambda: publish_key(an_institution(), method="did:web:x.example#key-2", key=ANOTHER_KEY, at=MOMENT),
    ),
    "publishing before the registration": (
        InvalidValue,
        lambda: publish_key(
            an_institution(), method=SECOND, key=ANOTHER_KEY, at=datetime(2023, 1, 1, tzinfo=UTC)
        ),
    ),
    "rotating away a key nobody published": (
        KeyNotInForce,
        lambda: rotate_key(
            an_institution(),
            old=SECOND,
            method="did:web:aitu.example#key-3",
            key=A_THIRD_KEY,
            at=MOMENT,
        ),
    ),
    "rotating away a stolen key": (
        KeyNotInForce,
        lambda: rotate_key(_compromised(), old=FIRST, method=SECOND, key=ANOTHER_KEY, at=MOMENT),
    ),
    "reporting a key nobody published": (
        KeyNotInForce,
        lambda: report_compromise(an_institution(), method=SECOND, since=MOMENT, at=MOMENT, reason="stolen"),
    ),
    "reporting a theft to come": (
        InvalidValue,
        lambda: report_compromise(
            an_institution(), method=FIRST, since=MOMENT + HOUR, at=MOMENT, reason="stolen"
        ),
    ),
    "reporting a theft that is known": (
        KeyNotInForce,
        lambda: report_compromise(_compromised(), method=FIRST, since=MOMENT, at=MOMENT, reason="stolen"),
    ),
    "an empty history": (NotFound, lambda: fold([])),
    "a history that begins in the middle": (BrokenHistory, lambda: fold([an_accreditation()])),
    "a second registration in a history": (
        BrokenHistory,
        lambda: fold([a_registration(), a_registration()]),
    ),
    "another stream's event": (BrokenHistory, lambda: fold([a_registration(), an_award()])),
}


@pytest.mark.parametrize(("refusal", "act"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_is_refused(refusal: type[Exception], act: Callable[[], object]) -> None:
    with pytest.raises(refusal) as refused:
        act()

    assert type(refused.value) is refusal
