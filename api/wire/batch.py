"""Verifications of many on the wire: what was handed in, and the table of verdicts."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field

from api.wire.scalars import Answer, Body, Moment, example
from api.wire.verification import A_DOCUMENT, DocumentOrText, ReadersTerms
from wallet.verdict import Outcome
from wallet.verifying_many import Judged, Repeats, Tally

MOST_AT_ONCE: Final = 500

OutcomeSaid = Literal["passed", "failed", "could-not-check"]


class VerifyMany(Body):
    """Each of `documents` is a credential as an object, the text of one, or `{"applicant": …, "credential": …}`.

    As `application/jsonl` the body is the documents alone, one a line, on the terms of an admissions office.
    """

    documents: Annotated[list[DocumentOrText], Field(max_length=MOST_AT_ONCE)]
    policy: ReadersTerms | None = None
    at: Moment | None = None

    model_config = example(
        documents=[{"applicant": "2026-0117", "credential": A_DOCUMENT}, A_DOCUMENT],
        policy={"require_status": True},
        at="2026-06-30T09:00:00Z",
    )


class VerdictLine(Answer):
    """One document of the batch. What it says of itself is worth no more than its outcome."""

    number: int
    source: str
    applicant: str | None
    outcome: OutcomeSaid
    headline: str
    reasons: str | None
    credential: str | None
    name: str | None
    credits: str | None
    issuer: str | None
    issuer_name: str | None
    learner: str | None
    valid_from: str | None
    valid_until: str | None
    sha256: str | None
    repeats: int | None
    repeated: Repeats | None

    @classmethod
    def of(cls, line: Judged) -> Self:
        return cls.model_validate(line, from_attributes=True)


class Verdicts(Answer):
    """The table, and what it comes to."""

    submissions: int
    outcomes: dict[str, int]
    repeated: int
    lines: list[VerdictLine]

    @classmethod
    def of(cls, tally: Tally, lines: Iterable[Judged]) -> Self:
        return cls(
            submissions=tally.submissions,
            outcomes={outcome.value: tally.outcomes[outcome] for outcome in Outcome},
            repeated=tally.repeated,
            lines=[VerdictLine.of(line) for line in lines],
        )


class SignedVerdicts(Verdicts):
    """The same, with a receipt: `table` is the text in JSON Lines whose SHA-256 stands in it."""

    table: str
    receipt: dict[str, Any]
