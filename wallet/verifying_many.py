"""Verifying many credentials: a table of verdicts with their reasons, and what was handed in more than once.

A duplicate is told with the line it repeats: the same file, another copy of the same credential, or, where it is
known who handed in what, a credential of a learner whom another applicant also claims to be.
"""

import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from typing import Final

import msgspec

from domain.values import best
from wallet.documents.verifying import is_pdf, verify_pdf
from wallet.evidence import Evidence
from wallet.office import Office
from wallet.receipt import Receipt, Table, Verifier, make_receipt, policy_as_stated
from wallet.submissions import Submission
from wallet.verdict import Outcome, overall
from wallet.verifying import Policy
from wallet.verifying.presentations import verify_either

__all__ = [
    "COLUMNS",
    "Judged",
    "Judges",
    "Repeats",
    "Tally",
    "Terms",
    "judge",
    "signed_receipt",
    "verify_many",
    "written_table",
]

COLUMNS: Final = (
    "number",
    "source",
    "applicant",
    "outcome",
    "headline",
    "reasons",
    "credential",
    "name",
    "credits",
    "issuer",
    "issuer_name",
    "learner",
    "valid_from",
    "valid_until",
    "sha256",
    "repeats",
    "repeated",
)
"""Of the table, in order: the members of `Judged`."""

_AT_A_TIME: Final = 32
_WAITING: Final = 3
"""Parcels in work or done, for each process: enough that none is idle, few enough to hold in memory."""


class Repeats(StrEnum):
    """What a submission has in common with an earlier one."""

    FILE = "same-file"
    CREDENTIAL = "same-credential"
    LEARNER = "same-learner-as-another-applicant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One line of the table. What the credential says of itself is worth no more than its outcome."""

    number: int
    source: str
    applicant: str | None
    outcome: Outcome
    headline: str
    reasons: str | None = None
    """The checks that did not pass, each as `step: reason`."""
    credential: str | None = None
    name: str | None = None
    credits: str | None = None
    issuer: str | None = None
    issuer_name: str | None = None
    """As a registry gives it."""
    learner: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    sha256: str | None = None
    """Of the bytes handed in."""
    repeats: int | None = None
    """The number of the first submission with which it shares what `repeated` says."""
    repeated: Repeats | None = None


@dataclass(slots=True)
class Tally:
    """What a table comes to, counted while it is written."""

    submissions: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    repeated: int = 0

    def add(self, line: Judged) -> None:
        self.submissions += 1
        self.outcomes[line.outcome] += 1
        self.repeated += line.repeated is not None

    @property
    def outcome(self) -> Outcome:
        """Of all together: the worst there is."""
        return overall(tuple(self.outcomes))


@dataclass(frozen=True, slots=True)
class Terms:
    """On whose terms, and as of when; the same for all."""

    policy: Policy
    at: datetime


def judge(submission: Submission, terms: Terms, evidence: Evidence) -> Judged:
    """The verdict on one submission, as a line of the table. Whatever bytes come in, a line comes out."""
    if submission.data is None:
        return Judged(
            number=submission.number,
            source=submission.source,
            applicant=submission.applicant,
            outcome=Outcome.COULD_NOT_CHECK,
            headline=f"Could not check: {submission.problem}",
            reasons="submission: unreadable",
        )
    if is_pdf(submission.data):
        verdict = verify_pdf(submission.data, policy=terms.policy, at=terms.at, evidence=evidence)
    else:
        verdict = verify_either(submission.data, policy=terms.policy, at=terms.at, evidence=evidence)
    subject = verdict.subject
    line = Judged(
        number=submission.number,
        source=submission.source,
        applicant=submission.applicant,
        outcome=verdict.outcome,
        headline=verdict.headline,
        reasons="; ".join(
            f"{check.code}: {check.reason}" for check in verdict.checks if check.outcome is not Outcome.PASSED
        )
        or None,
        sha256=sha256(submission.data).hexdigest(),
    )
    if subject is None:
        return line
    return replace(
        line,
        credential=subject.credential,
        name=", ".join(subject.achievements) or subject.name,
        credits=", ".join(f"{each.points} {each.scheme or ''}".strip() for each in subject.credits) or None,
        issuer=subject.issuer,
        issuer_name=subject.issuer_name,
        learner=subject.learner,
        valid_from=subject.valid_from,
        valid_until=subject.valid_until,
    )


def verify_many(
    submissions: Iterable[Submission], terms: Terms, judges: "Judges | Evidence"
) -> Iterator[Judged]:
    """A line for each submission, in their order; repeats are told as soon as they come."""
    lines = (
        judges.judged(submissions, terms)
        if isinstance(judges, Judges)
        else (judge(each, terms, judges) for each in submissions)
    )
    with closing(_Seen()) as seen:
        for line in lines:
            yield seen.told(line)


def written_table(lines: Iterable[Judged]) -> bytes:
    """The table in JSON Lines, as a receipt may be of it."""
    return b"".join(
        msgspec.json.encode({name: value for name, value in asdict(line).items() if value is not None})
        + b"\n"
        for line in lines
    )


def signed_receipt(
    office: Office, institution: str, *, tally: Tally, terms: Terms, table: Table, at: datetime
) -> bytes:
    """A receipt of a table, signed by the institution that verified. Refuses: NotFound, KeyNotInForce."""
    by = office.institution(institution).state
    method, signer = office.signer_of(by, at)
    receipt = Receipt(
        made_at=at,
        as_of=terms.at,
        verifier=Verifier(did=by.did, name=best(by.names, "en")),
        policy=policy_as_stated(terms.policy),
        submissions=tally.submissions,
        outcomes={outcome.value: tally.outcomes[outcome] for outcome in Outcome},
        repeated=tally.repeated,
        table=table,
    )
    return make_receipt(receipt, method=method, signer=signer)


# --- several processes --------------------------------------------------------------------------------

_evidence: Evidence | None = None
_opened: AbstractContextManager[Evidence] | None = None


class Judges:
    """Processes that verify side by side, each with evidence of its own."""

    def __init__(self, count: int, open_evidence: Callable[[], AbstractContextManager[Evidence]]) -> None:
        """To be made before any thread is: the processes begin as copies of this one."""
        self._count = count
        # "fork": what opens the evidence need not travel, and a process is there in milliseconds. Each opens files
        # and connections for itself, so that none is shared.
        self._pool: Executor = ProcessPoolExecutor(
            count, mp_context=get_context("fork"), initializer=_begin, initargs=(open_evidence,)
        )
        self._pool.submit(_nothing).result()  # now, and not once there are threads

    def judged(self, submissions: Iterable[Submission], terms: Terms) -> Iterator[Judged]:
        """A line for each, in order; no more than a few parcels are in memory."""
        waiting: deque[Future[list[Judged]]] = deque()
        parcels = iter(submissions)
        while True:
            while len(waiting) < self._count * _WAITING and (parcel := list(islice(parcels, _AT_A_TIME))):
                waiting.append(self._pool.submit(_judged, parcel, terms))
            if not waiting:
                return
            yield from waiting.popleft().result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> "Judges":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _begin(open_evidence: Callable[[], AbstractContextManager[Evidence]]) -> None:
    global _evidence, _opened
    _opened = open_evidence()
    _evidence = _opened.__enter__()


def _judged(parcel: list[Submission], terms: Terms) -> list[Judged]:
    assert _evidence is not None  # `_begin` came first
    return [judge(each, terms, _evidence) for each in parcel]


def _nothing() -> None:
    """For a process to have something to do."""


# --- repeats ------------------------------------------------------------------------------------------


class _Seen:
    """What has been handed in so far, in a table on the disk, so that it may be any number."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("")  # a file of no name, gone when it is closed
        self._table.execute("PRAGMA synchronous = OFF")
        self._table.execute(
            "CREATE TABLE seen (kind INTEGER, what TEXT, number INTEGER, applicant TEXT,"
            " PRIMARY KEY (kind, what, applicant)) WITHOUT ROWID"
        )

    def told(self, line: Judged) -> Judged:
        """The line, with what it repeats; from now on it counts as seen."""
        found: tuple[int, Repeats] | None = None
        for kind, what in ((Repeats.FILE, line.sha256), (Repeats.CREDENTIAL, line.credential)):
            if what is not None:
                first = self._first(kind, what)
                if first is None:
                    self._note(kind, what, line.number, "")
                elif found is None:
                    found = (first, kind)
        if line.learner is not None and line.applicant is not None:
            other = self._first(Repeats.LEARNER, line.learner, but=line.applicant)
            self._note(Repeats.LEARNER, line.learner, line.number, line.applicant)
            if found is None and other is not None:
                found = (other, Repeats.LEARNER)
        return line if found is None else replace(line, repeats=found[0], repeated=found[1])

    def _first(self, kind: Repeats, what: str, but: str | None = None) -> int | None:
        row = self._table.execute(
            "SELECT MIN(number) FROM seen WHERE kind = ? AND what = ? AND applicant IS NOT ?",
            [_KINDS.index(kind), what, but],
        ).fetchone()
        first: int | None = row[0]
        return first

    def _note(self, kind: Repeats, what: str, number: int, applicant: str) -> None:
        self._table.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", [_KINDS.index(kind), what, number, applicant]
        )

    def close(self) -> None:
        self._table.close()


_KINDS: Final = tuple(Repeats)
