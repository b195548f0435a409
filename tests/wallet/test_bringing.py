"""Records from elsewhere become claimed learning: shown first, once each, and never credit."""

import hashlib
from pathlib import Path

import pytest
from cryptography.x509 import Certificate

from domain.errors import NotFound
from tests.formats.elmos import a_signatory, an_elmo, course
from tests.formats.test_elmo import transcript_of
from tests.offices import NOON, a_credit, a_learner, a_unit
from tests.shared import shared
from wallet import auditing, bringing, exporting, showing
from wallet.bringing import NotTheDocument, ProposedImport, SignatureFalse
from wallet.formats.baking import NothingBaked
from wallet.formats.transcript import lines, totals
from wallet.formats.xml import XmlRefused
from wallet.office import Office
from wallet.records import Reader, Reading, UnknownRecord, read_record
from wallet.verdict import Outcome


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read(data: bytes, *trusted: Certificate) -> Reading:
    return read_record(data, Reader(at=NOON, trusted=trusted))


def proposed(office: Office, learner: str, data: bytes) -> ProposedImport:
    return bringing.propose_import(office, learner, read(data))


def brought(office: Office, learner: str, data: bytes, *trusted: Certificate) -> list[str]:
    """What was added, by its English name."""
    told = bringing.bring_in(office, learner, read(data, *trusted), confirmed=digest_of(data), at=NOON)
    return [each.names["en"] for each in told.brought]


@pytest.fixture
def learner(office: Office) -> str:
    return a_learner(office).learner


TRANSCRIPT = an_elmo(
    course("Programme", "60", kind="Degree Programme", parts=[course("A", "6"), course("B", "5")]),
    course("Chess", "2", scheme="SWS", grade="1,3"),
    course("Failed", "5", status="failed"),
)


def test_what_is_shown_is_not_written(office: Office, learner: str):
    before = office.ledger.last_sequence()

    shown = proposed(office, learner, TRANSCRIPT)

    assert shown.reading.document == digest_of(TRANSCRIPT)
    assert shown.reading.totals == {"ECTS": 60, "SWS": 2}
    assert shown.reading.added_up == {"ECTS": 76, "SWS": 2}
    assert [each.new for each in shown.lines] == [True, False, False, True, False]
    assert office.ledger.last_sequence() == before


def test_what_counts_is_claimed_learning_signed_by_the_learner_and_no_credit(office: Office, learner: str):
    assert brought(office, learner, TRANSCRIPT) == ["Programme", "Chess"]

    record = showing.show_record(office, learner)
    assert (record.totals, record.credits) == ((), ())
    assert [str(each.points[0]) for each in record.brought] == ["60 ECTS", "2 SWS"]
    assert record.brought[1].grade is not None
    assert record.brought[1].signature == "could-not-check"
    assert {entry.actor for entry in office.learner(learner).history.entries} == {record.did}
    assert auditing.audit(office.ledger).holds


def test_the_same_document_twice_adds_nothing(office: Office, learner: str):
    brought(office, learner, TRANSCRIPT)
    before = office.ledger.last_sequence()

    assert brought(office, learner, TRANSCRIPT) == []
    assert proposed(office, learner, TRANSCRIPT).new == ()
    assert office.ledger.last_sequence() == before


def test_a_newer_document_adds_only_what_is_new(office: Office, learner: str):
    brought(office, learner, an_elmo(course("A", "6", local="A")))

    newer = an_elmo(course("A", "6.0", local="A"), course("B", "5", local="B"))

    assert brought(office, learner, newer) == ["B"]


def test_another_awarding_body_is_another_learning(office: Office, learner: str):
    brought(office, learner, an_elmo(course("A", local="1")))

    assert brought(office, learner, an_elmo(course("A", local="1"), issuer="uio.no")) == ["A"]


def test_what_is_confirmed_is_what_was_shown(office: Office, learner: str):
    with pytest.raises(NotTheDocument):
        bringing.bring_in(office, learner, read(TRANSCRIPT), confirmed="0" * 64, at=NOON)


def test_of_a_document_whose_signature_is_false_nothing_is_brought_in(office: Office, learner: str):
    provider, stranger = a_signatory(), a_signatory("stranger")
    signed = provider.signed(an_elmo(course("A")))
    changed = signed.replace(b"<value>6</value>", b"<value>60</value>")

    with pytest.raises(SignatureFalse, match="changed after"):
        brought(office, learner, changed)
    with pytest.raises(SignatureFalse, match="not by a key"):
        brought(office, learner, signed, stranger.certificate)
    assert brought(office, learner, signed, provider.certificate) == ["A"]
    [held] = office.learner(learner).state.brought.values()
    assert held.signature == "passed"


def test_the_examples_are_told_apart_and_read(office: Office, learner: str):
    elmo = shared("examples/elmo/elmo-1.7-official-example.xml").read_bytes()
    transcript = shared("examples/ewp/imobility-tor-get-response-example.xml").read_bytes()
    agreement = shared("examples/ewp/omobility-la-get-response-example.xml").read_bytes()

    found = [proposed(office, learner, each) for each in (elmo, transcript, agreement)]

    assert [each.reading.kind for each in found] == ["elmo", "ewp-transcript", "ewp-learning-agreement"]
    assert [each.reading.signature.outcome for each in found] == [
        Outcome.FAILED,
        Outcome.COULD_NOT_CHECK,
        Outcome.COULD_NOT_CHECK,
    ]
    assert found[0].reading.totals == {"ECTS": 126}
    assert len(found[1].reading.tables[0].frequencies) == 6
    assert len(found[2].reading.agreements[0].agreed) == 4
    with pytest.raises(SignatureFalse):
        brought(office, learner, elmo)


def test_a_transcript_inside_an_answer_keeps_its_own_signature(office: Office, learner: str):
    """It was signed as a document of its own, and is checked as one."""
    provider = a_signatory()
    signed = provider.signed(an_elmo(course("A"))).decode()
    namespace = "https://github.com/erasmus-without-paper/ewp-specs-api-imobility-tors/blob/stable-v2/x.xsd"
    answer = (
        f'<imobility-tors-get-response xmlns="{namespace}"><tor><omobility-id>1</omobility-id>{signed}</tor>'
        "</imobility-tors-get-response>"
    ).encode()

    reading = read(answer, provider.certificate)

    assert reading.signature.outcome is Outcome.PASSED
    assert reading.totals == {"ECTS": 6}


NO_RECORD = {
    "nothing": (UnknownRecord, b""),
    "JSON": (UnknownRecord, b'{"type": "OpenBadgeCredential"}'),
    "a picture with nothing in it": (NothingBaked, b"\x89PNG\r\n\x1a\n"),
    "another picture": (NothingBaked, b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "other XML": (UnknownRecord, b"<a/>"),
    "a document type": (XmlRefused, b"<!DOCTYPE elmo><elmo/>"),
    "cut short": (XmlRefused, TRANSCRIPT[:-9]),
}


@pytest.mark.parametrize(("refusal", "data"), NO_RECORD.values(), ids=NO_RECORD)
def test_what_is_no_record_is_refused(refusal: type[Exception], data: bytes):
    with pytest.raises(refusal):
        read(data)


def test_what_was_awarded_here_is_taken_elsewhere_and_counts_the_same_there(office: Office, learner: str):
    a_unit(office, "databases", points=5)
    for unit in ("algorithms", "databases"):
        a_credit(office, learner, unit)

    document = exporting.export(office, learner, "elmo", given_names="Айгерім", at=NOON).content

    transcript = transcript_of(document)
    [report] = transcript.reports
    assert totals(lines(transcript)) == {"ECTS": 11}
    assert [each.names["kk"] for each in report.opportunities] == [
        "Unit algorithms (қазақша)",
        "Unit databases (қазақша)",
    ]
    assert (transcript.given_names, transcript.family_name) == ("Айгерім", "")
    another = a_learner(office).learner
    assert len(brought(office, another, document)) == 2


def test_of_nothing_there_is_nothing_to_take_along(office: Office, learner: str, tmp_path: Path):
    with pytest.raises(NotFound):
        exporting.export(office, learner, "elmo", at=NOON)
