"""A verification bundle: everything a reader needs to verify without a network, signed by one registry.

    {"type": "VerificationBundle", "madeAt": "2026-06-30T09:00:00Z",
     "registry": {"did": "did:key:z6Mk…", "name": "Registry of the Republic"},
     "issuers": [{"did": "did:web:…", "name": "…", "keys": [{"id": "did:web:…#key-1", …}], …}],
     "statusLists": [{"url": "https://…", "gotAt": "2026-06-30T08:59:00Z", "credential": "{…}"}],
     "witnesses": [{"sha256": "9f86d0…", "at": "2026-06-30T08:00:00Z", "logged": {"proof": "c2sp.org/…", …}}],
     "logKeys": ["records.example/log+5f1a2b3c+AQ…"],
     "contexts": {"https://www.w3.org/ns/credentials/v2": "59955c…"}, "credentials": ["{…}"],
     "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", …}}

Whoever hands over a credential can also make a bundle in which its issuer is a university. So a bundle is
believed only where its signer is somebody the reader already trusts; signed by anybody else, it says whom to
ask and nothing more. A broken one is refused whole.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any

import msgspec

from keys import strict_json
from keys.canonical import canonicalize
from keys.contexts import PINNED
from keys.errors import InvalidKey, KeysError
from keys.keyring import Keyring, KeyTerm
from keys.note import NoteKey
from keys.proofs import add_proof, check_proof, proofs_of
from keys.signing import PublicKey, Signer
from wallet.errors import CheckpointRefused, WalletError
from wallet.evidence import (
    Accreditation,
    ControllerDocument,
    KnownIssuer,
    Source,
    StatusListEvidence,
    StatusRecord,
    Witness,
)
from wallet.formats.shape import written_time
from wallet.transparency.checkpoint import InclusionProof
from wallet.transparency.logged import Inclusion, LoggedEvent

SUITE = "eddsa-jcs-2022"
"""Over the JSON as it stands: a bundle is in no vocabulary but its own."""

LIMITS = strict_json.Limits(size=64 * 1024 * 1024, members=4_000_000)
"""A registry of a country with its lists; a single credential stays under the usual limit."""

_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class BundleRefused(WalletError):
    """The bundle is broken: altered, unsigned, or not a bundle. Nothing in it is used."""


class _Wire(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    """How the parts of a bundle are written."""


class _Registry(_Wire, frozen=True, kw_only=True):
    did: str
    name: str


class _Key(_Wire, frozen=True, kw_only=True):
    id: str
    public_key_multibase: str
    published_at: _Time
    retired_at: _Time | None = None
    compromised_at: _Time | None = None


class _Accreditation(_Wire, frozen=True, kw_only=True):
    by: str
    settings: list[str]
    levels: list[int]
    fields: list[str] = []
    valid_from: date
    valid_until: date | None = None
    reference: str = ""


class _Issuer(_Wire, frozen=True, kw_only=True):
    did: str
    name: str
    names: dict[str, str] = {}
    keys: list[_Key] = []
    accreditations: list[_Accreditation] = []


class _StatusList(_Wire, frozen=True, kw_only=True):
    url: str
    got_at: _Time
    credential: str


class _Event(_Wire, frozen=True, kw_only=True):
    stream: str
    position: int
    name: str
    head: bytes
    signature: bytes
    salted: bytes
    stored: bytes


class _Logged(_Wire, frozen=True, kw_only=True):
    proof: str
    event: _Event
    timestamps: list[bytes] = []


class _Witness(_Wire, frozen=True, kw_only=True):
    sha256: str
    at: _Time
    logged: _Logged | None = None


class Bundle(_Wire, frozen=True, kw_only=True, tag_field="type", tag="VerificationBundle"):
    """A bundle as read, its signature left out."""

    made_at: _Time
    registry: _Registry
    issuers: list[_Issuer] = []
    status_lists: list[_StatusList] = []
    witnesses: list[_Witness] = []
    log_keys: list[str] = []
    contexts: dict[str, str] = {}
    credentials: list[str] = []


def make_bundle(
    *,
    registry_name: str,
    signer: Signer,
    made_at: datetime,
    issuers: Iterable[tuple[KnownIssuer, Iterable[KeyTerm]]],
    status_lists: Mapping[str, StatusListEvidence],
    witnesses: Mapping[bytes, Witness] | None = None,
    credentials: Iterable[bytes] = (),
) -> bytes:
    """The signed bundle of what a registry knows, as JSON text.

    `issuers` come with the terms of their keys, `status_lists` by URL, `witnesses` by the digest that
    `Evidence.witness` asks with; `credentials` and lists go in exactly as they were published. `signer` is
    the registry's own key, whose did:key readers are told to trust.
    """
    proofs = {
        digest: proof
        for digest, witness in (witnesses or {}).items()
        if witness.inclusion is not None and (proof := witness.inclusion()) is not None
    }
    bundle = Bundle(
        made_at=made_at,
        registry=_Registry(did=signer.public.did, name=registry_name),
        issuers=[_written_issuer(issuer, terms) for issuer, terms in issuers],
        status_lists=[
            _StatusList(url=url, got_at=copy.got_at, credential=copy.text.decode())
            for url, copy in status_lists.items()
        ],
        witnesses=[
            _Witness(sha256=digest.hex(), at=witness.at, logged=_written_inclusion(proofs.get(digest)))
            for digest, witness in (witnesses or {}).items()
        ],
        log_keys=list(dict.fromkeys(key.text for each in proofs.values() for key in each.keys)),
        contexts={url: PINNED.sha256(url) for url in PINNED},
        credentials=[credential.decode() for credential in credentials],
    )
    signed = add_proof(
        msgspec.to_builtins(bundle),
        signer=signer,
        suite=SUITE,
        verification_method=f"{signer.public.did}#{signer.public.multikey}",
        created=made_at,
    )
    return canonicalize(signed)


class BundleEvidence:
    """The facts of a bundle whose signature holds, believed where its registry is trusted."""

    def __init__(self, bundle: Bundle, *, trusted: bool) -> None:
        self.bundle = bundle
        self.trusted = trusted
        made, registry = written_time(bundle.made_at), bundle.registry
        self._source = Source(
            name=f"the bundle made on {made} by {registry.name}"
            if trusted
            else f"the bundle made by {registry.did}",
            identifier=registry.did,
            trusted=trusted,
            how_to_trust=(
                ""
                if trusted
                else f"If its registry gave you this DID in some other way, trust it: --trust {registry.did}"
            ),
            made_at=bundle.made_at,
        )
        self._issuers = {issuer.did: issuer for issuer in bundle.issuers}
        self._witnesses = {witness.sha256: witness for witness in bundle.witnesses}

    @classmethod
    def open(cls, data: bytes, trusted: Collection[str]) -> "BundleEvidence":
        """The bundle in `data`. `trusted` holds the DIDs of registries the reader trusts.

        Raises BundleRefused unless the text is a whole bundle signed by the registry it names, made with
        the contexts this program has.
        """
        bundle = _read(data)
        for url, digest in bundle.contexts.items():
            if url in PINNED and PINNED.sha256(url) != digest:
                raise BundleRefused(f"The bundle was made with another text of the context {url}.")
        return cls(bundle, trusted=bundle.registry.did in trusted)

    @property
    def log_keys(self) -> tuple[NoteKey, ...]:
        """The keys of the log, as the bundle's registry says; whether it is believed, `trusted` tells."""
        return tuple(map(NoteKey.parse, self.bundle.log_keys))

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The issuer as the bundle's registry knew it when the bundle was made."""
        if (issuer := self._issuers.get(did)) is None:
            return None
        return KnownIssuer(
            did=issuer.did,
            name=issuer.name,
            names=issuer.names,
            keys=Keyring(_term(key) for key in issuer.keys),
            accreditations=tuple(_accreditation(each) for each in issuer.accreditations),
            source=self._source,
        )

    def status_lists(self, url: str, /) -> list[StatusListEvidence]:
        """The bundle's copies of a list."""
        return [
            StatusListEvidence(text=copy.credential.encode(), got_at=copy.got_at, source=self._source)
            for copy in self.bundle.status_lists
            if copy.url == url
        ]

    def status_on(self, _url: str, _index: int, _at: datetime, /) -> StatusRecord | None:
        """None: a bundle carries lists as they were signed, not their history."""
        return None

    def controller_document(self, _did: str, /) -> ControllerDocument | None:
        """None: a bundle carries the keys themselves."""
        return None

    def witness(self, _credential: str, digest: bytes, /) -> Witness | None:
        """When the bundle's registry had recorded the document, as it says."""
        found = self._witnesses.get(digest.hex())
        if found is None:
            return None
        logged = found.logged
        if logged is None:
            return Witness(at=found.at, source=self._source)
        keys = tuple(map(NoteKey.parse, self.bundle.log_keys))
        return Witness(at=found.at, source=self._source, inclusion=lambda: _inclusion(logged, keys))


def digest_of(document: Any) -> bytes:
    """What a witness of a signed document is found by: SHA-256 of its canonical JSON, proofs included."""
    return sha256(canonicalize(document)).digest()


def _read(data: bytes) -> Bundle:
    """The bundle, once its own signature holds. Raises BundleRefused."""
    try:
        document = strict_json.parse(data, limits=LIMITS)
        if not isinstance(document, dict):
            raise BundleRefused("This is not a verification bundle.")
        proofs = proofs_of(document)
        unsigned = {member: value for member, value in document.items() if member != "proof"}
        bundle = msgspec.convert(unsigned, Bundle)
        registry = PublicKey.from_did_key(bundle.registry.did)
        if len(proofs) != 1 or proofs[0].get("verificationMethod") != f"{registry.did}#{registry.multikey}":
            raise BundleRefused("The bundle is not signed by the registry it names.")
        check_proof(document, proofs[0], registry)
        for issuer in bundle.issuers:
            Keyring(_term(key) for key in issuer.keys)
        log_keys = tuple(map(NoteKey.parse, bundle.log_keys))
        for witness in bundle.witnesses:
            if witness.logged is not None:
                _inclusion(witness.logged, log_keys)
    except CheckpointRefused as error:
        raise BundleRefused(f"The bundle holds a proof about a log that is none. {error}") from error
    except InvalidKey as error:
        raise BundleRefused(f"The bundle names a key that is none. {error}") from error
    except KeysError as error:
        raise BundleRefused(f"The bundle is broken, and nothing in it is used. {error}") from error
    except (msgspec.ValidationError, ValueError) as error:
        raise BundleRefused(f"This is not a verification bundle this program reads: {error}.") from error
    return bundle


def _written_issuer(issuer: KnownIssuer, terms: Iterable[KeyTerm]) -> _Issuer:
    return _Issuer(
        did=issuer.did,
        name=issuer.name,
        names=dict(issuer.names),
        keys=[
            _Key(
                id=term.method,
                public_key_multibase=term.public_key.multikey,
                published_at=term.published_at,
                retired_at=term.retired_at,
                compromised_at=term.compromised_at,
            )
            for term in terms
        ],
        accreditations=[
            _Accreditation(
                by=each.by,
                settings=sorted(each.settings),
                levels=sorted(each.levels),
                fields=sorted(each.fields),
                valid_from=each.valid_from,
                valid_until=each.valid_until,
                reference=each.reference,
            )
            for each in issuer.accreditations or ()
        ],
    )


def _written_inclusion(inclusion: Inclusion | None) -> _Logged | None:
    if inclusion is None:
        return None
    event = inclusion.event
    return _Logged(
        proof=inclusion.proof.to_text(),
        event=_Event(
            stream=event.stream,
            position=event.position,
            name=event.name,
            head=event.head,
            signature=event.signature,
            salted=event.salted,
            stored=event.stored,
        ),
        timestamps=list(inclusion.timestamps),
    )


def _inclusion(logged: _Logged, keys: tuple[NoteKey, ...]) -> Inclusion:
    event = logged.event
    return Inclusion(
        LoggedEvent(
            event.stream,
            event.position,
            event.name,
            event.head,
            event.signature,
            event.salted,
            event.stored,
        ),
        InclusionProof.parse(logged.proof.encode()),
        keys,
        tuple(logged.timestamps),
    )


def _term(key: _Key) -> KeyTerm:
    return KeyTerm(
        method=key.id,
        public_key=PublicKey.from_multikey(key.public_key_multibase),
        published_at=key.published_at,
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
    )


def _accreditation(each: _Accreditation) -> Accreditation:
    return Accreditation(
        by=each.by,
        settings=frozenset(each.settings),
        levels=frozenset(each.levels),
        fields=frozenset(each.fields),
        valid_from=each.valid_from,
        valid_until=each.valid_until,
        reference=each.reference,
    )
