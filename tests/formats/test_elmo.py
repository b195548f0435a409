"""ELMO: read tolerantly, counted strictly, and written so that its schema and we ourselves can read it."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.formats.elmos import an_elmo, course
from tests.formats.transcripts import AT, a_course, a_transcript, courses, transcripts
from tests.shared import shared
from wallet.errors import WalletError
from wallet.formats.elmo import NAMESPACE, NotElmo, read_elmo, write_elmo
from wallet.formats.transcript import (
    Identifier,
    Issuer,
    Line,
    Opportunity,
    Report,
    Status,
    Transcript,
    lines,
    totals,
)
from wallet.formats.xml import read_xml


def transcript_of(document: bytes) -> Transcript:
    return read_elmo(read_xml(document))


def judged(document: bytes) -> tuple[Line, ...]:
    return lines(transcript_of(document))


def ects(*courses: str) -> tuple[Decimal, Decimal]:
    """ECTS as they count, and as they are added up."""
    found = judged(an_elmo(*courses))
    none = Decimal(0)
    return totals(found).get("ECTS", none), totals(found, counted_only=False).get("ECTS", none)


# --- counting -------------------------------------------------------------------------------------------


def test_the_formats_own_example_is_worth_126_and_not_141():
    found = judged(shared("examples/elmo/elmo-1.7-official-example.xml").read_bytes())

    assert totals(found) == {"ECTS": 126}
    assert totals(found, counted_only=False) == {"ECTS": 141}
    assert [(line.opportunity.place, line.counts) for line in found] == [
        ("1.1", True),
        ("1.1.1", False),
        ("1.2", True),
    ]


def test_a_container_is_counted_and_not_its_parts():
    module = course("Module", "10", kind="Module", parts=[course("A", "4"), course("B", "6")])

    assert ects(course("Programme", "60", kind="Degree Programme", parts=[module]), course("C", "5")) == (
        65,
        85,
    )


def test_a_container_without_points_is_the_sum_of_its_parts():
    assert ects(course("Module", None, kind="Module", parts=[course("A", "4"), course("B", "6")])) == (10, 10)


def test_a_container_that_is_not_passed_does_not_take_its_passed_parts_along():
    running = course(
        "Programme", "180", status="in-progress", parts=[course("A", "4"), course("B", "6", status="failed")]
    )

    assert ects(running) == (4, 190)


def test_what_stands_in_the_document_twice_counts_once():
    assert ects(course("A", "4", local="A1"), course("A again", "4", local="A1"), course("B", "4")) == (8, 12)
    assert ects(course("A", "4", local="A1", kind="Course"), course("A", "4", local="A1", kind="Class")) == (
        8,
        8,
    )


def test_schemes_are_never_added():
    found = judged(an_elmo(course("A", "4"), course("B", "3", scheme="SWS"), course("C", "5", scheme="ECTS")))

    assert totals(found) == {"ECTS": 9, "SWS": 3}


LEFT_OUT = {
    "failed": (course(status="failed"), "failed"),
    "in progress": (course(status="in-progress"), "in progress"),
    "of a status nobody knows": (course(status="bestanden"), "unreadable"),
}


@pytest.mark.parametrize(("document", "why"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_was_not_passed_counts_for_nothing_and_says_why(document: str, why: str):
    [line] = judged(an_elmo(document))

    assert not line.counts
    assert line.left_out is not None
    assert why in line.left_out


# --- reading --------------------------------------------------------------------------------------------


def test_what_the_example_says_is_read():
    transcript = transcript_of(shared("examples/elmo/elmo-1.7-official-example.xml").read_bytes())

    [report] = transcript.reports
    degree, compilers, markup = report.opportunities
    assert (transcript.given_names, transcript.born_on) == ("Wojciech Łukasz", date(1983, 4, 12))
    assert (report.issuer.country, report.issuer.names["en"]) == ("PL", "University of Warsaw")
    assert (degree.status, degree.parts[0].grade) == (Status.PASSED, "Innpasset")
    assert degree.parts[0].achieved_on == date(2010, 7, 2)  # the end of its term
    assert (compilers.field, compilers.eqf_level, compilers.language) == ("0612", 5, "pl")
    assert (compilers.grade, compilers.scale) == (
        "45.1",
        "A number of the scale from 0.0 to 100.0 (one digit of precision)",
    )
    assert compilers.distribution[1] == ("20-39.9", 193)
    assert compilers.parts[0].hours == 30
    assert markup.names == {"und": "The importance of <br> in HTML"}
    assert transcript.remarks == ()


TOLERATED: dict[str, tuple[str, str]] = {
    "points with a comma": (course(points="7,5"), "'7,5' cannot be read as the credit"),
    "points below zero": (course(points="-6"), "cannot be read"),
    "points with an exponent": (course(points="6e3"), "cannot be read"),
    "points of digits from elsewhere": (course(points="٦"), "cannot be read"),
    "points beyond counting": (course(points="9" * 12), "cannot be read"),
    "no points at all": (course(points="0"), "is zero"),
    "no scheme": (course(scheme=""), "no scheme"),
    "a day that is none": (
        course().replace("2026-06-20", "2026-02-30"),
        "is no day",
    ),
    "a title that turns the writing": (course("\u202eA"), "A title of 1.1 is passed over"),
    "a language that is none": (course().replace('xml:lang="en"', 'xml:lang="english language"'), "A title of 1.1"),
    "no instance": (
        course().replace("learningOpportunityInstance", "learningOpportunityInstance2"),
        "has no instance",
    ),
    "a category without a number": (
        course(more='<resultDistribution><category label="A" count="many"/></resultDistribution>'),
        "has no number",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "remark"), TOLERATED.values(), ids=TOLERATED)
def test_what_cannot_be_read_is_remarked_on_and_passed_over(document: str, remark: str):
    transcript = transcript_of(an_elmo(document))

    [said] = transcript.remarks
    assert remark in said


@pytest.mark.parametrize("written", ["6", "6.0", "06", "6.000000", "+6"])
def test_a_decimal_is_read_however_xml_lets_it_be_written(written: str):
    assert ects(course(points=written)) == (6, 6)


NO_ELMO = {
    "another root": b"<transcript/>",
    "another namespace": an_elmo(course()).replace(NAMESPACE.encode(), b"http://purl.org/net/elmo"),
    "no learner": an_elmo(course()).replace(b"learner>", b"student>"),
    "no report": an_elmo(body=""),
    "no issuer": an_elmo(course()).replace(b"issuer>", b"publisher>"),
}


@pytest.mark.parametrize("document", NO_ELMO.values(), ids=NO_ELMO)
def test_what_is_no_elmo_is_refused(document: bytes):
    with pytest.raises(NotElmo):
        transcript_of(document)


# --- writing --------------------------------------------------------------------------------------------

_STUBS = {
    "xml.xsd": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
        targetNamespace="http://www.w3.org/XML/1998/namespace">
        <xs:attribute name="lang" type="xs:language"/></xs:schema>""",
    "xmldsig-core-schema.xsd": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
        targetNamespace="http://www.w3.org/2000/09/xmldsig#"><xs:element name="Signature"/></xs:schema>""",
    "EUROPASS_ISOCountries_V1.1.xsd": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
        targetNamespace="http://europass.cedefop.europa.eu/Europass/V2.0"><xs:simpleType name="countryCode">
        <xs:restriction base="xs:token"><xs:pattern value="[A-Z]{2}"/></xs:restriction></xs:simpleType></xs:schema>""",
    "schema.xsd": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
        targetNamespace="https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1">
        <xs:complexType name="FlexibleAddress"/></xs:schema>""",
}
"""What the schema imports from the network, as much of it as our documents touch."""


class _Imports(etree.Resolver):
    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        stub = _STUBS.get(system_url.rpartition("/")[2])
        return self.resolve_string(stub, context) if stub else None


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Imports())
    return etree.XMLSchema(etree.parse(str(shared("examples/elmo/elmo-1.7.xsd")), parser))


def a_document(*courses_: Opportunity, **changed: Any) -> bytes:
    return write_elmo(a_transcript(*courses_, **changed), at=AT)


def test_what_is_written_is_valid_by_the_schema(schema: etree.XMLSchema):
    bare = Opportunity(place="1", names={"en": "Bare"})

    schema.assertValid(
        etree.fromstring(a_document(a_course(parts=(a_course(), bare)), bare, a_course(grade=None)))
    )
    schema.assertValid(etree.fromstring(a_document(born_on=date(2004, 5, 17))))


@given(transcripts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_is_valid_by_the_schema(schema: etree.XMLSchema, transcript: Transcript):
    schema.assertValid(etree.fromstring(write_elmo(transcript, at=AT)))


def test_the_schema_would_find_a_fault(schema: etree.XMLSchema):
    assert not schema.validate(etree.fromstring(a_document(a_course()).replace(b"issueDate", b"issuedOn")))


def test_an_awarding_body_without_an_address_has_no_place_in_the_format():
    issuer = Issuer(names={"en": "Nowhere"}, identifiers=(Identifier("did", "did:web:x.example"),))

    with pytest.raises(NotElmo, match="no web address"):
        write_elmo(a_transcript(reports=(Report(issuer=issuer, opportunities=()),)), at=AT)


@given(st.lists(courses, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_counted_the_same(given_: list[Opportunity]):
    local = [
        msgspec.structs.replace(each, identifiers=(Identifier("local", str(number)),))
        for number, each in enumerate(given_)
    ]
    transcript = transcript_of(a_document(*local))

    sums: dict[str, Decimal] = {}
    for each in given_:
        for credit in each.credits:
            sums[credit.scheme] = sums.get(credit.scheme, Decimal(0)) + credit.points
    assert totals(lines(transcript)) == sums


# --- whatever is written there --------------------------------------------------------------------------

pieces = st.recursive(
    st.builds(
        course,
        st.sampled_from(["A", "B", ""]),
        st.none() | st.sampled_from(["6", "0", "x", "7.5", "999999"]),
        scheme=st.sampled_from(["ects", "ECTS", "SWS", ""]),
        kind=st.sampled_from([None, "Course", "Nonsense"]),
        local=st.none() | st.sampled_from(["1", "2"]),
        status=st.none() | st.sampled_from(["passed", "failed", "in-progress", "?"]),
    ),
    lambda parts: st.builds(
        course, st.just("C"), st.sampled_from([None, "6"]), parts=st.lists(parts, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(pieces, max_size=4))
def test_no_line_that_counts_is_part_of_another_and_the_sum_is_of_those_lines(courses: list[str]):
    found = judged(an_elmo(*courses))

    counting = [line.opportunity.place for line in found if line.counts]
    assert not any(
        inner != outer and inner.startswith(f"{outer}.") for inner in counting for outer in counting
    )
    summed = totals(found)
    for scheme, total in summed.items():
        assert total == sum(
            credit.points
            for line in found
            if line.counts
            for credit in line.opportunity.credits
            if credit.scheme == scheme
        )
        assert total <= totals(found, counted_only=False)[scheme]


@given(st.data())
def test_a_damaged_document_is_read_or_refused(data: st.DataObject):
    document = bytearray(an_elmo(course(), course("B", parts=[course("C")])))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(document) - 1))
        document[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=4))
    with suppress(WalletError):
        judged(bytes(document))
