"""The few words in which PostgreSQL differs from SQLite."""

from pathlib import Path

import pytest

from wallet.ledger.dialect import plain_insertion, translated

SAID = {
    "places": ("SELECT ? , ?", "SELECT $1 , $2"),
    "places with numbers": (
        "?1 IS NULL OR a = ?1 AND b = ?2",
        "CAST($1 AS TEXT) IS NULL OR a = $1 AND b = $2",
    ),
    "a member of JSON": ("json_extract(grade, '$.value') = 1", "(CAST(grade AS JSON) ->> 'value') = 1"),
    "an array of one": ("SELECT json_array(credit)", "SELECT CAST(json_build_array(credit) AS TEXT)"),
    "the members of an array": (
        "FROM json_each(line.rests_on) AS rests WHERE rests.value = ?",
        "FROM json_array_elements_text(CAST(line.rests_on AS JSON)) AS rests(value) WHERE rests.value = $1",
    ),
    "types": (
        "CREATE TABLE t (a BLOB, b INTEGER) STRICT, WITHOUT ROWID",
        "CREATE TABLE t (a BYTEA, b BIGINT)",
    ),
    "text that sorts by its bytes": (
        "CREATE TABLE t (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
        'CREATE TABLE t (a TEXT COLLATE "C" PRIMARY KEY)',
    ),
    "the order of making": (
        "CREATE TABLE t (a INTEGER) STRICT",
        "CREATE TABLE t (a BIGINT, rowid BIGINT GENERATED ALWAYS AS IDENTITY)",
    ),
    "a column more": ("ALTER TABLE t ADD COLUMN a INTEGER", "ALTER TABLE t ADD COLUMN a BIGINT"),
    "an order of its own": (
        "CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE t (a BIGINT PRIMARY KEY)",
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), SAID.values(), ids=SAID)
def test_the_few_words_that_differ_are_translated(ours: str, theirs: str):
    assert translated(ours) == theirs


def test_no_statement_of_ours_is_sqlites_alone():
    """They are for both databases. What the file itself is asked, and what is kept aside, is SQLite's affair."""
    wallet = Path(__file__).resolve().parents[2] / "wallet"
    own = {"ledger/database.py", "ledger/migrate.py", "ledger/learner_keys.py", "verifying_many.py"}
    said = [
        f"{name}: {word}"
        for path in wallet.rglob("*.py")
        if (name := path.relative_to(wallet).as_posix()) not in own
        for word in ("INSERT OR ", "PRAGMA ", "json_group_array(", " GLOB ", "IFNULL(", "sqlite_schema")
        if word in path.read_text()
    ]

    assert said == []


ROWS = {
    "plain": ("INSERT INTO t VALUES (?, ?)", ["a", 7], "a\t7\n"),
    "nothing, given and written": (
        "INSERT INTO t (a, b, c) VALUES (?, NULL, ?)",
        [None, "x"],
        "\\N\t\\N\tx\n",
    ),
    "bytes": ("INSERT INTO t VALUES (?)", [b"\x00\xff"], "\\\\x00ff\n"),
    "truth": ("INSERT INTO t VALUES (?, ?)", [True, False], "1\t0\n"),
    "a tab within": ("INSERT INTO t VALUES (?, ?)", ["a\tb", b"\x07"], "a\\tb\t\\\\x07\n"),
    "a backslash within": ("INSERT INTO t VALUES (?, ?)", ["\\N", None], "\\\\N\t\\N\n"),
    "lines within": ("INSERT INTO t VALUES (?)", ["a\r\nb"], "a\\r\\nb\n"),
}


@pytest.mark.parametrize(("statement", "row", "line"), ROWS.values(), ids=ROWS)
def test_a_row_of_a_plain_insertion_is_a_line_of_copy(statement: str, row: list[object], line: str):
    insertion = plain_insertion(statement)

    assert insertion is not None
    assert insertion.line(row) == line


NOT_PLAIN = {
    "one that may do nothing": "INSERT INTO t VALUES (?) ON CONFLICT DO NOTHING",
    "one that reads": "INSERT INTO t SELECT ? FROM u",
    "one that reckons": "INSERT INTO t VALUES (? + 1)",
    "one that answers": "INSERT INTO t VALUES (?) RETURNING a",
}


@pytest.mark.parametrize("statement", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_more_than_an_insertion_is_none(statement: str):
    assert plain_insertion(statement) is None
