"""ecdsa-jcs-2019: ECDSA over a document's JSON, in its canonical layout (RFC 8785).

P-256 goes with SHA-256 and P-384 with SHA-384.

Source: Data Integrity ECDSA Cryptosuites 1.0, section 3.3.
"""

from typing import Final

from keys.multikey import KeyKind
from keys.suites import jcs
from keys.suites.hashed import HashedSuite

__all__ = ["ECDSA_JCS_2019"]

ECDSA_JCS_2019: Final = HashedSuite(
    name="ecdsa-jcs-2019", kinds=(KeyKind.P256, KeyKind.P384), hashing=jcs.hash_data, copies_context=True
)
