"""What the two Ed25519 suites share: the signature, and its text.

Source: Data Integrity EdDSA Cryptosuites 1.0, sections 3.2.6, 3.2.7, 3.3.6 and 3.3.7.
"""

from typing import Final

from keys.errors import MalformedProof, NotMultibase
from keys.multikey import from_multibase, to_multibase
from keys.signing import PublicKey, Signer

__all__ = ["sign", "verify"]

_SIGNATURE_BYTES: Final = 64
_LONGEST_PROOF_VALUE: Final = 1 + 88  # z, and the most digits that 64 bytes take in base 58


def sign(hash_data: bytes, signer: Signer) -> str:
    """The signature as base58btc multibase: `z…`."""
    return to_multibase(signer.sign(hash_data))


def verify(hash_data: bytes, proof_value: str, public_key: PublicKey) -> None:
    """Raises MalformedProof for a text that is no signature, InvalidSignature for another's."""
    public_key.verify(_signature_of(proof_value), hash_data)


def _signature_of(proof_value: str) -> bytes:
    if not proof_value.startswith("z") or len(proof_value) > _LONGEST_PROOF_VALUE:
        raise MalformedProof("The proof value is not a signature in base58btc, starting with z.")
    try:
        signature = from_multibase(proof_value)
    except NotMultibase as error:
        raise MalformedProof("The proof value holds a character that base58 does not have.") from error
    if len(signature) != _SIGNATURE_BYTES:
        raise MalformedProof(f"An Ed25519 signature has {_SIGNATURE_BYTES} bytes, not {len(signature)}.")
    return signature
