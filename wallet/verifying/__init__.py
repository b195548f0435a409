"""Verifying a credential: a numbered list of questions, each answered passed, failed or could not check.

`keys` raises, this reports: whatever bytes come in, a Verdict comes out. Nothing is asked of the network
unless the evidence handed in asks it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wallet.evidence import Evidence, NoEvidence
from wallet.formats import clr
from wallet.formats.data_model import issuer_id, period_of, subjects
from wallet.formats.open_badges import credits_stated
from wallet.formats.shape import types_of, written_time
from wallet.verdict import (
    Check,
    CreditLine,
    NotApplicable,
    Outcome,
    Subject,
    Verdict,
    decimal_text,
    overall,
)
from wallet.verifying.case import Case
from wallet.verifying.keys_of_issuers import belongs, in_force
from wallet.verifying.period import within_period
from wallet.verifying.policy import DEFAULT, Policy
from wallet.verifying.proving import opened, opened_inside, proof, shape
from wallet.verifying.status import not_revoked
from wallet.verifying.step import ALL, ISSUER_KEY, MEMBERS, SHAPE, quoted
from wallet.verifying.token_status import keys_of_case, token_not_revoked
from wallet.verifying.trusting import accredited_for_this, in_a_log, on_the_readers_terms

__all__ = ["Policy", "verdict_of", "verify", "verify_inside", "verify_opened", "verify_shaped"]

_DEEPEST_RECORD = 3
"""Records inside records. Beyond it nobody has a use for them, and each level multiplies the work."""

_NOBODY = NoEvidence()

_Answer = Check | NotApplicable


def verify(data: bytes, *, policy: Policy = DEFAULT, at: datetime, evidence: Evidence = _NOBODY) -> Verdict:
    """The verdict on one credential, as of `at` (aware; may be in the past).

    No input makes this raise. Raises ValueError for an `at` without a zone, which is the caller's mistake.
    """
    if at.utcoffset() is None:
        raise ValueError("the time asked about has no zone")
    at = at.astimezone(UTC)
    read, document, envelope = opened(data)  # (0) strict parse: RFC 8259, RFC 7493; VC-JOSE-COSE, 5
    if document is None:
        return _verdict([read], None, at)
    return _verify_document(read, Case(document, policy, at, evidence, envelope), depth=0)


def _verify_document(read: Check, case: Case, depth: int) -> Verdict:
    """The list from (1) on. It ends early where what follows would be read off a text nobody signed."""
    shaped = shape(  # (1) shape: VCDM 2.0, 4; the format's own model
        case.document, lambda: case.statements, examples=case.policy.allow_examples
    )
    return verify_shaped(read, shaped, case, depth)


def verify_shaped(read: Check, shaped: Check, case: Case, depth: int = 0) -> Verdict:
    """The same from (2) on, for what has been read and found in shape."""
    proven, signatures = proof(case)  # (2) proof: VC Data Integrity 1.0, 4.4 and 4.5
    answers: list[_Answer] = [read, shaped, proven]
    if Outcome.FAILED in (shaped.outcome, proven.outcome) or case.policy.proof_only:
        return _verdict(answers, case, case.at)
    whose, own = belongs(case, signatures)
    answers += [
        whose,  # (3) the key belongs to the issuer: Controlled Identifiers 1.0, 3.3
        in_force(case, own, case.witness),  # (4) the key was in force
        within_period(case, signatures),  # (5) validity period: VCDM 2.0, 4.9
        _status(case),  # (6) status: Bitstring Status List 1.0, 3.2; Token Status List, 8.3
        in_a_log(case),  # (7) inclusion in a log, where there is one
        accredited_for_this(case),  # (8) trust: accredited for this, by whom
        on_the_readers_terms(case, own),  # (9) the reader's own policy
    ]
    members = _members(case, depth)
    answers.append(_members_hold(members))  # (10) the members of a record, each by itself
    return _verdict(answers, case, case.at, members)


def verdict_of(decisive: Check, at: datetime, *before: Check) -> Verdict:
    """The verdict where the list ends with this answer, before there is a document to ask more of."""
    return _verdict([*before, decisive], None, at)


def _status(case: Case) -> _Answer:
    """(6) The lists that the document names, and the one that the message around it does: the worse answer stands."""
    listed = not_revoked(case)
    if case.envelope is None or "status" not in case.envelope.claims:
        return listed
    token = token_not_revoked(
        case.envelope.claims, keys_of_case(case), at=case.at, evidence=case.evidence, policy=case.policy
    )
    asked = [answer for answer in (token, listed) if isinstance(answer, Check)]
    for outcome in (Outcome.FAILED, Outcome.COULD_NOT_CHECK, Outcome.PASSED):
        if worst := next((answer for answer in asked if answer.outcome is outcome), None):
            return worst
    return listed


def _members(case: Case, depth: int) -> tuple[Verdict, ...]:
    """A verdict on each credential a learner record carries. Source: CLR 2.0, verification."""
    if "ClrCredential" not in types_of(case.document):
        return ()
    return tuple(verify_inside(*placed, case, depth + 1) for placed in clr.members(case.document))


def verify_opened(read: Check, case: Case) -> Verdict:
    """The verdict on a credential that has been read already, in whatever it came."""
    return _verify_document(read, case, depth=1)


def verify_inside(value: Any, pointer: str, around: Case, depth: int = 1) -> Verdict:
    """The verdict on a credential that the document `around` carries there: asked by itself, by the same list.

    `depth` is how many documents are around it.
    """
    read, document, envelope = opened_inside(value, pointer)
    if document is None:
        return _verdict([read], None, around.at)
    inside = Case(document, around.policy, around.at, around.evidence, envelope)
    if depth > _DEEPEST_RECORD:
        sentence = "A record lies too deep inside other records."
        return _verdict([SHAPE.failed("too-deep", sentence, at=pointer)], inside, around.at)
    return _verify_document(read, inside, depth)


def _members_hold(members: tuple[Verdict, ...]) -> _Answer:
    """(10) A record is worth no more than the least of its members."""
    if not members:
        return MEMBERS.not_applicable("The document carries no other credentials.")
    outcome = overall(tuple(member.outcome for member in members))
    if outcome is Outcome.PASSED:
        return MEMBERS.passed(
            f"Each of the {len(members)} credentials in the record holds.", count=len(members)
        )
    worst = next(member for member in members if member.outcome is outcome)
    end = MEMBERS.failed if outcome is Outcome.FAILED else MEMBERS.could_not_check
    which = None if worst.subject is None else worst.subject.credential
    sentence = f"A credential in the record does not hold by itself. {worst.headline}"
    return end("member-" + outcome, sentence, member=which, count=len(members))


def _verdict(
    answers: list[_Answer], case: Case | None, at: datetime, members: tuple[Verdict, ...] = ()
) -> Verdict:
    checks = tuple(answer for answer in answers if isinstance(answer, Check))
    outcome = overall(tuple(check.outcome for check in checks))
    return Verdict(
        outcome=outcome,
        headline=_headline(outcome, checks, case),
        at=at,
        checks=checks,
        not_applicable=_not_asked(answers, outcome, case),
        subject=None if case is None else _subject(case, checks),
        members=members,
    )


def _not_asked(answers: list[_Answer], outcome: Outcome, case: Case | None) -> tuple[NotApplicable, ...]:
    """Every step without an answer, with the reason: what was not checked is never left to be guessed."""
    answered = {answer.number: answer for answer in answers}
    proof_only = case is not None and case.policy.proof_only and outcome is not Outcome.FAILED
    why = "You asked for the proof only." if proof_only else "An earlier step ended the list."
    left_out = []
    for step in ALL:
        answer = answered.get(step.number)
        if answer is None:
            left_out.append(step.not_applicable(why))
        elif isinstance(answer, NotApplicable):
            left_out.append(answer)
    return tuple(left_out)


def _headline(outcome: Outcome, checks: tuple[Check, ...], case: Case | None) -> str:
    """One sentence. A name in it is a registry's."""
    if outcome is not Outcome.PASSED or case is None:
        decisive = next(check for check in checks if check.outcome is outcome)
        return f"{'Failed' if outcome is Outcome.FAILED else 'Could not check'}: {decisive.sentence}"
    if case.policy.proof_only:
        return "Passed: the proof holds. Nothing else was asked."
    name = _issuer_name(case, checks) or quoted(case.issuer)
    return f"Passed: this is as {name} issued it, and it was in force on {written_time(case.at)}."


def _issuer_name(case: Case, checks: tuple[Check, ...]) -> str | None:
    """The registry's name of the issuer, once the key is known to be its own; never the document's."""
    its_own = any(check.number == ISSUER_KEY.number and check.outcome is Outcome.PASSED for check in checks)
    return case.trusted.name if its_own and case.trusted is not None else None


def _subject(case: Case, checks: tuple[Check, ...]) -> Subject:
    document = case.document
    start, end = period_of(document)
    return Subject(
        credential=_said(document, "id"),
        types=tuple(quoted(name) for name in types_of(document)),
        name=_said(document, "name"),
        issuer=None if (issuer := issuer_id(document)) is None else quoted(issuer),
        issuer_name=_issuer_name(case, checks),
        learner=next((said for subject in subjects(document) if (said := _said(subject, "id"))), None),
        achievements=tuple(
            said
            for subject in subjects(document)
            if (said := _said(subject.get("achievement"), "name")) is not None
        ),
        credits=_credits(document),
        valid_from=None if start is None else written_time(start),
        valid_until=None if end is None else written_time(end),
    )


def _credits(document: Mapping[str, Any]) -> tuple[CreditLine, ...]:
    if (stated := credits_stated(document)) is None:
        return ()
    points, scheme = stated
    return (CreditLine(points=decimal_text(points), scheme=None if scheme is None else quoted(scheme)),)


def _said(holder: Any, member: str) -> str | None:
    value = holder.get(member) if isinstance(holder, dict) else None
    return quoted(value) if isinstance(value, str) else None
