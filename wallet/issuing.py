"""Issuing credentials, and saying later that one no longer stands.

A credential is built from facts of the learner's wallet, signed with the institution's key in force, checked as
any stranger would check its proof, and recorded with its place in a status list: one save, so that there is
never a credential without a place, nor a place without a credential. The document is kept byte for byte.
"""

import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any, Final, TypeVar

import msgspec

from domain import credential as credentials
from domain import status_list as status_lists
from domain import wallet as wallets
from domain.conferral import ConferralWithdrawn, QualificationConferred
from domain.credential import (
    Credential,
    CredentialIssued,
    CredentialKind,
    CredentialReinstated,
    CredentialRevoked,
    CredentialSuspended,
    Standing,
)
from domain.credit import Credit, in_force
from domain.errors import InvalidValue, NotInForce, StatusListFull
from domain.event import Event
from domain.institution import Institution
from domain.status_list import Purpose, StatusList
from domain.unit import Unit
from domain.values import CredentialId, StatusListId, UnitId, best, credential_id
from domain.wallet import CreditWithdrawn, Wallet
from keys.did import did_key
from keys.signing import Signer
from wallet import streams
from wallet.associating import associate
from wallet.formats import clr, open_badges
from wallet.formats.open_badges import ACHIEVEMENT_TYPES, CreditFacts, Outcome, Shown
from wallet.formats.status_list import entry as status_entry
from wallet.ledger.ledger import History, Write
from wallet.office import Office, Once, Read
from wallet.originals import originals
from wallet.projections.credentials import credentials_of
from wallet.publishing import list_url, publish, signed_and_checked

Change = TypeVar("Change", bound=Event)
Result = TypeVar("Result")

_BADGES: Final = frozenset({CredentialKind.OPEN_BADGE.value, CredentialKind.QUALIFICATION.value})
"""What a learner record is made of."""


def issue_credit(
    office: Office,
    institution: str,
    *,
    learner: str,
    credit: str,
    at: datetime,
    once: Once[CredentialIssued] | None = None,
) -> CredentialIssued:
    """Issue one credit as an Open Badge (AchievementCredential).

    Refuses: NotFoundInWallet, WrongInstitution, NotInForce, KeyNotInForce, NotFound, InvalidValue.
    """

    def decide() -> CredentialIssued:
        desk = IssuingDesk.of(office, institution, at)
        wallet = office.learner(learner)
        issued, writes = _issue_badge(desk, wallet, credit)
        return desk.record(*writes, result=issued, once=once)

    return office.decide(turn_of(institution), decide)


def issue_qualification(
    office: Office,
    institution: str,
    *,
    learner: str,
    conferral: str,
    at: datetime,
    once: Once[CredentialIssued] | None = None,
) -> CredentialIssued:
    """Issue a qualification that was conferred, a diploma or a certificate, as an Open Badge (AchievementCredential).

    Refuses: NotFoundInWallet, WrongInstitution, NotInForce, KeyNotInForce, NotFound, InvalidValue.
    """

    def decide() -> CredentialIssued:
        desk = IssuingDesk.of(office, institution, at)
        issued, writes = _issue_qualification(desk, office.learner(learner), conferral)
        return desk.record(*writes, result=issued, once=once)

    return office.decide(turn_of(institution), decide)


def issue_record(
    office: Office,
    institution: str,
    *,
    learner: str,
    at: datetime,
    once: Once[CredentialIssued] | None = None,
) -> CredentialIssued:
    """Issue the whole record as a Comprehensive Learner Record: every badge in force, exactly as it was issued.

    The institution vouches for its own lines; those of others stand on their own signatures.
    Refuses: NotInForce (no credit of this institution has a credential in force), and as `issue_credit`.
    """

    def decide() -> CredentialIssued:
        desk = IssuingDesk.of(office, institution, at)
        wallet = office.learner(learner)
        members = badges_in_force(office, wallet.state)
        own = [
            line
            for member in members
            if member.issued.institution == desk.by.id
            for line in member.issued.credits
        ]
        if not own:
            raise NotInForce(
                f"{desk.by.id} has issued no credential in force to learner {wallet.state.learner}; "
                "a record is made of credentials."
            )
        place = desk.place()
        credential = _new_id()
        associated = associate(office, wallet.state, members)
        unsigned = clr.build(
            record=credential,
            issuer=desk.by.did,
            issuer_name=best(desk.by.names, "en"),
            issuer_url=desk.by.website,
            learner=did_key(wallet.state.key_multikey),
            name="Learner record",
            members=[msgspec.json.decode(member.issued.document) for member in members],
            associations=associated.associations,
            achievements=associated.achievements,
            valid_from=at,
            status=place.entries,
        )
        issued, writes = desk.issue(wallet, credential, own, CredentialKind.CLR, unsigned, place)
        return desk.record(*writes, result=issued, once=once)

    return office.decide(turn_of(institution), decide)


def supersede(
    office: Office,
    institution: str,
    credential: str,
    *,
    at: datetime,
    once: Once[CredentialIssued] | None = None,
) -> CredentialIssued:
    """Issue a badge anew from what the wallet says now, and end the old one in its favour.

    Refuses: WrongInstitution, NotInForce, InvalidValue (only badges are issued anew), NotFound.
    """

    def decide() -> CredentialIssued:
        desk = IssuingDesk.of(office, institution, at)
        old = office.credential(credential)
        if old.state.issued.kind is CredentialKind.CLR:
            raise InvalidValue("A learner record is not superseded; issue a new one, and revoke this one.")
        wallet = office.learner(old.state.issued.learner)
        if old.state.conferral is not None:
            issued, writes = _issue_qualification(desk, wallet, old.state.conferral, supersedes=old.state)
        else:
            (line,) = old.state.issued.credits
            issued, writes = _issue_badge(desk, wallet, line, supersedes=old.state)
        ended = credentials.supersede(old.state, by=desk.by, new=issued, at=at)
        life = old.write(ended, signer=desk.signer, learner=old.state.issued.learner)
        flags = _flagged(desk, old.state, {Purpose.REVOCATION: True}, beside=writes)
        return desk.record(*flags, life, result=issued, once=once)

    return office.decide(turn_of(institution), decide)


def suspend(
    office: Office,
    institution: str,
    credential: str,
    *,
    reason: str,
    at: datetime,
    once: Once[CredentialSuspended] | None = None,
) -> CredentialSuspended:
    """Let a credential count for nothing until it is reinstated. Refuses: WrongInstitution, NotInForce."""

    def decision(held: Credential, by: Institution) -> CredentialSuspended:
        return credentials.suspend(held, by=by, reason=reason, at=at)

    return _change(office, institution, credential, decision, {Purpose.SUSPENSION: True}, at, once)


def reinstate(
    office: Office,
    institution: str,
    credential: str,
    *,
    at: datetime,
    once: Once[CredentialReinstated] | None = None,
) -> CredentialReinstated:
    """End a suspension. Refuses: WrongInstitution, NotInForce (it is not suspended)."""

    def decision(held: Credential, by: Institution) -> CredentialReinstated:
        return credentials.reinstate(held, by=by, at=at)

    return _change(office, institution, credential, decision, {Purpose.SUSPENSION: False}, at, once)


def revoke(
    office: Office,
    institution: str,
    credential: str,
    *,
    reason: str,
    at: datetime,
    once: Once[CredentialRevoked] | None = None,
) -> CredentialRevoked:
    """End a credential for ever, in force or suspended. Refuses: WrongInstitution, NotInForce (it has ended)."""

    def decision(held: Credential, by: Institution) -> CredentialRevoked:
        return credentials.revoke(held, by=by, reason=reason, at=at)

    return _change(office, institution, credential, decision, {Purpose.REVOCATION: True}, at, once)


def show_credential(office: Office, credential: str) -> Credential:
    """The credential's life, and its document exactly as signed. Raises NotFound, Erased, InvalidValue."""
    return office.credential(credential).state


def withdraw_credit(
    office: Office,
    institution: str,
    *,
    learner: str,
    credit: str,
    reason: str,
    on: date,
    at: datetime,
    once: Once[CreditWithdrawn] | None = None,
) -> CreditWithdrawn:
    """Take back a credit, and revoke every credential the institution has issued about it, in one save.

    What was transferred from it falls with it. All stays in the history, with the reason: a document that
    verifies must not tell of credit that is gone.
    Refuses: NotFoundInWallet, WrongInstitution, NotInForce, InvalidValue.
    """

    def decide() -> CreditWithdrawn:
        desk = IssuingDesk.of(office, institution, at)
        wallet = office.learner(learner)
        withdrawn = wallets.withdraw(wallet.state, credit, by=desk.by, reason=reason, on=on)
        told = _telling_of(office, wallet.state, withdrawn)
        writes = _revoked(desk, wallet, withdrawn, told, reason)
        return desk.record(*writes, result=withdrawn, once=once)

    return office.decide(turn_of(institution), decide)


def withdraw_conferral(
    office: Office,
    institution: str,
    *,
    learner: str,
    conferral: str,
    reason: str,
    on: date,
    at: datetime,
    once: Once[ConferralWithdrawn] | None = None,
) -> ConferralWithdrawn:
    """Take back a qualification, and revoke the credentials that tell of it, in one save.

    Refuses: NotFoundInWallet, WrongInstitution, NotInForce, InvalidValue.
    """

    def decide() -> ConferralWithdrawn:
        desk = IssuingDesk.of(office, institution, at)
        wallet = office.learner(learner)
        withdrawn = wallets.withdraw_conferral(wallet.state, conferral, by=desk.by, reason=reason, on=on)
        office.follower.catch_up()
        told = [
            held
            for row in credentials_of(office.ledger.database, wallet.state.learner)
            if row.kind == CredentialKind.QUALIFICATION.value
            and (held := office.credential(row.credential)).state.conferral == withdrawn.conferral
        ]
        writes = _revoked(desk, wallet, withdrawn, told, reason)
        return desk.record(*writes, result=withdrawn, once=once)

    return office.decide(turn_of(institution), decide)


def _telling_of(office: Office, wallet: Wallet, withdrawn: CreditWithdrawn) -> list[Read[Credential]]:
    """The institution's credentials that tell of the credit."""
    office.follower.catch_up()
    return [
        office.credential(row.credential)
        for row in credentials_of(office.ledger.database, wallet.learner)
        if withdrawn.credit in row.credits and row.institution == withdrawn.institution
    ]


# --- the desk -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A free place in a list of the institution's, and the writes that open the list and take the place."""

    status_list: StatusListId
    index: int
    entries: tuple[Mapping[str, Any], ...]
    opening: StatusList
    history: History
    opened: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class IssuingDesk:
    """An institution at the moment of issuing: who it is, what it signs with, and where it publishes."""

    office: Office
    by: Institution
    method: str
    signer: Signer
    base_url: str
    at: datetime

    @classmethod
    def of(cls, office: Office, institution: str, at: datetime) -> "IssuingDesk":
        by = office.institution(institution).state
        method, signer = office.signer_of(by, at)
        return cls(office, by, method, signer, office.registry().state.base_url, at)

    def record(self, *writes: Write, result: Result, once: Once[Result] | None = None) -> Result:
        """Record, then publish what the status lists say now."""
        recorded = self.office.record(*writes, at=self.at, result=result, once=once)
        for write in writes:
            kind, _, identity = write.stream.partition("/")
            if kind == "status-list":
                publish(self.office, self.by, StatusListId(identity), self.at, self.base_url)
        return recorded

    def place(self) -> _Place:
        """A place chosen at random in the first list with room; a new list where all are full."""
        number = 1
        while True:
            identity = StatusListId(f"{self.by.id}-{number}")
            found = self.office.find_status_list(identity)
            opened: tuple[Event, ...] = ()
            state = found.state
            if state is None:
                opened = (status_lists.open_list(None, number=number, by=self.by),)
                state = status_lists.fold(opened)
            try:
                index = status_lists.free_index(state, secrets.randbelow(state.size))
            except StatusListFull:
                number += 1
                continue
            return _Place(state.id, index, self.entries(number, index), state, found.history, opened)

    def entries(self, number: int, index: int) -> tuple[Mapping[str, Any], ...]:
        """What a credential says of its place in the institution's list of that number, for every purpose."""
        return tuple(
            status_entry(
                list_url=list_url(self.base_url, self.by.id, number, purpose),
                index=index,
                purpose=purpose.value,
            )
            for purpose in Purpose
        )

    def issue(
        self,
        wallet: Read[Wallet],
        credential: CredentialId,
        lines: Sequence[str],
        kind: CredentialKind,
        unsigned: dict[str, Any],
        place: _Place,
        supersedes: Credential | None = None,
    ) -> tuple[CredentialIssued, list[Write]]:
        """Sign what tells of these lines, check what was signed, and say what is to be recorded."""
        existing = self.office.find(streams.of_credential(credential), credentials.fold)
        issued = credentials.issue(
            existing.state,
            wallet.state,
            credential=credential,
            by=self.by,
            credits=lines,
            kind=kind,
            document=self._signed(unsigned),
            status_list=place.status_list,
            status_index=place.index,
            issued_at=self.at,
            supersedes=supersedes,
        )
        return issued, self._writes(wallet, existing, issued, place)

    def issue_qualification(
        self,
        wallet: Read[Wallet],
        credential: CredentialId,
        conferral: str,
        unsigned: dict[str, Any],
        place: _Place,
        supersedes: Credential | None = None,
    ) -> tuple[CredentialIssued, list[Write]]:
        """The same of what tells of a qualification."""
        existing = self.office.find(streams.of_credential(credential), credentials.fold)
        issued = credentials.issue_qualification(
            existing.state,
            wallet.state,
            credential=credential,
            by=self.by,
            conferral=conferral,
            document=self._signed(unsigned),
            status_list=place.status_list,
            status_index=place.index,
            issued_at=self.at,
            supersedes=supersedes,
        )
        return issued, self._writes(wallet, existing, issued, place)

    def _signed(self, unsigned: dict[str, Any]) -> str:
        signed = signed_and_checked(unsigned, method=self.method, signer=self.signer, at=self.at)
        return msgspec.json.encode(signed).decode()

    def _writes(
        self, wallet: Read[Wallet], existing: Read[Credential | None], issued: CredentialIssued, place: _Place
    ) -> list[Write]:
        allocated = status_lists.allocate(place.opening, issued.credential, place.index)
        listed = Write(place.history.stream, place.history, (*place.opened, allocated), self.signer)
        life = existing.write(issued, signer=self.signer, learner=wallet.state.learner)
        # The wallet as it was read: a credit withdrawn meanwhile, by whatever process, is not issued.
        return [listed, life, wallet.write(signer=self.signer)]


def _issue_badge(
    desk: IssuingDesk, wallet: Read[Wallet], credit: str, supersedes: Credential | None = None
) -> tuple[CredentialIssued, list[Write]]:
    line, of_unit = line_for_badge(wallet.state, credit)
    unit = desk.office.unit(of_unit).state
    place = desk.place()
    credential = _new_id()
    facts = facts_of(desk, wallet.state, line, unit, credential, place.entries)
    return desk.issue(
        wallet, credential, (line.id,), CredentialKind.OPEN_BADGE, open_badges.build(facts), place, supersedes
    )


def _issue_qualification(
    desk: IssuingDesk, wallet: Read[Wallet], conferral: str, supersedes: Credential | None = None
) -> tuple[CredentialIssued, list[Write]]:
    conferred = wallet.state.conferral(conferral).conferred
    place = desk.place()
    credential = _new_id()
    facts = facts_of_qualification(desk, wallet.state, conferred, credential, place.entries)
    return desk.issue_qualification(
        wallet, credential, conferral, open_badges.build(facts), place, supersedes
    )


def facts_of_qualification(
    desk: IssuingDesk,
    wallet: Wallet,
    conferred: QualificationConferred,
    credential: CredentialId,
    status: Sequence[Mapping[str, Any]],
) -> CreditFacts:
    """What a badge tells of a qualification: its name, level, field, and what the whole is worth."""
    qualification = desk.office.qualification(conferred.qualification).state
    name = best(qualification.names, "en")
    eqf = qualification.level.value if qualification.level.framework == "EQF" else None
    return CreditFacts(
        credential=credential,
        issuer=desk.by.did,
        issuer_name=best(desk.by.names, "en"),
        issuer_url=desk.by.website,
        learner=did_key(wallet.key_multikey),
        achievement=f"{desk.base_url}/qualifications/{qualification.id}",
        achievement_type=ACHIEVEMENT_TYPES[qualification.kind],
        names=qualification.names,
        description=f"{name}: {qualification.points}.",
        criteria=f"On {conferred.conferred_on} the learner's credits met every requirement of {name}.",
        points=qualification.points,
        eqf_level=eqf,
        field=qualification.field,
        awarded_on=datetime.combine(conferred.conferred_on, time_of_day(), UTC),
        valid_from=desk.at,
        status=status,
    )


def line_for_badge(wallet: Wallet, credit: str) -> tuple[Credit, UnitId]:
    """The credit that a badge is to tell of, and its unit. Refuses: NotFoundInWallet, NotInForce, InvalidValue."""
    line = wallet.credit(credit)
    if not in_force(line, wallet.credits):
        raise NotInForce(f"Credit {line.id} is withdrawn, and no credential can tell of it.")
    if line.unit is None:
        raise InvalidValue(
            f"Credit {line.id} is for no unit of {line.institution}, so a badge has nothing to name."
        )
    return line, line.unit


def facts_of(
    desk: IssuingDesk,
    wallet: Wallet,
    line: Credit,
    unit: Unit,
    credential: CredentialId,
    status: Sequence[Mapping[str, Any]],
) -> CreditFacts:
    """What a badge tells of a credit, with the places in status lists that it is given."""
    page = f"{desk.base_url}/units/{unit.id}"
    shown = [outcome for outcome in unit.outcomes if outcome.id in line.outcomes]
    told = "; ".join(best(outcome.text, "en") for outcome in shown)
    eqf = line.level.value if line.level is not None and line.level.framework == "EQF" else None
    return CreditFacts(
        credential=credential,
        issuer=desk.by.did,
        issuer_name=best(desk.by.names, "en"),
        issuer_url=desk.by.website,
        learner=did_key(wallet.key_multikey),
        achievement=page,
        code=unit.code,
        names=unit.names,
        description=f"{best(unit.names, 'en')}: {told or 'all learning outcomes of the unit'}.",
        criteria=_criteria(line, unit, told),
        outcomes=tuple(
            Outcome(
                name=best(outcome.text, "en"), url=f"{page}#{outcome.id}", code=outcome.code or outcome.id
            )
            for outcome in shown
        ),
        points=line.points,
        eqf_level=eqf,
        field=line.field,
        setting=line.setting,
        grade=None if line.grade is None else line.grade.value,
        grade_scale="" if line.grade is None else line.grade.scale,
        awarded_on=datetime.combine(line.since, time_of_day(), UTC),
        valid_from=desk.at,
        status=status,
        evidence=_evidence(desk.office, line),
    )


def _criteria(line: Credit, unit: Unit, told: str) -> str:
    """How it was found that the outcomes are there."""
    if line.recognised is not None:
        return f"Learning from elsewhere was found to correspond to these learning outcomes: {told}."
    return unit.assessment or f"The learner has shown these learning outcomes: {told}."


def _evidence(office: Office, line: Credit) -> tuple[Shown, ...]:
    """The originals of recognised credit, and the decision, as it stands today."""
    recognised = line.recognised
    if recognised is None:
        return ()
    case = None if recognised.case is None else office.case(recognised.case).state
    return tuple(originals(recognised, case))


def _change(
    office: Office,
    institution: str,
    credential: str,
    decision: Callable[[Credential, Institution], Change],
    flags: Mapping[Purpose, bool],
    at: datetime,
    once: Once[Change] | None,
) -> Change:
    """A change of standing and the bits that publish it, in one save."""

    def decide() -> Change:
        desk = IssuingDesk.of(office, institution, at)
        held = office.credential(credential_id(credential))
        event = decision(held.state, desk.by)
        life = held.write(event, signer=desk.signer, learner=held.state.issued.learner)
        return desk.record(*_flagged(desk, held.state, flags), life, result=event, once=once)

    return office.decide(turn_of(institution), decide)


def _revoked(
    desk: IssuingDesk, wallet: Read[Wallet], withdrawn: Event, told: Iterable[Read[Credential]], reason: str
) -> list[Write]:
    """The withdrawal, and the end of every credential of these that has not ended."""
    learner = wallet.state.learner
    writes = [wallet.write(withdrawn, signer=desk.signer, learner=learner)]
    for held in told:
        if not held.state.is_final:
            revoked = credentials.revoke(held.state, by=desk.by, reason=reason, at=desk.at)
            writes = _flagged(desk, held.state, {Purpose.REVOCATION: True}, beside=writes)
            writes.append(held.write(revoked, signer=desk.signer, learner=learner))
    return writes


def _flagged(
    desk: IssuingDesk, held: Credential, flags: Mapping[Purpose, bool], beside: Sequence[Write] = ()
) -> list[Write]:
    """The writes beside, and the flags of this credential: joined where both are of one list."""
    read = desk.office.status_list(held.issued.status_list)
    others = [write for write in beside if write.stream != read.history.stream]
    mine = [write for write in beside if write.stream == read.history.stream]
    events = [event for write in mine for event in write.events]
    state = read.state.after(*events)
    for purpose, value in flags.items():
        event = status_lists.flag(state, held.issued.status_index, purpose, value, at=desk.at)
        state = state.after(event)
        events.append(event)
    return [*others, read.write(*events, signer=desk.signer)]


def badges_in_force(office: Office, wallet: Wallet) -> list[Credential]:
    """Every badge of the learner's that is neither suspended nor ended, in the order of their issue."""
    office.follower.catch_up()
    return [
        office.credential(row.credential).state
        for row in credentials_of(office.ledger.database, wallet.learner)
        if row.kind in _BADGES and row.standing == Standing.IN_FORCE.value
    ]


def _new_id() -> CredentialId:
    return CredentialId(f"urn:uuid:{uuid.uuid4()}")


def turn_of(institution: str) -> str:
    """Issuing takes turns by institution, whose status list every issue writes to."""
    return f"issuing/{institution}"
