"""Our statements in PostgreSQL's words. They are written for SQLite; this is all in which the two differ here.

A new statement that PostgreSQL would read otherwise is better written so that both read it alike (ON CONFLICT in
place of OR IGNORE, say) than translated. No text within a statement of ours holds a question mark.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

_PLACE: Final = re.compile(r"\?(\d*)")

_WORDS: Final = (
    # A place that is only asked for NULL has no type of its own; ours are texts.
    (re.compile(r"\?(\d+) IS NULL"), r"CAST(?\1 AS TEXT) IS NULL"),
    (re.compile(r"\bjson_extract\((\w+(?:\.\w+)?), '\$\.(\w+)'\)"), r"(CAST(\1 AS JSON) ->> '\2')"),
    (re.compile(r"\bjson_array\((\w+)\)"), r"CAST(json_build_array(\1) AS TEXT)"),
    (
        re.compile(r"\bjson_each\((\w+(?:\.\w+)?)\) AS (\w+)"),
        r"json_array_elements_text(CAST(\1 AS JSON)) AS \2(value)",
    ),
)

# Text sorts by its bytes, whatever the language of the server.
_TYPES: Final = (
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),
)
_WITHOUT_ROWID: Final = re.compile(r"\)\s*STRICT,\s*WITHOUT\s+ROWID\s*$")
_STRICT: Final = re.compile(r"\)\s*STRICT\s*$")
_OWN_ROWID: Final = re.compile(r"\bINTEGER\s+PRIMARY\s+KEY\b")


@lru_cache(maxsize=1024)
def translated(statement: str) -> str:
    """`?` and `?2` become `$1` and `$2`; types, and what is said of JSON, become PostgreSQL's."""
    if statement.lstrip().startswith(("CREATE TABLE", "ALTER TABLE")):
        return _table(statement)
    for ours, theirs in _WORDS:
        statement = ours.sub(theirs, statement)
    numbers = iter(range(1, 1_000_000))
    return _PLACE.sub(lambda found: f"${found[1] or next(numbers)}", statement)


def _table(statement: str) -> str:
    """A table that has rowids in SQLite gets a last column of them: some lists are in the order of their making."""
    numbered = not _OWN_ROWID.search(statement)  # and an ALTER TABLE is no STRICT one
    statement = _WITHOUT_ROWID.sub(")", statement)
    rowid = ", rowid BIGINT GENERATED ALWAYS AS IDENTITY)" if numbered else ")"
    statement = _STRICT.sub(rowid, statement)
    for ours, theirs in _TYPES:
        statement = ours.sub(theirs, statement)
    return statement


_INSERTION: Final = re.compile(
    r"INSERT INTO (?P<table>\w+)(?: \((?P<columns>[\w, ]+)\))? VALUES \((?P<values>(?:\?|NULL)(?:, ?(?:\?|NULL))*)\)"
)
_ESCAPED: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Insertion:
    """A statement that puts one row as it is into a table, and does nothing else."""

    table: str
    columns: str
    """Empty where they are all meant."""
    nulls: tuple[int, ...]
    """In which places NULL stands in the statement, and no value is given."""

    def line(self, row: Sequence[Any]) -> str:
        """The row in COPY's text format: tabs between, backslashes before what would be taken for one."""
        texts = [value if type(value) is str else _written(value) for value in row]
        for place in self.nulls:
            texts.insert(place, _NULL)
        line = "\t".join(texts)
        if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(texts):
            line = "\t".join([text.translate(_ESCAPED) for text in texts])
        return line.replace(_MARK, "\\") + "\n"


@lru_cache(maxsize=1024)
def plain_insertion(statement: str) -> Insertion | None:
    """What the statement inserts, where that is all it does; None for any other."""
    found = _INSERTION.fullmatch(statement.strip())
    if found is None:
        return None
    values = enumerate(found["values"].split(","))
    return Insertion(
        found["table"],
        found["columns"] or "",
        tuple(place for place, value in values if value.strip() == "NULL"),
    )


_MARK: Final = "\0"
"""A backslash of COPY's own, until those of the texts are escaped: PostgreSQL keeps no text with this letter in it."""

_NULL: Final = f"{_MARK}N"


def _written(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bytes):
        return f"{_MARK}{_MARK}x{value.hex()}"
    return str(int(value) if isinstance(value, bool) else value)
