"""Proofs on documents: adding them, finding them, and checking every one.

    {"@context": […], …, "proof": {"type": "DataIntegrityProof",
                                   "cryptosuite": "eddsa-rdfc-2022",
                                   "created": "2026-06-30T09:00:00Z",
                                   "verificationMethod": "did:web:example.edu#key-1",
                                   "proofPurpose": "assertionMethod",
                                   "proofValue": "z2Ywx…"}}

Several proofs of one document are a *set*: each signs the document without any proof, and none knows of the
others. A proof that names earlier ones in `previousProof` makes a *chain*: it signs the document with
exactly those proofs in it, so it stands only as long as they do.

A proof for selective disclosure (ecdsa-sd-2023) comes in two forms: `add_base_proof` makes the one that its
holder gets, and `derive` from that the ones he shows. Only those are checked as proofs.

What a set cannot say: that a proof has been taken out of it. A reader who needs two signatures looks for
both in what `check_proofs` returns. The order of proofs means nothing, in a set or a chain: a chain is held
together by the ids. Only where a chained proof over JSON (jcs) names several earlier ones is their order
signed, because it is an order in the JSON.

Source: Verifiable Credential Data Integrity 1.0, sections 2.1 to 2.3 and 4.2 to 4.5.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from keys import suites
from keys.contexts import PINNED, Contexts
from keys.errors import BrokenProofChain, MalformedProof, NoProof, ProofPurposeMismatch, UnsupportedSuite
from keys.signing import PublicKey, Signer
from keys.suites.ecdsa_sd_2023 import EcdsaSd2023, check_base_proof_value, disclosed
from keys.suites.hashed import HashedSuite
from keys.suites.suite import DATA_INTEGRITY, Suite
from keys.timestamps import read_timestamp, write_timestamp

__all__ = [
    "CheckedProof",
    "add_base_proof",
    "add_proof",
    "check_base_proof",
    "check_proof",
    "check_proofs",
    "derive",
    "proofs_of",
    "refuse_malformed",
]

_DISCLOSING: Final = EcdsaSd2023().name
_MOST_PROOFS: Final = 64
"""In one document. Each costs its reader a canonicalisation, and a stranger chooses how many there are."""


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """A proof that held, and what it says of itself."""

    verification_method: str
    suite: str
    created: datetime | None
    """When the signer says it signed. A thief may say anything here."""
    expires: datetime | None = None
    """Until when the signer meant it; the caller, who knows the time, decides."""


def add_proof(
    document: Mapping[str, Any],
    *,
    signer: Signer,
    suite: str,
    verification_method: str,
    created: datetime,
    purpose: str = "assertionMethod",
    previous: Sequence[str] | None = None,
    proof_id: str | None = None,
    challenge: str | None = None,
    domain: str | None = None,
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """The document with one more proof; the document given is left as it was.

    `previous` holds the ids of the proofs already there that the new one builds on. They are not checked
    here: to countersign what is false is the signer's affair. `challenge` and `domain` say for what occasion it
    is signed, and for whom.

    Raises UnsupportedSuite, InvalidKey for a key of a kind that the suite does not sign with,
    BrokenProofChain, MalformedProof, LinkedDataError, NotCanonicalizable; and ValueError when `created` has
    no time zone.
    """
    return _with_proof(
        document,
        suites.by_name(suite),
        signer=signer,
        verification_method=verification_method,
        created=created,
        purpose=purpose,
        previous=previous,
        proof_id=proof_id,
        occasion={"domain": domain, "challenge": challenge},
        contexts=contexts,
    )


def add_base_proof(
    document: Mapping[str, Any],
    *,
    signer: Signer,
    verification_method: str,
    created: datetime,
    mandatory_pointers: Sequence[str] | None = None,
    purpose: str = "assertionMethod",
    proof_id: str | None = None,
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """The document with an ecdsa-sd-2023 base proof, for its holder to derive from what he wants to show.

    `mandatory_pointers` are JSON pointers to what every derived document shows; by default, to the issuer, the
    times of validity, the status and the terms of use, as far as the document has them.

    Raises InvalidKey unless the signer's key is a P-256 one, InvalidPointer for a pointer that leads nowhere,
    and otherwise as `add_proof`.
    """
    return _with_proof(
        document,
        EcdsaSd2023(None if mandatory_pointers is None else tuple(mandatory_pointers)),
        signer=signer,
        verification_method=verification_method,
        created=created,
        purpose=purpose,
        previous=None,
        proof_id=proof_id,
        occasion={},
        contexts=contexts,
    )


def derive(
    document: Mapping[str, Any],
    key_for: Callable[[str], PublicKey],
    *,
    selective_pointers: Sequence[str],
    proof_id: str | None = None,
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """The part of a document that its holder chooses to show, with the proof of it.

    It holds what the issuer made mandatory, what `selective_pointers` lead to, and the ids and types on the
    way there. Its one proof is derived from the document's one base proof of ecdsa-sd-2023, or from the one
    called `proof_id`; the document's other proofs would not hold for a part of it. The base proof is checked
    first: what does not hold is not shown. `key_for` is as for `check_proofs`.

    Raises NoProof where there is no such base proof or more than one, InvalidPointer, and otherwise as
    `check_base_proof`.
    """
    proof = _base_proof_of(document, proof_id)
    options, value, unsecured = _taken_apart(document, proof)
    base, statements = check_base_proof_value(
        unsecured, options, value, key_for(proof["verificationMethod"]), contexts
    )
    shown, derived = disclosed(base, statements, selective_pointers)
    return {**shown, "proof": {**proof, "proofValue": str(derived)}}


def check_base_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    public_key: PublicKey,
    *,
    purpose: str = "assertionMethod",
    contexts: Contexts = PINNED,
) -> None:
    """Check a base proof of ecdsa-sd-2023: for the issuer who made it, and the holder who got it.

    A verifier is shown derived proofs only, which `check_proof` checks. Raises as that does, and
    InvalidPointer.
    """
    suite = _check_shape(proof, signed=True)
    if not isinstance(suite, EcdsaSd2023):
        raise UnsupportedSuite("The proof is not one for selective disclosure.")
    _check_purpose(proof, purpose)
    options, value, unsecured = _taken_apart(document, proof)
    check_base_proof_value(unsecured, options, value, public_key, contexts)


def _with_proof(
    document: Mapping[str, Any],
    suite: Suite,
    *,
    signer: Signer,
    verification_method: str,
    created: datetime,
    purpose: str,
    previous: Sequence[str] | None,
    proof_id: str | None,
    occasion: Mapping[str, str | None],
    contexts: Contexts,
) -> dict[str, Any]:
    earlier = proofs_of(document) if document.get("proof") else []
    options: dict[str, Any] = {"type": suite.proof_type}
    if proof_id is not None:
        if any(proof.get("id") == proof_id for proof in earlier):
            raise BrokenProofChain(f"The document already has a proof with the id {proof_id!r}.")
        options["id"] = proof_id
    if suite.proof_type == DATA_INTEGRITY:
        options["cryptosuite"] = suite.name
    options["created"] = write_timestamp(created)
    options["verificationMethod"] = verification_method
    options["proofPurpose"] = purpose
    options |= {name: value for name, value in occasion.items() if value is not None}
    if previous:
        options["previousProof"] = previous[0] if len(previous) == 1 else list(previous)
    if suite.copies_context and "@context" in document:
        options = {"@context": document["@context"], **options}
    unsecured = _without_proofs(document)
    _check_shape(options, signed=False)
    signed = _with_earlier(unsecured, options, earlier) if previous else unsecured
    proof = {**options, "proofValue": suite.prove(signed, options, signer, contexts)}
    unsecured["proof"] = [*earlier, proof] if earlier else proof
    return unsecured


def proofs_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The proofs of a document, one or a set, in the order they stand in. Raises NoProof, MalformedProof."""
    found = document.get("proof")
    if found is None or found == []:
        raise NoProof("The document carries no proof.")
    proofs = found if isinstance(found, list) else [found]
    if len(proofs) > _MOST_PROOFS:
        raise MalformedProof(f"The document carries more than {_MOST_PROOFS} proofs.")
    if not all(isinstance(proof, dict) for proof in proofs):
        raise MalformedProof("A proof is not an object.")
    return proofs


def refuse_malformed(proof: Mapping[str, Any]) -> None:
    """Raises UnsupportedSuite for a proof of a kind we do not have, whatever else it says, and MalformedProof for one
    of a kind we have that breaks section 2.1."""
    suites.of_proof(proof)
    _check_shape(proof, signed=True)


def check_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    public_key: PublicKey,
    *,
    purpose: str = "assertionMethod",
    contexts: Contexts = PINNED,
    statements: bytes | None = None,
) -> None:
    """Check one of the document's proofs against a key that the caller knows to be the signer's.

    `statements` are what `canonical_nquads` has given for this very document without its proofs, under the same
    contexts: a caller who has asked that already need not wait for it again.

    A chained proof is checked on the document with the earlier proofs it names. Those are then known to be
    the ones it was made over; whether they hold is for their own check to say.

    Raises MalformedProof, UnsupportedSuite, ProofPurposeMismatch, BrokenProofChain, BaseProofOffered,
    InvalidSignature, InvalidKey for a key of a kind that the suite does not sign with, LinkedDataError,
    NotCanonicalizable.
    """
    suite = _check_shape(proof, signed=True)
    _check_signature(document, proof, suite, public_key, purpose, contexts, statements)


def check_proofs(
    document: Mapping[str, Any],
    key_for: Callable[[str], PublicKey],
    *,
    purpose: str = "assertionMethod",
    contexts: Contexts = PINNED,
) -> list[CheckedProof]:
    """Check every proof of the document; all of them hold, or the first that does not raises.

    `key_for` answers a verification method's key, from a source the caller trusts for it, and raises
    UnknownKey where there is none. What it raises passes through. Otherwise raises as `check_proof` does,
    and NoProof.
    """
    checked: list[CheckedProof] = []
    for proof in proofs_of(document):
        suite = _check_shape(proof, signed=True)
        method = proof["verificationMethod"]
        _check_signature(document, proof, suite, key_for(method), purpose, contexts)
        checked.append(
            CheckedProof(method, suite.name, _time_of(proof, "created"), _time_of(proof, "expires"))
        )
    return checked


def _check_signature(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    suite: Suite,
    public_key: PublicKey,
    purpose: str,
    contexts: Contexts,
    statements: bytes | None = None,
) -> None:
    """What is left of `check_proof` once the proof is known to have the right shape."""
    _check_purpose(proof, purpose)
    options, proof_value, unsecured = _taken_apart(document, proof)
    if "previousProof" in options:
        unsecured = _with_earlier(unsecured, options, proofs_of(document))
    elif statements is not None and isinstance(suite, HashedSuite):
        suite.check(unsecured, options, proof_value, public_key, contexts, statements)
        return
    suite.check(unsecured, options, proof_value, public_key, contexts)


def _check_purpose(proof: Mapping[str, Any], purpose: str) -> None:
    if proof["proofPurpose"] != purpose:
        raise ProofPurposeMismatch(
            f"The proof was made for {proof['proofPurpose'][:64]!r}, and is offered for {purpose!r}."
        )


def _taken_apart(
    document: Mapping[str, Any], proof: Mapping[str, Any]
) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The proof's options, its value, and the document without any proof."""
    options = dict(proof)
    proof_value: str = options.pop("proofValue")
    return options, proof_value, _without_proofs(document)


def _base_proof_of(document: Mapping[str, Any], proof_id: str | None) -> dict[str, Any]:
    found = [
        proof
        for proof in proofs_of(document)
        if proof.get("cryptosuite") == _DISCLOSING and (proof_id is None or proof.get("id") == proof_id)
    ]
    if len(found) != 1:
        raise NoProof(f"The document has {len(found)} proofs for selective disclosure, where one is needed.")
    _check_shape(found[0], signed=True)
    return found[0]


def _time_of(proof: Mapping[str, Any], name: str) -> datetime | None:
    return read_timestamp(proof[name]) if name in proof else None


def _without_proofs(document: Mapping[str, Any]) -> dict[str, Any]:
    unsecured = dict(document)
    unsecured.pop("proof", None)
    return unsecured


def _with_earlier(
    unsecured: dict[str, Any], options: Mapping[str, Any], proofs: list[dict[str, Any]]
) -> dict[str, Any]:
    """The document with exactly the earlier proofs that these options name (sections 4.3 and 4.5)."""
    named = options["previousProof"]
    ids = [named] if isinstance(named, str) else named
    if len(set(ids)) != len(ids):
        raise BrokenProofChain("The proof names the same earlier proof twice.")
    if "id" in options and options["id"] in ids:
        raise BrokenProofChain("The proof names itself as an earlier proof.")
    matching = [proof for proof in proofs if proof.get("id") in ids]
    if len(matching) != len(ids) or {proof["id"] for proof in matching} != set(ids):
        raise BrokenProofChain("The proof builds on an earlier proof that the document does not have once.")
    return {**unsecured, "proof": matching}


def _check_shape(proof: Mapping[str, Any], *, signed: bool) -> Suite:
    """Refuse a proof with a member missing or of the wrong shape, before anything is computed from it.

    Section 2.1. Members not listed there are left to the suites: what no context defines they refuse, and
    the rest they sign. Answers the suite, or raises UnsupportedSuite where nothing else is wrong.
    """
    for name in _REQUIRED if signed else _REQUIRED_BEFORE:
        if name not in proof:
            raise MalformedProof(f"The proof has no {name}.")
    for name, value in proof.items():
        check = _SHAPES.get(name)
        if check is not None:
            check(name, value)
    suite = suites.of_proof(proof)
    if suite.proof_type != DATA_INTEGRITY and "created" not in proof:
        raise MalformedProof(f"A proof of the type {suite.proof_type} says when it was made.")
    return suite


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise MalformedProof(f"The proof's {name} is not text.")


_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+", re.ASCII)


def _url(name: str, value: Any) -> None:
    if not isinstance(value, str) or _URL.fullmatch(value) is None:
        raise MalformedProof(f"The proof's {name} is not a URL.")


def _texts(name: str, value: Any) -> None:
    # An empty list would say nothing in a signature over statements, and so could be put in unnoticed.
    for text in value if isinstance(value, list) and value else [value]:
        _text(name, text)


def _time(name: str, value: Any) -> None:
    try:
        read_timestamp(value)
    except (ValueError, TypeError):  # TypeError: not text, and nothing a cache could look up
        raise MalformedProof(f"The proof's {name} is not a date and time with a time zone.") from None


_REQUIRED_BEFORE: Final = ("type", "verificationMethod", "proofPurpose")
_REQUIRED: Final = (*_REQUIRED_BEFORE, "proofValue")
_SHAPES: Final[Mapping[str, Callable[[str, Any], None]]] = {
    "id": _url,
    "cryptosuite": _text,
    "created": _time,
    "expires": _time,
    "verificationMethod": _url,
    "proofPurpose": _text,
    "previousProof": _texts,
    "domain": _texts,
    "challenge": _text,
    "nonce": _text,
    "proofValue": _text,
}
