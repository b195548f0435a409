"""What the suites that sign a document's statements hash: JSON-LD, canonicalised by RDFC-1.0.

The document's statements in canonical order are hashed, and so are the statements the proof's options make
under the document's own contexts.

Source: Data Integrity EdDSA Cryptosuites 1.0, sections 3.2.3 to 3.2.5; Data Integrity ECDSA Cryptosuites
1.0, sections 3.2.3 to 3.2.5.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Final

from keys.contexts import Contexts
from keys.errors import MalformedProof
from keys.linked_data import HashName, canonical_nquads
from keys.suites.digest import digest
from keys.suites.suite import Document, Options

__all__ = ["hash_data", "options_hash"]

_CONTEXT: Final = "@context"
_KNOWN_OPTIONS: Final = 1024
"""How many option hashes are kept. Proofs made in the same second with the same key share one."""


def hash_data(
    document: Document,
    options: Options,
    contexts: Contexts,
    hash_name: HashName,
    statements: bytes | None = None,
) -> bytes:
    """The hash of the options, then of the document; RDFC-1.0 itself works with the same hash.

    `statements` are the document's own, named by SHA-256, where they are known.
    """
    known = statements if hash_name == "sha256" else None
    return options_hash(document.get(_CONTEXT), options, contexts, hash_name) + (
        _hash(document, contexts, hash_name) if known is None else digest(known, hash_name)
    )


def options_hash(context: Any, options: Options, contexts: Contexts, hash_name: HashName) -> bytes:
    """The hash of what the options say under the document's `context`.

    Raises MalformedProof for options that bring another context.
    """
    if _CONTEXT in options and options[_CONTEXT] != context:
        # The suite would replace it by the document's (section 3.2.5, step 5) and so leave it unsigned.
        raise MalformedProof("The proof brings a context of its own, which its signature does not cover.")
    key = _key(context), tuple([(name, _key(value)) for name, value in options.items() if name != _CONTEXT])
    if key[0] is _UNKEYED or any(value is _UNKEYED for _, value in key[1]):
        return _hash({**options, _CONTEXT: context}, contexts, hash_name)
    return _hash_of_texts(*key, contexts, hash_name)


def _hash(document: Document, contexts: Contexts, hash_name: HashName) -> bytes:
    return digest(canonical_nquads(document, contexts=contexts, hash_name=hash_name), hash_name)


_UNKEYED: Final = object()


def _key(value: Any) -> Hashable:
    """The value where it is text or a list of texts, as nearly always; they are equal only when the same.

    Numbers are left out on purpose: 1, 1.0 and True are equal to Python and are not to a signature.
    """
    if type(value) is str:
        return value
    if type(value) is list and all(type(item) is str for item in value):
        return tuple(value)
    return _UNKEYED


@lru_cache(maxsize=_KNOWN_OPTIONS)
def _hash_of_texts(
    context: Any, options: tuple[tuple[str, Any], ...], contexts: Contexts, hash_name: HashName
) -> bytes:
    return _hash(
        {**{name: _value(key) for name, key in options}, _CONTEXT: _value(context)}, contexts, hash_name
    )


def _value(key: Any) -> Any:
    return list(key) if type(key) is tuple else key
