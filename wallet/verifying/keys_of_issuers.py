"""Steps 3 and 4: whose key it is, and whether it was in force. The document's word counts for neither."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from keys.keyring import InForce, Keyring
from wallet.evidence import KnownIssuer, Witness
from wallet.formats.shape import written_time
from wallet.verdict import Check, NotApplicable
from wallet.verifying.case import ITS_OWN_KEY, Case, Origin, Signature
from wallet.verifying.step import IN_FORCE, ISSUER_KEY, quoted


class Whose(Enum):
    """Whose a key is, as far as anybody but the document says."""

    THE_ISSUERS = "the issuer's"
    ANOTHERS = "another's"
    NOBODY_SAYS = "nobody says"


def belongs(case: Case, signatures: list[Signature]) -> tuple[Check, list[Signature]]:
    """(3) One of the proofs at least is by a key that is the issuer's.

    By our registry, a trusted bundle or list, or the issuer's own did:web address; and for a did:key or did:jwk by
    construction, since the identifier is the key. Others may sign beside the issuer, and count for nothing.
    """
    own = [signature for signature in signatures if whose(case, signature) is Whose.THE_ISSUERS]
    evidence: dict[str, Any] = {
        "issuer": quoted(case.issuer),
        "verificationMethods": [quoted(signature.method) for signature in own or signatures],
    }
    if own:
        return ISSUER_KEY.passed(
            f"The key is the issuer's, according to {_according_to(case, own[0])}.", **evidence
        ), own
    doubtful = [signature for signature in signatures if whose(case, signature) is Whose.NOBODY_SAYS]
    if doubtful or not signatures:
        return ISSUER_KEY.could_not_check("issuer-not-known", _nobody_says(case), **evidence), []
    return ISSUER_KEY.failed("key-of-another", _anothers(case, signatures[0]), **evidence), []


def whose(case: Case, signature: Signature) -> Whose:
    """Whose key made this signature."""
    if signature.controller != case.issuer:
        # A key that is its own name, under an issuer that is no DID: nobody has said what keys such an issuer has.
        itself = signature.controller.startswith(tuple(ITS_OWN_KEY))
        named_by_itself = itself and not case.issuer.startswith("did:")
        return Whose.NOBODY_SAYS if named_by_itself and case.known is None else Whose.ANOTHERS
    if signature.origin in _SAYS_WHOSE:
        return Whose.THE_ISSUERS
    if case.trusted is not None and case.history is not None:
        return Whose.NOBODY_SAYS if _newer_than_the_copy(case.trusted, signature) else Whose.ANOTHERS
    return Whose.ANOTHERS if case.controller_document is not None else Whose.NOBODY_SAYS


_SAYS_WHOSE = frozenset(
    {Origin.REGISTRY, Origin.TRUST_LIST, Origin.CONTROLLER_DOCUMENT, *ITS_OWN_KEY.values()}
)


def in_force(case: Case, own: list[Signature], witness: Witness | None) -> Check | NotApplicable:
    """(4) When it signed, the key had been published and was neither retired nor compromised.

    The proof's own date is the issuer's word. It will do for a key in good hands. A thief can write any
    date, so under a compromised key it counts for nothing: only a witness of the time before does.
    """
    if not own:
        return IN_FORCE.not_applicable(
            "Whose key it is is not known, so nobody can say when it was in force."
        )
    if case.history is None:
        return _without_a_history(case, own[0], witness)
    checks = [_in_force(case, case.history, signature, witness) for signature in own]
    return next((check for check in checks if check.problem is not None), checks[0])


def _without_a_history(case: Case, signature: Signature, witness: Witness | None) -> Check | NotApplicable:
    """What can be said where nobody keeps the history: who lists the key now, or nothing."""
    if signature.origin is Origin.TRUST_LIST and case.trusted is not None:
        return IN_FORCE.passed(
            f"The key is listed by {case.trusted.source.name}, which keeps no history.",
            verificationMethod=signature.method,
        )
    listed, document = case.published(signature.method), case.controller_document
    if listed is None or document is None:
        return IN_FORCE.not_applicable(
            f"A did:{case.issuer.split(':')[1]} has no history: it can be neither retired nor reported stolen."
        )
    got = written_time(document.got_at)
    seen = None if witness is None else witness.at
    if listed.revoked is not None and (seen is None or seen >= listed.revoked):
        since = written_time(listed.revoked)
        return IN_FORCE.failed(
            "revoked", f"The issuer has revoked the key since {since}.", gotAt=got, revoked=since
        )
    signed = signature.created or seen
    if listed.expires is not None and (signed is None or signed >= listed.expires):
        until = written_time(listed.expires)
        return IN_FORCE.failed(
            "key-expired", f"The issuer meant the key to be used until {until}.", gotAt=got, expires=until
        )
    return IN_FORCE.passed(
        f"The issuer's own DID document listed the key on {got}; it keeps no history.", gotAt=got
    )


def _in_force(case: Case, keys: Keyring, signature: Signature, witness: Witness | None) -> Check:
    when, said_by = signature.created, "the issuer's own date"
    if when is None and witness is not None:
        when, said_by = witness.at, witness.source.name
    evidence: dict[str, Any] = {
        "verificationMethod": signature.method,
        "signed": None if when is None else written_time(when),
        "accordingTo": None if when is None else said_by,
        "witnessed": None if witness is None else written_time(witness.at),
    }
    if keys.in_force(signature.method, _END_OF_TIME) is InForce.COMPROMISED:
        return _under_a_compromised_key(keys, signature, witness, evidence)
    answer = keys.in_force(signature.method, when or case.at)
    if answer is InForce.NOT_YET and when is not None and not when.microsecond:
        # A proof's date has whole seconds: it may have been made at the end of the second it names.
        answer = keys.in_force(signature.method, when + timedelta(seconds=1) - timedelta.resolution)
    date = "now" if when is None else f"on {written_time(when)}, by {said_by}"
    if answer is InForce.YES:
        return IN_FORCE.passed(f"The key was in force {date}.", **evidence)
    if answer is InForce.NOT_YET:
        return IN_FORCE.failed("not-yet-published", f"The key had not been published yet {date}.", **evidence)
    if answer is InForce.RETIRED and when is None:
        return IN_FORCE.could_not_check(
            "no-date", "The key has been retired, and the proof does not say when it was made.", **evidence
        )
    if answer is InForce.RETIRED:
        return IN_FORCE.failed("retired", f"The key had been retired {date}.", **evidence)
    return IN_FORCE.could_not_check(
        "no-history", "Nothing is known of when the key was in force.", **evidence
    )


def _under_a_compromised_key(
    keys: Keyring, signature: Signature, witness: Witness | None, evidence: dict[str, Any]
) -> Check:
    if witness is not None and keys.in_force(signature.method, witness.at) is InForce.YES:
        sentence = f"The key fell into wrong hands later: {witness.source.name} saw this document before."
        return IN_FORCE.passed(sentence, **evidence)
    return IN_FORCE.failed(
        "compromised",
        "The key is in wrong hands, and nobody but the document itself says that it was signed before.",
        **evidence,
    )


_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def _newer_than_the_copy(known: KnownIssuer, signature: Signature) -> bool:
    """Whether the key may have been published after the copy of the issuer's history was made."""
    copied, created = known.source.made_at, signature.created
    return copied is not None and created is not None and created > copied


def _according_to(case: Case, signature: Signature) -> str:
    if signature.origin in {Origin.REGISTRY, Origin.TRUST_LIST} and case.trusted is not None:
        return case.trusted.source.name
    return (
        "the issuer's own DID document"
        if signature.origin is Origin.CONTROLLER_DOCUMENT
        else "the DID itself"
    )


def _nobody_says(case: Case) -> str:
    if case.trusted is not None and case.history is None:
        return (
            f"{case.trusted.name} is known to {case.trusted.source.name}, which does not list this key, "
            "and the issuer's own DID document could not be had."
        )
    if case.trusted is not None:
        return f"The key may be newer than {case.trusted.source.name}, which does not have it."
    if case.known is not None:
        return f"Only {case.known.source.name} says whose key this is. {case.known.source.how_to_trust}"
    issuer = quoted(case.issuer)
    return f"The issuer {issuer} is not in any list you trust, so nobody says that this key is its own."


def _anothers(case: Case, signature: Signature) -> str:
    if signature.controller != case.issuer:
        return f"The key {quoted(signature.method)} is not one of the issuer {quoted(case.issuer)}."
    with_history = case.trusted if case.history is not None else None
    source = with_history.source.name if with_history is not None else "the issuer's own DID document"
    return f"The key {quoted(signature.method)} is not among the issuer's, according to {source}."
