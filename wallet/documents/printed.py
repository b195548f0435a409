"""What a document prints: every word of it in order, signed by the institution, with the credentials it tells of.

    {"type": "PrintedDocument", "version": 1, "kind": "transcript", "number": "urn:uuid:…",
     "madeAt": "2026-06-30T09:00:00Z", "maker": "typst 0.15.2, layout 1",
     "institution": "did:web:…", "learner": "did:key:z6Mk…", "languages": ["kk", "en"],
     "checkAt": "https://records.example/check",
     "attached": [{"file": "credential.json", "credential": "urn:uuid:…", "sha256": "9f86d0…"}],
     "issuer": ["Астана IT университеті", "Astana IT University"], "title": ["Транскрипт", "Transcript of Records"],
     "blocks": [{"block": "table", "scheme": "ECTS",
                 "columns": [{"label": ["Несие", "Credits"], "tells": "points", "share": 2, "right": true}, …],
                 "rows": [{"cells": [["6"], …], "credential": "urn:uuid:…"}]}, …],
     "proof": {"cryptosuite": "eddsa-jcs-2022", …}}

A text is a list: one item for each of the languages, or a single one that is the same in all. A column or a field may
say what it `tells`: then a reader can compare it with the credential, whatever the language around it.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec

from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import KeysError
from wallet.errors import WalletError

SUITE: Final = "eddsa-jcs-2022"
"""Over the JSON as it stands, because no context has terms for it."""
VERSION: Final = 1
LIMITS: Final = strict_json.Limits(size=2 * 1024 * 1024, members=200_000)
FILE: Final = "printed.json"
"""Under which name a PDF carries it."""

Said = tuple[str, ...]
_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class PrintedRefused(WalletError):
    """The text is nothing that this program has printed."""


class Kind(StrEnum):
    """The documents there are."""

    TRANSCRIPT = "transcript"
    SUPPLEMENT = "supplement"
    ECVET = "ecvet"
    CERTIFICATE = "certificate"
    MINUTES = "minutes"
    EXTRACT = "extract"


class Tells(StrEnum):
    """What of a credential a printed value is."""

    CODE = "code"
    POINTS = "points"
    GRADE = "grade"
    DAY = "day"
    """When it was awarded."""


class _Wire(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    """How the parts are written."""


class Heading(_Wire, frozen=True, kw_only=True, tag_field="block", tag="heading"):
    said: Said
    depth: int = 1
    """1 or 2."""


class Paragraph(_Wire, frozen=True, kw_only=True, tag_field="block", tag="paragraph"):
    said: Said
    small: bool = False


class Field(_Wire, frozen=True, kw_only=True):
    label: Said
    value: Said
    tells: Tells | None = None


class Fields(_Wire, frozen=True, kw_only=True, tag_field="block", tag="fields"):
    """Labels with what stands beside each."""

    fields: tuple[Field, ...]
    credential: str | None = None
    scheme: str | None = None


class Column(_Wire, frozen=True, kw_only=True):
    label: Said
    share: int = 1
    """Of the width, against that of the other columns."""
    right: bool = False
    """Figures stand at the right."""
    tells: Tells | None = None


class Row(_Wire, frozen=True, kw_only=True):
    cells: tuple[Said, ...]
    credential: str | None = None
    strong: bool = False


class Table(_Wire, frozen=True, kw_only=True, tag_field="block", tag="table"):
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scheme: str | None = None
    """Whose points its points are; those of two schemes never stand in one table."""


Block = Heading | Paragraph | Fields | Table


class Attached(_Wire, frozen=True, kw_only=True):
    """A signed document that the PDF carries, by its digest."""

    file: str
    credential: str
    sha256: str
    """Of its bytes."""


class Printed(_Wire, frozen=True, kw_only=True, tag_field="type", tag="PrintedDocument"):
    """What is printed, its signature left out."""

    version: int
    kind: Kind
    number: str
    made_at: _Time
    maker: str
    """What set it: the same sets it again in the same bytes."""
    institution: str
    learner: str
    languages: tuple[str, ...]
    check_at: str
    attached: tuple[Attached, ...]
    issuer: Said
    title: Said
    blocks: tuple[Block, ...]

    def to_document(self) -> dict[str, Any]:
        """It as JSON values, without a proof."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    def told(self) -> Iterator[tuple[str, str | None, Tells, str]]:
        """Each value that a credential can be asked about: the credential, the scheme, what it tells, and the value."""
        for block in self.blocks:
            if isinstance(block, Fields) and block.credential is not None:
                for field in block.fields:
                    if field.tells is not None:
                        yield block.credential, block.scheme, field.tells, field.value[0]
            elif isinstance(block, Table):
                for row in block.rows:
                    for column, cell in zip(block.columns, row.cells, strict=True):
                        if row.credential is not None and column.tells is not None:
                            yield row.credential, block.scheme, column.tells, cell[0]


def read_printed(data: bytes) -> tuple[Printed, dict[str, Any]]:
    """The document in a text, and the JSON it was read from, with its proof. Raises PrintedRefused.

    One text, one meaning: what does not come back from reading as it was written is refused.
    """
    try:
        document = strict_json.parse(data, limits=LIMITS)
        if not isinstance(document, dict) or document.get("type") != "PrintedDocument":
            raise PrintedRefused("It does not say what is printed.")
        if document.get("version") != VERSION:
            raise PrintedRefused(f"This program reads printed documents of version {VERSION} only.")
        unsigned = {member: value for member, value in document.items() if member != "proof"}
        printed = msgspec.convert(unsigned, Printed)
        if canonicalize(printed.to_document()) != canonicalize(unsigned):
            raise PrintedRefused("It says something in a way that this program would not write.")
        for said in _texts(printed):
            if len(said) not in (1, len(printed.languages)):
                raise PrintedRefused("A text of it is in more or fewer languages than the document.")
    except (msgspec.ValidationError, ValueError, KeysError) as error:
        raise PrintedRefused(
            f"It does not say what is printed in a form that this program reads: {error}"
        ) from error
    return printed, document


def _texts(printed: Printed) -> Iterator[Said]:
    yield from (printed.issuer, printed.title)
    for block in printed.blocks:
        match block:
            case Heading() | Paragraph():
                yield block.said
            case Fields():
                for field in block.fields:
                    yield from (field.label, field.value)
            case Table():
                yield from (column.label for column in block.columns)
                for row in block.rows:
                    if len(row.cells) != len(block.columns):
                        raise PrintedRefused("A row of a table has more or fewer cells than its columns.")
                    yield from row.cells
