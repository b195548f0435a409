"""eddsa-rdfc-2022: Ed25519 over what a document says, however it is laid out.

The document's statements in canonical order (JSON-LD, RDFC-1.0) are hashed, and so are the statements the
proof's options make under the document's own contexts.

Source: Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

from collections.abc import Hashable
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from keys.contexts import Contexts
from keys.errors import MalformedProof
from keys.linked_data import canonical_nquads
from keys.signing import PublicKey, Signer
from keys.suites import eddsa
from keys.suites.suite import Document, Options

__all__ = ["EddsaRdfc2022"]

_CONTEXT: Final = "@context"
_KNOWN_OPTIONS: Final = 1024
"""How many option hashes are kept. Proofs made in the same second with the same key share one."""


class EddsaRdfc2022:
    """The suite. It has no state of its own."""

    name: Final = "eddsa-rdfc-2022"
    copies_context: Final = False

    def hash_data(self, document: Document, options: Options, contexts: Contexts) -> bytes:
        """Sections 3.2.3 to 3.2.5: transformation, hashing, proof configuration."""
        return _options_hash(document.get(_CONTEXT), options, contexts) + _hash(document, contexts)

    def sign(self, hash_data: bytes, signer: Signer) -> str:
        """Section 3.2.6."""
        return eddsa.sign(hash_data, signer)

    def verify(self, hash_data: bytes, proof_value: str, public_key: PublicKey) -> None:
        """Section 3.2.7."""
        eddsa.verify(hash_data, proof_value, public_key)


def _hash(document: Document, contexts: Contexts) -> bytes:
    return sha256(canonical_nquads(document, contexts=contexts)).digest()


def _options_hash(context: Any, options: Options, contexts: Contexts) -> bytes:
    if _CONTEXT in options and options[_CONTEXT] != context:
        # The suite would replace it by the document's (section 3.2.5, step 5) and so leave it unsigned.
        raise MalformedProof("The proof brings a context of its own, which its signature does not cover.")
    key = _key(context), tuple([(name, _key(value)) for name, value in options.items() if name != _CONTEXT])
    if key[0] is _UNKEYED or any(value is _UNKEYED for _, value in key[1]):
        return _hash({**options, _CONTEXT: context}, contexts)
    return _hash_of_texts(*key, contexts)


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
def _hash_of_texts(context: Any, options: tuple[tuple[str, Any], ...], contexts: Contexts) -> bytes:
    return _hash({**{name: _value(key) for name, key in options}, _CONTEXT: _value(context)}, contexts)


def _value(key: Any) -> Any:
    return list(key) if type(key) is tuple else key
