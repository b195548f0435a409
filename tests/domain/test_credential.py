"""A credential stands, or it does not, and its place in a status list is given once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import credential, status_list
from domain.credential import Credential, Standing, issue, reinstate, revoke, supersede, suspend
from domain.errors import (
    AlreadyFlagged,
    AlreadyIssued,
    AlreadyOpened,
    BrokenHistory,
    IndexTaken,
    InvalidValue,
    NotFound,
    NotFoundInList,
    NotFoundInWallet,
    NotInForce,
    StatusListFull,
    WrongInstitution,
    WrongLearner,
)
from domain.event import Event
from domain.status_list import LEAST_SIZE, Purpose, allocate, allocate_all, flag, free_index, open_list
from tests.domain.builders import (
    ANOTHER_LEARNER,
    MOMENT,
    a_credential,
    a_status_list,
    a_transfer,
    a_wallet,
    a_withdrawal,
    an_award,
    an_institution,
    an_issue,
)

NEW = "urn:uuid:22222222-2222-4222-8222-222222222222"
AITU = an_institution()
ENU = an_institution("enu")


def suspended() -> Credential:
    return credential.evolve(
        a_credential(), suspend(a_credential(), by=AITU, reason="under review", at=MOMENT)
    )


def revoked() -> Credential:
    return credential.evolve(a_credential(), revoke(a_credential(), by=AITU, reason="in error", at=MOMENT))


def test_a_credential_keeps_its_document_as_it_was_signed() -> None:
    assert a_credential().issued.document == '{"type":["VerifiableCredential"]}'
    assert a_credential().standing is Standing.IN_FORCE


def test_a_suspended_credential_may_be_reinstated_and_suspended_again() -> None:
    life = suspended()
    life = credential.evolve(life, reinstate(life, by=AITU, at=MOMENT))
    assert life.standing is Standing.IN_FORCE

    life = credential.evolve(life, suspend(life, by=AITU, reason="again", at=MOMENT))
    assert (life.standing, life.reason) == (Standing.SUSPENDED, "again")


def test_a_suspended_credential_may_be_revoked() -> None:
    life = credential.evolve(suspended(), revoke(suspended(), by=AITU, reason="in error", at=MOMENT))

    assert life.standing is Standing.REVOKED
    assert life.is_final


def test_a_superseded_credential_is_final_and_names_the_new_one() -> None:
    old = a_credential()
    new = an_issue(NEW, supersedes=old)
    old = credential.evolve(old, supersede(old, by=AITU, new=new, at=MOMENT))

    assert (old.standing, old.superseded_by, old.is_final) == (Standing.SUPERSEDED, NEW, True)
    assert new.supersedes == old.id


def test_a_receiving_institution_may_attest_its_own_line() -> None:
    wallet = a_wallet(an_award(), a_transfer("t-1"))

    assert an_issue(wallet=wallet, by=ENU, credits=["t-1"]).institution == "enu"


REFUSALS: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "issuing under a used id": (AlreadyIssued, lambda: issue(a_credential(), a_wallet(), **_usual())),
    "issuing about nothing": (InvalidValue, lambda: an_issue(credits=[])),
    "issuing about a credit not there": (NotFoundInWallet, lambda: an_issue(credits=["c-7"])),
    "issuing about another's credit": (WrongInstitution, lambda: an_issue(by=ENU)),
    "issuing about a withdrawn credit": (
        NotInForce,
        lambda: an_issue(wallet=a_wallet(an_award(), a_withdrawal())),
    ),
    "issuing no document": (InvalidValue, lambda: issue(None, a_wallet(an_award()), **_usual(document=""))),
    "issuing at no place": (
        InvalidValue,
        lambda: issue(None, a_wallet(an_award()), **_usual(status_index=-1)),
    ),
    "superseding a revoked one": (NotInForce, lambda: an_issue(NEW, supersedes=revoked())),
    "superseding another learner's": (
        WrongLearner,
        lambda: an_issue(
            NEW, wallet=a_wallet(an_award(), learner=ANOTHER_LEARNER), supersedes=a_credential()
        ),
    ),
    "superseding another institution's": (
        WrongInstitution,
        lambda: an_issue(NEW, wallet=a_wallet(an_award(by="enu")), by=ENU, supersedes=a_credential()),
    ),
    "superseded by one that does not say so": (
        InvalidValue,
        lambda: supersede(a_credential(), by=AITU, new=an_issue(NEW), at=MOMENT),
    ),
    "suspending twice": (NotInForce, lambda: suspend(suspended(), by=AITU, reason="again", at=MOMENT)),
    "suspending a revoked one": (NotInForce, lambda: suspend(revoked(), by=AITU, reason="x", at=MOMENT)),
    "suspending without a reason": (
        InvalidValue,
        lambda: suspend(a_credential(), by=AITU, reason="", at=MOMENT),
    ),
    "suspending before the issue": (
        InvalidValue,
        lambda: suspend(a_credential(), by=AITU, reason="x", at=MOMENT - timedelta(days=1)),
    ),
    "suspending another's": (
        WrongInstitution,
        lambda: suspend(a_credential(), by=ENU, reason="x", at=MOMENT),
    ),
    "reinstating one in force": (NotInForce, lambda: reinstate(a_credential(), by=AITU, at=MOMENT)),
    "reinstating a revoked one": (NotInForce, lambda: reinstate(revoked(), by=AITU, at=MOMENT)),
    "revoking twice": (NotInForce, lambda: revoke(revoked(), by=AITU, reason="again", at=MOMENT)),
    "revoking another's": (WrongInstitution, lambda: revoke(a_credential(), by=ENU, reason="x", at=MOMENT)),
    "no history": (NotFound, lambda: credential.fold([])),
    "another's history": (BrokenHistory, lambda: credential.fold([an_award()])),
    "opening a list twice": (AlreadyOpened, lambda: open_list(a_status_list(), number=1, by=AITU)),
    "a list too small to hide in": (
        InvalidValue,
        lambda: open_list(None, number=1, by=AITU, size=LEAST_SIZE - 8),
    ),
    "a list of broken bytes": (InvalidValue, lambda: open_list(None, number=1, by=AITU, size=LEAST_SIZE + 1)),
    "a place given twice": (IndexTaken, lambda: allocate(_with(5), NEW, 5)),
    "a place given twice at once": (
        IndexTaken,
        lambda: allocate_all(a_status_list(), [(5, NEW), (5, "urn:x:1")]),
    ),
    "a place below the list": (InvalidValue, lambda: allocate(a_status_list(), NEW, -1)),
    "a place beyond the list": (InvalidValue, lambda: allocate(a_status_list(), NEW, LEAST_SIZE)),
    "a place that is true": (InvalidValue, lambda: allocate(a_status_list(), NEW, True)),
    "an allocation of nothing": (InvalidValue, lambda: allocate_all(a_status_list(), [])),
    "allocating in a full list": (StatusListFull, lambda: allocate(_full(), NEW, 5)),
    "finding a place in a full list": (StatusListFull, lambda: free_index(_full(), 5)),
    "flagging a place given to nobody": (
        NotFoundInList,
        lambda: flag(a_status_list(), 5, Purpose.REVOCATION, True, at=MOMENT),
    ),
    "clearing what is clear": (
        AlreadyFlagged,
        lambda: flag(_with(5), 5, Purpose.SUSPENSION, False, at=MOMENT),
    ),
    "raising a revocation again": (
        AlreadyFlagged,
        lambda: flag(_flagged(Purpose.REVOCATION), 5, Purpose.REVOCATION, True, at=MOMENT),
    ),
    "undoing a revocation": (
        AlreadyFlagged,
        lambda: flag(_flagged(Purpose.REVOCATION), 5, Purpose.REVOCATION, False, at=MOMENT),
    ),
    "a list without a history": (NotFound, lambda: status_list.fold([])),
    "a list that begins in the middle": (
        BrokenHistory,
        lambda: status_list.fold([allocate(a_status_list(), NEW, 5)]),
    ),
    "a list opened twice in its history": (
        BrokenHistory,
        lambda: a_status_list(open_list(None, number=1, by=AITU)),
    ),
}


def _usual(**changes: Any) -> dict[str, Any]:
    usual = an_issue()
    asked = {
        name: getattr(usual, name)
        for name in usual.__struct_fields__
        if name not in ("institution", "learner")
    }
    return {**asked, "supersedes": None, "by": AITU, **changes}


def _with(index: int, *events: Event) -> status_list.StatusList:
    return a_status_list(allocate(a_status_list(), NEW, index), *events)


def _flagged(purpose: Purpose) -> status_list.StatusList:
    return _with(5, flag(_with(5), 5, purpose, True, at=MOMENT))


def _full() -> status_list.StatusList:
    every_place = [(index, f"urn:x:{index}") for index in range(LEAST_SIZE)]
    return a_status_list(
        status_list.StatusListAllocated(
            list=a_status_list().id,
            entries=tuple(every_place),  # type: ignore[arg-type]  # ids, unchecked for speed
        )
    )


@pytest.mark.parametrize(("refusal", "act"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_is_refused(refusal: type[Exception], act: Callable[[], object]) -> None:
    with pytest.raises(refusal) as refused:
        act()

    assert type(refused.value) is refusal


def test_a_suspension_is_raised_and_cleared_and_a_revocation_stays() -> None:
    listed = _flagged(Purpose.SUSPENSION)
    assert listed.flagged(Purpose.SUSPENSION) == {5}

    listed = listed.after(
        flag(listed, 5, Purpose.REVOCATION, True, at=MOMENT),
        flag(listed, 5, Purpose.SUSPENSION, False, at=MOMENT),
    )

    assert listed.flagged(Purpose.SUSPENSION) == set()
    assert listed.flagged(Purpose.REVOCATION) == {5}
    assert listed.entries[5] == NEW


@given(st.sets(st.integers(LEAST_SIZE - 6, LEAST_SIZE - 1)), st.sets(st.integers(0, 3)), st.integers(0, 8))
def test_a_free_place_is_found_from_any_start(taken: set[int], besides: set[int], back: int) -> None:
    listed = a_status_list()
    if taken:
        listed = listed.after(allocate_all(listed, [(index, f"urn:x:{index}") for index in taken]))

    index = free_index(listed, (LEAST_SIZE - back) % LEAST_SIZE, besides=besides)

    assert index not in taken
    assert index not in besides
    assert allocate(listed, NEW, index).entries == ((index, NEW),)
