"""Bringing in learning from elsewhere: read a record, show what it would add and how it stands; then add it.

Nothing is written until the learner confirms, and she confirms a document by its digest: what was shown is what
is brought in. The same document twice adds nothing, and neither does another with the same lines.

What is brought in is a claim with a document behind it (`domain.brought`). A document whose signature is false is
not brought in at all; one that cannot be checked is, and says so for ever.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from cryptography.x509 import Certificate
from lxml import etree

from domain import brought as learnings
from domain.brought import Foreign, LearningBrought, SignatureStanding, StatedPoints
from domain.errors import InvalidValue
from domain.values import Grade, IscedF, LearningId, Level, learner_id, text
from wallet import streams
from wallet.errors import WalletError
from wallet.formats import elmo, ewp
from wallet.formats.elmo import Line, Transcript
from wallet.formats.ewp import GradeTable, StatedAgreement
from wallet.formats.xml import read_xml
from wallet.formats.xml_signature import SignatureAnswer, check_signature
from wallet.office import Office, Once
from wallet.verdict import Outcome


class UnknownRecord(WalletError):
    """The document is of no kind that can be brought in; the message names those that can."""


class SignatureFalse(WalletError):
    """The document's signature is false, so nothing of it is brought in."""


class NotTheDocument(WalletError):
    """What is confirmed is not what was shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A record as it was read, before anything is asked of a wallet."""

    kind: str
    document: str
    """The SHA-256 in hex of its bytes."""
    signature: SignatureAnswer
    holders: tuple[str, ...]
    """Whom it names. Nothing here can tell whether that is the learner."""
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    tables: tuple[GradeTable, ...] = ()
    agreements: tuple[StatedAgreement, ...] = ()

    @property
    def totals(self) -> dict[str, Decimal]:
        """By scheme, of the lines that count."""
        return elmo.totals(self.lines)

    @property
    def added_up(self) -> dict[str, Decimal]:
        """By scheme, of every line: what a reader gets who counts containers with their parts."""
        return elmo.totals(self.lines, counted_only=False)


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """A line of a record, and what would become of it: `left_out` and `held` are never brought in."""

    line: Line
    learning: LearningId
    held: bool

    @property
    def new(self) -> bool:
        return self.line.counts and not self.held


@dataclass(frozen=True, slots=True)
class ProposedImport:
    reading: Reading
    lines: tuple[ProposedLine, ...]

    @property
    def new(self) -> tuple[ProposedLine, ...]:
        return tuple(line for line in self.lines if line.new)


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What was added; nothing, where all of it was there."""

    document: str
    brought: tuple[LearningBrought, ...]


# --- reading --------------------------------------------------------------------------------------------


def read_record(data: bytes, trusted: Sequence[Certificate] = ()) -> Reading:
    """Find out what kind of record this is, read it, and check its signature by the reader's certificates.

    Raises UnknownRecord, XmlRefused, NotElmo, NotEwp.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise UnknownRecord(f"This is no record that can be brought in; those read here are {_READ_HERE}.")
    root = read_xml(data)
    for is_of_this_kind, read in _KINDS:
        if is_of_this_kind(root):
            return read(root, hashlib.sha256(data).hexdigest(), trusted)
    raise UnknownRecord(
        f"This is XML, but no record that can be brought in; those read here are {_READ_HERE}."
    )


def _elmo(root: etree._Element, digest: str, trusted: Sequence[Certificate]) -> Reading:
    transcript, signature = _checked(root, trusted)
    return Reading(
        kind="elmo",
        document=digest,
        signature=signature,
        holders=(_holder(transcript),),
        lines=elmo.lines(transcript),
        remarks=transcript.remarks,
    )


def _checked(root: etree._Element, trusted: Sequence[Certificate]) -> tuple[Transcript, SignatureAnswer]:
    """What the document says; where its signature is good, what the signed document says."""
    transcript = elmo.read_elmo(root)
    signature = check_signature(root, trusted, written_at=transcript.generated_at)
    if signature.signed is not None:
        transcript = elmo.read_elmo(signature.signed)
    return transcript, signature


def _checked_inside(
    root: etree._Element, trusted: Sequence[Certificate]
) -> tuple[Transcript, SignatureAnswer]:
    """Of a document that was taken out of another: what it was signed as cannot always be told any more."""
    transcript, signature = _checked(root, trusted)
    if signature.reason == "changed":
        sentence = "Its signature does not fit it, as it may not once it stands inside another document."
        signature = SignatureAnswer(Outcome.COULD_NOT_CHECK, "inside", sentence)
    return transcript, signature


def _transcripts(root: etree._Element, digest: str, trusted: Sequence[Certificate]) -> Reading:
    read = ewp.read_transcripts(root)
    checked = [_checked_inside(each, trusted) for each in ewp.elmos_in(root)]
    if not checked:
        raise ewp.NotEwp("The answer holds no transcript.")
    answers = [answer for _, answer in checked]
    worst = next(
        (answer for outcome in _WORST_FIRST for answer in answers if answer.outcome is outcome), answers[0]
    )
    return Reading(
        kind="ewp-transcript",
        document=digest,
        signature=worst,
        holders=tuple(_holder(transcript) for transcript, _ in checked),
        lines=tuple(line for transcript, _ in checked for line in elmo.lines(transcript)),
        remarks=tuple(remark for each in read for remark in (*each.transcript.remarks, *each.remarks)),
        tables=tuple(table for each in read for table in each.tables),
    )


def _agreements(root: etree._Element, digest: str, _trusted: Sequence[Certificate]) -> Reading:
    read = ewp.read_agreements(root)
    sentence = "A learning agreement of Erasmus Without Paper is believed for where it was fetched from."
    return Reading(
        kind="ewp-learning-agreement",
        document=digest,
        signature=SignatureAnswer(Outcome.COULD_NOT_CHECK, "unsigned", sentence),
        holders=tuple(each.learner for each in read),
        lines=(),
        remarks=("A learning agreement is a plan: it states no learning to be brought in.",),
        agreements=read,
    )


def _holder(transcript: Transcript) -> str:
    names = f"{transcript.given_names} {transcript.family_name}".strip()
    return names if transcript.born_on is None else f"{names}, born {transcript.born_on}"


_WORST_FIRST: Final = (Outcome.FAILED, Outcome.COULD_NOT_CHECK)
_READ_HERE: Final = "ELMO 1.7, and transcripts and learning agreements of Erasmus Without Paper"
_KINDS: Final[
    tuple[
        tuple[
            Callable[[etree._Element], bool],
            Callable[[etree._Element, str, Sequence[Certificate]], Reading],
        ],
        ...,
    ]
] = (
    (elmo.is_elmo, _elmo),
    (ewp.is_transcripts, _transcripts),
    (ewp.is_agreements, _agreements),
)


# --- bringing in ----------------------------------------------------------------------------------------


def propose_import(
    office: Office, learner: str, data: bytes, trusted: Sequence[Certificate] = ()
) -> ProposedImport:
    """What the record would add to the learner's wallet. Nothing is written.

    Raises UnknownRecord, XmlRefused, NotElmo, NotEwp, NotFound, Erased, InvalidValue.
    """
    reading = read_record(data, trusted)
    held = office.learner(learner).state.brought
    return ProposedImport(
        reading,
        tuple(
            ProposedLine(line, named, named in held)
            for line in reading.lines
            for named in (LearningId(_identity(line)),)
        ),
    )


def bring_in(
    office: Office,
    learner: str,
    data: bytes,
    *,
    confirmed: str,
    trusted: Sequence[Certificate] = (),
    at: datetime,
    once: Once[BroughtIn] | None = None,
) -> BroughtIn:
    """Add what counts in the record and is not in the wallet yet, signed by the learner. `confirmed` is the digest.

    Refuses: NotTheDocument, SignatureFalse, and what `propose_import` refuses.
    """
    reading = read_record(data, trusted)
    if reading.document != confirmed:
        raise NotTheDocument(f"What is confirmed is {confirmed[:64]!a}; this document is {reading.document}.")
    if reading.signature.outcome is Outcome.FAILED:
        raise SignatureFalse(f"Nothing is brought in. {reading.signature.sentence}")
    foreign = [_foreign(line) for line in reading.lines if line.counts]

    def decide() -> BroughtIn:
        read = office.learner(learner)
        events = learnings.bring_in(
            read.state.brought,
            foreign,
            document=reading.document,
            kind=reading.kind,
            signature=SignatureStanding(reading.signature.outcome.value),
        )
        told = BroughtIn(reading.document, events)
        if not events:
            return told
        signer = office.learner_keys.signer(read.state.learner)
        write = read.write(*events, signer=signer, learner=read.state.learner)
        return office.record(write, at=at, result=told, once=once)

    return office.decide(streams.of_learner(learner_id(learner)), decide)


def _foreign(line: Line) -> Foreign:
    said = line.opportunity
    identifier = next((each.value for each in said.identifiers), None)
    return Foreign(
        learning=_identity(line),
        names=said.names,
        awarding_body=line.issuer.names,
        points=tuple(StatedPoints(credit.scheme, credit.points) for credit in said.credits),
        country=line.issuer.country,
        identifier=_written(identifier),
        achieved_on=said.achieved_on,
        grade=_grade(said.grade, said.scale),
        level=None if said.eqf_level is None else Level("EQF", said.eqf_level),
        field=None if said.field is None else IscedF(said.field),
    )


def _written(identifier: str | None) -> str | None:
    try:
        return None if identifier is None else text(identifier, "an identifier")
    except InvalidValue:
        return None


def _grade(value: str | None, scale: str | None) -> Grade | None:
    """The grade as it was given; on a scale that nobody names, if the document names none."""
    try:
        return None if value is None else Grade(value, scale or "not stated")
    except InvalidValue:
        return None


def _identity(line: Line) -> str:
    """An id made from what tells the learning from any other: the same line, in whatever document, has the same."""
    said = line.opportunity
    told: Iterable[object] = (
        line.issuer.key,
        said.kind,
        sorted((each.kind, each.value) for each in said.identifiers) or sorted(said.names.items()),
        [str(credit) for credit in said.credits],
        str(said.achieved_on),
        said.grade,
    )
    return hashlib.sha256(json.dumps(list(told), ensure_ascii=False).encode()).hexdigest()[:40]
