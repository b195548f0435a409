"""`wallet jose`: sign documents as messages, and verify such messages, with a key in a file and nothing else.

It asks whether a message is what a specification says, and by this key; not whose the key is, whether the document
is in force, or what the messages inside a presentation are worth: that is `wallet verify`. The answer is a file,
for test suites that run one program after another:

    {"result": "success" | "failure" | "indeterminate", "data": "eyJhbGci… or why not"}

Source: Securing Verifiable Credentials using JOSE and COSE; Controlled Identifiers 1.0, "JsonWebKey".
"""

import json
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from typer import BadParameter, Exit, Option, Typer, TyperException

from cli.command import command
from cli.desk import Desk
from cli.options import moment
from keys import strict_json
from keys.errors import BrokenDisclosure, InvalidKey, KeysError, MalformedJson, UnsupportedAlgorithm
from keys.jwk import public_key_of_jwk, signer_of_jwk, thumbprint
from keys.sd_jwt import Path as PlaceInDocument
from keys.sd_jwt import parse_path
from keys.signing import PublicKey, Signer
from wallet.enveloping import Envelope, EnvelopeRefused, faults, open_message, seal
from wallet.errors import WalletError
from wallet.formats.enveloped import Form, MediaType, from_base64

app = Typer(help="Sign and verify credentials as JOSE and COSE messages.")

_LIMIT: Final = strict_json.DEFAULT.size


class Feature(StrEnum):
    """What is signed and how, as the test suites call it."""

    CREDENTIAL_JOSE = "credential_jose"
    CREDENTIAL_SD_JWT = "credential_sdjwt"
    CREDENTIAL_COSE = "credential_cose"
    PRESENTATION_JOSE = "presentation_jose"
    PRESENTATION_SD_JWT = "presentation_sdjwt"
    PRESENTATION_COSE = "presentation_cose"

    @property
    def media_type(self) -> MediaType:
        content, _, form = self.value.partition("_")
        return MediaType(_CONTENT[content] + "+" + _FORM[form])


_CONTENT: Final = {"credential": "vc", "presentation": "vp"}
_FORM: Final = {"jose": "jwt", "sdjwt": "sd-jwt", "cose": "cose"}


class Result(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"
    INDETERMINATE = "indeterminate"


_EXIT_CODES: Final = {Result.SUCCESS: 0, Result.FAILURE: 1, Result.INDETERMINATE: 3}


class Unreadable(TyperException):
    """What was named cannot be read, so nothing was signed or verified."""

    exit_code = 2


Input = Annotated[Path, Option("--input", metavar="FILE", help="The document, or the message.")]
KeyFile = Annotated[
    Path,
    Option("--key", metavar="FILE", help="A verification method or controller document, with JSON Web Keys."),
]
FeatureOption = Annotated[Feature, Option("--feature", help="What is signed, and how.")]
Output = Annotated[
    Path | None,
    Option("--output", metavar="FILE", help="Where the answer is written; else to standard output."),
]


@dataclass(frozen=True)
class Hidden:
    """What the holder of an SD-JWT may show or not."""

    paths: tuple[PlaceInDocument, ...] = ()


def hidden(typed: str) -> Hidden:
    """A JSON array of paths, `["credentialSubject.results[0]"]`."""
    try:
        listed = strict_json.parse(typed)
        if not isinstance(listed, list):
            raise BadParameter(f"{typed!r} is not an array of paths.")
        return Hidden(tuple(parse_path(path if isinstance(path, str) else "") for path in listed))
    except (MalformedJson, BrokenDisclosure) as error:
        raise BadParameter(f"{typed!r} is not an array of paths. {error}") from error


@command(app, "issue")
def issue(
    desk: Desk,
    source: Input,
    key: KeyFile,
    feature: FeatureOption,
    output: Output = None,
    sd: Annotated[
        Hidden | None,
        Option(
            "--sd", parser=hidden, metavar="JSON", help='What its holder may hide: ["credentialSubject.id"].'
        ),
    ] = None,
) -> None:
    """Sign a credential or presentation as a message.

    Ends with 0 where it was signed, with 1 where the document or the key will not do.
    """
    media_type = feature.media_type
    paths = () if sd is None else sd.paths
    if paths and media_type.form is not Form.SD_JWT:
        raise BadParameter("Only an SD-JWT can hide anything: --sd goes with the sdjwt features.")

    def signed() -> str:
        named = _key_file(key).for_signing()
        message = seal(
            _object(_read(source), source), named.signer, media_type, method=named.method, hidden=paths
        )
        return _text(message, media_type.form)

    _answer(desk, output, signed)


@command(app, "verify")
def verify(
    desk: Desk,
    source: Input,
    key: KeyFile,
    feature: FeatureOption,
    output: Output = None,
    at: Annotated[
        datetime | None,
        Option(
            "--at", parser=moment, metavar="TIME", help="Refuse a signature that is not good then (nbf, exp)."
        ),
    ] = None,
) -> None:
    """Verify that a message is well made, and by this key.

    Ends with 0 where it is, 1 where it is not, 3 where it is signed in a way that cannot be checked here. Time is not
    asked about without --at, and the credential's own period never is.
    """
    media_type = feature.media_type

    def verified() -> str:
        envelope = open_message(_message(_read(source), media_type.form), media_type)
        envelope.check(_key_file(key).for_checking(envelope))
        if found := faults(envelope.document, media_type):
            raise EnvelopeRefused(found[0].reason, found[0].sentence)
        _refuse_out_of_time(envelope, at)
        return json.dumps(envelope.document, ensure_ascii=False)

    _answer(desk, output, verified)


def _answer(desk: Desk, output: Path | None, act: Callable[[], str]) -> None:
    """Do it, write down what came of it, and end with the code that says the same."""
    unreadable: Unreadable | None = None
    try:
        result, data = Result.SUCCESS, act()
    except UnsupportedAlgorithm as error:
        result, data = Result.INDETERMINATE, str(error)
    except (KeysError, WalletError) as error:
        result, data = Result.FAILURE, str(error)
    except Unreadable as error:
        result, data, unreadable = Result.FAILURE, error.message, error
    document = {"result": result.value, "data": data}
    if output is None:
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        output.write_text(json.dumps(document) + "\n", encoding="utf-8")
        said = "" if result is Result.SUCCESS else f" {data}"
        desk.answer({**document, "file": str(output)}, f"{result.capitalize()}.{said}")
    if unreadable is not None:
        raise unreadable
    raise Exit(_EXIT_CODES[result])


def _refuse_out_of_time(envelope: Envelope, at: datetime | None) -> None:
    if at is None:
        return
    if envelope.expires is not None and at >= envelope.expires:
        raise EnvelopeRefused("signature-expired", "The signature is no longer good (exp).")
    if envelope.signed_at is not None and at < envelope.signed_at:
        raise EnvelopeRefused("signature-not-yet-good", "The signature is not good yet (nbf, iat).")


# --- messages in files --------------------------------------------------------------------------------


def _message(data: bytes, form: Form) -> bytes:
    """The message in a file: white space around it is the file's, and CBOR is in base64."""
    text = data.strip()
    if form is not Form.COSE:
        return text
    message = from_base64(text.decode("ascii", errors="replace"))
    if message is None:
        raise EnvelopeRefused("not-base64", "The message is not CBOR in base64.")
    return message


def _text(message: bytes, form: Form) -> str:
    """A message as it is written in an answer: CBOR in base64 without padding, as the suites' own files have it."""
    return (b64encode(message).rstrip(b"=") if form is Form.COSE else message).decode("ascii")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > _LIMIT:
        raise Unreadable(f"{path} is longer than the {_LIMIT} bytes accepted.")
    return data


def _object(data: bytes, path: Path) -> dict[str, Any]:
    value = strict_json.parse(data)
    if not isinstance(value, dict):
        raise EnvelopeRefused("not-an-object", f"{path} holds JSON, but not an object.")
    return value


# --- keys in files ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _NamedSigner:
    signer: Signer
    method: str


@dataclass(frozen=True)
class _KeyDocument:
    """The verification methods of a file: it is one of them, lists them, or is a bare JSON Web Key."""

    methods: tuple[Mapping[str, Any], ...]

    def for_signing(self) -> _NamedSigner:
        """The one method with a private key, named by its id. Raises InvalidKey."""
        secret = [method for method in self.methods if isinstance(method.get("secretKeyJwk"), dict)]
        if len(secret) != 1:
            raise InvalidKey(
                f"The key file holds {len(secret)} private keys (secretKeyJwk), where one is needed."
            )
        [method] = secret
        signer = signer_of_jwk(method["secretKeyJwk"])
        if "publicKeyJwk" in method and _public(method) != signer.public:
            raise InvalidKey("The key file joins a private key to a public key that is not its own.")
        name = method.get("id") or method["secretKeyJwk"].get("kid") or thumbprint(signer.public)
        if not isinstance(name, str):
            raise InvalidKey("The key's id is not a text.")
        return _NamedSigner(signer, name)

    def for_checking(self, envelope: Envelope) -> PublicKey:
        """The only method; of several, the one the message names. Raises InvalidKey."""
        found = self.methods
        if len(found) > 1:
            names = {envelope.method, envelope.key_id} - {None}
            found = tuple(method for method in found if not names.isdisjoint(_names(method)))
        if len(found) != 1:
            raise InvalidKey("The key file does not hold exactly one key that the message could be by.")
        return _public(found[0])


def _key_file(path: Path) -> _KeyDocument:
    document = _object(_read(path), path)
    if "kty" in document:
        secret = {"secretKeyJwk": document} if "d" in document else {"publicKeyJwk": document}
        return _KeyDocument((secret,))
    listed = document.get("verificationMethod", [document])
    methods = [method for method in listed if isinstance(method, dict)] if isinstance(listed, list) else []
    if not methods:
        raise InvalidKey("The key file holds no verification method.")
    return _KeyDocument(tuple(methods))


def _public(method: Mapping[str, Any]) -> PublicKey:
    public, secret = method.get("publicKeyJwk"), method.get("secretKeyJwk")
    if isinstance(public, dict):
        return public_key_of_jwk(public)
    if isinstance(secret, dict):
        return signer_of_jwk(secret).public
    raise InvalidKey("The verification method holds no JSON Web Key (publicKeyJwk).")


def _names(method: Mapping[str, Any]) -> set[str]:
    """What a message may call the key: its method's id, or its JSON Web Key's."""
    jwk = method.get("publicKeyJwk")
    named = (method.get("id"), jwk.get("kid") if isinstance(jwk, dict) else None)
    return {name for name in named if isinstance(name, str)}
