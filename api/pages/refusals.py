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
}
_ANY_OTHER: Final = marked("This was refused.")


def sentence_of(error: Exception, spoken: Language) -> str:
    """What was refused; for a reader of English, exactly."""
    if spoken.tag == DEFAULT:
        return str(error)
    return spoken.say(_SENTENCES.get(code_of(type(error)), _ANY_OTHER))


def exact_of(error: Exception, spoken: Language) -> str | None:
    """The exact sentence, where another one was said before."""
    return None if spoken.tag == DEFAULT else str(error)
