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
}

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
}
_REASONS: Final = {
    ("proof", "no-proof"): marked("The document carries no signature: anybody may have written it."),
    ("status", "suspended"): marked("The issuer has suspended the document for the time being."),
    ("status", "revoked"): marked("The issuer has revoked the document for ever."),
    ("key-in-force", "compromised"): marked("The key was reported stolen before the document was signed."),
    ("key-in-force", "retired"): marked("The key had been retired before the document was signed."),
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
