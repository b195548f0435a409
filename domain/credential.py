"""A credential: the signed document a learner carries away, and whether it still stands.

    issued ──► suspended ⇄ reinstated ──► revoked      final
       │
       └─────────────────────────────► superseded     final; the new credential says what it supersedes

Superseding is revocation with a pointer: a superseded credential counts as revoked for whoever checks it, its
place in the status list is flagged for revocation, and the life of the old one names the one to ask for
instead. One event says so, not two, because it is one decision.

The document is kept exactly as it was signed, byte for byte; nothing here reads it.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from domain.credit import in_force
from domain.errors import AlreadyIssued, InvalidValue, NotInForce, WrongInstitution, WrongLearner
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.values import (
    ConferralId,
    CredentialId,
    CreditId,
    Instant,
    InstitutionId,
    LearnerId,
    StatusListId,
    credential_id,
    instant,
    status_list_id,
    text,
)

if TYPE_CHECKING:
    from domain.wallet import Wallet

# --- facts ----------------------------------------------------------------------------------------------


class CredentialKind(StrEnum):
    OPEN_BADGE = "open_badge"
    """One achievement: 1EdTech Open Badges 3.0."""
    CLR = "clr"
    """A transcript of many: 1EdTech Comprehensive Learner Record 2.0."""
    QUALIFICATION = "qualification"
    """A qualification that was conferred, a diploma or a certificate: as an Open Badge 3.0."""


class CredentialIssued(Event, tag="credential.issued.v1"):
    personal = True

    credential: CredentialId
    institution: InstitutionId
    learner: LearnerId
    credits: tuple[CreditId, ...]
    """The lines of the learner's wallet that it tells of."""
    kind: CredentialKind
    document: str
    """The exact signed JSON text. It is served as it stands here, and never written anew."""
    status_list: StatusListId
    status_index: int
    issued_at: Instant
    supersedes: CredentialId | None = None


class QualificationCredentialIssued(CredentialIssued, tag="credential.issued.v2", kw_only=True):
    """It tells of a qualification, and names the conferral; `credits` is empty.

    The credits behind it are told by their own credentials: one of them withdrawn does not end a diploma, until the
    institution withdraws the conferral.
    """

    conferral: ConferralId


class CredentialSuspended(Event, tag="credential.suspended.v1"):
    personal = True

    reason: str
    suspended_at: Instant


class CredentialReinstated(Event, tag="credential.reinstated.v1"):
    personal = True

    reinstated_at: Instant


class CredentialRevoked(Event, tag="credential.revoked.v1"):
    personal = True

    reason: str
    revoked_at: Instant


class CredentialSuperseded(Event, tag="credential.superseded.v1"):
    personal = True

    by: CredentialId
    superseded_at: Instant


# --- state ----------------------------------------------------------------------------------------------


class Standing(StrEnum):
    """What the credential is worth now. The last two are final."""

    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    issued: CredentialIssued
    standing: Standing = Standing.IN_FORCE
    reason: str | None = None
    """Why it is suspended or revoked."""
    superseded_by: CredentialId | None = None

    @property
    def id(self) -> CredentialId:
        return self.issued.credential

    @property
    def conferral(self) -> ConferralId | None:
        """The conferral it tells of, where it tells of a qualification."""
        issued = self.issued
        return issued.conferral if isinstance(issued, QualificationCredentialIssued) else None

    @property
    def is_final(self) -> bool:
        """Revoked or superseded: for whoever checks it, the same."""
        return self.standing in (Standing.REVOKED, Standing.SUPERSEDED)


def evolve(credential: Credential | None, event: Event) -> Credential:
    """The credential after one more fact."""
    match credential, event:
        case None, CredentialIssued():
            return Credential(issued=event)
        case Credential(), CredentialSuspended():
            return Credential(issued=credential.issued, standing=Standing.SUSPENDED, reason=event.reason)
        case Credential(), CredentialReinstated():
            return Credential(issued=credential.issued)
        case Credential(), CredentialRevoked():
            return Credential(issued=credential.issued, standing=Standing.REVOKED, reason=event.reason)
        case Credential(), CredentialSuperseded():
            return Credential(issued=credential.issued, standing=Standing.SUPERSEDED, superseded_by=event.by)
    raise cannot_follow(event, "a credential")


def fold(events: Iterable[Event]) -> Credential:
    """The credential its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No credential is issued under this id.")


# --- decisions ------------------------------------------------------------------------------------------


def issue(
    existing: Credential | None,
    wallet: "Wallet",
    *,
    credential: str,
    by: Institution,
    credits: Iterable[str],  # noqa: A002  # the field's word; Python's own `credits` greets people in a shell
    kind: CredentialKind,
    document: str,
    status_list: str,
    status_index: int,
    issued_at: datetime,
    supersedes: Credential | None = None,
) -> CredentialIssued:
    """Hand the learner a signed document about lines of their wallet, all of them the institution's own.

    Where it supersedes another, `supersede` decides that one's end; both events belong in one save.

    Refuses: AlreadyIssued, NotFoundInWallet, WrongInstitution (another's line, or another's credential
    superseded), WrongLearner (another learner's superseded), NotInForce (a withdrawn credit, or a revoked
    credential superseded), InvalidValue.
    """
    _refuse_issued(existing)
    told = tuple(dict.fromkeys(credits))
    if not told:
        raise InvalidValue("A credential tells of at least one credit.")
    for line in map(wallet.credit, told):
        if line.institution != by.id:
            raise WrongInstitution(f"Credit {line.id} is {line.institution}'s, and {by.id} cannot attest it.")
        if not in_force(line, wallet.credits):
            raise NotInForce(f"Credit {line.id} is withdrawn, and no credential can tell of it.")
    if kind is CredentialKind.QUALIFICATION:
        raise InvalidValue("A credential of a qualification tells of a conferral, and of no credit.")
    _refuse_unfit(wallet, by, document, status_index, supersedes)
    return CredentialIssued(
        credential=credential_id(credential),
        institution=by.id,
        learner=wallet.learner,
        credits=tuple(CreditId(credit) for credit in told),
        kind=kind,
        document=document,
        status_list=status_list_id(status_list),
        status_index=status_index,
        issued_at=instant(issued_at),
        supersedes=None if supersedes is None else supersedes.id,
    )


def issue_qualification(
    existing: Credential | None,
    wallet: "Wallet",
    *,
    credential: str,
    by: Institution,
    conferral: str,
    document: str,
    status_list: str,
    status_index: int,
    issued_at: datetime,
    supersedes: Credential | None = None,
) -> QualificationCredentialIssued:
    """Hand the learner a signed document about a qualification that this institution conferred.

    Refuses as `issue`; NotInForce is a conferral that was withdrawn.
    """
    _refuse_issued(existing)
    held = wallet.conferral(conferral)
    owner = held.conferred.institution
    if owner != by.id:
        raise WrongInstitution(f"Conferral {held.id} is {owner}'s, and {by.id} cannot attest it.")
    if not held.in_force:
        raise NotInForce(f"Conferral {held.id} is withdrawn, and no credential can tell of it.")
    _refuse_unfit(wallet, by, document, status_index, supersedes)
    return QualificationCredentialIssued(
        credential=credential_id(credential),
        institution=by.id,
        learner=wallet.learner,
        credits=(),
        kind=CredentialKind.QUALIFICATION,
        document=document,
        status_list=status_list_id(status_list),
        status_index=status_index,
        issued_at=instant(issued_at),
        supersedes=None if supersedes is None else supersedes.id,
        conferral=held.id,
    )


def _refuse_issued(existing: Credential | None) -> None:
    if existing is not None:
        raise AlreadyIssued(f"Credential {existing.id} is issued already.")


def _refuse_unfit(
    wallet: "Wallet", by: Institution, document: str, status_index: int, supersedes: Credential | None
) -> None:
    """What is the same for a document of any kind."""
    if not document:
        raise InvalidValue("A credential is a document, and here there is none.")
    if type(status_index) is not int or status_index < 0:
        raise InvalidValue("A place in a status list is a whole number from 0 up.")
    if supersedes is not None:
        _may_be_superseded(supersedes, by)
        if supersedes.issued.learner != wallet.learner:
            raise WrongLearner(f"Credential {supersedes.id} is another learner's.")


def suspend(credential: Credential, *, by: Institution, reason: str, at: datetime) -> CredentialSuspended:
    """Let it count for nothing until it is reinstated. Refuses: WrongInstitution, NotInForce."""
    _is_the_issuer(credential, by)
    if credential.standing is not Standing.IN_FORCE:
        raise NotInForce(f"Credential {credential.id} is {credential.standing}, and cannot be suspended.")
    return CredentialSuspended(reason=text(reason, "a reason"), suspended_at=_later(credential, at))


def reinstate(credential: Credential, *, by: Institution, at: datetime) -> CredentialReinstated:
    """End a suspension. Refuses: WrongInstitution, NotInForce (it is not suspended)."""
    _is_the_issuer(credential, by)
    if credential.standing is not Standing.SUSPENDED:
        raise NotInForce(f"Credential {credential.id} is {credential.standing}, and cannot be reinstated.")
    return CredentialReinstated(reinstated_at=_later(credential, at))


def revoke(credential: Credential, *, by: Institution, reason: str, at: datetime) -> CredentialRevoked:
    """End it for ever, in force or suspended. Refuses: WrongInstitution, NotInForce (it has ended)."""
    _is_the_issuer(credential, by)
    if credential.is_final:
        raise NotInForce(f"Credential {credential.id} is {credential.standing} already, for ever.")
    return CredentialRevoked(reason=text(reason, "a reason"), revoked_at=_later(credential, at))


def supersede(
    credential: Credential, *, by: Institution, new: CredentialIssued, at: datetime
) -> CredentialSuperseded:
    """End it in favour of a new one that says it supersedes it.

    Refuses: WrongInstitution, NotInForce (it has ended), InvalidValue (the new one does not speak of it).
    """
    _may_be_superseded(credential, by)
    if new.supersedes != credential.id:
        raise InvalidValue(f"Credential {new.credential} does not say that it supersedes {credential.id}.")
    return CredentialSuperseded(by=new.credential, superseded_at=_later(credential, at))


def _may_be_superseded(credential: Credential, by: Institution) -> None:
    _is_the_issuer(credential, by)
    if credential.is_final:
        raise NotInForce(f"Credential {credential.id} is {credential.standing}, and cannot be superseded.")


def _is_the_issuer(credential: Credential, by: Institution) -> None:
    if credential.issued.institution != by.id:
        issuer = credential.issued.institution
        raise WrongInstitution(f"Credential {credential.id} is {issuer}'s, and {by.id} cannot change it.")


def _later(credential: Credential, at: datetime) -> datetime:
    at = instant(at)
    if at < credential.issued.issued_at:
        raise InvalidValue(f"Credential {credential.id} was not issued yet at {at}.")
    return at
