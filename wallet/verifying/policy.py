"""What the reader asks for, beyond what every credential must be. An example stands in docs/policy.md.

{"accept_lists": ["here", "DCC Community Registry"], "require_status": true, "max_status_age": "P1D"}
"""

from datetime import timedelta
from typing import Literal, Self

import msgspec

from keys import strict_json, suites
from keys.errors import InvalidKey, MalformedJson
from keys.note import NoteKey, SignatureType
from wallet.errors import WalletError
from wallet.formats.shape import absolute_uri


class PolicyRefused(WalletError):
    """A reader's policy that cannot be read. Nothing is verified under terms that nobody understands."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reader's own terms. The defaults are those of an admissions office.

    `require_known_issuer`: an issuer in no trusted list is *could not check*; without it, the step of trust
    is passed over for such an issuer and shown as not asked for.
    `require_accreditation`: the issuer was accredited for this, by somebody who is named; without it, it is enough
    that the issuer is known, and the verdict says what is known of its accreditation.
    `require_status`: a credential that names no status list is refused.
    `max_status_age`: how old the newest word on the status may be, whatever the list itself allows.
    `checks`: {"proof"} asks for the text, its shape and its proofs, and nothing about who made them.
    `accept_issuers`: the DIDs the reader takes credentials from; None takes them from anybody trusted.
    `accept_lists`: who has to know the issuer: "here" for this wallet's registry, the DID of the registry that
    signed a bundle, or the name of a trust list; None takes the word of anybody trusted.
    `allow_examples`: documents in the vocabulary of the W3C's examples, where a misspelt word is a word like any
    other. For trying whether programs understand each other, and for nothing that matters.
    `accept_cryptosuites`: one of these the issuer must have signed with; None takes any that we can check.
    `require_log`: the document stands in a log of somebody trusted, with a proof.
    `log_witnesses`: verifier keys of witnesses, of whom `require_witnesses` must have cosigned that log's checkpoint.
    `timestamp_authorities`: certificates (PEM), under one of which the checkpoint must be stamped (RFC 3161).
    """

    require_known_issuer: bool = True
    require_accreditation: bool = True
    require_status: bool = False
    max_status_age: timedelta | None = None
    checks: frozenset[Literal["proof"]] | None = None
    accept_issuers: tuple[str, ...] | None = None
    accept_lists: tuple[str, ...] | None = None
    accept_cryptosuites: tuple[str, ...] | None = None
    allow_examples: bool = False
    require_log: bool = False
    log_witnesses: tuple[str, ...] | None = None
    require_witnesses: int = 0
    timestamp_authorities: tuple[str, ...] | None = None

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The policy in a JSON text. Raises PolicyRefused for a text that could be meant in two ways, or in none."""
        try:
            policy = msgspec.convert(strict_json.parse(data), cls)
        except MalformedJson as error:
            raise PolicyRefused(f"The policy cannot be read: {error}") from error
        except msgspec.ValidationError as error:
            raise PolicyRefused(f"The policy is not one this program reads: {error}.") from error
        for fault in policy._faults():
            raise PolicyRefused(fault)
        return policy

    @property
    def proof_only(self) -> bool:
        """Whether the list ends after the proofs."""
        return self.checks is not None and "proof" in self.checks

    @property
    def asks_for_a_log(self) -> bool:
        """Whether a document outside every log, or without a proof, will not do."""
        return self.require_log or bool(self.require_witnesses) or self.timestamp_authorities is not None

    def _faults(self) -> list[str]:
        """What was certainly not meant: terms that nothing can meet, or that undo each other."""
        faults = [
            f"The policy's {name} is empty, so that nothing would meet it; leave it out to take any."
            for name in (
                "checks",
                "accept_issuers",
                "accept_lists",
                "accept_cryptosuites",
                "log_witnesses",
                "timestamp_authorities",
            )
            if getattr(self, name) is not None and not getattr(self, name)
        ]
        faults += [
            f"The policy's accept_issuers holds {issuer[:200]!a}, which is neither a DID nor another URI."
            for issuer in self.accept_issuers or ()
            if not absolute_uri(issuer)
        ]
        faults += [
            f"The policy's accept_cryptosuites holds {suite[:200]!a}; those there are: {', '.join(suites.NAMES)}."
            for suite in self.accept_cryptosuites or ()
            if suite not in suites.NAMES
        ]
        if self.max_status_age is not None and self.max_status_age <= timedelta():
            faults.append("The policy's max_status_age is not a time that anything could be younger than.")
        if self.accept_lists is not None and not self.require_known_issuer:
            faults.append(
                "The policy names lists that have to know the issuer, and does without their knowing it."
            )
        return faults + self._faults_about_logs()

    def _faults_about_logs(self) -> list[str]:
        faults = [
            f"The policy's log_witnesses holds {key[:200]!a}, which is not the verifier key of a witness."
            for key in self.log_witnesses or ()
            if not _is_a_witness(key)
        ]
        known = len(set(self.log_witnesses or ()))
        if not 0 <= self.require_witnesses <= known:
            faults.append(f"The policy asks for {self.require_witnesses} witnesses, and names {known}.")
        if self.log_witnesses is not None and not self.require_witnesses:
            faults.append("The policy names witnesses, and asks for none of them: set require_witnesses.")
        faults += [
            "The policy's timestamp_authorities holds what is no certificate in PEM."
            for pem in self.timestamp_authorities or ()
            if not _is_a_certificate(pem)
        ]
        return faults


def _is_a_witness(text: str) -> bool:
    try:
        return NoteKey.parse(text).type is SignatureType.COSIGNATURE
    except InvalidKey:
        return False


def _is_a_certificate(pem: str) -> bool:
    # A parser of certificates that most verifications have no use for.
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return bool(load_pem_x509_certificates(pem.encode()))
    except ValueError:
        return False


DEFAULT = Policy()
