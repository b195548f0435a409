"""eddsa-jcs-2022: Ed25519 over a document's JSON, in its canonical layout (RFC 8785).

The proof carries a copy of the contexts the document had when it was signed, since nothing else about the
signature ties the document's terms to their meaning.

Source: Data Integrity EdDSA Cryptosuites 1.0, section 3.3.
"""

from hashlib import sha256
from typing import Any, Final

from keys.canonical import canonicalize
from keys.contexts import Contexts
from keys.errors import MalformedProof
from keys.signing import PublicKey, Signer
from keys.suites import eddsa
from keys.suites.suite import Document, Options

__all__ = ["EddsaJcs2022"]

_CONTEXT: Final = "@context"


class EddsaJcs2022:
    """The suite. It has no state of its own."""

    name: Final = "eddsa-jcs-2022"
    copies_context: Final = True  # section 3.3.1, step 2

    def hash_data(
        self,
        document: Document,
        options: Options,
        contexts: Contexts,  # noqa: ARG002 - every suite takes it; JSON is signed as JSON
    ) -> bytes:
        """Sections 3.3.3 to 3.3.5, on the document with the contexts it was signed with.

        Contexts added behind those are outside the signature, as section 3.3.2 (step 4) allows; whoever
        reads the document as linked data must look at all of its contexts.
        """
        return _hash(options) + _hash(_as_signed(document, options))

    def sign(self, hash_data: bytes, signer: Signer) -> str:
        """Section 3.3.6."""
        return eddsa.sign(hash_data, signer)

    def verify(self, hash_data: bytes, proof_value: str, public_key: PublicKey) -> None:
        """Section 3.3.7."""
        eddsa.verify(hash_data, proof_value, public_key)


def _hash(value: Document) -> bytes:
    return sha256(canonicalize(value)).digest()


def _as_signed(document: Document, options: Options) -> Document:
    if _CONTEXT not in options:
        return document
    signed, present = options[_CONTEXT], document.get(_CONTEXT)
    if signed == present:
        return document
    beginning = _listed(signed)
    # Compared as canonical JSON: to Python, 1 and true are equal.
    if canonicalize(_listed(present)[: len(beginning)]) != canonicalize(beginning):
        raise MalformedProof("The document's contexts do not start with those it was signed with.")
    return {**document, _CONTEXT: signed}


def _listed(context: Any) -> list[Any]:
    if context is None:
        return []
    return context if isinstance(context, list) else [context]
