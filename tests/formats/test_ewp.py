"""Erasmus Without Paper: the transcript's table of grades, and what a learning agreement comes to."""

from decimal import Decimal

import pytest

from tests.shared import shared
from wallet.formats.ewp import NotEwp, Part, StatedAgreement, read_agreements, read_transcripts
from wallet.formats.xml import read_xml


def example(name: str) -> bytes:
    return shared(f"examples/ewp/{name}-get-response-example.xml").read_bytes()


def test_the_table_of_the_transcript_is_read_grade_by_grade():
    [tor] = read_transcripts(read_xml(example("imobility-tor")))

    [table] = tor.tables
    assert (tor.mobility, table.isced) == ("b1ab0888-a5ce-45e8-8c51-e3c6f677b58f", "0612")
    assert [(each.label, str(each.percentage)) for each in table.frequencies] == [
        ("F", "0.8"),
        ("E", "24.7"),
        ("D", "26.3"),
        ("C", "36.3"),
        ("B", "9.9"),
        ("A", "2.0"),
    ]
    assert table.total == Decimal("100.0")
    [report] = tor.transcript.reports
    assert (report.opportunities[0].grade, report.opportunities[0].credits) == ("C", ())


def test_the_table_agrees_with_the_distribution_beside_it():
    """372 grades were given; each share of the table is the count's, to about a tenth."""
    [tor] = read_transcripts(read_xml(example("imobility-tor")))
    [opportunity] = tor.transcript.reports[0].opportunities

    counts = dict(opportunity.distribution)
    number = sum(counts.values())
    for each in tor.tables[0].frequencies:
        assert abs(Decimal(counts[each.label] * 100) / number - each.percentage) <= Decimal("0.15")


BAD_SHARES = {"no number": b"much", "more than all": b"100.1", "below zero": b"-0.8"}


@pytest.mark.parametrize("share", BAD_SHARES.values(), ids=BAD_SHARES)
def test_a_share_that_is_none_is_remarked_on(share: bytes):
    [tor] = read_transcripts(read_xml(example("imobility-tor").replace(b'"0.8"', b'"' + share + b'"')))

    assert len(tor.tables[0].frequencies) == 5
    assert len(tor.remarks) == 1


@pytest.fixture
def agreement() -> StatedAgreement:
    [read] = read_agreements(read_xml(example("omobility-la")))
    return read


def test_an_agreement_is_its_first_version_as_it_was_changed(agreement: StatedAgreement):
    assert (agreement.sending, agreement.receiving) == ("uio.no", "uw.edu.pl")
    assert (agreement.learner, agreement.starts, agreement.ends) == (
        "Ivan Petrovich Sidorov",
        "2019-02",
        "2019-06",
    )
    assert [(each.part, each.title, str(each.credits[0])) for each in agreement.agreed] == [
        (Part.STUDIED, "Introductory calculus", "9 ECTS"),
        (Part.RECOGNISED, "Calculus", "5 ECTS"),
        (Part.RECOGNISED, "Algebra with Geometry", "4 ECTS"),
        (Part.STUDIED, "Algebra", "6 ECTS"),
    ]


def test_a_change_that_is_proposed_changes_nothing_yet(agreement: StatedAgreement):
    assert agreement.proposed is not None
    assert [(each.title, each.status) for each in agreement.proposed.components] == [
        ("Elementary Set Theory", "inserted"),
        ("Introductory calculus", "deleted"),
    ]
    assert len(agreement.proposed.signatures) == 2
    assert agreement.first is not None
    assert [each.party for each in agreement.first.signatures] == ["student", "sending-hei", "receiving-hei"]


def test_a_component_that_all_agreed_to_drop_is_gone():
    approved = (
        example("omobility-la")
        .replace(b"<approved-changes>", b"<other>")
        .replace(b"</approved-changes>", b"</other>")
    )
    approved = approved.replace(b"<changes-proposal id=", b"<approved-changes id=").replace(
        b"</changes-proposal>", b"</approved-changes>"
    )

    [read] = read_agreements(read_xml(approved))

    titles = [each.title for each in read.agreed]
    assert "Introductory calculus" not in titles
    assert "Elementary Set Theory" in titles


def test_one_is_not_taken_for_the_other():
    with pytest.raises(NotEwp):
        read_agreements(read_xml(example("imobility-tor")))
    with pytest.raises(NotEwp):
        read_transcripts(read_xml(example("omobility-la")))
    with pytest.raises(NotEwp):
        read_transcripts(read_xml(b"<imobility-tors-get-response/>"))
