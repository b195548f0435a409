"""Step 6: revoked, suspended, or neither, by the issuer's own signed list.

A list is a credential and is verified like one: text, shape, proof, key, term of the key. It is not trusted
in transit: whoever alters or withholds it can only make us say *could not check*.

Many credentials point into one list. What is true of its text for ever is remembered: that it can be read, what
it says, that a proof of it holds under a key. Whose that key is, when it was in force, and whether the list is
young enough is asked every time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from keys.proofs import check_proof, proofs_of
from keys.signing import PublicKey
from wallet.evidence import StatusListEvidence, StatusRecord
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
from wallet.verifying.freshness import too_old
from wallet.verifying.keys_of_issuers import belongs, in_force
from wallet.verifying.proving import parse, proof, shape
from wallet.verifying.remembering import Remembered
from wallet.verifying.step import STATUS, quoted

MOST_ENTRIES = 16
"""Statuses of one credential. Each may cost a request, and a stranger writes them."""

_MEANING_OF_A_SET_BIT = {"revocation": "revoked", "suspension": "suspended"}
_HARMLESS = frozenset({"refresh", "message"})


@dataclass(frozen=True)
class _Answer:
    """What one entry comes to; with the date of the list that was read, or the record that was kept."""

    outcome: Outcome
    reason: str
    sentence: str
    problem: Problem | None = None
    listed_on: datetime | None = None
    record: StatusRecord | None = None


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
    """What one `credentialStatus` comes to, by who kept its history, or the first copy of its list that will serve.

    A list signed today says what is revoked today. Whether it was on a day in the past only a history can say;
    where there is none, the list of today has to do: it can say too much, and never too little.
    """
    try:
        entry = read_entry(value)
    except StatusListRefused as refused:
        broken = refused.reason == "malformed-entry"
        outcome = Outcome.FAILED if broken else Outcome.COULD_NOT_CHECK
        problem = Problem.MALFORMED_VALUE if broken else Problem.STATUS_VERIFICATION
        return _Answer(outcome, refused.reason, str(refused), problem)
    record = case.evidence.status_on(entry.list_url, entry.index, case.at)
    if record is not None and record.source.trusted:
        return _by_record(case, entry, record)
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


def _by_record(case: Case, entry: StatusEntry, record: StatusRecord) -> _Answer:
    """What the history of the list says of one entry, at the time asked about."""
    if record.issuer != case.issuer:
        sentence = "The status list is not by the issuer of the credential."
        return _Answer(
            Outcome.COULD_NOT_CHECK, "list-of-another", sentence, Problem.STATUS_VERIFICATION, None, record
        )
    if record.purpose != entry.purpose:
        sentence = f"The status list is not about {quoted(entry.purpose)}."
        return _Answer(
            Outcome.COULD_NOT_CHECK, "another-purpose", sentence, Problem.STATUS_VERIFICATION, None, record
        )
    meaning = _MEANING_OF_A_SET_BIT.get(entry.purpose, f"marked for {quoted(entry.purpose)}")
    then, by = written_time(case.at), record.source.name
    if record.is_set:
        since = then if record.since is None else written_time(record.since)
        sentence = f"The issuer had {meaning} the credential by then, since {since}, according to {by}."
        return _Answer(Outcome.FAILED, meaning, sentence, Problem.STATUS_VERIFICATION, None, record)
    sentence = f"Not {meaning} on {then}, according to {by}, which keeps every change."
    if record.raised_later is not None:
        sentence += f" Later it was {meaning}, on {written_time(record.raised_later)}."
    return _Answer(Outcome.PASSED, "holds", sentence, None, None, record)


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
    stale = too_old(found, copy, at=case.at, max_age=case.policy.max_status_age)
    if stale is not None:
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
    listed = replace(case, document=_readable(copy.text))
    if listed.issuer != case.issuer:
        raise StatusListRefused("list-of-another", "The status list is not by the issuer of the credential.")
    proven, signatures = proof(listed, partial(_holds, copy.text))
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
    found = _said(copy.text)
    if found.url is not None and found.url != entry.list_url:
        raise StatusListRefused("another-list", "What was got is another status list than the one named.")
    if entry.purpose not in found.purposes:
        raise StatusListRefused("another-purpose", f"The status list is not about {quoted(entry.purpose)}.")
    return found


@Remembered
def _readable(text: bytes) -> Mapping[str, Any]:
    """The credential that a list's text is. Raises StatusListRefused, which is not remembered."""
    read, document = parse(text)
    if document is None:
        raise StatusListRefused("list-unreadable", f"The status list cannot be read: {read.sentence}")
    if (shaped := shape(document)).problem is not None:
        raise StatusListRefused("list-malformed", f"The status list is malformed: {shaped.sentence}")
    return document


@Remembered
def _holds(text: bytes, place: int, key: PublicKey) -> None:
    """One proof of the text holds under this key. Raises KeysError, which is not remembered."""
    document = _readable(text)
    check_proof(document, proofs_of(document)[place], key)


@Remembered
def _said(text: bytes) -> StatusList:
    """What the list says. Raises StatusListRefused, which is not remembered."""
    return read_list(_readable(text))


def _described(value: Any, answer: _Answer) -> dict[str, Any]:
    held, record = value if isinstance(value, dict) else {}, answer.record
    said = {member: quoted(text) for member, text in held.items() if isinstance(text, str)}
    return {
        "purpose": said.get("statusPurpose"),
        "list": said.get("statusListCredential"),
        "index": said.get("statusListIndex"),
        "outcome": answer.outcome,
        "sentence": answer.sentence,
        "listDate": None if answer.listed_on is None else written_time(answer.listed_on),
        "accordingTo": None if record is None else record.source.name,
        "events": [] if record is None else list(record.events),
    }
