from tests.api.world import Door, problem_of


def test_anybody_reads_how_national_levels_stand_beside_the_eqf(door: Door):
    listed = door.anybody.get("/frameworks").json()["frameworks"]
    ireland = door.anybody.get("/frameworks/IE").json()

    assert ireland in listed
    assert [level["eqf"] for level in ireland["levels"]] == [1, 1, 2, 3, 4, 5, 6, 6, 7, 8]
    assert all(level["source"] and level["as_of"] for level in ireland["levels"])


def test_a_record_is_read_in_another_countrys_levels(door: Door):
    door.award()

    [line] = door.learner.get(f"{door.wallet}/levels/IE").json()["lines"]

    assert line["level"] == {"framework": "EQF", "value": 6}
    assert [level["value"] for level in line["levels"]] == [7, 8]
    assert "NQF-IE" in line["sources"][0]


def test_a_country_nobody_knows_is_not_found_and_rubbish_is_refused(door: Door):
    assert problem_of(door.anybody.get("/frameworks/XX")) == "not-found"
    assert problem_of(door.anybody.get("/frameworks/ireland")) == "invalid-request"
    assert problem_of(door.stranger.get(f"{door.wallet}/levels/IE")) == "not-found"
