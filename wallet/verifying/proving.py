"""Steps 0 to 2: the text, its shape, its proofs. What they look at is the document and nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

from keys import strict_json
from keys.errors import (
    InvalidKey,
    InvalidSignature,
    KeysError,
    LinkedDataError,
    MalformedJson,
    NoProof,
    UnsupportedAlgorithm,
    UnsupportedSuite,
)
from keys.proofs import check_proof, proofs_of, refuse_malformed
from keys.signing import PublicKey
from wallet import formats
from wallet.enveloping import Envelope, EnvelopeRefused, is_message, is_wrapper, open_message, open_wrapper
from wallet.formats.shape import types_of
from wallet.verdict import Check, Problem
from wallet.verifying.case import Case, Origin, Signature, statements_of
from wallet.verifying.step import PARSE, PROOF, SHAPE, quoted

_FAULTS_SHOWN = 20
_ALTERED = "The proof does not hold: the document is not what was signed with this key."

MOST_PROOFS = 8
"""Each may cost a canonicalisation of the whole document, and a stranger may add as many as fit."""


def parse(data: bytes) -> tuple[Check, dict[str, Any] | None]:
    """(0) One text, one meaning: RFC 8259, and what RFC 7493 adds against being read two ways."""
    try:
        value = strict_json.parse(data)
    except MalformedJson as error:
        return PARSE.failed(error.reason, str(error), Problem.PARSING), None
    if not isinstance(value, dict):
        return PARSE.failed("not-an-object", "The text is JSON, but not an object.", Problem.PARSING), None
    return PARSE.passed("The text is JSON that every reader reads alike.", bytes=len(data)), value


def opened(data: bytes) -> tuple[Check, Mapping[str, Any] | None, Envelope | None]:
    """(0) The same for what may come in an envelope: a message, or an object that carries one."""
    if is_message(data):
        # Of a text, spaces around it are nothing; the last byte of a COSE signature may look like one.
        return _opened(lambda: open_message(data.strip() if data.startswith(b"ey") else data))
    read, document = parse(data)
    if document is None or not is_wrapper(document):
        return read, document, None
    return _opened(lambda: open_wrapper(document))


def opened_inside(value: Any, pointer: str) -> tuple[Check, Mapping[str, Any] | None, Envelope | None]:
    """(0) The same for what another document carries at that place, which was read together with it."""
    if not isinstance(value, dict):
        sentence = "A member is not in a form this wallet reads."
        return PARSE.could_not_check("unknown-form", sentence, at=pointer), None, None
    if is_wrapper(value):
        return _opened(lambda: open_wrapper(value))
    return PARSE.passed("The member was read with the document around it.", at=pointer), value, None


def _opened(open_it: Callable[[], Envelope]) -> tuple[Check, Mapping[str, Any] | None, Envelope | None]:
    try:
        envelope = open_it()
    except UnsupportedAlgorithm as error:
        return PARSE.could_not_check("unknown-algorithm", str(error)), None, None
    except EnvelopeRefused as error:
        return PARSE.failed(error.reason, str(error), Problem.MALFORMED_VALUE), None, None
    except KeysError as error:
        return PARSE.failed(code_of(error), str(error), Problem.PARSING), None, None
    sentence = f"The text is a message of the kind {envelope.media_type}, and holds JSON that every reader reads alike."
    return PARSE.passed(sentence, mediaType=envelope.media_type.full), envelope.document, envelope


def shape(
    document: Mapping[str, Any], state: Callable[[], object] | None = None, *, examples: bool = False
) -> Check:
    """(1) The format's own model, and no term or type that its contexts leave undefined, and so unsigned.

    `state` makes the document's statements, for whoever keeps them; it raises LinkedDataError where there are none.
    `examples` as for `wallet.formats.faults`.
    """
    if found := formats.faults(document, examples=examples):
        listed = [
            {"reason": fault.reason, "at": fault.pointer, "sentence": fault.sentence} for fault in found
        ]
        return SHAPE.failed(
            found[0].reason, found[0].sentence, found[0].problem, faults=listed[:_FAULTS_SHOWN]
        )
    try:
        state() if state is not None else statements_of(document)
    except LinkedDataError as error:
        return SHAPE.failed(code_of(error), str(error), Problem.MALFORMED_VALUE)
    types = [name for name in types_of(document) if name != "VerifiableCredential"]
    return SHAPE.passed(
        f"The document has the shape of {_named(types)}.", types=[quoted(name) for name in types]
    )


CheckOne = Callable[[int, PublicKey], None]
"""Checks the document's proof of that place with that key. Raises KeysError where it does not hold."""


def proof(case: Case, check_one: CheckOne | None = None) -> tuple[Check, list[Signature]]:
    """(2) Every proof, of a set or a chain, holds; and at least one could be checked.

    A proof of a type or cryptosuite we do not have is set aside and counted for nothing: in a set, each
    proof stands alone, and what a stranger adds must not undo what the issuer signed.

    `check_one` is for whoever remembers which proofs of this very text have held (`wallet.verifying.status`).
    """
    if case.envelope is not None:
        return _enveloping_proof(case, case.envelope)
    try:
        proofs = proofs_of(case.document)
    except NoProof:
        return PROOF.failed("no-proof", "The document carries no proof: anybody may have written it."), []
    except KeysError as error:
        return PROOF.failed(code_of(error), str(error)), []
    if len(proofs) > MOST_PROOFS:
        return PROOF.failed("too-many-proofs", f"The document carries {len(proofs)} proofs."), []
    held: list[Signature] = []
    keyless: list[Signature] = []
    aside: list[str] = []
    for place, each in enumerate(proofs):
        try:
            refuse_malformed(each)
        except UnsupportedSuite:
            aside.append(quoted(each.get("cryptosuite") or each.get("type")))
            continue
        except KeysError as error:
            return PROOF.failed(code_of(error), str(error)), []
        try:
            signature = case.signature(each)
            if signature.key is None:
                keyless.append(signature)
                continue
            if check_one is None:
                check_proof(case.document, each, signature.key, statements=case.statements_asked)
            else:
                check_one(place, signature.key)
            held.append(signature)
        except InvalidSignature as error:
            if signature.origin is not Origin.UNTRUSTED:
                return PROOF.failed(code_of(error), _ALTERED, **signature.described()), []
            keyless.append(signature)  # the key is a stranger's word: neither its yes nor its no counts
        except InvalidKey as error:
            method = quoted(each.get("verificationMethod"))
            return PROOF.failed(
                "not-a-key", f"A proof names a key that is none. {error}", verificationMethod=method
            ), []
        except KeysError as error:
            return PROOF.failed(code_of(error), str(error), **signature.described()), []
    described: dict[str, Any] = {"proofs": [signature.described() for signature in held], "setAside": aside}
    if keyless:
        method = quoted(keyless[0].method)
        return PROOF.could_not_check("no-key", f"The key {method} could not be had.", **described), [
            *held,
            *keyless,
        ]
    if not held:
        sentence = f"This wallet cannot check a proof of the kind {_named(aside)}."
        return PROOF.could_not_check("unknown-suite", sentence, **described), held
    return PROOF.passed(_held(held, aside), **described), held


def _held(held: list[Signature], aside: list[str]) -> str:
    sentence = (
        "The proof holds: nothing was changed since it was signed."
        if len(held) == 1
        else f"All {len(held)} proofs hold: nothing was changed since they were made."
    )
    if all(signature.origin is Origin.THE_PROOF_ITSELF for signature in held):
        sentence += " The key was read off the proof itself, which says nothing of whose it is."
    if aside:
        sentence += f" Not checked, and counted for nothing: {_named(aside)}."
    return sentence


def code_of(error: KeysError) -> str:
    """The error's name as a stable code: UndefinedTerm is "undefined-term"."""
    name = type(error).__name__
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _named(names: list[str]) -> str:
    return ", ".join(quoted(name) for name in names) or "a verifiable credential"


def _enveloping_proof(case: Case, envelope: Envelope) -> tuple[Check, list[Signature]]:
    """(2) of a document in a message: VC-JOSE-COSE, 5.1 to 5.3."""
    try:
        signature = case.signature(envelope.proof)
        if signature.key is None:
            sentence = f"The key {quoted(signature.method or envelope.key_id)} could not be had."
            return PROOF.could_not_check("no-key", sentence, proofs=[signature.described()]), [signature]
        envelope.check(signature.key)
    except InvalidKey as error:
        return PROOF.failed("not-a-key", f"The message names a key that is none. {error}"), []
    except InvalidSignature as error:
        if signature.origin is Origin.UNTRUSTED:
            return PROOF.could_not_check("no-key", str(error), proofs=[signature.described()]), [signature]
        return PROOF.failed(code_of(error), _ALTERED, **signature.described()), []
    except KeysError as error:
        return PROOF.failed(code_of(error), str(error), **signature.described()), []
    return PROOF.passed(_held([signature], []), proofs=[signature.described()]), [signature]
