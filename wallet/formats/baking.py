"""Pictures that carry a credential: baked into a PNG or an SVG, and taken out again.

A PNG keeps it in an `iTXt` chunk named `openbadgecredential` (or `clrcredential`), an SVG in an element
`<openbadges:credential>`. Source: Open Badges 3.0, 5.3; PNG (Third Edition), 11.3.3.
"""

import zlib
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from lxml import etree

from keys import strict_json
from keys.errors import MalformedJson
from wallet.errors import WalletError
from wallet.formats.shape import types_of
from wallet.formats.xml import XmlRefused, read_xml

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORDS: Final = (b"openbadgecredential", b"clrcredential")
_ELEMENTS: Final = (
    "https://purl.imsglobal.org/ob/v3p0 credential",
    "https://purl.imsglobal.org/clr/v2p0 credential",
)
MOST_BYTES: Final = 4 * 1024 * 1024


class NothingBaked(WalletError):
    """A picture that carries no credential, or is broken before it could be found."""


class NotBakeable(WalletError):
    """What a credential was to be put into is no PNG and no SVG, or is damaged."""


def is_picture(content: bytes) -> bool:
    """Whether it is a PNG, or something that begins like an SVG."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return content.startswith(_PNG) or (start.startswith(b"<") and b"<svg" in content[:4096])


def bake(picture: bytes, credential: bytes) -> bytes:
    """The picture with the credential in it, and with no other one. Raises NotBakeable.

    A signed message goes in as its text, a document as it was signed. Source: Open Badges 3.0, 5.3.1 and 5.3.2.
    """
    in_a_record = _is_record(credential)
    if picture.startswith(_PNG):
        return _into_png(picture, credential, _KEYWORDS[in_a_record])
    if is_picture(picture):
        return _into_svg(picture, credential, _ELEMENTS[in_a_record].partition(" ")[0])
    raise NotBakeable("A credential is baked into a PNG or an SVG, and this is neither.")


def _is_record(credential: bytes) -> bool:
    try:
        document = strict_json.parse(credential)
    except MalformedJson:
        return False
    return isinstance(document, dict) and "ClrCredential" in types_of(document)


def _into_png(picture: bytes, credential: bytes, keyword: bytes) -> bytes:
    """After the header, uncompressed, and without what was baked before. Source: PNG (Third Edition), 5.3, 11.3.3.4."""
    chunks = []
    try:
        for kind, content in _chunks(picture):
            if not (kind == b"iTXt" and content.partition(b"\0")[0] in _KEYWORDS):
                chunks.append((kind, content))
    except NothingBaked as error:
        raise NotBakeable(str(error)) from error
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise NotBakeable("The picture is damaged.")
    chunks.insert(1, (b"iTXt", keyword + b"\0\0\0\0\0" + credential))
    return _PNG + b"".join(
        len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)
        for kind, content in chunks
    )


def _into_svg(picture: bytes, credential: bytes, space: str) -> bytes:
    """As the first thing in it. Source: Open Badges 3.0, 5.3.2.1."""
    try:
        root = read_xml(picture)
    except XmlRefused as error:
        raise NotBakeable(f"The picture cannot be read. {error}") from error
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        raise NotBakeable("A credential is baked into a PNG or an SVG, and this is neither.")
    for name in _ELEMENTS:
        for old in root.findall(f"{{{name.replace(' ', '}')}"):
            root.remove(old)
    element = etree.Element(f"{{{space}}}credential", nsmap={"openbadges": space})
    element.text = credential.decode()
    root.insert(0, element)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def unbaked(picture: bytes) -> bytes:
    """The credential as it was baked. Raises NothingBaked."""
    found = _from_png(picture) if picture.startswith(_PNG) else _from_svg(picture)
    if not found:
        raise NothingBaked("The picture carries no credential.")
    return found


def _from_png(picture: bytes) -> bytes | None:
    for kind, content in _chunks(picture):
        if kind == b"iTXt":
            keyword, _, rest = content.partition(b"\0")
            if keyword in _KEYWORDS:
                return _text_of(rest)
    return None


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's kind and content. Raises NothingBaked where one is damaged."""
    place = len(_PNG)
    while place + 12 <= len(picture):
        size = int.from_bytes(picture[place : place + 4])
        kind = picture[place + 4 : place + 8]
        content = picture[place + 8 : place + 8 + size]
        check = picture[place + 8 + size : place + 12 + size]
        if len(check) < 4 or zlib.crc32(kind + content) != int.from_bytes(check):
            raise NothingBaked("The picture is damaged.")
        yield kind, content
        place += 12 + size


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

    if len(picture) > MOST_BYTES:
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
