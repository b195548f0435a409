"""What every cryptosuite of VC Data Integrity 1.0 does, whatever its canonical form and signature.

A suite turns a document and the options of a proof into the bytes that are signed (transformation and
hashing), and puts a signature over them into a `proofValue` and back. Which proofs there are, what they
are for and who made them is the business of `keys.proofs`.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from keys.contexts import Contexts
from keys.signing import PublicKey, Signer

__all__ = ["Document", "Options", "Suite"]

Document: TypeAlias = Mapping[str, Any]
"""A JSON object as parsed."""

Options: TypeAlias = Mapping[str, Any]
"""A proof without its `proofValue`."""


class Suite(Protocol):
    """One cryptosuite."""

    @property
    def name(self) -> str:
        """As in a proof's `cryptosuite`."""
        ...

    @property
    def copies_context(self) -> bool:
        """Whether a proof carries a copy of the document's `@context`."""
        ...

    def hash_data(self, document: Document, options: Options, contexts: Contexts) -> bytes:
        """The bytes that are signed: the hash of the options, then the hash of the document.

        `document` is without its proofs, or with exactly the earlier proofs that this one builds on. Raises
        MalformedProof where the two do not belong together, LinkedDataError or NotCanonicalizable where
        they have no canonical form.
        """
        ...

    def sign(self, hash_data: bytes, signer: Signer) -> str:
        """The `proofValue` of the signer's signature."""
        ...

    def verify(self, hash_data: bytes, proof_value: str, public_key: PublicKey) -> None:
        """Raises InvalidSignature, or MalformedProof when `proof_value` is not one of this suite's."""
        ...
