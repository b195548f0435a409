"""Re-running a progress report: the same answer, from the credentials alone.

No ledger and no network: what is looked at is the report, the credentials, and what somebody the reader trusts has
put into a bundle. It is a list of questions, each answered *passed*, *failed* or *could not check*:

    (1) the institution signed this, with a key of its own that was in force
    (2) each credit that counts is as its credential says, and the credential holds; that a credit was transferred
        is told by the credential of what it came from, else by nobody but the report: could not check
    (3) no credit counts that is not the institution's line, and none twice
    (4) a qualification that the answer rests on is held, by a credential of its own; without one, nobody but the
        report says so: could not check
    (5) the answer comes out again, byte for byte
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.counting import Line
from domain.credit import Credit, CreditRecognised
from domain.errors import DomainError
from domain.progress import Held, progress
from keys import strict_json
from keys.errors import KeysError, MalformedJson
from wallet.bundle import digest_of
from wallet.evidence import Evidence as Facts
from wallet.formats import open_badges
from wallet.formats.open_badges import ACHIEVEMENT_TYPES, CreditFacts, NotAnOpenBadge
from wallet.formats.progress_report import (
    Evidence,
    Report,
    ReportedLine,
    ReportRefused,
    answer_bytes,
    answer_of,
    read_report,
)
from wallet.originals import originals_of
from wallet.solving import SOLVER, Unsolved, solve
from wallet.verdict import Outcome, decimal_text, overall
from wallet.verifying import verify
from wallet.verifying.signed_text import signed_by
from wallet.verifying.step import quoted


class Finding(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One question of the list: what it was about, the answer, and why."""

    about: str
    """`signature`, `line:c-1`, `held:q-1`, `answer`; it never changes."""
    name: str
    outcome: Outcome
    sentence: str


class Rerun(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What re-running a report came to. `answer` is what came out, None where it could not be reckoned."""

    outcome: Outcome
    headline: str
    findings: tuple[Finding, ...]
    qualification: str | None = None
    learner: str | None = None
    as_of: str | None = None
    answer: dict[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 3 could not check."""
        return {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.COULD_NOT_CHECK: 3}[self.outcome]


def rerun(data: bytes, *, credentials: Iterable[bytes], evidence: Facts, at: datetime) -> Rerun:
    """Reckon a report again, as of `at`, from these credentials. No input makes this raise.

    Where two credentials have one id, the first is taken.
    """
    try:
        report, document = read_report(data)
    except ReportRefused as error:
        failed = Finding(
            about="report", name="The report can be read", outcome=Outcome.FAILED, sentence=str(error)
        )
        return Rerun(outcome=Outcome.FAILED, headline=f"Failed: {error}", findings=(failed,))
    held = _by_id(credentials)
    findings = [_signature(report, document, evidence)]
    findings += _lines(report, held, evidence, at)
    answer, told = _answer(report)
    findings += [*_held(report, answer, held, evidence, at), told]
    outcome = overall(tuple(finding.outcome for finding in findings))
    return Rerun(
        outcome=outcome,
        headline=_headline(outcome, findings, report),
        findings=tuple(findings),
        qualification=report.qualification.id,
        learner=report.learner,
        as_of=report.as_of.isoformat(),
        answer=answer,
    )


def _headline(outcome: Outcome, findings: list[Finding], report: Report) -> str:
    if outcome is Outcome.PASSED:
        return f"Passed: the same answer comes out of the credentials, as of {report.as_of}."
    decisive = next(finding for finding in findings if finding.outcome is outcome)
    return f"{'Failed' if outcome is Outcome.FAILED else 'Could not check'}: {decisive.sentence}"


def _by_id(credentials: Iterable[bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for text in credentials:
        try:
            document = strict_json.parse(text)
        except MalformedJson:
            continue  # it is nobody's credential, and a line that needs it will say so
        identity = document.get("id") if isinstance(document, dict) else None
        if isinstance(identity, str):
            found.setdefault(identity, text)
    return found


# --- (1) the signature ----------------------------------------------------------------------------------

_SIGNED: Final = "The institution signed it"


def _signature(report: Report, document: dict[str, Any], evidence: Facts) -> Finding:
    told = signed_by(report.institution, document, evidence, what="The report")
    return Finding(about="signature", name=_SIGNED, outcome=told.outcome, sentence=told.sentence)


# --- (2) and (3) the lines ------------------------------------------------------------------------------


def _lines(report: Report, held: dict[str, bytes], evidence: Facts, at: datetime) -> Iterator[Finding]:
    used: dict[str, str] = {}
    for reported in report.lines:
        line = reported.line
        if not line.counts:
            continue  # it adds nothing to the answer, so that nothing has to be believed of it
        outcome, sentence = _line(report, reported, held, evidence, at)
        if reported.evidence is not None:
            first = used.setdefault(reported.evidence.credential, line.credit.id)
            if first != line.credit.id:
                outcome = Outcome.FAILED
                sentence = f"Credit {line.credit.id} is the same learning as credit {first}, which counts."
        yield Finding(
            about=f"line:{line.credit.id}",
            name=f"Credit {line.credit.id}, {line.credit.unit or 'of no unit'}",
            outcome=outcome,
            sentence=sentence,
        )


def _line(
    report: Report, reported: ReportedLine, held: dict[str, bytes], evidence: Facts, at: datetime
) -> tuple[Outcome, str]:
    line, told_by = reported.line, reported.evidence
    credit = line.credit
    if credit.institution != report.qualification.institution:
        return Outcome.FAILED, f"Credit {credit.id} is {credit.institution}'s, and cannot count there."
    if told_by is None:
        return (
            Outcome.COULD_NOT_CHECK,
            f"Credit {credit.id} has no credential, so only the report tells of it.",
        )
    text = held.get(told_by.credential)
    if text is None:
        return (
            Outcome.COULD_NOT_CHECK,
            f"The credential of credit {credit.id} was not brought along: {quoted(told_by.credential)}.",
        )
    document: Any = strict_json.parse(text)
    if digest_of(document).hex() != told_by.sha256:
        return (
            Outcome.FAILED,
            f"The credential of credit {credit.id} is not the one the report was made from: it was changed.",
        )
    verdict = verify(text, at=at, evidence=evidence)
    if not verdict.passed:
        could = "does not hold" if verdict.outcome is Outcome.FAILED else "could not be checked"
        return verdict.outcome, f"The credential of credit {credit.id} {could}. {verdict.headline}"
    try:
        facts = open_badges.read(document)
    except NotAnOpenBadge as error:
        return Outcome.FAILED, f"The credential of credit {credit.id} tells of no credit: {error}"
    differing = list(_differing(report, line, told_by, facts))
    if differing:
        return (
            Outcome.FAILED,
            f"Credit {credit.id} is not as its credential says: {'; '.join(differing)}.",
        )
    if credit.source is not None and told_by.credit == credit.id:
        return (
            Outcome.COULD_NOT_CHECK,
            f"Credit {credit.id} is as its credential says; that it was transferred from credit {credit.source}, "
            "only the report says.",
        )
    return (
        Outcome.PASSED,
        f"{credit.points}, as {verdict.subject and verdict.subject.issuer_name} certified it.",
    )


def _differing(report: Report, line: Line, told_by: Evidence, facts: CreditFacts) -> Iterator[str]:
    """Every member in which the line and its credential differ."""
    credit, own = line.credit, told_by.credit == line.credit.id
    yield from _unlike("the learner", report.learner, facts.learner)
    yield from _unlike("the issuer", told_by.issuer, facts.issuer)
    yield from _unlike("the unit's address", told_by.achievement, facts.achievement)
    yield from _unlike("the points", _points(credit), None if facts.points is None else str(facts.points))
    yield from _unlike(
        "the learning", credit.setting.value, None if facts.setting is None else facts.setting.value
    )
    yield from _unlike("the field", credit.field, facts.field)
    yield from _unlike("the grade", None if credit.grade is None else credit.grade.value, facts.grade)
    if credit.grade is not None:
        yield from _unlike("the grading scale", credit.grade.scale, facts.grade_scale)
    if credit.level is None or credit.level.framework == "EQF":
        yield from _unlike("the level", None if credit.level is None else credit.level.value, facts.eqf_level)
    day = facts.awarded_on.date()
    if credit.recognised is not None:
        yield from _unlike("the day of the award", credit.since, day)
        yield from _originals_differing(line, credit.recognised, facts)
    else:
        yield from _unlike("the day of the award", line.achieved_on, day)
    if own:
        yield from _unlike("the awarding institution", report.institution, facts.issuer)
        yield from _unlike("the unit", credit.unit, facts.achievement.rpartition("/units/")[2])
    else:
        yield from _unlike("the transfer", credit.source, told_by.credit)


def _originals_differing(line: Line, recognised: CreditRecognised, facts: CreditFacts) -> Iterator[str]:
    """Every original of recognised learning that the credential does not tell of in the same words."""
    achieved_on = min(source.achieved_on for source in recognised.sources)
    yield from _unlike("the day of the learning", line.achieved_on, achieved_on)
    for source, shown in zip(recognised.sources, originals_of(recognised), strict=True):
        if shown not in facts.evidence:
            yield f"an original: {quoted(source.title)} in the report, and not so in the credential"


def _unlike(what: str, reported: object, certified: object) -> Iterator[str]:
    if reported != certified:
        yield f"{what}: {_said(reported)} in the report, {_said(certified)} in the credential"


def _said(value: object) -> str:
    return "nothing" if value in (None, "") else quoted(str(value))


def _points(credit: Credit) -> str:
    return f"{decimal_text(credit.points.points)} {credit.points.scheme}"


# --- (4) what is held -----------------------------------------------------------------------------------


def _held(
    report: Report, answer: dict[str, Any] | None, brought: dict[str, bytes], evidence: Facts, at: datetime
) -> Iterator[Finding]:
    """Where the answer rests on a qualification, its credential says that it is held."""
    served = set(_conferrals(answer["standing"])) if answer is not None else set()
    for held in report.holds:
        if held.conferral in served:
            outcome, sentence = _holding(report, held, brought, evidence, at)
            yield Finding(
                about=f"held:{held.conferral}",
                name=f"Holding {held.qualification}",
                outcome=outcome,
                sentence=sentence,
            )


def _holding(
    report: Report, held: Held, brought: dict[str, bytes], evidence: Facts, at: datetime
) -> tuple[Outcome, str]:
    """The best that a credential of this qualification, and of this learner, came to."""
    worst: tuple[Outcome, str] | None = None
    for text in brought.values():
        document: Any = strict_json.parse(text)
        try:
            facts = open_badges.read(document)
        except NotAnOpenBadge:
            continue
        about = facts.achievement.rpartition("/qualifications/")[2] == held.qualification
        if not about or facts.learner != report.learner or not _is_of_kind(held, facts):
            continue
        verdict = verify(text, at=at, evidence=evidence)
        if verdict.passed:
            by = verdict.subject and verdict.subject.issuer_name
            return Outcome.PASSED, f"{by} certified it, conferred on {facts.awarded_on.date()}."
        worst = verdict.outcome, f"The credential of {held.qualification} does not pass. {verdict.headline}"
    return worst or (
        Outcome.COULD_NOT_CHECK,
        f"That {held.qualification} is held, nobody but the report says.",
    )


def _is_of_kind(held: Held, facts: CreditFacts) -> bool:
    return held.kind is None or facts.achievement_type == ACHIEVEMENT_TYPES[held.kind]


def _conferrals(standing: dict[str, Any]) -> Iterator[str]:
    yield from standing["held"]
    for part in standing["parts"]:
        yield from _conferrals(part)


# --- (5) the answer -------------------------------------------------------------------------------------


def _answer(report: Report) -> tuple[dict[str, Any] | None, Finding]:
    def answered(outcome: Outcome, sentence: str) -> Finding:
        name = "The answer comes out again"
        return Finding(about="answer", name=name, outcome=outcome, sentence=sentence)

    try:
        again = progress(
            report.qualification,
            [reported.line for reported in report.lines],
            on=report.as_of,
            solver=solve,
            holds=report.holds,
            preferred=report.preferred,
        )
    except (Unsolved, DomainError) as error:
        return None, answered(Outcome.COULD_NOT_CHECK, f"The answer could not be reckoned again: {error}")
    answer = answer_of(again)
    try:
        same = answer_bytes(answer) == answer_bytes(report.answer)
    except KeysError as error:
        return answer, answered(Outcome.FAILED, f"The report's answer is none: {error}")
    if same:
        return answer, answered(Outcome.PASSED, "The same answer comes out, byte for byte.")
    differing = [name for name in answer if answer[name] != report.answer.get(name)]
    told = ", ".join(name.replace("_", " ") for name in differing) or "something that is not an answer's"
    if report.solver != SOLVER and not {"complete", "satisfied", "total_reached"} & set(differing):
        return answer, answered(
            Outcome.COULD_NOT_CHECK,
            f"As much is satisfied, but by another sharing out of as good credit: the report was made with "
            f"{quoted(report.solver)}, and this is {SOLVER}.",
        )
    return answer, answered(Outcome.FAILED, f"Another answer comes out; what differs: {told}.")
