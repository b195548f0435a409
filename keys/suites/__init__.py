"""The cryptosuites we sign and check with, one file each, by the name a proof gives."""

from typing import Final

from keys.errors import MalformedProof, UnsupportedSuite
from keys.suites.ecdsa_jcs_2019 import ECDSA_JCS_2019
from keys.suites.ecdsa_rdfc_2019 import ECDSA_RDFC_2019
from keys.suites.ecdsa_sd_2023 import EcdsaSd2023
from keys.suites.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from keys.suites.eddsa_jcs_2022 import EDDSA_JCS_2022
from keys.suites.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from keys.suites.suite import DATA_INTEGRITY, Options, Suite

__all__ = ["NAMES", "Suite", "by_name", "of_proof"]

_ALL: Final[tuple[Suite, ...]] = (
    EDDSA_RDFC_2022,
    EDDSA_JCS_2022,
    ECDSA_RDFC_2019,
    ECDSA_JCS_2019,
    EcdsaSd2023(),
    ED25519_SIGNATURE_2020,
)
_BY_NAME: Final = {suite.name: suite for suite in _ALL}
_BY_TYPE: Final = {suite.proof_type: suite for suite in _ALL if suite.proof_type != DATA_INTEGRITY}

_DRAFT_NAMES: Final = {"eddsa-2022": EDDSA_RDFC_2022}
"""What a suite was called before it was finished. Proofs under such a name are still about, and are only checked."""

NAMES: Final = tuple(_BY_NAME)
"""The suites there are, the one we issue with first."""


def by_name(name: str) -> Suite:
    """The suite of that name. Raises UnsupportedSuite."""
    suite = _BY_NAME.get(name)
    if suite is None:
        raise UnsupportedSuite(f"The cryptosuite {name[:64]!r} is not one we can check.")
    return suite


def of_proof(proof: Options) -> Suite:
    """The suite a proof names by its type and cryptosuite. Raises MalformedProof, UnsupportedSuite."""
    kind = proof.get("type")
    if not isinstance(kind, str) or not kind:
        raise MalformedProof("The proof is not of one type.")
    name = proof.get("cryptosuite")
    if kind == DATA_INTEGRITY:
        if not isinstance(name, str) or not name:
            raise MalformedProof("The proof names no cryptosuite.")
        suite = _BY_NAME.get(name) or _DRAFT_NAMES.get(name)
    else:
        if name is not None:
            raise MalformedProof(f"Only a proof of the type {DATA_INTEGRITY} names a cryptosuite.")
        suite = _BY_TYPE.get(kind)
    if suite is None or suite.proof_type != kind:
        raise UnsupportedSuite(f"The cryptosuite {(name or kind)[:64]!r} is not one we can check.")
    return suite
