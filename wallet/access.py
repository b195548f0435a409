"""Who may knock at the doors: API keys, and whose wallet each may open.

    lcw_q0Vb…   32 random bytes in base64url; shown once, and kept here only as a SHA-256

A key is long enough that nobody guesses it, so a plain digest is enough to keep: the file tells nobody a key. It does
all that its holder may do, or only what its scopes name: `records:read` reads what the interface has under Records.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
GOOD_FOR: Final = timedelta(days=365)
"""How long a key is good for where its maker does not say."""
_SELECT: Final = "SELECT digest, holder, role, label, made_at, revoked_at, scopes, ends_at FROM api_keys"

REGISTRY: Final = "registry"
"""The holder of the registry's own keys."""


class Role(StrEnum):
    """In whose name a key acts. Each acts for its holder and for nobody else."""

    REGISTRY = "registry"
    INSTITUTION = "institution"
    LEARNER = "learner"
    STAFF = "staff"


class Area(StrEnum):
    """The parts of the interface that a key can be kept to; each is a heading of its reference."""

    INSTITUTIONS = "institutions"
    CATALOGUE = "catalogue"
    MOBILITY = "mobility"
    GRADES = "grades"
    SCHEMES = "schemes"
    COMPARISON = "comparison"
    FRAMEWORKS = "frameworks"
    WALLETS = "wallets"
    RECOGNITION = "recognition"
    IMPORTS = "imports"
    RECORDS = "records"
    ADVICE = "advice"
    CREDENTIALS = "credentials"
    PAPERS = "papers"
    VERIFICATION = "verification"
    HEALTH = "health"


SCOPES: Final = frozenset(f"{area}:{act}" for area in Area for act in ("read", "write"))
"""`write` is for whatever is posted, and does not contain `read`."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A key as it is kept. `holder` is the id of an institution, a learner or one of the staff, or `registry`.

    `scopes` is None for a key that does all that its holder may do; `ends_at` is None for one that has no end.
    """

    digest: bytes
    holder: str
    role: Role
    label: str
    made_at: datetime
    revoked_at: datetime | None = None
    scopes: frozenset[str] | None = None
    ends_at: datetime | None = None

    @property
    def name(self) -> str:
        """How people speak of a key without saying it: twelve digits of its digest."""
        return self.digest.hex()[:12]

    def may(self, scope: str) -> bool:
        return self.scopes is None or scope in self.scopes


@dataclass(frozen=True, slots=True)
class Made:
    """A key that was just made; its secret is told here and never again."""

    grant: Grant
    secret: str


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
    scopes: Iterable[str] | None = None,
    until: datetime | None = None,
    within: Grant | None = None,
    once: Once[Made] | None = None,
) -> Made:
    """Make a key for the holder, who must be registered.

    `within` is the key that asks for it: what it makes is no wider than itself, and does not outlive it.
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
    grant = Grant(
        digest=digest_of(secret := a_secret(PREFIX)),
        holder=holder,
        role=role,
        label=text(label, "a key's label", limit=100),
        made_at=at,
        scopes=None if scopes is None else checked_scopes(scopes),
        ends_at=until,
    )
    if until is not None and until <= at:
        raise InvalidValue("A key ends at a time to come.")
    made = Made(grant if within is None else _within(within, grant), secret)
    _keep(office, made.grant, Answer(once.key, once.fingerprint, once.render(made)) if once else None)
    return made


def _within(asking: Grant, made: Grant) -> Grant:
    """The key, where it is no wider than the one that asks for it. Refuses: InvalidValue."""
    if asking.scopes is not None:
        if made.scopes is not None and not made.scopes <= asking.scopes:
            raise InvalidValue("A key makes no key that may do more than itself.")
        made = replace(made, scopes=asking.scopes if made.scopes is None else made.scopes)
    if asking.ends_at is not None:
        made = replace(made, ends_at=min(asking.ends_at, made.ends_at or asking.ends_at))
    return made


def checked_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Refuses: InvalidValue, where there is none, or one that is no scope."""
    checked = frozenset(scopes)
    if not checked or not checked <= SCOPES:
        raise InvalidValue(f"The scopes there are: {', '.join(sorted(SCOPES))}.")
    return checked


def admit(office: Office, *, opened_by: str, at: datetime, once: Once[Admitted] | None = None) -> Admitted:
    """Open a wallet for a new learner, with a key to it. `opened_by`: an institution's id, or `registry`.

    The key is kept first: should the wallet not be opened after all, it is a key to nothing.
    Raises AnswerExists.
    """
    learner, secret = learner_id(str(uuid.uuid4())), a_secret(PREFIX)
    _keep(office, Grant(digest_of(secret), learner, Role.LEARNER, _opened_by(opened_by), at))

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
            cursor.execute("DELETE FROM api_keys WHERE digest = ?", [digest_of(secret)])
        raise


def find(office: Office, secret: str, *, at: datetime) -> Grant | None:
    """The key's grant; None for a key that was never made, has been revoked, or has ended."""
    return find_by_digest(office, digest_of(secret), at=at)


def find_by_digest(office: Office, digest: bytes, *, at: datetime) -> Grant | None:
    with office.ledger.database.reader() as cursor:
        rows = _read(cursor, "digest = ? AND revoked_at IS NULL", digest)
    return next((each for each in rows if each.ends_at is None or at < each.ends_at), None)


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


def right_to_read(office: Office, caller: Grant, wallet: Wallet) -> str | None:
    """By what right the caller may look into this wallet, as the learner is told it; None where by none.

    - A learner, into her own.
    - An institution, into one that it opened for her, or that it has written in: it has assessed a claim,
      awarded or received a credit, failed a unit, or conferred a qualification. Whoever must answer for an
      entry has to see what it rests on. To write it has to be told the learner's id, which cannot be guessed:
      by the learner.
    - One of an institution's staff, into none: she sees the cases that she judges (`right_to_read_case`).
    - The registry, into none. It answers for institutions, not for what learners have learnt.
    """
    match caller.role:
        case Role.LEARNER:
            return "her own" if caller.holder == wallet.learner else None
        case Role.INSTITUTION:
            institution = institution_id(caller.holder)
            if has_written_in(institution, wallet):
                return "has written in the wallet"
            return "opened the wallet" if _has_opened(office, institution, wallet.learner) else None
        case Role.STAFF | Role.REGISTRY:
            return None


def right_to_read_case(caller: Grant, case: Case) -> str | None:
    """By what right the caller may look into this case, and at the documents it names; None where by none.

    The learner; the institution it is before; its experts, and the members of its commission.
    """
    match caller.role:
        case Role.LEARNER:
            return "her own" if caller.holder == case.applied.learner else None
        case Role.INSTITUTION:
            return "has the case before it" if caller.holder == case.institution else None
        case Role.STAFF:
            return "judges the case" if person_id(caller.holder) in case.judges else None
        case Role.REGISTRY:
            return None


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


def _keep(office: Office, made: Grant, answer: Answer | None = None) -> None:
    try:
        with office.ledger.database.writer() as cursor:
            if answer is not None:
                answers.keep(cursor, answer, microseconds(made.made_at))
            cursor.execute(
                "INSERT INTO api_keys (digest, holder, role, label, made_at, scopes, ends_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    made.digest,
                    made.holder,
                    made.role.value,
                    made.label,
                    microseconds(made.made_at),
                    None if made.scopes is None else " ".join(sorted(made.scopes)),
                    None if made.ends_at is None else microseconds(made.ends_at),
                ],
            )
    except IntegrityError as error:
        if answer is None:
            raise
        raise AnswerExists(answer.key) from error


def _read(cursor: Cursor, where: str, value: object) -> list[Grant]:
    rows = cursor.execute(f"{_SELECT} WHERE {where} ORDER BY made_at, rowid", [value]).fetchall()
    return [
        Grant(
            digest,
            holder,
            Role(role),
            label,
            moment(made),
            None if ended is None else moment(ended),
            None if scopes is None else frozenset(scopes.split()),
            None if ends is None else moment(ends),
        )
        for digest, holder, role, label, made, ended, scopes, ends in rows
    ]


def a_secret(prefix: str) -> str:
    """256 random bits behind a prefix that says what they are."""
    return prefix + base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def answers_under(secret: str) -> str:
    """What a key's answers are sealed with, which tells nobody the key (`wallet.answering`)."""
    return hmac.digest(secret.encode(errors="replace"), b"answers to a key 1", "sha256").hex()
