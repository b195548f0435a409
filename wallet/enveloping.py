"""Signing a credential or presentation by putting it into a message, and taking one out of it.

What comes out is a document and the signature around it, in the terms in which proofs are judged: who is said to
have signed, by which key, when. `wallet.verifying` asks the same questions of it as of a proof inside a document.

Three claims must not be confused. `issuer` and `validFrom` belong to the credential. `iss`, `iat` and `exp`
belong to the signature. `vc` and `vp` belong to an older format (`typ: JWT`, VC Data Model 1.1), which is told
apart by its media type and never read as this one.

Source: Securing Verifiable Credentials using JOSE and COSE, sections 3 to 5.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from keys import cose, jose, sd_jwt
from keys.canonical import canonicalize
from keys.contexts import PINNED
from keys.cose import CoseSign1
from keys.errors import LinkedDataError, MalformedMessage, NotCanonicalizable, WrongMediaType
from keys.jose import Jws, numeric_date
from keys.linked_data import canonical_nquads
from keys.sd_jwt import Path, SdJwt
from keys.signing import PublicKey, Signer
from wallet import formats
from wallet.errors import WalletError
from wallet.formats.data_model import issuer_id, no_word_is_an_example, subjects
from wallet.formats.enveloped import (
    PRESENTATION_RULES,
    Form,
    MediaType,
    holder_id,
    is_wrapper,
    message_of,
)
from wallet.formats.shape import Fault, absolute_uri, listed, written_time

__all__ = [
    "Envelope",
    "EnvelopeRefused",
    "faults",
    "is_message",
    "is_wrapper",
    "open_message",
    "open_wrapper",
    "seal",
]

_CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "nonce", "status"})
"""The claims that speak of the message and not of what is in it (IANA "JSON Web Token Claims")."""
_CWT_CLAIMS: Final = {1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat", 65535: "status"}
_OLDER_FORMAT: Final = frozenset({"vc", "vp"})

_MAY_NOT_BE_HIDDEN: Final = frozenset({"validFrom", "validUntil", "credentialStatus", "termsOfUse", "status"})
"""What limits a credential: its holder must not be able to leave it out."""


class EnvelopeRefused(WalletError):
    """The message holds no credential or presentation that could be believed, whoever signed it."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        """A stable code, "issuer-contradicted"."""


@dataclass(frozen=True)
class Envelope:
    """What was in a message, and the signature around it. Nobody's word until `check` has not raised."""

    media_type: MediaType
    document: Mapping[str, Any]
    """The credential or presentation alone."""
    claims: Mapping[str, Any]
    """What the message says of itself: `iss`, `iat`, `exp` and the like."""
    algorithm: str
    key_id: str | None
    message: Jws | SdJwt | CoseSign1

    def check(self, key: PublicKey) -> None:
        """Raise unless the holder of `key` signed it: AlgorithmNotAllowed, InvalidSignature."""
        self.message.check(key)

    @property
    def signer(self) -> str | None:
        """Whose document it is: the issuer of a credential, the holder of a presentation."""
        return _signer_of(self.document, self.media_type)

    @property
    def method(self) -> str | None:
        """The verification method that `kid` names, as an absolute URL; None where it names none.

        A `kid` that is no URL names a key of the `iss`. Source: VC-JOSE-COSE, 4.1 and 4.3.
        """
        if self.key_id is None or absolute_uri(self.key_id):
            return self.key_id
        issuer = self.claims.get("iss")
        return f"{issuer}#{self.key_id.removeprefix('#')}" if isinstance(issuer, str) else None

    @property
    def signed_at(self) -> datetime | None:
        """When its signer says that it was signed, or that it begins to be good for anything."""
        times = [time for name in ("iat", "nbf") if (time := _time(self.claims, name)) is not None]
        return max(times, default=None)

    @property
    def expires(self) -> datetime | None:
        """When the signature ends, which need not be when the credential does."""
        return _time(self.claims, "exp")

    @property
    def proof(self) -> dict[str, str]:
        """The signature in the words of a proof of VC Data Integrity, for what asks about proofs."""
        said = {
            "type": self.media_type.full,
            "cryptosuite": self.algorithm,
            "verificationMethod": self.method,
            "created": None if self.signed_at is None else written_time(self.signed_at),
            "expires": None if self.expires is None else written_time(self.expires),
        }
        return {name: value for name, value in said.items() if value is not None}


# --- opening ------------------------------------------------------------------------------------------


def is_message(data: bytes) -> bool:
    """Whether bytes look like a message by themselves, as no JSON object can."""
    return data.startswith((b"ey", b"\xd2\x84", b"\x84"))


def open_wrapper(document: Mapping[str, Any]) -> Envelope:
    """What an EnvelopedVerifiableCredential or …Presentation carries. Raises EnvelopeRefused, JoseError."""
    found = message_of(document)
    if isinstance(found, Fault):
        raise _refusal(found)
    return open_message(found.message, found.media_type)


def open_message(message: bytes, media_type: MediaType | None = None) -> Envelope:
    """The envelope that a message is.

    Without a `media_type` from elsewhere, the message has to say itself what it is. With one, a header that says
    nothing will do, and one that says something else will not.

    Raises JoseError for what no signature could make good, EnvelopeRefused for what contradicts itself.
    """
    form = _form_of(message) if media_type is None else media_type.form
    if form is Form.COSE:
        return _open_cose(cose.read(message), media_type)
    try:
        text = message.decode("ascii")
    except UnicodeDecodeError:
        raise EnvelopeRefused("not-a-message", "The text is not a signed message.") from None
    if form is Form.SD_JWT:
        return _open_sd_jwt(sd_jwt.read(text), media_type)
    return _open_jwt(jose.read(text), media_type)


def _form_of(message: bytes) -> Form:
    if not message.startswith(b"ey"):
        return Form.COSE
    return Form.SD_JWT if b"~" in message else Form.JWT


def _open_jwt(jws: Jws, media_type: MediaType | None) -> Envelope:
    media_type = _media_type_of(jws, Form.JWT, media_type)
    return _envelope(media_type, jws.claims(), jws.header, jws.algorithm, jws.key_id, jws)


def _open_sd_jwt(message: SdJwt, media_type: MediaType | None) -> Envelope:
    jws = message.jwt
    media_type = _media_type_of(jws, Form.SD_JWT, media_type)
    return _envelope(media_type, message.claims, jws.header, jws.algorithm, jws.key_id, message)


def _open_cose(message: CoseSign1, media_type: MediaType | None) -> Envelope:
    expected, media_type = media_type, media_type or _known(message.typ, Form.COSE)
    message.expect(media_type, media_type.content, or_nothing=expected is not None)
    try:
        key_id = None if message.key_id is None else message.key_id.decode("utf-8")
    except UnicodeDecodeError:
        key_id = None
    claims = {
        name: message.cwt_claims[label] for label, name in _CWT_CLAIMS.items() if label in message.cwt_claims
    }
    document = jose.read_object(message.payload, "payload")
    return _envelope(media_type, document, claims, message.algorithm, key_id, message)


def _media_type_of(jws: Jws, form: Form, expected: MediaType | None) -> MediaType:
    """What the header says, held against what is expected. Raises WrongMediaType."""
    if jws.typ == "jwt":
        raise WrongMediaType(
            "This is a JWT in the format of VC Data Model 1.1 (typ JWT), which is not read as one of 2.0."
        )
    media_type = expected or _known(jws.typ, form)
    jws.expect(media_type, or_nothing=expected is not None)
    content = jws.header.get("cty", media_type.content)
    if jose.subtype(content) != media_type.content:
        raise WrongMediaType(
            f"The header says that {content[:60]!r} is inside, where {media_type.content!r} is needed."
        )
    return media_type


def _known(typ: str | None, form: Form) -> MediaType:
    for media_type in MediaType:
        if media_type == typ and media_type.form is form:
            return media_type
    said = "does not say what it is" if typ is None else f"says that it is {typ[:60]!r}"
    raise WrongMediaType(f"The message {said}, which is neither a credential nor a presentation.")


def _envelope(
    media_type: MediaType,
    payload: Mapping[str, Any],
    header: Mapping[str, Any],
    algorithm: str,
    key_id: str | None,
    message: Jws | SdJwt | CoseSign1,
) -> Envelope:
    """The document and the claims apart, once they do not contradict each other."""
    if not _OLDER_FORMAT.isdisjoint({*payload, *header}):
        raise EnvelopeRefused(
            "older-format",
            "The message has a claim vc or vp, which belongs to another format (VC-JOSE-COSE, 1.1.2.1).",
        )
    claims = {name: payload[name] for name in payload if name in _CLAIMS}
    for name in _CLAIMS & header.keys():  # RFC 7519, section 5.3: replicated, and so the same
        if claims.setdefault(name, header[name]) != header[name]:
            raise EnvelopeRefused("claim-contradicted", f"The header and the payload disagree about {name}.")
    document = {name: value for name, value in payload.items() if name not in _CLAIMS}
    envelope = Envelope(media_type, document, claims, algorithm, key_id, message)
    _refuse_contradictions(envelope)
    return envelope


def _refuse_contradictions(envelope: Envelope) -> None:
    """VC-JOSE-COSE, 3.1.3 and 4.1: what the message and its document both say, they say alike."""
    claims, document, signer = envelope.claims, envelope.document, envelope.signer
    if "iss" in claims and signer is not None and claims["iss"] != signer:
        raise EnvelopeRefused(
            "issuer-contradicted", "The message is by another than the document says (iss)."
        )
    if "jti" in claims and "id" in document and claims["jti"] != document["id"]:
        raise EnvelopeRefused(
            "id-contradicted", "The message and the document have different identifiers (jti)."
        )
    named = [subject["id"] for subject in subjects(document) if "id" in subject]
    if "sub" in claims and named and claims["sub"] not in named:
        raise EnvelopeRefused("subject-contradicted", "The message is about another than the document (sub).")
    if signer is not None and signer.startswith("did:") and envelope.key_id is None:
        raise EnvelopeRefused(
            "key-not-named", "The message does not say which key of its signer it is by (kid)."
        )
    for name in ("exp", "nbf"):
        numeric_date(claims, name)


def _time(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A date, or None: an `iat` that is none is a claim we do not understand, and such are left alone."""
    try:
        return numeric_date(claims, name)
    except MalformedMessage:
        return None


def _signer_of(document: Mapping[str, Any], media_type: MediaType) -> str | None:
    return holder_id(document) if media_type.is_presentation else issuer_id(document)


# --- sealing ------------------------------------------------------------------------------------------


def seal(
    document: Mapping[str, Any],
    signer: Signer,
    media_type: MediaType,
    *,
    method: str,
    at: datetime | None = None,
    hidden: Collection[Path] = (),
    holder: PublicKey | None = None,
    examples: bool = False,
) -> bytes:
    """The document in a message under the signer's signature, opened again and checked.

    `method` names the key: a verification method's URL, or any name its issuer's keys have. `at` is stated as the
    time of signing. What stands at the `hidden` paths of an SD-JWT is left to whoever holds it to show; `holder` is
    the key with which that is done; `examples` as for `faults`. The same input gives the same bytes, but for the salts
    of an SD-JWT.

    Raises EnvelopeRefused for a document that is none, or holds what nothing defines; BrokenDisclosure.
    """
    if found := faults(document, media_type, examples=examples) or _undefined(document):
        raise _refusal(found[0])
    claims = _claims_of(document, media_type, method, at)
    message = _signed(document, claims, signer, media_type, method, frozenset(hidden), holder)
    envelope = open_message(message, media_type)
    envelope.check(signer.public)
    if envelope.document != document:
        raise EnvelopeRefused(
            "name-of-a-claim", "The document has a member with a name that belongs to the message around it."
        )
    return message


def faults(document: Mapping[str, Any], media_type: MediaType, *, examples: bool = False) -> list[Fault]:
    """What is wrong with the shape of what is, or is to be, in a message; empty where nothing is.

    `examples` takes the words of examples for words (`wallet.formats.faults`).
    """
    if media_type.is_presentation:
        rules = [rule for rule in PRESENTATION_RULES if not (examples and rule is no_word_is_an_example)]
        return [fault for rule in rules for fault in rule(document)]
    return formats.faults(document, examples=examples)


def _signed(
    document: Mapping[str, Any],
    claims: Mapping[str, Any],
    signer: Signer,
    media_type: MediaType,
    method: str,
    hidden: frozenset[Path],
    holder: PublicKey | None,
) -> bytes:
    content = media_type.content
    try:
        match media_type.form:
            case Form.COSE:
                return cose.sign(
                    canonicalize(document),
                    signer,
                    typ=media_type.full,
                    content_type=f"application/{content}",
                    kid=method.encode(),
                    cwt_claims={label: claims[name] for label, name in _CWT_CLAIMS.items() if name in claims},
                )
            case Form.SD_JWT:
                return sd_jwt.issue(
                    {**document, **claims},
                    signer,
                    hidden=hidden,
                    typ=media_type,
                    cty=content,
                    kid=method,
                    holder=holder,
                    always_shown=_MAY_NOT_BE_HIDDEN,
                ).encode("ascii")
            case Form.JWT:
                payload = canonicalize({**document, **claims})
                return jose.sign(payload, signer, typ=media_type, cty=content, kid=method).encode("ascii")
    except NotCanonicalizable as error:
        raise EnvelopeRefused("not-json", str(error)) from error


def _claims_of(
    document: Mapping[str, Any], media_type: MediaType, method: str, at: datetime | None
) -> dict[str, Any]:
    """VC-JOSE-COSE, 4.3: a key named by its URL needs no `iss`; one that is not is a key of the `iss`."""
    claims: dict[str, Any] = {} if at is None else {"iat": int(at.timestamp())}
    signer = _signer_of(document, media_type)
    if not absolute_uri(method) and signer is not None:
        claims["iss"] = signer
    return claims


def _undefined(document: Mapping[str, Any]) -> list[Fault]:
    """Members that nothing defines: a misspelt `validUnitl` would be signed, and end nothing.

    Where we know every context, every member is looked at. Where one is not ours we cannot know what it defines,
    and look at the document's own members, where the rules of the data model are.
    """
    contexts = listed(document.get("@context"))
    if all(isinstance(context, str) and context in PINNED for context in contexts):
        try:
            canonical_nquads(document)
        except LinkedDataError as error:
            return [Fault("undefined", "", str(error))]
        return []
    known = set[str]().union(*(_terms(context) for context in contexts if isinstance(context, str)))
    strange = sorted(name for name in document if not name.startswith("@") and name not in known)
    return [
        Fault("undefined", f"/{name}", f"No context this wallet knows defines {name[:100]!r}.")
        for name in strange
    ]


@lru_cache(maxsize=64)
def _terms(context: str) -> frozenset[str]:
    """Every name that a pinned context gives a meaning to, wherever it applies; none for another context."""
    names: set[str] = set()
    stack: list[Any] = [PINNED[context]] if context in PINNED else []
    while stack:
        each = stack.pop()
        if isinstance(each, Mapping):
            names |= {name for name in each if not name.startswith("@")}
            stack += each.values()
        elif isinstance(each, list | tuple):
            stack += each
    return frozenset(names)


def _refusal(fault: Fault) -> EnvelopeRefused:
    return EnvelopeRefused(fault.reason, fault.sentence)
