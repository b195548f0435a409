"""Verifying a presentation: who shows these credentials, for what occasion, and is it the one they are about?

A list of its own, because the question is another: each credential in it is its issuer's word and goes through the
issuer's list by itself; the presentation is its holder's word, and says no more than *I show you this, now*.

A copy of a presentation is as good as the presentation, but for two things a copy cannot have: the challenge of
this occasion and the domain it is shown to. Whoever names neither is not told that it is fresh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from keys.did import PublishedKey, published_key
from keys.errors import BrokenKeyBinding, InvalidSignature, JoseError, LinkedDataError, UnknownKey
from keys.linked_data import canonical_nquads
from keys.proofs import check_proof, proofs_of
from keys.sd_jwt import SdJwt
from keys.signing import PublicKey
from wallet import enveloping
from wallet.evidence import Evidence, NoEvidence
from wallet.formats import presentation
from wallet.formats.data_model import subjects
from wallet.formats.presentation import credentials_in, holder_id
from wallet.formats.shape import date_time, listed, written_time
from wallet.verdict import Check, NotApplicable, Outcome, Problem, Verdict, overall
from wallet.verifying import verify, verify_inside, verify_opened
from wallet.verifying.case import Case, Signature
from wallet.verifying.keys_of_issuers import Whose, in_force, whose
from wallet.verifying.period import CLOCK_SKEW
from wallet.verifying.policy import DEFAULT, Policy
from wallet.verifying.proving import code_of, opened, opened_inside, proof
from wallet.verifying.step import PARSE, PROOF, Step, quoted

__all__ = ["Occasion", "holds_presentation", "verify_presentation"]

MOST_CREDENTIALS: Final = 64
"""In one presentation. Each costs a verification, and a stranger chooses how many there are."""

_SHAPE = Step(
    1, "shape", "The document has the shape of a presentation", "VC Data Model 2.0, 4.13; 1.1, 4.10"
)
_HOLDER_KEY = Step(
    3,
    "key-belongs-to-holder",
    "The key is the holder's",
    "VC Data Model 2.0, 4.13; Controlled Identifiers 1.0, 3.3",
)
_OCCASION = Step(
    4, "occasion", "It was made for this occasion", "VC Data Integrity 1.0, 2.1, 4.4; RFC 7519, 4.1.3"
)
_DATES = Step(5, "proof-period", "The proof is of a time that fits", "VC Data Integrity 1.0, 2.1")
_MEMBERS = Step(6, "members", "Every credential presented holds", "VC Data Model 2.0, 7.1")
_SUBJECT = Step(
    7, "holder-is-subject", "The credentials are about whoever presents them", "VC Data Model 2.0, 8.6"
)

_ALL = (PARSE, _SHAPE, PROOF, _HOLDER_KEY, _OCCASION, _DATES, _MEMBERS, _SUBJECT)

_NOBODY = NoEvidence()
_Answer = Check | NotApplicable


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the verifier asked to be signed: a challenge made for this one time, and who is asking."""

    challenge: str | None = None
    domain: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether there is anything to compare."""
        return self.challenge is not None or bool(self.domain)


_ANY: Final = Occasion()


@dataclass(frozen=True)
class _Presented(Case):
    """A presentation under question: whoever holds it stands where the issuer of a credential does."""

    _presenter: str = field(default="", kw_only=True)

    @cached_property
    def issuer(self) -> str:
        """The identifier of whoever presents."""
        return self._presenter

    def published(self, method: str) -> PublishedKey | None:
        """The key as the holder's own DID document lists it for authentication. Raises InvalidKey."""
        if self.controller_document is None or method.partition("#")[0] != self.issuer:
            return None
        try:
            return published_key(self.controller_document.document, method, "authentication")
        except UnknownKey:
            return None


def verify_presentation(
    data: bytes,
    *,
    occasion: Occasion = _ANY,
    policy: Policy = DEFAULT,
    at: datetime,
    evidence: Evidence = _NOBODY,
) -> Verdict:
    """The verdict on a presentation, as of `at` (aware). Its members are the verdicts on what is presented.

    No input makes this raise. Raises ValueError for an `at` without a zone, which is the caller's mistake.
    """
    if at.utcoffset() is None:
        raise ValueError("the time asked about has no zone")
    at = at.astimezone(UTC)
    read, document, envelope = opened(data)  # (0) strict parse: RFC 8259, RFC 7493; VC-JOSE-COSE, 5
    if document is None:
        return _verdict([read], at)
    if envelope is not None and (shown := _shown_by_its_holder(envelope)) is not None:
        return _verify_shown(read, Case(document, policy, at, evidence, envelope), shown, occasion)
    case = _Presented(document, policy, at, evidence, envelope, _presenter=_presenter(document, envelope))
    shaped = _shape(case)  # (1) shape: VCDM 2.0, 4.13
    if shaped.outcome is Outcome.FAILED:
        return _verdict([read, shaped], at)
    proven, signatures = proof(case, _for_authentication(case))  # (2) proof: VC Data Integrity 1.0, 4.4
    answers: list[_Answer] = [read, shaped, proven]
    if proven.outcome is Outcome.FAILED:
        return _verdict(answers, at)
    whose_key, own = _holders(case, signatures)
    if not policy.proof_only:
        answers.append(whose_key)  # (3) the key belongs to the holder
    answers.append(_occasion(case, occasion, own))  # (4) challenge and domain: VC Data Integrity 1.0, 4.4
    if not policy.proof_only:
        answers.append(_dates(case, own))  # (5) the proof's own times: VC Data Integrity 1.0, 2.1
    members = [verify_inside(value, pointer, case) for value, pointer in credentials_in(document)]
    answers.append(_members_hold(members))  # (6) each credential, by its own list
    if not policy.proof_only:
        answers.append(_about_the_holder(case, whose_key))  # (7) they are about whoever presents them
    return _verdict(answers, at, tuple(members), policy)


def verify_either(
    data: bytes,
    *,
    occasion: Occasion = _ANY,
    policy: Policy = DEFAULT,
    at: datetime,
    evidence: Evidence = _NOBODY,
) -> Verdict:
    """The verdict on a credential or on a presentation, whichever the text is.

    Who names an occasion has asked somebody to present: a credential alone is no answer to that, for whoever has a
    copy of it can send it. Raises as `verify_presentation` does.
    """
    if occasion.named or holds_presentation(data):
        return verify_presentation(data, occasion=occasion, policy=policy, at=at, evidence=evidence)
    return verify(data, policy=policy, at=at, evidence=evidence)


def holds_presentation(data: bytes) -> bool:
    """Whether the text is, or carries, a presentation; False for what cannot be read, and for a credential."""
    _, document, envelope = opened(data)
    if envelope is not None:
        return envelope.media_type.is_presentation
    return document is not None and presentation.is_presentation(document)


def _shown_by_its_holder(envelope: enveloping.Envelope) -> SdJwt | None:
    """The credential as it was shown under the signature of whomever its issuer bound it to, if it was."""
    message = envelope.message
    if not isinstance(message, SdJwt) or message.key_binding is None or envelope.media_type.is_presentation:
        return None
    return message


def _verify_shown(read: Check, case: Case, message: SdJwt, occasion: Occasion) -> Verdict:
    """The verdict on one credential that its holder shows without a presentation around it. Source: RFC 9901, 7.3."""
    member = verify_opened(read, case)
    answers: list[_Answer] = [
        read,
        _SHAPE.passed("It is a credential, and its holder has signed what is shown."),
    ]
    try:
        said = message.key_binding.claims() if message.key_binding is not None else {}
        audience, nonce = said.get("aud"), said.get("nonce")
        if not isinstance(audience, str) or not isinstance(nonce, str):
            raise BrokenKeyBinding("The holder does not say for whom it is shown, on which occasion.")
        message.check_key_binding(audience=audience, nonce=nonce, at=case.at)
        if (difference := _difference(occasion, nonce, [audience])) is not None:
            answers.append(_OCCASION.failed(*difference))
            return _verdict(answers, case.at, (member,), case.policy)
    except (JoseError, InvalidSignature) as error:
        answers.append(_OCCASION.failed("broken-key-binding", str(error)))
        return _verdict(answers, case.at, (member,), case.policy)
    answers += [
        PROOF.passed("What is shown was signed with the key that the issuer bound it to."),
        _HOLDER_KEY.passed("The issuer names the key by which its holder is known (RFC 7800, cnf)."),
        _OCCASION.passed("It was made for the occasion you named.")
        if occasion.named
        else _occasion(case, occasion, ()),
        _DATES.passed("The holder signed it just now."),
        _members_hold([member]),
        _SUBJECT.not_applicable("Whoever has the key may show it, whomever it is about."),
    ]
    return _verdict(answers, case.at, (member,), case.policy)


def _presenter(document: Mapping[str, Any], envelope: enveloping.Envelope | None) -> str:
    """The holder it names; or else, since it need not name one, whose key the proof is said to be by."""
    if (holder := holder_id(document)) is not None:
        return holder
    if envelope is not None:
        return (envelope.method or "").partition("#")[0]
    methods = (
        each.get("verificationMethod") for each in listed(document.get("proof")) if isinstance(each, dict)
    )
    return next((method.partition("#")[0] for method in methods if isinstance(method, str)), "")


def _shape(case: Case) -> Check:
    """(1) A presentation's own model, and no term that its contexts leave undefined."""
    document = case.document
    if case.envelope is None:
        found = presentation.faults(document, examples=case.policy.allow_examples)
    elif case.envelope.media_type.is_presentation:
        found = enveloping.faults(document, case.envelope.media_type, examples=case.policy.allow_examples)
    else:
        sentence = "The message holds a credential, and nobody presents it."
        return _SHAPE.failed("not-a-presentation", sentence, Problem.MALFORMED_VALUE)
    if found:
        return _SHAPE.failed(found[0].reason, found[0].sentence, found[0].problem, at=found[0].pointer)
    if len(credentials_in(document)) > MOST_CREDENTIALS:
        sentence = f"More than {MOST_CREDENTIALS} credentials are presented at once."
        return _SHAPE.failed("too-many-credentials", sentence, Problem.MALFORMED_VALUE)
    try:
        canonical_nquads({member: value for member, value in document.items() if member != "proof"})
    except LinkedDataError as error:
        return _SHAPE.failed(code_of(error), str(error), Problem.MALFORMED_VALUE)
    return _SHAPE.passed(
        "The document has the shape of a presentation.", credentials=len(credentials_in(document))
    )


def _for_authentication(case: Case) -> Any:
    """How to check one proof: as made by a holder to show something, and for no other purpose."""

    def check_one(place: int, key: PublicKey) -> None:
        check_proof(case.document, proofs_of(case.document)[place], key, purpose="authentication")

    return check_one


def _holders(case: Case, signatures: Sequence[Signature]) -> tuple[Check, list[Signature]]:
    """(3) One of the proofs at least is by a key that is the holder's, by anybody's word but the document's."""
    evidence: dict[str, Any] = {
        "holder": quoted(case.issuer),
        "verificationMethods": [quoted(signature.method) for signature in signatures],
    }
    own = [signature for signature in signatures if whose(case, signature) is Whose.THE_ISSUERS]
    term = in_force(case, own, witness=None)
    if isinstance(term, Check) and term.problem is not None:
        end = _HOLDER_KEY.failed if term.outcome is Outcome.FAILED else _HOLDER_KEY.could_not_check
        return end(term.reason, term.sentence, term.problem, **evidence), own
    if own:
        return _HOLDER_KEY.passed(
            f"It was presented by {quoted(case.issuer)}, with a key of its own.", **evidence
        ), own
    if any(whose(case, signature) is Whose.ANOTHERS for signature in signatures):
        sentence = f"It was not {quoted(case.issuer)}, whom it names as its holder, that signed it."
        return _HOLDER_KEY.failed("key-of-another", sentence, **evidence), list(signatures)
    sentence = f"Nobody you trust says that this key is one of {quoted(case.issuer)}."
    return _HOLDER_KEY.could_not_check("holder-not-known", sentence, **evidence), list(signatures)


def _occasion(case: Case, occasion: Occasion, own: Sequence[Signature]) -> _Answer:
    """(4) The challenge and the domain asked for are the ones that were signed: exactly, and both."""
    if not occasion.named:
        return _OCCASION.not_applicable(
            "You named no challenge and no domain, so a copy of an older presentation would look the same."
        )
    differing = [_difference(occasion, *_signed_for(case, signature)) for signature in own]
    if None in differing:
        asked = " and ".join(
            name
            for name, given in (
                ("challenge", occasion.challenge is not None),
                ("domain", bool(occasion.domain)),
            )
            if given
        )
        return _OCCASION.passed(f"It was made for the {asked} you named.")
    reason, sentence = next(
        (each for each in differing if each is not None),
        ("no-proof", "Nobody has signed it for any occasion."),
    )
    return _OCCASION.failed(reason, sentence)


def _signed_for(case: Case, signature: Signature) -> tuple[Any, list[Any]]:
    """The challenge and the domains that a signature covers; in a message they are its nonce and its audience."""
    if case.envelope is not None:
        return case.envelope.claims.get("nonce"), listed(case.envelope.claims.get("aud"))
    return signature.proof.get("challenge"), listed(signature.proof.get("domain"))


def _difference(occasion: Occasion, challenge: Any, domain: list[Any]) -> tuple[str, str] | None:
    """Why what was signed is not for the occasion, as a code and a sentence; None where it is."""
    if occasion.challenge is not None and challenge is None:
        return "no-challenge", "It was signed for no challenge, so it may be an old one."
    if occasion.challenge is not None and challenge != occasion.challenge:
        return (
            "another-challenge",
            "It was signed for another challenge: for another occasion, or by another's request.",
        )
    if occasion.domain and not domain:
        return "no-domain", "It was signed for no domain, so it may have been meant for somebody else."
    if occasion.domain and sorted(map(str, domain)) != sorted(occasion.domain):
        return "another-domain", "It was signed for another domain: it was meant for somebody else."
    return None


def _dates(case: Case, own: Sequence[Signature]) -> _Answer:
    """(5) The proof was not made later than now, and has not run out."""
    for signature in own:
        expires = date_time(signature.proof.get("expires"))
        if expires is not None and case.at > expires:
            return _DATES.failed(
                "proof-expired", f"The proof expired on {written_time(expires)}.", Problem.RANGE
            )
        if signature.created is not None and case.at + CLOCK_SKEW < signature.created:
            made = written_time(signature.created)
            sentence = f"The proof says it was made on {made}, later than the time asked about."
            return _DATES.failed("signed-later", sentence, Problem.RANGE)
    dates = [signature.created for signature in own if signature.created is not None]
    if not dates:
        return _DATES.not_applicable("The proof does not say when it was made.")
    age = max(case.at - max(dates), timedelta())
    return _DATES.passed(
        f"The proof was made on {written_time(max(dates))}.", seconds=int(age.total_seconds())
    )


def _members_hold(members: Sequence[Verdict]) -> _Answer:
    """(6) A presentation shows nothing better than the least of what is in it."""
    if not members:
        return _MEMBERS.not_applicable("Nothing is presented: the holder only says that it is there.")
    outcome = overall(tuple(member.outcome for member in members))
    if outcome is Outcome.PASSED:
        return _MEMBERS.passed(f"Each of the {len(members)} credentials presented holds.", count=len(members))
    worst = next(member for member in members if member.outcome is outcome)
    problem = Problem.CRYPTOGRAPHIC_SECURITY if worst.problem is None else worst.problem.type
    sentence = f"A credential that is presented does not hold by itself. {worst.headline}"
    if outcome is Outcome.FAILED:
        return _MEMBERS.failed("member-failed", sentence, problem, count=len(members))
    return _MEMBERS.could_not_check("member-could-not-check", sentence, problem, count=len(members))


def _about_the_holder(case: Case, whose_key: Check) -> _Answer:
    """(7) Whoever has got hold of another's credential can show it, and has not learnt what it says."""
    if whose_key.outcome is not Outcome.PASSED:
        return _SUBJECT.not_applicable(
            "Who presents it is not known, so nobody can say whether it is about them."
        )
    bearer = 0
    for value, pointer in credentials_in(case.document):
        _, document, _ = opened_inside(value, pointer)
        named = [subject["id"] for subject in subjects(document or {}) if isinstance(subject.get("id"), str)]
        if not named:
            bearer += 1
        elif case.issuer not in named:
            sentence = (
                f"A credential about {quoted(named[0])} is presented by {quoted(case.issuer)}: "
                "it is another's, whoever gave it to them."
            )
            return _SUBJECT.failed(
                "not-the-subject",
                sentence,
                at=pointer,
                subject=quoted(named[0]),
                presenter=quoted(case.issuer),
            )
    total = len(credentials_in(case.document))
    if bearer == total:
        return _SUBJECT.not_applicable("No credential presented says whom it is about: anybody may show it.")
    return _SUBJECT.passed("The credentials are about whoever presents them.", withoutSubject=bearer)


def _verdict(
    answers: Sequence[_Answer], at: datetime, members: tuple[Verdict, ...] = (), policy: Policy = DEFAULT
) -> Verdict:
    checks = tuple(answer for answer in answers if isinstance(answer, Check))
    outcome = overall(tuple(check.outcome for check in checks))
    answered = {answer.number: answer for answer in answers}
    why = (
        "You asked for the proof only."
        if policy.proof_only and members
        else "An earlier step ended the list."
    )
    left_out = [answered.get(step.number) or step.not_applicable(why) for step in _ALL]
    return Verdict(
        outcome=outcome,
        headline=_headline(outcome, checks, len(members), policy),
        at=at,
        checks=checks,
        not_applicable=tuple(step for step in left_out if isinstance(step, NotApplicable)),
        members=members,
    )


def _headline(outcome: Outcome, checks: Sequence[Check], count: int, policy: Policy) -> str:
    if outcome is not Outcome.PASSED:
        decisive = next(check for check in checks if check.outcome is outcome)
        return f"{'Failed' if outcome is Outcome.FAILED else 'Could not check'}: {decisive.sentence}"
    if policy.proof_only:
        return "Passed: the proofs hold. Nothing else was asked."
    number = "nothing" if not count else "one credential" if count == 1 else f"{count} credentials"
    return f"Passed: its holder presents {number}, and everything in it holds."
