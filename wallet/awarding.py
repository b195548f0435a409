"""What happens in a learner's wallet: claims, assessments, credit awarded and transferred, conferrals.

The learner signs what she claims; every other fact is signed by the institution whose act it is. Taking credit
back also ends the credentials that tell of it, and stands with them in `wallet.issuing`.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from domain import wallet as wallets
from domain.errors import InvalidValue, UnlikeCredits, WrongDoor
from domain.event import Event
from domain.institution import Institution
from domain.unit import Unit
from domain.values import CreditPoints, CreditScheme, Evidence, Grade, OutcomeId, Setting, learner_id
from domain.wallet import (
    AchievementAssessed,
    AchievementClaimed,
    CreditAwarded,
    CreditTransferred,
    QualificationConferred,
    Result,
    Wallet,
)
from wallet import streams
from wallet.advising import kinds_held
from wallet.agreeing import refuse_unless_plain
from wallet.office import Office, Once
from wallet.solving import solve

Fact = TypeVar("Fact", bound=Event)


def claim(
    office: Office,
    learner: str,
    *,
    setting: Setting,
    names: Mapping[str, str],
    achieved_on: date,
    provider: str | None = None,
    hours: Decimal | None = None,
    evidence: Iterable[Evidence] = (),
    achievement: str | None = None,
    at: datetime,
    once: Once[AchievementClaimed] | None = None,
) -> AchievementClaimed:
    """Enter what the learner says she learnt outside formal education. It carries no credit yet.

    Refuses: WrongDoor (formal learning is awarded, not claimed), AlreadyClaimed, NotFound, InvalidValue.
    """
    evidence = tuple(evidence)
    named = achievement or str(uuid.uuid4())

    def decide() -> AchievementClaimed:
        read = office.learner(learner)
        if setting is Setting.FORMAL:
            raise WrongDoor("Formal learning is not claimed: the institution that taught it awards credit.")
        if setting is Setting.NON_FORMAL:
            event = wallets.claim_non_formal(
                read.state,
                achievement=named,
                names=names,
                provider=provider or "",
                achieved_on=achieved_on,
                hours=hours,
                evidence=evidence,
            )
        else:
            event = wallets.claim_informal(
                read.state,
                achievement=named,
                names=names,
                provider=provider,
                achieved_on=achieved_on,
                hours=hours,
                evidence=evidence,
            )
        signer = office.learner_keys.signer(read.state.learner)
        write = read.write(event, signer=signer, learner=read.state.learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(streams.of_learner(learner_id(learner)), decide)


def assess(
    office: Office,
    institution: str,
    *,
    learner: str,
    achievement: str,
    result: Result,
    assessed_on: date,
    unit: str | None = None,
    outcomes: Iterable[str] | None = None,
    grade: Grade | None = None,
    at: datetime,
    once: Once[AchievementAssessed] | None = None,
) -> AchievementAssessed:
    """The institution judges a claim, against its own unit where there is a comparable one.

    Without `outcomes`, a passed assessment against a unit is of all the unit's outcomes.
    Refuses: NotFoundInWallet, AlreadyAssessed, WrongInstitution, NotFound, InvalidValue.
    """

    def decision(wallet: Wallet, by: Institution) -> AchievementAssessed:
        compared = office.unit(unit).state if unit is not None else None
        whole = compared.outcome_ids if compared is not None and result is Result.PASSED else ()
        shown = whole if outcomes is None else tuple(OutcomeId(outcome) for outcome in outcomes)
        return wallets.assess(
            wallet,
            achievement=achievement,
            by=by,
            result=result,
            assessed_on=assessed_on,
            outcomes=shown,
            grade=grade,
            unit=compared,
        )

    return _act(office, institution, learner, decision, at, once)


def award(
    office: Office,
    institution: str,
    *,
    learner: str,
    unit: str,
    points: CreditPoints | None = None,
    scheme: CreditScheme | None = None,
    grade: Grade | None = None,
    achievement: str | None = None,
    awarded_on: date,
    credit: str | None = None,
    at: datetime,
    once: Once[CreditAwarded] | None = None,
) -> CreditAwarded:
    """Award credit for a unit: for formal study, or for an `achievement` that the institution has assessed.

    The points are those allocated to the unit, in `scheme` where the unit is worth credit in several, unless
    `points` says fewer.
    Refuses: AlreadyAwarded, NotAccredited, WrongDoor, NotAssessed, NotPassed, UnlikeCredits, WrongInstitution,
    NotFound, InvalidValue.
    """
    named = credit or str(uuid.uuid4())

    def decision(wallet: Wallet, by: Institution) -> CreditAwarded:
        described = office.unit(unit).state
        worth = points or points_of(described, scheme)
        if achievement is None:
            return wallets.award(
                wallet,
                described,
                by=by,
                learner=wallet.learner,
                credit=named,
                points=worth,
                grade=grade,
                awarded_on=awarded_on,
            )
        if grade is not None:
            raise InvalidValue("The grade of an achievement is its assessment's; it is not given again.")
        return wallets.award_for_achievement(
            wallet,
            described,
            by=by,
            learner=wallet.learner,
            achievement=achievement,
            credit=named,
            points=worth,
            awarded_on=awarded_on,
        )

    return _act(office, institution, learner, decision, at, once)


def transfer(
    office: Office,
    institution: str,
    *,
    learner: str,
    from_credit: str,
    agreement: str,
    unit: str | None = None,
    rule: str | None = None,
    transferred_on: date,
    credit: str | None = None,
    at: datetime,
    once: Once[CreditTransferred] | None = None,
) -> CreditTransferred:
    """Count at this institution a credit that another awarded, on the ground of an agreement kept elsewhere.

    A memorandum of this ledger is named as `memorandum/ID`. What a learning agreement of this ledger is about
    is transferred by recognising it (`wallet.agreeing`), and in no other way.
    In another scheme where a published `rule` says how; the rule is kept with the line.
    Refuses: NotRecognised, UnlikeCredits, NotFound, NotInForce, AlreadyTransferred, AlreadyAwarded, NotAccredited,
    NotFoundInWallet, InvalidValue.
    """
    named = credit or str(uuid.uuid4())

    def decision(wallet: Wallet, to: Institution) -> CreditTransferred:
        source = wallet.credit(from_credit)
        refuse_unless_plain(office, wallet, source, to=to, ground=agreement, on=transferred_on)
        return wallets.transfer(
            wallet,
            from_credit,
            to=to,
            credit=named,
            agreement=agreement,
            transferred_on=transferred_on,
            unit=office.unit(unit).state if unit is not None else None,
            rule=office.conversion_rule(rule).state if rule is not None else None,
        )

    return _act(office, institution, learner, decision, at, once)


def confer(
    office: Office,
    institution: str,
    *,
    learner: str,
    qualification: str,
    conferred_on: date,
    conferral: str | None = None,
    at: datetime,
    once: Once[QualificationConferred] | None = None,
) -> QualificationConferred:
    """Confer a qualification whose requirements the learner's credits meet.

    Refuses: RequirementsNotMet (naming what is missing), AlreadyConferred, WrongInstitution, NotFound.
    """
    named = conferral or str(uuid.uuid4())

    def decision(wallet: Wallet, by: Institution) -> QualificationConferred:
        described = office.qualification(qualification).state
        return wallets.confer(
            wallet,
            described,
            by=by,
            conferral=named,
            conferred_on=conferred_on,
            solver=solve,
            kinds=kinds_held(office, wallet),
        )

    return _act(office, institution, learner, decision, at, once)


def _act(
    office: Office,
    institution: str,
    learner: str,
    decision: Callable[[Wallet, Institution], Fact],
    at: datetime,
    once: Once[Fact] | None,
) -> Fact:
    return office.act_in_wallet(institution, learner, decision, at=at, once=once)


def points_of(unit: Unit, scheme: CreditScheme | None) -> CreditPoints:
    """What the whole unit is worth. Refuses to choose between schemes, and a scheme the unit is not worth any in."""
    if scheme is not None:
        allocated = unit.allocated(scheme)
        if allocated is None:
            raise UnlikeCredits(f"The unit {unit.id} has no {scheme} credit allocated to it.")
        return allocated
    if len(unit.points) != 1:
        schemes = " and ".join(points.scheme for points in unit.points) or "no scheme"
        raise InvalidValue(f"The unit {unit.id} is worth credit in {schemes}; say which is awarded.")
    return unit.points[0]
