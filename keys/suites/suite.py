"""What every cryptosuite of VC Data Integrity 1.0 does, whatever its canonical form and signature.

A suite turns a document, the options of a proof and a key into a `proofValue`, and tells whether one holds.
Which proofs there are, what they are for and who made them is the business of `keys.proofs`.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from keys.contexts import Contexts
from keys.signing import PublicKey, Signer

__all__ = ["DATA_INTEGRITY", "Document", "Options", "Suite"]

Document: TypeAlias = Mapping[str, Any]
"""A JSON object as parsed."""

Options: TypeAlias = Mapping[str, Any]
"""A proof without its `proofValue`."""

DATA_INTEGRITY = "DataIntegrityProof"


class Suite(Protocol):
    """One cryptosuite.

    `document` is without its proofs, or with exactly the earlier proofs that the proof in question builds on.
    """

    @property
    def name(self) -> str:
        """As in a proof's `cryptosuite`."""
        ...

    @property
    def proof_type(self) -> str:
        """A proof's `type`: DataIntegrityProof, or for a suite older than that the suite's own name."""
        ...

    @property
    def copies_context(self) -> bool:
        """Whether a proof carries a copy of the document's `@context`."""
        ...

    def prove(self, document: Document, options: Options, signer: Signer, contexts: Contexts) -> str:
        """The `proofValue`.

        Raises InvalidKey for a key of a kind that the suite does not sign with, and otherwise as `check`.
        """
        ...

    def check(
        self,
        document: Document,
        options: Options,
        proof_value: str,
        public_key: PublicKey,
        contexts: Contexts,
    ) -> None:
        """Raises InvalidSignature where the key's holder did not make this proof of this document.

        Raises MalformedProof where `proof_value` is not one of this suite's or the options do not go with the
        document, InvalidKey for a key of another kind, LinkedDataError or NotCanonicalizable where document
        or options have no canonical form.
        """
        ...
