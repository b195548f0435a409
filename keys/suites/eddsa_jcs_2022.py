"""eddsa-jcs-2022: Ed25519 over a document's JSON, in its canonical layout (RFC 8785).

Source: Data Integrity EdDSA Cryptosuites 1.0, section 3.3.
"""

from typing import Final

from keys.multikey import KeyKind
from keys.suites import jcs
from keys.suites.hashed import HashedSuite

__all__ = ["EDDSA_JCS_2022"]

EDDSA_JCS_2022: Final = HashedSuite(
    name="eddsa-jcs-2022", kinds=(KeyKind.ED25519,), hashing=jcs.hash_data, copies_context=True
)
