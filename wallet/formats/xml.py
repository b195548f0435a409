"""Reading XML from strangers: bounded, without document types, without entities, and asking nobody.

A first pass with expat looks at the shape only, and stops at the first thing that has no place in a record: a
document type (and with it every entity), elements nested too deep, or too many of them. Only then is the text
read into a tree. What a name or a number says is the whole text of its element: a comment in `6<!-- -->0` is no
end, for it was signed as `60`.
"""

from typing import Final
from xml.parsers import expat

from lxml import etree

from wallet.errors import WalletError

SIZE_LIMIT: Final = 10 * 1024 * 1024
"""Bytes. Transcripts carry documents for people as attachments."""
DEPTH_LIMIT: Final = 60
ELEMENT_LIMIT: Final = 100_000


class XmlRefused(WalletError):
    """The text is no XML that is read here; the message says why."""


def read_xml(data: bytes) -> etree._Element:
    """The root of the document. Raises XmlRefused: too large, not UTF-8, not well-formed, a document type, too deep."""
    if len(data) > SIZE_LIMIT:
        raise XmlRefused(f"The document is larger than {SIZE_LIMIT} bytes.")
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise XmlRefused("The document is not written in UTF-8.") from error
    _look_over(data)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        root: etree._Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefused("The document is not well-formed XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("The document has a document type, which no record needs.")
    return root


def said(element: etree._Element | None) -> str:
    """All the text in an element, comments left out and space made single; nothing where there is no element."""
    if element is None:
        return ""
    # Most elements hold their text and nothing else; a comment in it would be a child.
    text = str(element.xpath("string()")) if len(element) else element.text or ""
    return " ".join(text.split())


def _look_over(data: bytes) -> None:
    depth = elements = 0

    def opened(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > DEPTH_LIMIT:
            raise XmlRefused(f"The document is nested deeper than {DEPTH_LIMIT} elements.")
        if elements > ELEMENT_LIMIT:
            raise XmlRefused(f"The document has more than {ELEMENT_LIMIT} elements.")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def typed(*_declared: object) -> None:
        raise XmlRefused("The document has a document type, which no record needs.")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = typed
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlRefused("The document is not well-formed XML.") from error
