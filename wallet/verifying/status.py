"""Step 6: revoked, suspended, or neither, by the issuer's own signed list.

A list is a credential and is verified like one: text, shape, proof, key, term of the key. It is not trusted
in transit: whoever alters or withholds it can only make us say *could not check*.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from wallet.evidence import StatusListEvidence
from wallet.formats.shape import written_time
from wallet.formats.status_list import (
    StatusEntry,
    StatusList,
    StatusListRefused,
    bit,
    entries,
    read_entry,
    read_list,
)
from wallet.verdict import Check, NotApplicable, Outcome, Problem
from wallet.verifying.case import Case
from wallet.verifying.keys_of_issuers import belongs, in_force
from wallet.verifying.proving import parse, proof, shape
from wallet.verifying.step import STATUS, quoted

DEFAULT_TTL = timedelta(minutes=5)
"""How long a list holds that says neither `ttl` nor `validUntil`. Source: Bitstring Status List 1.0, 2.2."""

MOST_ENTRIES = 16
"""Statuses of one credential. Each may cost a request, and a stranger writes them."""

_MEANING_OF_A_SET_BIT = {"revocation": "revoked", "suspension": "suspended"}
_HARMLESS = frozenset({"refresh", "message"})


@dataclass(frozen=True)
class _Answer:
    """What one entry comes to; `fresh` and `listed_on` where a list was read."""

    outcome: Outcome
    reason: str
    sentence: str
    problem: Problem | None = None
    listed_on: datetime | None = None


def not_revoked(case: Case) -> Check | NotApplicable:
    """(6) Bitstring Status List 1.0, 3.2: every status the credential names, each purpose by itself."""
    named = entries(case.document)
    if not named:
        return STATUS.not_applicable(
            "The credential names no status list: it cannot be revoked, or nobody can see it."
        )
    if len(named) > MOST_ENTRIES:
        return STATUS.failed(
            "too-many-statuses", f"The credential names {len(named)} statuses.", Problem.MALFORMED_VALUE
        )
    answers = [_answer(case, value) for value in named]
    evidence = {"statuses": [_described(value, answer) for value, answer in zip(named, answers, strict=True)]}
    for outcome, end in ((Outcome.FAILED, STATUS.failed), (Outcome.COULD_NOT_CHECK, STATUS.could_not_check)):
        for answer in answers:
            if answer.outcome is outcome:
                return end(
                    answer.reason, answer.sentence, answer.problem or Problem.STATUS_VERIFICATION, **evidence
                )
    return STATUS.passed(" ".join(dict.fromkeys(answer.sentence for answer in answers)), **evidence)


def _answer(case: Case, value: Any) -> _Answer:
    """What one `credentialStatus` comes to, by the first copy of its list that will serve."""
    try:
        entry = read_entry(value)
    except StatusListRefused as refused:
        broken = refused.reason == "malformed-entry"
        outcome = Outcome.FAILED if broken else Outcome.COULD_NOT_CHECK
        problem = Problem.MALFORMED_VALUE if broken else Problem.STATUS_VERIFICATION
        return _Answer(outcome, refused.reason, str(refused), problem)
    worst: _Answer | None = None
    for copy in case.evidence.status_lists(entry.list_url):
        answer = _by_copy(case, entry, copy)
        if answer.outcome is not Outcome.COULD_NOT_CHECK:
            return answer
        worst = worst or answer
    return worst or _Answer(
        Outcome.COULD_NOT_CHECK,
        "no-list",
        f"No copy of the status list {quoted(entry.list_url)} could be had.",
        Problem.STATUS_RETRIEVAL,
    )


def _by_copy(case: Case, entry: StatusEntry, copy: StatusListEvidence) -> _Answer:
    """What one copy of the list says of one entry."""
    try:
        found = _verified(case, entry, copy)
        is_set = bit(found.bits, entry.index)
    except StatusListRefused as refused:
        if refused.reason == "index-out-of-range":
            return _Answer(Outcome.FAILED, refused.reason, str(refused), Problem.RANGE)
        problem = Problem.STATUS_LIST_LENGTH if refused.reason == "too-short" else Problem.STATUS_VERIFICATION
        return _Answer(Outcome.COULD_NOT_CHECK, refused.reason, str(refused), problem)
    said = found.valid_from or copy.got_at
    if is_set and entry.purpose == "revocation":  # what is revoked stays so: even an old list will do
        return _Answer(
            Outcome.FAILED,
            "revoked",
            f"The issuer has revoked the credential, by its list of {written_time(said)}.",
            Problem.STATUS_VERIFICATION,
            said,
        )
    if (stale := _stale(case, found, copy)) is not None:
        return _Answer(Outcome.COULD_NOT_CHECK, "stale-list", stale, Problem.STATUS_RETRIEVAL, said)
    if not is_set:
        meaning = _MEANING_OF_A_SET_BIT.get(entry.purpose, f"marked for {quoted(entry.purpose)}")
        return _Answer(
            Outcome.PASSED,
            "holds",
            f"Not {meaning}, by the issuer's list of {written_time(said)}.",
            None,
            said,
        )
    if entry.purpose in _HARMLESS:
        return _Answer(
            Outcome.PASSED, "holds", f"The issuer has a {entry.purpose} for the holder.", None, said
        )
    if entry.purpose == "suspension":
        return _Answer(
            Outcome.FAILED,
            "suspended",
            f"The issuer has suspended the credential, by its list of {written_time(said)}.",
            Problem.STATUS_VERIFICATION,
            said,
        )
    return _Answer(
        Outcome.COULD_NOT_CHECK,
        "unknown-purpose",
        f"The issuer marked it for {quoted(entry.purpose)}, whatever that means.",
        Problem.STATUS_VERIFICATION,
        said,
    )


def _verified(case: Case, entry: StatusEntry, copy: StatusListEvidence) -> StatusList:
    """The list of one copy, once it is sure that the issuer signed it. Raises StatusListRefused."""
    read, document = parse(copy.text)
    if document is None:
        raise StatusListRefused("list-unreadable", f"The status list cannot be read: {read.sentence}")
    if (shaped := shape(document)).problem is not None:
        raise StatusListRefused("list-malformed", f"The status list is malformed: {shaped.sentence}")
    listed = replace(case, document=document)
    if listed.issuer != case.issuer:
        raise StatusListRefused("list-of-another", "The status list is not by the issuer of the credential.")
    proven, signatures = proof(listed)
    if proven.problem is not None:
        raise StatusListRefused(
            "list-proof", f"The status list's proof cannot be relied on: {proven.sentence}"
        )
    whose, own = belongs(listed, signatures)
    if whose.problem is not None:
        raise StatusListRefused("list-key", f"The status list cannot be relied on: {whose.sentence}")
    term = in_force(listed, own, witness=None)
    if isinstance(term, Check) and term.problem is not None:
        raise StatusListRefused("list-key", f"The status list cannot be relied on: {term.sentence}")
    found = read_list(document)
    if found.url is not None and found.url != entry.list_url:
        raise StatusListRefused("another-list", "What was got is another status list than the one named.")
    if entry.purpose not in found.purposes:
        raise StatusListRefused("another-purpose", f"The status list is not about {quoted(entry.purpose)}.")
    return found


def _stale(case: Case, found: StatusList, copy: StatusListEvidence) -> str | None:
    """A sentence saying why the list is too old to speak for the time asked about, or None.

    When a copy was got is believed of a trusted source only; else the list's own signed date stands in.
    """
    if found.valid_until is not None and case.at > found.valid_until:
        return f"The status list was good until {written_time(found.valid_until)}; a newer one is needed."
    as_of = copy.got_at if copy.source.trusted else found.valid_from
    if as_of is None:
        return f"Nobody you trust says when the status list was got: it came from {copy.source.name}."
    ttl = found.ttl if found.ttl is not None or found.valid_until is not None else DEFAULT_TTL
    for limit in (ttl, case.policy.max_status_age):
        if limit is not None and case.at - as_of > limit:
            return f"The status list is of {written_time(as_of)}, which is too old; a newer one is needed."
    return None


def _described(value: Any, answer: _Answer) -> dict[str, Any]:
    held = value if isinstance(value, dict) else {}
    said = {member: quoted(text) for member, text in held.items() if isinstance(text, str)}
    return {
        "purpose": said.get("statusPurpose"),
        "list": said.get("statusListCredential"),
        "index": said.get("statusListIndex"),
        "outcome": answer.outcome,
        "sentence": answer.sentence,
        "listDate": None if answer.listed_on is None else written_time(answer.listed_on),
    }
