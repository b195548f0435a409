"""What `keys` refuses. Nothing here answers `False`: a check that does not hold raises.

    KeysError
    ├── MalformedJson               the text is not JSON with one meaning; `.reason` says why
    ├── NotCanonicalizable          the value has no RFC 8785 form
    ├── LinkedDataError
    │   ├── ContextNotAllowed       a context that is not among the pinned ones
    │   ├── UndefinedTerm           a term no context defines: it would have been left unsigned
    │   ├── NotLinkedData           not a JSON-LD document, or a kind of one we do not read
    │   └── TooComplex              canonicalising it would take longer than we allow
    ├── NotMultibase                not multibase text, or not the only way to write those bytes
    ├── InvalidKey                  not a key, not of a kind we know, or one that proves nothing
    ├── InvalidDid                  not a DID, not a DID URL, or a DID we may not fetch
    ├── InvalidSignature            the signature was not made by this key over these bytes
    ├── ProofError
    │   ├── NoProof                 the document carries no proof
    │   ├── MalformedProof          a proof that breaks VC Data Integrity 1.0, section 2.1
    │   ├── UnsupportedSuite        a proof of a cryptosuite we do not have
    │   ├── ProofPurposeMismatch    a proof made for another purpose
    │   ├── BrokenProofChain        `previousProof` names a proof that is not there, or a circle
    │   ├── BaseProofOffered        a proof meant for its holder, where one derived from it is needed
    │   └── InvalidPointer          a JSON pointer that leads nowhere, or into what has no parts
    ├── NoteError
    │   ├── MalformedNote           not a signed note, or not in the one way to write it
    │   └── NotSignedBy             a note without a signature of the key that was asked about
    ├── JoseError
    │   ├── MalformedMessage        not a JWS, SD-JWT or COSE message, or not in the one way to write it
    │   ├── AlgorithmNotAllowed     signed in a way that proves nothing, or not the way the key signs
    │   ├── UnsupportedAlgorithm    signed in a way we cannot check
    │   ├── HeaderNotAllowed        the header offers a key of its own, or demands what we do not know
    │   ├── WrongMediaType          a message of another kind than the one it is offered as
    │   ├── BrokenDisclosure        a disclosure that its issuer did not sign, or that hides what it may not
    │   └── BrokenKeyBinding        not shown by its holder, to us, for this occasion
    ├── UnknownKey                  nothing known under this name, or not for this use
    ├── KeystoreError
    │   ├── WrongPassphrase         the file is sound and the passphrase does not open it
    │   ├── KeystoreDamaged         the file is not what we wrote
    │   └── KeyExists               a key of that name is there already
    └── SealBroken                  a sealed payload changed, was moved, or belongs to another key

`str()` of every error is one plain sentence that can be shown to a person.
"""

from typing import Literal

__all__ = [
    "AlgorithmNotAllowed",
    "BaseProofOffered",
    "BrokenDisclosure",
    "BrokenKeyBinding",
    "BrokenProofChain",
    "ContextNotAllowed",
    "HeaderNotAllowed",
    "InvalidDid",
    "InvalidKey",
    "InvalidPointer",
    "InvalidSignature",
    "JoseError",
    "JsonReason",
    "KeyExists",
    "KeysError",
    "KeystoreDamaged",
    "KeystoreError",
    "LinkedDataError",
    "MalformedJson",
    "MalformedMessage",
    "MalformedNote",
    "MalformedProof",
    "NoProof",
    "NotCanonicalizable",
    "NotLinkedData",
    "NotMultibase",
    "NotSignedBy",
    "NoteError",
    "ProofError",
    "ProofPurposeMismatch",
    "SealBroken",
    "TooComplex",
    "UndefinedTerm",
    "UnknownKey",
    "UnsupportedAlgorithm",
    "UnsupportedSuite",
    "WrongMediaType",
    "WrongPassphrase",
]

JsonReason = Literal[
    "not-utf8",
    "not-json",
    "duplicate-member",
    "not-a-number",
    "too-deep",
    "too-large",
    "number-too-big",
    "lone-surrogate",
    "too-many-members",
]
"""Why a text was not read. The codes are part of the public answer and never change."""


class KeysError(Exception):
    """Anything `keys` refuses."""


class MalformedJson(KeysError):
    """The text is not JSON, or is JSON that two readers could read differently."""

    def __init__(self, reason: JsonReason, sentence: str) -> None:
        super().__init__(reason, sentence)
        self.reason: JsonReason = reason
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class NotCanonicalizable(KeysError):
    """The value has no canonical JSON form (RFC 8785)."""


class LinkedDataError(KeysError):
    """The document cannot be turned into the statements a signature covers."""


class ContextNotAllowed(LinkedDataError):
    """The document uses a context that is not pinned; contexts are never fetched."""


class UndefinedTerm(LinkedDataError):
    """A member or a type that no context defines: a signature would not cover it."""


class NotLinkedData(LinkedDataError):
    """The document is not JSON-LD, or uses a part of it we do not read."""


class TooComplex(LinkedDataError):
    """Canonicalising the document would take longer than is allowed."""


class NotMultibase(KeysError):
    """The text is not multibase, or not the one way there is to write those bytes."""


class InvalidKey(KeysError):
    """The text or bytes are not a public key that can prove anything."""


class InvalidDid(KeysError):
    """The text is not a DID or DID URL of a method we know, or names a host we may not ask."""


class InvalidSignature(KeysError):
    """The signature was not made by this key over these bytes."""


class ProofError(KeysError):
    """A proof of a document cannot be accepted, before its signature is even looked at."""


class NoProof(ProofError):
    """The document carries no proof."""


class MalformedProof(ProofError):
    """A proof lacks a member it must have, or has one of the wrong shape."""


class UnsupportedSuite(ProofError):
    """The proof names a cryptosuite we do not have."""


class ProofPurposeMismatch(ProofError):
    """The proof was made for another purpose than the one it is offered for."""


class BrokenProofChain(ProofError):
    """A chained proof names an earlier proof that is missing, doubled, or its own successor."""


class BaseProofOffered(ProofError):
    """An issuer's proof for selective disclosure, offered where one derived from it is needed.

    It holds signatures for all that its holder might have left out, and the key to the names of the rest.
    """


class InvalidPointer(ProofError):
    """A JSON pointer that is none, that leads nowhere in the document, or that disclosure cannot follow."""


class JoseError(KeysError):
    """A signed message of the JOSE or COSE family cannot be accepted, whatever its signature is worth."""


class MalformedMessage(JoseError):
    """The text or bytes are not such a message, or are not written in the one way it may be written."""


class AlgorithmNotAllowed(JoseError):
    """The message is not signed with a private key at all, or not in the way that the key at hand signs."""


class UnsupportedAlgorithm(JoseError):
    """The message is signed or digested in a way we do not have: nothing is said against it or for it."""


class HeaderNotAllowed(JoseError):
    """The header brings the key to check it with, or says that we must understand what we do not."""


class WrongMediaType(JoseError):
    """The message says that it is of another kind than the one it is offered as."""


class BrokenDisclosure(JoseError):
    """What is disclosed does not fit what was signed, or what should be hidden cannot be."""


class BrokenKeyBinding(JoseError):
    """The holder's signature over what is shown is missing, or is for somebody else or another occasion."""


class NoteError(KeysError):
    """A signed note cannot be accepted."""


class MalformedNote(NoteError):
    """The bytes are not a signed note, or are not written in the one way it may be written."""


class NotSignedBy(NoteError):
    """The note has no signature of the key asked about: nothing is said against it, and nothing for it."""


class UnknownKey(KeysError):
    """No key is known under this name, or the one known may not be used for this."""


class KeystoreError(KeysError):
    """The private keys at rest cannot be opened or changed."""


class WrongPassphrase(KeystoreError):
    """The keystore is sound, and the passphrase given does not open it."""


class KeystoreDamaged(KeystoreError):
    """The keystore's file is not one we wrote: changed, cut short, or of an unknown version."""


class KeyExists(KeystoreError):
    """The keystore already holds a key of that name."""


class SealBroken(KeysError):
    """A sealed payload was changed or moved, or was sealed under another key."""
