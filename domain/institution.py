"""An institution: who it is, what it is trusted to award, and which keys it has signed with.

Two histories run side by side in one stream, because a reader of any credential asks both: *was it accredited
for this, on that day* and *was this its key, at that moment*.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from domain.errors import (
    AlreadyPublished,
    AlreadyRegistered,
    InvalidValue,
    KeyNotInForce,
    NotFound,
    NotInForce,
)
from domain.event import Event, cannot_follow, replay
from domain.values import (
    Instant,
    InstitutionId,
    IscedF,
    Level,
    Names,
    Setting,
    country_code,
    day,
    decentralised_id,
    in_languages,
    instant,
    institution_id,
    isced_f,
    key_method_id,
    multikey,
    text,
    uri,
)

# --- facts ----------------------------------------------------------------------------------------------


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an accreditation covers. No levels, or no fields, means all of them; settings are always named.

    A field covers the narrower ones inside it: `06` covers `0613` (ISCED-F 2013). A level covers only itself.
    """

    settings: tuple[Setting, ...]
    levels: tuple[Level, ...] = ()
    fields: tuple[IscedF, ...] = ()

    def covers(self, setting: Setting, level: Level | None, field: IscedF | None) -> bool:
        """Learning whose level or field nobody has stated is covered only by a scope that names none."""
        return (
            setting in self.settings
            and (not self.levels or level in self.levels)
            and (not self.fields or (field is not None and field.startswith(self.fields)))
        )


class InstitutionRegistered(Event, tag="institution.registered.v1"):
    institution: InstitutionId
    names: Names
    country: str
    did: str
    key_method: str
    key_multikey: str
    registered_at: Instant
    website: str | None = None


class InstitutionAccredited(Event, tag="institution.accredited.v1"):
    by: str
    scope: Scope
    reference: str
    """The decision, as the accrediting body cites it; it names the accreditation when it is withdrawn."""
    valid_from: date
    valid_until: date | None = None
    """The last day it holds; None while no end is set."""


class AccreditationWithdrawn(Event, tag="institution.accreditation_withdrawn.v1"):
    reference: str
    reason: str
    withdrawn_on: date
    """The first day it no longer holds."""


class KeyPublished(Event, tag="institution.key_published.v1"):
    method: str
    multikey: str
    published_at: Instant


class KeyRetired(Event, tag="institution.key_retired.v1"):
    method: str
    retired_at: Instant


class KeyCompromised(Event, tag="institution.key_compromised.v1"):
    method: str
    since: Instant
    """From this moment on a signature may be a thief's; earlier than the report, as a rule."""
    reason: str


# --- state ----------------------------------------------------------------------------------------------


class KeyStanding(StrEnum):
    """What a key was worth at a moment. Only the first is good for a signature made then."""

    IN_FORCE = "in-force"
    NOT_YET = "not-yet"
    RETIRED = "retired"
    COMPROMISED = "compromised"
    UNKNOWN = "unknown"


class KeyTerm(msgspec.Struct, frozen=True, kw_only=True):
    """One key's life: from its publication until it retires or is found stolen, never to return."""

    method: str
    multikey: str
    published_at: datetime
    retired_at: datetime | None = None
    compromised_since: datetime | None = None

    def standing(self, at: datetime) -> KeyStanding:
        """A stolen key is worth nothing from the theft on, also where it had retired before."""
        if at < self.published_at:
            return KeyStanding.NOT_YET
        if self.compromised_since is not None and at >= self.compromised_since:
            return KeyStanding.COMPROMISED
        if self.retired_at is not None and at >= self.retired_at:
            return KeyStanding.RETIRED
        return KeyStanding.IN_FORCE


class Accreditation(msgspec.Struct, frozen=True, kw_only=True):
    by: str
    scope: Scope
    valid_from: date
    valid_until: date | None
    reference: str
    withdrawn_on: date | None = None
    why_withdrawn: str | None = None

    def holds(self, on: date) -> bool:
        return (
            self.valid_from <= on
            and (self.valid_until is None or on <= self.valid_until)
            and (self.withdrawn_on is None or on < self.withdrawn_on)
        )


class Institution(msgspec.Struct, frozen=True, kw_only=True):
    id: InstitutionId
    names: Names
    country: str
    did: str
    website: str | None
    registered_at: datetime
    keys: tuple[KeyTerm, ...]
    """In the order of their publication."""
    accreditations: tuple[Accreditation, ...] = ()

    def key(self, method: str) -> KeyTerm | None:
        return next((term for term in self.keys if term.method == method), None)


def evolve(institution: Institution | None, event: Event) -> Institution:
    """The institution after one more fact."""
    match institution, event:
        case None, InstitutionRegistered():
            first_key = KeyTerm(
                method=event.key_method, multikey=event.key_multikey, published_at=event.registered_at
            )
            return Institution(
                id=event.institution,
                names=event.names,
                country=event.country,
                did=event.did,
                website=event.website,
                registered_at=event.registered_at,
                keys=(first_key,),
            )
        case Institution(), InstitutionAccredited():
            accreditation = Accreditation(
                by=event.by,
                scope=event.scope,
                valid_from=event.valid_from,
                valid_until=event.valid_until,
                reference=event.reference,
            )
            return msgspec.structs.replace(
                institution, accreditations=(*institution.accreditations, accreditation)
            )
        case Institution(), AccreditationWithdrawn():
            accreditations = tuple(
                msgspec.structs.replace(held, withdrawn_on=event.withdrawn_on, why_withdrawn=event.reason)
                if held.reference == event.reference
                else held
                for held in institution.accreditations
            )
            return msgspec.structs.replace(institution, accreditations=accreditations)
        case Institution(), KeyPublished():
            term = KeyTerm(method=event.method, multikey=event.multikey, published_at=event.published_at)
            return msgspec.structs.replace(institution, keys=(*institution.keys, term))
        case Institution(), KeyRetired():
            return _with_key(institution, event.method, retired_at=event.retired_at)
        case Institution(), KeyCompromised():
            return _with_key(institution, event.method, compromised_since=event.since)
    raise cannot_follow(event, "an institution")


def _with_key(institution: Institution, method: str, **changes: datetime) -> Institution:
    keys = tuple(
        msgspec.structs.replace(term, **changes) if term.method == method else term
        for term in institution.keys
    )
    return msgspec.structs.replace(institution, keys=keys)


def fold(events: Iterable[Event]) -> Institution:
    """The institution its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No institution is registered under this id.")


# --- questions ------------------------------------------------------------------------------------------


def accreditation_for(
    institution: Institution, setting: Setting, level: Level | None, on: date, field: IscedF | None = None
) -> Accreditation | None:
    """The accreditation that lets the institution award such learning on that day, if one does."""
    for accreditation in institution.accreditations:
        if accreditation.holds(on) and accreditation.scope.covers(setting, level, field):
            return accreditation
    return None


def is_accredited(
    institution: Institution, setting: Setting, level: Level | None, on: date, field: IscedF | None = None
) -> bool:
    """Whether any accreditation covers it; a level or field of None means that nobody has stated it."""
    return accreditation_for(institution, setting, level, on, field) is not None


def key_standing(institution: Institution, method: str, at: datetime) -> KeyStanding:
    """What the key of this id was worth at that moment.

    The moment has to be one we trust (the ledger's, a log's), since a thief can write any date.
    """
    term = institution.key(method)
    return KeyStanding.UNKNOWN if term is None else term.standing(at)


def key_in_force(institution: Institution, method: str, at: datetime) -> bool:
    """Whether a signature by this key at that moment is the institution's; `key_standing` says why not."""
    return key_standing(institution, method, at) is KeyStanding.IN_FORCE


# --- decisions ------------------------------------------------------------------------------------------


def register(
    existing: Institution | None,
    *,
    institution: str,
    names: Mapping[str, str],
    country: str,
    did: str,
    key_method: str,
    key_multikey: str,
    at: datetime,
    website: str | None = None,
) -> InstitutionRegistered:
    """Enter an institution in the register, with its first key. It may award nothing until it is accredited.

    Refuses: AlreadyRegistered, InvalidValue.
    """
    if existing is not None:
        raise AlreadyRegistered(f"The institution {existing.id} is registered already.")
    return InstitutionRegistered(
        institution=institution_id(institution),
        names=in_languages(names, "an institution's name"),
        country=country_code(country),
        did=decentralised_id(did),
        key_method=key_method_id(key_method, did),
        key_multikey=multikey(key_multikey),
        website=uri(website),
        registered_at=instant(at),
    )


def accredit(
    institution: Institution,
    *,
    by: str,
    settings: Iterable[Setting],
    levels: Iterable[Level] = (),
    fields: Iterable[str] = (),
    valid_from: date,
    valid_until: date | None = None,
    reference: str,
) -> InstitutionAccredited:
    """Record that `by` trusts the institution to award learning within a scope, for a time.

    Refuses: AlreadyRegistered (this reference is recorded), InvalidValue.
    """
    scope = Scope(
        settings=tuple(sorted(set(settings))),
        levels=tuple(sorted(set(levels), key=lambda level: (level.framework, level.value))),
        fields=tuple(sorted({isced_f(field) for field in fields})),
    )
    if not scope.settings:
        raise InvalidValue("An accreditation names at least one setting of learning.")
    reference = text(reference, "an accreditation's reference")
    if any(held.reference == reference for held in institution.accreditations):
        raise AlreadyRegistered(f"Accreditation {reference} of {institution.id} is recorded already.")
    if valid_until is not None and day(valid_until) < day(valid_from):
        raise InvalidValue(f"An accreditation cannot end on {valid_until}, before it starts on {valid_from}.")
    return InstitutionAccredited(
        by=text(by, "the accrediting body"),
        scope=scope,
        valid_from=day(valid_from),
        valid_until=valid_until,
        reference=reference,
    )


def withdraw_accreditation(
    institution: Institution, *, reference: str, reason: str, on: date
) -> AccreditationWithdrawn:
    """End an accreditation. What was awarded while it held stays awarded.

    Refuses: NotFound, NotInForce (withdrawn before).
    """
    held = next((held for held in institution.accreditations if held.reference == reference), None)
    if held is None:
        raise NotFound(f"{institution.id} has no accreditation {reference}.")
    if held.withdrawn_on is not None:
        raise NotInForce(f"Accreditation {reference} was withdrawn on {held.withdrawn_on}.")
    return AccreditationWithdrawn(reference=reference, reason=text(reason, "a reason"), withdrawn_on=day(on))


def publish_key(institution: Institution, *, method: str, key: str, at: datetime) -> KeyPublished:
    """Add a key beside those in force; `key` is its Multikey.

    Refuses: AlreadyPublished (the id or the key itself was used before: neither is used twice), InvalidValue.
    """
    at = _not_before_registration(institution, at)
    key_method_id(method, institution.did)
    multikey(key)
    if institution.key(method) is not None:
        raise AlreadyPublished(f"{method} was published before, and a key's id is used once.")
    if any(term.multikey == key for term in institution.keys):
        raise AlreadyPublished(f"{institution.id} has published this key before, and a key is used once.")
    return KeyPublished(method=method, multikey=key, published_at=at)


def rotate_key(
    institution: Institution, *, old: str, method: str, key: str, at: datetime
) -> tuple[KeyPublished, KeyRetired]:
    """Publish a new key and retire the old one in the same moment, so that one is always in force.

    Refuses: KeyNotInForce (the old one), AlreadyPublished, InvalidValue.
    """
    published = publish_key(institution, method=method, key=key, at=at)
    standing = key_standing(institution, old, published.published_at)
    if standing is not KeyStanding.IN_FORCE:
        raise KeyNotInForce(f"{old} cannot be retired at {at}: it is {standing.replace('-', ' ')} then.")
    return published, KeyRetired(method=old, retired_at=published.published_at)


def report_compromise(
    institution: Institution, *, method: str, since: datetime, at: datetime, reason: str
) -> KeyCompromised:
    """Say that from `since` on someone else may have signed with this key; `at` is the time of the report.

    A second report may only move `since` to an earlier moment.
    Refuses: KeyNotInForce (an unknown key, or nothing new), InvalidValue (a theft in the future).
    """
    since, at = instant(since), instant(at)
    term = institution.key(method)
    if term is None:
        raise KeyNotInForce(f"{institution.id} has never published {method}.")
    if since > at:
        raise InvalidValue(f"A theft at {since} cannot be reported at {at}.")
    if term.compromised_since is not None and since >= term.compromised_since:
        raise KeyNotInForce(f"{method} is reported compromised since {term.compromised_since} already.")
    return KeyCompromised(method=method, since=since, reason=text(reason, "a reason"))


def _not_before_registration(institution: Institution, at: datetime) -> datetime:
    at = instant(at)
    if at < institution.registered_at:
        when = institution.registered_at
        raise InvalidValue(f"{institution.id} had no keys at {at}: it was registered at {when}.")
    return at
