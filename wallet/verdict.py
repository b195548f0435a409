"""What a verification answers: one verdict, made of numbered checks.

A check has three answers, and they are never mixed up: *passed*, *failed*, *could not check*. A step that
had nothing to look at is none of the three: it stands among `not_applicable`, with a sentence that says
why, so that what was not checked is never shown as good.

The name of the issuer in a verdict is the name a registry gives; a document may call itself anything.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

PROBLEM_DETAILS = "https://www.w3.org/TR/vc-data-model#"
"""Base of the problem types of Verifiable Credentials Data Model 2.0, 7.1."""

STATUS_PROBLEM_DETAILS = "https://www.w3.org/ns/credentials/status-list#"
"""Base of the problem types of Bitstring Status List 1.0, 3.5."""


class Outcome(StrEnum):
    """The three answers of a check, and of a verdict."""

    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_CHECK = "could-not-check"


class Problem(StrEnum):
    """The published problem types. Sources: VC Data Model 2.0, 7.1; Bitstring Status List 1.0, 3.5."""

    PARSING = PROBLEM_DETAILS + "PARSING_ERROR"
    CRYPTOGRAPHIC_SECURITY = PROBLEM_DETAILS + "CRYPTOGRAPHIC_SECURITY_ERROR"
    MALFORMED_VALUE = PROBLEM_DETAILS + "MALFORMED_VALUE_ERROR"
    RANGE = PROBLEM_DETAILS + "RANGE_ERROR"
    STATUS_RETRIEVAL = STATUS_PROBLEM_DETAILS + "STATUS_RETRIEVAL_ERROR"
    STATUS_VERIFICATION = STATUS_PROBLEM_DETAILS + "STATUS_VERIFICATION_ERROR"
    STATUS_LIST_LENGTH = STATUS_PROBLEM_DETAILS + "STATUS_LIST_LENGTH_ERROR"


class Check(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One step of the list: what was asked, the answer, and what was looked at."""

    number: int
    code: str  # the step, for machines: "key-in-force"; it never changes
    name: str  # the step, for people: "The key was in force"
    outcome: Outcome
    reason: str  # why this answer, for machines: "retired-before-signing"
    sentence: str  # why this answer, for people
    evidence: dict[str, Any]  # what was looked at; JSON values only
    section: str  # the specification behind the step
    problem: Problem | None = None  # set unless the check passed


class NotApplicable(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A step that had nothing to look at, or that the reader did not ask for."""

    number: int
    code: str
    name: str
    sentence: str


class CreditLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Credit points as the credential states them; `scheme` is None where it names none."""

    points: str  # decimal text: "4.5"
    scheme: str | None


class Subject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the credential says of itself. None of it is worth more than the checks beside it."""

    credential: str | None
    types: tuple[str, ...]
    name: str | None
    issuer: str | None  # the identifier; a name only ever comes from a registry
    issuer_name: str | None
    learner: str | None
    achievements: tuple[str, ...]
    credits: tuple[CreditLine, ...]
    valid_from: str | None
    valid_until: str | None


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The first check that did not pass, in the form of RFC 9457."""

    type: Problem
    title: str
    detail: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer for one credential, and for each credential it carries."""

    outcome: Outcome
    headline: str
    at: datetime  # the time the question was asked about, UTC
    checks: tuple[Check, ...]
    not_applicable: tuple[NotApplicable, ...]
    subject: Subject | None = None  # None where the text could not be read at all
    members: tuple["Verdict", ...] = ()

    @property
    def passed(self) -> bool:
        """True only where every check that applied passed."""
        return self.outcome is Outcome.PASSED

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 3 could not check: what a program that prints this verdict ends with."""
        return {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.COULD_NOT_CHECK: 3}[self.outcome]

    @property
    def problem(self) -> ProblemDetails | None:
        """The first failed check, or else the first that could not be made; None where all passed."""
        for check in self.checks:
            if check.outcome is self.outcome and check.problem is not None:
                return ProblemDetails(type=check.problem, title=check.name, detail=check.sentence)
        return None

    def check(self, code: str) -> Check | None:
        """The check of the step `code`, or None where that step was not made."""
        return next((check for check in self.checks if check.code == code), None)

    def to_document(self) -> dict[str, Any]:
        """This verdict as JSON values, members always in the same order."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    def to_json(self) -> bytes:
        """This verdict as UTF-8 JSON text: the same verdict is always the same bytes."""
        return msgspec.json.encode(self)


def overall(outcomes: Mapping[str, Outcome] | tuple[Outcome, ...]) -> Outcome:
    """Failed if anything failed, else could-not-check if anything could not be checked, else passed."""
    answers = tuple(outcomes.values()) if isinstance(outcomes, Mapping) else outcomes
    for worst in (Outcome.FAILED, Outcome.COULD_NOT_CHECK):
        if worst in answers:
            return worst
    return Outcome.PASSED


def decimal_text(points: Decimal) -> str:
    """Points as plain decimal text: never an exponent, never a trailing zero."""
    text = format(points, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
