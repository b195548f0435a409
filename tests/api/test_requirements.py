"""Requirements over HTTP: every kind is said and shown in one form, and what cannot be asked is pointed to."""

from typing import Any

import pytest

from domain.requirement import KINDS
from tests.api.world import Door, problem_of

FIVE = {"scheme": "ECTS", "points": 5}
NAMED = {"label": {"en": "Asked"}}
PARTS: dict[str, dict[str, Any]] = {
    "unit": {"unit": "algorithms"},
    "points": {**NAMED, "points": FIVE, "most_not_formal": 0.25},
    "core": {**NAMED, "units": ["algorithms"], "min_level": {"framework": "EQF", "value": 6}},
    "elective": {**NAMED, "points": FIVE, "grades": {"scale": "kz-letter", "values": ["A", "B"]}},
    "overall": {**NAMED, "points": FIVE, "in_residence": True, "most_years": 5, "settings": ["formal"]},
    "average": {**NAMED, "points": FIVE, "at_least": 2.67, "scale": "kz-letter", "worth": {"A": 4, "B": 3}},
    "in-order": {"unit": "databases", "after": ["algorithms"]},
    "holding": {**NAMED, "qualifications": ["first-year"]},
    "some": {**NAMED, "n": 1, "requirements": [{"requires": "unit", "unit": "algorithms"}]},
    "all": {**NAMED, "requirements": [{"requires": "unit", "unit": "algorithms"}]},
}


def describe(door: Door, part: dict[str, Any]) -> Any:
    body = {
        "qualification": "degree", "names": {"en": "Degree"}, "points": FIVE,
        "level": {"framework": "EQF", "value": 6}, "kind": "bachelor", "requirement": part,
    }  # fmt: skip
    return door.university.post("/institutions/aitu/qualifications", body)


def test_every_kind_there_is_is_tried_here():
    assert set(PARTS) == set(KINDS)


@pytest.mark.parametrize("kind", PARTS)
def test_a_requirement_of_any_kind_comes_back_as_it_was_said(kind: str, door: Door):
    said = {"requires": kind, **PARTS[kind]}

    assert describe(door, said).status_code == 201
    shown = door.anybody.get("/qualifications/degree").json()["requirement"]

    assert {name: shown[name] for name in said if name != "requirements"} == {
        name: value for name, value in said.items() if name != "requirements"
    }
    assert door.award().status_code == 201
    progress = door.learner.get(f"{door.wallet}/progress/degree").json()
    assert progress["requirement"]["requires"] == kind


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an average of a word": ({**PARTS["average"], "requires": "average", "at_least": "2.67"}, "/at_least"),
    "an average that is true": (
        {**PARTS["average"], "requires": "average", "worth": {"A": True}},
        "/worth/A",
    ),
    "no grades": (
        {**PARTS["elective"], "requires": "elective", "grades": {"scale": "s", "values": []}},
        "/values",
    ),
    "an age of nothing": ({**PARTS["overall"], "requires": "overall", "most_years": 0}, "/most_years"),
    "a rung that is none": ({**NAMED, "requires": "holding", "rung": "king"}, "/rung"),
}


@pytest.mark.parametrize(("part", "pointer"), BAD.values(), ids=BAD)
def test_what_cannot_be_asked_is_pointed_to(part: dict[str, Any], pointer: str, door: Door):
    refused = describe(door, part)

    assert problem_of(refused) == "invalid-request"
    assert any(error["pointer"].endswith(pointer) for error in refused.json()["errors"])


@pytest.mark.parametrize(
    "part",
    [
        {**NAMED, "requires": "core"},
        {**NAMED, "requires": "holding"},
        {"requires": "in-order", "unit": "algorithms", "after": ["algorithms"]},
        {**PARTS["average"], "requires": "average", "at_least": 2.6789},
    ],
    ids=["a core of no units", "nothing to hold", "a unit before itself", "too many decimals"],
)
def test_what_the_domain_refuses_is_no_fault(part: dict[str, Any], door: Door):
    assert describe(door, part).status_code == 422


def test_a_sharing_rule_is_made_once_and_ended(door: Door):
    rules = "/institutions/aitu/qualifications/first-year/sharing"
    describe(door, {"requires": "unit", "unit": "algorithms"})
    rule = {"other": "degree", "rule": "Stackable credentials, 4.2"}

    first = door.university.post(rules, rule, Idempotency_Key="r-1")
    again = door.university.post(rules, rule, Idempotency_Key="r-1")

    assert (first.status_code, again.json()) == (201, first.json())
    assert problem_of(door.university.post(rules, rule)) == "already-done"
    assert problem_of(door.stranger.post(rules, rule)) == "wrong-role"
    assert door.anybody.get("/qualifications/first-year").json()["sharing"] == [rule]
    assert door.university.post(f"{rules}/degree/end").status_code == 201
    assert problem_of(door.university.post(f"{rules}/degree/end")) == "not-found"


def test_credit_counts_towards_two_qualifications_only_under_a_rule(door: Door):
    describe(door, {"requires": "unit", "unit": "algorithms"})
    door.award()
    confer = {"conferred_on": "2026-06-01"}
    conferrals = f"{door.wallet}/conferrals"
    assert door.university.post(conferrals, {"qualification": "degree", **confer}).status_code == 201

    refused = door.university.post(conferrals, {"qualification": "first-year", **confer})
    assert problem_of(refused) == "requirements-not-met"
    door.university.post(
        "/institutions/aitu/qualifications/first-year/sharing", {"other": "degree", "rule": "Stackable, 4.2"}
    )

    assert door.university.post(conferrals, {"qualification": "first-year", **confer}).status_code == 201
