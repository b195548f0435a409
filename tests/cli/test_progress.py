"""`wallet progress` and `wallet plan`: the tree, what would be, and what is left."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program
from wallet.formats.progress_report import answer_bytes

Q = ("-q", "bachelor-ict-year-1")


def test_progress_is_a_tree_that_says_what_is_missing(wallet: Program, enrolled: Enrolled):
    shown = wallet("progress", enrolled.learner, *Q, "--on", "2026-06-01").out

    assert "✓ the unit Algorithms and data structures  [algorithms]" in shown
    assert "· the unit Databases  [databases]" in shown
    assert "missing: 18 KZ more of 23 KZ" in " ".join(shown.replace("│", "").split())
    assert "Algorithms and data structures 5 KZ" in shown
    assert "as of 2026-06-01, at saryarqa" in shown
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 80


def test_what_if_shows_how_it_would_be_and_records_nothing(wallet: Program, enrolled: Enrolled):
    events = len(wallet.json("learner", "events", enrolled.learner))
    with_units = ("--with", "databases", "--with", "ict", "--recognise", "physical-education")

    told = wallet.json("progress", enrolled.learner, *Q, *with_units)
    shown = wallet("progress", enrolled.learner, *Q, *with_units).out

    assert told["then"]["satisfied"] > told["now"]["satisfied"]
    assert "Databases (planned)" in " ".join(shown.split())
    assert "Nothing was recorded" in shown
    assert len(wallet.json("learner", "events", enrolled.learner)) == events


def test_a_plan_completes_it_term_by_term(wallet: Program, enrolled: Enrolled):
    wallet("unit", "offer", "databases", "-i", "saryarqa", "--term", "spring", "--after", "ict")
    assert "after" in wallet("unit", "show", "databases").out

    made = wallet.json("plan", enrolled.learner, *Q, "--term", "autumn=11", "--term", "spring=30")
    shown = wallet("plan", enrolled.learner, *Q, "--term", "autumn=11", "--term", "spring=30").out

    autumn, spring = made["steps"]
    assert "ict" in autumn["units"]
    assert "databases" in spring["units"]
    assert "the least that completes it" in shown


def test_the_plan_it_proposes_completes_it(wallet: Program, enrolled: Enrolled):
    units = wallet.json("plan", enrolled.learner, *Q, "--term", "autumn")["units"]
    with_units = [each for unit in units for each in ("--with", unit)]

    assert wallet.json("progress", enrolled.learner, *Q, *with_units)["then"]["complete"]


REFUSED = {
    "a unit nobody described": ("progress", "--with", "alchemy"),
    "a unit that counts already": ("progress", "--with", "algorithms"),
    "a credit nobody has": ("progress", "--prefer", "c-9"),
    "no room for the plan": ("plan", "--term", "autumn=1"),
    "units that do not suffice": ("plan", "--term", "autumn", "--unit", "ict"),
    "a term that is none": ("plan", "--term", "Autumn 2026"),
}
MISUNDERSTOOD = {
    "no terms": ("plan",),
    "points that are none": ("plan", "--term", "autumn=many"),
    "a day that is none": ("progress", "--on", "yesterday"),
    "a grade of no scale": ("progress", "--with", "ict", "--grade", "A"),
}


@pytest.mark.parametrize(("command", "more"), [(a[0], a[1:]) for a in REFUSED.values()], ids=REFUSED)
def test_what_cannot_be_answered_is_one_sentence(
    command: str, more: tuple[str, ...], wallet: Program, enrolled: Enrolled
):
    refused = wallet(command, enrolled.learner, *Q, *more, code=1)

    assert (refused.out, refused.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("command", "more"), [(a[0], a[1:]) for a in MISUNDERSTOOD.values()], ids=MISUNDERSTOOD
)
def test_what_cannot_be_understood_is_said(
    command: str, more: tuple[str, ...], wallet: Program, enrolled: Enrolled
):
    assert wallet(command, enrolled.learner, *Q, *more, code=2).err.count("\n") == 1


# --- the signed report ----------------------------------------------------------------------------------


@pytest.fixture
def exported(wallet: Program, enrolled: Enrolled, tmp_path: Path) -> dict[str, Path]:
    """What the university hands over: a report, its bundle, and one credential by itself."""
    files = {name: tmp_path / f"{name}.json" for name in ("report", "bundle", "credential")}
    wallet(
        "credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner,
        "--out", str(files["credential"]),
    )  # fmt: skip
    shown = wallet(
        "progress", enrolled.learner, *Q, "--report", str(files["report"]), "--bundle", str(files["bundle"])
    )
    assert "Signed, and written to" in shown.out
    return files


@pytest.fixture
def registry(exported: dict[str, Path]) -> str:
    did: str = json.loads(exported["bundle"].read_text())["registry"]["did"]
    return did


def audited(wallet: Program, files: dict[str, Path], *more: str, code: int) -> str:
    """By somebody who has no wallet at all."""
    elsewhere = ("--home", str(files["report"].parent / "nowhere"))
    command = ("audit-progress", str(files["report"]), *elsewhere)
    return " ".join(wallet(*command, *more, code=code).out.split())


def test_a_stranger_gets_the_same_answer_from_the_report_and_its_bundle(
    wallet: Program, exported: dict[str, Path], registry: str, tmp_path: Path
):
    bundle = ("--bundle", str(exported["bundle"]))
    told = audited(
        wallet, exported, *bundle, "--trust", registry, "--answer", str(tmp_path / "answer.json"), code=0
    )

    assert "Passed: the same answer comes out of the credentials" in told
    answer = json.loads(exported["report"].read_text())["answer"]
    assert (tmp_path / "answer.json").read_bytes() == answer_bytes(answer)
    assert "could not check" in audited(wallet, exported, *bundle, code=3)
    assert "was not brought along" in audited(wallet, exported, code=3)


def test_a_changed_credential_is_named_by_its_line(
    wallet: Program, enrolled: Enrolled, exported: dict[str, Path], registry: str
):
    changed = exported["credential"].read_text().replace('"creditsEarned":5', '"creditsEarned":60')
    exported["credential"].write_text(changed)

    told = audited(
        wallet, exported, "--bundle", str(exported["bundle"]), "--trust", registry,
        "--credential", str(exported["credential"]), code=1,
    )  # fmt: skip

    assert f"credit {enrolled.credit} is not the one the report was made from" in told


def test_a_changed_report_is_named_by_its_line(
    wallet: Program, enrolled: Enrolled, exported: dict[str, Path], registry: str
):
    document = json.loads(exported["report"].read_text())
    document["lines"][0]["line"]["credit"]["points"]["points"] = "60"
    exported["report"].write_text(json.dumps(document))

    told = audited(wallet, exported, "--bundle", str(exported["bundle"]), "--trust", registry, code=1)

    assert "is not as Saryarqa Technical University signed it" in told
    assert f"Credit {enrolled.credit} is not as its credential says" in told


def test_who_signs_without_credentials_is_told_that_nobody_else_can_check(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    shown = wallet("progress", enrolled.learner, *Q, "--report", str(tmp_path / "report.json"))

    assert "no credential was issued" in " ".join(shown.out.split())


UNREADABLE = {
    "a report that is not there": ("audit-progress", "nowhere.json"),
    "a bundle that is none": ("audit-progress", "{report}", "--bundle", "{report}"),
    "a bundle without a report": ("progress", "{learner}", *Q, "--bundle", "b.json"),
    "a report of what would be": ("progress", "{learner}", *Q, "--with", "ict", "--report", "r.json"),
}


@pytest.mark.parametrize("arguments", UNREADABLE.values(), ids=UNREADABLE)
def test_a_question_that_cannot_be_asked_is_one_sentence(
    arguments: tuple[str, ...], wallet: Program, enrolled: Enrolled, exported: dict[str, Path]
):
    given = [each.format(report=exported["report"], learner=enrolled.learner) for each in arguments]

    assert wallet(*given, code=2).err.count("\n") == 1


def test_a_cohort_is_shown_in_tenths(wallet: Program, enrolled: Enrolled):
    shown = wallet("progress", "--cohort", "bachelor-ict-year-1").out
    [told] = wallet.json("progress", "--cohort", "bachelor-ict-year-1")

    assert "0 of 1 learners have completed it" in shown
    assert (told["learner"], told["complete"]) == (enrolled.learner, False)
    assert "by itself" in wallet("progress", enrolled.learner, "--cohort", "bachelor-ict-year-1", code=2).err
    assert "Name a learner" in wallet("progress", enrolled.learner, code=2).err
