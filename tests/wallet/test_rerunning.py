"""A signed report of progress, re-run by somebody who has it and a bundle: the same answer, or which line fails."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.qualification import QualificationDescription, QualificationKind
from domain.requirement import AllOf, Core, Elective, Holding, Overall
from domain.values import Level, Setting, UnitId
from keys.proofs import add_proof
from tests.domain.builders import ects, named
from tests.offices import (
    DAY,
    NOON,
    a_credit,
    a_learner,
    a_qualification,
    a_unit,
    a_university,
    an_office,
)
from wallet import awarding, describing, issuing, registering, reporting
from wallet.bundle import BundleEvidence
from wallet.formats.progress_report import answer_bytes, answer_of, read_report
from wallet.office import Office
from wallet.rerunning import Rerun, rerun
from wallet.verdict import Outcome

ON = date(2026, 6, 1)
LATER = NOON + timedelta(hours=1)


@dataclass
class Exported:
    """What a third party is given, and nothing else; `office` is there only to sign other reports with."""

    office: Office
    learner: str
    report: bytes
    bundle: bytes
    registry: str

    def rerun(
        self, report: bytes | None = None, *, first: list[bytes] | None = None, trusted: bool = True
    ) -> Rerun:
        """By somebody who trusts the registry, or does not."""
        evidence = BundleEvidence.open(self.bundle, {self.registry} if trusted else set())
        credentials = [*(first or []), *(each.encode() for each in evidence.bundle.credentials)]
        return rerun(
            self.report if report is None else report, credentials=credentials, evidence=evidence, at=LATER
        )

    def signed_again(self, change: Callable[[dict[str, Any]], None]) -> bytes:
        """The report as the institution itself would sign it with something else in it."""
        document = json.loads(self.report)
        del document["proof"]
        change(document)
        method, signer = self.office.signer_of(self.office.institution("aitu").state, NOON)
        signed = add_proof(
            document, signer=signer, suite="eddsa-jcs-2022", verification_method=method, created=NOON
        )
        return json.dumps(signed).encode()


def exported(office: Office, learner: str, qualification: str = "degree") -> Exported:
    reported = reporting.report_progress(
        office, "aitu", learner=learner, qualification=qualification, on=ON, at=NOON
    )
    bundle = reporting.bundle_for(office, reported, at=NOON)
    return Exported(office, learner, reported.text, bundle, office.registry_signer().public.did)


def describe(office: Office, *parts: Any) -> None:
    description = QualificationDescription(
        names=named("Degree"),
        points=ects(12),
        level=Level("EQF", 6),
        kind=QualificationKind.BACHELOR,
        requirement=AllOf(label=named("All"), requirements=parts),
    )
    describing.describe_qualification(
        office, "aitu", qualification="degree", description=description, at=NOON
    )


PARTS = (
    Core(label=named("Core"), units=(UnitId("algorithms"),)),
    Elective(label=named("Free"), points=ects(6)),
    Overall(label=named("Formal"), points=ects(12), settings=(Setting.FORMAL,)),
)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[tuple[Office, str]]:
    """A learner with a credit of the university and one that was transferred to it, each with its credential."""
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "college")
        a_unit(office)
        a_unit(office, "abroad", institution="college")
        a_unit(office, "databases")
        learner = a_learner(office).learner
        for unit, by in (("algorithms", "aitu"), ("abroad", "college")):
            credit = a_credit(office, learner, unit, institution=by).credit
            issuing.issue_credit(office, by, learner=learner, credit=credit, at=NOON)
        awarding.transfer(
            office, "aitu", learner=learner, from_credit=credit, agreement="LA 7", unit="databases",
            transferred_on=DAY, credit="t-1", at=NOON,
        )  # fmt: skip
        yield office, learner


@pytest.fixture
def given(busy: tuple[Office, str]) -> Exported:
    office, learner = busy
    describe(office, *PARTS)
    return exported(office, learner)


def finding(result: Rerun, about: str) -> Any:
    return next(each for each in result.findings if each.about.startswith(about))


def test_the_same_answer_comes_out_byte_for_byte(given: Exported):
    result = given.rerun()

    assert result.outcome is Outcome.PASSED, result
    assert [each.outcome for each in result.findings] == [Outcome.PASSED] * 4
    report, _ = read_report(given.report)
    assert result.answer is not None
    assert answer_bytes(result.answer) == answer_bytes(report.answer)
    assert result.answer["complete"] is True


def test_a_transferred_credit_is_told_of_by_the_credential_of_its_award(given: Exported):
    report, _ = read_report(given.report)
    moved = next(each for each in report.lines if each.line.credit.id == "t-1")

    assert moved.line.credit.agreement == "LA 7"
    assert moved.evidence is not None
    assert moved.evidence.credit == moved.line.credit.source
    assert moved.evidence.issuer.endswith("college")
    assert finding(given.rerun(), "line:t-1").outcome is Outcome.PASSED


def test_a_transfer_that_only_the_receiver_certified_could_not_be_checked(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "college")
        a_unit(office)
        a_unit(office, "abroad", institution="college")
        learner = a_learner(office).learner
        credit = a_credit(office, learner, "abroad", institution="college").credit
        awarding.transfer(
            office, "aitu", learner=learner, from_credit=credit, agreement="LA 7", unit="algorithms",
            transferred_on=DAY, credit="t-1", at=NOON,
        )  # fmt: skip
        issuing.issue_credit(office, "aitu", learner=learner, credit="t-1", at=NOON)
        describe(office, Core(label=named("Core"), units=(UnitId("algorithms"),)))

        result = exported(office, learner).rerun()

    line = finding(result, "line:t-1")
    assert line.outcome is Outcome.COULD_NOT_CHECK
    assert f"it was transferred from credit {credit}, only the report says" in line.sentence
    assert result.outcome is Outcome.COULD_NOT_CHECK


def test_a_reader_who_trusts_nobody_could_not_check(given: Exported):
    result = given.rerun(trusted=False)

    assert result.outcome is Outcome.COULD_NOT_CHECK
    assert "trust it" in finding(result, "signature").sentence
    assert finding(result, "answer").outcome is Outcome.PASSED


def test_a_line_without_its_credential_could_not_be_checked(busy: tuple[Office, str]):
    office, learner = busy
    a_unit(office, "networks")
    bare = a_credit(office, learner, "networks").credit
    describe(office, *PARTS)
    reported = reporting.report_progress(
        office, "aitu", learner=learner, qualification="degree", on=ON, at=NOON
    )

    assert reported.unproven == (bare,)
    result = exported(office, learner).rerun()
    assert result.outcome is Outcome.COULD_NOT_CHECK
    assert finding(result, f"line:{bare}").outcome is Outcome.COULD_NOT_CHECK


def test_a_credential_that_was_revoked_since_fails_its_line(busy: tuple[Office, str]):
    office, learner = busy
    describe(office, *PARTS)
    before = exported(office, learner)
    own = next(each for each in office.learner(learner).state.credits.values() if each.unit == "algorithms")
    issuing.withdraw_credit(office, "aitu", learner=learner, credit=own.id, reason="error", on=DAY, at=NOON)
    after = exported(office, learner)
    before.bundle = reporting.bundle_for(
        office,
        reporting.Reported(
            before.report,
            tuple(
                each["evidence"]["credential"]
                for each in json.loads(before.report)["lines"]
                if each["evidence"]
            ),
            (),
            reporting.show_progress(office, learner, "degree", on=ON),
        ),
        at=LATER,
    )

    result = before.rerun()
    assert result.outcome is Outcome.FAILED
    assert finding(result, f"line:{own.id}").outcome is Outcome.FAILED
    assert after.rerun().outcome is Outcome.PASSED
    assert json.loads(after.report)["answer"]["complete"] is False


def test_that_a_qualification_is_held_nobody_but_the_report_says(busy: tuple[Office, str]):
    office, learner = busy
    a_qualification(office)
    awarding.confer(office, "aitu", learner=learner, qualification="first-year", conferred_on=DAY, at=NOON)
    describe(office, Holding(label=named("Before"), rung=QualificationKind.BACHELOR))

    result = exported(office, learner).rerun()

    assert finding(result, "held:").outcome is Outcome.COULD_NOT_CHECK
    assert result.outcome is Outcome.COULD_NOT_CHECK


def test_that_a_qualification_is_held_its_credential_says_while_it_stands(busy: tuple[Office, str]):
    office, learner = busy
    a_qualification(office)
    conferral = awarding.confer(
        office, "aitu", learner=learner, qualification="first-year", conferred_on=DAY, at=NOON
    ).conferral
    diploma = issuing.issue_qualification(office, "aitu", learner=learner, conferral=conferral, at=NOON)
    describe(office, Holding(label=named("Before"), rung=QualificationKind.BACHELOR))
    given = exported(office, learner)

    certified = given.rerun()
    issuing.suspend(office, "aitu", diploma.credential, reason="under review", at=NOON)
    brought = BundleEvidence.open(given.bundle, {given.registry}).bundle.credentials
    credentials = tuple(json.loads(each)["id"] for each in brought)
    towards = reporting.show_progress(office, learner, "degree", on=ON)
    again = reporting.Reported(given.report, credentials, (), towards)
    given.bundle = reporting.bundle_for(office, again, at=LATER)
    suspended = given.rerun()

    assert finding(certified, "held:").outcome is Outcome.PASSED
    assert certified.outcome is Outcome.PASSED
    assert finding(suspended, "held:").outcome is Outcome.FAILED


# --- tampering ------------------------------------------------------------------------------------------


def line_of(document: dict[str, Any], unit: str) -> dict[str, Any]:
    return next(
        each
        for each in document["lines"]
        if each["line"]["credit"]["unit"] == unit and each["line"]["credit"]["institution"] == "aitu"
    )


def more_points(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["credit"]["points"]["points"] = "60"


def another_unit(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["credit"]["unit"] = "databases"


def another_level(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["credit"]["level"]["value"] = 7


def another_setting(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["credit"]["setting"] = "informal"


def another_day(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["achieved_on"] = "2026-05-30"


def a_grade(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["credit"]["grade"] = {"value": "A", "scale": "kz-letter"}


def another_source(document: dict[str, Any]) -> None:
    line_of(document, "databases")["line"]["credit"]["source"] = "c-9"


def anothers_line(document: dict[str, Any]) -> None:
    line_of(document, "algorithms")["line"]["credit"]["institution"] = "college"


def another_learner(document: dict[str, Any]) -> None:
    document["learner"] = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def twice(document: dict[str, Any]) -> None:
    line = json.loads(json.dumps(line_of(document, "algorithms")))
    line["line"]["credit"]["id"] = "c-again"
    document["lines"].append(line)


ON_ITS_LINE = {
    "more points": (more_points, "the points: 60 ECTS in the report, 6 ECTS in the credential"),
    "another unit": (another_unit, "the unit"),
    "another level": (another_level, "the level: 7"),
    "another setting": (another_setting, "the learning: informal"),
    "another day": (another_day, "the day of the award"),
    "a grade": (a_grade, "the grade: A in the report, nothing in the credential"),
    "another institution's line": (anothers_line, "cannot count there"),
    "another learner": (another_learner, "the learner"),
    "the same credential twice": (twice, "is the same learning as credit"),
    "another source": (another_source, "the transfer"),
}


@pytest.mark.parametrize(("change", "says"), ON_ITS_LINE.values(), ids=ON_ITS_LINE)
def test_a_line_that_is_not_as_its_credential_says_fails_though_the_institution_signed_it(
    change: Callable[[dict[str, Any]], None], says: str, given: Exported
):
    result = given.rerun(given.signed_again(change))

    assert finding(result, "signature").outcome is Outcome.PASSED
    assert result.outcome is Outcome.FAILED
    failed = [
        each for each in result.findings if each.outcome is Outcome.FAILED and each.about.startswith("line:")
    ]
    assert failed
    assert any(says in each.sentence for each in failed), failed


def better_answer(document: dict[str, Any]) -> None:
    document["answer"]["satisfied"] = 99


def another_requirement(document: dict[str, Any]) -> None:
    document["qualification"]["requirement"]["requirements"][1]["points"]["points"] = "30"


def another_date(document: dict[str, Any]) -> None:
    document["qualification"]["requirement"]["requirements"][2]["most_years"] = 1
    document["asOf"] = "2029-01-01"


def a_line_less(document: dict[str, Any]) -> None:
    document["lines"].remove(line_of(document, "algorithms"))


ANOTHER_ANSWER = {
    "a better answer": better_answer,
    "a requirement that asks more": another_requirement,
    "a day on which it is too old": another_date,
    "a line that is missing": a_line_less,
}


@pytest.mark.parametrize("change", ANOTHER_ANSWER.values(), ids=ANOTHER_ANSWER)
def test_an_answer_that_does_not_follow_fails_though_the_institution_signed_it(
    change: Callable[[dict[str, Any]], None], given: Exported
):
    told = finding(given.rerun(given.signed_again(change)), "answer")

    assert told.outcome is Outcome.FAILED
    assert "what differs" in told.sentence


@pytest.mark.parametrize("change", [pair[0] for pair in ON_ITS_LINE.values()], ids=ON_ITS_LINE)
def test_whoever_else_changes_a_report_breaks_its_signature(
    change: Callable[[dict[str, Any]], None], given: Exported
):
    document = json.loads(given.report)
    change(document)

    result = given.rerun(json.dumps(document).encode())

    assert finding(result, "signature").outcome is Outcome.FAILED
    assert result.outcome is Outcome.FAILED


def test_a_changed_credential_fails_at_its_line_and_at_no_other(given: Exported):
    original = BundleEvidence.open(given.bundle, set()).bundle.credentials[0]
    changed = original.replace('"creditsEarned":6', '"creditsEarned":60')
    assert changed != original

    result = given.rerun(first=[changed.encode()])

    (failed,) = [each for each in result.findings if each.outcome is not Outcome.PASSED]
    assert failed.outcome is Outcome.FAILED
    assert failed.about.startswith("line:")
    assert "it was changed" in failed.sentence


def test_another_solvers_choice_among_as_good_ones_is_not_called_wrong(given: Exported):
    def swapped(document: dict[str, Any]) -> None:
        document["solver"] = "HiGHS 0.1"
        document["answer"]["used"] = list(reversed(document["answer"]["used"]))

    told = finding(given.rerun(given.signed_again(swapped)), "answer")

    assert told.outcome is Outcome.COULD_NOT_CHECK


def test_a_stolen_key_signs_nothing_that_nobody_saw_before(given: Exported):
    method, _ = given.office.signer_of(given.office.institution("aitu").state, NOON)
    registering.report_compromise(
        given.office, "aitu", method=method, since=NOON + timedelta(minutes=5), reason="stolen", at=LATER
    )
    seen, unseen = (
        given.report,
        given.signed_again(lambda document: document.update(madeAt="2026-06-01T11:00:00Z")),
    )
    given.bundle = reporting.bundle_for(
        given.office,
        reporting.Reported(
            seen, (), (), reporting.show_progress(given.office, given.learner, "degree", on=ON)
        ),
        at=NOON,
    )

    assert finding(given.rerun(seen), "signature").outcome is Outcome.PASSED
    assert finding(given.rerun(unseen), "signature").outcome is Outcome.COULD_NOT_CHECK


NO_REPORT = {
    "nothing": b"",
    "not JSON": b"report",
    "a list": b"[]",
    "another document": b'{"type":"VerificationBundle"}',
    "no members": b'{"type":"ProgressReport"}',
    "a member twice": b'{"type":"ProgressReport","type":"ProgressReport"}',
    "too deep": b"[" * 10_000,
}


@pytest.mark.parametrize("text", NO_REPORT.values(), ids=NO_REPORT)
def test_what_is_no_report_fails_and_says_so(text: bytes, given: Exported):
    result = given.rerun(text)

    assert (result.outcome, result.findings[0].about) == (Outcome.FAILED, "report")


def test_a_report_of_another_version_or_with_more_in_it_is_not_read(given: Exported):
    for change in (
        lambda document: document.update(version=2),
        lambda document: document.update(bonus=1),
        lambda document: document["lines"][0]["line"]["credit"].update(bonus=1),
        lambda document: document["qualification"]["names"].update(en="  Degree "),
    ):
        assert given.rerun(given.signed_again(change)).findings[0].about == "report"


def test_an_answer_is_always_the_same_bytes(given: Exported):
    towards = reporting.show_progress(given.office, given.learner, "degree", on=ON)

    assert answer_bytes(answer_of(towards.progress)) == answer_bytes(json.loads(given.report)["answer"])
    assert msgspec.json.decode(given.report)["answer"]["share"] == "1"
