"""Institutions on the wire: who they are, by whom they are trusted, with which keys they sign."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field

from api.wire.scalars import (
    Answer,
    Body,
    Checked,
    Country,
    Day,
    Field4,
    InstitutionId,
    LevelOf,
    Moment,
    Names,
    Setting,
    Uri,
    example,
    line,
)
from domain.institution import (
    Accreditation,
    AccreditationWithdrawn,
    Institution,
    InstitutionAccredited,
    InstitutionRegistered,
    KeyCompromised,
    KeyPublished,
    KeyStanding,
    KeyTerm,
    Scope,
)
from wallet.access import SCOPES, checked_scopes
from wallet.projections.catalogue import InstitutionRow


def _key_scope(said: str) -> str:
    (checked,) = checked_scopes([said])
    return checked


# --- what is asked --------------------------------------------------------------------------------------


class Register(Body):
    institution: InstitutionId
    names: Names
    country: Country
    website: Uri | None = None

    model_config = example(
        institution="aitu",
        names={"en": "Astana IT University", "kk": "Астана IT университеті"},
        country="KZ",
        website="https://aitu.example/",
    )


class Accredit(Body):
    """No levels, or no fields, means all of them; `valid_until` is the last day, and may be left open."""

    by: Annotated[str, line("the accrediting body")]
    settings: Annotated[list[Setting], Field(min_length=1, max_length=3)]
    levels: list[LevelOf] = Field(default_factory=list, max_length=100)
    fields: list[Field4] = Field(default_factory=list, max_length=500)
    valid_from: Day
    valid_until: Day | None = None
    reference: Annotated[str, line("an accreditation's reference")]

    model_config = example(
        by="Independent Agency for Quality Assurance",
        settings=["formal", "non_formal"],
        levels=[{"framework": "EQF", "value": 6}],
        fields=["06"],
        valid_from="2024-09-01",
        valid_until="2029-08-31",
        reference="IA-2024/117",
    )


class WithdrawAccreditation(Body):
    """`withdrawn_on` is the first day on which it no longer holds."""

    reference: Annotated[str, line("an accreditation's reference")]
    reason: Annotated[str, line("a reason")]
    withdrawn_on: Day

    model_config = example(
        reference="IA-2024/117", reason="The agency withdrew it.", withdrawn_on="2026-09-01"
    )


class ReportCompromise(Body):
    """`since`: from when on somebody else may have signed; `key`: its id in the DID document."""

    key: Annotated[str, Field(min_length=1, max_length=500)]
    since: Moment
    reason: Annotated[str, line("a reason")]

    model_config = example(
        key="did:web:records.example:i:aitu#key-1",
        since="2026-05-01T00:00:00Z",
        reason="A laptop was stolen.",
    )


Scopes = Annotated[
    list[Annotated[str, Field(json_schema_extra={"enum": sorted(SCOPES)}), Checked(_key_scope)]],
    Field(min_length=1, max_length=len(SCOPES)),
]


class MakeApiKey(Body):
    """Without `scopes` the key does all that its holder may do; without `ends_at` it is good for a year."""

    label: Annotated[str, line("a key's label", 100)]
    scopes: Scopes | None = None
    ends_at: Moment | None = None

    model_config = example(
        label="the registrar's office",
        scopes=["catalogue:read", "wallets:write"],
    )


# --- what is answered -----------------------------------------------------------------------------------


class KeyShown(Answer):
    """A public key and its term. `id` is its name in the DID document."""

    id: str
    public_key: str
    published_at: datetime
    retired_at: datetime | None = None
    compromised_since: datetime | None = None
    standing: KeyStanding

    @classmethod
    def of(cls, term: KeyTerm, at: datetime) -> Self:
        return cls(
            id=term.method,
            public_key=term.multikey,
            published_at=term.published_at,
            retired_at=term.retired_at,
            compromised_since=term.compromised_since,
            standing=term.standing(at),
        )

    @classmethod
    def published(cls, event: KeyPublished) -> Self:
        return cls(
            id=event.method,
            public_key=event.multikey,
            published_at=event.published_at,
            standing=KeyStanding.IN_FORCE,
        )


class AccreditationShown(Answer):
    by: str
    settings: list[Setting]
    levels: list[LevelOf]
    fields: list[str]
    valid_from: date
    valid_until: date | None
    reference: str
    withdrawn_on: date | None = None
    why_withdrawn: str | None = None

    @classmethod
    def of(cls, held: Accreditation) -> Self:
        return cls(
            **_scope(held.scope),
            by=held.by,
            valid_from=held.valid_from,
            valid_until=held.valid_until,
            reference=held.reference,
            withdrawn_on=held.withdrawn_on,
            why_withdrawn=held.why_withdrawn,
        )

    @classmethod
    def recorded(cls, event: InstitutionAccredited) -> Self:
        return cls(
            **_scope(event.scope),
            by=event.by,
            valid_from=event.valid_from,
            valid_until=event.valid_until,
            reference=event.reference,
        )


class AccreditationWithdrawnShown(Answer):
    reference: str
    reason: str
    withdrawn_on: date

    @classmethod
    def of(cls, event: AccreditationWithdrawn) -> Self:
        return cls(reference=event.reference, reason=event.reason, withdrawn_on=event.withdrawn_on)


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "settings": list(scope.settings),
        "levels": [LevelOf.of(level) for level in scope.levels],
        "fields": list(scope.fields),
    }


class InstitutionShown(Answer):
    """Everything the register says of an institution. Its keys and accreditations are whole histories."""

    institution: str
    names: dict[str, str]
    country: str
    did: str
    website: str | None
    registered_at: datetime
    keys: list[KeyShown]
    accreditations: list[AccreditationShown]

    @classmethod
    def of(cls, state: Institution, at: datetime) -> Self:
        return cls(
            institution=state.id,
            names=state.names,
            country=state.country,
            did=state.did,
            website=state.website,
            registered_at=state.registered_at,
            keys=[KeyShown.of(term, at) for term in state.keys],
            accreditations=[AccreditationShown.of(held) for held in state.accreditations],
        )

    @classmethod
    def registered(cls, event: InstitutionRegistered) -> Self:
        key = KeyShown(
            id=event.key_method,
            public_key=event.key_multikey,
            published_at=event.registered_at,
            standing=KeyStanding.IN_FORCE,
        )
        return cls(
            institution=event.institution,
            names=event.names,
            country=event.country,
            did=event.did,
            website=event.website,
            registered_at=event.registered_at,
            keys=[key],
            accreditations=[],
        )


class InstitutionListed(Answer):
    institution: str
    names: dict[str, str]
    country: str
    did: str

    @classmethod
    def of(cls, row: InstitutionRow) -> Self:
        return cls(institution=row.institution, names=row.names, country=row.country, did=row.did)


class Institutions(Answer):
    institutions: list[InstitutionListed]


class CompromiseReported(Answer):
    key: str
    since: datetime
    reason: str

    @classmethod
    def of(cls, event: KeyCompromised) -> Self:
        return cls(key=event.method, since=event.since, reason=event.reason)


class ApiKeyMade(Answer):
    """`api_key` is shown here and never again; only its digest is kept."""

    api_key: str
    role: str
    holder: str
    label: str
    scopes: list[str] | None
    ends_at: datetime | None
