"""One document under question, and the keys its proofs name, each with where it comes from.

Where a key comes from decides everything after the mathematics. A key read off the document itself makes
its signature provable and nothing else: whoever writes `https://victim.example/issuer#z6Mk…` can sign for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from keys.canonical import canonicalize
from keys.did import PublishedKey, published_key, self_contained_key
from keys.errors import InvalidDid, InvalidKey, UnknownKey
from keys.keyring import Keyring
from keys.linked_data import canonical_nquads
from keys.signing import PublicKey
from wallet.enveloping import Envelope
from wallet.evidence import ControllerDocument, Evidence, KnownIssuer, Witness
from wallet.formats.data_model import issuer_id
from wallet.formats.shape import date_time
from wallet.verifying.logs import Logged, check_logged
from wallet.verifying.policy import Policy


class Origin(StrEnum):
    """Who says that a key has the name a proof gives it."""

    REGISTRY = "registry"  # the issuer's key history, from a trusted source
    TRUST_LIST = "trust-list"  # a trusted source that lists the key, and keeps no history
    CONTROLLER_DOCUMENT = "controller-document"  # the issuer's own DID document, from its own web address
    DID_KEY = "did-key"  # the DID is the key
    DID_JWK = "did-jwk"  # the same, as a JSON Web Key
    UNTRUSTED = "untrusted"  # the same, from a source the reader does not trust
    THE_PROOF_ITSELF = "the-proof-itself"  # nobody but the document


ITS_OWN_KEY: Final = {"did:key:": Origin.DID_KEY, "did:jwk:": Origin.DID_JWK}
"""How the DIDs begin that are keys: they have no document but what is in them, and no history."""


@dataclass(frozen=True)
class Signature:
    """A proof of the document, with the key it names if one could be found."""

    proof: Mapping[str, Any]
    method: str
    key: PublicKey | None
    origin: Origin | None

    @property
    def controller(self) -> str:
        """Whose key the method claims to be: the part of its name before the fragment."""
        return self.method.partition("#")[0]

    @property
    def created(self) -> datetime | None:
        """When the signer says it signed; a thief may say anything here."""
        return date_time(self.proof.get("created"))

    def described(self) -> dict[str, Any]:
        """This signature as the evidence of a check."""
        return {
            "verificationMethod": self.method,
            "cryptosuite": self.proof.get("cryptosuite"),
            "created": self.proof.get("created"),
            "publicKeyMultibase": None if self.key is None else self.key.multikey,
            "keyFrom": self.origin,
        }


@dataclass(frozen=True)
class Case:
    """A document that could be read, and what may be asked of whom about it."""

    document: Mapping[str, Any]
    policy: Policy
    at: datetime
    evidence: Evidence
    envelope: Envelope | None = None
    """The message the document came in, where its signature is around it and not inside."""

    @cached_property
    def statements(self) -> bytes:
        """What the document says apart from its proofs, in canonical form. Raises LinkedDataError."""
        return statements_of(self.document)

    @property
    def statements_asked(self) -> bytes | None:
        """The same, where somebody has asked for it already; a proof over JSON has no use for it."""
        asked: bytes | None = self.__dict__.get("statements")
        return asked

    @cached_property
    def issuer(self) -> str:
        """The issuer's identifier; empty where the document names none."""
        return issuer_id(self.document) or ""

    @cached_property
    def known(self) -> KnownIssuer | None:
        """The issuer as somebody registered it."""
        return self.evidence.issuer(self.issuer) if self.issuer else None

    @cached_property
    def trusted(self) -> KnownIssuer | None:
        """The issuer as somebody the reader trusts registered it."""
        return self.known if self.known is not None and self.known.source.trusted else None

    @cached_property
    def history(self) -> Keyring | None:
        """The issuer's keys with their terms, by somebody the reader trusts."""
        return None if self.trusted is None else self.trusted.keys

    @cached_property
    def controller_document(self) -> ControllerDocument | None:
        """The issuer's own DID document. Asked for only where nobody trusted has the history of its keys."""
        if self.history is not None or not self.issuer.startswith("did:web:"):
            return None
        return self.evidence.controller_document(self.issuer)

    @cached_property
    def digest(self) -> bytes:
        """Of the document, proofs included: by it a witness knows the very same."""
        return sha256(canonicalize(self.document)).digest()

    @cached_property
    def seen_by(self) -> Witness | None:
        """Somebody we trust who says that they saw this very document at a known time."""
        identifier = self.document.get("id")
        witness = self.evidence.witness(identifier if isinstance(identifier, str) else "", self.digest)
        return witness if witness is not None and witness.source.trusted else None

    @cached_property
    def logged(self) -> Logged | None:
        """What comes of the proof that they give; None where they give none."""
        if self.seen_by is None or self.seen_by.inclusion is None:
            return None
        live = (
            self.seen_by.source.made_at is None
        )  # our own ledger, say: it has to prove nothing unless asked to
        if live and not self.policy.asks_for_a_log:
            return None
        inclusion = self.seen_by.inclusion()
        return None if inclusion is None else check_logged(inclusion, self.digest, self.policy)

    @cached_property
    def witness(self) -> Witness | None:
        """The same, as far as it may be believed: not where the proof is false, nor earlier than the policy takes."""
        if self.seen_by is None or self.logged is None:
            return self.seen_by
        if self.logged.broken:
            return None
        at = self.logged.proven_at
        return self.seen_by if at is None else replace(self.seen_by, at=max(at, self.seen_by.at))

    def published(self, method: str) -> PublishedKey | None:
        """The key as the issuer's own DID document lists it. Raises InvalidKey for what is no key."""
        if self.controller_document is None or method.partition("#")[0] != self.issuer:
            return None
        try:
            return published_key(self.controller_document.document, method)
        except UnknownKey:
            return None

    def key_of(self, method: str) -> tuple[PublicKey | None, Origin | None]:
        """The key a method names, from the best source there is. Raises InvalidKey for what can be no key.

        Only the issuer's own DID is ever looked up: a proof may name any address, and is not obeyed.
        """
        controller, _, fragment = method.partition("#")
        if (key := self._registered(self.trusted, method)) is not None:
            return key, Origin.REGISTRY
        if self.trusted is not None and controller == self.issuer and method in self.trusted.listed_keys:
            return self.trusted.listed_keys[method], Origin.TRUST_LIST
        if controller.startswith(tuple(ITS_OWN_KEY)):
            return _its_own_key(method)
        if (listed := self.published(method)) is not None:
            return listed.public_key, Origin.CONTROLLER_DOCUMENT
        if (key := self._registered(self.known, method)) is not None:
            return key, Origin.UNTRUSTED
        if fragment.startswith("z"):
            return PublicKey.from_multikey(fragment), Origin.THE_PROOF_ITSELF
        return None, None

    def _registered(self, known: KnownIssuer | None, method: str) -> PublicKey | None:
        """The issuer's key of that name, as one source has it."""
        if known is None or known.keys is None or method.partition("#")[0] != self.issuer:
            return None
        try:
            return known.keys.key(method)
        except UnknownKey:
            return None

    def signature(self, proof: Mapping[str, Any]) -> Signature:
        """A proof with its key. Raises InvalidKey where the method named can be no key."""
        method = proof.get("verificationMethod")
        if not isinstance(method, str):
            return Signature(proof, "", None, None)
        key, origin = self.key_of(method)
        return Signature(proof, method, key, origin)


def _its_own_key(method: str) -> tuple[PublicKey, Origin]:
    """The key of a DID that is one. Raises InvalidKey."""
    try:
        key = self_contained_key(method)
    except InvalidDid as error:
        raise InvalidKey(str(error)) from error
    return key, next(origin for prefix, origin in ITS_OWN_KEY.items() if method.startswith(prefix))


def statements_of(document: Mapping[str, Any]) -> bytes:
    """What a document says apart from its proofs, in canonical form. Raises LinkedDataError."""
    return canonical_nquads({member: value for member, value in document.items() if member != "proof"})
