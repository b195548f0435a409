"""JSON Web Signatures in the compact form, read in one way only.

    eyJhbGciOiJFUzI1NiIsInR5cCI6InZjK2p3dCJ9 . eyJpc3N1ZXIiOiJkaWQ6d2ViOi… . MEUCIQDx…
    └── header {"alg":"ES256","typ":"vc+jwt"}   └── payload                  └── signature over "header.payload"

    alg                  key
    EdDSA or Ed25519     Ed25519
    ES256                P-256
    ES384                P-384
    ES512                P-521
    RS256 or PS256       RSA, where the caller asks for it (`keys.rsa`)

A header is a stranger's text that says how it wants to be checked. So it decides nothing here: the key comes
from whoever asks, `alg` must be the one that key signs with, and a header that brings a key along (`jwk`,
`jku`, `x5c`, `x5u`) is refused, unless a caller says that it judges such keys by other means.

Why not a library: what is left once the text is read strictly is one call of `PublicKey.verify`, and the one we
would take accepts two of the forgeries of Wycheproof's JWS vectors (padding after base64url). It is the second
opinion in our tests.

Source: RFC 7515; RFC 7518, section 3; RFC 8037, section 3.1; RFC 9864; RFC 8725 (best practices).
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import (
    AlgorithmNotAllowed,
    HeaderNotAllowed,
    MalformedJson,
    MalformedMessage,
    NotMultibase,
    UnsupportedAlgorithm,
    WrongMediaType,
)
from keys.jwk import ALGORITHMS
from keys.multikey import from_multibase, to_multibase
from keys.rsa import RSA_ALGORITHMS, RsaPublicKey
from keys.signing import PublicKey, Signer

__all__ = [
    "KEYS_IN_HEADERS",
    "Jws",
    "from_base64url",
    "numeric_date",
    "read",
    "read_object",
    "sign",
    "subtype",
    "to_base64url",
]

KEYS_IN_HEADERS: Final = frozenset({"jwk", "jku", "x5c", "x5u"})
"""RFC 7515, sections 4.1.2 to 4.1.6: the headers that say by which key to check."""

_LONGEST: Final = 4 * 1024 * 1024
"""Characters of a message."""
_HEADER_LIMITS: Final = strict_json.Limits(size=64 * 1024, depth=8, members=1000)

_KINDS: Final = {algorithm: kind for kind, algorithms in ALGORITHMS.items() for algorithm in algorithms}
_PROVES_NOTHING: Final = re.compile(r"none|hs[0-9]+", re.IGNORECASE)
"""The algorithms that need no private key: whoever can check can also sign."""
_TEXTS: Final = ("typ", "cty", "kid")


@dataclass(frozen=True, slots=True)
class Jws:
    """A message that could be read. Nothing in it is anybody's word until `check` has not raised."""

    header: Mapping[str, Any]
    payload: bytes
    signature: bytes
    signing_input: bytes
    """What was signed: the header and the payload as they were written, with the full stop between."""

    @property
    def algorithm(self) -> str:
        """`alg`: one of the table of this module."""
        algorithm: str = self.header["alg"]
        return algorithm

    @property
    def key_id(self) -> str | None:
        """`kid`: a hint at the key, and no more than that."""
        return self.header.get("kid")

    @property
    def typ(self) -> str | None:
        """`typ` in its short form, `vc+jwt`; None where the header does not say."""
        typ = self.header.get("typ")
        return None if typ is None else subtype(typ)

    def expect(self, typ: str, *, or_nothing: bool = False) -> None:
        """Raise WrongMediaType unless `typ` is the one given (RFC 8725, section 3.11).

        `or_nothing` lets a header pass that does not say, where the kind is known from elsewhere.
        """
        if self.typ != typ and not (or_nothing and self.typ is None):
            said = "nothing" if self.typ is None else repr(self.typ[:60])
            raise WrongMediaType(f"The header says {said} of what this is, where {typ!r} is needed.")

    def check(self, key: PublicKey | RsaPublicKey) -> None:
        """Raise unless the holder of `key` signed this header and this payload.

        Raises AlgorithmNotAllowed where the algorithm is not one of that key's kind, InvalidSignature.
        """
        if isinstance(key, RsaPublicKey):
            key.verify(self.algorithm, self.signature, self.signing_input)
            return
        if self.algorithm not in ALGORITHMS[key.kind]:
            raise AlgorithmNotAllowed(
                f"A key of the kind {key.kind} does not sign with the algorithm {self.algorithm}."
            )
        key.verify(self.signature, self.signing_input)

    def claims(self) -> dict[str, Any]:
        """The payload as the claims of a JWT (RFC 7519, section 7.2). Raises MalformedMessage."""
        return read_object(self.payload, "payload")


def sign(
    payload: bytes,
    signer: Signer,
    *,
    typ: str | None = None,
    cty: str | None = None,
    kid: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """The payload under the signer's signature. `more` are further headers; the header is canonical JSON."""
    stated = {"typ": typ, "cty": cty, "kid": kid}
    header = {
        **(more or {}),
        **{name: value for name, value in stated.items() if value is not None},
        "alg": ALGORITHMS[signer.public.kind][0],
    }
    signing_input = f"{to_base64url(canonicalize(header))}.{to_base64url(payload)}"
    return f"{signing_input}.{to_base64url(signer.sign(signing_input.encode('ascii')))}"


def read(text: str, *, allowing: Collection[str] = (), rsa: bool = False) -> Jws:
    """Read the compact form, and refuse what no signature could make good.

    `allowing` names the headers of KEYS_IN_HEADERS that the caller judges by itself; `rsa` takes messages signed with
    RSA too.

    Raises MalformedMessage, AlgorithmNotAllowed, UnsupportedAlgorithm, HeaderNotAllowed.
    """
    if len(text) > _LONGEST:
        raise MalformedMessage(f"The message is longer than the {_LONGEST} characters accepted.")
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedMessage("The text is not a JWS: it has not three parts with full stops between them.")
    header = read_object(from_base64url(parts[0], "header"), "header", _HEADER_LIMITS)
    _judge(header, frozenset(allowing), rsa=rsa)
    return Jws(
        header,
        from_base64url(parts[1], "payload"),
        from_base64url(parts[2], "signature"),
        f"{parts[0]}.{parts[1]}".encode("ascii"),
    )


def _judge(header: Mapping[str, Any], allowed: frozenset[str], *, rsa: bool) -> None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise MalformedMessage("The header names no algorithm.")
    if _PROVES_NOTHING.fullmatch(algorithm) is not None:
        raise AlgorithmNotAllowed(
            f"A message with the algorithm {algorithm[:60]!r} can be made without any private key."
        )
    if algorithm not in _KINDS and not (rsa and algorithm in RSA_ALGORITHMS):
        raise UnsupportedAlgorithm(f"This program cannot check the algorithm {algorithm[:60]!r}.")
    if brought := sorted((KEYS_IN_HEADERS - allowed) & header.keys()):
        raise HeaderNotAllowed(f"The header brings its own key ({', '.join(brought)}), which proves nothing.")
    # RFC 7515, section 4.1.11: what is critical must be understood, and we have no extensions. `b64` changes what
    # the payload is (RFC 7797), whether it is called critical or not.
    if "crit" in header or header.get("b64", True) is not True:
        raise HeaderNotAllowed("The header demands an extension that this program does not have.")
    for name in _TEXTS:
        if name in header and not isinstance(header[name], str):
            raise MalformedMessage(f"The header's {name} is not a text.")


def read_object(data: bytes, part: str, limits: strict_json.Limits = strict_json.DEFAULT) -> dict[str, Any]:
    """A part of a message that is a JSON object with one meaning. Raises MalformedMessage."""
    try:
        value = strict_json.parse(data, limits=limits)
    except MalformedJson as error:
        raise MalformedMessage(f"The {part} is not a JSON object. {error}") from error
    if not isinstance(value, dict):
        raise MalformedMessage(f"The {part} is not a JSON object.")
    return value


def subtype(media_type: str) -> str:
    """`application/vc+jwt` and `VC+JWT` are `vc+jwt`. Source: RFC 7515, section 4.1.9."""
    return media_type.lower().removeprefix("application/")


def numeric_date(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A claim that is seconds since 1970 (RFC 7519, section 2), or None. Raises MalformedMessage."""
    value = claims.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(value)
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise MalformedMessage(f"The claim {name} is not a date in seconds since 1970.") from None


def to_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return to_multibase(data, "u")[1:]


def from_base64url(text: str, part: str) -> bytes:
    """The bytes of a part written in base64url, in the one way there is. Raises MalformedMessage."""
    try:
        return from_multibase("u" + text)
    except NotMultibase:
        raise MalformedMessage(f"The {part} is not base64url without padding.") from None
