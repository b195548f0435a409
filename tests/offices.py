"""A ready office to test the doors with: a registry, a university, what it teaches, and a learner.

    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        learner = a_learner(office)

Everything is real: files on disk, keys, signatures. Only the passphrase is cheap to guess.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from domain.institution import InstitutionRegistered
from domain.memorandum import Acceptance, MemorandumProposed
from domain.qualification import (
    AllOf,
    QualificationDescribed,
    QualificationDescription,
    QualificationKind,
    RequiredUnit,
)
from domain.unit import UnitDescribed, UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    IscedF,
    LearningOutcome,
    Level,
    Names,
    OutcomeId,
    Setting,
    UnitId,
)
from domain.wallet import CreditAwarded
from keys.keystore import Argon2Params
from wallet import agreeing, awarding, bootstrap, describing, partnering, registering
from wallet.agreeing import Acting, Wanted
from wallet.office import Office
from wallet.registering import LearnerRegistered
from wallet.settings import Settings

PASSPHRASE = b"correct horse battery staple"
CHEAP = Argon2Params(memory_kib=8, iterations=1, lanes=1)
BASE_URL = "https://records.example"

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When everything here is recorded."""
DAY = date(2026, 5, 29)
"""When credit is awarded here."""


def an_office(tmp_path: Path, *, base_url: str = BASE_URL) -> Office:
    """A home just made, with its registry open and nobody in it; to be closed."""
    settings = Settings(tmp_path / "home")
    bootstrap.create(
        settings, PASSPHRASE, name="Register of Learning", base_url=base_url, at=NOON, params=CHEAP
    )
    return Office.open(settings, PASSPHRASE)


def named(english: str) -> Names:
    return {"en": english, "kk": f"{english} (қазақша)", "ru": f"{english} (по-русски)"}


def a_university(
    office: Office,
    institution: str = "aitu",
    *,
    settings: Iterable[Setting] = tuple(Setting),
    accredited: bool = True,
) -> InstitutionRegistered:
    """Registered and, unless told otherwise, accredited for every level and field."""
    registered = registering.register_institution(
        office,
        institution=institution,
        names=named(f"University {institution}"),
        country="KZ",
        website=f"https://{institution}.example/",
        at=NOON,
    )
    if accredited:
        registering.accredit(
            office,
            institution,
            by="Independent Agency for Quality Assurance",
            settings=settings,
            valid_from=date(2024, 1, 1),
            reference="IA-2024/1",
            at=NOON,
        )
    return registered


def a_unit(
    office: Office,
    unit: str = "algorithms",
    *,
    institution: str = "aitu",
    setting: Setting = Setting.FORMAL,
    points: Decimal | int = 6,
    scheme: CreditScheme = CreditScheme.ECTS,
) -> UnitDescribed:
    """A unit of EQF level 6 with two outcomes, worth 6 ECTS unless told otherwise."""
    description = UnitDescription(
        code=unit.upper(),
        names=named(f"Unit {unit}"),
        outcomes=tuple(
            LearningOutcome(id=OutcomeId(f"lo{number}"), text=named(f"Outcome {number} of {unit}"))
            for number in (1, 2)
        ),
        setting=setting,
        points=(CreditPoints(scheme, Decimal(points)),),
        level=Level("EQF", 6),
        field=IscedF("0613"),
        workload_hours=Decimal(150),
    )
    return describing.describe_unit(office, institution, unit=unit, description=description, at=NOON)


def a_qualification(
    office: Office,
    qualification: str = "first-year",
    *,
    institution: str = "aitu",
    units: Iterable[str] = ("algorithms",),
    points: Decimal | int = 6,
) -> QualificationDescribed:
    """Asks for each of the units, and for so many ECTS in all."""
    parts = tuple(RequiredUnit(label=named(f"Unit {unit}"), unit=UnitId(unit)) for unit in units)
    description = QualificationDescription(
        names=named(f"Qualification {qualification}"),
        points=CreditPoints(CreditScheme.ECTS, Decimal(points)),
        level=Level("EQF", 6),
        kind=QualificationKind.BACHELOR,
        requirement=AllOf(label=named("Every unit"), requirements=parts),
    )
    return describing.describe_qualification(
        office, institution, qualification=qualification, description=description, at=NOON
    )


def a_learner(office: Office) -> LearnerRegistered:
    """A learner with an empty wallet."""
    return registering.register_learner(office, at=NOON)


def a_credit(
    office: Office, learner: str, unit: str = "algorithms", *, institution: str = "aitu"
) -> CreditAwarded:
    """Credit for the whole unit, awarded on `DAY`."""
    return awarding.award(office, institution, learner=learner, unit=unit, awarded_on=DAY, at=NOON)


def a_memorandum(
    office: Office,
    memorandum: str = "aitu-and-college",
    *,
    between: Sequence[str] = ("aitu", "college"),
    signed: bool = True,
    accepted: Iterable[Acceptance] = tuple(Acceptance),
    valid_until: date | None = None,
) -> MemorandumProposed:
    """Proposed by the first, and signed by the others; in force from the beginning of 2026."""
    first, *others = between
    proposed = partnering.propose_memorandum(
        office,
        first,
        memorandum=memorandum,
        names=named("Exchange of learners"),
        partners=others,
        accepted=accepted,
        valid_from=date(2026, 1, 1),
        valid_until=valid_until,
        proposed_on=date(2025, 12, 1),
        at=NOON,
    )
    for other in others if signed else ():
        partnering.sign_memorandum(
            office, other, memorandum=memorandum, signed_on=date(2025, 12, 15), at=NOON
        )
    return proposed


def an_agreement(office: Office, learner: str, agreement: str = "semester") -> None:
    """Of the learner with aitu and the college, on algorithmen in place of algorithms; signed by all three."""
    parties = [Acting(learner=learner), Acting(institution="aitu"), Acting(institution="college")]
    agreeing.propose_agreement(
        office,
        parties[0],
        learner=learner,
        home="aitu",
        host="college",
        components=[Wanted("algorithmen", "algorithms")],
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 5, 20),
        proposed_on=date(2026, 1, 10),
        agreement=agreement,
        at=NOON,
    )
    for party in parties[1:]:
        agreeing.sign_agreement(office, party, agreement=agreement, signed_on=date(2026, 1, 15), at=NOON)
