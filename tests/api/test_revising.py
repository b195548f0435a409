"""Describing anew what is in the catalogue, and ending an accreditation, by HTTP."""

from datetime import date

import pytest

from tests.api.world import Door, problem_of
from tests.offices import NOON
from wallet import registering

UNIT = {
    "code": "CSE-1",
    "names": {"en": "Algorithms and structures"},
    "outcomes": [{"id": "lo1", "text": {"en": "Choose an algorithm"}}],
    "setting": "formal",
    "points": [{"scheme": "ECTS", "points": 7}],
}
QUALIFICATION = {
    "names": {"en": "First year, anew"},
    "points": {"scheme": "ECTS", "points": 6},
    "level": {"framework": "EQF", "value": 6},
    "kind": "bachelor",
    "requirement": {"requires": "unit", "unit": "databases"},
}
WITHDRAWAL = {"reference": "IA-2024/1", "reason": "The agency withdrew it.", "withdrawn_on": "2026-06-01"}

REVISIONS = {
    "a unit": ("/institutions/aitu/units/algorithms/revisions", UNIT, "/units/algorithms"),
    "a qualification": (
        "/institutions/aitu/qualifications/first-year/revisions",
        QUALIFICATION,
        "/qualifications/first-year",
    ),
}


@pytest.mark.parametrize(("path", "body", "shown"), REVISIONS.values(), ids=REVISIONS)
def test_what_was_described_is_described_anew_once(path: str, body: dict, shown: str, door: Door):
    first = door.university.post(path, body, Idempotency_Key="r-1")
    again = door.university.post(path, body, Idempotency_Key="r-1")

    assert (first.status_code, first.headers["location"]) == (201, shown)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    now = door.anybody.get(shown).json()
    assert now["revision"] == 2
    assert {name: now[name] for name in first.json()} == first.json()


@pytest.mark.parametrize(("path", "body", "shown"), REVISIONS.values(), ids=REVISIONS)
def test_by_its_own_institution_and_no_other(path: str, body: dict, shown: str, door: Door):
    assert problem_of(door.anybody.post(path, body)) == "no-key"
    assert problem_of(door.stranger.post(path, body)) == "wrong-role"
    assert problem_of(door.registry.post(path, body)) == "wrong-role"
    of_another = path.replace("/aitu/", "/college/")
    assert problem_of(door.stranger.post(of_another, body)) == "wrong-institution"
    nowhere = path.replace("algorithms", "nothing").replace("first-year", "nothing")
    assert problem_of(door.university.post(nowhere, body)) == "not-found"
    assert door.anybody.get(shown).json()["revision"] == 1


def test_credit_awarded_before_a_revision_stays_as_it_was(door: Door):
    door.award()
    door.university.post("/institutions/aitu/units/algorithms/revisions", UNIT)

    [credit] = door.learner.get(f"{door.wallet}/credits").json()["credits"]

    assert credit["points"] == {"scheme": "ECTS", "points": 6}


def test_an_accreditation_is_withdrawn_by_the_registry_once(door: Door):
    path = "/institutions/aitu/accreditations/withdrawals"

    first = door.registry.post(path, WITHDRAWAL, Idempotency_Key="w-1")
    again = door.registry.post(path, WITHDRAWAL, Idempotency_Key="w-1")

    assert (first.status_code, first.json()) == (201, WITHDRAWAL)
    assert again.headers["idempotency-replayed"] == "true"
    [held] = door.anybody.get("/institutions/aitu").json()["accreditations"]
    assert (held["withdrawn_on"], held["why_withdrawn"]) == ("2026-06-01", WITHDRAWAL["reason"])
    assert problem_of(door.registry.post(path, WITHDRAWAL)) == "not-in-force"
    assert problem_of(door.registry.post(path, {**WITHDRAWAL, "reference": "another"})) == "not-found"
    assert problem_of(door.university.post(path, WITHDRAWAL)) == "wrong-role"


def test_one_withdrawn_on_the_first_day_there_is_can_still_be_asked_about(door: Door):
    credit = door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    document = door.learner.get(issued.json()["href"]).text

    registering.withdraw_accreditation(
        door.office, "aitu", reference="IA-2024/1", reason="Never given.", on=date.min, at=NOON
    )

    told = door.anybody.post("/verifications", {"document": document})
    assert (told.status_code, told.json()["outcome"]) == (200, "failed")
