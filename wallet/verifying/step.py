"""A step of the list, and the four ways it can end."""

from dataclasses import dataclass
from typing import Any

from wallet.verdict import Check, NotApplicable, Outcome, Problem

_LONGEST_QUOTE = 200


@dataclass(frozen=True)
class Step:
    """One question of the list. Its code and number never change; its section says why it is asked."""

    number: int
    code: str
    name: str
    section: str

    def passed(self, sentence: str, **evidence: Any) -> Check:
        """It was looked at, and it holds."""
        return self._check(Outcome.PASSED, "holds", sentence, evidence, None)

    def failed(
        self, reason: str, sentence: str, problem: Problem = Problem.CRYPTOGRAPHIC_SECURITY, **evidence: Any
    ) -> Check:
        """It was looked at, and it does not hold."""
        return self._check(Outcome.FAILED, reason, sentence, evidence, problem)

    def could_not_check(
        self, reason: str, sentence: str, problem: Problem = Problem.CRYPTOGRAPHIC_SECURITY, **evidence: Any
    ) -> Check:
        """It could not be looked at: nothing is said against the credential, and nothing for it."""
        return self._check(Outcome.COULD_NOT_CHECK, reason, sentence, evidence, problem)

    def not_applicable(self, sentence: str) -> NotApplicable:
        """There was nothing to look at, or nobody asked."""
        return NotApplicable(number=self.number, code=self.code, name=self.name, sentence=sentence)

    def _check(
        self, outcome: Outcome, reason: str, sentence: str, evidence: dict[str, Any], problem: Problem | None
    ) -> Check:
        return Check(
            number=self.number,
            code=self.code,
            name=self.name,
            outcome=outcome,
            reason=reason,
            sentence=sentence,
            evidence=evidence,
            section=self.section,
            problem=problem,
        )


PARSE = Step(0, "parse", "The text can be read in one way only", "RFC 8259; RFC 7493, 2")
SHAPE = Step(
    1,
    "shape",
    "The document has the shape of its format",
    "VC Data Model 2.0, 4; Open Badges 3.0, B; CLR 2.0",
)
PROOF = Step(2, "proof", "The proofs hold", "VC Data Integrity 1.0, 4.4, 4.5")
ISSUER_KEY = Step(
    3,
    "key-belongs-to-issuer",
    "The key is the issuer's",
    "VC Data Model 2.0, 7.1; Controlled Identifiers 1.0, 3.3",
)
IN_FORCE = Step(
    4,
    "key-in-force",
    "The key was in force when it signed",
    "VC Data Integrity 1.0, 2.1; the issuer's key history",
)
PERIOD = Step(5, "validity-period", "The credential is within its validity period", "VC Data Model 2.0, 4.9")
STATUS = Step(6, "status", "The credential is not revoked or suspended", "Bitstring Status List 1.0, 3.2")
TOKEN_STATUS = Step(
    STATUS.number, STATUS.code, STATUS.name, "Token Status List, draft-ietf-oauth-status-list-21, 8.3"
)
"""The same question of a token, whose status stands in a list of another kind."""
LOG = Step(7, "log-inclusion", "The credential stands in a log", "RFC 9162, 2.1.3")
TRUST = Step(8, "trust", "The issuer is known and accredited for this", "VC Data Model 2.0, 7.1 (validation)")
READER = Step(9, "policy", "The reader's own terms are met", "VC Data Model 2.0, 7.1 (validation)")
MEMBERS = Step(10, "members", "Every credential in the record holds", "CLR 2.0, verification")

ALL = (PARSE, SHAPE, PROOF, ISSUER_KEY, IN_FORCE, PERIOD, STATUS, LOG, TRUST, READER, MEMBERS)


def quoted(value: object) -> str:
    """A stranger's text as it may stand in a sentence: short, on one line, with nothing a terminal obeys."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 1] + "…"
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
