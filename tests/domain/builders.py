"""A small world to test in: an institution, a unit, a qualification, a wallet, each with its usual answers.

    wallet = a_wallet(an_award("c-1"), an_award("c-2", unit="workload"))

Builders of states (`a_wallet`, `a_unit`) fold real events, so that no test stands on a state that could not
have happened. Builders of facts (`an_award`, `a_claim`) make events directly, for histories that decisions
would take long to reach.

The programme is the module "Implementing ECVET in educational programmes".
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from domain import credential as credentials
from domain import institution as institutions
from domain import qualification as qualifications
from domain import status_list as status_lists
from domain import unit as units
from domain import wallet as wallets
from domain.achievement import AchievementAssessed, AchievementClaimed, Result
from domain.credential import Credential, CredentialIssued, CredentialKind
from domain.credit import CreditAwarded, CreditTransferred, CreditWithdrawn
from domain.event import Event
from domain.institution import Institution, InstitutionAccredited, InstitutionRegistered
from domain.qualification import (
    AllOf,
    PointsFrom,
    Qualification,
    QualificationDescription,
    QualificationKind,
    RequiredUnit,
    Requirement,
)
from domain.status_list import StatusList
from domain.unit import Unit, UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    Evidence,
    Grade,
    LearnerId,
    LearningOutcome,
    Level,
    Names,
    OutcomeId,
    Setting,
    achievement_id,
    credit_id,
    institution_id,
    unit_id,
)
from domain.wallet import Wallet, WalletOpened

MOMENT = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)
DAY = date(2025, 9, 1)
LATER = date(2025, 12, 20)

A_KEY = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
ANOTHER_KEY = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
A_THIRD_KEY = "z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG"

LEARNER = LearnerId("7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b")
ANOTHER_LEARNER = LearnerId("11111111-2222-4333-8444-555555555555")

EQF5 = Level("EQF", 5)
EVERY_SETTING = tuple(Setting)


def ects(points: str | int) -> CreditPoints:
    return CreditPoints(CreditScheme.ECTS, Decimal(points))


def ecvet(points: str | int) -> CreditPoints:
    return CreditPoints(CreditScheme.ECVET, Decimal(points))


def kz(points: str | int) -> CreditPoints:
    return CreditPoints(CreditScheme.KZ, Decimal(points))


def named(english: str) -> Names:
    return {"en": english, "kk": f"{english} (қазақша)", "ru": f"{english} (по-русски)"}


# --- institutions ---------------------------------------------------------------------------------------


def a_registration(institution: str = "aitu", *, key: str = A_KEY) -> InstitutionRegistered:
    return institutions.register(
        None,
        institution=institution,
        names=named(f"Institution {institution}"),
        country="KZ",
        did=f"did:web:{institution}.example",
        key_method=f"did:web:{institution}.example#key-1",
        key_multikey=key,
        website=f"https://{institution}.example/",
        at=datetime(2024, 1, 1, tzinfo=UTC),
    )


def an_accreditation(
    settings: Iterable[Setting] = EVERY_SETTING,
    *,
    levels: Iterable[Level] = (),
    fields: Iterable[str] = (),
    valid_from: date = date(2024, 1, 1),
    valid_until: date | None = None,
    reference: str = "IQAA-2024-17",
) -> InstitutionAccredited:
    return institutions.accredit(
        institutions.fold([a_registration()]),
        by="Independent Agency for Quality Assurance",
        settings=settings,
        levels=levels,
        fields=fields,
        valid_from=valid_from,
        valid_until=valid_until,
        reference=reference,
    )


def an_institution(institution: str = "aitu", *events: Event, accredited: bool = True) -> Institution:
    """Accredited for every setting, level and field unless told otherwise; `events` follow."""
    first: list[Event] = [a_registration(institution)]
    if accredited:
        first.append(an_accreditation())
    return institutions.fold([*first, *events])


# --- the catalogue --------------------------------------------------------------------------------------


def an_outcome(
    outcome: str = "lo1", says: str = "Apply ECVET in Kazakhstani VET institutions"
) -> LearningOutcome:
    return LearningOutcome(id=OutcomeId(outcome), text=named(says), code=outcome.upper())


def a_unit_description(
    code: str = "ECVET-1",
    *,
    points: Iterable[CreditPoints] = (),
    setting: Setting = Setting.FORMAL,
    level: Level | None = EQF5,
    outcomes: Iterable[LearningOutcome] | None = None,
    **more: Any,
) -> UnitDescription:
    return UnitDescription(
        code=code,
        names=named(f"Unit {code}"),
        outcomes=tuple(outcomes or (an_outcome("lo1"), an_outcome("lo2", "Implement ECVET in programmes"))),
        setting=setting,
        points=tuple(points) or (ects(6), ecvet(4)),
        level=level,
        **more,
    )


def a_unit(
    unit: str = "ecvet-in-programmes",
    *,
    of: str = "aitu",
    points: Iterable[CreditPoints] = (),
    setting: Setting = Setting.FORMAL,
    level: Level | None = EQF5,
    **more: Any,
) -> Unit:
    """A formal unit at EQF level 5, allocated 6 ECTS and 4 ECVET, with the outcomes lo1 and lo2."""
    description = a_unit_description(unit.upper()[:50], points=points, setting=setting, level=level, **more)
    return units.fold([units.describe(None, description, unit=unit, by=an_institution(of))])


def required(unit: str) -> RequiredUnit:
    return RequiredUnit(label=named(f"Unit {unit}"), unit=unit_id(unit))


def points_from(points: CreditPoints, *units_named: str, label: str = "Points", **more: Any) -> PointsFrom:
    """From any unit when none is named."""
    return PointsFrom(
        label=named(label),
        points=points,
        units=tuple(unit_id(unit) for unit in units_named) or None,
        **more,
    )


def all_of(*requirements: Requirement) -> AllOf:
    return AllOf(label=named("All of these"), requirements=requirements)


def n_of(n: int, *requirements: Requirement) -> qualifications.NOf:
    return qualifications.NOf(label=named(f"{n} of these"), n=n, requirements=requirements)


def a_qualification(
    requirement: Requirement | None = None,
    *,
    qualification: str = "module-7",
    of: str = "aitu",
    points: CreditPoints | None = None,
) -> Qualification:
    """Worth 6 ECTS and earned by the unit `ecvet-in-programmes`, unless told otherwise."""
    description = QualificationDescription(
        names=named("Implementing ECVET in educational programmes"),
        points=points or ects(6),
        level=EQF5,
        kind=QualificationKind.PROGRAMME,
        requirement=requirement or required("ecvet-in-programmes"),
    )
    described = qualifications.describe(None, description, qualification=qualification, by=an_institution(of))
    return qualifications.fold([described])


# --- facts of a wallet ----------------------------------------------------------------------------------


def an_opening(learner: LearnerId = LEARNER) -> WalletOpened:
    return wallets.open_wallet(None, learner=learner, key=A_KEY)


def an_award(
    credit: str = "c-1",
    *,
    unit: str = "ecvet-in-programmes",
    by: str = "aitu",
    points: CreditPoints | None = None,
    setting: Setting = Setting.FORMAL,
    level: Level | None = EQF5,
    achievement: str | None = None,
    grade: Grade | None = None,
    on: date = DAY,
) -> CreditAwarded:
    return CreditAwarded(
        credit=credit_id(credit),
        institution=institution_id(by),
        unit=unit_id(unit),
        points=points or ects(6),
        setting=setting,
        level=level,
        grade=grade or Grade("B+", "kz-letter"),
        outcomes=(OutcomeId("lo1"), OutcomeId("lo2")),
        achievement=None if achievement is None else achievement_id(achievement),
        awarded_on=on,
    )


def a_transfer(
    credit: str = "t-1",
    *,
    of: CreditAwarded | None = None,
    to: str = "enu",
    unit: str | None = None,
    on: date = LATER,
) -> CreditTransferred:
    source = of or an_award()
    return CreditTransferred(
        credit=credit_id(credit),
        from_credit=source.credit,
        institution=institution_id(to),
        unit=None if unit is None else unit_id(unit),
        points=source.points,
        agreement="Learning agreement 2025/14",
        transferred_on=on,
    )


def a_withdrawal(credit: str = "c-1", *, by: str = "aitu", on: date = LATER) -> CreditWithdrawn:
    return CreditWithdrawn(
        credit=credit_id(credit), institution=institution_id(by), reason="assessed in error", withdrawn_on=on
    )


def some_evidence() -> Evidence:
    return Evidence(name="Certificate.pdf", sha256="ab" * 32, media_type="application/pdf")


def a_claim(
    achievement: str = "a-1", *, setting: Setting = Setting.NON_FORMAL, on: date = date(2025, 5, 1)
) -> AchievementClaimed:
    return AchievementClaimed(
        achievement=achievement_id(achievement),
        setting=setting,
        names=named("Cisco networking course"),
        provider="Cisco Networking Academy",
        achieved_on=on,
        hours=Decimal(180),
        evidence=(some_evidence(),),
    )


def an_assessment(
    achievement: str = "a-1",
    *,
    by: str = "aitu",
    result: Result = Result.PASSED,
    unit: str | None = "ecvet-in-programmes",
    on: date = date(2025, 8, 1),
) -> AchievementAssessed:
    return AchievementAssessed(
        achievement=achievement_id(achievement),
        institution=institution_id(by),
        result=result,
        grade=Grade("A", "kz-letter"),
        outcomes=(OutcomeId("lo1"),),
        assessed_on=on,
        unit=None if unit is None else unit_id(unit),
    )


def a_wallet(*events: Event, learner: LearnerId = LEARNER) -> Wallet:
    """Opened, and then `events`."""
    return wallets.fold([an_opening(learner), *events])


# --- credentials ----------------------------------------------------------------------------------------


def an_issue(
    credential: str | None = None,
    *,
    wallet: Wallet | None = None,
    by: Institution | None = None,
    credits: Iterable[str] = ("c-1",),  # noqa: A002  # the field's word
    supersedes: Credential | None = None,
    at: datetime = MOMENT,
) -> CredentialIssued:
    return credentials.issue(
        None,
        wallet or a_wallet(an_award()),
        credential=credential or f"urn:uuid:{uuid5(NAMESPACE_URL, 'first')}",
        by=by or an_institution(),
        credits=credits,
        kind=CredentialKind.OPEN_BADGE,
        document='{"type":["VerifiableCredential"]}',
        status_list="aitu-1",
        status_index=94_567,
        issued_at=at,
        supersedes=supersedes,
    )


def a_credential(*events: Event, **more: Any) -> Credential:
    """Issued, and then `events`."""
    return credentials.fold([an_issue(**more), *events])


def a_status_list(*events: Event) -> StatusList:
    """Empty, of 131,072 places, and then `events`."""
    return status_lists.fold([status_lists.open_list(None, number=1, by=an_institution()), *events])
