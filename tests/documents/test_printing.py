"""Printing: what an institution signs is what the paper says, in any of its languages, whatever a name holds."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.errors import DomainError, InvalidValue, NotInForce, WrongInstitution
from domain.grade_scale import GradeScale, Step
from domain.values import CreditScheme, Grade
from tests.documents.world import AIGERIM, World, a_world, run
from tests.offices import (
    DAY,
    NOON,
    a_learner,
    a_qualification,
    a_unit,
    a_university,
    an_office,
    named,
)
from wallet import awarding, grading, issuing, printing
from wallet.documents.printed import FILE, Kind, Table, read_printed
from wallet.documents.setting import NotPrintable
from wallet.documents.unpacking import unpack
from wallet.documents.verifying import verify_pdf
from wallet.documents.words import _WORDS, LANGUAGES, Voice
from wallet.office_evidence import OfficeEvidence
from wallet.printing import Details, Holder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with an_office(tmp_path_factory.mktemp("printing")) as office:
        yield a_world(office)


def words(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", unpack(pdf).text.replace("\N{ZERO WIDTH SPACE}", ""))


@pytest.mark.parametrize("languages", [("kk",), ("ru",), ("en",), ("kk", "en"), ("ru", "en"), ("kk", "ru")])
def test_a_transcript_names_the_learner_every_line_and_the_total(languages: tuple[str, ...], world: World):
    paper = printing.print_transcript(
        world.office, "aitu", learner=world.learner, languages=languages, holder=AIGERIM, at=NOON
    )

    said = words(paper.pdf)
    for value in (
        "Қасымова",
        "Әйгерім Ғалымқызы",
        "2004-03-17",
        "STU-2022-0417",
        "ALGORITHMS",
        "DATABASES",
        "12",
    ):
        assert value in said
    for language in languages:
        assert {"kk": "Транскрипт", "ru": "академическая справка", "en": "Transcript"}[language] in said
    assert world.verify(paper.pdf).passed


def test_the_same_document_is_always_the_same_bytes(world: World):
    paper = printing.print_transcript(world.office, "aitu", learner=world.learner, at=NOON)
    carried = unpack(paper.pdf).files
    printed, document = read_printed(carried[FILE])

    assert printed == paper.printed
    assert document["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert set(carried) == {FILE, "credential.json"}
    issued = world.office.credential(world.record).state.issued.document
    assert carried["credential.json"] == issued.encode()


def test_a_table_of_grades_is_printed_with_the_share_of_each(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        scale = GradeScale(
            scale="letters", names=named("Letters"), steps=tuple(Step(value=v, passing=True) for v in "AB")
        )
        grading.publish_scale(office, "aitu", scale, at=NOON)
        grading.publish_table(
            office,
            "aitu",
            table="ict",
            scale="letters",
            counts={"A": 1, "B": 2},
            since=date(2023, 9, 1),
            until=date(2025, 9, 1),
            at=NOON,
        )
        learner = a_learner(office).learner
        awarded = awarding.award(
            office,
            "aitu",
            learner=learner,
            unit="algorithms",
            grade=Grade("A", "letters"),
            awarded_on=DAY,
            at=NOON,
        )
        issuing.issue_credit(office, "aitu", learner=learner, credit=awarded.credit, at=NOON)
        office.follower.catch_up()
        issuing.issue_record(office, "aitu", learner=learner, at=NOON)
        paper = printing.print_transcript(office, "aitu", learner=learner, at=NOON)

    said = words(paper.pdf)
    assert "33.3 %" in said
    assert "66.7 %" in said
    assert "Grade distribution table: letters, 2023-09-01 to 2025-09-01" in said


def test_points_of_two_schemes_stand_in_two_tables(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        a_unit(office, "welding", scheme=CreditScheme.ECVET, points=Decimal("4.5"))
        learner = a_learner(office).learner
        for unit in ("algorithms", "welding"):
            credit = awarding.award(
                office, "aitu", learner=learner, unit=unit, awarded_on=DAY, at=NOON
            ).credit
            issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        office.follower.catch_up()
        issuing.issue_record(office, "aitu", learner=learner, at=NOON)
        whole = printing.print_transcript(office, "aitu", learner=learner, at=NOON)
        vocational = printing.print_ecvet(office, "aitu", learner=learner, languages=("ru",), at=NOON)

    tables = [block for block in whole.printed.blocks if isinstance(block, Table) and block.scheme]
    assert [(table.scheme, len(table.rows)) for table in tables] == [("ECTS", 1), ("ECVET", 1)]
    said = words(vocational.pdf)
    assert "4.5" in said
    assert "Outcome 2 of welding (по-русски)" in said
    assert "ALGORITHMS" not in said


def test_a_supplement_has_the_eight_sections_and_says_what_is_not_stated(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        a_qualification(office, units=("algorithms",))
        learner = a_learner(office).learner
        credit = awarding.award(
            office, "aitu", learner=learner, unit="algorithms", awarded_on=DAY, at=NOON
        ).credit
        issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        conferral = awarding.confer(
            office, "aitu", learner=learner, qualification="first-year", conferred_on=DAY, at=NOON
        ).conferral
        issued = issuing.issue_qualification(office, "aitu", learner=learner, conferral=conferral, at=NOON)
        details = Details(mode_of_study={"en": "Full-time", "kk": "Күндізгі"})
        paper = printing.print_supplement(
            office, "aitu", credential=issued.credential, languages=("kk", "en"), details=details, at=NOON
        )
        verdict = verify_pdf(paper.pdf, at=NOON, evidence=OfficeEvidence(office, NOON))

    said = words(paper.pdf)
    for number in range(1, 9):
        assert f"{number}. " in said
    assert "8. Information on the national higher education system" in said
    assert "Full-time" in said
    assert "Күндізгі" in said
    assert said.count("Not stated") >= 8
    assert set(unpack(paper.pdf).files) == {FILE, "credential.json", "credit-1.json"}
    assert verdict.passed, verdict.headline


REFUSED: dict[str, tuple[type[DomainError], dict[str, object]]] = {
    "three languages": (InvalidValue, {"languages": ("kk", "ru", "en")}),
    "one language twice": (InvalidValue, {"languages": ("kk", "kk")}),
    "a language it is not made in": (InvalidValue, {"languages": ("de",)}),
    "no language": (InvalidValue, {"languages": ()}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_document_is_refused_in_a_sentence(case: str, world: World):
    error, how = REFUSED[case]

    with pytest.raises(error):
        printing.print_transcript(world.office, "aitu", learner=world.learner, at=NOON, **how)  # type: ignore[arg-type]


def test_what_is_revoked_is_not_printed(tmp_path: Path):
    with an_office(tmp_path) as office:
        world = a_world(office)
        issuing.revoke(office, "aitu", world.credential, reason="In error", at=NOON)
        office.follower.catch_up()

        with pytest.raises(NotInForce, match="revoked"):
            printing.print_certificate(office, "aitu", credential=world.credential, at=NOON)
        with pytest.raises(NotInForce, match="issue a new record"):
            printing.print_transcript(office, "aitu", learner=world.learner, at=NOON)


def test_an_institution_prints_what_it_has_issued_and_nothing_else(world: World):
    a_university(world.office, "college")

    with pytest.raises(WrongInstitution):
        printing.print_certificate(world.office, "college", credential=world.credential, at=NOON)
    with pytest.raises(InvalidValue, match="as a transcript"):
        printing.print_certificate(world.office, "aitu", credential=world.record, at=NOON)
    with pytest.raises(InvalidValue, match="qualification"):
        printing.print_supplement(world.office, "aitu", credential=world.credential, at=NOON)
    with pytest.raises(InvalidValue, match="ECVET"):
        printing.print_ecvet(world.office, "aitu", learner=world.learner, at=NOON)


HOSTILE = {
    "an order to read a file": '#read("/etc/passwd")',
    "an order to stop": '#panic("no")',
    "an order to draw a package": '#import "@preview/cetz:0.3.0"',
    "the end of a text, and an order": '"]) #eval("1+1") ([',
    "marks that mean something": "*bold* _under_ `raw` $x^2$ <label> @ref = Heading \\ // /* ~ --- 'quotes'",
    "a word without an end": "W" * 190,
    "JSON": '{"block": "heading"}',
    "right to left": "محمد",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_name_is_text_and_never_an_order(name: str, world: World):
    holder = Holder(family_name=name, given_names=name)
    paper = printing.print_certificate(
        world.office, "aitu", credential=world.credential, holder=holder, at=NOON
    )

    said = re.sub(r"\s+", "", words(paper.pdf))
    if name.isascii():  # what runs from right to left comes out of a PDF in its visual order
        assert re.sub(r"\s+", "", name) in said.replace("’", "'").replace("‘", "'")
    assert world.verify(paper.pdf).passed


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=0x4FF, exclude_categories=("C", "Z")), min_size=1, max_size=60))
@example("#" * 50)
@example("--")
def test_whatever_a_name_is_it_is_printed_or_refused_and_what_is_printed_holds(world: World, name: str):
    try:
        holder = Holder(family_name=name)
        paper = printing.print_certificate(
            world.office, "aitu", credential=world.credential, holder=holder, at=NOON
        )
    except (InvalidValue, NotPrintable):
        return

    assert world.verify(paper.pdf).passed


def test_a_letter_that_no_font_has_is_refused_and_named(world: World):
    with pytest.raises(NotPrintable, match="李"):
        printing.print_certificate(
            world.office, "aitu", credential=world.credential, holder=Holder(family_name="李"), at=NOON
        )


def test_nobody_confirms_a_name_that_is_not_there():
    with pytest.raises(InvalidValue):
        Holder(confirmed=True)


def test_the_document_says_who_confirms_the_name(world: World):
    by_herself = Holder(family_name="Somebody")
    for holder, told in ((AIGERIM, "from an identity document"), (by_herself, "as stated by the learner")):
        paper = printing.print_certificate(
            world.office, "aitu", credential=world.credential, holder=holder, at=NOON
        )
        assert told in words(paper.pdf)


def test_every_word_is_in_three_languages_and_takes_the_same_values():
    fields = re.compile(r"\{(\w+)\}")

    for name, texts in _WORDS.items():
        assert len(texts) == len(LANGUAGES)
        assert len({tuple(sorted(fields.findall(text))) for text in texts}) == 1, name
        assert not re.search("[а-яәғқңөұүһі]", texts[2], re.IGNORECASE), name
    for kind in Kind:
        assert Voice(("kk", "en")).say(kind.value)


def test_non_formal_and_informal_are_never_taken_for_each_other():
    assert _WORDS["non_formal"] == ("Бейресми", "Неформальное", "Non-formal")
    assert _WORDS["informal"] == ("Информалды", "Информальное", "Informal")


# --- second readers -------------------------------------------------------------------------------------


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    paper = printing.print_transcript(
        world.office, "aitu", learner=world.learner, languages=("kk", "en"), holder=AIGERIM, at=NOON
    )
    path = tmp_path / "transcript.pdf"
    path.write_bytes(paper.pdf)
    return path


def test_another_program_takes_out_what_is_attached(file: Path, tmp_path: Path, world: World):
    assert "credential.json" in run("pdfdetach", "-list", file)

    run("pdfdetach", "-saveall", "-o", tmp_path, file)

    issued = world.office.credential(world.record).state.issued.document
    assert (tmp_path / "credential.json").read_text() == issued
    assert json.loads((tmp_path / FILE).read_text())["kind"] == "transcript"


def test_another_program_reads_the_words(file: Path, tmp_path: Path):
    run("pdftotext", file, tmp_path / "words.txt")

    said = (tmp_path / "words.txt").read_text()
    assert "Әйгерім Ғалымқызы" in said
    assert "Unit algorithms (қазақша)" in said


def test_the_file_is_sound_tagged_and_whole_in_itself(file: Path):
    run("qpdf", "--check", file)
    told = run("pdfinfo", file)
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"JavaScript: +no", told)
    fonts = run("pdffonts", file).splitlines()[2:]
    assert fonts
    assert all(re.search(r"\byes +yes +yes\b", font) for font in fonts), (
        "every font is in the file, with its letters"
    )
    data = file.read_bytes()
    assert b"pdfaid:part" in data
    assert b"pdfuaid:part" in data


def test_every_page_can_be_drawn(file: Path, tmp_path: Path):
    run("pdftoppm", "-r", "40", "-png", file, tmp_path / "page")

    pages = sorted(tmp_path.glob("page*.png"))
    assert pages
    assert all(page.stat().st_size > 1000 for page in pages)
