from tests.api.world import Door, problem_of

QUALIFICATION = {
    "qualification": "micro-algorithms",
    "names": {"en": "Micro-credential: algorithms"},
    "points": {"scheme": "ECTS", "points": 5},
    "level": {"framework": "EQF", "value": 6},
    "kind": "micro_credential",
    "requirement": {
        "requires": "some",
        "n": 1,
        "label": {"en": "One way or another"},
        "requirements": [
            {"requires": "unit", "unit": "algorithms"},
            {
                "requires": "points",
                "label": {"en": "Five points"},
                "points": {"scheme": "ECTS", "points": 5},
                "most_not_formal": 0.25,
            },
        ],
    },
}


def test_a_qualification_is_shown_as_it_was_described(door: Door):
    described = door.university.post("/institutions/aitu/qualifications", QUALIFICATION)

    assert described.status_code == 201
    assert described.headers["location"] == "/qualifications/micro-algorithms"
    shown = door.anybody.get("/qualifications/micro-algorithms").json()
    assert shown == described.json()
    parts = shown["requirement"]["requirements"]
    assert parts[1]["most_not_formal"] == 0.25


def test_a_required_unit_is_called_as_the_unit_is_where_nobody_says_otherwise(door: Door):
    described = door.university.post("/institutions/aitu/qualifications", QUALIFICATION)

    assert described.json()["requirement"]["requirements"][0]["label"]["en"] == "Unit algorithms"


def test_a_mistake_deep_in_the_tree_is_pointed_to(door: Door):
    parts = [
        {"requires": "unit", "unit": "Not A Slug"},
        {"requires": "points", "label": {}, "points": {"scheme": "ECTS", "points": 0}},
        {"requires": "miracle"},
    ]
    tree = {"requires": "all", "label": {"en": "All"}, "requirements": parts}

    refused = door.university.post(
        "/institutions/aitu/qualifications", {**QUALIFICATION, "requirement": tree}
    )

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/requirement/requirements/0/unit",
        "/requirement/requirements/1/label",
        "/requirement/requirements/1/points/points",
        "/requirement/requirements/2",
    ]


def test_a_qualification_of_a_unit_that_nobody_described_is_refused(door: Door):
    tree = {"requires": "unit", "unit": "alchemy"}

    refused = door.university.post(
        "/institutions/aitu/qualifications", {**QUALIFICATION, "requirement": tree}
    )

    assert (refused.status_code, problem_of(refused)) == (404, "not-found")


def test_anybody_reads_the_catalogue(door: Door):
    units = door.anybody.get("/units?institution=aitu").json()["units"]
    nobodys = door.anybody.get("/units?institution=college").json()["units"]

    assert [unit["unit"] for unit in units] == ["algorithms", "databases"]
    assert nobodys == []
    assert door.anybody.get("/units/algorithms").json()["points"] == [{"scheme": "ECTS", "points": 6}]
    assert problem_of(door.anybody.get("/units/alchemy")) == "not-found"


def test_a_new_key_takes_the_place_of_the_old_and_both_stay_in_the_history(door: Door):
    published = door.university.post("/institutions/aitu/keys")

    assert published.status_code == 201
    keys = door.anybody.get("/institutions/aitu").json()["keys"]
    assert [key["standing"] for key in keys] == ["retired", "in-force"]
    listed = door.anybody.get("/i/aitu/did.json").json()["verificationMethod"]
    assert [method["id"] for method in listed] == [key["id"] for key in keys]


def test_a_stolen_key_is_reported_and_shown_as_such(door: Door):
    theft = {
        "key": "did:web:records.example:i:aitu#key-1",
        "since": "2026-06-02T00:00:00Z",
        "reason": "stolen",
    }

    reported = door.registry.post("/institutions/aitu/keys/compromise", theft)

    assert reported.status_code == 201
    assert door.anybody.get("/institutions/aitu").json()["keys"][0]["standing"] == "compromised"


def test_accreditations_are_recorded_with_their_scope(door: Door):
    scope = {
        "by": "Agency",
        "settings": ["formal"],
        "levels": [{"framework": "EQF", "value": 7}],
        "fields": ["06"],
        "valid_from": "2025-01-01",
        "reference": "IA-2",
    }

    first = door.registry.post("/institutions/aitu/accreditations", scope)
    second = door.registry.post("/institutions/aitu/accreditations", scope)

    assert (first.status_code, problem_of(second)) == (201, "already-registered")
    shown = door.anybody.get("/institutions/aitu").json()["accreditations"]
    assert shown[1]["levels"] == [{"framework": "EQF", "value": 7}]
