"""Who people are at the pages: learners with a wallet of their own, and staff with roles at institutions.

A learner's account says whose wallet it is and nothing of her as a person. Staff act for an institution, each within
the roles they were given there; one person may have roles at several.
"""

import secrets
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from domain.errors import InvalidValue, NotFound, WrongInstitution
from domain.values import InstitutionId, LearnerId, PersonId, institution_id, text
from wallet.ledger.database import Cursor
from wallet.ledger.envelope import microseconds, moment
from wallet.office import Office

Roles = Mapping[InstitutionId, frozenset["StaffRole"]]


class StaffRole(StrEnum):
    """What somebody may do for an institution. Each is given by name; none contains another."""

    ADMIN = "admin"
    REGISTRAR = "registrar"
    ISSUER = "issuer"
    ADMISSIONS = "admissions"
    COMMISSION = "commission"
    EXPERT = "expert"


_SIGNING: Final = (StaffRole.COMMISSION, StaffRole.EXPERT)


@dataclass(frozen=True, slots=True)
class Account:
    """`learner` is set for a learner and None for staff, whose `roles` are then by institution."""

    id: str
    learner: LearnerId | None
    name: str
    roles: Roles
    seen: int
    """The learner has been told of everything in the ledger up to this sequence."""

    def may(self, institution: str, roles: Iterable[StaffRole]) -> bool:
        return bool(self.roles.get(InstitutionId(institution), frozenset()) & set(roles))


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody opened something, or tried to. `whose` is a learner's or an institution's id."""

    at: datetime
    name: str
    method: str
    route: str
    allowed: bool


def account(office: Office, identity: str) -> Account:
    """Raises NotFound."""
    with office.ledger.database.reader() as cursor:
        row = cursor.execute(
            "SELECT account, learner, name, seen FROM accounts WHERE account = ?", [identity]
        ).fetchone()
        if row is None:
            raise NotFound("There is no such account.")
        return Account(row[0], row[1], row[2], _roles_of(cursor, identity), row[3])


def staff_of(office: Office, institution: str) -> list[Account]:
    """Everybody with a role at the institution, by name. Raises InvalidValue."""
    identity = institution_id(institution)
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT DISTINCT account, name FROM staff_roles JOIN accounts USING (account) "
            "WHERE institution = ? ORDER BY name",
            [identity],
        ).fetchall()
        return [Account(id_, None, name, _roles_of(cursor, id_), 0) for id_, name in rows]


def withdraw_roles(office: Office, identity: str, institution: str) -> None:
    """Take every role at the institution from somebody, and end their sessions.

    Refuses: InvalidValue where nobody would be left to give roles at the institution.
    """
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "DELETE FROM staff_roles WHERE account = ? AND institution = ?", [identity, institution]
        )
        left = cursor.execute(
            "SELECT COUNT(*) FROM staff_roles WHERE institution = ? AND role = ?",
            [institution, StaffRole.ADMIN.value],
        ).fetchone()[0]
        if not left:
            raise InvalidValue(f"Nobody would be left to give roles at {institution}.")
        cursor.execute("DELETE FROM sessions WHERE account = ?", [identity])
        cursor.execute(
            "DELETE FROM staff_accounts WHERE account = ? AND institution = ?", [identity, institution]
        )


def sign_as(office: Office, identity: str, institution: str, person: str) -> None:
    """From this account, and from no other, that one of the staff signs: her conclusions, her votes.

    Refuses: NotFound, WrongInstitution, InvalidValue (no role here in which anything is signed, or another person's
    account already).
    """
    of_staff = office.staff(person).state
    if of_staff.institution != institution:
        raise WrongInstitution(f"{of_staff.id} is not of the staff of {institution}.")
    if not account(office, identity).may(institution, _SIGNING):
        raise InvalidValue("Experts and members of the commission sign; this account has neither role here.")
    signs = staff_signing_at(office, institution).get(identity, of_staff.id)
    if signs != of_staff.id:
        raise InvalidValue(f"From this account {signs} signs already.")
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "INSERT INTO staff_accounts VALUES (?, ?, ?) ON CONFLICT (person)"
            " DO UPDATE SET institution = excluded.institution, account = excluded.account",
            [of_staff.id, institution, identity],
        )


def staff_signing_at(office: Office, institution: str) -> dict[str, PersonId]:
    """By account, who of the institution's staff signs from it."""
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT account, person FROM staff_accounts WHERE institution = ?", [institution]
        ).fetchall()
    return {identity: PersonId(person) for identity, person in rows}


def note_access(
    office: Office,
    *,
    account: str,
    method: str,
    route: str,
    whose: str,
    allowed: bool,
    at: datetime,
    why: str = "",
) -> None:
    """Keep that somebody opened something. It may be lost with the power; what was done there may not.

    `account` is an account's id or, of a program, the holder of its key. `why` says by what right a learner's record
    was looked at.
    """
    with office.ledger.database.writer(durable=False) as cursor:
        cursor.execute(
            "INSERT INTO accesses (at, account, method, route, whose, allowed, why) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [microseconds(at), account, method, route, whose, allowed, why],
        )


def accesses(office: Office, whose: str, *, most: int = 100) -> list[Access]:
    """The last of them, newest first."""
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT at, COALESCE(name, ''), method, route, allowed FROM accesses "
            "LEFT JOIN accounts USING (account) WHERE whose = ? ORDER BY at DESC LIMIT ?",
            [whose, most],
        ).fetchall()
    return [
        Access(moment(at), name, method, route, bool(allowed)) for at, name, method, route, allowed in rows
    ]


def note_seen(office: Office, identity: str, sequence: int) -> None:
    """The learner has been told of everything up to here."""
    with office.ledger.database.writer(durable=False) as cursor:
        cursor.execute("UPDATE accounts SET seen = ?1 WHERE account = ?2 AND seen < ?1", [sequence, identity])


def chosen_qualifications(office: Office, learner: str) -> list[str]:
    """Those whose progress the learner wants to see."""
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT qualification FROM chosen_qualifications WHERE learner = ? ORDER BY qualification",
            [learner],
        ).fetchall()
    return [row[0] for row in rows]


def choose_qualification(office: Office, learner: str, qualification: str, *, chosen: bool) -> None:
    """Raises NotFound, InvalidValue."""
    identity = office.qualification(qualification).state.id
    with office.ledger.database.writer() as cursor:
        if chosen:
            cursor.execute(
                "INSERT INTO chosen_qualifications VALUES (?, ?) ON CONFLICT DO NOTHING", [learner, identity]
            )
        else:
            cursor.execute(
                "DELETE FROM chosen_qualifications WHERE learner = ? AND qualification = ?",
                [learner, identity],
            )


# --- for those who make accounts ------------------------------------------------------------------------


def make_account(
    cursor: Cursor, *, learner: str | None, name: str, roles: Mapping[str, Iterable[str]], at: datetime
) -> str:
    """A new account within the caller's transaction; for a learner who has one, that one."""
    if learner is not None:
        row = cursor.execute("SELECT account FROM accounts WHERE learner = ?", [learner]).fetchone()
        if row is not None:
            return str(row[0])
    identity = str(uuid.uuid4())
    cursor.execute(
        "INSERT INTO accounts (account, learner, name, made_at) VALUES (?, ?, ?, ?)",
        [identity, learner, name, microseconds(at)],
    )
    give_roles(cursor, identity, roles)
    return identity


def give_roles(cursor: Cursor, identity: str, roles: Mapping[str, Iterable[str]]) -> None:
    """Beside those the account has."""
    cursor.executemany(
        "INSERT INTO staff_roles VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(identity, institution, role) for institution, given in roles.items() for role in given],
    )


def checked_roles(roles: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Roles as they are kept. Raises InvalidValue for a role there is none of, or for none at all."""
    checked: dict[str, list[str]] = {}
    for institution, given in roles.items():
        names = sorted(set(given))
        if not names or not set(names) <= set(StaffRole):
            raise InvalidValue(f"The roles there are: {', '.join(StaffRole)}.")
        checked[institution_id(institution)] = names
    return checked


def checked_name(name: str) -> str:
    return text(name, "somebody's name", limit=100)


def a_secret() -> str:
    """160 random bits, for an address."""
    return secrets.token_urlsafe(20)


def digest(secret: str) -> bytes:
    return sha256(secret.encode(errors="replace")).digest()


def _roles_of(cursor: Cursor, identity: str) -> Roles:
    held: defaultdict[InstitutionId, set[StaffRole]] = defaultdict(set)
    for institution, role in cursor.execute(
        "SELECT institution, role FROM staff_roles WHERE account = ?", [identity]
    ).fetchall():
        held[InstitutionId(institution)].add(StaffRole(role))
    return {institution: frozenset(roles) for institution, roles in held.items()}


def written_roles(roles: Mapping[str, Iterable[str]]) -> str:
    return msgspec.json.encode(roles).decode()


def read_roles(written: str) -> dict[str, list[str]]:
    return msgspec.json.decode(written, type=dict[str, list[str]])
