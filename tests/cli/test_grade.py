"""`wallet grade`, from the scale to the average."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program

AT = ("-i", "saryarqa")


@pytest.fixture
def ten(tmp_path: Path) -> Path:
    path = tmp_path / "ten.json"
    steps = [{"value": str(number), "passing": number > 5} for number in range(10, 0, -1)]
    span = {"best": 10, "lowest_pass": 6, "worst": 1}
    path.write_text(
        json.dumps({"scale": "ten", "names": {"en": "Ten"}, "steps": steps, "span": span}), "utf-8"
    )
    return path


@pytest.fixture
def learner(wallet: Program) -> str:
    return str(wallet.json("learner", "add")["learner"])


@pytest.fixture
def graded(wallet: Program, ten: Path) -> Program:
    wallet("grade", "scale", *AT, "--kz-letters", "kz-letter")
    wallet("grade", "scale", *AT, "--from", str(ten))
    wallet("grade", "policy", "p-1", *AT, "--choice", "mid", "--least", "10", "--average-scale", "kz-letter")
    return wallet


def test_a_grade_is_converted_by_two_tables_and_shown_with_its_shares(graded: Program, learner: str):
    days = ("--since", "2023-07-01", "--until", "2025-06-30")
    graded("grade", "table", "theirs", *AT, "--scale", "ten", *days, "--count", "10=20", "--count", "9=20",
           "--graded-by", "Host")  # fmt: skip
    ours = graded(
        "grade", "table", "ours", *AT, "--scale", "kz-letter", *days, "--count", "A=15", "--count", "B=15"
    )
    converted = graded(
        "grade", "convert", *AT, "-l", learner, "--grade", "9", "--scale", "ten", "--given-by", "Host",
        "--table", "theirs", "--into", "ours",
    )  # fmt: skip
    shown = graded("grade", "show", "saryarqa").out

    assert "50.0 %" in ours.out
    assert "9 (ten) is B (kz-letter) at saryarqa" in converted.out
    assert "50.00–100.00 %" in converted.out
    for each in ("kz-letter", "ten", "theirs", "ours", "p-1"):
        assert each in shown


def test_an_agreed_grade_is_read_as_agreed(graded: Program, learner: str):
    graded("grade", "agree", "with-host", *AT, "--from-scale", "ten", "--to-scale", "kz-letter", "--with", "Host",
           "--pair", "10=A", "--pair", "9=A-")  # fmt: skip
    converted = graded("grade", "convert", *AT, "-l", learner, "--grade", "9", "--scale", "ten",
                       "--given-by", "Host", "--agreement", "with-host")  # fmt: skip

    assert "9 (ten) is A- (kz-letter)" in converted.out


def test_a_percentage_between_two_rows_is_read_as_the_policy_says(graded: Program):
    assert "94.5 % is A (kz-letter)" in graded("grade", "letter", "94.5", *AT).out
    assert "94.4 % is A- (kz-letter)" in graded("grade", "letter", "94.4", *AT).out
    assert "more than everything" in graded("grade", "letter", "101", *AT, code=1).err


RUBBISH = {
    "no scale at all": (2, ("scale", *AT), "--kz-letters"),
    "a scale twice": (1, ("scale", *AT, "--kz-letters", "kz-letter"), "already"),
    "no way": (2, ("convert", *AT, "-l", "LEARNER", "--grade", "9", "--scale", "ten"), "one way"),
    "two ways": (2, ("convert", *AT, "-l", "LEARNER", "--formula", "--agreement", "x"), "one way"),
    "half a way": (2, ("convert", *AT, "-l", "LEARNER", "--table", "x"), "--into"),
    "a count that is no number": (
        2,
        ("table", "t", *AT, "--scale", "ten", "--since", "2020-01-01", "--until", "2022-01-01", "--count", "A=-1"),
        "number of learners",
    ),
    "a table nobody published": (
        1,
        ("convert", *AT, "-l", "LEARNER", "--grade", "9", "--scale", "ten", "--given-by", "H", "--table", "x",
         "--into", "y"),
        "no table",
    ),
    "an average nobody defined": (1, ("average", "-i", "almaty-college", "-l", "LEARNER"), "no grading policy"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "arguments", "said"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_gets_one_sentence(
    code: int, arguments: tuple[str, ...], said: str, graded: Program, learner: str
):
    refused = graded("grade", *(learner if each == "LEARNER" else each for each in arguments), code=code)

    assert said in refused.err
    assert len(refused.err.strip().splitlines()) == 1


def test_a_failure_lowers_the_average_and_is_shown_in_it(graded: Program, enrolled: Enrolled):
    at = (*AT, "-l", enrolled.learner)
    enrolled.award("databases", "saryarqa", "--grade", "A", "--scale", "kz-letter")
    before = graded("grade", "average", *at).out
    failed = graded("grade", "fail", *at, "--unit", "algorithms", "--grade", "F", "--scale", "kz-letter",
                    "--on", "2026-01-10")  # fmt: skip
    after = graded("grade", "average", *at).out
    attempt = failed.out.split()[-1]
    graded("grade", "withdraw-failure", attempt, *at, "--reason", "another's")

    assert "4.00 over KZ credit" in before
    assert "it has no grade" in before
    assert "failed" in after
    assert "4.00" not in after
    assert graded("grade", "average", *at).out == before


def test_the_institutions_own_grades_are_counted(graded: Program, enrolled: Enrolled):
    enrolled.award("databases", "saryarqa", "--grade", "A", "--scale", "kz-letter")
    days = ("--since", "2024-02-01", "--until", "2026-01-31")

    counted = graded.json("grade", "table", "own", *AT, "--scale", "kz-letter", *days, "--own")

    assert [each["count"] for each in counted["counts"]] == [1] + [0] * 9
    assert counted["counted_to"] > 0
