"""What the wallet refuses, or cannot do, in one tree. The domain's refusals and the keys' errors have their
own.

    WalletError
    ├── NoPassphrase                the keystore cannot be opened: no passphrase was given
    ├── IdempotencyKeyReused        the same key came with another request            (wallet.answering)
    ├── BadDescription              a file that describes units or qualifications is none (wallet.descriptions)
    ├── NotAnOpenBadge              a document no credit can be read from             (wallet.formats.open_badges)
    ├── XmlRefused                  what is no XML to be read here                (wallet.formats.xml)
    ├── CertificateRefused          what is no certificate to trust       (wallet.formats.xml_signature)
    ├── NotElmo                     no transcript of EMREX can be read from it   (wallet.formats.elmo)
    ├── NotEwp                      nothing of Erasmus Without Paper can be      (wallet.formats.ewp)
    ├── ArchiveRefused              a ZIP that is broken or leads out of itself   (wallet.formats.archive)
    ├── BackupRefused               another wallet's backup that cannot be opened (wallet.formats.wallet_backup)
    ├── TypeMetadataRefused         what are not the metadata of an SD-JWT VC     (wallet.formats.sd_jwt_vc)
    ├── ReturnRefused               a form of EMREX that brings no record         (wallet.formats.emrex)
    ├── SealRefused                 a seal that cannot be read, or made           (wallet.formats.elm_seal)
    ├── SealFalse                   a text that is not what was sealed            (wallet.formats.elm_seal)
    ├── NotAEuropeanCredential      no European Digital Credential of one person  (wallet.formats.elm)
    ├── NotATranscriptTable         a table without the columns of a transcript   (wallet.formats.transcript_table)
    ├── NotAResume                  no record in the manner of JSON Resume        (wallet.formats.json_resume)
    ├── UnknownRecord               a document of no kind that is brought in      (wallet.records)
    ├── SignatureFalse              a record that its issuer did not sign         (wallet.bringing)
    ├── NotTheDocument              something else is confirmed than was shown    (wallet.bringing)
    ├── StatusListRefused           a list, or a place in one, that cannot be used    (wallet.formats.status_list)
    ├── EnvelopeRefused             a message that holds no credential to believe     (wallet.enveloping)
    ├── BundleRefused               a bundle that is broken, or none                  (wallet.bundle)
    ├── BackupRefused               a backup that is damaged, or a place for none     (wallet.backup)
    ├── LearnerBundleRefused        a learner's bundle that does not open               (wallet.learner_bundle)
    ├── NotBakeable                 what is no picture to put a credential into        (wallet.formats.baking)
    ├── PolicyRefused               a reader's terms that cannot be read              (wallet.verifying.policy)
    ├── Unsolved                    no optimum could be proven in time                (wallet.solving)
    ├── CredentialRefused           a credential that may not be signed, or shown    (wallet.securing)
    ├── NothingToPresent            what is no credential, or not one to show so      (wallet.presenting)
    ├── NotOnThisMachine            open issuers where others could reach them        (wallet.open_issuers)
    ├── DocumentDamaged             a document that is not what was handed in         (wallet.portfolio)
    ├── TrustListRefused            a list of issuers that is not believed            (wallet.trust_lists)
    ├── SheetRefused                a file of rows that cannot be read                (wallet.sheets)
    ├── TableRefused                a table that cannot be written so, or there       (wallet.tables)
    ├── PileRefused                 what was handed in, where none of it can be read  (wallet.submissions)
    ├── ReceiptRefused              a text that is no receipt of a verification       (wallet.receipt)
    ├── ErasureRefused              a text that is no receipt of an erasure           (wallet.erasing)
    ├── TooManyAtOnce               more rows than can be issued all or none          (wallet.issuing_many)
    ├── PrintedRefused              what no document here has printed                 (wallet.documents.printed)
    ├── NotPrintable                what cannot be set, such as a letter without a font (wallet.documents.setting)
    ├── PdfRefused                  a file that is no PDF to be read here          (wallet.documents.unpacking)
    ├── PdfTooCostly                a PDF that would take too long to look into    (wallet.documents.unpacking)
    ├── NothingBaked                a picture that carries no credential              (wallet.formats.baking)
    ├── TooMuch                     more than is looked at in one go                  (wallet.checking)
    ├── NotSignedIn                 no passkey, code or session that is good          (wallet.signing_in)
    ├── NoInvitation                a link that was never made, or is used up         (wallet.signing_in)
    ├── NotVouchedFor               an identity provider whose word is not good       (wallet.vouching)
    ├── FetchError                  the network                                       (wallet.fetching)
    │   ├── FetchRefused            an address we do not ask
    │   └── FetchFailed             an answer that did not come, or not in full
    ├── LogError                    something about a transparency log            (wallet.transparency)
    │   ├── CheckpointRefused       what is no checkpoint or proof, or not one of the log's
    │   ├── LogProofBroken          a proof that does not show what it is meant to show
    │   ├── TimestampRefused        a time-stamp that is none, or not of that authority (RFC 3161)
    │   ├── StateUnreadable         a witness that no longer knows what it has seen
    │   └── WitnessRefused          a witness that did not cosign
    └── LedgerError                 something about the ledger's files or their contents
        ├── StreamMoved             somebody else wrote to this stream first: read it again and decide again
        ├── AnswerExists            this idempotency key has its answer already
        ├── UnknownEvent            an event outside the catalogue
        ├── Erased                  the learner's key was destroyed: nothing more is written for them
        ├── NoLearnerKey            a learner's key was never made, or the file that held it is lost
        ├── LearnerKeyExists        a learner's keys are made once
        ├── NotALedger              the file is another program's
        ├── NotMigrated             run `wallet migrate` first
        ├── NewerDatabase           the file was made by a newer version of this program
        ├── StorageUnavailable      disk full, read-only, locked, unreachable: nothing was written
        ├── ViewFailed              a view could not take in an event
        └── LedgerDamaged           the file is not what was written
            └── TamperFound         ... and this is the event that does not hold

Every error's text is one plain sentence, fit to be shown to a person.
"""

from pathlib import Path


class WalletError(Exception):
    """The root: catch it at a door, never in between."""


class NoPassphrase(WalletError):
    """No passphrase for the keystore, or none that can be read; the text says where it was looked for."""


class LogError(WalletError):
    """Something about a transparency log, ours or another's."""


class CheckpointRefused(LogError):
    """No checkpoint and no proof, or not signed with a key that is known as the log's."""


class LogProofBroken(LogError):
    """A proof that can be read, and that does not show what it is meant to show."""


class TimestampRefused(LogError):
    """No time-stamp of this checkpoint by this authority."""


class WitnessRefused(LogError):
    """A witness did not cosign, or what it answered is no cosignature."""


class LedgerError(WalletError):
    """Something about the ledger's file or its contents."""


class StreamMoved(LedgerError):
    """The stream has events that the decision did not see. Nothing was written."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"Somebody else wrote to {stream} at the same time; read it again and try again.")
        self.stream = stream


class AnswerExists(LedgerError):
    """The idempotency key has been used. Nothing was written; the first answer stands."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The request {key} has been answered already.")
        self.key = key


class UnknownEvent(LedgerError):
    """An event of a name, or of a class, that is not in the catalogue is neither written nor read."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This program knows no event called {name}.")
        self.name = name


class Erased(LedgerError):
    """The learner was erased: the key is gone, and what it sealed stays closed."""

    def __init__(self, learner: str) -> None:
        super().__init__(f"The learner {learner} has been erased.")
        self.learner = learner


class NoLearnerKey(LedgerError):
    """No key, and no mark of one that was destroyed: never made, or this is not the right file of keys."""

    def __init__(self, learner: str) -> None:
        super().__init__(f"There is no key for the learner {learner}.")
        self.learner = learner


class LearnerKeyExists(LedgerError):
    """A learner's keys are made once; an erased learner does not get new ones either."""

    def __init__(self, learner: str) -> None:
        super().__init__(f"The learner {learner} has had keys already.")
        self.learner = learner


class NotALedger(LedgerError):
    """A file that another program made is never written to."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"{path} is a database of another program.")
        self.path = path


class NotMigrated(LedgerError):
    """The file is missing, or lacks tables this program needs."""

    def __init__(self, path: Path | str, missing: str) -> None:
        super().__init__(f"{path} is not ready ({missing}); run `wallet migrate` first.")
        self.path = path


class NewerDatabase(LedgerError):
    """A file from the future is left alone: its newer rules are unknown here."""

    def __init__(self, path: Path | str, found: int, known: int) -> None:
        super().__init__(
            f"{path} was made by a newer version of this program"
            f" (step {found}, and only {known} are known here)."
        )
        self.path = path


class StorageUnavailable(LedgerError):
    """The disk or the file cannot be used now. Nothing was kept; the same request may be sent again."""


class LedgerDamaged(LedgerError):
    """What was read is not what was written."""


class TamperFound(LedgerDamaged):
    """One event does not hold.

    `sequence` is the event's place in the whole ledger, `position` its place in its stream; `reason`
    completes the sentence "event 7 (wallet/ada, position 3) does not hold: ...".
    """

    def __init__(self, stream: str, position: int, sequence: int | None, reason: str) -> None:
        which = "A new event" if sequence is None else f"Event {sequence}"
        super().__init__(f"{which} ({stream}, position {position}) does not hold: {reason}.")
        self.stream = stream
        self.position = position
        self.sequence = sequence
        self.reason = reason


class ViewFailed(LedgerError):
    """A view could not take in a page of events; nothing of that page was kept."""

    def __init__(self, view: str, first: int, last: int) -> None:
        super().__init__(f"The view {view} could not take in events {first} to {last}.")
        self.view = view
