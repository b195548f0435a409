"""Steps 7 to 9: the log, the issuer's standing, and the reader's own terms."""

from datetime import date
from typing import Any

from wallet.evidence import Accreditation, KnownIssuer
from wallet.formats.open_badges import CreditFacts, NotAnOpenBadge, read
from wallet.formats.shape import written_time
from wallet.formats.status_list import entries
from wallet.verdict import Check, NotApplicable, Problem
from wallet.verifying.case import Case, Signature
from wallet.verifying.logs import Logged
from wallet.verifying.policy import Policy
from wallet.verifying.step import LOG, READER, TRUST, quoted


def in_a_log(case: Case) -> Check | NotApplicable:
    """(7) Where somebody trusted recorded the document, when; and whether they can show it."""
    witness, logged, policy = case.seen_by, case.logged, case.policy
    if witness is None:
        if policy.asks_for_a_log:
            return LOG.could_not_check(
                "not-logged", "You require a log, and nobody you trust has seen the document."
            )
        return LOG.not_applicable("No log is claimed.")
    source = witness.source.name
    if logged is not None and logged.broken:
        sentence = f"The proof that the document stands in the log of {source} does not hold. {logged.broken}"
        return LOG.failed("not-in-the-log", sentence, accordingTo=source)
    if logged is not None:
        return _proven(logged, source, policy)
    if policy.asks_for_a_log:
        sentence = f"You require a proof; {source} says that the document is in its log, and gives none."
        return LOG.could_not_check("no-proof", sentence, accordingTo=source)
    return LOG.passed(
        f"The document stands in {witness.source.name} since {written_time(witness.at)}.",
        since=written_time(witness.at),
        accordingTo=witness.source.name,
    )


def _proven(logged: Logged, source: str, policy: Policy) -> Check:
    """A proof that holds, under a checkpoint that has or lacks the signatures asked for."""
    evidence: dict[str, Any] = {
        "log": quoted(logged.origin),
        "index": logged.index,
        "size": logged.size,
        "accordingTo": source,
        "since": None if logged.stated is None else written_time(logged.stated),
        "cosignedBy": [{"witness": name, "at": written_time(at)} for name, at in logged.cosigned],
        "timestamped": None if logged.stamped is None else written_time(logged.stamped),
    }
    place = f"The document is entry {logged.index} of the {logged.size} in the log {quoted(logged.origin)}"
    if not logged.enough:
        asked = [f"{policy.require_witnesses} of your witnesses"] if policy.require_witnesses else []
        asked += ["a stamp of your authority"] if policy.timestamp_authorities else []
        had = f"it has {len(logged.cosigned)} of their signatures{'' if logged.stamped else ' and no such stamp'}"
        return LOG.could_not_check(
            "too-few-witnesses", f"{place}; you ask for {' and '.join(asked)}, and {had}.", **evidence
        )
    by = "".join(f", cosigned by {name}" for name, _ in logged.cosigned)
    return LOG.passed(f"{place}{by}.", **evidence)


def accredited_for_this(case: Case) -> Check | NotApplicable:
    """(8) The issuer is known to somebody the reader trusts, and was accredited to award this."""
    known = case.known
    if known is None and not case.policy.require_known_issuer:
        return TRUST.not_applicable("You did not ask whether the issuer is known; it is not.")
    if known is None:
        return TRUST.could_not_check(
            "issuer-not-known",
            f"The issuer {quoted(case.issuer)} is not in any list you trust.",
            issuer=quoted(case.issuer),
        )
    if case.trusted is None:
        return TRUST.could_not_check(
            "source-not-trusted",
            f"Only {known.source.name} knows the issuer. {known.source.how_to_trust}",
            issuer=known.did,
        )
    accepted = case.policy.accept_lists
    if accepted is not None and known.source.identifier not in accepted:
        return TRUST.could_not_check(
            "list-not-accepted",
            f"{known.name} is known to {known.source.name}, whose word you do not accept.",
            issuer=known.did,
            accepted=list(accepted),
        )
    try:
        facts = read(case.document)
    except NotAnOpenBadge:
        return TRUST.passed(
            f"{known.name} is known to {known.source.name}.", issuer=known.did, name=known.name
        )
    return _accredited(known, facts, required=case.policy.require_accreditation)


def on_the_readers_terms(case: Case, own: list[Signature]) -> Check | NotApplicable:
    """(9) Whatever the reader's policy adds; `own` are the issuer's own proofs that held."""
    policy = case.policy
    suites = policy.accept_cryptosuites
    if policy.accept_issuers is None and suites is None and not policy.require_status:
        return READER.not_applicable("You set no terms of your own.")
    if policy.accept_issuers is not None and case.issuer not in policy.accept_issuers:
        return READER.failed(
            "issuer-not-accepted",
            f"You do not accept credentials of {quoted(case.issuer)}.",
            accepted=list(policy.accept_issuers),
        )
    if suites is not None:
        used = [quoted(signature.proof.get("cryptosuite")) for signature in own]
        if not set(used) & set(suites):
            return READER.failed(
                "cryptosuite-not-accepted",
                "The issuer has not signed with any cryptosuite that you accept.",
                used=used,
                accepted=list(suites),
            )
    if policy.require_status and not entries(case.document) and not _has_token_status(case):
        return READER.failed(
            "status-required", "You require a status, and the credential names none.", Problem.MALFORMED_VALUE
        )
    return READER.passed("Your own terms are met.")


def _has_token_status(case: Case) -> bool:
    """Whether the message around the document names a status list."""
    return case.envelope is not None and "status" in case.envelope.claims


def _accredited(known: KnownIssuer, facts: CreditFacts, *, required: bool) -> Check:
    day = facts.awarded_on.date()
    evidence: dict[str, Any] = {
        "issuer": known.did,
        "name": known.name,
        "awarded": day.isoformat(),
        "setting": facts.setting,
        "eqfLevel": facts.eqf_level,
        "field": facts.field,
    }
    if known.accreditations is None:
        sentence = (
            f"{known.name} is known to {known.source.name}, which does not say what it is accredited for."
        )
        for mark in known.marks:
            sentence += f" It holds the trust mark {quoted(mark.type)}, given by {quoted(mark.by)}."
        evidence["trustMarks"] = [{"type": quoted(mark.type), "by": quoted(mark.by)} for mark in known.marks]
        if required:
            return TRUST.could_not_check("accreditation-unknown", sentence, **evidence)
        return TRUST.passed(f"{sentence} You do not ask for it.", accredited=None, **evidence)
    for accreditation in known.accreditations:
        if _covers(accreditation, facts, day):
            by = accreditation.by
            return TRUST.passed(
                f"{known.name} was accredited for this by {by}, according to {known.source.name}.",
                by=by,
                reference=accreditation.reference,
                validFrom=accreditation.valid_from.isoformat(),
                validUntil=None
                if accreditation.valid_until is None
                else accreditation.valid_until.isoformat(),
                **evidence,
            )
    sentence = f"{known.name} is known to {known.source.name}, and was not accredited for this on {day}."
    if required:
        return TRUST.failed("not-accredited", sentence, **evidence)
    return TRUST.passed(f"{sentence} You do not ask for it.", accredited=False, **evidence)


def _covers(accreditation: Accreditation, facts: CreditFacts, day: date) -> bool:
    """Whether it covers what the credential states. What the credential leaves out, it does not claim."""
    return (
        accreditation.valid_from <= day
        and (accreditation.valid_until is None or day <= accreditation.valid_until)
        and (facts.setting is None or facts.setting.value in accreditation.settings)
        and (facts.eqf_level is None or facts.eqf_level in accreditation.levels)
        and (
            facts.field is None
            or not accreditation.fields
            or facts.field.startswith(tuple(accreditation.fields))
        )
    )
