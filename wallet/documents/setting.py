"""Setting what is printed as a PDF, by typst: PDF/A-3a and PDF/UA-1, with every signed text attached.

What is set goes in as JSON and is never markup, so that no name can be an order. The layout draws no package and no
font from anywhere but typst's own wheel. The same document is always the same bytes.
"""

import io
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import segno
import typst

from wallet.documents.printed import FILE, Printed
from wallet.documents.words import Voice
from wallet.errors import WalletError

_LAYOUT: Final = Path(__file__).with_name("layout.typ")
_LAYOUT_VERSION: Final = 1
"""It grows by one with every change of the layout or its words: an older document is not set again by a newer one."""
_LONG: Final = re.compile(r"\S{25,}")
_BREAK: Final = "\N{ZERO WIDTH SPACE}"


class NotPrintable(WalletError):
    """Something in the document cannot be set, such as a letter that no font here has."""


@cache
def maker() -> str:
    """What sets documents here: `typst 0.15.2, layout 1`."""
    return f"typst {metadata.version('typst')}, layout {_LAYOUT_VERSION}"


def set_pdf(printed: Printed, signed: bytes, attached: Mapping[str, bytes]) -> bytes:
    """The PDF. `signed` is the signed text of `printed`; `attached` are the signed documents by the names of files.

    Raises NotPrintable.
    """
    files = [
        {
            "name": FILE,
            "text": signed.decode(),
            "relationship": "data",
            "type": "application/json",
            "description": "What is printed here, signed by the institution",
        },
        *(
            {
                "name": name,
                "text": text.decode(),
                "relationship": "source",
                "type": "application/vc",
                "description": "A signed credential",
            }
            for name, text in attached.items()
        ),
    ]
    voice = Voice(printed.languages)
    try:
        made = typst.compile(
            _layout(),
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            ignore_system_fonts=True,
            timestamp=int(printed.made_at.timestamp()),
            sys_inputs={
                "printed": json.dumps(_breakable(printed.to_document()), ensure_ascii=False),
                "words": json.dumps({"how": voice.say("how_to_check", address=printed.check_at)}),
                "files": json.dumps(files, ensure_ascii=False),
                "qr": _qr(printed.check_at),
            },
        )
    except typst.TypstError as error:
        raise NotPrintable(f"The document cannot be set: {_sentence(error)}") from error
    assert isinstance(made, bytes), "a PDF is one file"
    return made


@cache
def _layout() -> bytes:
    return _LAYOUT.read_bytes()


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _breakable(value: Any) -> Any:
    """The same values, where words that are too long for a cell may be broken: unbroken, they would cover others."""
    if isinstance(value, str):
        return _LONG.sub(lambda found: _BREAK.join(_pieces(found[0])), value)
    if isinstance(value, list | tuple):
        return [_breakable(each) for each in value]
    if isinstance(value, dict):
        return {
            name: each if name in ("block", "languages") else _breakable(each) for name, each in value.items()
        }
    return value


def _pieces(word: str) -> list[str]:
    return [word[start : start + 8] for start in range(0, len(word), 8)]


def _sentence(error: typst.TypstError) -> str:
    """typst's own words, whose first line says what it cannot do."""
    told = error.message.splitlines()[0].partition("error: ")[2] or error.message.splitlines()[0]
    return f"{told[:200].rstrip('.')}."
