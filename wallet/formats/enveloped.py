"""Credentials and presentations inside a signed message, and the objects that carry such a message.

    {"@context": "https://www.w3.org/ns/credentials/v2",
     "type": "EnvelopedVerifiableCredential",
     "id": "data:application/vc+jwt,eyJhbGciOiJFUzI1NiIsInR5cCI6InZjK2p3dCJ9.eyJAY29…"}

    media type     message
    vc+jwt         a JWS; the credential is its payload
    vc+sd-jwt      an SD-JWT; the credential is what it shows
    vc+cose        a COSE_Sign1 in base64: "data:application/vc+cose;base64,0oRYV…"

Presentations are the same with `vp`. The object around a message is signed by nobody, so it may say nothing but
what is above.

Source: VC Data Model 2.0, 4.12 and 4.13; Securing Verifiable Credentials using JOSE and COSE, 3 and 6.1;
RFC 2397 (data: URLs).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from wallet.formats import data_model
from wallet.formats.shape import VC_2, Document, Fault, Rule, absolute_uri, listed, placed, types_of

__all__ = [
    "PRESENTATION_RULES",
    "DataUrl",
    "Form",
    "MediaType",
    "data_url",
    "from_base64",
    "holder_id",
    "is_wrapper",
    "message_of",
    "wrapper",
]


class Form(StrEnum):
    """How a message is made."""

    JWT = "jwt"
    SD_JWT = "sd-jwt"
    COSE = "cose"


class MediaType(StrEnum):
    """What a message holds and how it is made, as `typ` says it."""

    VC_JWT = "vc+jwt"
    VP_JWT = "vp+jwt"
    VC_SD_JWT = "vc+sd-jwt"
    VP_SD_JWT = "vp+sd-jwt"
    VC_COSE = "vc+cose"
    VP_COSE = "vp+cose"

    @property
    def content(self) -> str:
        """`vc` or `vp`: what `cty` says of the document inside."""
        return self.value.partition("+")[0]

    @property
    def form(self) -> Form:
        """How the message is made."""
        return Form(self.value.partition("+")[2])

    @property
    def is_presentation(self) -> bool:
        return self.content == "vp"

    @property
    def full(self) -> str:
        """`application/vc+jwt`."""
        return f"application/{self.value}"


class DataUrl(NamedTuple):
    """What a data: URL of one of our media types holds."""

    media_type: MediaType
    message: bytes


def data_url(media_type: MediaType, message: bytes) -> str:
    """The message as a data: URL: a text as it is, CBOR in base64."""
    if media_type.form is Form.COSE:
        return f"data:{media_type.full};base64,{b64encode(message).decode('ascii')}"
    return f"data:{media_type.full},{message.decode('ascii')}"


def wrapper(media_type: MediaType, message: bytes) -> dict[str, Any]:
    """The object that carries the message."""
    return {
        "@context": VC_2,
        "type": _WRAPPER_OF[media_type.content],
        "id": data_url(media_type, message),
    }


def is_wrapper(document: Document) -> bool:
    """Whether a document says that it only carries a message."""
    return not _WRAPPED.isdisjoint(types_of(document))


def message_of(document: Document) -> DataUrl | Fault:
    """The message that an object carries; or what is wrong with the object."""
    contexts, types = listed(document.get("@context")), listed(document.get("type"))
    if document.keys() - {"@context", "type", "id"}:
        return Fault("envelope-says-more", "", "An envelope says more than the message in it, unsigned.")
    if contexts[:1] != [VC_2] or any(not isinstance(context, str) for context in contexts):
        return Fault("context-order", "/@context", "An envelope is not in the words of credentials 2.0.")
    found = _read_data_url(document.get("id"))
    if found is None:
        return Fault("envelope-not-a-message", "/id", "An envelope's id is not a message this wallet reads.")
    if types != [_WRAPPER_OF[found.media_type.content]]:
        return Fault("envelope-of-another-kind", "/type", "An envelope is not of the type of what it holds.")
    return found


def from_base64(text: str) -> bytes | None:
    """The bytes of base64 (RFC 4648, section 4), padded in full or not at all; None for any other text."""
    bare = text.rstrip("=")
    if len(text) not in (len(bare), -(-len(bare) // 4) * 4):
        return None
    try:
        data = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (NotBase64, ValueError):
        return None
    return data if b64encode(data).decode("ascii").rstrip("=") == bare else None


_WRAPPER_OF: Final = {"vc": "EnvelopedVerifiableCredential", "vp": "EnvelopedVerifiablePresentation"}
_WRAPPED: Final = frozenset(_WRAPPER_OF.values())
_DATA_URL: Final = re.compile(
    r"data:application/(?P<type>v[cp]\+(?:jwt|sd-jwt|cose))(?P<base64>;base64)?,(?P<content>[!-~]+)", re.ASCII
)


def _read_data_url(value: Any) -> DataUrl | None:
    """Of the one way each media type is written: nothing percent-encoded, base64 for CBOR and only for it."""
    found = _DATA_URL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    media_type = MediaType(found["type"])
    if (media_type.form is Form.COSE) != (found["base64"] is not None):
        return None
    message = from_base64(found["content"]) if found["base64"] else found["content"].encode("ascii")
    return None if message is None else DataUrl(media_type, message)


# --- the model of a presentation ----------------------------------------------------------------------


def presentation_type_is_stated(document: Document) -> Iterator[Fault]:
    """`type` names VerifiablePresentation. Source: VCDM 2.0, 4.12."""
    if "VerifiablePresentation" not in types_of(document):
        yield Fault("type-missing", "/type", "The document does not say that it is a presentation.")


def holder_is_identified(document: Document) -> Iterator[Fault]:
    """`holder`, where given, is a URI, or an object with one as id. Source: VCDM 2.0, 4.12."""
    if "holder" in document and not absolute_uri(holder_id(document)):
        yield Fault("holder-malformed", "/holder", "The holder is not identified by an absolute URI.")


def credentials_are_enveloped(document: Document) -> Iterator[Fault]:
    """Whatever is presented is in an envelope. Source: VC-JOSE-COSE, 3.1.2, 3.2.2 and 3.3.2.

    That the message inside holds is not asked here: it is its own issuer's, and verified by itself.
    """
    for value, pointer in placed(document.get("verifiableCredential"), "/verifiableCredential"):
        message = value.get("id") if isinstance(value, Mapping) else None
        if types_of(value) != (_WRAPPER_OF["vc"],) or listed(value.get("@context"))[:1] != [VC_2]:
            yield Fault("credential-not-enveloped", pointer, "A credential presented is not in an envelope.")
        elif not isinstance(message, str) or not message.startswith(_OF_A_CREDENTIAL):
            yield Fault(
                "envelope-not-a-message", f"{pointer}/id", "An envelope's id is not a signed message."
            )


_OF_A_CREDENTIAL: Final = tuple(
    f"data:{media_type.full}{';base64' if media_type.form is Form.COSE else ''},"
    for media_type in MediaType
    if not media_type.is_presentation
)

PRESENTATION_RULES: tuple[Rule, ...] = (
    data_model.no_word_is_an_example,
    data_model.members_are_plain_terms,
    data_model.context_comes_first,
    data_model.id_is_one_uri,
    presentation_type_is_stated,
    holder_is_identified,
    credentials_are_enveloped,
)
"""The model of a presentation whose credentials are enveloped."""


def holder_id(document: Document) -> str | None:
    """The holder's identifier, whichever of the two ways it is written."""
    holder = document.get("holder")
    value = holder.get("id") if isinstance(holder, Mapping) else holder
    return value if isinstance(value, str) else None
