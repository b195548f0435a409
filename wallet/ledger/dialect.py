"""Our statements in PostgreSQL's words. They are written for SQLite; this is all in which the two differ here.

A new statement that PostgreSQL would read otherwise is better written so that both read it alike (ON CONFLICT in
place of OR IGNORE, say) than translated. No text within a statement of ours holds a question mark.
"""

import re
from functools import lru_cache
from typing import Final

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
