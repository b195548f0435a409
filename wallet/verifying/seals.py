"""A European Digital Credential, by the checks that the European viewer makes, among those of the numbered list.

viewer           here
format           (0) parse, (1) shape
seal             (2) proof: the seal is over exactly this text
issuer           (3) the key belongs to the issuer: a certificate the reader trusts is the sealer's, or issued it
signing time     (4) the key was in force: the certificate held when the seal was made
validity         (5) validity period
revocation       (6) status: none can be named in one, and one that is named is not understood
accreditation    (8) trust: by the reader's certificates, and by no link that the credential brings itself
owner            the person it is about, whom whoever asks has to compare
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.x509 import Certificate

from wallet.formats import elm, elm_seal
from wallet.formats.data_model import period_of
from wallet.formats.elm_seal import Sealed, SealFalse, SealRefused
from wallet.formats.shape import date_time, filled_text, listed, types_of, written_time
from wallet.verdict import Check, Problem, Verdict
from wallet.verifying import verdict_of
from wallet.verifying.period import CLOCK_SKEW
from wallet.verifying.step import IN_FORCE, ISSUER_KEY, PARSE, PERIOD, PROOF, SHAPE, STATUS, TRUST, quoted


def verify_sealed(value: Mapping[str, Any], trusted: Sequence[Certificate], *, at: datetime) -> Verdict:
    """The verdict on a sealed credential, as of `at`. No input makes this raise."""
    at = at.astimezone(UTC)
    try:
        sealed = elm_seal.read_seal(value)
        document = elm_seal.document_in(sealed)
    except SealRefused as refused:
        return verdict_of(PARSE.failed("seal-refused", str(refused), Problem.PARSING), at)
    read = PARSE.passed("The text is a sealed document, and holds JSON that every reader reads alike.")
    shaped = _shape(document)
    if shaped.problem is not None:
        return verdict_of(shaped, at, read)
    try:
        sealed.check()
    except SealFalse as false:
        return verdict_of(PROOF.failed("invalid-signature", str(false)), at, read, shaped)
    sealer = quoted(sealed.certificate.subject.rfc4514_string())
    proven = PROOF.passed(f"The seal holds: nothing was changed since it was made with the key of {sealer}.")
    answers = [read, shaped, proven, _whose(sealed, trusted, sealer), _in_force(sealed, at)]
    answers += [answer for answer in (_period(document, at), _status(document)) if answer is not None]
    return verdict_of(_trust(sealed, trusted), at, *answers)


def verify_unsealed(document: Mapping[str, Any], *, at: datetime) -> Verdict:
    """The verdict on one that nobody has sealed: its form, its period, and that anybody may have written it."""
    at = at.astimezone(UTC)
    read = PARSE.passed("The text is JSON that every reader reads alike.")
    shaped = _shape(document)
    if shaped.problem is not None:
        return verdict_of(shaped, at, read)
    answers = [answer for answer in (_period(document, at),) if answer is not None]
    unsealed = PROOF.could_not_check(
        "unsigned", "The credential carries no seal: anybody may have written it."
    )
    return verdict_of(unsealed, at, read, shaped, *answers)


def _shape(document: Mapping[str, Any]) -> Check:
    """What the profile asks of every credential; `hasClaim` is where its learning stands."""
    subjects = [each for each in listed(document.get("credentialSubject")) if isinstance(each, dict)]
    issuer = document.get("issuer")
    missing = [
        named
        for named, there in {
            "a type": elm.is_european(document),
            "an id": filled_text(document.get("id")),
            "the context of the model": elm.EDC_AP in listed(document.get("@context")),
            "one person": len(subjects) == 1 and "Person" in types_of(subjects[0]),
            "a claim": bool(subjects) and bool(listed(subjects[0].get("hasClaim"))),
            "an issuer with a legal name": isinstance(issuer, dict) and bool(issuer.get("legalName")),
            "a profile": bool(document.get("credentialProfiles")),
            "a way to be displayed": bool(document.get("displayParameter")),
            "a schema": bool(document.get("credentialSchema")),
            "a first day": date_time(document.get("validFrom")) is not None,
        }.items()
        if not there
    ]
    if missing:
        sentence = f"The credential has not what its profile asks for: {', '.join(missing)}."
        return SHAPE.failed("profile", sentence, Problem.MALFORMED_VALUE, missing=missing)
    return SHAPE.passed("The document has the shape of a European Digital Credential.", types=[elm.TYPE])


def _whose(sealed: Sealed, trusted: Sequence[Certificate], sealer: str) -> Check:
    if sealed.is_trusted(trusted):
        return ISSUER_KEY.passed(f"The key is that of {sealer}, according to your certificates.")
    return ISSUER_KEY.could_not_check(
        "unknown-key",
        f"The certificate says that it is of {sealer}; nobody you trust has said so.",
        sealer=sealer,
    )


def _in_force(sealed: Sealed, at: datetime) -> Check:
    made = written_time(sealed.sealed_at)
    if sealed.sealed_at > at + CLOCK_SKEW:
        return IN_FORCE.failed(
            "signed-later", f"The seal says that it was made on {made}, after the time asked about."
        )
    if not sealed.held:
        return IN_FORCE.failed(
            "outside-validity", f"The certificate did not hold on {made}, when the seal was made."
        )
    return IN_FORCE.passed(
        f"The certificate held on {made}, when the seal says that it was made.", signed=made
    )


def _period(document: Mapping[str, Any], at: datetime) -> Check | None:
    start, end = period_of(document)
    if start is not None and at < start:
        sentence = f"The credential is not valid before {written_time(start)}."
        return PERIOD.failed("not-yet-valid", sentence, Problem.RANGE)
    if end is not None and at > end:
        return PERIOD.failed("expired", f"The credential expired on {written_time(end)}.", Problem.RANGE)
    return PERIOD.passed("The credential is within its validity period.")


def _status(document: Mapping[str, Any]) -> Check | None:
    if document.get("credentialStatus") is None:
        return None
    return STATUS.could_not_check(
        "unknown-status", "It names a status of a kind that is not known here.", Problem.STATUS_RETRIEVAL
    )


def _trust(sealed: Sealed, trusted: Sequence[Certificate]) -> Check:
    if sealed.is_trusted(trusted):
        return TRUST.passed("You have named the certificate, or the authority that issued it.")
    return TRUST.could_not_check("issuer-not-known", "The sealer's certificate is not among those you trust.")
