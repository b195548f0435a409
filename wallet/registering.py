"""Entering institutions and learners in the register, and keeping their keys.

The registry signs what it states itself: that an institution is registered and by whom it is accredited. An
institution signs with its own keys, a learner with hers; this office holds them for both.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain import institution as institutions
from domain import registry as registries
from domain import wallet as wallets
from domain.institution import (
    AccreditationWithdrawn,
    Institution,
    InstitutionAccredited,
    InstitutionRegistered,
    KeyCompromised,
    KeyPublished,
)
from domain.registry import RegistryKeyPublished
from domain.values import InstitutionId, LearnerId, Level, Setting, institution_id, learner_id
from keys.did import did_web
from keys.errors import KeyExists
from keys.signing import Signer
from wallet import streams
from wallet.bootstrap import host_of
from wallet.errors import LearnerKeyExists
from wallet.office import Office, Once, institution_key_name, registry_key_name
from wallet.publishing import publish_all
from wallet.two_persons import refuse_alone


@dataclass(frozen=True, slots=True)
class LearnerRegistered:
    """`did` is the learner's own key, and her name in credentials."""

    learner: LearnerId
    did: str


def register_institution(
    office: Office,
    *,
    institution: str,
    names: Mapping[str, str],
    country: str,
    website: str | None = None,
    at: datetime,
    once: Once[InstitutionRegistered] | None = None,
) -> InstitutionRegistered:
    """Register an institution under a new key of its own. It may award nothing until it is accredited.

    Its DID is where this wallet publishes its keys: `did:web:records.example:i:aitu`.
    Refuses: AlreadyRegistered, InvalidValue.
    """
    stream = streams.of_institution(institution_id(institution))

    def decide() -> InstitutionRegistered:
        existing = office.find(stream, institutions.fold)
        did = did_web(host_of(office.registry().state.base_url), "i", institution)
        method, signer = _numbered_key(office, institution_id(institution), did, 1, at)
        event = institutions.register(
            existing.state,
            institution=institution,
            names=names,
            country=country,
            did=did,
            key_method=method,
            key_multikey=signer.public.multikey,
            website=website,
            at=at,
        )
        return office.record(
            existing.write(event, signer=office.registry_signer()), at=at, result=event, once=once
        )

    return office.decide(stream, decide)


def accredit(
    office: Office,
    institution: str,
    *,
    by: str,
    settings: Iterable[Setting],
    levels: Iterable[Level] = (),
    fields: Iterable[str] = (),
    valid_from: date,
    valid_until: date | None = None,
    reference: str,
    at: datetime,
    once: Once[InstitutionAccredited] | None = None,
) -> InstitutionAccredited:
    """Record by whom the institution is trusted, with what, and how long.

    Refuses: AlreadyRegistered (this reference is recorded), NotFound, InvalidValue.
    """
    settings, levels, fields = tuple(settings), tuple(levels), tuple(fields)

    def decide() -> InstitutionAccredited:
        read = office.institution(institution)
        event = institutions.accredit(
            read.state,
            by=by,
            settings=settings,
            levels=levels,
            fields=fields,
            valid_from=valid_from,
            valid_until=valid_until,
            reference=reference,
        )
        return office.record(
            read.write(event, signer=office.registry_signer()), at=at, result=event, once=once
        )

    return office.decide(streams.of_institution(institution_id(institution)), decide)


def withdraw_accreditation(
    office: Office,
    institution: str,
    *,
    reference: str,
    reason: str,
    on: date,
    at: datetime,
    once: Once[AccreditationWithdrawn] | None = None,
) -> AccreditationWithdrawn:
    """End an accreditation; what was awarded under it stays. Refuses: NotFound, NotInForce, InvalidValue."""

    def decide() -> AccreditationWithdrawn:
        read = office.institution(institution)
        event = institutions.withdraw_accreditation(read.state, reference=reference, reason=reason, on=on)
        return office.record(
            read.write(event, signer=office.registry_signer()), at=at, result=event, once=once
        )

    return office.decide(streams.of_institution(institution_id(institution)), decide)


def publish_key(
    office: Office,
    institution: str,
    *,
    at: datetime,
    once: Once[KeyPublished] | None = None,
    seconded: bool = False,
) -> KeyPublished:
    """Publish a new key beside those in force; the newest signs from now on. The registry signs the event.

    `seconded`: a second person has confirmed it (`wallet.seconding`).
    Refuses: NotFound, InvalidValue, SecondPersonNeeded.
    """
    refuse_alone(office, institution, seconded=seconded)

    def decide() -> KeyPublished:
        read = office.institution(institution)
        method, signer = _fresh_key(office, read.state, at)
        event = institutions.publish_key(read.state, method=method, key=signer.public.multikey, at=at)
        return office.record(
            read.write(event, signer=office.registry_signer()), at=at, result=event, once=once
        )

    return office.decide(streams.of_institution(institution_id(institution)), decide)


def rotate_registry_key(office: Office, *, at: datetime) -> RegistryKeyPublished:
    """Sign the registry's own facts and bundles with a new key; the one before signs its publication.

    What the old key signed stays good, and readers who trust it need to be told the new one.
    """

    def decide() -> RegistryKeyPublished:
        read = office.registry()
        name = registry_key_name(len(read.state.keys) + 1)
        key = _new_or_left(office, name, at).public.multikey
        event = registries.publish_key(read.state, key=key, at=at)
        return office.record(read.write(event, signer=office.registry_signer()), at=at, result=event)

    return office.decide(streams.REGISTRY, decide)


def rotate_key(
    office: Office,
    institution: str,
    *,
    at: datetime,
    once: Once[KeyPublished] | None = None,
    seconded: bool = False,
) -> KeyPublished:
    """Publish a new key and retire the one in force. What the old one signed stays good.

    The old key signs its own retirement; where none is in force (the last was compromised), the registry
    signs the publication of a new one. The status lists are signed anew. `seconded` as in `publish_key`.
    Refuses: NotFound, InvalidValue, SecondPersonNeeded.
    """
    refuse_alone(office, institution, seconded=seconded)

    def decide() -> KeyPublished:
        read = office.institution(institution)
        state = read.state
        old = next(
            (t.method for t in reversed(state.keys) if institutions.key_in_force(state, t.method, at)), None
        )
        method, signer = _fresh_key(office, state, at)
        key = signer.public.multikey
        if old is None:
            published = institutions.publish_key(state, method=method, key=key, at=at)
            write = read.write(published, signer=office.registry_signer())
        else:
            published, retired = institutions.rotate_key(state, old=old, method=method, key=key, at=at)
            write = read.write(published, retired, signer=office.signer_of(state, at)[1])
        return office.record(write, at=at, result=published, once=once)

    event = office.decide(streams.of_institution(institution_id(institution)), decide)
    publish_all(office, institution, at)
    return event


def report_compromise(
    office: Office,
    institution: str,
    *,
    method: str,
    since: datetime,
    reason: str,
    at: datetime,
    once: Once[KeyCompromised] | None = None,
) -> KeyCompromised:
    """Say that since then someone else may have signed with this key. The registry signs: a thief must not.

    Status lists that the key signed are signed anew, if the institution has another in force.
    Refuses: KeyNotInForce (an unknown key, or nothing new), NotFound, InvalidValue.
    """

    def decide() -> KeyCompromised:
        read = office.institution(institution)
        event = institutions.report_compromise(read.state, method=method, since=since, at=at, reason=reason)
        return office.record(
            read.write(event, signer=office.registry_signer()), at=at, result=event, once=once
        )

    event = office.decide(streams.of_institution(institution_id(institution)), decide)
    publish_all(office, institution, at)
    return event


def register_learner(
    office: Office, *, learner: str | None = None, at: datetime, once: Once[LearnerRegistered] | None = None
) -> LearnerRegistered:
    """Open a wallet. A learner without an id gets a new one, which says nothing of the person.

    Her keys are made first: one seals everything recorded about her, the other signs in her name.
    Refuses: AlreadyOpened, Erased, InvalidValue.
    """
    identity = learner_id(learner or str(uuid.uuid4()))
    stream = streams.of_learner(identity)

    def decide() -> LearnerRegistered:
        existing = office.find(stream, wallets.fold)
        signer = _learner_key(office, identity)
        event = wallets.open_wallet(existing.state, learner=identity, key=signer.public.multikey)
        write = existing.write(event, signer=signer, learner=identity)
        return office.record(write, at=at, result=LearnerRegistered(identity, signer.public.did), once=once)

    return office.decide(stream, decide)


def _fresh_key(office: Office, institution: Institution, at: datetime) -> tuple[str, Signer]:
    """The institution's next key, and its id."""
    return _numbered_key(office, institution.id, institution.did, len(institution.keys) + 1, at)


def _numbered_key(
    office: Office, institution: InstitutionId, did: str, number: int, at: datetime
) -> tuple[str, Signer]:
    method = f"{did}#key-{number}"
    return method, _new_or_left(office, institution_key_name(institution, method), at)


def _new_or_left(office: Office, name: str, at: datetime) -> Signer:
    """A new key; or one that a crash, or a refusal, has left without its event, which is taken up again."""
    try:
        return office.keystore.new_signing_key(name, created=at)
    except KeyExists:
        return office.keystore.signer(name)


def _learner_key(office: Office, learner: LearnerId) -> Signer:
    try:
        return office.learner_keys.create(learner)
    except LearnerKeyExists:
        return office.learner_keys.signer(learner)
