from tests.api.world import Door, problem_of

POLICY = {
    "in_force_from": "2099-09-01",
    "reference": "Academic Council 7",
    "rules": {
        "days_for_appeal": 5,
        "most_not_formal": {"parts": 1, "of": 4},
        "hours_per_credit": {"KZ": 30},
        "days_off": [{"on": "2026-09-02", "name": "Founders", "source": "Order 5", "as_of": "2026-08-01"}],
        "clauses": {"appeal": "Rules of AITU, 5.4"},
    },
}
WHERE = "/institutions/aitu/recognition-policies"


def test_anybody_reads_the_policy_with_every_parameter_and_clause(door: Door):
    published = door.university.post(WHERE, POLICY)
    assert published.status_code == 201, published.text

    [version] = door.anybody.get(WHERE).json()["versions"]

    assert version == published.json()
    assert version["version"] == 1
    assert version["rules"]["days_before_period"] == 10
    assert version["rules"]["days_for_appeal"] == 5
    assert version["rules"]["hours_per_credit"] == {"KZ": 30}
    assert version["rules"]["clauses"]["appeal"] == "Rules of AITU, 5.4"
    assert "544/322" in version["rules"]["clauses"]["filed_in_time"]


def test_only_the_institution_itself_publishes_its_policy(door: Door):
    for knocker in (door.stranger, door.learner, door.registry):
        assert problem_of(knocker.post(WHERE, POLICY)) == "wrong-role"
    assert problem_of(door.anybody.get(WHERE)) == "not-found"


def test_a_policy_of_the_past_and_a_parameter_out_of_bounds_are_refused(door: Door):
    assert door.university.post(WHERE, POLICY).status_code == 201
    assert (
        problem_of(door.university.post(WHERE, {**POLICY, "in_force_from": "2020-01-01"})) == "invalid-value"
    )
    refused = door.university.post(WHERE, {**POLICY, "rules": {"quorum": {"parts": 0, "of": 3}}})
    assert problem_of(refused) == "invalid-value"
    refused = door.university.post(WHERE, {**POLICY, "rules": {"experts": 0}})
    assert refused.json()["errors"][0]["pointer"] == "/rules/experts"
