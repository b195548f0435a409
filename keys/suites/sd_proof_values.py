"""The two proof values of ecdsa-sd-2023: CBOR in base64url multibase, told apart by their first bytes.

    u2V0A…   d9 5d 00, base: [signature, statement key, HMAC key, [signature, …], [pointer, …]]
    u2V0B…   d9 5d 01, derived: [signature, statement key, [signature, …], {0: label, …}, [index, …]]

Signatures have 64 bytes. The statement key is a P-256 Multikey's 35 bytes. Labels and the HMAC key have 32.
Reading is strict: no tags, no indefinite lengths, every number in its shortest form, nothing behind the end.

Source: Data Integrity ECDSA Cryptosuites 1.0, "ecdsa-sd-2023 Functions": serializeBaseProofValue,
parseBaseProofValue, serializeDerivedProofValue, parseDerivedProofValue.
"""

from dataclasses import dataclass
from typing import Any, Final

import cbor2

from keys.errors import BaseProofOffered, InvalidKey, MalformedProof, NotMultibase
from keys.multikey import KeyKind, from_multibase, to_multibase
from keys.signing import PublicKey

__all__ = ["MOST_SIGNATURES", "BaseProofValue", "DerivedProofValue"]

_BASE: Final = b"\xd9\x5d\x00"
_DERIVED: Final = b"\xd9\x5d\x01"
MOST_SIGNATURES: Final = 2000
"""In one proof. Each costs its reader about 70 µs, and a stranger chooses how many there are."""


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What the issuer gives the holder, and nobody else: with the HMAC key, undisclosed labels can be guessed."""

    signature: bytes
    statement_key: PublicKey
    hmac_key: bytes
    signatures: list[bytes]
    """One for each statement that is not mandatory, in order of the statements."""
    mandatory_pointers: list[str]

    def __str__(self) -> str:
        return _written(
            _BASE,
            [
                self.signature,
                _multikey_bytes(self.statement_key),
                self.hmac_key,
                self.signatures,
                self.mandatory_pointers,
            ],
        )

    @classmethod
    def read(cls, text: str) -> "BaseProofValue":
        """Raises MalformedProof."""
        signature, key, hmac_key, signatures, pointers = _read(text, _BASE)
        if not (
            _is_bytes(signature, 64)
            and _is_bytes(hmac_key, 32)
            and _are_signatures(signatures)
            and _is_list(pointers, str)
        ):
            raise MalformedProof("The base proof's value is not made of the five parts it must have.")
        return cls(signature, _statement_key(key), hmac_key, signatures, pointers)


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What the holder shows with a disclosed document."""

    signature: bytes
    statement_key: PublicKey
    signatures: list[bytes]
    """One for each disclosed statement that is not mandatory, in order of the statements."""
    labels: dict[str, str]
    """The name under which a blank node's statements were signed, by its canonical label: `c14n0`, `u3Lv…`."""
    mandatory_indexes: list[int]
    """Which of the disclosed statements, in their order, are mandatory."""

    def __str__(self) -> str:
        compressed = {int(label[4:]): from_multibase(name) for label, name in self.labels.items()}
        return _written(
            _DERIVED,
            [
                self.signature,
                _multikey_bytes(self.statement_key),
                self.signatures,
                dict(sorted(compressed.items())),
                self.mandatory_indexes,
            ],
        )

    @classmethod
    def read(cls, text: str) -> "DerivedProofValue":
        """Raises MalformedProof, and BaseProofOffered for a base proof's value."""
        signature, key, signatures, labels, indexes = _read(text, _DERIVED)
        if not (
            _is_bytes(signature, 64)
            and _are_signatures(signatures)
            and type(labels) is dict
            and _is_list(list(labels), int)
            and all(_is_bytes(label, 32) for label in labels.values())
            and _is_list(indexes, int)
        ):
            raise MalformedProof("The derived proof's value is not made of the five parts it must have.")
        if len(set(labels.values())) < len(labels):
            # Two blank nodes of the document would both take the statements signed for one.
            raise MalformedProof("The derived proof gives two things in the document one name.")
        names = {f"c14n{number}": to_multibase(label, "u") for number, label in labels.items()}
        return cls(signature, _statement_key(key), signatures, names, indexes)


def _written(header: bytes, parts: list[Any]) -> str:
    return to_multibase(header + cbor2.dumps(parts), "u")


def _read(text: str, header: bytes) -> tuple[Any, Any, Any, Any, Any]:
    try:
        if not text.startswith("u"):
            raise NotMultibase("not base64url")
        data = from_multibase(text)
    except NotMultibase as error:
        raise MalformedProof("The proof value is not base64url, starting with u.") from error
    if header == _DERIVED and data.startswith(_BASE):
        raise BaseProofOffered(
            "The proof is the issuer's own, from which its holder derives the one to show."
        )
    encoded = data.removeprefix(header)
    if encoded == data:
        raise MalformedProof("The proof value does not begin as one of this kind does.")
    try:
        parts = cbor2.loads(encoded, max_depth=3, allow_indefinite=False, allow_duplicate_keys=False)
        # Written again it must be the same: cbor2 also reads what lies behind the end, and longer forms.
        strict = type(parts) is list and len(parts) == 5 and cbor2.dumps(parts) == encoded
    except cbor2.CBORError as error:
        raise MalformedProof("The proof value is not CBOR.") from error
    if not strict:
        raise MalformedProof("The proof value is not CBOR of five parts, written in the one way it may be.")
    return parts[0], parts[1], parts[2], parts[3], parts[4]


def _is_bytes(value: object, length: int) -> bool:
    return type(value) is bytes and len(value) == length


def _is_list(value: object, kind: type) -> bool:
    return type(value) is list and all(type(item) is kind for item in value)


def _are_signatures(value: object) -> bool:
    return (
        type(value) is list and len(value) <= MOST_SIGNATURES and all(_is_bytes(item, 64) for item in value)
    )


def _multikey_bytes(key: PublicKey) -> bytes:
    return key.kind.prefix + key.raw


def _statement_key(data: object) -> PublicKey:
    prefix = KeyKind.P256.prefix
    if not isinstance(data, bytes) or not data.startswith(prefix):
        raise MalformedProof("The proof's key for statements is not a P-256 key.")
    try:
        return PublicKey(data[len(prefix) :], KeyKind.P256)
    except InvalidKey as error:
        raise MalformedProof("The proof's key for statements is not a P-256 key.") from error
