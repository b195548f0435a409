"""A receipt of a verification of many: who verified, when, on whose terms, with what outcome; and the table's digest.

    {"type": "VerificationReceipt", "madeAt": "2026-06-30T09:00:00Z", "asOf": "2026-06-30T09:00:00Z",
     "verifier": {"did": "did:web:…", "name": "University of …"}, "policy": {…}, "submissions": 52,
     "outcomes": {"passed": 50, "failed": 1, "could-not-check": 1}, "repeated": 2,
     "table": {"sha256": "4f1c…", "mediaType": "text/csv"},
     "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", …}}

Years later, whoever has the receipt and the table can tell that this verifier said just that: nothing is needed from
its server, only its key, from a registry, a bundle or a trust list. A receipt says nothing of a credential that is not
in its table, and does not make a verdict any truer than the verifier is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec

from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import KeysError, UnknownKey
from keys.keyring import InForce
from keys.proofs import add_proof, check_proof, proofs_of
from keys.signing import Signer
from wallet.errors import WalletError
from wallet.evidence import Evidence, KnownIssuer
from wallet.formats.shape import written_time
from wallet.verdict import Outcome
from wallet.verifying import Policy
from wallet.verifying.step import quoted

__all__ = [
    "SUITE",
    "Receipt",
    "ReceiptRefused",
    "ReceiptVerdict",
    "check_receipt",
    "make_receipt",
    "read_receipt",
]

SUITE: Final = "eddsa-jcs-2022"
MOST_BYTES: Final = 64 * 1024
"""Of a receipt."""
_LIMITS: Final = strict_json.Limits(size=MOST_BYTES, depth=8, members=2000)

_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class ReceiptRefused(WalletError):
    """The text is no receipt of a verification."""


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A part of a receipt."""


class Verifier(_Wire, frozen=True, kw_only=True):
    did: str
    name: str
    """As it calls itself; who it is, a registry says."""


class Table(_Wire, frozen=True, kw_only=True):
    sha256: str
    media_type: str


class Receipt(_Wire, frozen=True, kw_only=True, tag_field="type", tag="VerificationReceipt"):
    """A receipt as read, its signature left out."""

    made_at: _Time
    as_of: _Time
    """The time that the verdicts are about."""
    verifier: Verifier
    policy: dict[str, Any]
    submissions: int
    outcomes: dict[str, int]
    repeated: int
    table: Table


@dataclass(frozen=True, slots=True)
class ReceiptVerdict:
    """What a receipt is worth: the same three answers as of a credential."""

    outcome: Outcome
    reason: str
    sentence: str
    receipt: Receipt | None = None
    verifier_name: str | None = None
    """A registry's name of the verifier, where the receipt holds."""

    @property
    def exit_code(self) -> int:
        return {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.COULD_NOT_CHECK: 3}[self.outcome]


def make_receipt(receipt: Receipt, *, method: str, signer: Signer) -> bytes:
    """The receipt, signed by the verifier's key of that name, as JSON text."""
    signed = add_proof(
        msgspec.to_builtins(receipt),
        signer=signer,
        suite=SUITE,
        verification_method=method,
        created=receipt.made_at,
    )
    return canonicalize(signed)


def policy_as_stated(policy: Policy) -> dict[str, Any]:
    """The terms, as a receipt tells them."""
    stated: dict[str, Any] = msgspec.to_builtins(policy, enc_hook=sorted)
    return stated


def read_receipt(data: bytes) -> tuple[Receipt, Mapping[str, Any]]:
    """The receipt, and the document it stands in. Nothing is checked yet. Raises ReceiptRefused."""
    try:
        document = strict_json.parse(data, limits=_LIMITS)
        if not isinstance(document, dict):
            raise ReceiptRefused("This is no receipt of a verification.")
        unsigned = {member: value for member, value in document.items() if member != "proof"}
        return msgspec.convert(unsigned, Receipt), document
    except KeysError as error:
        raise ReceiptRefused(f"This is no receipt of a verification. {error}") from error
    except msgspec.ValidationError as error:
        raise ReceiptRefused(f"This is no receipt of a verification: {error}.") from error


def check_receipt(
    data: bytes, *, evidence: Evidence, at: datetime, table_sha256: str | None = None
) -> ReceiptVerdict:
    """Whether the verifier that the receipt names made it, and made it of this table, as is known `at` that time.

    No input makes this raise. `table_sha256` is the digest of the table at hand; None where there is none.
    """
    try:
        receipt, document = read_receipt(data)
    except ReceiptRefused as error:
        return ReceiptVerdict(Outcome.FAILED, "no-receipt", str(error))

    def ends(outcome: Outcome, reason: str, sentence: str, name: str | None = None) -> ReceiptVerdict:
        return ReceiptVerdict(outcome, reason, sentence, receipt, name)

    if table_sha256 is not None and table_sha256 != receipt.table.sha256:
        return ends(
            Outcome.FAILED, "another-table", "The receipt is of another table, or the table was changed."
        )
    verifier = quoted(receipt.verifier.did)
    known = evidence.issuer(receipt.verifier.did)
    if known is None or not known.source.trusted or known.keys is None:
        sentence = f"The verifier {verifier} is not in any list you trust."
        return ends(Outcome.COULD_NOT_CHECK, "unknown-verifier", sentence)
    try:
        method = _check_signature(document, receipt, known)
    except UnknownKey as error:
        return ends(Outcome.FAILED, "unknown-key", str(error))
    except KeysError as error:
        return ends(Outcome.FAILED, "signature", f"The receipt is not as it was signed. {error}")
    name = quoted(known.name)
    then, now = known.keys.in_force(method, receipt.made_at), known.keys.in_force(method, at.astimezone(UTC))
    if then is not InForce.YES:
        sentence = f"The key of {name} was not in force when the receipt says that it was made."
        return ends(Outcome.FAILED, f"key-{then.value}", sentence)
    if now is InForce.COMPROMISED:  # a thief can date a receipt back, and no log has seen it
        sentence = f"The key of {name} has been stolen since, and a thief could have dated the receipt back."
        return ends(Outcome.COULD_NOT_CHECK, "key-compromised-since", sentence)
    of_this = "of this table" if table_sha256 is not None else "of a table that is not at hand"
    sentence = f"{name} made this receipt on {written_time(receipt.made_at)}, {of_this}."
    return ends(Outcome.PASSED, "holds", sentence, name)


def _check_signature(document: Mapping[str, Any], receipt: Receipt, known: KnownIssuer) -> str:
    """The name of the key that signed. Raises KeysError."""
    assert known.keys is not None  # asked before
    proofs = proofs_of(document)
    [proof] = proofs if len(proofs) == 1 else [{}]
    method = str(proof.get("verificationMethod", ""))
    if method.partition("#")[0] != receipt.verifier.did:
        raise UnknownKey("The receipt is not signed by the verifier that it names, alone.")
    check_proof(document, proof, known.keys.key(method))
    return method
