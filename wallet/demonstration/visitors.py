"""The four people of the demonstration, and links with which anybody at this machine becomes one of them.

The links stand in a file of the demonstration's home. They sign in without a passkey, so they are made for such a home
and for no other: without its mark nothing here answers.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from wallet import accounts, sharing, signing_in
from wallet.accounts import StaffRole, a_secret
from wallet.office import Office
from wallet.projections.staff import commissions_of, staff_of
from wallet.settings import Settings
from wallet.showing import show_record

MARKER: Final = ".wallet-demo"
"""The file that says a folder is a demonstration's, and may be made anew."""
_FILE: Final = "visitors.json"


class Visitors(msgspec.Struct, frozen=True):
    """Secrets by role, the accounts they open, and the link that the employer was sent."""

    learner: str
    registrar: str
    admissions: str
    accounts: dict[str, str]
    employer: str
    staff: dict[str, str] = {}
    """By the person's id, the secrets of those who sit in the commission and its expert group."""

    @property
    def links(self) -> dict[str, str]:
        """By role, where to go: addresses of this site."""
        return {
            "learner": f"/demo/{self.learner}",
            "registrar": f"/demo/{self.registrar}",
            "admissions": f"/demo/{self.admissions}",
            "employer": f"/s/{self.employer}",
        }

    @property
    def of_staff(self) -> dict[str, str]:
        """By the person's id, where to go."""
        return {person: f"/demo/{secret}" for person, secret in self.staff.items()}


def make_visitors(
    office: Office,
    *,
    learner: str,
    institution: str,
    qualification: str,
    employer: str,
    purpose: str,
    at: datetime,
) -> Visitors:
    """Give the story's people accounts, and let the learner show her record to an employer."""
    names = {
        "registrar": ("Aigerim Registrar", tuple(StaffRole)),
        "admissions": ("Daniyar Admissions", (StaffRole.ADMISSIONS,)),
    }
    secrets = {role: a_secret() for role in ("learner", *names)}
    with office.ledger.database.writer() as cursor:
        made = {secrets["learner"]: accounts.make_account(cursor, learner=learner, name="", roles={}, at=at)}
        for role, (name, roles) in names.items():
            made[secrets[role]] = accounts.make_account(
                cursor, learner=None, name=name, roles={institution: [each.value for each in roles]}, at=at
            )
    accounts.choose_qualification(office, learner, qualification, chosen=True)
    held = [row.credential for row in show_record(office, learner).credentials if row.standing == "in-force"]
    shared = sharing.share(
        office,
        learner,
        credentials=held[:3],
        with_whom=employer,
        purpose=purpose,
        until=at + timedelta(days=30),
        at=at,
    )
    staff = _let_staff_in(office, institution, made, at)
    visitors = Visitors(**secrets, accounts=made, employer=shared.secret, staff=staff)
    path = office.settings.home / _FILE
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(visitors))
    return visitors


def _let_staff_in(office: Office, institution: str, made: dict[str, str], at: datetime) -> dict[str, str]:
    """An account for everybody who examines and decides; each signs from her own. What was `made` grows by them."""
    database, here = office.ledger.database, office.institution(institution).state.id
    members = {
        member
        for commission in commissions_of(database, here)
        for member in office.commission(commission).state.members
    }
    staff: dict[str, str] = {}
    for person in staff_of(database, here):
        role = StaffRole.COMMISSION if person in members else StaffRole.EXPERT
        name = office.staff(person).state.position
        with database.writer() as cursor:
            account = accounts.make_account(
                cursor, learner=None, name=name, roles={institution: [role.value]}, at=at
            )
        accounts.sign_as(office, account, institution, person)
        staff[person] = a_secret()
        made[staff[person]] = account
    return staff


def visitors_of(settings: Settings) -> Visitors | None:
    """The people of this home, where it is a demonstration's."""
    path = settings.home / _FILE
    if not (settings.home / MARKER).is_file() or not path.is_file():
        return None
    return msgspec.json.decode(path.read_bytes(), type=Visitors)


def become(office: Office, visitors: Visitors, secret: str, *, at: datetime) -> str | None:
    """A session of the person whose link it is; None for a link that is nobody's."""
    account = visitors.accounts.get(secret)
    return None if account is None else signing_in.begin_session(office, account, at=at)
