"""Grades over the web door: published by institutions, read by anyone, converted where they count."""

from typing import Any

import pytest

from tests.api.world import Door, problem_of

TEN: dict[str, Any] = {
    "scale": "ten",
    "names": {"en": "Ten"},
    "span": {"best": 10, "lowest_pass": 6, "worst": 1},
}
LETTERS: dict[str, Any] = {
    "scale": "letters",
    "names": {"en": "Letters"},
    "steps": [
        {"value": "A", "passing": True, "points": 4},
        {"value": "B", "passing": True, "points": 3},
        {"value": "F", "passing": False, "points": 0},
    ],
}
GERMAN: dict[str, Any] = {
    "scale": "de",
    "names": {"en": "German"},
    "span": {"best": 1, "lowest_pass": 4, "worst": 5},
}
POLICY: dict[str, Any] = {
    "policy": "p-1",
    "choice": "mid",
    "least_grades": 10,
    "in_force_from": "2099-01-01",
    "average_scale": "letters",
    "formula_scale": "de",
}
TABLE: dict[str, Any] = {
    "table": "t-1",
    "scale": "letters",
    "counts": [{"value": "A", "count": 5}, {"value": "B", "count": 15}],
    "since": "2020-01-01",
    "until": "2021-12-31",
}


@pytest.fixture
def graded(door: Door) -> Door:
    """A door behind which the university has said how it grades, from today on."""
    for scale in (TEN, LETTERS, GERMAN):
        door.university.post("/grade-scales", scale)
    today = door.university.post("/grading-policies", POLICY).json()["fixed_on"]
    door.university.post("/grading-policies", {**POLICY, "policy": "p-2", "in_force_from": today})
    return door


def test_what_is_published_anyone_reads(graded: Door):
    published = graded.university.post("/grade-distributions", TABLE, Idempotency_Key="1")
    again = graded.university.post("/grade-distributions", TABLE, Idempotency_Key="1")
    agreed = graded.university.post(
        "/grade-correspondences",
        {
            "correspondence": "with-host",
            "from_scale": "ten",
            "to_scale": "letters",
            "pairs": [{"theirs": "10", "ours": "A"}, {"theirs": "8", "ours": "B"}],
            "agreed_with": "Host",
            "in_force_from": "2026-01-01",
        },
    )

    shown = graded.anybody.get("/institutions/aitu/grading").json()

    assert published.status_code == agreed.status_code == 201
    assert published.headers["location"] == "/institutions/aitu/grading"
    assert again.json() == published.json()
    assert shown["tables"] == [published.json()]
    assert shown["correspondences"] == [agreed.json()]
    assert [each["scale"]["scale"] for each in shown["scales"]] == ["ten", "letters", "de"]
    assert shown["scales"][1]["scale"]["steps"][0] == {
        "value": "A",
        "passing": True,
        "points": 4,
        "from_percent": None,
    }


def test_a_grade_given_elsewhere_is_converted_by_the_formula(graded: Door):
    converted = graded.university.post(
        f"{graded.wallet}/grade-conversions",
        {
            "original": {"value": "8", "scale": "ten"},
            "given_by": "Host",
            "way": {"by": "modified-bavarian"},
            "converted_on": "2099-12-31",
        },
    )

    assert converted.status_code == 201
    assert converted.json()["result"] == {"value": "2.5", "scale": "de"}
    assert converted.json()["basis"]["exactly"] == "5/2"


def test_a_failure_is_part_of_the_average_until_it_is_withdrawn(graded: Door):
    credit = graded.university.post(
        f"{graded.wallet}/credits",
        {
            "unit": "algorithms",
            "scheme": "ECTS",
            "grade": {"value": "A", "scale": "letters"},
            "awarded_on": "2026-01-20",
        },
    )
    failed = graded.university.post(
        f"{graded.wallet}/failures",
        {
            "unit": "algorithms",
            "scheme": "ECTS",
            "grade": {"value": "F", "scale": "letters"},
            "failed_on": "2026-01-10",
        },
    )
    [average] = graded.learner.get(f"{graded.wallet}/averages/aitu").json()["averages"]
    graded.university.post(
        f"{graded.wallet}/failures/{failed.json()['attempt']}/withdrawal",
        {"reason": "another's", "withdrawn_on": "2026-02-01"},
    )
    [after] = graded.learner.get(f"{graded.wallet}/averages/aitu").json()["averages"]

    assert credit.status_code == failed.status_code == 201
    assert (average["average"], average["exactly"]) == (2, "2")
    assert [each["passed"] for each in average["graded"]] == [False, True]
    assert after["average"] == 4


def test_what_is_refused(graded: Door):
    conversions = f"{graded.wallet}/grade-conversions"
    conversion = {
        "original": {"value": "5", "scale": "ten"},
        "given_by": "Host",
        "way": {"by": "modified-bavarian"},
        "converted_on": "2099-12-31",
    }

    assert problem_of(graded.university.post("/grade-scales", TEN)) == "already-published"
    assert problem_of(graded.learner.post("/grade-scales", TEN)) == "wrong-role"
    assert problem_of(graded.university.post("/grade-distributions", {**TABLE, "scale": "x"})) == "not-found"
    twice = {**TABLE, "counts": TABLE["counts"] * 2}
    assert problem_of(graded.university.post("/grade-distributions", twice)) == "invalid-value"
    past = {**POLICY, "policy": "p-3", "in_force_from": "2020-01-01"}
    assert problem_of(graded.university.post("/grading-policies", past)) == "invalid-value"
    assert problem_of(graded.university.post(conversions, conversion)) == "not-passed"
    early = {**conversion, "converted_on": "2020-01-01"}
    assert problem_of(graded.university.post(conversions, early)) == "not-found"
    neither = {key: said for key, said in conversion.items() if key != "original"}
    assert problem_of(graded.university.post(conversions, neither)) == "invalid-value"
    nowhere = f"{graded.wallet}/averages/college"
    assert problem_of(graded.learner.get(nowhere)) == "not-found"
    assert problem_of(graded.anybody.get("/institutions/nowhere/grading")) == "not-found"
