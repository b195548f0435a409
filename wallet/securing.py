"""Securing a credential that somebody else wrote: looked at as strictly as if it were verified, then signed.

A profile says how: by which cryptosuite or in which message, and with what kind of key. What is signed here is on the
word of whoever asks. What this wallet itself knows, it issues by `wallet.issuing`, which records it.

Source: VC API 0.3, "Issue Credential" and "Derive Credential"; VC Data Model 2.0, 4 and 5.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.errors import NotFound, WrongInstitution
from keys.did import self_contained_key
from keys.errors import KeysError, UnknownKey
from keys.linked_data import canonical_nquads
from keys.proofs import add_base_proof, add_proof, check_base_proof, check_proof, derive, proofs_of
from keys.signing import KeyKind, PublicKey, Signer
from wallet import enveloping, formats
from wallet.enveloping import EnvelopeRefused
from wallet.errors import WalletError
from wallet.evidence import Evidence
from wallet.formats.data_model import is_version_1, issuer_id
from wallet.formats.enveloped import MediaType, wrapper
from wallet.formats.shape import Fault, absolute_uri, listed, types_of
from wallet.formats.status_list import StatusListRefused, read_entry
from wallet.office import Office
from wallet.verdict import Problem
from wallet.verifying.case import Case
from wallet.verifying.policy import DEFAULT

__all__ = [
    "FOR_INSTITUTIONS",
    "PROFILES",
    "CredentialRefused",
    "Profile",
    "SecuredBy",
    "derive_credential",
    "profile_named",
    "secure",
    "secure_for_institution",
]

DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
STATUS_LIST: Final = "https://www.w3.org/ns/credentials/status/v1"
_DATA_INTEGRITY_CONTEXTS: Final = (DATA_INTEGRITY, "https://w3id.org/security/data-integrity/v1")

_DISCLOSING: Final = "ecdsa-sd-2023"


class CredentialRefused(WalletError):
    """The credential is not one that may be signed, or shown in part."""

    def __init__(self, problem: Problem, sentence: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(sentence)
        self.problem = problem
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Profile:
    """A way to secure a credential, by the name it has in an address."""

    name: str
    kind: KeyKind
    """Of the key that signs."""
    suite: str | None = None
    """The cryptosuite; None where the credential is put into a message."""
    with_status: bool = False
    """Whether the credential is given a place in a status list."""


PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("eddsa-rdfc-2022", KeyKind.ED25519, "eddsa-rdfc-2022"),
        Profile("eddsa-jcs-2022", KeyKind.ED25519, "eddsa-jcs-2022"),
        Profile("ecdsa-rdfc-2019-P-256", KeyKind.P256, "ecdsa-rdfc-2019"),
        Profile("ecdsa-rdfc-2019-P-384", KeyKind.P384, "ecdsa-rdfc-2019"),
        Profile("ecdsa-jcs-2019-P-256", KeyKind.P256, "ecdsa-jcs-2019"),
        Profile("ecdsa-jcs-2019-P-384", KeyKind.P384, "ecdsa-jcs-2019"),
        Profile(_DISCLOSING, KeyKind.P256, _DISCLOSING),
        Profile("status", KeyKind.ED25519, "eddsa-rdfc-2022", with_status=True),
        Profile("enveloped", KeyKind.P256),
    )
}
"""Every profile there is."""

FOR_INSTITUTIONS: Final = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
"""Those that an institution's own key can sign by."""


@dataclass(frozen=True, slots=True)
class SecuredBy:
    """Whoever signs: the DID that is the issuer, the name of its key, and the key."""

    did: str
    method: str
    signer: Signer

    @classmethod
    def itself(cls, signer: Signer) -> "SecuredBy":
        """A key under no name but its own: a did:key."""
        return cls(signer.public.did, signer.public.verification_method, signer)


def profile_named(name: str) -> Profile:
    """Raises NotFound."""
    if name not in PROFILES:
        raise NotFound(f"There is no profile {name[:100]!a}; there are {', '.join(PROFILES)}.")
    return PROFILES[name]


def secure(
    credential: Mapping[str, Any],
    profile: Profile,
    by: SecuredBy,
    *,
    at: datetime,
    status: Iterable[Mapping[str, Any]] = (),
    mandatory_pointers: Sequence[str] | None = None,
    examples: bool = False,
) -> dict[str, Any]:
    """The credential, signed; the one given is left as it was. `examples` as for `wallet.formats.faults`.

    The issuer is whoever signs, whatever name the credential gives it; but it has to name one. Onto a credential of
    VC Data Model 1.1 a proof brings the context that it needs. A credential that has run out is signed all the same.

    Raises CredentialRefused.
    """
    document = _issued_by(credential, by.did)
    entries = [dict(entry) for entry in status]
    if entries:
        document["credentialStatus"] = [*listed(document.get("credentialStatus")), *entries]
    _refuse_malformed(document, examples=examples)
    if is_version_1(document):  # 2.0 has the words of proofs and of status lists in its own context
        document["@context"] = _with_context(document["@context"], *_DATA_INTEGRITY_CONTEXTS)
        if entries:
            document["@context"] = _with_context(document["@context"], STATUS_LIST)
    try:
        canonical_nquads({member: value for member, value in document.items() if member != "proof"})
        if profile.suite is None:
            return _enveloped(document, by, at, examples=examples)
        return _with_proof(document, profile.suite, by, at, mandatory_pointers)
    except (KeysError, EnvelopeRefused) as error:
        raise CredentialRefused(Problem.MALFORMED_VALUE, str(error)) from error


def secure_for_institution(
    office: Office, institution: str, profile: Profile, credential: Mapping[str, Any], *, at: datetime
) -> dict[str, Any]:
    """The credential, signed with the institution's own key in force; it has to name the institution as its issuer.

    Raises NotFound, WrongInstitution, KeyNotInForce, CredentialRefused.
    """
    by = office.institution(institution).state
    if profile.name not in FOR_INSTITUTIONS:
        raise NotFound(f"Institutions sign by {' or '.join(FOR_INSTITUTIONS)}, and not by {profile.name}.")
    named = issuer_id(credential)
    if named is not None and absolute_uri(named) and named != by.did:
        raise WrongInstitution(f"The credential is to be issued by {named[:200]}, and {by.id} is {by.did}.")
    method, signer = office.signer_of(by, at)
    return secure(credential, profile, SecuredBy(by.did, method, signer), at=at)


def derive_credential(
    credential: Mapping[str, Any], pointers: Sequence[str], *, at: datetime, evidence: Evidence
) -> dict[str, Any]:
    """What its holder chooses to show of a credential with a base proof. Raises CredentialRefused."""
    case = Case(credential, DEFAULT, at, evidence)

    def key_for(method: str) -> PublicKey:
        if method.startswith(("did:key:", "did:jwk:")):
            return self_contained_key(method)
        key, _ = case.key_of(method)
        if key is None:
            raise UnknownKey("The key that the credential was signed with could not be had.")
        return key

    _refuse_malformed(credential, examples=True)  # its issuer has signed these words already
    try:
        return derive(credential, key_for, selective_pointers=pointers)
    except KeysError as error:
        raise CredentialRefused(Problem.CRYPTOGRAPHIC_SECURITY, str(error)) from error


def _issued_by(credential: Mapping[str, Any], did: str) -> dict[str, Any]:
    """The credential with this issuer in place of the one it names; one it does not name is not made up."""
    document = dict(credential)
    if not absolute_uri(issuer_id(credential)):
        return document  # left for the model to refuse
    issuer = credential["issuer"]
    document["issuer"] = {**issuer, "id": did} if isinstance(issuer, dict) else did
    return document


def _with_context(contexts: list[Any], wanted: str, *or_else: str) -> list[Any]:
    """The contexts, with the one wanted behind them unless it or one as good is there."""
    return contexts if any(each in contexts for each in (wanted, *or_else)) else [*contexts, wanted]


def _refuse_malformed(document: Mapping[str, Any], *, examples: bool) -> None:
    if found := [
        *formats.faults(document, examples=examples),
        *_proof_faults(document),
        *_status_faults(document),
    ]:
        raise CredentialRefused(found[0].problem, found[0].sentence, found)


def _proof_faults(document: Mapping[str, Any]) -> Iterable[Fault]:
    """What is signed already may be signed again, if what it carries is proofs. Source: VC Data Integrity 1.0, 2.1."""
    for proof in listed(document.get("proof")):
        if not isinstance(proof, dict) or not types_of(proof):
            yield Fault(
                "proof-malformed", "/proof", "A proof that the credential carries is none: it has no type."
            )


def _status_faults(document: Mapping[str, Any]) -> Iterable[Fault]:
    """A place in a status list is one that can be looked up. Source: Bitstring Status List 1.0, 2.1."""
    for entry in listed(document.get("credentialStatus")):
        if "BitstringStatusListEntry" in types_of(entry):
            try:
                read_entry(entry)
            except StatusListRefused as refused:
                yield Fault(refused.reason, "/credentialStatus", str(refused))


def _with_proof(
    document: dict[str, Any],
    suite: str,
    by: SecuredBy,
    at: datetime,
    mandatory_pointers: Sequence[str] | None,
) -> dict[str, Any]:
    """The document with a proof beside those it has, and the proof checked."""
    if suite == _DISCLOSING:
        signed = add_base_proof(
            document,
            signer=by.signer,
            verification_method=by.method,
            created=at,
            mandatory_pointers=mandatory_pointers,
        )
        check_base_proof(signed, proofs_of(signed)[-1], by.signer.public)
        return signed
    signed = add_proof(document, signer=by.signer, suite=suite, verification_method=by.method, created=at)
    check_proof(signed, proofs_of(signed)[-1], by.signer.public)
    return signed


def _enveloped(document: dict[str, Any], by: SecuredBy, at: datetime, *, examples: bool) -> dict[str, Any]:
    """The document in a JWT, in the object that carries it."""
    if is_version_1(document):
        sentence = "Only a credential of VC Data Model 2.0 is put into a message (VC-JOSE-COSE, 1)."
        raise CredentialRefused(Problem.MALFORMED_VALUE, sentence)
    message = enveloping.seal(
        document, by.signer, MediaType.VC_JWT, method=by.method, at=at, examples=examples
    )
    return wrapper(MediaType.VC_JWT, message)
