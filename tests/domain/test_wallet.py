"""Three doors, one wallet: what may be decided about a learner's credit, and everything that is refused."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.achievement import Result
from domain.conferral import ConferralWithdrawn
from domain.credit import in_force
from domain.errors import (
    AlreadyAssessed,
    AlreadyAwarded,
    AlreadyClaimed,
    AlreadyConferred,
    AlreadyOpened,
    AlreadyTransferred,
    BrokenHistory,
    InvalidValue,
    NotAccredited,
    NotAssessed,
    NotFound,
    NotFoundInWallet,
    NotInForce,
    NotPassed,
    RequirementsNotMet,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
    WrongLearner,
)
from domain.event import Event
from domain.institution import AccreditationWithdrawn
from domain.values import Grade, OutcomeId, Setting
from domain.wallet import (
    CreditAwarded,
    Wallet,
    assess,
    award,
    award_for_achievement,
    claim_informal,
    claim_non_formal,
    confer,
    evolve,
    fold,
    open_wallet,
    resting_on_withdrawn,
    transfer,
    withdraw,
    withdraw_conferral,
)
from tests.domain.builders import (
    A_KEY,
    ANOTHER_LEARNER,
    DAY,
    EQF5,
    LATER,
    LEARNER,
    a_claim,
    a_qualification,
    a_registration,
    a_transfer,
    a_unit,
    a_wallet,
    a_withdrawal,
    an_accreditation,
    an_assessment,
    an_award,
    an_institution,
    an_opening,
    ects,
    ecvet,
    kz,
    named,
    points_from,
    some_evidence,
)
from wallet.solving import solve


def awarded(wallet: Wallet, **changes: Any) -> CreditAwarded:
    usual: dict[str, Any] = {
        "unit": a_unit(),
        "by": an_institution(),
        "learner": LEARNER,
        "credit": "c-9",
        "points": ects(6),
        "awarded_on": DAY,
    }
    usual |= changes
    return award(wallet, usual.pop("unit"), **usual)


def awarded_for_achievement(wallet: Wallet, **changes: Any) -> CreditAwarded:
    return_of: dict[str, Any] = {
        "unit": a_unit(),
        "by": an_institution(),
        "learner": LEARNER,
        "achievement": "a-1",
        "credit": "c-9",
        "points": ects(6),
        "awarded_on": DAY,
    }
    return_of |= changes
    return award_for_achievement(wallet, return_of.pop("unit"), **return_of)


def transferred(wallet: Wallet, from_credit: str = "c-1", **changes: Any) -> Event:
    usual: dict[str, Any] = {
        "to": an_institution("enu"),
        "credit": "t-9",
        "agreement": "Learning agreement 2025/14",
        "transferred_on": LATER,
    }
    return transfer(wallet, from_credit, **usual | changes)


# --- what is possible -----------------------------------------------------------------------------------


def test_formal_learning_enters_by_the_award() -> None:
    event = awarded(a_wallet(), grade=Grade("B+", "kz-letter"))

    assert event.setting is Setting.FORMAL
    assert event.outcomes == a_unit().outcome_ids
    assert event.level == EQF5
    assert a_wallet(event).credit("c-9").points == ects(6)


def test_part_of_a_units_points_may_be_awarded() -> None:
    assert awarded(a_wallet(), points=ecvet("2.5")).points == ecvet("2.5")


@pytest.mark.parametrize("setting", [Setting.NON_FORMAL, Setting.INFORMAL])
def test_other_learning_is_claimed_then_assessed_then_credited_and_keeps_its_setting(
    setting: Setting,
) -> None:
    wallet = a_wallet()
    if setting is Setting.NON_FORMAL:
        claim = claim_non_formal(
            wallet,
            achievement="a-1",
            names=named("CCNA"),
            provider="Cisco Networking Academy",
            achieved_on=date(2025, 5, 1),
            hours=Decimal(180),
            evidence=[some_evidence()],
        )
    else:
        claim = claim_informal(
            wallet, achievement="a-1", names=named("Master of sport"), achieved_on=date(2025, 5, 1)
        )
    wallet = wallet.after(claim)
    assert not wallet.credits, "a claim alone carries no credit"

    judgement = assess(
        wallet,
        achievement="a-1",
        by=an_institution(),
        result=Result.PASSED,
        assessed_on=date(2025, 8, 1),
        outcomes=[OutcomeId("lo2")],
        grade=Grade("A", "kz-letter"),
        unit=a_unit(),
    )
    wallet = wallet.after(judgement)
    assert not wallet.credits, "an assessment alone carries no credit"

    event = awarded_for_achievement(wallet)

    assert event.setting is setting
    assert (event.achievement, event.outcomes, event.grade) == ("a-1", ("lo2",), Grade("A", "kz-letter"))


def test_a_withdrawn_credit_makes_room_for_another() -> None:
    wallet = a_wallet(an_award("c-1"), a_withdrawal("c-1"))

    assert awarded(wallet).credit == "c-9"


def test_a_failed_assessment_may_be_followed_by_a_passed_one() -> None:
    wallet = a_wallet(a_claim(), an_assessment(result=Result.FAILED))

    judgement = assess(
        wallet,
        achievement="a-1",
        by=an_institution(),
        result=Result.PASSED,
        assessed_on=date(2025, 8, 20),
        outcomes=[OutcomeId("lo1")],
    )

    assert awarded_for_achievement(wallet.after(judgement)).achievement == "a-1"


def test_a_transfer_counts_the_same_learning_at_another_institution() -> None:
    wallet = a_wallet(an_award("c-1", setting=Setting.NON_FORMAL, achievement="a-1"))
    unit = a_unit("enu-ecvet", of="enu", points=[ects(5)])

    line = wallet.after(transferred(wallet, unit=unit)).credit("t-9")

    assert (line.source, line.institution, line.unit, line.points) == ("c-1", "enu", "enu-ecvet", ects(6))
    assert (line.setting, line.achievement) == (Setting.NON_FORMAL, "a-1")


def test_a_withdrawal_flows_through_to_what_was_transferred() -> None:
    wallet = a_wallet(an_award("c-1"), a_transfer("t-1"))
    after = wallet.after(withdraw(wallet, "c-1", by=an_institution(), reason="assessed in error", on=LATER))

    assert in_force(wallet.credit("t-1"), wallet.credits)
    assert not in_force(after.credit("t-1"), after.credits)


def test_a_transfer_withdrawn_by_its_receiver_leaves_the_source_and_may_be_made_again() -> None:
    wallet = a_wallet(an_award("c-1"), a_transfer("t-1"))
    by_enu = withdraw(wallet, "t-1", by=an_institution("enu"), reason="agreement void", on=LATER)
    after = wallet.after(by_enu)

    assert in_force(after.credit("c-1"), after.credits)
    assert after.after(transferred(after)).credit("t-9").source == "c-1"


def test_a_qualification_is_conferred_on_the_credits_that_earn_it() -> None:
    wallet = a_wallet(an_award("c-1"), an_award("c-2", unit="other", points=ects(3)))

    event = confer(
        wallet, a_qualification(), by=an_institution(), conferral="q-1", solver=solve, conferred_on=LATER
    )

    assert event.credits == ("c-1",)
    assert wallet.after(event).conferral("q-1").in_force


def test_a_qualification_may_be_conferred_on_transferred_credit() -> None:
    wallet = a_wallet(an_award("c-1"), a_transfer("t-1", unit="enu-ecvet"))
    qualification = a_qualification(points_from(ects(6)), of="enu")

    event = confer(
        wallet, qualification, by=an_institution("enu"), conferral="q-1", solver=solve, conferred_on=LATER
    )

    assert event.credits == ("t-1",)


def test_a_conferral_that_rests_on_a_withdrawn_credit_is_told_and_not_changed() -> None:
    wallet = a_wallet(an_award("c-1"))
    conferred = confer(
        wallet, a_qualification(), by=an_institution(), conferral="q-1", solver=solve, conferred_on=LATER
    )
    wallet = wallet.after(conferred)
    assert resting_on_withdrawn(wallet) == ()

    wallet = wallet.after(a_withdrawal("c-1"))

    (told,) = resting_on_withdrawn(wallet)
    assert (told.conferral, told.credits) == ("q-1", ("c-1",))
    assert wallet.conferral("q-1").in_force


def test_a_withdrawn_conferral_makes_room_for_another() -> None:
    wallet = a_wallet(an_award("c-1"))
    conferred = confer(
        wallet, a_qualification(), by=an_institution(), conferral="q-1", solver=solve, conferred_on=LATER
    )
    wallet = wallet.after(conferred)
    event = withdraw_conferral(wallet, "q-1", by=an_institution(), reason="plagiarism", on=LATER)

    assert isinstance(event, ConferralWithdrawn)
    again = confer(
        wallet.after(event),
        a_qualification(),
        by=an_institution(),
        conferral="q-2",
        solver=solve,
        conferred_on=LATER,
    )
    assert again.conferral == "q-2"


# --- what is refused ------------------------------------------------------------------------------------

_CREDITED = (a_claim(), an_assessment(), an_award(achievement="a-1", setting=Setting.NON_FORMAL))


def _conferred() -> Wallet:
    wallet = a_wallet(an_award("c-1"))
    return wallet.after(
        confer(
            wallet, a_qualification(), by=an_institution(), conferral="q-1", solver=solve, conferred_on=LATER
        )
    )


def _confer(wallet: Wallet, **changes: Any) -> Event:
    usual: dict[str, Any] = {
        "by": an_institution(),
        "conferral": "q-9",
        "conferred_on": LATER,
        "solver": solve,
    }
    usual |= changes
    return confer(wallet, usual.pop("qualification", a_qualification()), **usual)


def _assess(wallet: Wallet, **changes: Any) -> Event:
    usual: dict[str, Any] = {
        "achievement": "a-1",
        "by": an_institution(),
        "result": Result.PASSED,
        "assessed_on": date(2025, 8, 1),
        "outcomes": [OutcomeId("lo1")],
    }
    return assess(wallet, **usual | changes)


def _claim(wallet: Wallet, **changes: Any) -> Event:
    usual: dict[str, Any] = {
        "achievement": "a-1",
        "names": named("CCNA"),
        "provider": "Cisco",
        "achieved_on": date(2025, 5, 1),
    }
    return claim_non_formal(wallet, **usual | changes)


def _withdraw(wallet: Wallet, credit: str = "c-1", **changes: Any) -> Event:
    usual: dict[str, Any] = {"by": an_institution(), "reason": "assessed in error", "on": LATER}
    return withdraw(wallet, credit, **usual | changes)


def _withdraw_conferral(wallet: Wallet, **changes: Any) -> Event:
    usual: dict[str, Any] = {"by": an_institution(), "reason": "assessed in error", "on": LATER}
    usual |= changes
    return withdraw_conferral(wallet, usual.pop("conferral", "q-1"), **usual)


_ONLY_INFORMAL = an_institution("aitu", an_accreditation([Setting.INFORMAL]), accredited=False)
_ONLY_LEVEL_6 = an_institution("aitu", an_accreditation(levels=[type(EQF5)("EQF", 6)]), accredited=False)
_UNTIL_AUGUST = an_institution("aitu", an_accreditation(valid_until=date(2025, 8, 31)), accredited=False)
_WITHDRAWN_ON_THE_DAY = an_institution(
    "aitu", AccreditationWithdrawn(reference="IQAA-2024-17", reason="closed", withdrawn_on=DAY)
)

REFUSALS: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "a second opening": (AlreadyOpened, lambda: open_wallet(a_wallet(), learner=LEARNER, key=A_KEY)),
    "a claim made before": (AlreadyClaimed, lambda: _claim(a_wallet(a_claim()))),
    "a claim of no hours": (InvalidValue, lambda: _claim(a_wallet(), hours=Decimal(0))),
    "a claim without a provider's name": (InvalidValue, lambda: _claim(a_wallet(), provider=" ")),
    "a claim that names nothing": (InvalidValue, lambda: _claim(a_wallet(), names={})),
    "assessing what nobody claimed": (NotFoundInWallet, lambda: _assess(a_wallet())),
    "assessing what credit rests on": (AlreadyAssessed, lambda: _assess(a_wallet(*_CREDITED))),
    "assessing for another's unit": (
        WrongInstitution,
        lambda: _assess(a_wallet(a_claim()), unit=a_unit(of="enu")),
    ),
    "a pass that shows no outcomes": (InvalidValue, lambda: _assess(a_wallet(a_claim()), outcomes=[])),
    "outcomes of another unit": (
        InvalidValue,
        lambda: _assess(a_wallet(a_claim()), unit=a_unit(), outcomes=[OutcomeId("lo9")]),
    ),
    "assessing before the achievement": (
        InvalidValue,
        lambda: _assess(a_wallet(a_claim()), assessed_on=date(2025, 4, 30)),
    ),
    "assessing before the last assessment": (
        InvalidValue,
        lambda: _assess(a_wallet(a_claim(), an_assessment()), assessed_on=date(2025, 7, 31)),
    ),
    "awarding to another learner's wallet": (
        WrongLearner,
        lambda: awarded(a_wallet(), learner=ANOTHER_LEARNER),
    ),
    "awarding under a used id": (AlreadyAwarded, lambda: awarded(a_wallet(an_award("c-9", unit="x")))),
    "awarding the same unit twice": (AlreadyAwarded, lambda: awarded(a_wallet(an_award("c-1")))),
    "awarding a unit held by the other door": (AlreadyAwarded, lambda: awarded(a_wallet(*_CREDITED))),
    "awarding another's unit": (WrongInstitution, lambda: awarded(a_wallet(), unit=a_unit(of="enu"))),
    "awarding a non-formal unit as formal": (
        WrongDoor,
        lambda: awarded(a_wallet(), unit=a_unit(setting=Setting.NON_FORMAL)),
    ),
    "awarding an informal unit as formal": (
        WrongDoor,
        lambda: awarded(a_wallet(), unit=a_unit(setting=Setting.INFORMAL)),
    ),
    "awarding what was failed, whatever the grade": (
        NotPassed,
        lambda: awarded(a_wallet(), result=Result.FAILED, grade=Grade("A", "kz-letter")),
    ),
    "awarding more than is allocated": (InvalidValue, lambda: awarded(a_wallet(), points=ects("6.001"))),
    "awarding in a scheme the unit has not": (UnlikeCredits, lambda: awarded(a_wallet(), points=kz(6))),
    "awarding without accreditation": (
        NotAccredited,
        lambda: awarded(a_wallet(), by=an_institution(accredited=False)),
    ),
    "awarding in a setting outside the scope": (
        NotAccredited,
        lambda: awarded(a_wallet(), by=_ONLY_INFORMAL),
    ),
    "awarding at a level outside the scope": (NotAccredited, lambda: awarded(a_wallet(), by=_ONLY_LEVEL_6)),
    "awarding at a level nobody stated": (
        NotAccredited,
        lambda: awarded(a_wallet(), by=_ONLY_LEVEL_6, unit=a_unit(level=None)),
    ),
    "awarding after the accreditation ended": (
        NotAccredited,
        lambda: awarded(a_wallet(), by=_UNTIL_AUGUST),
    ),
    "awarding on the day it was withdrawn": (
        NotAccredited,
        lambda: awarded(a_wallet(), by=_WITHDRAWN_ON_THE_DAY),
    ),
    "awarding at an hour": (InvalidValue, lambda: awarded(a_wallet(), awarded_on=None)),
    "crediting what nobody claimed": (NotFoundInWallet, lambda: awarded_for_achievement(a_wallet())),
    "crediting to another learner's wallet": (
        WrongLearner,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment()), learner=ANOTHER_LEARNER),
    ),
    "crediting a bare claim": (NotAssessed, lambda: awarded_for_achievement(a_wallet(a_claim()))),
    "crediting what another assessed": (
        NotAssessed,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment(by="enu"))),
    ),
    "crediting what was failed": (
        NotPassed,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment(result=Result.FAILED))),
    ),
    "crediting what was failed after it was passed": (
        NotPassed,
        lambda: awarded_for_achievement(
            a_wallet(a_claim(), an_assessment(), an_assessment(result=Result.FAILED))
        ),
    ),
    "crediting for a unit it was not assessed for": (
        NotAssessed,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment(unit="another"))),
    ),
    "crediting before it was assessed": (
        NotAssessed,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment(on=LATER))),
    ),
    "crediting an achievement twice": (
        AlreadyAwarded,
        lambda: awarded_for_achievement(
            a_wallet(a_claim(), an_assessment(unit=None), an_award(unit="x", achievement="a-1"))
        ),
    ),
    "crediting a unit held formally": (
        AlreadyAwarded,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment(), an_award())),
    ),
    "crediting more than is allocated": (
        InvalidValue,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment()), points=ects(7)),
    ),
    "crediting in a setting outside the scope": (
        NotAccredited,
        lambda: awarded_for_achievement(a_wallet(a_claim(), an_assessment()), by=_ONLY_INFORMAL),
    ),
    "transferring what is not there": (NotFoundInWallet, lambda: transferred(a_wallet())),
    "transferring what is withdrawn": (
        NotInForce,
        lambda: transferred(a_wallet(an_award(), a_withdrawal())),
    ),
    "transferring twice": (AlreadyTransferred, lambda: transferred(a_wallet(an_award(), a_transfer()))),
    "transferring to the awarding institution": (
        AlreadyAwarded,
        lambda: transferred(a_wallet(an_award()), to=an_institution("aitu")),
    ),
    "transferring a transferred line": (
        InvalidValue,
        lambda: transferred(a_wallet(an_award(), a_transfer()), "t-1", to=an_institution("kbtu")),
    ),
    "transferring under a used id": (
        AlreadyAwarded,
        lambda: transferred(a_wallet(an_award()), credit="c-1"),
    ),
    "transferring to an institution without accreditation": (
        NotAccredited,
        lambda: transferred(a_wallet(an_award()), to=an_institution("enu", accredited=False)),
    ),
    "transferring without an agreement": (
        InvalidValue,
        lambda: transferred(a_wallet(an_award()), agreement=" "),
    ),
    "transferring before the award": (
        InvalidValue,
        lambda: transferred(a_wallet(an_award()), transferred_on=date(2025, 8, 31)),
    ),
    "transferring into another's unit": (
        WrongInstitution,
        lambda: transferred(a_wallet(an_award()), unit=a_unit(of="aitu")),
    ),
    "transferring into a unit of another scheme": (
        UnlikeCredits,
        lambda: transferred(a_wallet(an_award()), unit=a_unit(of="enu", points=[kz(6)])),
    ),
    "transferring into a unit held there": (
        AlreadyAwarded,
        lambda: transferred(
            a_wallet(an_award(), an_award("c-2", by="enu", unit="u")), unit=a_unit("u", of="enu")
        ),
    ),
    "transferring an achievement credited there": (
        AlreadyAwarded,
        lambda: transferred(
            a_wallet(an_award(achievement="a-1"), an_award("c-2", by="enu", unit="u", achievement="a-1"))
        ),
    ),
    "withdrawing what is not there": (NotFoundInWallet, lambda: _withdraw(a_wallet())),
    "withdrawing another's credit": (
        WrongInstitution,
        lambda: _withdraw(a_wallet(an_award()), by=an_institution("enu")),
    ),
    "withdrawing twice": (NotInForce, lambda: _withdraw(a_wallet(an_award(), a_withdrawal()))),
    "withdrawing without a reason": (InvalidValue, lambda: _withdraw(a_wallet(an_award()), reason="")),
    "withdrawing before the award": (
        InvalidValue,
        lambda: _withdraw(a_wallet(an_award()), on=date(2025, 8, 31)),
    ),
    "conferring another's qualification": (
        WrongInstitution,
        lambda: _confer(a_wallet(an_award()), by=an_institution("enu")),
    ),
    "conferring on nothing": (RequirementsNotMet, lambda: _confer(a_wallet())),
    "conferring on a withdrawn credit": (
        RequirementsNotMet,
        lambda: _confer(a_wallet(an_award(), a_withdrawal())),
    ),
    "conferring on credit of another institution": (
        RequirementsNotMet,
        lambda: _confer(a_wallet(an_award(by="enu"))),
    ),
    "conferring on too little in all": (
        RequirementsNotMet,
        lambda: _confer(a_wallet(an_award()), qualification=a_qualification(points=ects(7))),
    ),
    "conferring twice": (AlreadyConferred, lambda: _confer(_conferred())),
    "conferring under a used id": (AlreadyConferred, lambda: _confer(_conferred(), conferral="q-1")),
    "withdrawing a conferral that is not there": (
        NotFoundInWallet,
        lambda: _withdraw_conferral(a_wallet()),
    ),
    "withdrawing another's conferral": (
        WrongInstitution,
        lambda: _withdraw_conferral(_conferred(), by=an_institution("enu")),
    ),
    "withdrawing a conferral before it was made": (
        InvalidValue,
        lambda: _withdraw_conferral(_conferred(), on=DAY),
    ),
    "withdrawing a conferral twice": (
        NotInForce,
        lambda: _withdraw_conferral(
            (wallet := _conferred()).after(
                withdraw_conferral(wallet, "q-1", by=an_institution(), reason="plagiarism", on=LATER)
            )
        ),
    ),
    "an empty history": (NotFound, lambda: fold([])),
    "a history that does not begin with its opening": (BrokenHistory, lambda: fold([an_award()])),
    "a second opening in a history": (BrokenHistory, lambda: a_wallet(an_opening())),
    "a withdrawal of what was never awarded": (BrokenHistory, lambda: a_wallet(a_withdrawal("c-7"))),
    "another stream's event": (BrokenHistory, lambda: a_wallet(a_registration())),
}


@pytest.mark.parametrize(("refusal", "act"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_is_refused(refusal: type[Exception], act: Callable[[], object]) -> None:
    with pytest.raises(refusal) as refused:
        act()

    assert type(refused.value) is refusal
    assert str(refused.value).endswith(".")


def test_requirements_not_met_names_the_missing_ones() -> None:
    with pytest.raises(RequirementsNotMet) as refused:
        _confer(a_wallet())

    unit, total = refused.value.missing
    assert "ecvet-in-programmes" in unit
    assert total == "6 ECTS more in all, of the qualification's 6 ECTS"


def test_a_wallet_cannot_be_changed_from_outside() -> None:
    wallet = a_wallet(an_award())

    with pytest.raises(TypeError):
        del wallet.credits["c-1"]  # type: ignore[attr-defined]  # the forbidden thing
    with pytest.raises(AttributeError):
        wallet.learner = ANOTHER_LEARNER  # type: ignore[misc]  # the forbidden thing


def test_what_happens_later_leaves_an_earlier_wallet_as_it_was() -> None:
    before = a_wallet(an_award("c-1"))

    after = evolve(before, a_withdrawal("c-1"))

    assert before.credit("c-1").withdrawn is None
    assert after.credit("c-1").withdrawn is not None
