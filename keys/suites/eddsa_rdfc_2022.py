"""eddsa-rdfc-2022: Ed25519 over what a document says, however it is laid out.

Source: Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

from typing import Final

from keys.multikey import KeyKind
from keys.suites import rdfc
from keys.suites.hashed import HashedSuite

__all__ = ["EDDSA_RDFC_2022"]

EDDSA_RDFC_2022: Final = HashedSuite(
    name="eddsa-rdfc-2022", kinds=(KeyKind.ED25519,), hashing=rdfc.hash_data, copies_context=False
)
