"""COSE_Sign1: a payload under one signature, in CBOR.

    18([ << {1: -7, 3: "application/vc", 4: 'did:…#key-1', 16: "application/vc+cose"} >>, {}, 'payload', 'signature' ])
         │   └ alg   └ content type        └ kid              └ typ
         └── protected header, signed with the payload                 └── unprotected header: believed in nothing

    alg                    key
    -8 or -19 (RFC 9864)   Ed25519
    -7 or -9               P-256
    -35 or -51             P-384
    -36 or -52             P-521

Reading is strict, as for JSON: definite lengths in their shortest form, no label twice, nothing after the end,
and no tag inside, because a decoder turns tags into whatever they ask for. The key comes from whoever asks.

Source: RFC 9052, sections 3, 4.2 and 4.4; RFC 9053, section 2; RFC 9596 (`typ`); RFC 8949, section 4.2.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import cbor2

from keys.errors import (
    AlgorithmNotAllowed,
    HeaderNotAllowed,
    MalformedMessage,
    UnsupportedAlgorithm,
    WrongMediaType,
)
from keys.jose import subtype
from keys.multikey import KeyKind
from keys.signing import PublicKey, Signer

__all__ = ["CoseSign1", "claims_of", "read", "sign"]

_ALG, _CRIT, _CONTENT_TYPE, _KID, _CWT_CLAIMS, _TYP = 1, 2, 3, 4, 15, 16
"""IANA "COSE Header Parameters"."""
_KEYS_IN_HEADERS: Final = frozenset({32, 33, 35})
"""x5bag, x5chain and x5u (RFC 9360): the headers that bring a key. x5t, 34, only names one."""

_ALGORITHMS: Final = {
    KeyKind.ED25519: (-8, -19),
    KeyKind.P256: (-7, -9),
    KeyKind.P384: (-35, -51),
    KeyKind.P521: (-36, -52),
}
"""IANA "COSE Algorithms"; the first is the one we write."""
_NAMES: Final = {
    -7: "ES256",
    -8: "EdDSA",
    -9: "ESP256",
    -19: "Ed25519",
    -35: "ES384",
    -36: "ES512",
    -51: "ESP384",
    -52: "ESP512",
}
_MACS: Final = frozenset({4, 5, 6, 7, 14, 15, 25, 26})
"""The algorithms whose key is a shared secret: whoever can check can also sign."""

_SIGN1_TAG: Final = b"\xd2"  # tag 18
_LONGEST: Final = 4 * 1024 * 1024
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class CoseSign1:
    """A message that could be read. Nothing in it is anybody's word until `check` has not raised."""

    protected: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes
    signature: bytes
    signing_input: bytes
    """What was signed: the Sig_structure of RFC 9052, section 4.4."""

    @property
    def algorithm(self) -> str:
        """The name of `alg`, as in JOSE."""
        return _NAMES[self.protected[_ALG]]

    @property
    def key_id(self) -> bytes | None:
        """`kid`, from either header: a hint at the key, and no more than that."""
        kid = self.protected.get(_KID, self.unprotected.get(_KID))
        return kid if isinstance(kid, bytes) else None

    @property
    def typ(self) -> str | None:
        """`typ` in its short form, `vc+cose`; None where the protected header does not say."""
        return _media_type(self.protected, _TYP)

    @property
    def content_type(self) -> str | None:
        """What the payload is, in its short form, `vc`; None where the protected header does not say."""
        return _media_type(self.protected, _CONTENT_TYPE)

    @property
    def cwt_claims(self) -> Mapping[Any, Any]:
        """The claims of the protected header (RFC 9597), by their numbers: 1 is the issuer."""
        claims = self.protected.get(_CWT_CLAIMS)
        return claims if isinstance(claims, dict) else {}

    def expect(self, typ: str, content_type: str, *, or_nothing: bool = False) -> None:
        """Raise WrongMediaType unless the header says both, or one of them and nothing of the other.

        `or_nothing` lets a header pass that says neither, where the kind is known from elsewhere.
        """
        said = (self.typ, self.content_type)
        silent = said == (None, None)
        if (silent and not or_nothing) or said[0] not in (None, typ) or said[1] not in (None, content_type):
            raise WrongMediaType(
                f"The header says {said[0] or said[1] or 'nothing'!r} of what this is, where {typ!r} is needed."
            )

    def check(self, key: PublicKey) -> None:
        """Raise unless the holder of `key` signed this protected header and this payload.

        Raises AlgorithmNotAllowed where the algorithm is not one of that key's kind, InvalidSignature.
        """
        if self.protected[_ALG] not in _ALGORITHMS[key.kind]:
            raise AlgorithmNotAllowed(
                f"A key of the kind {key.kind} does not sign with the algorithm {self.algorithm}."
            )
        key.verify(self.signature, self.signing_input)


def sign(
    payload: bytes,
    signer: Signer,
    *,
    typ: str | None = None,
    content_type: str | None = None,
    kid: bytes | None = None,
    cwt_claims: Mapping[int, Any] | None = None,
) -> bytes:
    """The payload under the signer's signature, tagged. The same input gives the same bytes."""
    stated = {_CONTENT_TYPE: content_type, _KID: kid, _CWT_CLAIMS: cwt_claims or None, _TYP: typ}
    header = {_ALG: _ALGORITHMS[signer.public.kind][0]} | {
        label: value for label, value in stated.items() if value is not None
    }
    protected = cbor2.dumps(header, canonical=True)
    signature = signer.sign(_sig_structure(protected, payload))
    return _SIGN1_TAG + cbor2.dumps([protected, {}, payload, signature])


def read(data: bytes) -> CoseSign1:
    """Read a COSE_Sign1, tagged or not, and refuse what no signature could make good.

    Raises MalformedMessage, AlgorithmNotAllowed, UnsupportedAlgorithm, HeaderNotAllowed.
    """
    if len(data) > _LONGEST:
        raise MalformedMessage(f"The message is longer than the {_LONGEST} bytes accepted.")
    match _decoded(data.removeprefix(_SIGN1_TAG)):
        case [bytes(header), dict() as unprotected, bytes(payload), bytes(signature)]:
            protected = _decoded(header) if header else {}
            if not isinstance(protected, dict):
                raise MalformedMessage("The protected header is not a map.")
            _judge(protected, unprotected)
            return CoseSign1(protected, unprotected, payload, signature, _sig_structure(header, payload))
    raise MalformedMessage("The CBOR is not a COSE_Sign1 with its payload in it.")


def claims_of(payload: bytes) -> dict[Any, Any]:
    """The claims of a CWT (RFC 8392), by their numbers. Raises MalformedMessage for what is no map of such."""
    claims = _decoded(payload)
    if not isinstance(claims, dict) or any(type(label) not in (int, str) for label in claims):
        raise MalformedMessage("The message holds no claims.")
    return claims


def _judge(protected: Mapping[Any, Any], unprotected: Mapping[Any, Any]) -> None:
    if both := protected.keys() & unprotected.keys():
        raise MalformedMessage(f"{len(both)} labels stand in both headers.")
    # In Python True and 1.0 are found under 1; in COSE they are other labels, and no labels at all.
    if any(type(label) not in (int, str) for label in (*protected, *unprotected)):
        raise MalformedMessage("A label of a header is neither a whole number nor a text.")
    algorithm = protected.get(_ALG)
    if type(algorithm) not in (int, str):
        raise MalformedMessage("The protected header names no algorithm.")
    if algorithm in _MACS:
        raise AlgorithmNotAllowed(
            f"A message with the algorithm {algorithm} can be made without any private key."
        )
    if algorithm not in _NAMES:
        raise UnsupportedAlgorithm(f"This program cannot check the algorithm {str(algorithm)[:60]}.")
    if not _KEYS_IN_HEADERS.isdisjoint({*protected, *unprotected}):
        raise HeaderNotAllowed("The header brings its own key, which proves nothing.")
    if _CRIT in protected or _CRIT in unprotected:
        raise HeaderNotAllowed("The header demands an extension that this program does not have.")


def _media_type(header: Mapping[Any, Any], label: int) -> str | None:
    value = header.get(label)
    if value is None:
        return None
    # A number is an entry of CoAP's registry of content formats, and none of them is of ours.
    return subtype(value) if isinstance(value, str) else str(value)[:60]


def _sig_structure(protected: bytes, payload: bytes) -> bytes:
    """An empty header is signed as no bytes at all (RFC 9052, section 3); there is no external data."""
    return cbor2.dumps(["Signature1", protected, b"", payload])


class _NoTags(dict[int, Any]):
    """Decoders for tags, all of them the same: there is none."""

    def __missing__(self, tag: int) -> Any:
        return _refuse_tag


def _refuse_tag(_decoder: Any) -> NoReturn:
    raise MalformedMessage("There is a tag in the CBOR.")


def _decoded(data: bytes) -> Any:
    """One CBOR item, written as RFC 8949 prefers it but for the order of a map. Raises MalformedMessage."""
    try:
        value = cbor2.loads(
            data,
            semantic_decoders=_NoTags(),
            max_depth=_DEEPEST,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        again = cbor2.dumps(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError) as error:
        raise MalformedMessage("The bytes are not CBOR, or not in the form that is accepted.") from error
    if again != data:
        raise MalformedMessage("The CBOR is not in its shortest form, or something follows it.")
    return value
