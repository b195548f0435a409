"""What the suites that sign a document's JSON hash: its canonical layout (RFC 8785).

The proof carries a copy of the contexts the document had when it was signed, since nothing else about the
signature ties the document's terms to their meaning.

Source: Data Integrity EdDSA Cryptosuites 1.0, sections 3.3.1 to 3.3.5; Data Integrity ECDSA Cryptosuites
1.0, sections 3.3.1 to 3.3.5.
"""

from typing import Any, Final

from keys.canonical import canonicalize
from keys.contexts import Contexts
from keys.errors import MalformedProof
from keys.linked_data import HashName
from keys.suites.digest import digest
from keys.suites.suite import Document, Options

__all__ = ["hash_data"]

_CONTEXT: Final = "@context"


def hash_data(
    document: Document,
    options: Options,
    contexts: Contexts,  # noqa: ARG001 - every suite takes it; JSON is signed as JSON
    hash_name: HashName,
    statements: bytes | None = None,  # noqa: ARG001 - the same
) -> bytes:
    """The hash of the options, then of the document with the contexts it was signed with.

    Contexts added behind those are outside the signature, as section 3.3.2 (step 4) allows; whoever reads the
    document as linked data must look at all of its contexts.
    """
    return digest(canonicalize(options), hash_name) + digest(
        canonicalize(_as_signed(document, options)), hash_name
    )


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
