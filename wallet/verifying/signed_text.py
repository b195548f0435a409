"""Whether an institution signed a text of its own kind, that is no credential: a report, or what is printed.

Such a text has one proof, and is in no status list. When it was signed is its own word, unless somebody the reader
trusts has seen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keys.errors import KeysError
from keys.keyring import InForce
from keys.proofs import check_proof, proofs_of
from wallet.bundle import digest_of
from wallet.evidence import Evidence
from wallet.formats.shape import date_time, written_time
from wallet.verdict import Outcome
from wallet.verifying.step import quoted


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it did: why, for machines and for people; and the name it is registered under, where it did."""

    outcome: Outcome
    reason: str
    sentence: str
    name: str | None = None


def signed_by(institution: str, document: Mapping[str, Any], evidence: Evidence, *, what: str) -> Answer:
    """Whether the institution of that DID signed the document, with a key of its own that was in force.

    `what` begins a sentence: "The report".
    """
    known = evidence.issuer(institution)
    if known is None or not known.source.trusted or known.keys is None:
        why = "" if known is None else known.source.how_to_trust
        nobody = f"Nobody you trust says which keys {quoted(institution)} has. {why}"
        return Answer(Outcome.COULD_NOT_CHECK, "keys-unknown", nobody.strip())
    try:
        (proof,) = proofs_of(document)
        method = proof.get("verificationMethod")
        if not isinstance(method, str):
            return Answer(Outcome.FAILED, "no-key-named", "The proof does not name a key.")
        check_proof(document, proof, known.keys.key(method))
    except ValueError:
        return Answer(
            Outcome.FAILED, "not-one-proof", f"{what} has not one proof, and one institution signs it."
        )
    except KeysError as error:
        return Answer(Outcome.FAILED, "not-as-signed", f"{what} is not as {known.name} signed it: {error}")
    created = date_time(proof.get("created"))
    if created is None:
        return Answer(Outcome.COULD_NOT_CHECK, "no-time", "The proof does not say when it was made.")
    witness = evidence.witness("", digest_of(document))
    seen = witness.at if witness is not None and witness.source.trusted else None
    standing = known.keys.in_force(method, seen or created)
    if (
        standing is InForce.YES
        and known.keys.in_force(method, datetime.max.replace(tzinfo=created.tzinfo)) is InForce.COMPROMISED
        and seen is None
    ):
        sentence = f"The key is in wrong hands now, and nobody saw {what[0].lower()}{what[1:]} before that."
        return Answer(Outcome.COULD_NOT_CHECK, "compromised-since", sentence)
    if standing is not InForce.YES:
        told = f"The key was {standing.value.replace('-', ' ')} on {written_time(seen or created)}."
        return Answer(Outcome.FAILED, "key-not-in-force", told)
    return Answer(Outcome.PASSED, "holds", f"{known.name} signed it on {written_time(created)}.", known.name)
