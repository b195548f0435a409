"""Refusals in a visitor's language: one sentence for each kind, by its code.

The exact sentence, which names what was refused, is English; in another language it stands beneath, marked so.
"""

from typing import Final

from api.pages.languages import DEFAULT, Language, marked
from api.problems import code_of

_SENTENCES: Final = {
    "no-such-address": marked("There is nothing at this address."),
    "foreign-form": marked(
        "This form was not sent from a page of this site. Open the page anew and try again."
    ),
    "sign-in-first": marked("Sign in to see this page."),
    "too-many-tries": marked("Too many tries. Wait a minute, and try again."),
    "wrong-role": marked("This is not for you to do."),
    "wrong-media-type": marked("What was sent is not a form."),
    "unreadable-body": marked("The form cannot be read."),
    "invalid-request": marked("Something in the address or in the form cannot be said here."),
    "too-large": marked("What was sent is too large."),
    "too-busy": marked("Too many are asking at once. Nothing was done; try again in a moment."),
    "out-of-time": marked("There was no answer in time. Look whether it was done before you try again."),
    "invalid-value": marked("One of the values cannot be taken."),
    "unlike-credits": marked("Credit of two schemes cannot be mixed."),
    "not-found": marked("There is no such thing here, or it is not yours to see."),
    "not-found-in-wallet": marked("There is no such thing in this wallet."),
    "already-done": marked("This has been done already."),
    "already-registered": marked("This is registered already."),
    "already-described": marked("This is described already."),
    "already-assessed": marked("This has been assessed already, and credit rests on it."),
    "already-awarded": marked("Credit for this has been awarded already: it counts once."),
    "already-transferred": marked("This credit counts there already."),
    "already-conferred": marked("The learner holds this qualification already."),
    "wrong-institution": marked("This is another institution's to decide."),
    "wrong-learner": marked("This wallet is another learner's."),
    "wrong-door": marked("Learning of this kind is entered in another way."),
    "not-accredited": marked("The institution was not accredited for this on that day."),
    "not-assessed": marked("A claim alone carries no credit: it has to be assessed first."),
    "not-passed": marked("An assessment that was not passed carries no credit."),
    "not-in-force": marked("This is no longer in force."),
    "requirements-not-met": marked("The qualification is not earned yet."),
    "key-not-in-force": marked("There is no key in force to sign with."),
    "status-list-full": marked("The status list is full."),
    "erased": marked("This person's record was erased."),
    "storage-unavailable": marked("Nothing can be recorded just now. Try again in a moment."),
    "out-of-scope": marked("This key was made for less."),
    "no-key": marked("This needs a key that is in force."),
    "wrong-method": marked("This cannot be done at this address."),
    "wrong-host": marked("Open issuers are asked for under a name of this machine alone."),
    "not-ready": marked("The wallet cannot serve just now. Try again in a moment."),
    "not-found-in-agreement": marked("There is no such thing in this agreement."),
    "not-found-in-list": marked("There is no such thing in this list."),
    "already-published": marked("This has been published already."),
    "already-opened": marked("This has been opened already."),
    "already-claimed": marked("This has been claimed already."),
    "already-issued": marked("This has been issued already."),
    "already-proposed": marked("This has been proposed already."),
    "already-signed": marked("This has been signed already."),
    "already-validated": marked("This has been validated already."),
    "already-composed": marked("The commission has been composed and elected already."),
    "already-applied": marked("This has been applied for already."),
    "already-concluded": marked("This expert has concluded already."),
    "already-voted": marked("This vote has been cast already."),
    "already-recognised": marked("This has been recognised already: it counts once."),
    "already-flagged": marked("This is marked so already."),
    "not-agreed": marked("This was not agreed."),
    "not-validated": marked("Validation comes first, and recognition after it."),
    "not-recognised": marked("Only what was recognised can be accumulated."),
    "counts-in-full": marked("What was agreed and passed counts in full."),
    "not-convertible": marked("This grade cannot be converted so."),
    "no-plan": marked("No choice of units completes the qualification on these terms."),
    "against-policy": marked("A rule of recognition does not allow this."),
    "filed-too-late": marked("The application came too late before the academic period."),
    "evidence-refused": marked("This evidence cannot be taken."),
    "not-composed": marked("The commission is not composed as the rules ask."),
    "conflict-of-interest": marked("Nobody judges what is their own, or of somebody close to them."),
    "no-quorum": marked("Too few members are present."),
    "too-little-volume": marked("The hours of the courses together do not reach the credit."),
    "no-correspondence": marked("Most experts find none of the learning outcomes."),
    "share-exceeded": marked("More would be recognised than the rules allow."),
    "appeal-refused": marked("This appeal cannot be taken."),
    "not-of-the-commission": marked("This is for the members of the commission."),
    "wrong-stage": marked("This cannot be done at this stage."),
    "calendar-unknown": marked("The calendar of working days does not reach so far."),
    "index-taken": marked("This place in the status list is taken."),
    "idempotency-key-reused": marked("Something else was sent under this key before."),
    "not-printable": marked(
        "Something in this document cannot be printed, such as a letter that no font has."
    ),
    "nothing-baked": marked("The picture carries no credential."),
    "bundle-refused": marked("The bundle is broken, or is none."),
    "policy-refused": marked("These terms cannot be read."),
    "certificate-refused": marked("What was given as a certificate is none."),
    "not-elmo": marked("No transcript of EMREX can be read from this."),
    "not-ewp": marked("No answer of Erasmus Without Paper can be read from this."),
    "not-the-document": marked("Something else is confirmed than was shown."),
    "signature-false": marked("The issuer has not signed this record as it stands."),
    "unknown-record": marked("A document of this kind cannot be brought in."),
    "xml-refused": marked("This is no XML that is read here."),
    "stream-moved": marked("Somebody else changed this at the same time. Look again, and try again."),
    "view-failed": marked("Nothing can be shown just now. Try again in a moment."),
    "unsolved": marked("The best answer could not be found in the time there is."),
    "solver-fault": marked("The answer that was worked out does not hold, and nothing was done with it."),
    "second-person-needed": marked("This takes a second person, who confirms it."),
    "same-person": marked("Nobody confirms what they have proposed."),
    "nothing-to-decide": marked("There is nothing left to decide here."),
    "invalid-cell": marked("This cell cannot be taken."),
    "cell-missing": marked("A cell is missing here."),
    "cells-too-many": marked("The row has more cells than there are columns."),
    "return-refused": marked("This is no answer of EMREX that brings a record."),
    "archive-refused": marked("This is no archive that can be read here."),
    "backup-refused": marked("The backup cannot be made, or cannot be used."),
    "sheet-refused": marked("The table cannot be read."),
    "too-many-at-once": marked("There are more rows than can be taken at once."),
    "too-much": marked("This is more than is looked at in one go."),
}
_ANY_OTHER: Final = marked("This was refused.")


def sentence_of(error: Exception, spoken: Language) -> str:
    """What was refused; for a reader of English, exactly."""
    if spoken.tag == DEFAULT:
        return str(error)
    return spoken.say(_SENTENCES.get(code_of(type(error)), _ANY_OTHER))


def sentence_of_code(code: str | None, exact: str | None, spoken: Language) -> str:
    """The same, of a refusal that is told by its code, as one cell of a table is."""
    if spoken.tag == DEFAULT:
        return exact or ""
    return spoken.say(_SENTENCES.get(code or "", _ANY_OTHER))


def exact_of(error: Exception, spoken: Language) -> str | None:
    """The exact sentence, where another one was said before."""
    return None if spoken.tag == DEFAULT else str(error)
