"""Every kind of requirement from a file, on the terminal, and through the interface's own form."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.requirement import KINDS
from tests.cli.conftest import Enrolled, Program

WORTH = {"A": 4.0, "B+": 3.33, "B": 3.0, "F": 0}
PARTS: dict[str, dict[str, Any]] = {
    "unit": {"kind": "unit", "unit": "algorithms"},
    "points": {"kind": "points", "scheme": "KZ", "points": 5, "min_level": 6},
    "core": {"kind": "core", "label": {"en": "Core"}, "units": ["algorithms", "databases"], "min_level": 6},
    "elective": {
        "kind": "elective", "label": {"en": "Free"}, "points": {"scheme": "KZ", "points": 5},
        "grades": {"scale": "kz-letter", "values": ["A", "B+", "B"]},
    },
    "overall": {
        "kind": "overall", "label": {"en": "Here"}, "points": {"scheme": "KZ", "points": 5},
        "in_residence": True, "most_years": 5, "most_not_formal": 0.25,
    },
    "average": {
        "kind": "average", "label": {"en": "Mean"}, "points": {"scheme": "KZ", "points": 5},
        "at_least": 2.67, "scale": "kz-letter", "worth": WORTH,
    },
    "in-order": {"kind": "in-order", "unit": "databases", "after": ["algorithms"]},
    "holding": {"kind": "holding", "label": {"en": "College"}, "rung": "mid_level_specialist"},
    "some": {"kind": "n-of", "n": 1, "requirements": [{"kind": "unit", "unit": "ict"}]},
    "all": {"kind": "all-of", "requirements": [{"kind": "unit", "unit": "ict"}]},
}  # fmt: skip

SHOWN = {
    "unit": "the unit Algorithms",
    "points": "at least 5 KZ",
    "core": "core of 2 units: Core, at EQF level 6 or above",
    "elective": "with B or better on kz-letter",
    "overall": "awarded by the institution itself, at most 25 % not formal",
    "average": "an average of 2.67 on kz-letter over 5 KZ",
    "in-order": "after algorithms",
    "holding": "a qualification of mid level specialist or higher",
    "some": "1 of 1",
    "all": "all of",
}


def described(file: Path, *parts: dict[str, Any]) -> str:
    entry = {
        "institution": "saryarqa", "qualification": "degree", "names": {"en": "Degree"}, "kind": "bachelor",
        "level": 6, "points": {"scheme": "KZ", "points": 5},
        "requirement": {"kind": "all-of", "requirements": list(parts)},
    }  # fmt: skip
    file.write_text(json.dumps(entry), encoding="utf-8")
    return str(file)


def test_every_kind_there_is_is_tried_here():
    assert set(PARTS) == set(SHOWN) == set(KINDS)


@pytest.mark.parametrize("kind", PARTS)
def test_a_requirement_of_any_kind_is_read_from_a_file_and_shown_in_words(
    kind: str, wallet: Program, tmp_path: Path
):
    wallet("qualification", "add", "--from", described(tmp_path / "q.json", PARTS[kind]))

    assert SHOWN[kind] in " ".join(wallet("qualification", "show", "degree").out.split())
    assert kind in json.dumps(wallet.json("qualification", "show", "degree"))


def test_progress_answers_every_kind_and_names_what_is_missing(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    wallet("qualification", "add", "--from", described(tmp_path / "q.json", *PARTS.values()))

    told = wallet.json("learner", "progress", enrolled.learner, "-q", "degree")

    missing = "\n".join(told["missing"])
    for gap in (
        "of the core",
        "5 KZ more of 5 KZ",
        "with a grade on kz-letter",
        "the unit databases",
        "not held",
    ):
        assert gap in missing


BAD = {
    "a kind nobody knows": ({"kind": "miracle"}, "miracle"),
    "a core of no units": ({"kind": "core", "label": {"en": "C"}}, "names its units"),
    "a unit nobody described": ({"kind": "in-order", "unit": "alchemy", "after": ["ict"]}, "alchemy"),
    "a field too many": ({"kind": "holding", "rung": "master", "bonus": 1}, "bonus"),
    "a level nine": ({**PARTS["core"], "min_level": 9}, "level"),
    "a worth in words": ({**PARTS["average"], "worth": {"A": "four"}}, "worth"),
}  # fmt: skip


@pytest.mark.parametrize(("part", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_asked_is_one_sentence(
    part: dict[str, Any], said: str, wallet: Program, tmp_path: Path
):
    refused = wallet("qualification", "add", "--from", described(tmp_path / "q.json", part), code=1)

    assert said in refused.err
    assert refused.err.count("\n") == 1


def test_a_sharing_rule_is_made_shown_and_ended(wallet: Program):
    degree, other = "bachelor-ict-year-1", ("--with", "ecvet-certificate", "-i", "saryarqa")

    wallet("qualification", "share", degree, *other, "--rule", "Stackable credentials, 4.2")
    assert "ecvet-certificate counts here too" in wallet("qualification", "show", degree).out
    assert (
        "already"
        in wallet(
            "qualification", "share", degree, *other, "--rule", "Stackable credentials, 4.2", code=1
        ).err
    )
    wallet("qualification", "unshare", degree, *other)
    assert wallet.json("qualification", "show", degree)["sharing"] == []
    assert "shares no credit" in wallet("qualification", "unshare", degree, *other, code=1).err
