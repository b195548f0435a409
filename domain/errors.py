"""What the domain can say besides yes.

    DomainError
    ├── Refused                      a decision said no, and nothing was recorded
    │   ├── InvalidValue             the thing named cannot be said in this field at all
    │   ├── UnlikeCredits            two credit schemes met where only one can be
    │   ├── NotFound                 nothing is recorded under this name
    │   │   ├── NotFoundInWallet     … in this learner's wallet
    │   │   ├── NotFoundInAgreement  … among the components of this agreement
    │   │   └── NotFoundInList       … at this place of a status list
    │   ├── AlreadyDone              once is enough
    │   │   ├── AlreadyRegistered    an institution, its accreditation, or the registry itself
    │   │   ├── AlreadyDescribed     a unit or a qualification
    │   │   ├── AlreadyPublished     a key or its method id, a scale or a table: such names are never used again
    │   │   ├── AlreadyOpened        a wallet or a status list
    │   │   ├── AlreadyClaimed       an achievement
    │   │   ├── AlreadyAssessed      an achievement this institution has passed
    │   │   ├── AlreadyAwarded       a credit in force for the same learning at the same institution
    │   │   ├── AlreadyTransferred   a credit that counts at that institution already
    │   │   ├── AlreadyConferred     a qualification the learner holds
    │   │   ├── AlreadyIssued        a credential with this id
    │   │   ├── AlreadyProposed      a memorandum or an agreement with this id, or a change still open
    │   │   ├── AlreadySigned        by this party
    │   │   ├── AlreadyValidated     a component of an agreement
    │   │   ├── AlreadyRecognised    learning that carries credit there, or a component of an agreement
    │   │   ├── AlreadyComposed      a commission, or its chair and deputy
    │   │   ├── AlreadyApplied       a case with this id
    │   │   ├── AlreadyConcluded     an expert's conclusion
    │   │   ├── AlreadyVoted         a member, on this motion
    │   │   └── AlreadyFlagged       a status that would not change
    │   ├── WrongInstitution         this act belongs to another institution
    │   ├── WrongLearner             this wallet is another learner's
    │   ├── WrongDoor                learning of one setting tried to enter by another's door
    │   ├── NotAccredited            nobody trusted the institution with this, on that day
    │   ├── NotAssessed              a claim alone never carries credit
    │   ├── NotPassed                a failed assessment never carries credit
    │   ├── NotAgreed                not all of those concerned have signed
    │   ├── NotValidated             no recognition without validation
    │   ├── NotRecognised            no transfer without recognition
    │   ├── CountsInFull             what was agreed and passed is not left out
    │   ├── NotConvertible           this method has no answer for this grade
    │   ├── NotInForce               withdrawn, suspended or revoked
    │   ├── RequirementsNotMet       `.missing` says which
    │   ├── NoPlan                   no choice of units completes the qualification in the terms there are
    │   ├── KeyNotInForce            not published yet, retired, compromised, or unknown
    │   ├── AgainstPolicy            a rule of recognition says no; `.clause` says which
    │   │   ├── FiledTooLate         an application after the last day before the period
    │   │   ├── EvidenceRefused      a document that does not show what it has to
    │   │   ├── NotComposed          a commission that is not as the rules want it
    │   │   ├── ConflictOfInterest   somebody would judge in her own cause
    │   │   ├── NoQuorum             too few members
    │   │   ├── TooLittleVolume      fewer hours than the credit asked for
    │   │   ├── NoCorrespondence     the experts do not find the unit's outcomes
    │   │   ├── ShareExceeded        too much of a programme outside formal education
    │   │   └── AppealRefused        too late, or a second one
    │   ├── NotOfTheCommission       this person has no part in this case or commission
    │   ├── WrongStage               the case is not there yet, or is past that
    │   ├── CalendarUnknown          nobody knows whether that day is a working day
    │   ├── IndexTaken               a place of a status list that has its credential
    │   └── StatusListFull
    ├── SolverFault                  a solver gave an answer that does not hold
    └── HistoryError                 stored events cannot be read or cannot follow one another
        ├── UnknownEvent             no event has this stored name
        ├── DamagedEvent             the payload does not fit its stored name
        └── BrokenHistory            an event speaks of something that never happened

`str()` of each is one plain sentence fit for a person; `code` is for programs and never changes.
"""

from collections.abc import Sequence
from typing import ClassVar


class DomainError(Exception):
    """Anything the domain raises on purpose."""

    code: ClassVar[str] = "domain-error"


class Refused(DomainError):
    """A decision said no. Nothing was recorded, and the same question may be asked again."""

    code = "refused"


class InvalidValue(Refused, ValueError):
    """Also a `ValueError`, so that msgspec reports a bad value in stored bytes as a decoding failure."""

    code = "invalid-value"


class UnlikeCredits(Refused, TypeError):
    """Also a `TypeError`: points of two schemes are two types of thing."""

    code = "unlike-credits"


class NotFound(Refused):
    code = "not-found"


class NotFoundInWallet(NotFound):
    code = "not-found-in-wallet"


class NotFoundInAgreement(NotFound):
    code = "not-found-in-agreement"


class NotFoundInList(NotFound):
    code = "not-found-in-list"


class AlreadyDone(Refused):
    code = "already-done"


class AlreadyRegistered(AlreadyDone):
    code = "already-registered"


class AlreadyDescribed(AlreadyDone):
    code = "already-described"


class AlreadyPublished(AlreadyDone):
    code = "already-published"


class AlreadyOpened(AlreadyDone):
    code = "already-opened"


class AlreadyClaimed(AlreadyDone):
    code = "already-claimed"


class AlreadyAssessed(AlreadyDone):
    code = "already-assessed"


class AlreadyAwarded(AlreadyDone):
    code = "already-awarded"


class AlreadyTransferred(AlreadyDone):
    code = "already-transferred"


class AlreadyConferred(AlreadyDone):
    code = "already-conferred"


class AlreadyIssued(AlreadyDone):
    code = "already-issued"


class AlreadyProposed(AlreadyDone):
    code = "already-proposed"


class AlreadySigned(AlreadyDone):
    code = "already-signed"


class AlreadyValidated(AlreadyDone):
    code = "already-validated"


class AlreadyComposed(AlreadyDone):
    code = "already-composed"


class AlreadyApplied(AlreadyDone):
    code = "already-applied"


class AlreadyConcluded(AlreadyDone):
    code = "already-concluded"


class AlreadyVoted(AlreadyDone):
    code = "already-voted"


class AlreadyRecognised(AlreadyDone):
    code = "already-recognised"


class AlreadyFlagged(AlreadyDone):
    code = "already-flagged"


class WrongInstitution(Refused):
    code = "wrong-institution"


class WrongLearner(Refused):
    code = "wrong-learner"


class WrongDoor(Refused):
    code = "wrong-door"


class NotAccredited(Refused):
    code = "not-accredited"


class NotAssessed(Refused):
    code = "not-assessed"


class NotPassed(Refused):
    code = "not-passed"


class NotAgreed(Refused):
    code = "not-agreed"


class NotValidated(Refused):
    code = "not-validated"


class NotRecognised(Refused):
    code = "not-recognised"


class CountsInFull(Refused):
    code = "counts-in-full"


class NotConvertible(Refused):
    code = "not-convertible"


class NotInForce(Refused):
    code = "not-in-force"


class RequirementsNotMet(Refused):
    """The qualification is not earned yet; `missing` has one sentence for each gap."""

    code = "requirements-not-met"

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"The qualification is not earned yet: {'; '.join(self.missing)}.")


class NoPlan(Refused):
    code = "no-plan"


class KeyNotInForce(Refused):
    code = "key-not-in-force"


class AgainstPolicy(Refused):
    """A rule of recognition says no; the sentence, without its full stop, and the clause it rests on."""

    code = "against-policy"

    def __init__(self, sentence: str, clause: str) -> None:
        self.clause = clause
        super().__init__(f"{sentence} ({clause}).")


class FiledTooLate(AgainstPolicy):
    code = "filed-too-late"


class EvidenceRefused(AgainstPolicy):
    code = "evidence-refused"


class NotComposed(AgainstPolicy):
    code = "not-composed"


class ConflictOfInterest(AgainstPolicy):
    code = "conflict-of-interest"


class NoQuorum(AgainstPolicy):
    code = "no-quorum"


class TooLittleVolume(AgainstPolicy):
    code = "too-little-volume"


class NoCorrespondence(AgainstPolicy):
    code = "no-correspondence"


class ShareExceeded(AgainstPolicy):
    code = "share-exceeded"


class AppealRefused(AgainstPolicy):
    code = "appeal-refused"


class NotOfTheCommission(Refused):
    code = "not-of-the-commission"


class WrongStage(Refused):
    code = "wrong-stage"


class CalendarUnknown(Refused):
    code = "calendar-unknown"


class IndexTaken(Refused):
    code = "index-taken"


class StatusListFull(Refused):
    code = "status-list-full"


class SolverFault(DomainError):
    """The answer of a solver was checked, and does not hold. Nothing was decided by it."""

    code = "solver-fault"


class HistoryError(DomainError):
    """Stored events are damaged or foreign. No decision is to blame, and asking again will not help."""

    code = "history-error"


class UnknownEvent(HistoryError):
    code = "unknown-event"


class DamagedEvent(HistoryError):
    code = "damaged-event"


class BrokenHistory(HistoryError):
    code = "broken-history"
