"""A progress report: an audit of one learner towards one qualification, with everything it was made from.

    {"type": "ProgressReport", "version": 1, "madeAt": "2026-06-30T09:00:00Z", "asOf": "2026-06-30",
     "institution": "did:web:…", "learner": "did:key:z6Mk…", "solver": "HiGHS 1.16.0",
     "qualification": {"id": "bachelor-ict", "revision": 2, "requirement": {"requires": "all", …}, …},
     "lines": [{"line": {"credit": {…}, "achieved_on": "2026-05-29", "left_out": null},
                "evidence": {"credential": "urn:uuid:…", "sha256": "9f86d0…", "credit": "c-1", "issuer": "did:web:…",
                             "achievement": "https://records.example/units/algorithms"}}],
     "holds": […], "preferred": […], "answer": {…}, "proof": {"cryptosuite": "eddsa-jcs-2022", …}}

It is JSON in no vocabulary but its own. The qualification, the lines and the requirements stand in it as they are
stored, so that the same domain reads them. What a badge has no room for is stated here, under the institution's
signature: a credit's id, what it was transferred from and on what agreement, a level of a national framework.
"""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, Final

import msgspec

from domain.counting import Line
from domain.progress import Held, Progress
from domain.qualification import Qualification
from domain.values import CreditId
from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import KeysError
from wallet.errors import WalletError

SUITE: Final = "eddsa-jcs-2022"
"""Over the JSON as it stands, because no context has terms for it."""

LIMITS: Final = strict_json.Limits(size=16 * 1024 * 1024, members=1_000_000)

_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class ReportRefused(WalletError):
    """The text is no progress report that this program reads."""


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """How the parts of a report are written."""


class Evidence(_Wire, frozen=True, kw_only=True):
    """The credential that tells of a credit, or of the one it was transferred from: `credit` says of which."""

    credential: str
    sha256: str
    """Of the signed document's canonical JSON, proofs included."""
    credit: CreditId
    issuer: str
    achievement: str
    """The address of the unit the credit was awarded for."""


class ReportedLine(_Wire, frozen=True, kw_only=True):
    """A credit as it was judged. `evidence` is None where no credential was issued about it."""

    line: Line
    evidence: Evidence | None


class Report(_Wire, frozen=True, kw_only=True, tag_field="type", tag="ProgressReport"):
    """A report as read, its signature left out."""

    version: int
    made_at: _Time
    as_of: date
    institution: str
    learner: str
    solver: str
    qualification: Qualification
    lines: tuple[ReportedLine, ...]
    holds: tuple[Held, ...]
    preferred: tuple[CreditId, ...]
    answer: dict[str, Any]

    def to_document(self) -> dict[str, Any]:
        """The report as JSON values, without a proof."""
        # A set is written in its order of text: another process would take it in another, and read no such report.
        document: dict[str, Any] = msgspec.to_builtins(self, order="deterministic")
        return document


VERSION: Final = 1


def answer_of(progress: Progress) -> dict[str, Any]:
    """An answer as JSON values: shares as `2/3`, points as text, members always in the same order."""
    said: dict[str, Any] = msgspec.to_builtins(progress, enc_hook=_written)
    return said | {
        "complete": progress.complete,
        "satisfied": progress.satisfied,
        "share": str(progress.share),
        "missing": list(progress.missing),
        "total_reached": str(progress.total.reached),
    }


def answer_bytes(answer: Mapping[str, Any]) -> bytes:
    """The answer's canonical JSON: the same answer is always the same bytes. Source: RFC 8785."""
    return canonicalize(dict(answer))


def read_report(data: bytes) -> tuple[Report, dict[str, Any]]:
    """The report in a text, and the document it was read from, with its proof. Raises ReportRefused.

    One text, one meaning: what does not come back from reading as it was written is refused.
    """
    try:
        document = strict_json.parse(data, limits=LIMITS)
        if not isinstance(document, dict) or document.get("type") != "ProgressReport":
            raise ReportRefused("This is not a progress report.")
        unsigned = {member: value for member, value in document.items() if member != "proof"}
        report = msgspec.convert(unsigned, Report)
        written = report.to_document()
        if canonicalize(written) != canonicalize(unsigned):
            raise ReportRefused("The report says something in a way that this program would not write.")
    except (msgspec.ValidationError, ValueError, KeysError) as error:
        raise ReportRefused(f"This is not a progress report that this program reads: {error}") from error
    if report.version != VERSION:
        raise ReportRefused(
            f"This program reads progress reports of version {VERSION}, not {report.version}."
        )
    return report, document


def _written(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no form in a report")
