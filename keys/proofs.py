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

What a set cannot say: that a proof has been taken out of it. A reader who needs two signatures looks for
both in what `check_proofs` returns. The order of proofs means nothing, in a set or a chain: a chain is held
together by the ids. Only where a chained eddsa-jcs-2022 proof names several earlier ones is their order
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
from keys.errors import BrokenProofChain, MalformedProof, NoProof, ProofPurposeMismatch
from keys.signing import PublicKey, Signer
from keys.timestamps import read_timestamp, write_timestamp

__all__ = ["CheckedProof", "add_proof", "check_proof", "check_proofs", "proofs_of"]

_TYPE: Final = "DataIntegrityProof"
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
    contexts: Contexts = PINNED,
) -> dict[str, Any]:
    """The document with one more proof; the document given is left as it was.

    `previous` holds the ids of the proofs already there that the new one builds on. They are not checked
    here: to countersign what is false is the signer's affair.

    Raises UnsupportedSuite, BrokenProofChain, MalformedProof, LinkedDataError, NotCanonicalizable; and
    ValueError when `created` has no time zone.
    """
    chosen = suites.by_name(suite)
    earlier = proofs_of(document) if document.get("proof") else []
    options: dict[str, Any] = {"type": _TYPE}
    if proof_id is not None:
        if any(proof.get("id") == proof_id for proof in earlier):
            raise BrokenProofChain(f"The document already has a proof with the id {proof_id!r}.")
        options["id"] = proof_id
    options["cryptosuite"] = suite
    options["created"] = write_timestamp(created)
    options["verificationMethod"] = verification_method
    options["proofPurpose"] = purpose
    if previous:
        options["previousProof"] = previous[0] if len(previous) == 1 else list(previous)
    if chosen.copies_context and "@context" in document:
        options = {"@context": document["@context"], **options}
    unsecured = _without_proofs(document)
    _check_shape(options, signed=False)
    signed = _with_earlier(unsecured, options, earlier) if previous else unsecured
    proof = {**options, "proofValue": chosen.sign(chosen.hash_data(signed, options, contexts), signer)}
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


def check_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    public_key: PublicKey,
    *,
    purpose: str = "assertionMethod",
    contexts: Contexts = PINNED,
) -> None:
    """Check one of the document's proofs against a key that the caller knows to be the signer's.

    A chained proof is checked on the document with the earlier proofs it names. Those are then known to be
    the ones it was made over; whether they hold is for their own check to say.

    Raises MalformedProof, UnsupportedSuite, ProofPurposeMismatch, BrokenProofChain, InvalidSignature,
    LinkedDataError, NotCanonicalizable.
    """
    _check_shape(proof, signed=True)
    _check_signature(document, proof, public_key, purpose, contexts)


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
        _check_shape(proof, signed=True)
        method = proof["verificationMethod"]
        _check_signature(document, proof, key_for(method), purpose, contexts)
        checked.append(
            CheckedProof(method, proof["cryptosuite"], _time_of(proof, "created"), _time_of(proof, "expires"))
        )
    return checked


def _check_signature(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    public_key: PublicKey,
    purpose: str,
    contexts: Contexts,
) -> None:
    """What is left of `check_proof` once the proof is known to have the right shape."""
    suite = suites.by_name(proof["cryptosuite"])
    if proof["proofPurpose"] != purpose:
        raise ProofPurposeMismatch(
            f"The proof was made for {proof['proofPurpose'][:64]!r}, and is offered for {purpose!r}."
        )
    options = dict(proof)
    proof_value = options.pop("proofValue")
    unsecured = _without_proofs(document)
    if "previousProof" in options:
        unsecured = _with_earlier(unsecured, options, proofs_of(document))
    suite.verify(suite.hash_data(unsecured, options, contexts), proof_value, public_key)


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


def _check_shape(proof: Mapping[str, Any], *, signed: bool) -> None:
    """Refuse a proof with a member missing or of the wrong shape, before anything is computed from it.

    Section 2.1. Members not listed there are left to the suites: what no context defines they refuse, and
    the rest they sign.
    """
    if proof.get("type") != _TYPE:
        raise MalformedProof(f"The proof is not of the type {_TYPE}.")
    for name in _REQUIRED if signed else _REQUIRED_BEFORE:
        if name not in proof:
            raise MalformedProof(f"The proof has no {name}.")
    for name, value in proof.items():
        check = _SHAPES.get(name)
        if check is not None:
            check(name, value)


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


_REQUIRED_BEFORE: Final = ("cryptosuite", "verificationMethod", "proofPurpose")
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
