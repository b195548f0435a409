from typing import Any

from domain.values import CreditScheme
from tests.api.world import Door, problem_of
from tests.offices import a_unit

RULE = {
    "rule": "kz-to-ects",
    "from_scheme": "KZ",
    "to_scheme": "ECTS",
    "factor": "3/2",
    "reason": "It was 15 hours.",
    "source": "Order 7",
}


def publish(door: Door, **more: Any) -> Any:
    return door.university.post("/institutions/aitu/conversion-rules", {**RULE, **more})


def test_a_rule_is_published_read_by_anybody_and_kept_with_what_it_converts(door: Door):
    a_unit(door.office, "kz-unit", points=5, scheme=CreditScheme.KZ)
    door.award()
    credit = door.award("kz-unit").json()["credit"]
    published = publish(door)
    read = door.learner.get(f"{door.wallet}/schemes/ECTS").json()
    transferred = door.stranger.post(
        f"{door.wallet}/credits/{credit}/transfers",
        {"agreement": "LA 1", "rule": "kz-to-ects", "transferred_on": "2026-05-30"},
    )

    assert published.status_code == 201, published.text
    assert door.anybody.get(published.headers["Location"]).json() == published.json()
    assert read["of_itself"] == {"scheme": "ECTS", "points": 6}
    [by_rule] = read["by_rule"]
    assert (by_rule["points"]["points"], by_rule["by"]["terms"]["factor"]) == (7.5, "3/2")
    assert [line["points"]["scheme"] for line in read["lines"]] == ["ECTS", "KZ"]
    assert read["lines"][1]["hours"] == {"least": 150, "most": 150}
    assert transferred.status_code == 201, transferred.text
    assert transferred.json()["points"] == {"scheme": "ECTS", "points": 7.5}
    assert transferred.json()["converted_by"]["rule"] == "kz-to-ects"
    lines = door.learner.get(f"{door.wallet}/credits").json()["credits"]
    assert [line["converted_by"] and line["converted_by"]["rule"] for line in lines] == [
        None,
        None,
        "kz-to-ects",
    ]


def test_credit_enters_no_other_scheme_without_a_rule(door: Door):
    a_unit(door.office, "kz-unit", points=5, scheme=CreditScheme.KZ)
    a_unit(door.office, "theirs", institution="college")
    credit = door.award("kz-unit").json()["credit"]

    refused = door.stranger.post(
        f"{door.wallet}/credits/{credit}/transfers",
        {"agreement": "LA 1", "unit": "theirs", "transferred_on": "2026-05-30"},
    )

    assert (refused.status_code, problem_of(refused)) == (422, "unlike-credits")


def test_a_rule_is_published_once_and_withdrawn_once_by_its_institution(door: Door):
    publish(door)
    again = publish(door)
    withdrawal = {"reason": "replaced", "withdrawn_on": "2099-05-30"}
    path = "/institutions/{}/conversion-rules/kz-to-ects/withdrawal"
    not_theirs = door.stranger.post(path.format("college"), withdrawal)
    withdrawn = door.university.post(path.format("aitu"), withdrawal)
    twice = door.university.post(path.format("aitu"), withdrawal)

    assert [problem_of(each) for each in (again, not_theirs, twice)] == [
        "already-published",
        "wrong-institution",
        "not-in-force",
    ]
    assert withdrawn.status_code == 201
    [rule] = door.anybody.get("/conversion-rules?to=ECTS").json()["rules"]
    assert rule["why_withdrawn"] == "replaced"
    assert door.anybody.get("/conversion-rules?to=KZ").json() == {"rules": []}


def test_a_rule_from_a_scheme_to_itself_is_no_rule(door: Door):
    refused = publish(door, to_scheme="KZ")

    assert (refused.status_code, problem_of(refused)) == (422, "invalid-value")


def test_the_points_of_a_qualification_are_shared_out_to_its_units(door: Door):
    weight = {"importance": 1, "complexity": 0, "effort": 0}
    units = [
        {"unit": "algorithms", "weight": weight},
        {"unit": "databases", "weight": {**weight, "importance": 2}},
    ]

    weighed = door.university.post("/institutions/aitu/qualifications/first-year/weights", {"units": units})
    twice = door.university.post(
        "/institutions/aitu/qualifications/first-year/weights", {"units": [units[0], units[0]]}
    )

    assert weighed.status_code == 201, weighed.text
    assert [each["points"]["points"] for each in weighed.json()["units"]] == [2, 4]
    assert (twice.status_code, problem_of(twice)) == (422, "invalid-value")
