"""A verdict in a visitor's language.

The wallet's own sentences are exact, and English. In another language each check is told by what it asks, by its
answer, and where it did not pass by its reason; the exact sentence stands beneath, marked as English.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.pages.languages import DEFAULT, Language, marked
from wallet.verdict import Check, Outcome, Verdict

ANSWERS: Final = {
    Outcome.PASSED: marked("Passed"),
    Outcome.FAILED: marked("Failed"),
    Outcome.COULD_NOT_CHECK: marked("Could not check"),
}

STEPS: Final = {
    "parse": marked("The text can be read in one way only"),
    "shape": marked("The document has the shape of its format"),
    "proof": marked("Nothing was changed since it was signed"),
    "key-belongs-to-issuer": marked("The key is the issuer's"),
    "key-in-force": marked("The key was in force when it signed"),
    "validity-period": marked("The credential is within its validity period"),
    "status": marked("The credential is not revoked or suspended"),
    "log-inclusion": marked("The credential stands in a log"),
    "trust": marked("The issuer is known and accredited for this"),
    "policy": marked("The reader's own terms are met"),
    "members": marked("Every credential in the record holds"),
    "key-belongs-to-holder": marked("The key is the holder's"),
    "occasion": marked("It was made for this occasion"),
    "proof-period": marked("The proof is of a time that fits"),
    "holder-is-subject": marked("The credentials are about whoever presents them"),
    "attachment": marked("The file carries what was signed"),
    "print-signed": marked("The institution signed what is printed"),
    "print-unaltered": marked("The file prints what was signed"),
    "print-agrees": marked("What is printed is what the credentials say"),
}
"""Every step of a verification, of a credential, of a presentation and of a printed document."""

_PASSED: Final = marked("It was looked at, and it holds.")
_SENTENCES: Final = {
    ("parse", Outcome.FAILED): marked(
        "This is not a credential: the text cannot be read, or can be read in two ways."
    ),
    ("parse", Outcome.COULD_NOT_CHECK): marked("The text is in a form that is not known here."),
    ("shape", Outcome.FAILED): marked("The document is not built as its format requires."),
    ("shape", Outcome.COULD_NOT_CHECK): marked("The format of the document is not known here."),
    ("proof", Outcome.FAILED): marked("The signature does not hold: the document is not what was signed."),
    ("proof", Outcome.COULD_NOT_CHECK): marked("The signature could not be checked."),
    ("key-belongs-to-issuer", Outcome.FAILED): marked("The document was signed with somebody else's key."),
    ("key-belongs-to-issuer", Outcome.COULD_NOT_CHECK): marked("Whose key it is could not be found out."),
    ("key-in-force", Outcome.FAILED): marked("The key was not good when the document was signed."),
    ("key-in-force", Outcome.COULD_NOT_CHECK): marked("Whether the key was good at that time is not known."),
    ("validity-period", Outcome.FAILED): marked("The document is not valid at this time."),
    ("validity-period", Outcome.COULD_NOT_CHECK): marked("When the document is valid cannot be told."),
    ("status", Outcome.FAILED): marked("The issuer has taken the document back."),
    ("status", Outcome.COULD_NOT_CHECK): marked(
        "Whether it was revoked could not be found out: there is no fresh list."
    ),
    ("log-inclusion", Outcome.FAILED): marked("It does not stand in the log it names."),
    ("log-inclusion", Outcome.COULD_NOT_CHECK): marked("The log could not be asked."),
    ("trust", Outcome.FAILED): marked("The issuer was not accredited for this on that day."),
    ("trust", Outcome.COULD_NOT_CHECK): marked("The issuer is not in any list trusted here."),
    ("policy", Outcome.FAILED): marked("The terms you have set are not met."),
    ("policy", Outcome.COULD_NOT_CHECK): marked("Your own terms could not be checked."),
    ("members", Outcome.FAILED): marked("A credential in the record does not hold by itself."),
    ("members", Outcome.COULD_NOT_CHECK): marked("A credential in the record could not be checked."),
    ("key-belongs-to-holder", Outcome.FAILED): marked("It was signed with somebody else's key."),
    ("key-belongs-to-holder", Outcome.COULD_NOT_CHECK): marked("Who holds the key could not be found out."),
    ("occasion", Outcome.FAILED): marked("It was not made for this occasion."),
    ("occasion", Outcome.COULD_NOT_CHECK): marked("What occasion it was made for cannot be told."),
    ("proof-period", Outcome.FAILED): marked("The proof is of a time that does not fit."),
    ("proof-period", Outcome.COULD_NOT_CHECK): marked("When it was signed cannot be told."),
    ("holder-is-subject", Outcome.FAILED): marked("The credentials are about somebody else."),
    ("holder-is-subject", Outcome.COULD_NOT_CHECK): marked("Whom the credentials are about cannot be told."),
    ("attachment", Outcome.FAILED): marked("What the file carries is not what it names."),
    ("attachment", Outcome.COULD_NOT_CHECK): marked("The file carries nothing that was signed."),
    ("print-signed", Outcome.FAILED): marked("The institution did not sign what is printed."),
    ("print-signed", Outcome.COULD_NOT_CHECK): marked("Who signed what is printed could not be found out."),
    ("print-unaltered", Outcome.FAILED): marked("The file prints something else than was signed."),
    ("print-unaltered", Outcome.COULD_NOT_CHECK): marked(
        "Whether the file prints what was signed could not be compared."
    ),
    ("print-agrees", Outcome.FAILED): marked("What is printed is not what the credentials say."),
    ("print-agrees", Outcome.COULD_NOT_CHECK): marked(
        "What is printed could not be compared with the credentials."
    ),
}
_REASONS: Final = {
    ("proof", "no-proof"): marked("The document carries no signature: anybody may have written it."),
    ("status", "suspended"): marked("The issuer has suspended the document for the time being."),
    ("status", "revoked"): marked("The issuer has revoked the document for ever."),
    ("key-in-force", "compromised"): marked("The key was reported stolen before the document was signed."),
    ("key-in-force", "retired"): marked("The key had been retired before the document was signed."),
    ("parse", "unknown-form"): marked("The text is in a form that is not known here."),
    ("parse", "claim-contradicted"): marked("The message says one thing in its header and another inside."),
    ("parse", "not-a-message"): marked("This is no signed message."),
    ("shape", "issuer-missing"): marked("The document names no issuer."),
    ("proof", "invalid-signature"): marked(
        "The signature does not hold: the document is not what was signed."
    ),
    ("parse", "not-an-object"): marked("The text is JSON, and no document."),
    ("shape", "context-of-examples"): marked(
        "The document stands on terms that are meant for examples only."
    ),
    ("shape", "too-deep"): marked("Records in records go deeper than is followed here."),
    ("proof", "too-many-proofs"): marked("The document carries more signatures than are looked at."),
    ("proof", "not-a-key"): marked("The signature names a key that is none."),
    ("proof", "no-key"): marked("The key that the signature names could not be had."),
    ("proof", "unknown-suite"): marked("The document is signed in a way that is not known here."),
    ("key-belongs-to-issuer", "key-of-another"): marked("The key is of somebody other than the issuer."),
    ("key-belongs-to-issuer", "issuer-not-known"): marked(
        "Nobody who is trusted here says what keys this issuer has."
    ),
    ("key-in-force", "revoked"): marked("The issuer has revoked the key."),
    ("key-in-force", "key-expired"): marked("The issuer meant the key to be used no longer at that time."),
    ("key-in-force", "not-yet-published"): marked("The key had not been published when it signed."),
    ("key-in-force", "no-date"): marked("The key has been retired, and nothing says when it signed."),
    ("key-in-force", "no-history"): marked("Nothing is known of when the key was in force."),
    ("validity-period", "expired"): marked("The document has run out."),
    ("validity-period", "not-yet-valid"): marked("The document is not valid yet."),
    ("key-in-force", "signed-later"): marked(
        "The document says that it was signed after the time asked about."
    ),
    ("key-in-force", "outside-validity"): marked(
        "The certificate did not hold when the document was signed."
    ),
    ("proof", "unsigned"): marked("The document carries no seal: anybody may have written it."),
    ("parse", "seal-refused"): marked("The seal cannot be read."),
    ("shape", "profile"): marked("The document leaves out what its profile asks for."),
    ("key-belongs-to-issuer", "unknown-key"): marked("Nobody who is trusted here says whose key this is."),
    ("status", "too-many-statuses"): marked("The document names more statuses than are looked at."),
    ("status", "no-list"): marked("No copy of the issuer's status list could be had."),
    ("status", "stale-list"): marked("The copy of the issuer's status list is too old."),
    ("status", "unknown-status"): marked("The issuer gave it a status that is not known here."),
    ("status", "status-required"): marked("A status is required, and the document names none."),
    ("log-inclusion", "not-in-the-log"): marked(
        "The proof does not show that the document stands in the log."
    ),
    ("log-inclusion", "no-proof"): marked("Nothing proves that the document stands in the log."),
    ("log-inclusion", "not-logged"): marked(
        "A log is required, and nobody who is trusted has seen the document there."
    ),
    ("log-inclusion", "too-few-witnesses"): marked(
        "Fewer witnesses have cosigned the log than are asked for."
    ),
    ("trust", "issuer-not-known"): marked("The issuer is in none of the lists that are trusted here."),
    ("trust", "source-not-trusted"): marked("Only a list that is not trusted here knows the issuer."),
    ("trust", "list-not-accepted"): marked("The list that knows the issuer is not one you accept."),
    ("trust", "not-accredited"): marked(
        "The issuer was not accredited for learning of this kind on that day."
    ),
    ("trust", "accreditation-unknown"): marked("Whether the issuer was accredited for this is not known."),
    ("policy", "issuer-not-accepted"): marked("You do not accept documents of this issuer."),
    ("policy", "status-required"): marked("You require a status, and the document names none."),
    ("policy", "cryptosuite-not-accepted"): marked("The issuer has not signed in any way that you accept."),
    ("occasion", "broken-key-binding"): marked(
        "Whoever shows the document has not proven that it is theirs."
    ),
    ("key-belongs-to-holder", "key-of-another"): marked(
        "The key is of somebody other than whoever shows the documents."
    ),
    ("key-belongs-to-holder", "holder-not-known"): marked(
        "Nothing says what keys whoever shows the documents has."
    ),
    ("shape", "not-a-presentation"): marked("This is no presentation of documents."),
    ("shape", "too-many-credentials"): marked("It shows more documents than are looked at."),
    ("proof-period", "proof-expired"): marked("The proof has expired."),
    ("proof-period", "signed-later"): marked("It says that it was signed at a time to come."),
    ("holder-is-subject", "not-the-subject"): marked(
        "A document is about somebody other than whoever shows it."
    ),
    ("members", "member-failed"): marked("One of the documents does not hold by itself."),
    ("members", "member-could-not-check"): marked("One of the documents could not be checked."),
    ("parse", "unknown-algorithm"): marked("The message is signed in a way that is not known here."),
    ("parse", "unreadable"): marked("The file is damaged, encrypted, or too large to be read."),
    ("parse", "too-costly"): marked("The file takes too much time or memory to look into."),
    ("attachment", "not-as-named"): marked("A document that the file names is missing in it, or is another."),
    ("attachment", "nothing-signed"): marked(
        "The file carries nothing that was signed: what it prints is nobody's word."
    ),
    ("print-signed", "print-not-signed"): marked(
        "Only the credentials in the file can be checked: what it prints was not signed."
    ),
    ("print-unaltered", "signer-unknown"): marked("Nobody trusted here knows who signed what is printed."),
    ("print-unaltered", "not-set-again"): marked("The document could not be printed again to be compared."),
    ("print-unaltered", "file-changed"): marked(
        "The words are those that were signed, but the file was changed since: something may be drawn over them."
    ),
    ("print-unaltered", "prints-otherwise"): marked("The file prints other words than were signed."),
    ("print-unaltered", "another-maker"): marked(
        "The file was made by another version, and cannot be compared word by word."
    ),
    ("print-agrees", "unreadable"): marked("A credential in the file cannot be read."),
    ("print-agrees", "differs"): marked("A printed value is not what its credential says."),
}
_HEADLINES: Final = {
    Outcome.PASSED: marked("Genuine, and in force"),
    Outcome.FAILED: marked("Do not rely on this document"),
    Outcome.COULD_NOT_CHECK: marked("This could not be checked in full"),
}
_NOT_ASKED: Final = marked("There was nothing to look at, or an earlier answer ended the list.")


@dataclass(frozen=True, slots=True)
class CheckTold:
    code: str
    name: str
    outcome: str
    answer: str
    sentence: str
    exact: str | None
    """The wallet's own sentence, where `sentence` is in another language."""
    section: str
    evidence: str


@dataclass(frozen=True, slots=True)
class NotAsked:
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class VerdictTold:
    """A verdict as a page shows it: one sentence first, then every check."""

    outcome: str
    answer: str
    headline: str
    reason: str
    title: str
    at: datetime
    valid_from: str | None
    valid_until: str | None
    subject: object
    checks: tuple[CheckTold, ...]
    not_asked: tuple[NotAsked, ...]
    members: tuple["VerdictTold", ...]


def told(verdict: Verdict, spoken: Language) -> VerdictTold:
    """The verdict in this language."""
    subject = verdict.subject
    named = "; ".join(subject.achievements) or subject.name if subject is not None else None
    return VerdictTold(
        outcome=verdict.outcome.value,
        answer=spoken.say(ANSWERS[verdict.outcome]),
        headline=spoken.say(_HEADLINES[verdict.outcome]),
        reason=reason_of(verdict, spoken),
        title=named or spoken.say("A credential"),
        at=verdict.at,
        valid_from=_day(subject.valid_from if subject is not None else None, spoken),
        valid_until=_day(subject.valid_until if subject is not None else None, spoken),
        subject=subject,
        checks=tuple(_check(check, spoken) for check in verdict.checks),
        not_asked=tuple(
            NotAsked(
                spoken.say(STEPS[each.code]),
                each.sentence if spoken.tag == DEFAULT else spoken.say(_NOT_ASKED),
            )
            for each in verdict.not_applicable
        ),
        members=tuple(told(member, spoken) for member in verdict.members),
    )


def reason_of(verdict: Verdict, spoken: Language) -> str:
    """Why, in one sentence: who issued it, or the first check that did not pass."""
    decisive = next((check for check in verdict.checks if check.outcome is verdict.outcome), None)
    if not verdict.passed and decisive is not None:
        return sentence_of(decisive, spoken)
    issuer = verdict.subject.issuer_name if verdict.subject is not None else None
    if issuer is None:
        return spoken.say("Every check that applies has passed.")
    return spoken.say("%(issuer)s issued it, and nothing was changed since.", issuer=issuer)


def sentence_of(check: Check, spoken: Language) -> str:
    """What the check says, in this language."""
    if spoken.tag == DEFAULT:
        return check.sentence
    if check.outcome is Outcome.PASSED:
        return spoken.say(_PASSED)
    own = _REASONS.get((check.code, check.reason))
    return spoken.say(own or _SENTENCES[check.code, check.outcome])


def _check(check: Check, spoken: Language) -> CheckTold:
    return CheckTold(
        code=check.code,
        name=spoken.say(STEPS[check.code]),
        outcome=check.outcome.value,
        answer=spoken.say(ANSWERS[check.outcome]),
        sentence=sentence_of(check, spoken),
        exact=None if spoken.tag == DEFAULT else check.sentence,
        section=check.section,
        evidence=json.dumps(check.evidence, ensure_ascii=False, indent=1) if check.evidence else "",
    )


def _day(written: str | None, spoken: Language) -> str | None:
    """The day as this language writes it; a stranger's date that is none, as it stands."""
    if written is None:
        return None
    try:
        return spoken.day(written)
    except ValueError:
        return written
