"""Verifying a PDF: passed only where the file is what was signed, and never a word said for one that is not."""

import io
import random
import re
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from keys.canonical import canonicalize
from keys.proofs import add_proof
from keys.signing import Signer
from tests.documents.world import AIGERIM, World, a_world, run
from tests.offices import NOON, an_office
from wallet import issuing, printing, registering
from wallet.documents import setting
from wallet.documents.printed import FILE, SUITE, Printed
from wallet.documents.setting import set_pdf
from wallet.documents.unpacking import LARGEST, PdfRefused, PdfTooCostly, unpack
from wallet.documents.verifying import Carried, printed_in, verify_pdf
from wallet.evidence import NoEvidence
from wallet.verdict import Outcome, Verdict


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with an_office(tmp_path_factory.mktemp("verifying")) as office:
        yield a_world(office)


@pytest.fixture(scope="module")
def pdf(world: World) -> bytes:
    return printing.print_transcript(
        world.office, "aitu", learner=world.learner, languages=("kk", "en"), holder=AIGERIM, at=NOON
    ).pdf


@pytest.fixture
def carried(pdf: bytes) -> Carried:
    return printed_in(pdf)


def reason(verdict: Verdict) -> tuple[str, str, str]:
    """The decisive check: its code, its answer, and why."""
    check = next(check for check in verdict.checks if check.outcome is verdict.outcome)
    return check.code, check.outcome.value, check.reason


def test_what_was_printed_passes_with_every_credential_in_it(world: World, pdf: bytes):
    verdict = world.verify(pdf)

    assert verdict.passed
    assert [check.code for check in verdict.checks] == [
        "parse",
        "attachment",
        "print-signed",
        "print-unaltered",
        "print-agrees",
        "members",
    ]
    assert len(verdict.members) == 1
    assert verdict.headline.startswith("Passed: this is as University aitu printed it")


# --- changed after it was signed ------------------------------------------------------------------------


def rewritten(pdf: bytes, change: object) -> bytes:
    """The PDF as another program saves it, after a change to its pages."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    assert callable(change)
    change(writer)
    saved = io.BytesIO()
    writer.write(saved)
    return saved.getvalue()


def _drawn_over(writer: pypdf.PdfWriter) -> None:
    """A white box and a better figure over the first page, as a picture, so that no word changes."""
    page = writer.pages[0]
    more = DecodedStreamObject()
    more.set_data(b"\nq 1 1 1 rg 300 300 80 20 re f 0 0 0 rg 310 305 4 10 re f Q\n")
    contents = page[NameObject("/Contents")].get_object()
    streams = list(contents) if isinstance(contents, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([*streams, writer._add_object(more)])


def _with_another_page(writer: pypdf.PdfWriter) -> None:
    writer.add_page(writer.pages[0])


def _with_a_page_less(writer: pypdf.PdfWriter) -> None:
    del writer.pages[len(writer.pages) - 1]


def _saved_anew(_writer: pypdf.PdfWriter) -> None:
    """Nothing is changed but how it is written down."""


CHANGED = {
    "a figure painted over": (_drawn_over, ("print-unaltered", "could-not-check", "file-changed")),
    "a page twice": (_with_another_page, ("print-unaltered", "failed", "prints-otherwise")),
    "a page left out": (_with_a_page_less, ("print-unaltered", "failed", "prints-otherwise")),
    "saved by another program": (_saved_anew, ("print-unaltered", "could-not-check", "file-changed")),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_file_that_was_changed_does_not_pass(case: str, world: World, pdf: bytes):
    change, told = CHANGED[case]

    verdict = world.verify(rewritten(pdf, change))

    assert reason(verdict) == told


def test_a_file_that_was_saved_anew_can_be_printed_again(world: World, pdf: bytes):
    saved = rewritten(pdf, _saved_anew)

    assert printed_in(saved).set_again() == pdf


def test_another_program_of_the_same_words_is_told_apart(world: World, pdf: bytes, tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(pdf)
    run("qpdf", "--linearize", tmp_path / "a.pdf", tmp_path / "b.pdf")

    verdict = world.verify((tmp_path / "b.pdf").read_bytes())

    assert reason(verdict) == ("print-unaltered", "could-not-check", "file-changed")


def _set(carried: Carried, printed: Printed, signer: Signer | None = None, method: str = "") -> bytes:
    """A PDF of other words, under the old proof or under somebody's new one."""
    document = {**printed.to_document(), "proof": carried.document["proof"]}
    if signer is not None:
        document = add_proof(
            printed.to_document(),
            signer=signer,
            suite=SUITE,
            verification_method=method,
            created=printed.made_at,
        )
    return set_pdf(printed, canonicalize(document), carried.attached)


def _with_a_better_grade(printed: Printed) -> Printed:
    text = canonicalize(printed.to_document()).decode().replace('"6"', '"60"')
    return msgspec.json.decode(text, type=Printed)


def test_other_words_under_the_same_proof_fail(world: World, carried: Carried):
    verdict = world.verify(_set(carried, _with_a_better_grade(carried.printed)))

    assert reason(verdict) == ("print-signed", "failed", "not-as-signed")
    assert "60" not in verdict.headline


def test_words_that_the_institution_signed_and_that_no_credential_says_fail(world: World, carried: Carried):
    by = world.office.institution("aitu").state
    method, signer = world.office.signer_of(by, NOON)

    verdict = world.verify(_set(carried, _with_a_better_grade(carried.printed), signer, method))

    assert reason(verdict) == ("print-agrees", "failed", "differs")
    assert "prints 60 as the points" in verdict.headline


def test_what_somebody_else_signed_in_the_institutions_name_fails(world: World, carried: Carried):
    somebody = world.office.registry_signer()
    by = world.office.institution("aitu").state
    method, _ = world.office.signer_of(by, NOON)

    verdict = world.verify(_set(carried, _with_a_better_grade(carried.printed), somebody, method))

    assert reason(verdict)[:2] == ("print-signed", "failed")


def test_the_words_of_one_learner_do_not_go_with_the_credentials_of_another(world: World, carried: Carried):
    by = world.office.institution("aitu").state
    method, signer = world.office.signer_of(by, NOON)
    other = msgspec.structs.replace(
        carried.printed, learner="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    )

    verdict = world.verify(_set(carried, other, signer, method))

    assert reason(verdict) == ("print-agrees", "failed", "differs")
    assert "about somebody else" in verdict.headline


def test_a_credential_exchanged_for_another_fails(world: World, carried: Carried):
    exchanged = {"credential.json": b'{"id": "urn:uuid:5c3e6a5e-0f0a-4b7e-8a5e-1a2b3c4d5e6f"}'}
    swapped = set_pdf(carried.printed, canonicalize(dict(carried.document)), exchanged)

    assert reason(world.verify(swapped)) == ("attachment", "failed", "not-as-named")


def test_of_another_version_the_words_alone_are_no_proof(
    world: World, pdf: bytes, monkeypatch: pytest.MonkeyPatch
):
    saved = rewritten(pdf, _saved_anew)
    monkeypatch.setattr("wallet.documents.verifying.maker", lambda: "typst 9.9.9, layout 7")

    assert reason(world.verify(saved)) == ("print-unaltered", "could-not-check", "file-changed")
    assert reason(world.verify(rewritten(pdf, _with_another_page))) == (
        "print-unaltered",
        "could-not-check",
        "another-maker",
    )
    assert setting.maker() != "typst 9.9.9, layout 7"


# --- what no longer stands ------------------------------------------------------------------------------


def test_a_paper_is_worth_no_more_than_its_credential(tmp_path: Path):
    with an_office(tmp_path) as office:
        world = a_world(office)
        paper = printing.print_certificate(office, "aitu", credential=world.credential, at=NOON).pdf
        later = NOON + timedelta(minutes=1)
        issuing.revoke(office, "aitu", world.credential, reason="In error", at=later)

        verdict = world.verify(paper, at=later)

    assert reason(verdict) == ("members", "failed", "member-failed")


def test_a_paper_signed_with_a_key_that_was_stolen_does_not_pass(tmp_path: Path):
    with an_office(tmp_path) as office:
        world = a_world(office)
        paper = printing.print_certificate(office, "aitu", credential=world.credential, at=NOON).pdf
        later = NOON + timedelta(days=1)
        by = office.institution("aitu").state
        registering.report_compromise(
            office,
            "aitu",
            method=by.keys[0].method,
            since=NOON - timedelta(days=1),
            reason="Stolen",
            at=later,
        )

        verdict = world.verify(paper, at=later)

    assert reason(verdict) == ("print-signed", "failed", "key-not-in-force")


def test_nobody_known_signed_it_so_it_could_not_be_checked(pdf: bytes):
    verdict = verify_pdf(pdf, at=NOON, evidence=NoEvidence())

    assert reason(verdict)[:2] == ("print-signed", "could-not-check")
    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    assert verdict.check("print-unaltered").reason == "signer-unknown"  # type: ignore[union-attr]  # the step was made


# --- papers of others -----------------------------------------------------------------------------------


def _a_pdf(files: dict[str, bytes]) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    for name, content in files.items():
        writer.add_attachment(name, content)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_paper_of_another_program_has_its_credentials_verified_and_no_more(world: World):
    issued = world.office.credential(world.credential).state.issued.document

    verdict = world.verify(_a_pdf({"badge.json": issued.encode()}))

    assert reason(verdict) == ("print-signed", "could-not-check", "print-not-signed")
    assert [member.outcome for member in verdict.members] == [Outcome.PASSED]


def test_a_paper_that_carries_nothing_signed_could_not_be_checked(world: World):
    for files in ({}, {"photo.png": b"\x89PNG"}):
        assert reason(world.verify(_a_pdf(files))) == ("attachment", "could-not-check", "nothing-signed")


# --- hostile files --------------------------------------------------------------------------------------


def _a_bomb() -> bytes:
    """A small file with an attachment that inflates to a gigabyte."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    bomb = writer.add_attachment("credential.json", b"{}")
    stream = StreamObject()
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 16_000_000) for _ in range(64)) + packer.flush()
    stream._data = packed
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    reference = writer._add_object(stream)
    bomb.pdf_object[NameObject("/EF")] = DictionaryObject({NameObject("/F"): reference})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _a_page_tree_that_leads_to_itself() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    tree = writer._root_object["/Pages"].get_object()
    assert isinstance(tree, DictionaryObject)
    tree[NameObject("/Kids")] = ArrayObject([writer._root_object.raw_get("/Pages")])
    tree[NameObject("/Count")] = NumberObject(2)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _encrypted() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


HOSTILE = {
    "an attachment that inflates without end": _a_bomb,
    "pages that lead to themselves": _a_page_tree_that_leads_to_itself,
    "encrypted": _encrypted,
    "nothing but a header": lambda: b"%PDF-1.7\n",
    "zeros": lambda: b"%PDF-1.7" + bytes(100_000),
    "too large": lambda: b"%PDF-1.7" + bytes(LARGEST),
    "what is printed is no JSON": lambda: _a_pdf({FILE: b"{"}),
    "what is printed is of no version": lambda: _a_pdf({FILE: b'{"type":"PrintedDocument","version":99}'}),
    "what is printed is a deep hole": lambda: _a_pdf({FILE: b"[" * 100_000}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_not_much_time(case: str, world: World):
    pdf = HOSTILE[case]()
    began = time.monotonic()

    verdict = world.verify(pdf)

    assert verdict.outcome is not Outcome.PASSED
    assert re.fullmatch(r"(Failed|Could not check): .+\.", verdict.headline), verdict.headline
    assert time.monotonic() - began < 40


def test_a_name_that_a_program_of_viruses_would_choose_is_only_a_name(world: World):
    verdict = world.verify(_a_pdf({"../../etc/passwd.json": b"{}", "\x1b[31m.json": b"{}"}))

    assert verdict.outcome is not Outcome.PASSED
    assert all("\x1b" not in check.sentence for check in verdict.checks)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0, max_value=2**32))
def test_a_file_with_a_byte_changed_never_passes(world: World, pdf: bytes, seed: int):
    dice = random.Random(seed)
    place = dice.randrange(len(pdf))
    changed = bytearray(pdf)
    changed[place] ^= 1 << dice.randrange(8)

    assert not world.verify(bytes(changed)).passed


@settings(max_examples=6, deadline=None)
@given(st.binary(max_size=300))
def test_rubbish_is_no_pdf(rubbish: bytes):
    with pytest.raises((PdfRefused, PdfTooCostly), match=r"\.$"):
        unpack(b"%PDF-" + rubbish)
