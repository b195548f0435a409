"""Pictures that carry a credential: what was baked into a PNG or an SVG, taken out again.

A PNG keeps it in an `iTXt` chunk named `openbadgecredential` (or `clrcredential`), an SVG in an element
`<openbadges:credential>`. Source: Open Badges 3.0, 5.3; PNG (Third Edition), 11.3.3.
"""

import zlib
from typing import Final
from xml.parsers import expat

from wallet.errors import WalletError

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORDS: Final = (b"openbadgecredential", b"clrcredential")
_ELEMENTS: Final = (
    "https://purl.imsglobal.org/ob/v3p0 credential",
    "https://purl.imsglobal.org/clr/v2p0 credential",
)
_MOST_BYTES: Final = 4 * 1024 * 1024


class NothingBaked(WalletError):
    """A picture that carries no credential, or is broken before it could be found."""


def is_picture(content: bytes) -> bool:
    """Whether it is a PNG, or something that begins like an SVG."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return content.startswith(_PNG) or (start.startswith(b"<") and b"<svg" in content[:4096])


def unbaked(picture: bytes) -> bytes:
    """The credential as it was baked. Raises NothingBaked."""
    found = _from_png(picture) if picture.startswith(_PNG) else _from_svg(picture)
    if not found:
        raise NothingBaked("The picture carries no credential.")
    return found


def _from_png(picture: bytes) -> bytes | None:
    place = len(_PNG)
    while place + 12 <= len(picture):
        size = int.from_bytes(picture[place : place + 4])
        kind = picture[place + 4 : place + 8]
        content = picture[place + 8 : place + 8 + size]
        check = picture[place + 8 + size : place + 12 + size]
        if len(check) < 4 or zlib.crc32(kind + content) != int.from_bytes(check):
            raise NothingBaked("The picture is damaged.")
        if kind == b"iTXt":
            keyword, _, rest = content.partition(b"\0")
            if keyword in _KEYWORDS:
                return _text_of(rest)
        place += 12 + size
    return None


def _text_of(rest: bytes) -> bytes:
    """Flag of compression, its method, language, translated keyword, text. Baked text is never compressed."""
    if rest[:1] != b"\0":
        raise NothingBaked("The credential in the picture is compressed, which is not allowed.")
    return rest[2:].partition(b"\0")[2].partition(b"\0")[2]


def _from_svg(picture: bytes) -> bytes | None:
    """What the element says: its text, or its attribute `verify`, which holds a signed message."""
    found: list[str] = []
    inside = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name in _ELEMENTS:
            inside += 1
            found.append(attributes.get("verify", ""))

    def end(name: str) -> None:
        nonlocal inside
        inside -= name in _ELEMENTS

    def text(said: str) -> None:
        if inside:
            found.append(said)

    def typed(_name: str, _system: str | None, _public: str | None, has_internal_subset: bool) -> None:
        # That it names the type of SVG, as drawing programs make it do, is no harm: nobody is asked for it.
        if has_internal_subset:
            raise NothingBaked(
                "The picture declares a document type of its own, which no baked picture needs."
            )

    def skipped(*_: object) -> None:
        raise NothingBaked("The picture holds an entity that stands for something else.")

    if len(picture) > _MOST_BYTES:
        raise NothingBaked("The picture is too large to be looked through.")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = typed
    parser.SkippedEntityHandler = skipped
    try:
        parser.Parse(picture, True)
    except expat.ExpatError as error:
        raise NothingBaked("The picture cannot be read.") from error
    return "".join(found).strip().encode()
