"""A memorandum binds those who signed it, from its first day to its last, and nobody else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AlreadyProposed, AlreadySigned, InvalidValue, NotInForce, Refused, WrongInstitution
from domain.event import Event
from domain.memorandum import (
    Acceptance,
    ComparedQualification,
    Memorandum,
    MemorandumStanding,
    covers,
    end,
    evolve,
    fold,
    in_force,
    propose,
    sign,
)
from domain.values import InstitutionId, Level
from tests.domain.builders import an_institution, named

PARTNERS = [an_institution(name) for name in ("aitu", "enu", "kbtu")]
AITU, ENU, KBTU = PARTNERS
PROPOSED = date(2025, 12, 1)
FROM, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
EQF6 = Level("EQF", 6)


def a_proposal(**changed: Any) -> Event:
    terms: dict[str, Any] = {
        "memorandum": "exchange",
        "names": named("Exchange"),
        "by": AITU,
        "partners": [AITU, ENU],
        "valid_from": FROM,
        "valid_until": UNTIL,
        "proposed_on": PROPOSED,
    }
    return propose(None, **{**terms, **changed})


def a_memorandum(*, signed: bool = True, **changed: Any) -> Memorandum:
    memorandum = fold([a_proposal(**changed)])
    for partner in PARTNERS:
        if signed and partner.id in memorandum.unsigned:
            memorandum = evolve(memorandum, sign(memorandum, by=partner, signed_on=PROPOSED))
    return memorandum


def compared(institution: str, level: Level = EQF6) -> ComparedQualification:
    return ComparedQualification(institution=InstitutionId(institution), names=named("Bachelor"), level=level)


def test_it_is_in_force_once_every_partner_has_signed():
    proposed = a_memorandum(signed=False, partners=[AITU, ENU, KBTU])
    half = evolve(proposed, sign(proposed, by=ENU, signed_on=FROM))
    whole = evolve(half, sign(half, by=KBTU, signed_on=FROM))

    assert (proposed.unsigned, half.unsigned, whole.unsigned) == (("enu", "kbtu"), ("kbtu",), ())
    assert half.standing(FROM) is MemorandumStanding.PROPOSED
    assert whole.standing(FROM) is MemorandumStanding.IN_FORCE


def test_it_holds_from_its_first_day_to_its_last():
    memorandum = a_memorandum()
    day = timedelta(days=1)

    assert [memorandum.standing(on) for on in (FROM - day, FROM, UNTIL, UNTIL + day)] == [
        MemorandumStanding.NOT_YET,
        MemorandumStanding.IN_FORCE,
        MemorandumStanding.IN_FORCE,
        MemorandumStanding.EXPIRED,
    ]


def test_a_partner_may_leave_and_then_it_binds_nobody():
    memorandum = a_memorandum()
    left = evolve(memorandum, end(memorandum, by=ENU, reason="no places", ended_on=date(2026, 6, 1)))

    assert in_force(left, AITU.id, ENU.id, on=date(2026, 5, 31))
    assert not in_force(left, AITU.id, ENU.id, on=date(2026, 6, 1))
    with pytest.raises(NotInForce, match="was ended"):
        sign(left, by=AITU, signed_on=date(2026, 6, 2))


def test_it_binds_its_partners_only():
    assert in_force(a_memorandum(), AITU.id, ENU.id, on=FROM)
    assert not in_force(a_memorandum(), AITU.id, KBTU.id, on=FROM)


BAD_TERMS: dict[str, dict[str, Any]] = {
    "one partner": {"partners": [AITU]},
    "a partner twice": {"partners": [AITU, ENU, ENU]},
    "proposed by a stranger": {"partners": [ENU, KBTU]},
    "nothing accepted": {"accepted": []},
    "an end before the beginning": {"valid_until": FROM - timedelta(days=1)},
    "a stranger's qualification": {"compared": [compared("kbtu")]},
    "compared by a national framework": {"compared": [compared("enu", Level("NQF-KZ", 6))]},
    "no name": {"names": {}},
    "an id with capitals": {"memorandum": "Exchange"},
}


@pytest.mark.parametrize("changed", BAD_TERMS.values(), ids=BAD_TERMS)
def test_terms_that_mean_nothing_are_refused(changed: dict[str, Any]):
    with pytest.raises(InvalidValue):
        a_proposal(**changed)


def test_an_id_is_used_once():
    with pytest.raises(AlreadyProposed):
        propose(
            a_memorandum(),
            memorandum="exchange",
            names=named("Exchange"),
            by=AITU,
            partners=[AITU, ENU],
            valid_from=FROM,
            proposed_on=PROPOSED,
        )


REFUSED: dict[str, tuple[type[Refused], Callable[[], Event]]] = {
    "signed by a stranger": (WrongInstitution, lambda: sign(a_memorandum(), by=KBTU, signed_on=FROM)),
    "signed twice": (AlreadySigned, lambda: sign(a_memorandum(), by=ENU, signed_on=FROM)),
    "signed by its proposer again": (
        AlreadySigned,
        lambda: sign(a_memorandum(signed=False), by=AITU, signed_on=FROM),
    ),
    "signed before it was proposed": (
        InvalidValue,
        lambda: sign(a_memorandum(signed=False), by=ENU, signed_on=PROPOSED - timedelta(days=1)),
    ),
    "signed after its last day": (
        NotInForce,
        lambda: sign(a_memorandum(signed=False), by=ENU, signed_on=UNTIL + timedelta(days=1)),
    ),
    "ended by a stranger": (
        WrongInstitution,
        lambda: end(a_memorandum(), by=KBTU, reason="why not", ended_on=FROM),
    ),
    "ended without a reason": (InvalidValue, lambda: end(a_memorandum(), by=ENU, reason=" ", ended_on=FROM)),
}


@pytest.mark.parametrize(("refusal", "act"), REFUSED.values(), ids=REFUSED)
def test_what_a_memorandum_refuses(refusal: type[Refused], act: Callable[[], Event]):
    with pytest.raises(refusal):
        act()


def covering(memorandum: Memorandum, *, level: Level | None = EQF6, on: date = FROM) -> bool:
    return covers(memorandum, home=AITU.id, host=ENU.id, level=level, on=on)


def test_what_a_partner_assessed_is_validated_without_a_further_look_only_under_all_three_acceptances():
    assert covering(a_memorandum())
    assert covering(a_memorandum(accepted=[each for each in Acceptance if each != Acceptance.RECOGNITION]))
    for missing in (Acceptance.QUALITY_ASSURANCE, Acceptance.ASSESSMENT, Acceptance.VALIDATION):
        assert not covering(a_memorandum(accepted=[each for each in Acceptance if each != missing]))
    assert not covering(a_memorandum(signed=False))
    assert not covering(a_memorandum(), on=UNTIL + timedelta(days=1))


def test_where_qualifications_are_compared_only_the_levels_both_have_are_covered():
    both = a_memorandum(compared=[compared("aitu"), compared("enu")])
    one = a_memorandum(compared=[compared("aitu"), compared("enu", Level("EQF", 7))])

    assert covering(both)
    assert not covering(both, level=Level("EQF", 7))
    assert not covering(both, level=None)
    assert not covering(one)


acts = st.lists(st.tuples(st.sampled_from(["sign", "end"]), st.sampled_from(PARTNERS), st.integers(-40, 400)))


@given(acts)
def test_whatever_is_tried_it_binds_only_partners_who_have_all_signed(tried: list[tuple[str, Any, int]]):
    memorandum = a_memorandum(signed=False)
    for what, by, days in tried:
        on = FROM + timedelta(days=days)
        try:
            event: Event = (
                sign(memorandum, by=by, signed_on=on)
                if what == "sign"
                else end(memorandum, by=by, reason="left", ended_on=on)
            )
        except Refused:
            continue
        memorandum = evolve(memorandum, event)

    assert set(memorandum.signed) <= set(memorandum.partners)
    for days in range(-40, 400, 20):
        on = FROM + timedelta(days=days)
        if in_force(memorandum, AITU.id, ENU.id, on=on):
            assert not memorandum.unsigned
            assert FROM <= on <= UNTIL
            assert memorandum.ended is None or on < memorandum.ended.ended_on
