"""`wallet progress` and `wallet plan`: the tree, what would be, and what is left."""

import pytest

from tests.cli.conftest import Enrolled, Program

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
