"""A transcript as a table: a row for each course, in CSV that no spreadsheet takes for formulas.

    awarding body, its language, country, title, its language, code, date, points, scheme, grade, scale, …

A cell that a spreadsheet would run is written with an apostrophe before it, and so is one that begins with an
apostrophe, so that what is read again is what was written. A table has one row a course and one text a cell: other
languages, further schemes of credit and what lies inside a course have no place in it.

Source: RFC 4180; OWASP, "CSV Injection".
"""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Final

from domain.values import Setting
from wallet.errors import WalletError
from wallet.formats.losses import ALL, Place, first, of_kinds, one_language, the_one
from wallet.formats.transcript import (
    Identifier,
    Issuer,
    Opportunity,
    Report,
    StatedCredit,
    Transcript,
    said_amount,
    said_field,
    said_names,
    said_text,
)
from wallet.tables import harmless

COLUMNS: Final = (
    "awarding body",
    "awarding body language",
    "country",
    "title",
    "title language",
    "code",
    "date",
    "points",
    "scheme",
    "grade",
    "scale",
    "EQF level",
    "ISCED-F",
    "hours",
    "language of instruction",
    "setting",
)
PLACES: Final[Place] = {
    "reports": {
        "issuer": {"names": one_language, "country": ALL},
        "opportunities": {
            "names": one_language,
            "identifiers": of_kinds("code"),
            "achieved_on": ALL,
            "credits": first("A row has one number of points."),
            "grade": ALL,
            "scale": ALL,
            "eqf_level": ALL,
            "field": ALL,
            "hours": ALL,
            "language": ALL,
            "setting": ALL,
        },
    }
}


class NotATranscriptTable(WalletError):
    """The table has not the columns of a transcript."""


def write_table(transcript: Transcript) -> bytes:
    """The table in UTF-8, with a byte order mark for the spreadsheets that want one."""
    table = StringIO(newline="")
    rows = csv.writer(table, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for report in transcript.reports:
        for learned in report.opportunities:
            rows.writerow([_guarded(cell) for cell in _cells(report.issuer, learned)])
    return table.getvalue().encode("utf-8-sig")


def read_table(data: bytes) -> Transcript:
    """What such a table says. Raises NotATranscriptTable."""
    try:
        rows = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotATranscriptTable("The table is not CSV in UTF-8.") from error
    if rows[:1] != [list(COLUMNS)] or any(len(row) != len(COLUMNS) for row in rows):
        raise NotATranscriptTable(f"A transcript has the columns {', '.join(COLUMNS)}.")
    reports: list[tuple[Issuer, list[Opportunity]]] = []
    for row in rows[1:]:
        cells = dict(zip(COLUMNS, map(_unguarded, row), strict=True))
        names = said_names([(cells["awarding body language"], cells["awarding body"])], "(nobody)")
        issuer = Issuer(names=names, country=cells["country"] or None)
        if not reports or reports[-1][0] != issuer:
            reports.append((issuer, []))
        reports[-1][1].append(_opportunity(cells, f"{len(reports)}.{len(reports[-1][1]) + 1}"))
    return Transcript(
        reports=tuple(Report(issuer=issuer, opportunities=tuple(found)) for issuer, found in reports)
    )


def _cells(issuer: Issuer, learned: Opportunity) -> Iterator[str]:
    by, called = the_one(issuer.names), the_one(learned.names)
    credit = learned.credits[0] if learned.credits else None
    yield from (issuer.names[by], by, issuer.country or "")
    yield from (learned.names[called], called)
    yield next((each.value for each in learned.identifiers if each.kind == "code"), "")
    yield learned.achieved_on.isoformat() if learned.achieved_on else ""
    yield from (str(credit.points), credit.scheme) if credit else ("", "")
    yield from (learned.grade or "", learned.scale or "")
    yield from (str(learned.eqf_level or ""), learned.field or "", str(learned.hours or ""))
    yield from (learned.language or "", learned.setting.value if learned.setting else "")


def _opportunity(cells: dict[str, str], place: str) -> Opportunity:
    points, scheme = said_amount(cells["points"]), said_text(cells["scheme"], 50)
    level, setting = cells["EQF level"], cells["setting"]
    return Opportunity(
        place=place,
        names=said_names([(cells["title language"], cells["title"])], "(without a title)"),
        identifiers=(Identifier("code", cells["code"]),) if cells["code"] else (),
        achieved_on=_day(cells["date"]),
        credits=(StatedCredit(scheme, points),) if points and scheme else (),
        grade=cells["grade"] or None,
        scale=cells["scale"] or None,
        eqf_level=int(level) if level in set("12345678") else None,
        field=said_field(cells["ISCED-F"]),
        hours=said_amount(cells["hours"]),
        language=cells["language of instruction"] or None,
        setting=Setting(setting) if setting in set(Setting) else None,
    )


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith("'") else harmless(cell)


def _unguarded(cell: str) -> str:
    """What was guarded begins with an apostrophe, and nothing else does."""
    return cell.removeprefix("'")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
