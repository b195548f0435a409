"""Bringing in learning from elsewhere: read a record, show what it would add and how it stands; then add it.

Nothing is written until the learner confirms, and she confirms a document by its digest: what was shown is what
is brought in. The same document twice adds nothing, and neither does another with the same lines.

What is brought in is a claim with a document behind it (`domain.brought`). A document whose signature is false is
not brought in at all; one that cannot be checked is, and says so for ever.
"""

from dataclasses import dataclass
from datetime import datetime

from domain import brought as learnings
from domain.brought import Foreign, LearningBrought, SignatureStanding, StatedPoints
from domain.errors import InvalidValue
from domain.values import Grade, IscedF, LearningId, Level, learner_id, text
from wallet import streams
from wallet.errors import WalletError
from wallet.formats.transcript import Line
from wallet.office import Office, Once
from wallet.records import Reading, identity
from wallet.verdict import Outcome


class SignatureFalse(WalletError):
    """The document's signature is false, so nothing of it is brought in."""


class NotTheDocument(WalletError):
    """What is confirmed is not what was shown."""


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """A line of a record, and what would become of it: `left_out` and `held` are never brought in."""

    line: Line
    source: Reading
    """The record, or the part of it, that it stands in."""
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


# --- bringing in ----------------------------------------------------------------------------------------


def propose_import(office: Office, learner: str, reading: Reading) -> ProposedImport:
    """What the record would add to the learner's wallet. Nothing is written.

    Raises NotFound, Erased, InvalidValue.
    """
    held = office.learner(learner).state.brought
    return ProposedImport(
        reading,
        tuple(
            ProposedLine(line, source, named, named in held)
            for source, line in reading.found()
            for named in (LearningId(identity(line)),)
        ),
    )


def bring_in(
    office: Office,
    learner: str,
    reading: Reading,
    *,
    confirmed: str,
    at: datetime,
    once: Once[BroughtIn] | None = None,
) -> BroughtIn:
    """Add what counts in the record and is not in the wallet yet, signed by the learner. `confirmed` is the digest.

    Of what carries other records, each is kept with its own kind, its own digest and its own answer on its signature.
    Refuses: NotTheDocument, SignatureFalse, and what `propose_import` refuses.
    """
    if reading.document != confirmed:
        raise NotTheDocument(f"What is confirmed is {confirmed[:64]!a}; this document is {reading.document}.")
    if reading.signature.outcome is Outcome.FAILED:
        raise SignatureFalse(f"Nothing is brought in. {reading.signature.sentence}")

    def decide() -> BroughtIn:
        read = office.learner(learner)
        held, events = dict(read.state.brought), list[LearningBrought]()
        for source, line in reading.found():
            if line.counts:
                found = learnings.bring_in(
                    held,
                    [_foreign(line)],
                    document=source.document,
                    kind=source.kind,
                    signature=SignatureStanding(source.signature.outcome.value),
                )
                events += found
                held |= {event.learning: event for event in found}
        told = BroughtIn(reading.document, tuple(events))
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
        learning=identity(line),
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
