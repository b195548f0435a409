"""The suites that sign one hash: of the options, then of the whole document.

They differ in the canonical form that is hashed and in the kinds of key; the kind of key decides the hash.

Source: Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3; Data Integrity ECDSA Cryptosuites 1.0,
sections 3.2 and 3.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from keys.contexts import Contexts
from keys.errors import InvalidKey, MalformedProof, NotMultibase
from keys.linked_data import HashName
from keys.multikey import KeyKind, from_multibase, to_multibase
from keys.signing import PublicKey, Signer
from keys.suites.suite import DATA_INTEGRITY, Document, Options

__all__ = ["HashedSuite", "Hashing", "check_kind"]

_HASHES: Final[Mapping[KeyKind, HashName]] = {
    KeyKind.ED25519: "sha256",
    KeyKind.P256: "sha256",
    KeyKind.P384: "sha384",
}


class Hashing(Protocol):
    """Transformation, hashing and proof configuration: what turns options and a document into bytes."""

    def __call__(
        self,
        document: Document,
        options: Options,
        contexts: Contexts,
        hash_name: HashName,
        statements: bytes | None = None,
    ) -> bytes:
        """The hash of the options followed by the hash of the document."""
        ...


@dataclass(frozen=True, slots=True)
class HashedSuite:
    """A suite that signs one hash. It has no state of its own."""

    name: str
    kinds: tuple[KeyKind, ...]
    """Of the keys it signs with."""
    hashing: Hashing
    copies_context: bool
    proof_type: str = DATA_INTEGRITY

    def hash_data(
        self, document: Document, options: Options, contexts: Contexts, kind: KeyKind | None = None
    ) -> bytes:
        """The bytes that are signed with a key of this kind, by default the first of the suite's."""
        return self.hashing(
            document, options, contexts, self.hash_name(self.kinds[0] if kind is None else kind)
        )

    def hash_name(self, kind: KeyKind) -> HashName:
        """The hash that goes with a key of this kind."""
        return _HASHES[kind]

    def sign(self, hash_data: bytes, signer: Signer) -> str:
        """The signature in base58btc multibase: `z…`."""
        check_kind(self.name, self.kinds, signer.public)
        return to_multibase(signer.sign(hash_data))

    def prove(self, document: Document, options: Options, signer: Signer, contexts: Contexts) -> str:
        """See `Suite`."""
        check_kind(self.name, self.kinds, signer.public)
        return self.sign(self.hash_data(document, options, contexts, signer.public.kind), signer)

    def check(
        self,
        document: Document,
        options: Options,
        proof_value: str,
        public_key: PublicKey,
        contexts: Contexts,
        statements: bytes | None = None,
    ) -> None:
        """See `Suite`. `statements` are what `canonical_nquads` gives for the document, where they are known."""
        check_kind(self.name, self.kinds, public_key)
        signature = _signature_of(proof_value, public_key.kind)
        hashed = self.hashing(document, options, contexts, self.hash_name(public_key.kind), statements)
        public_key.verify(signature, hashed)


def check_kind(suite: str, kinds: tuple[KeyKind, ...], public_key: PublicKey) -> None:
    """Raises InvalidKey unless the key is of one of the suite's kinds."""
    if public_key.kind not in kinds:
        raise InvalidKey(f"Nobody signs by {suite} with a key of the kind {public_key.kind}.")


def _signature_of(proof_value: str, kind: KeyKind) -> bytes:
    # Base 58 takes at most 138 digits for 100 bytes; what is longer is not even decoded.
    longest = 1 + kind.signature_length * 138 // 100
    if not proof_value.startswith("z") or len(proof_value) > longest:
        raise MalformedProof("The proof value is not a signature in base58btc, starting with z.")
    try:
        signature = from_multibase(proof_value)
    except NotMultibase as error:
        raise MalformedProof("The proof value holds a character that base58 does not have.") from error
    if len(signature) != kind.signature_length:
        raise MalformedProof(
            f"A signature of a key of the kind {kind} has {kind.signature_length} bytes, not {len(signature)}."
        )
    return signature
