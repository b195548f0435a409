"""What if, and what is left, over HTTP: answered for who may read the wallet, and never recorded."""

from typing import Any

import pytest

from tests.api.world import Door, problem_of


@pytest.fixture
def asked(door: Door) -> str:
    """A qualification of both units, towards which the learner has the first."""
    body = {
        "qualification": "both", "names": {"en": "Both"}, "points": {"scheme": "ECTS", "points": 12},
        "level": {"framework": "EQF", "value": 6}, "kind": "micro_credential",
        "requirement": {"requires": "all", "label": {"en": "Both"}, "requirements": [
            {"requires": "core", "label": {"en": "Core"}, "units": ["algorithms", "databases"],
             "grades": {"scale": "kz-letter", "values": ["A", "B"]}},
            {"requires": "overall", "label": {"en": "Formal"}, "points": {"scheme": "ECTS", "points": 12},
             "settings": ["formal"]},
        ]},
    }  # fmt: skip
    assert door.university.post("/institutions/aitu/qualifications", body).status_code == 201
    given = {"unit": "algorithms", "awarded_on": "2026-05-29", "grade": {"value": "B", "scale": "kz-letter"}}
    assert door.university.post(f"{door.wallet}/credits", given).status_code == 201
    return f"{door.wallet}/progress/both"


def test_what_if_tells_how_it_is_and_how_it_would_be(door: Door, asked: str):
    events = len(door.learner.get(f"{door.wallet}/events").json()["events"])

    answer = door.learner.post(f"{asked}/what-if", {"units": [{"unit": "databases"}], "on": "2026-06-01"})

    assert answer.status_code == 200
    now, then = answer.json()["now"], answer.json()["then"]
    assert (now["complete"], then["complete"]) == (False, True)
    assert then["used"] == [*now["used"], "planned:databases"]
    assert (now["on"], then["on"]) == ("2026-06-01", "2026-06-01")
    assert len(door.learner.get(f"{door.wallet}/events").json()["events"]) == events


def test_a_proposed_recognition_counts_as_what_it_is(door: Door, asked: str):
    wish = {"unit": "databases", "setting": "non_formal"}
    then = door.university.post(f"{asked}/what-if", {"units": [wish]}).json()["then"]

    core, formal = then["requirement"]["parts"]
    assert (core["satisfied"], formal["satisfied"]) == (True, False)


def test_a_grade_that_is_expected_is_judged(door: Door, asked: str):
    wish = {"unit": "databases", "grade": {"value": "C", "scale": "kz-letter"}}

    assert not door.learner.post(f"{asked}/what-if", {"units": [wish]}).json()["then"]["complete"]


def test_a_plan_is_the_least_in_a_possible_order(door: Door, asked: str):
    offering = "/institutions/aitu/units/databases/offering"
    offered = door.university.post(offering, {"terms": ["spring"], "prerequisites": ["algorithms"]})
    assert (offered.status_code, offered.json()["terms"]) == (201, ["spring"])
    assert door.anybody.get("/units/databases").json()["prerequisites"] == ["algorithms"]

    answer = door.learner.post(
        f"{asked}/plan", {"terms": [{"name": "autumn"}, {"name": "spring", "capacity": 6}]}
    )

    assert answer.status_code == 200
    assert answer.json()["units"] == ["databases"]
    assert [step["units"] for step in answer.json()["steps"]] == [[], ["databases"]]


REFUSED: dict[str, tuple[str, Any, str]] = {
    "a unit that counts already": ("what-if", {"units": [{"unit": "algorithms"}]}, "already-awarded"),
    "a unit nobody described": ("what-if", {"units": [{"unit": "alchemy"}]}, "not-found"),
    "a unit twice": ("what-if", {"units": [{"unit": "databases"}] * 2}, "already-awarded"),
    "a credit nobody has": ("what-if", {"units": [], "preferred": ["c-9"]}, "not-found-in-wallet"),
    "no terms": ("plan", {"terms": []}, "invalid-request"),
    "a term that holds nothing": ("plan", {"terms": [{"name": "autumn", "capacity": 0}]}, "invalid-request"),
    "a term of no name": ("plan", {"terms": [{"name": "Autumn 2026"}]}, "invalid-request"),
    "no room": ("plan", {"terms": [{"name": "autumn", "capacity": 1}]}, "no-plan"),
    "true for points": ("plan", {"terms": [{"name": "autumn", "capacity": True}]}, "invalid-request"),
}  # fmt: skip


@pytest.mark.parametrize(("what", "body", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_a_problem(what: str, body: Any, problem: str, door: Door, asked: str):
    assert problem_of(door.learner.post(f"{asked}/{what}", body)) == problem


def test_nobody_else_is_advised(door: Door, asked: str):
    assert problem_of(door.stranger.post(f"{asked}/what-if", {"units": []})) == "not-found"
    assert problem_of(door.anybody.post(f"{asked}/what-if", {"units": []})) == "no-key"


# --- the signed report ----------------------------------------------------------------------------------


def a_report(door: Door, asked: str) -> dict[str, Any]:
    credit = door.learner.get(f"{door.wallet}/credits").json()["credits"][0]["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    assert issued.status_code == 201, issued.text
    answer = door.university.post(f"{asked}/report", {"on": "2026-06-01"})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_a_report_is_signed_by_the_institution_and_reckoned_again_by_anybody(door: Door, asked: str):
    given = a_report(door, asked)

    result = door.anybody.post(
        "/progress-reports/verifications", {"report": given["report"], "bundle": given["bundle"]}
    ).json()

    assert result["outcome"] == "passed", result
    assert result["answer"] == given["report"]["answer"]
    assert given["unproven"] == []


def test_a_changed_credit_fails_at_its_line_over_http_too(door: Door, asked: str):
    given = a_report(door, asked)
    report = given["report"]
    report["lines"][0]["line"]["credit"]["points"]["points"] = "60"

    sent = {"report": report, "bundle": given["bundle"]}
    result = door.anybody.post("/progress-reports/verifications", sent).json()

    failed = {each["about"] for each in result["findings"] if each["outcome"] == "failed"}
    assert f"line:{report['lines'][0]['line']['credit']['id']}" in failed
    assert result["outcome"] == "failed"


def test_a_report_without_its_credentials_could_not_be_checked(door: Door, asked: str):
    given = a_report(door, asked)

    result = door.anybody.post("/progress-reports/verifications", {"report": given["report"]}).json()

    assert result["outcome"] == "could-not-check"


def test_only_the_institution_signs_how_far_somebody_has_come(door: Door, asked: str):
    assert problem_of(door.learner.post(f"{asked}/report", {})) == "wrong-role"
    assert problem_of(door.stranger.post(f"{asked}/report", {})) == "not-found"


NO_RERUN: dict[str, tuple[Any, str]] = {
    "no report": ({}, "invalid-request"),
    "a number for a report": ({"report": 7}, "invalid-request"),
    "a bundle that is none": ({"report": {}, "bundle": {}}, "bundle-refused"),
    "a member too many": ({"report": {}, "bonus": 1}, "invalid-request"),
}


@pytest.mark.parametrize(("body", "problem"), NO_RERUN.values(), ids=NO_RERUN)
def test_a_question_that_is_none_is_a_problem(body: Any, problem: str, door: Door):
    assert problem_of(door.anybody.post("/progress-reports/verifications", body)) == problem


def test_what_is_no_report_failed(door: Door):
    result = door.anybody.post(
        "/progress-reports/verifications", {"report": "rubbish", "credentials": ["x", {}]}
    )

    assert (result.status_code, result.json()["outcome"]) == (200, "failed")
