"""ecdsa-sd-2023: one credential, of which its holder shows what he chooses.

The issuer signs the statements everybody must see together (the mandatory ones), and every other statement on
its own, with a key made for this one proof. That *base proof* goes to the holder. To show some of it, the
holder leaves out the rest of the document and of the signatures: the *derived proof*, which is what is
verified. So that the numbers of blank nodes tell nothing of what was left out, the issuer renames them by an
HMAC whose key is in the base proof only.

Each derived proof shows the same key and signatures: whoever sees two knows that they come from one credential.

Source: Data Integrity ECDSA Cryptosuites 1.0, "Selective Disclosure Functions", "ecdsa-sd-2023 Functions" and
"ecdsa-sd-2023". Its algorithms are called here by their names.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from keys.contexts import Contexts
from keys.errors import InvalidPointer, MalformedProof, TooComplex
from keys.linked_data import canonical_nquads
from keys.multikey import KeyKind, to_multibase
from keys.signing import EcdsaSigner, PublicKey, Signer
from keys.suites.hashed import check_kind
from keys.suites.rdfc import options_hash
from keys.suites.sd_proof_values import MOST_SIGNATURES, BaseProofValue, DerivedProofValue
from keys.suites.selecting import Origin, Selection, labelled, labels_in, relabelled, select, unshared
from keys.suites.suite import DATA_INTEGRITY, Document, Options

__all__ = [
    "EcdsaSd2023",
    "NamedStatements",
    "base_proof_value",
    "check_base_proof_value",
    "default_mandatory_pointers",
    "disclosed",
    "statements_of",
]

_NAME: Final = "ecdsa-sd-2023"
_KINDS: Final = (KeyKind.P256,)
_CONTEXT: Final = "@context"

_NEVER_LEFT_OUT: Final = (
    "issuer",
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "credentialStatus",
    "termsOfUse",
)


def default_mandatory_pointers(document: Document) -> tuple[str, ...]:
    """To what no reader can do without: whose word it is, since when and until when, and where it is revoked."""
    return tuple(f"/{name}" for name in _NEVER_LEFT_OUT if name in document)


@dataclass(frozen=True, slots=True)
class EcdsaSd2023:
    """The suite: makes base proofs, and checks derived ones."""

    mandatory_pointers: tuple[str, ...] | None = None
    """Of the base proofs it makes; None for `default_mandatory_pointers`."""
    name: str = _NAME
    proof_type: str = DATA_INTEGRITY
    copies_context: bool = False

    def prove(self, document: Document, options: Options, signer: Signer, contexts: Contexts) -> str:
        """See `Suite`. Raises InvalidPointer, too, for a mandatory pointer that leads nowhere."""
        pointers = self.mandatory_pointers
        return base_proof_value(
            document,
            options,
            signer,
            contexts,
            mandatory_pointers=default_mandatory_pointers(document) if pointers is None else pointers,
            hmac_key=secrets.token_bytes(32),
            statement_signer=EcdsaSigner.generate(KeyKind.P256),
        )

    def check(
        self,
        document: Document,
        options: Options,
        proof_value: str,
        public_key: PublicKey,
        contexts: Contexts,
    ) -> None:
        """See `Suite`. Raises BaseProofOffered for a base proof. Source: "Verify Derived Proof"."""
        check_kind(_NAME, _KINDS, public_key)
        _refuse_chain(options)
        value = DerivedProofValue.read(proof_value)
        text = canonical_nquads(document, contexts=contexts).decode()
        lines = [line + "\n" for line in text[:-1].split("\n")]
        if labels_in(lines) != set(value.labels):
            raise MalformedProof("The derived proof does not name what the document leaves unnamed.")
        lines = relabelled(lines, value.labels)
        mandatory = set(value.mandatory_indexes)
        if len(mandatory) < len(value.mandatory_indexes) or not mandatory.issubset(range(len(lines))):
            raise MalformedProof("The derived proof counts statements as mandatory that are not there.")
        _check_signatures(
            lines,
            mandatory,
            options_hash(document.get(_CONTEXT), options, contexts, "sha256"),
            value,
            public_key,
        )


# --- base proofs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedStatements:
    """What a whole document says, blank nodes named by the HMAC. Source: canonicalizeAndGroup."""

    document: dict[str, Any]
    lines: list[str]
    names: dict[Origin, str]
    """`u3Lv…`, by what made the blank node."""
    contexts: Contexts

    def places(self, selection: Selection | None) -> tuple[list[int], dict[str, str]]:
        """Where a part's statements stand among `lines`, and the names of its blank nodes by their labels in it."""
        if selection is None:
            return [], {}
        part = labelled(selection.document, self.contexts)
        try:
            names = {label: self.names[selection.origin(made_by)] for made_by, label in part.labels.items()}
            where = {line: place for place, line in enumerate(self.lines)}
            return sorted(where[line] for line in relabelled(part.lines, names)), names
        except KeyError:
            raise InvalidPointer(
                "A pointer leads into what can only be disclosed as a whole, such as an ordered list."
            ) from None


def statements_of(document: Document, hmac_key: bytes, contexts: Contexts) -> NamedStatements:
    """The statements of a document (without proofs) under the names that this HMAC key gives."""
    own: dict[str, Any] = unshared(dict(document))
    found = labelled(own, contexts)
    names = {made_by: _name(label, hmac_key) for made_by, label in found.labels.items()}
    by_label = {label: names[made_by] for made_by, label in found.labels.items()}
    return NamedStatements(own, relabelled(found.lines, by_label), names, contexts)


def base_proof_value(
    document: Document,
    options: Options,
    signer: Signer,
    contexts: Contexts,
    *,
    mandatory_pointers: Sequence[str],
    hmac_key: bytes,
    statement_signer: EcdsaSigner,
) -> str:
    """The value of a base proof. Both secrets are made for this one proof. Source: "Base Proof Transformation" to
    "Base Proof Serialization".

    Raises InvalidPointer for a pointer that leads nowhere, TooComplex for a document that no reader would have
    the patience for, and otherwise as `Suite.prove`.
    """
    check_kind(_NAME, _KINDS, signer.public)
    _refuse_chain(options)
    statements = statements_of(document, hmac_key, contexts)
    mandatory, _ = statements.places(select(statements.document, mandatory_pointers))
    chosen = set(mandatory)
    if len(statements.lines) - len(chosen) > MOST_SIGNATURES:
        raise TooComplex(
            f"More than {MOST_SIGNATURES} statements of the document would be signed one by one."
        )
    signed = _signed(
        options_hash(document.get(_CONTEXT), options, contexts, "sha256"),
        statement_signer.public,
        [statements.lines[place] for place in mandatory],
    )
    value = BaseProofValue(
        signer.sign(signed),
        statement_signer.public,
        hmac_key,
        [
            statement_signer.sign(line.encode())
            for place, line in enumerate(statements.lines)
            if place not in chosen
        ],
        list(mandatory_pointers),
    )
    return str(value)


def check_base_proof_value(
    document: Document, options: Options, proof_value: str, public_key: PublicKey, contexts: Contexts
) -> tuple[BaseProofValue, NamedStatements]:
    """Check a base proof, as its issuer does who has just made it, and its holder before showing any of it.

    Raises MalformedProof, InvalidPointer, InvalidSignature, InvalidKey, LinkedDataError.
    """
    check_kind(_NAME, _KINDS, public_key)
    _refuse_chain(options)
    value = BaseProofValue.read(proof_value)
    statements = statements_of(document, value.hmac_key, contexts)
    mandatory, _ = statements.places(select(statements.document, value.mandatory_pointers))
    proof_hash = options_hash(document.get(_CONTEXT), options, contexts, "sha256")
    _check_signatures(statements.lines, set(mandatory), proof_hash, value, public_key)
    return value, statements


# --- derived proofs -----------------------------------------------------------------------------------


def disclosed(
    base: BaseProofValue, statements: NamedStatements, selective_pointers: Sequence[str]
) -> tuple[dict[str, Any], DerivedProofValue]:
    """The part of a document that is shown, and the value of its proof. Source: createDisclosureData.

    Raises InvalidPointer where a pointer leads nowhere, and where there is nothing at all to show.
    """
    combined = select(statements.document, [*base.mandatory_pointers, *selective_pointers])
    if combined is None:
        raise InvalidPointer("Nothing was chosen to be shown, and nothing is mandatory.")
    mandatory = set(statements.places(select(statements.document, base.mandatory_pointers))[0])
    shown, labels = statements.places(combined)
    others = [place for place in range(len(statements.lines)) if place not in mandatory]
    signatures = dict(zip(others, base.signatures, strict=True))
    value = DerivedProofValue(
        base.signature,
        base.statement_key,
        [signatures[place] for place in shown if place in signatures],
        labels,
        [rank for rank, place in enumerate(shown) if place in mandatory],
    )
    return combined.document, value


# --- both ---------------------------------------------------------------------------------------------


def _check_signatures(
    lines: Sequence[str],
    mandatory: set[int],
    proof_hash: bytes,
    value: BaseProofValue | DerivedProofValue,
    public_key: PublicKey,
) -> None:
    others = [line for place, line in enumerate(lines) if place not in mandatory]
    if len(others) != len(value.signatures):
        raise MalformedProof("The proof has not one signature for each statement.")
    signed = _signed(proof_hash, value.statement_key, [lines[place] for place in sorted(mandatory)])
    public_key.verify(value.signature, signed)
    for line, signature in zip(others, value.signatures, strict=True):
        value.statement_key.verify(signature, line.encode())


def _signed(proof_hash: bytes, statement_key: PublicKey, mandatory: Sequence[str]) -> bytes:
    """What the issuer's own key signs. Source: serializeSignData."""
    key = KeyKind.P256.prefix + statement_key.raw
    return proof_hash + key + sha256("".join(mandatory).encode()).digest()


def _name(label: str, hmac_key: bytes) -> str:
    """The name of a blank node that its canonical label cannot be read from. Source: createHmacIdLabelMapFunction."""
    return to_multibase(hmac.digest(hmac_key, label.encode(), "sha256"), "u")


def _refuse_chain(options: Options) -> None:
    # The earlier proofs would be among the statements, and what is derived could not carry them.
    if "previousProof" in options:
        raise MalformedProof("A proof for selective disclosure cannot build on earlier proofs.")
