"""Verifying a PDF: does it print what was signed, and do the credentials hold that it tells of?

A list of its own. A credential in the file goes through the issuer's list by itself; what is asked here is whether the
paper around it says the same. The only safe answer is to set what was signed again and to compare the files: a text
that agrees proves little, because anything may be drawn over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import zip_longest
from typing import Any, Final

from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import MalformedJson
from wallet.documents.comparing import differences
from wallet.documents.printed import FILE, Printed, PrintedRefused, read_printed
from wallet.documents.setting import NotPrintable, maker, set_pdf
from wallet.documents.unpacking import PdfRefused, PdfTooCostly, Unpacked, is_pdf, unpack
from wallet.evidence import Evidence, NoEvidence
from wallet.formats.shape import written_time
from wallet.verdict import Check, NotApplicable, Outcome, Problem, Subject, Verdict, overall
from wallet.verifying import verify
from wallet.verifying.policy import DEFAULT, Policy
from wallet.verifying.signed_text import signed_by
from wallet.verifying.step import Step, quoted

__all__ = ["is_pdf", "printed_in", "verify_pdf"]

_READ = Step(0, "parse", "The file can be read", "ISO 32000-2, 7.5; ISO 19005-3")
_CARRIED = Step(1, "attachment", "The file carries what was signed", "ISO 19005-3, 6.8; ISO 32000-2, 7.11.4")
_SIGNED = Step(2, "print-signed", "The institution signed what is printed", "VC Data Integrity 1.0, 4.4")
_UNALTERED = Step(3, "print-unaltered", "The file prints what was signed", "ISO 32000-2, 7.8")
_AGREES = Step(
    4, "print-agrees", "What is printed is what the credentials say", "Open Badges 3.0, B; CLR 2.0"
)
_MEMBERS = Step(5, "members", "Every credential in the file holds", "VC Data Model 2.0, 7.1")
_ALL: Final = (_READ, _CARRIED, _SIGNED, _UNALTERED, _AGREES, _MEMBERS)

_NOBODY = NoEvidence()
_Answer = Check | NotApplicable


@dataclass(frozen=True, slots=True)
class Carried:
    """What a PDF of ours carries: what it prints, as signed, and the credentials in the order they are named."""

    printed: Printed
    document: Mapping[str, Any]
    attached: Mapping[str, bytes]

    def set_again(self) -> bytes:
        """The PDF that this is printed as. Raises NotPrintable."""
        return set_pdf(self.printed, canonicalize(dict(self.document)), self.attached)


def verify_pdf(
    pdf: bytes, *, policy: Policy = DEFAULT, at: datetime, evidence: Evidence = _NOBODY
) -> Verdict:
    """The verdict on a PDF, as of `at` (aware). Its members are the verdicts on the credentials it carries.

    No input makes this raise. Raises ValueError for an `at` without a zone, which is the caller's mistake.
    """
    if at.utcoffset() is None:
        raise ValueError("the time asked about has no zone")
    at = at.astimezone(UTC)
    try:
        unpacked = unpack(pdf)
    except PdfRefused as error:
        return _verdict([_READ.failed("unreadable", str(error), Problem.PARSING)], at)
    except PdfTooCostly as error:
        return _verdict([_READ.could_not_check("too-costly", str(error), Problem.PARSING)], at)
    read = _READ.passed("It is a PDF that can be read.", files=sorted(unpacked.files))
    if FILE not in unpacked.files:
        return _verdict(*_of_others(read, unpacked, policy, at, evidence))
    try:
        carried = _carried(unpacked)
    except PrintedRefused as error:
        return _verdict([read, _CARRIED.failed("not-as-named", str(error), Problem.MALFORMED_VALUE)], at)
    names = ", ".join([FILE, *carried.attached])
    answers: list[_Answer] = [read, _CARRIED.passed(f"It carries {names}.")]
    signed = signed_by(carried.printed.institution, carried.document, evidence, what="What is printed")
    answers.append(_told(_SIGNED, signed.outcome, signed.reason, signed.sentence))
    if signed.outcome is Outcome.FAILED:
        return _verdict(answers, at, printed=carried.printed)
    answers.append(_unaltered(pdf, unpacked, carried, signed.outcome))
    answers.append(_agrees(carried))
    members = tuple(
        verify(text, policy=policy, at=at, evidence=evidence) for text in carried.attached.values()
    )
    answers.append(_members(members))
    return _verdict(answers, at, members, carried.printed, signed.name)


def printed_in(pdf: bytes) -> Carried:
    """What a PDF of ours carries. Raises PdfRefused, PdfTooCostly, PrintedRefused.

    Nothing of it is vouched for.
    """
    unpacked = unpack(pdf)
    if FILE not in unpacked.files:
        raise PrintedRefused("The PDF does not carry, signed, what it prints.")
    return _carried(unpacked)


def _carried(unpacked: Unpacked) -> Carried:
    """Raises PrintedRefused where a document is missing, or is not the one that is named."""
    printed, document = read_printed(unpacked.files[FILE])
    attached = {}
    for each in printed.attached:
        text = unpacked.files.get(each.file)
        if text is None or sha256(text).hexdigest() != each.sha256:
            raise PrintedRefused(
                f"The document {quoted(each.file)} is missing in the file, or is another one than was printed."
            )
        attached[each.file] = text
    return Carried(printed, document, attached)


# --- the steps ------------------------------------------------------------------------------------------


def _of_others(
    read: Check, unpacked: Unpacked, policy: Policy, at: datetime, evidence: Evidence
) -> tuple[list[_Answer], datetime, tuple[Verdict, ...]]:
    """A PDF that another program made: its credentials are verified, and the paper is nobody's word."""
    credentials = {name: text for name, text in unpacked.files.items() if _is_signed(name, text)}
    if not credentials:
        sentence = "The file carries nothing that was signed: what it prints is nobody's word."
        return [read, _CARRIED.could_not_check("nothing-signed", sentence)], at, ()
    names = ", ".join(map(quoted, credentials))
    unknown = "The file does not carry, signed, what it prints; only the credentials in it can be checked."
    members = tuple(verify(text, policy=policy, at=at, evidence=evidence) for text in credentials.values())
    return (
        [
            read,
            _CARRIED.passed(f"It carries {names}."),
            _SIGNED.could_not_check("print-not-signed", unknown),
            _members(members),
        ],
        at,
        members,
    )


def _is_signed(name: str, text: bytes) -> bool:
    """Whether it may be a credential: by its name, or as an object in JSON."""
    return name.endswith((".json", ".jsonld", ".jwt", ".vc")) or text.lstrip()[:1] == b"{"


def _unaltered(pdf: bytes, unpacked: Unpacked, carried: Carried, signed: Outcome) -> Check:
    if signed is not Outcome.PASSED:
        sentence = "What is printed is not set again for a signer whom nobody you trust knows."
        return _UNALTERED.could_not_check("signer-unknown", sentence)
    made_by, here = carried.printed.maker, maker()
    try:
        again = carried.set_again()
        if again == pdf:
            return _UNALTERED.passed("Set again from what was signed, it is the same file, byte for byte.")
        difference = _first_difference(unpacked.text, unpack(again).text)
    except (NotPrintable, PdfRefused, PdfTooCostly) as error:
        return _UNALTERED.could_not_check("not-set-again", f"It could not be set again: {error}")
    if difference is None:
        sentence = (
            "Its words are those that were signed, but the file is not as it was made, and what may be drawn over "
            "them cannot be compared. Have it printed again from what it carries."
        )
        return _UNALTERED.could_not_check("file-changed", sentence, madeBy=made_by)
    if made_by == here:
        return _UNALTERED.failed("prints-otherwise", difference)
    sentence = (
        f"It was made by {quoted(made_by)}, and here is {here}: the two set the words in another order."
    )
    return _UNALTERED.could_not_check("another-maker", sentence, madeBy=made_by)


def _first_difference(found: str, signed: str) -> str | None:
    """Where two texts part, as a sentence."""
    for theirs, ours in zip_longest(found.split(), signed.split()):
        if theirs != ours:
            there = "nothing more" if theirs is None else quoted(theirs)
            here = "nothing more" if ours is None else quoted(ours)
            return f"It prints {there} where {here} was signed."
    return None


def _agrees(carried: Carried) -> Check:
    documents = []
    for name, text in carried.attached.items():
        try:
            document = strict_json.parse(text)
        except MalformedJson as error:
            return _AGREES.failed("unreadable", f"{quoted(name)} cannot be read: {error}", Problem.PARSING)
        if not isinstance(document, dict):
            return _AGREES.failed("unreadable", f"{quoted(name)} is no credential.", Problem.PARSING)
        documents.append(document)
    found = list(differences(carried.printed, documents))
    if found:
        return _AGREES.failed("differs", found[0], count=len(found), differences=found[:20])
    told = len(list(carried.printed.told()))
    if not told:
        return _AGREES.passed("The credentials are of the same issuer and learner as what is printed.")
    return _AGREES.passed(f"Each of the {told} printed values is as its credential says.", count=told)


def _members(members: tuple[Verdict, ...]) -> _Answer:
    if not members:
        return _MEMBERS.not_applicable("The file carries no credentials.")
    outcome = overall(tuple(member.outcome for member in members))
    if outcome is Outcome.PASSED:
        return _MEMBERS.passed(
            f"Each of the {len(members)} credentials in the file holds.", count=len(members)
        )
    worst = next(member for member in members if member.outcome is outcome)
    sentence = f"A credential in the file does not hold by itself. {worst.headline}"
    return _told(_MEMBERS, outcome, f"member-{outcome}", sentence)


def _told(step: Step, outcome: Outcome, reason: str, sentence: str) -> Check:
    match outcome:
        case Outcome.PASSED:
            return step.passed(sentence)
        case Outcome.FAILED:
            return step.failed(reason, sentence)
        case Outcome.COULD_NOT_CHECK:
            return step.could_not_check(reason, sentence)


def _verdict(
    answers: list[_Answer],
    at: datetime,
    members: tuple[Verdict, ...] = (),
    printed: Printed | None = None,
    name: str | None = None,
) -> Verdict:
    checks = tuple(answer for answer in answers if isinstance(answer, Check))
    outcome = overall(tuple(check.outcome for check in checks))
    answered = {answer.number: answer for answer in answers}
    left_out = []
    for step in _ALL:
        answer = answered.get(step.number)
        if answer is None:
            left_out.append(
                step.not_applicable("An earlier step ended the list, or there was nothing to ask.")
            )
        elif isinstance(answer, NotApplicable):
            left_out.append(answer)
    return Verdict(
        outcome=outcome,
        headline=_headline(outcome, checks, printed, name),
        at=at,
        checks=checks,
        not_applicable=tuple(left_out),
        subject=None if printed is None else _subject(printed, name),
        members=members,
    )


def _headline(outcome: Outcome, checks: tuple[Check, ...], printed: Printed | None, name: str | None) -> str:
    if outcome is Outcome.PASSED and printed is not None:
        made = written_time(printed.made_at)
        return f"Passed: this is as {name} printed it on {made}, and every credential in it holds."
    decisive = next(check for check in checks if check.outcome is outcome)
    return f"{'Failed' if outcome is Outcome.FAILED else 'Could not check'}: {decisive.sentence}"


def _subject(printed: Printed, name: str | None) -> Subject:
    return Subject(
        credential=quoted(printed.number),
        types=("PrintedDocument", printed.kind.value),
        name=quoted(printed.title[-1]),
        issuer=quoted(printed.institution),
        issuer_name=name,
        learner=quoted(printed.learner),
        achievements=(),
        credits=(),
        valid_from=written_time(printed.made_at),
        valid_until=None,
    )
