"""Taking out of a PDF what it carries, in a process of its own with bounds of its own.

A PDF is a program in disguise: streams that inflate without end, objects that lead to themselves. Whoever reads one
from a stranger reads it where memory and time are the operating system's to take away. Run as
`python -m wallet.documents.unpacking`, it reads the PDF from its standard input and answers in JSON:

    {"pages": 3, "text": "…", "files": {"credential.json": "<base64>"}}   or   {"refused": "It is encrypted."}
"""

import base64
import json
import logging
import resource
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import msgspec

from wallet.errors import WalletError

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a PDF that is looked into."""
MOST_FILES: Final = 64
_MOST_CARRIED: Final = 8 * 1024 * 1024
_MOST_PAGES: Final = 200
_SECONDS: Final = 3
"""Of the processor."""
_BY_THE_CLOCK: Final = 20
"""A machine that is busy gives a process its three seconds late."""
_MEMORY: Final = 768 * 1024 * 1024


class PdfRefused(WalletError):
    """A file that is no PDF to be read here."""


class PdfTooCostly(WalletError):
    """A PDF that would take too long, or too much memory, to look into: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a PDF carries, and the words it prints."""

    text: str
    files: dict[str, bytes]


def is_pdf(content: bytes) -> bool:
    """By its first bytes, which some programs let follow a little noise. Source: ISO 32000-2, 7.5.2, note."""
    return b"%PDF-" in content[:1024]


def unpack(pdf: bytes) -> Unpacked:
    """What the PDF carries. Raises PdfRefused (no PDF that can be read), PdfTooCostly."""
    if len(pdf) > LARGEST:
        raise PdfRefused(f"The PDF is larger than the {LARGEST // 1024 // 1024} MiB that are looked into.")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "wallet.documents.unpacking"],
            input=pdf,
            capture_output=True,
            timeout=_BY_THE_CLOCK,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PdfTooCostly("The PDF takes too long to look into.") from None
    try:
        told = msgspec.json.decode(done.stdout, type=dict[str, Any])
    except msgspec.DecodeError:
        raise PdfTooCostly("The PDF takes too much time or memory to look into.") from None
    if "refused" in told:
        raise PdfRefused(told["refused"])
    return Unpacked(told["text"], {name: base64.b64decode(file) for name, file in told["files"].items()})


# --- in the other process -------------------------------------------------------------------------------


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    logging.disable()
    sys.stdout.write(json.dumps(_told(sys.stdin.buffer.read(LARGEST + 1))))


def _told(pdf: bytes) -> dict[str, Any]:
    from pypdf import PdfReader  # in this process only

    try:
        reader = PdfReader(BytesIO(pdf), strict=False)
        if reader.is_encrypted:
            return {"refused": "The PDF is encrypted, and what it carries cannot be read."}
        if len(reader.pages) > _MOST_PAGES:
            return {"refused": f"The PDF has more than the {_MOST_PAGES} pages that are looked at."}
        files: dict[str, str] = {}
        carried = 0
        for attachment in reader.attachment_list:
            content = attachment.content
            carried += len(content)
            if len(files) >= MOST_FILES or carried > _MOST_CARRIED or attachment.name in files:
                return {"refused": "The PDF carries too many files, too large ones, or two of one name."}
            files[attachment.name] = base64.b64encode(content).decode()
        text = "\n".join(page.extract_text() for page in reader.pages)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a parser of strangers' files, alone in its process: whatever it says, it is unreadable
        return {"refused": "The PDF is damaged, or is none: it cannot be read."}
    return {"pages": len(reader.pages), "text": text, "files": files}


if __name__ == "__main__":
    _main()
