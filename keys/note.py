"""Signed notes: a text, and beneath it the lines of those who signed it.

    records.example/log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — records.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
    — witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+…

A line names its key and says nothing of whether to believe it: a note means nothing until a key that the reader
knows from elsewhere has signed it, and lines of other keys are ignored. A key is written as a verifier key,
`name+hex of the key's id+base64 of a type byte and the key`.

Two types of signature, both Ed25519. A plain one (0x01) covers the text. A cosignature (0x04) also states when
it was made: "at that time this was the newest text of the kind that I had seen, and it followed from the others".

Source: C2SP signed-note v1.0.0, tlog-cosignature v1.0.0.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from typing import Final

from keys.errors import InvalidKey, InvalidSignature, MalformedNote, NotSignedBy
from keys.signing import KeyKind, PublicKey, Signer

__all__ = ["Note", "NoteKey", "NoteSignature", "SignatureType", "cosign", "from_base64", "sign", "to_base64"]

MOST_BYTES: Final = 64 * 1024
MOST_SIGNATURES: Final = 64
"""A reader must take 16; past these nobody reads on."""

_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_LINE: Final = re.compile(r"— (?P<name>\S+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_VERIFIER_KEY: Final = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class SignatureType(IntEnum):
    """The byte that tells the types apart (signed-note, Signature types)."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


class NoteKey:
    """A key by which a note can be checked: whose it is called, for which type of signature."""

    __slots__ = ("id", "name", "public", "type")

    def __init__(
        self,
        name: str,
        public: PublicKey,
        type: SignatureType = SignatureType.ED25519,  # noqa: A002 - the format's word
    ) -> None:
        """Raises InvalidKey for a name with spaces or a plus in it, and for a key of another kind than Ed25519."""
        if not name or "+" in name or any(letter.isspace() or not letter.isprintable() for letter in name):
            raise InvalidKey(f"{name[:100]!a} cannot name a key: a name has no spaces and no plus in it.")
        if public.kind is not KeyKind.ED25519:
            raise InvalidKey("Notes are signed with Ed25519 keys.")
        self.name: Final = name
        self.public: Final = public
        self.type: Final = type
        self.id: Final = sha256(name.encode() + b"\n" + bytes([type]) + public.raw).digest()[:_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> "NoteKey":
        """Of a verifier key, `records.example/log+5f1a2b3c+AQ…`. Raises InvalidKey."""
        found = _VERIFIER_KEY.fullmatch(text)
        if found is None:
            raise InvalidKey(
                f"{text[:100]!a} is not a verifier key; it looks like example.org/log+5f1a2b3c+AQ…."
            )
        try:
            written = from_base64(found["key"])
            type_ = SignatureType(written[0])
        except MalformedNote as error:
            raise InvalidKey("The verifier key is not written in the one way base64 is written.") from error
        except (IndexError, ValueError):
            raise InvalidKey(
                "The verifier key is for a type of signature that this program does not have."
            ) from None
        key = cls(found["name"], PublicKey(written[1:]), type_)
        if key.id.hex() != found["id"]:
            raise InvalidKey("The verifier key was mistyped: its id is not that of its key.")
        return key

    @property
    def text(self) -> str:
        """The verifier key, as it is handed to readers."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.type]) + self.public.raw)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoteKey) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"NoteKey({self.text})"


class NoteSignature:
    """One line beneath a note: the key it names, and the bytes."""

    __slots__ = ("id", "name", "raw")

    def __init__(self, name: str, id_: bytes, raw: bytes) -> None:
        self.name: Final = name
        self.id: Final = id_
        self.raw: Final = raw

    @classmethod
    def parse(cls, line: str) -> "NoteSignature":
        """Of one line, without its end. Raises MalformedNote."""
        found = _LINE.fullmatch(line)
        if found is None or "+" in found["name"]:
            raise MalformedNote("A line beneath the note is not a signature.")
        written = from_base64(found["signature"])
        if len(written) <= _ID_BYTES:
            raise MalformedNote("A signature beneath the note is empty.")
        return cls(found["name"], written[:_ID_BYTES], written[_ID_BYTES:])

    @property
    def line(self) -> str:
        return f"— {self.name} {to_base64(self.id + self.raw)}\n"


class Note:
    """A note as it was read: nothing of it has been checked but its form."""

    __slots__ = ("signatures", "text")

    def __init__(self, text: str, signatures: tuple[NoteSignature, ...] = ()) -> None:
        self.text: Final = text
        self.signatures: Final = signatures

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """Of the bytes, which can be written in one way only. Raises MalformedNote."""
        if len(data) > MOST_BYTES:
            raise MalformedNote(f"The note is longer than {MOST_BYTES} bytes.")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise MalformedNote("The note is not UTF-8.") from None
        if _CONTROL.search(whole):
            raise MalformedNote("The note holds control characters.")
        text, blank, beneath = whole.rpartition("\n\n")
        if not blank or not text or not beneath.endswith("\n"):
            raise MalformedNote("This is not a signed note: a text, an empty line, and lines of signatures.")
        lines = beneath[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise MalformedNote(f"The note has more than {MOST_SIGNATURES} signatures.")
        return cls(text + "\n", tuple(NoteSignature.parse(line) for line in lines))

    def to_bytes(self) -> bytes:
        """The note with its signatures, as it is published."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def with_signatures(self, *more: NoteSignature) -> "Note":
        """The same note with these lines too; a line that is there already is not doubled."""
        lines = {signature.line: signature for signature in (*self.signatures, *more)}
        return Note(self.text, tuple(lines.values()))

    def check(self, key: NoteKey) -> datetime | None:
        """When the key signed the note, where that type of signature says so.

        Raises NotSignedBy where there is no line of this key, and InvalidSignature where one does not hold: with
        a key that is known, a false line condemns the whole note.
        """
        made: list[datetime | None] = [
            _check(self.text, signature.raw, key)
            for signature in self.signatures
            if (signature.name, signature.id) == (key.name, key.id)
        ]
        if not made:
            raise NotSignedBy(f"The note is not signed by {key.name}.")
        return made[0]


def sign(text: str, name: str, signer: Signer) -> NoteSignature:
    """The plain signature of a text that ends its last line. Raises MalformedNote, InvalidKey."""
    key = NoteKey(name, signer.public)
    return NoteSignature(name, key.id, signer.sign(_signable(text)))


def cosign(text: str, name: str, signer: Signer, at: datetime) -> NoteSignature:
    """The cosignature: the same, and when; whole seconds. Raises MalformedNote, InvalidKey."""
    key = NoteKey(name, signer.public, SignatureType.COSIGNATURE)
    seconds = int(at.timestamp())
    message = _cosigned(_signable(text), seconds)
    return NoteSignature(name, key.id, seconds.to_bytes(_TIME_BYTES, "big") + signer.sign(message))


def to_base64(data: bytes) -> str:
    """In the alphabet of RFC 4648, section 4, padded."""
    return b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """Raises MalformedNote for anything but the one way to write these bytes."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise MalformedNote("What should be base64 is not.") from None
    if to_base64(data) != text:
        raise MalformedNote("What should be base64 is not written in the one way it may be written.")
    return data


def _check(text: str, raw: bytes, key: NoteKey) -> datetime | None:
    if key.type is SignatureType.ED25519:
        key.public.verify(raw, text.encode())
        return None
    seconds = int.from_bytes(raw[:_TIME_BYTES], "big")
    key.public.verify(raw[_TIME_BYTES:], _cosigned(text.encode(), seconds))
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise InvalidSignature("The cosignature was made at a time that is none.") from None


def _cosigned(text: bytes, seconds: int) -> bytes:
    """What a cosignature covers (tlog-cosignature, Ed25519 signed message)."""
    return f"cosignature/v1\ntime {seconds}\n".encode() + text


def _signable(text: str) -> bytes:
    if not text.endswith("\n") or text == "\n" or _CONTROL.search(text):
        raise MalformedNote("A note is a text of whole lines, without control characters.")
    return text.encode()
