"""What is written in another format and read again is what it was, without exactly what the report says was lost."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from tests.formats.transcripts import AT, a_course, a_transcript, transcripts
from wallet.formats import elm, elmo, json_resume, sd_jwt_vc, transcript_table
from wallet.formats.losses import Loss, difference, facts, lost, without
from wallet.formats.registry import FORMATS, convert
from wallet.formats.transcript import Identifier, Issuer, Report, Transcript
from wallet.formats.xml import read_xml

READERS: dict[str, Callable[[bytes], Transcript]] = {
    "elmo": lambda data: elmo.read_elmo(read_xml(data)),
    "json-resume": json_resume.read_resume,
    "csv": transcript_table.read_table,
    "elm": lambda data: elm.read_elm(msgspec.json.decode(data)),
}


def test_every_format_that_is_written_is_read_here():
    assert set(READERS) == set(FORMATS)


def merged(tree: dict[str, Any]) -> dict[str, Any]:
    """A table cannot tell two reports in a row of one awarding body from one."""
    reports: list[dict[str, Any]] = []
    for report in tree["reports"]:
        if reports and reports[-1]["issuer"] == report["issuer"]:
            reports[-1] = {
                **reports[-1],
                "opportunities": reports[-1]["opportunities"] + report["opportunities"],
            }
        else:
            reports.append(report)
    return {**tree, "reports": reports}


@pytest.mark.parametrize("to", FORMATS)
@given(transcript=transcripts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_round_trip_loses_exactly_what_the_report_says(to: str, transcript: Transcript):
    converted = convert(transcript, to, at=AT)

    again = facts(READERS[to](converted.content))

    left = without(facts(transcript), converted.losses)
    assert again == (merged(left) if to == "csv" else left)


@given(transcript=transcripts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_token_loses_exactly_what_the_report_says(transcript: Transcript):
    [report, *_] = transcript.reports
    one = Transcript(
        reports=(
            Report(
                issuer=Issuer(
                    names=report.issuer.names,
                    country=report.issuer.country,
                    identifiers=(Identifier("uri", "urn:x"),),
                ),
                opportunities=report.opportunities[:1],
            ),
        )
    )
    claims = sd_jwt_vc.claims_of(one.reports[0].opportunities[0], one.reports[0].issuer)

    again = facts(Transcript(reports=(sd_jwt_vc.report(claims),)))

    assert again == without(facts(one), lost(one, sd_jwt_vc.PLACES))


LOSES = {
    "elmo": ("assessment", "outcomes", "quality", "setting"),
    "json-resume": (
        *("assessment", "identifiers/0", "kind", "names/kk", "names/und"),
        *("outcomes/0/code", "outcomes/0/url", "quality"),
    ),
    "elm": ("kind",),
    "csv": ("assessment", "identifiers/0", "kind", "names/kk", "names/und", "outcomes", "quality", "url"),
}


@pytest.mark.parametrize("to", FORMATS)
def test_what_is_lost_of_a_course_is_told_field_by_field(to: str):
    converted = convert(a_transcript(a_course()), to, at=AT)

    of_the_course = [loss.at for loss in converted.losses if "/opportunities/" in loss.at]
    assert sorted(of_the_course) == [f"/reports/0/opportunities/0/{field}" for field in LOSES[to]]
    assert all(loss.why for loss in converted.losses)


def test_a_difference_tells_what_theirs_does_not_say():
    ours = {"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2], "f": "x"}

    assert list(difference(ours, {"a": 1, "b": {"c": 2}, "e": [2, 3], "more": 4})) == [
        Loss("/b/d", 3),
        Loss("/e/0", 1),
        Loss("/f", "x"),
    ]


FORMULAS = ("=HYPERLINK(0)", "+1", "-1", "@SUM(A1)", "\uff1dcmd", "' =1", "'")


@pytest.mark.parametrize("title", FORMULAS)
def test_a_table_holds_no_formula_and_gives_back_what_was_written(title: str):
    written = transcript_table.write_table(a_transcript(a_course(names={"en": title})))
    cells = [
        cell.strip('"') for line in written.decode("utf-8-sig").splitlines()[1:] for cell in line.split(",")
    ]

    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))]
    [report] = transcript_table.read_table(written).reports
    assert report.opportunities[0].names == {"en": title.strip()}


NO_TABLES = {
    "nothing": b"",
    "other columns": b"a,b\r\n1,2\r\n",
    "a row too short": transcript_table.write_table(a_transcript()) + b"1,2\r\n",
    "not UTF-8": b"\xff\xfe",
    "quotes that do not close": transcript_table.write_table(a_transcript()) + b'"',
}


@pytest.mark.parametrize("data", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_transcript_table_is_refused(data: bytes):
    with pytest.raises(transcript_table.NotATranscriptTable):
        transcript_table.read_table(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"education": 1}'])
def test_what_is_no_resume_is_refused(data: bytes):
    with pytest.raises(json_resume.NotAResume):
        json_resume.read_resume(data)


def test_a_resume_has_lines_for_the_readers_of_json_resume():
    written = json_resume.write_resume(a_transcript(a_course()))

    assert '"CS201 Algorithms (6 ECTS, A-)"' in written.decode()
