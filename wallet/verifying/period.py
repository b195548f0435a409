"""Step 5: the validity period, of the credential and of its proofs, at the time asked about."""

from datetime import timedelta

from wallet.formats.data_model import period_of
from wallet.formats.shape import date_time, written_time
from wallet.verdict import Check, NotApplicable, Problem
from wallet.verifying.case import Case, Signature
from wallet.verifying.step import PERIOD

CLOCK_SKEW = timedelta(minutes=5)
"""How far the issuer's clock may be ahead of ours before a signature is one from the future."""


def within_period(case: Case, signatures: list[Signature]) -> Check | NotApplicable:
    """(5) validFrom <= at <= validUntil (VC Data Model 2.0, 4.9), the proofs too (Data Integrity, 2.1)."""
    start, end = period_of(case.document)
    evidence = {
        "at": written_time(case.at),
        "from": None if start is None else written_time(start),
        "until": None if end is None else written_time(end),
    }
    if start is not None and case.at < start:
        return _out(f"The credential is not valid before {written_time(start)}.", "not-yet-valid", evidence)
    if end is not None and case.at > end:
        return _out(f"The credential expired on {written_time(end)}.", "expired", evidence)
    for signature in signatures:
        expires = date_time(signature.proof.get("expires"))
        if expires is not None and case.at > expires:
            return _out(f"The proof expired on {written_time(expires)}.", "proof-expired", evidence)
        if signature.created is not None and case.at + CLOCK_SKEW < signature.created:
            made = written_time(signature.created)
            return _out(
                f"The proof says it was made on {made}, later than the time asked about.",
                "signed-later",
                evidence,
            )
    if start is None and end is None:
        return PERIOD.not_applicable("The credential names no period.")
    if end is None:
        return PERIOD.passed("The credential is valid, and names no end.", **evidence)
    return PERIOD.passed(f"The credential is valid until {written_time(end)}.", **evidence)


def _out(sentence: str, reason: str, evidence: dict[str, str | None]) -> Check:
    return PERIOD.failed(reason, sentence, Problem.RANGE, **evidence)
