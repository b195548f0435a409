"""Presenting: a learner shows credentials to somebody who has asked, and signs that it was she, now, to them.

What is shown is signed for one challenge and one domain, so that whoever receives it cannot show it to anybody else.
Of a credential with a proof for selective disclosure she shows what she chooses; of any other, all of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from keys import strict_json
from keys.errors import MalformedJson
from keys.proofs import add_proof, check_proofs
from keys.signing import Signer
from wallet.errors import WalletError
from wallet.evidence import Evidence
from wallet.formats import presentation
from wallet.formats.data_model import is_version_1
from wallet.formats.shape import VC_1, VC_2, listed
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.securing import DATA_INTEGRITY, derive_credential

SUITE: Final = "eddsa-rdfc-2022"
_DISCLOSING: Final = "ecdsa-sd-2023"


class NothingToPresent(WalletError):
    """What was to be presented is no credential, or cannot be presented together."""


def present(
    office: Office,
    learner: str,
    credentials: Sequence[str | bytes],
    *,
    challenge: str,
    domain: str,
    pointers: Sequence[str] = (),
    at: datetime,
) -> dict[str, Any]:
    """A presentation of these credentials, signed with the learner's own key.

    `pointers` are JSON pointers to what is shown of a credential that allows to choose, beyond what its issuer made
    mandatory. Raises NotFound, Erased, NoLearnerKey, NothingToPresent, CredentialRefused.
    """
    wallet = office.learner(learner).state
    evidence = OfficeEvidence(office, at)
    shown = [_shown(_read(text), pointers, at, evidence) for text in credentials]
    return sign_presentation(
        shown, office.learner_keys.signer(wallet.learner), challenge=challenge, domain=domain, at=at
    )


def sign_presentation(
    credentials: Sequence[Mapping[str, Any]],
    signer: Signer,
    *,
    challenge: str,
    domain: str,
    at: datetime,
) -> dict[str, Any]:
    """A presentation by whoever holds the key, under its did:key. Raises NothingToPresent."""
    versions = {is_version_1(credential) for credential in credentials}
    if len(versions) > 1:
        raise NothingToPresent("Credentials of VC Data Model 1.1 and 2.0 cannot be presented together.")
    unsigned = presentation.build(
        holder=signer.public.did, credentials=credentials, version=VC_1 if versions == {True} else VC_2
    )
    if versions == {True}:
        unsigned["@context"].append(DATA_INTEGRITY)
    signed = add_proof(
        unsigned,
        signer=signer,
        suite=SUITE,
        verification_method=signer.public.verification_method,
        created=at,
        purpose="authentication",
        challenge=challenge,
        domain=domain,
    )
    check_proofs(signed, lambda _: signer.public, purpose="authentication")
    return signed


def _read(text: str | bytes) -> dict[str, Any]:
    try:
        document = strict_json.parse(text)
    except MalformedJson as error:
        raise NothingToPresent(f"What is to be presented cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise NothingToPresent("What is to be presented is no credential.")
    return document


def _shown(
    credential: dict[str, Any], pointers: Sequence[str], at: datetime, evidence: Evidence
) -> Mapping[str, Any]:
    """What is shown of one credential: what was chosen where there is a choice, or else all of it."""
    proofs = [proof for proof in listed(credential.get("proof")) if isinstance(proof, dict)]
    if any(_is_base(proof) for proof in proofs):
        return derive_credential(credential, pointers, at=at, evidence=evidence)
    if pointers:
        raise NothingToPresent(
            "The credential was not signed so that parts of it can be shown; it is shown whole."
        )
    return credential


def _is_base(proof: Mapping[str, Any]) -> bool:
    """Whether it is for its holder to derive from; what has been derived already is shown as it is."""
    value = proof.get("proofValue")
    return proof.get("cryptosuite") == _DISCLOSING and isinstance(value, str) and value.startswith(_BASE)


_BASE: Final = "u2V0A"
"""The header of a base proof, d9 5d 00, in base64url. Source: Data Integrity ECDSA Cryptosuites 1.0."""
