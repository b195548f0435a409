"""Who may knock at the doors: API keys, and whose wallet each may open.

    lcw_q0Vb…   32 random bytes in base64url; shown once, and kept here only as a SHA-256

A key is long enough that nobody guesses it, so a plain digest is enough to keep: the file tells nobody a key.
"""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.errors import InvalidValue, NotFound
from domain.recognition import Case
from domain.values import InstitutionId, LearnerId, institution_id, learner_id, person_id, text
from domain.wallet import Wallet
from wallet.errors import AnswerExists
from wallet.ledger import answers
from wallet.ledger.answers import Answer
from wallet.ledger.database import Cursor, IntegrityError
from wallet.ledger.envelope import microseconds, moment
from wallet.office import Office, Once
from wallet.registering import LearnerRegistered, register_learner

PREFIX: Final = "lcw_"
_SELECT: Final = "SELECT digest, holder, role, label, made_at, revoked_at FROM api_keys"

REGISTRY: Final = "registry"
"""The holder of the registry's own keys."""


class Role(StrEnum):
    """In whose name a key acts. Each acts for its holder and for nobody else."""

    REGISTRY = "registry"
    INSTITUTION = "institution"
    LEARNER = "learner"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Grant:
    """A key as it is kept. `holder` is the id of an institution, a learner or one of the staff, or `registry`."""

    digest: bytes
    holder: str
    role: Role
    label: str
    made_at: datetime
    revoked_at: datetime | None = None

    @property
    def name(self) -> str:
        """How people speak of a key without saying it: twelve digits of its digest."""
        return self.digest.hex()[:12]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A learner with a wallet and a first key to it, which is told here and never again."""

    learner: LearnerId
    did: str
    secret: str


def grant(
    office: Office,
    *,
    holder: str,
    role: Role,
    label: str,
    at: datetime,
    once: Once[str] | None = None,
) -> str:
    """Make a key for the holder, who must be registered; the secret, which cannot be had again.

    Raises NotFound, InvalidValue, AnswerExists.
    """
    match role:
        case Role.REGISTRY:
            if holder != REGISTRY:
                raise InvalidValue("The registry's keys are held by the registry.")
        case Role.INSTITUTION:
            office.institution(holder)
        case Role.LEARNER:
            office.learner(holder)
        case Role.STAFF:
            office.staff(holder)
    secret = _new_secret()
    answer = Answer(once.key, once.fingerprint, once.render(secret)) if once else None
    _keep(office, secret, holder, role, text(label, "a key's label", limit=100), at, answer)
    return secret


def admit(office: Office, *, opened_by: str, at: datetime, once: Once[Admitted] | None = None) -> Admitted:
    """Open a wallet for a new learner, with a key to it. `opened_by`: an institution's id, or `registry`.

    The key is kept first: should the wallet not be opened after all, it is a key to nothing.
    Raises AnswerExists.
    """
    learner, secret = learner_id(str(uuid.uuid4())), _new_secret()
    _keep(office, secret, learner, Role.LEARNER, _opened_by(opened_by), at)

    def admitted(registered: LearnerRegistered) -> Admitted:
        return Admitted(registered.learner, registered.did, secret)

    with_secret: Once[LearnerRegistered] | None = None
    if once is not None:
        render = once.render
        with_secret = Once(once.key, once.fingerprint, lambda registered: render(admitted(registered)))
    try:
        return admitted(register_learner(office, learner=learner, at=at, once=with_secret))
    except AnswerExists:
        with office.ledger.database.writer() as cursor:
            cursor.execute("DELETE FROM api_keys WHERE digest = ?", [_digest(secret)])
        raise


def find(office: Office, secret: str) -> Grant | None:
    """The key's grant; None for a key that was never made or has been revoked."""
    with office.ledger.database.reader() as cursor:
        rows = _read(cursor, "digest = ? AND revoked_at IS NULL", _digest(secret))
    return rows[0] if rows else None


def grants(office: Office, holder: str | None = None) -> list[Grant]:
    """Every key ever made, or every one of this holder, in the order of their making."""
    with office.ledger.database.reader() as cursor:
        return _read(cursor, "?1 IS NULL OR holder = ?1", holder)


def revoke(office: Office, name: str, *, at: datetime) -> Grant:
    """End a key, told by its `name`. One that has ended stays as it was. Raises NotFound."""
    found = [each for each in grants(office) if each.name == name]
    if len(found) != 1:
        raise NotFound(f"There is no key {name}.")
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "UPDATE api_keys SET revoked_at = ? WHERE digest = ? AND revoked_at IS NULL",
            [microseconds(at), found[0].digest],
        )
        return _read(cursor, "digest = ?", found[0].digest)[0]


def may_read(office: Office, caller: Grant, wallet: Wallet) -> bool:
    """Whether the caller may look into this wallet.

    - A learner, into her own.
    - An institution, into one that it opened for her, or that it has written in: it has assessed a claim,
      awarded or received a credit, failed a unit, or conferred a qualification. Whoever must answer for an
      entry has to see what it rests on. To write it has to be told the learner's id, which cannot be guessed:
      by the learner.
    - One of an institution's staff, into none: she sees the cases that she judges (`may_read_case`).
    - The registry, into none. It answers for institutions, not for what learners have learnt.
    """
    match caller.role:
        case Role.LEARNER:
            return caller.holder == wallet.learner
        case Role.INSTITUTION:
            institution = institution_id(caller.holder)
            return has_written_in(institution, wallet) or _has_opened(office, institution, wallet.learner)
        case Role.STAFF | Role.REGISTRY:
            return False


def may_read_case(caller: Grant, case: Case) -> bool:
    """Whether the caller may look into this case, and at the documents it names.

    The learner; the institution it is before; its experts, and the members of its commission.
    """
    match caller.role:
        case Role.LEARNER:
            return caller.holder == case.applied.learner
        case Role.INSTITUTION:
            return caller.holder == case.institution
        case Role.STAFF:
            return person_id(caller.holder) in case.judges
        case Role.REGISTRY:
            return False


def has_written_in(institution: InstitutionId, wallet: Wallet) -> bool:
    """Whether any entry of the wallet is the institution's, withdrawn ones among them."""
    return (
        any(credit.institution == institution for credit in wallet.credits.values())
        or any(institution in claim.assessments for claim in wallet.achievements.values())
        or any(held.conferred.institution == institution for held in wallet.conferrals.values())
        or any(held.failed.institution == institution for held in wallet.attempts.values())
    )


def _has_opened(office: Office, institution: InstitutionId, learner: LearnerId) -> bool:
    return any(each.label == _opened_by(institution) for each in grants(office, learner))


def _opened_by(opener: str) -> str:
    """The label of a learner's first key. No other key of a learner's has such a label."""
    return f"wallet opened by {opener}"


def _keep(
    office: Office,
    secret: str,
    holder: str,
    role: Role,
    label: str,
    at: datetime,
    answer: Answer | None = None,
) -> None:
    made_at = microseconds(at)
    try:
        with office.ledger.database.writer() as cursor:
            if answer is not None:
                answers.keep(cursor, answer, made_at)
            cursor.execute(
                "INSERT INTO api_keys (digest, holder, role, label, made_at) VALUES (?, ?, ?, ?, ?)",
                [_digest(secret), holder, role.value, label, made_at],
            )
    except IntegrityError as error:
        if answer is None:
            raise
        raise AnswerExists(answer.key) from error


def _read(cursor: Cursor, where: str, value: object) -> list[Grant]:
    rows = cursor.execute(f"{_SELECT} WHERE {where} ORDER BY made_at, rowid", [value]).fetchall()
    return [
        Grant(digest, holder, Role(role), label, moment(made), None if ended is None else moment(ended))
        for digest, holder, role, label, made, ended in rows
    ]


def _new_secret() -> str:
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
