"""Ed25519Signature2020: what badges were signed with before cryptosuites had names.

The same hashes and signature as eddsa-rdfc-2022; the proof says so by its type, which only the suite's own
context defines (`https://w3id.org/security/suites/ed25519-2020/v1`): a document without it is refused.

Source: Data Integrity EdDSA Cryptosuites 1.0, appendix "Ed25519Signature2020".
"""

from typing import Final

from keys.multikey import KeyKind
from keys.suites import rdfc
from keys.suites.hashed import HashedSuite

__all__ = ["ED25519_SIGNATURE_2020"]

_NAME: Final = "Ed25519Signature2020"

ED25519_SIGNATURE_2020: Final = HashedSuite(
    name=_NAME, kinds=(KeyKind.ED25519,), hashing=rdfc.hash_data, copies_context=False, proof_type=_NAME
)
