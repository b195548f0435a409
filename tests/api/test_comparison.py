from typing import Any

from tests.api.world import Door, problem_of


def a_course(*texts: str, language: str = "en") -> dict[str, Any]:
    outcomes = [{"id": f"lo{n}", "text": {language: text}} for n, text in enumerate(texts, 1)]
    return {"name": "Open course", "outcomes": outcomes}


def test_a_course_from_elsewhere_is_put_beside_a_unit(door: Door):
    asked = {
        "source": [a_course("Outcome 2 of algorithms", "Sing in a choir")],
        "target": {"unit": "algorithms"},
    }

    answer = door.university.post("/comparisons", asked)

    assert answer.status_code == 200, answer.text
    said = answer.json()
    [match] = said["suggestions"]
    assert (match["source"]["of"], match["target"]["of"], match["target"]["id"]) == (
        "Open course",
        "algorithms",
        "lo2",
    )
    assert (match["ground"], match["score"], match["language"]) == ("text", 1, "en")
    assert [each["text"] for each in said["source_alone"]] == [{"en": "Sing in a choir"}]


def test_two_courses_stand_on_one_side(door: Door):
    asked = {
        "source": [a_course("Outcome 1 of algorithms"), {"unit": "algorithms"}],
        "target": {"unit": "databases"},
    }

    said = door.university.post("/comparisons", asked).json()

    assert {each["of"] for each in said["source_alone"]} | {
        each["source"]["of"] for each in said["suggestions"]
    } == {"Open course", "algorithms"}


def test_what_nobody_could_compare_is_told(door: Door):
    asked = {"source": [a_course("Алгоритмы", language="uz")], "target": {"unit": "algorithms"}}

    said = door.university.post("/comparisons", asked).json()

    assert [each["id"] for each in said["no_common_language"]] == ["lo1", "lo2"]


def test_a_comparison_is_for_callers_with_a_key_and_of_units_that_are_there(door: Door):
    asked = {"source": [{"unit": "algorithms"}], "target": {"unit": "unheard-of"}}

    assert problem_of(door.anybody.post("/comparisons", asked)) == "no-key"
    assert problem_of(door.university.post("/comparisons", asked)) == "not-found"
    assert problem_of(door.university.post("/comparisons", {**asked, "least": 2})) == "invalid-request"
