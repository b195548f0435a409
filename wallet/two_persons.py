"""Two persons: an institution may ask that nobody issues in bulk, or changes its keys, alone.

    ask_for_two(office, "aitu", at=…)       from now on
    propose(office, "aitu", Act.ROTATE_KEY, by=…, at=…)        one says what is to be done, and nothing is done
    wallet.seconding.confirm(office, proposal, by=…, at=…)     another confirms it, and it is done

A report that a key was stolen is not among these acts: it only takes power away, and must not wait for anybody. Nor is
giving up the rule in the hands of one. A proposal is not history, like everything behind the pages; what comes of it
is. What it holds, such as a sheet of learners and grades, is sealed, and gone when it was decided.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.errors import InvalidValue, NotFound
from domain.values import InstitutionId, institution_id
from wallet.accounts import StaffRole, staff_of
from wallet.errors import WalletError
from wallet.ledger.envelope import microseconds, moment
from wallet.office import Office

WAITS_FOR: Final = timedelta(days=7)
"""A proposal that nobody has decided on ends after this."""


class SecondPersonNeeded(WalletError):
    """The institution asks for two, and this was asked for by one."""


class SamePerson(WalletError):
    """Nobody confirms what they have proposed."""


class NothingToDecide(WalletError):
    """The proposal was decided on before, or has ended."""


class Act(StrEnum):
    """What two stand behind, where an institution asks for it."""

    ISSUE_MANY = "issue-many"
    ROTATE_KEY = "rotate-key"
    ALLOW_ONE = "allow-one"
    """Give the rule itself up."""


ROLE_FOR: Final = {
    Act.ISSUE_MANY: StaffRole.ISSUER,
    Act.ROTATE_KEY: StaffRole.ADMIN,
    Act.ALLOW_ONE: StaffRole.ADMIN,
}
"""Whose act it is: both persons have this role."""


class Stage(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    ENDED = "ended"
    """Nobody decided in time."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: an account at the pages, or `operator NAME` at the terminal of the machine itself."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    id: str
    institution: InstitutionId
    act: Act
    proposer: Person
    made_at: datetime
    ends_at: datetime
    stage: Stage
    decider: Person | None
    decided_at: datetime | None


def asks_for_two(office: Office, institution: str) -> bool:
    """Whether two persons act for the institution. Raises InvalidValue."""
    named = institution_id(institution)
    with office.ledger.database.reader() as cursor:
        row = cursor.execute("SELECT 1 FROM two_persons WHERE institution = ?", [named]).fetchone()
    return row is not None


def ask_for_two(office: Office, institution: str, *, at: datetime) -> None:
    """From now on. Refuses: NotFound; InvalidValue, where there are not two administrators to do it."""
    identity = office.institution(institution).state.id
    admins = [each for each in staff_of(office, identity) if StaffRole.ADMIN in each.roles[identity]]
    if len(admins) < 2:
        raise InvalidValue(
            f"{identity} has {len(admins)} administrators, and two are needed to act together."
        )
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "INSERT INTO two_persons VALUES (?, ?) ON CONFLICT DO NOTHING", [identity, microseconds(at)]
        )


def refuse_alone(office: Office, institution: str, *, seconded: bool) -> None:
    """Raises SecondPersonNeeded, where two are asked for and the act is one person's."""
    if not seconded and asks_for_two(office, institution):
        raise SecondPersonNeeded(
            f"{institution} lets nobody do this alone: propose it, and let a second person confirm."
        )


def propose(
    office: Office, institution: str, act: Act, *, by: Person, at: datetime, content: bytes = b""
) -> Proposal:
    """Say what is to be done. `content` is what the act takes: a sheet. Raises NotFound."""
    identity, named = office.institution(institution).state.id, str(uuid.uuid4())
    made = Proposal(named, identity, act, by, at, at + WAITS_FOR, Stage.OPEN, None, None)
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "INSERT INTO proposals (proposal, institution, act, proposer, proposer_name, content, made_at, ends_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                named,
                identity,
                act.value,
                by.id,
                by.name,
                office.keystore.wrap(content, _place_of(named)),
                microseconds(at),
                microseconds(made.ends_at),
            ],
        )
    return made


def proposals(office: Office, institution: str, *, at: datetime) -> list[Proposal]:
    """All there were, newest first. Raises NotFound, InvalidValue."""
    identity = office.institution(institution).state.id
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            f"{_SELECT} WHERE institution = ? ORDER BY made_at DESC, proposal", [identity]
        ).fetchall()
    return [_read(row, at) for row in rows]


def proposal(office: Office, named: str, *, at: datetime) -> Proposal:
    """Raises NotFound."""
    row = None
    if (
        named.isascii()
    ):  # no proposal's id is anything else, and half a letter is nothing that a database can look for
        with office.ledger.database.reader() as cursor:
            row = cursor.execute(f"{_SELECT} WHERE proposal = ?", [named]).fetchone()
    if row is None:
        raise NotFound(f"There is no proposal {named[:50]!a}.")
    return _read(row, at)


def content_of(office: Office, named: str) -> bytes:
    """What the act takes; empty once it was decided."""
    with office.ledger.database.reader() as cursor:
        row = cursor.execute("SELECT content FROM proposals WHERE proposal = ?", [named]).fetchone()
    return b"" if row is None or row[0] is None else office.keystore.unwrap(row[0], _place_of(named))


def decline(office: Office, named: str, *, by: Person, at: datetime) -> None:
    """Nothing is done, and what it held is gone. Whoever proposed it may do so as well. Raises NothingToDecide."""
    take(office, named, Stage.DECLINED, by=by, at=at)
    forget(office, named)


# --- for whoever carries an act out ---------------------------------------------------------------------


def take(office: Office, named: str, stage: Stage, *, by: Person, at: datetime) -> None:
    """Decide, once: of two who decide in the same moment one is told that it was decided. Raises NothingToDecide."""
    with office.ledger.database.writer() as cursor:
        taken = cursor.execute(
            "UPDATE proposals SET outcome = ?, decider = ?, decider_name = ?, decided_at = ? "
            "WHERE proposal = ? AND outcome IS NULL AND ends_at > ? RETURNING proposal",
            [
                stage.value,
                by.id,
                by.name,
                microseconds(at),
                named,
                microseconds(at),
            ],
        ).fetchall()
    if not taken:
        raise NothingToDecide("There is nothing to decide here: it was decided before, or has ended.")


def put_back(office: Office, named: str) -> None:
    """It could not be done, and is as open as it was."""
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "UPDATE proposals SET outcome = NULL, decider = NULL, decider_name = NULL, decided_at = NULL "
            "WHERE proposal = ?",
            [named],
        )


def forget(office: Office, named: str) -> None:
    """What it held."""
    with office.ledger.database.writer() as cursor:
        cursor.execute("UPDATE proposals SET content = NULL WHERE proposal = ?", [named])


def allow_one(office: Office, institution: str) -> None:
    with office.ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM two_persons WHERE institution = ?", [institution])


_SELECT: Final = (
    "SELECT proposal, institution, act, proposer, proposer_name, made_at, ends_at, outcome, decider, decider_name, "
    "decided_at FROM proposals"
)


def _read(row: tuple[Any, ...], at: datetime) -> Proposal:
    named, institution, act, proposer, name, made, ends, outcome, decider, decider_name, decided = row
    undecided = Stage.OPEN if at < moment(ends) else Stage.ENDED
    return Proposal(
        named,
        institution_id(institution),
        Act(act),
        Person(proposer, name),
        moment(made),
        moment(ends),
        undecided if outcome is None else Stage(outcome),
        None if decider is None else Person(decider, decider_name),
        None if decided is None else moment(decided),
    )


def _place_of(named: str) -> bytes:
    return b"proposal\0" + named.encode()
