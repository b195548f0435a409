"""Learning agreements over the web door: three keys, three views, and nobody else's business."""

from typing import Any

import pytest

from tests.api.world import Door, Knocker, a_key, problem_of
from tests.offices import NOON, a_memorandum, a_unit, a_university
from wallet import access
from wallet.access import Role


@pytest.fixture
def door(door: Door) -> Door:
    """The usual one, where the college teaches what the learner will study there."""
    a_unit(door.office, "algorithmen", institution="college")
    a_unit(door.office, "chor", institution="college", points=2)
    return door


def terms(door: Door, **changed: Any) -> dict[str, Any]:
    return {
        "learner": door.admitted.learner,
        "home": "aitu",
        "host": "college",
        "components": [{"host_unit": "algorithmen", "home_unit": "algorithms"}, {"host_unit": "chor"}],
        "starts_on": "2026-02-01",
        "ends_on": "2026-05-20",
        "proposed_on": "2026-01-10",
        **changed,
    }


def agreed(door: Door, **changed: Any) -> str:
    """The address of an agreement that all three have signed."""
    proposed = door.learner.post("/agreements", terms(door, **changed))
    assert proposed.status_code == 201, proposed.text
    path = proposed.headers["location"]
    for who in (door.university, door.stranger):
        assert who.post(f"{path}/signatures", {"signed_on": "2026-01-15"}).status_code == 201
    return path


GRADE = {"value": "1.7", "scale": "German"}
PASSED = {
    "results": [{"host_unit": "algorithmen", "result": "passed", "grade": GRADE}],
    "recorded_on": "2026-05-20",
}


def test_a_semester_abroad(door: Door):
    path = agreed(door)
    transcript = door.stranger.post(f"{path}/transcripts", PASSED, Idempotency_Key="t")
    again = door.stranger.post(f"{path}/transcripts", PASSED, Idempotency_Key="t")
    component = f"{path}/components/algorithmen"
    early = door.university.post(f"{component}/recognition", {"recognised_on": "2026-05-29"})
    validated = door.university.post(f"{component}/validation", {"validated_on": "2026-05-29"})
    recognised = door.university.post(f"{component}/recognition", {"recognised_on": "2026-05-29"})
    omitted = door.university.post(
        f"{path}/components/chor/omission", {"reason": "not taken", "left_out_on": "2026-05-29"}
    )

    assert transcript.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert problem_of(early) == "not-validated"
    assert validated.json()["outcomes"] == ["lo1", "lo2"]
    assert recognised.json()["credit"] == transcript.json()["results"][0]["credit"]
    assert omitted.status_code == 201
    views = [who.get(path).json() for who in (door.learner, door.university, door.stranger)]
    assert views[0] == views[1] == views[2]
    assert views[0]["stage"] == "completed"
    lines = door.learner.get(f"{door.wallet}/credits").json()["credits"]
    assert [(line["institution"], line["unit"], line["counts"]) for line in lines] == [
        ("college", "algorithmen", True),
        ("aitu", "algorithms", False),
    ]


def test_under_a_memorandum_home_recognises_at_once(door: Door):
    a_memorandum(door.office)
    path = agreed(door, memorandum="aitu-and-college")
    door.stranger.post(f"{path}/transcripts", PASSED)

    recognised = door.university.post(
        f"{path}/components/algorithmen/recognition", {"recognised_on": "2026-05-29"}
    )

    assert recognised.json()["validated_by"] == "aitu-and-college"


def test_a_change_waits_for_three_and_may_be_declined(door: Door):
    path = agreed(door)
    change = {"drops": ["chor"], "reason": "clash", "proposed_on": "2026-02-05"}

    proposed = door.stranger.post(f"{path}/changes", change)
    declined = door.learner.post(f"{path}/refusals", {"reason": "I sing", "declined_on": "2026-02-06"})
    second = door.learner.post(f"{path}/changes", change)
    waiting = door.university.get(path).json()
    for who in (door.university, door.stranger):
        who.post(f"{path}/signatures", {"signed_on": "2026-02-07"})

    assert (proposed.json()["change"], declined.json()["change"], second.json()["change"]) == (1, 1, 2)
    assert (waiting["change"]["by"], waiting["unsigned"]) == ("learner", ["home", "host"])
    shown = door.learner.get(path).json()
    assert [each["component"]["host_unit"] for each in shown["components"]] == ["algorithmen"]


def test_to_whoever_is_no_party_an_agreement_is_not_there(door: Door):
    path = agreed(door)
    a_university(door.office, "enu")
    enu = Knocker(door.app, a_key(door.office, Role.INSTITUTION, "enu"))
    other = Knocker(door.app, access.admit(door.office, opened_by="aitu", at=NOON).secret)

    for who in (enu, other):
        there, nowhere = who.get(path), who.get("/agreements/nowhere")
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace(path.rpartition("/")[2], "nowhere") == nowhere.text
        assert who.get("/agreements").json() == {"agreements": []}
        assert problem_of(who.post(f"{path}/signatures", {"signed_on": "2026-01-15"})) == "not-found"
    assert problem_of(door.registry.get(path)) == "wrong-role"
    assert problem_of(door.anybody.get(path)) == "no-key"
    for who in (door.learner, door.university, door.stranger):
        [mine] = who.get("/agreements").json()["agreements"]
        assert path == f"/agreements/{mine['agreement']}"


def test_acts_are_their_partys_alone(door: Door):
    path = agreed(door)
    component = f"{path}/components/algorithmen"

    assert problem_of(door.learner.post(f"{path}/transcripts", PASSED)) == "wrong-role"
    assert problem_of(door.university.post(f"{path}/transcripts", PASSED)) == "wrong-institution"
    door.stranger.post(f"{path}/transcripts", PASSED)
    validate = {"validated_on": "2026-05-29"}
    assert problem_of(door.stranger.post(f"{component}/validation", validate)) == "wrong-institution"
    omission = {"reason": "we would rather not", "left_out_on": "2026-05-29"}
    assert problem_of(door.university.post(f"{component}/omission", omission)) == "counts-in-full"
    assert problem_of(door.university.post(f"{path}/components/nope/validation", validate)) == (
        "not-found-in-agreement"
    )
    plain = {"agreement": "On paper", "transferred_on": "2026-05-29"}
    credit = door.learner.get(f"{door.wallet}/credits").json()["credits"][0]["credit"]
    assert problem_of(door.university.post(f"{door.wallet}/credits/{credit}/transfers", plain)) == (
        "not-recognised"
    )


def test_quality_is_computed_for_anybody_and_reported_by_the_institution(door: Door):
    a_memorandum(door.office)
    path = agreed(door, memorandum="aitu-and-college")
    said = {"phase": "planning", "findings": "Two places", "recorded_on": "2026-02-01"}
    assert door.stranger.post("/memoranda/aitu-and-college/phases", said).status_code == 201
    assert door.learner.post(f"{path}/phases", said).json()["by"] == "learner"
    skipping = {**said, "phase": "review"}
    assert problem_of(door.stranger.post("/memoranda/aitu-and-college/phases", skipping)) == "invalid-value"
    reported = {
        "indicator": "placement",
        "percent": 81.5,
        "since": "2025-01-01",
        "until": "2025-12-31",
        "source": "Survey",
        "reported_on": "2026-03-01",
    }
    assert door.university.post("/institutions/aitu/indicators", reported).json()["number"] == 5
    assert problem_of(door.stranger.post("/institutions/aitu/indicators", reported)) == "wrong-role"
    computed = {**reported, "indicator": "completion"}
    assert problem_of(door.university.post("/institutions/aitu/indicators", computed)) == "invalid-request"

    partnership = door.anybody.get("/memoranda/aitu-and-college/quality").json()
    institution = door.anybody.get("/institutions/aitu/quality").json()

    assert partnership["mobility"]["participants"] == 1
    assert [noted["findings"] for noted in partnership["circle"]] == ["Two places"]
    assert (institution["mobility"]["origin"], institution["reported"][0]["origin"]) == (
        "computed",
        "reported",
    )
    assert institution["reported"][0]["percent"] == 81.5
