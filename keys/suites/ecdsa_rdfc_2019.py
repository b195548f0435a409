"""ecdsa-rdfc-2019: ECDSA over what a document says, however it is laid out.

P-256 goes with SHA-256 and P-384 with SHA-384, for the names of blank nodes (RDFC-1.0) as for the hashes.

Source: Data Integrity ECDSA Cryptosuites 1.0, section 3.2.
"""

from typing import Final

from keys.multikey import KeyKind
from keys.suites import rdfc
from keys.suites.hashed import HashedSuite

__all__ = ["ECDSA_RDFC_2019"]

ECDSA_RDFC_2019: Final = HashedSuite(
    name="ecdsa-rdfc-2019", kinds=(KeyKind.P256, KeyKind.P384), hashing=rdfc.hash_data, copies_context=False
)
