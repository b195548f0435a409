from datetime import UTC, datetime, timedelta

from tests.api.world import Door, problem_of


def test_credit_is_awarded_and_the_record_opens_to_the_event_behind_it(door: Door):
    awarded = door.award()

    assert awarded.status_code == 201, awarded.text
    assert awarded.json()["points"] == {"scheme": "ECTS", "points": 6}
    record = door.learner.get(f"{door.wallet}/record").json()
    [total] = record["totals"]
    assert (total["scheme"], total["points"], total["setting"]) == ("ECTS", 6, "formal")
    [behind] = total["events"]
    event = door.learner.get(behind["href"]).json()
    assert event["name"] == "credit.awarded.v1"
    assert event["event"]["credit"] == awarded.json()["credit"]
    assert event["event"]["points"] == {"scheme": "ECTS", "points": 6}


def test_the_same_unit_is_not_awarded_twice(door: Door):
    door.award()

    again = door.award()

    assert (again.status_code, problem_of(again)) == (409, "already-awarded")


def test_points_are_exact_numbers_both_ways(door: Door):
    body = (
        b'{"unit": "algorithms", "points": {"scheme": "ECTS", "points": 4.125}, "awarded_on": "2026-05-29"}'
    )

    awarded = door.university.post_text(f"{door.wallet}/credits", body)

    assert awarded.status_code == 201
    assert '"points":{"scheme":"ECTS","points":4.125}' in awarded.text
    assert '"points":4.125,"setting"' in door.learner.get(f"{door.wallet}/record").text


def test_non_formal_learning_goes_from_claim_to_assessment_to_credit(door: Door):
    claim = {
        "setting": "non_formal",
        "names": {"en": "Algorithms, an open course"},
        "provider": "Open courses",
        "achieved_on": "2026-03-01",
        "hours": 60,
    }
    claimed = door.learner.post(f"{door.wallet}/achievements", claim)
    achievement = claimed.json()["achievement"]
    award = {"unit": "algorithms", "achievement": achievement, "awarded_on": "2026-05-29"}
    too_early = door.university.post(f"{door.wallet}/credits", award)
    assessed = door.university.post(
        f"{door.wallet}/achievements/{achievement}/assessments",
        {"result": "passed", "assessed_on": "2026-04-01", "unit": "algorithms"},
    )
    awarded = door.university.post(f"{door.wallet}/credits", award)

    assert [response.status_code for response in (claimed, too_early, assessed, awarded)] == [
        201,
        409,
        201,
        201,
    ]
    assert problem_of(too_early) == "not-assessed"
    assert awarded.json()["setting"] == "non_formal"
    record = door.learner.get(f"{door.wallet}/record").json()
    assert [total["setting"] for total in record["totals"]] == ["non_formal"]
    assert record["achievements"][0]["result"] == "passed"


def test_formal_learning_cannot_be_claimed(door: Door):
    claim = {"setting": "formal", "names": {"en": "Algorithms"}, "achieved_on": "2026-03-01"}

    refused = door.learner.post(f"{door.wallet}/achievements", claim)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/setting"


def test_a_withdrawn_credit_no_longer_counts_and_says_why(door: Door):
    credit = door.award().json()["credit"]

    withdrawn = door.university.post(
        f"{door.wallet}/credits/{credit}/withdrawal",
        {"reason": "another learner of the same name", "withdrawn_on": "2026-05-30"},
    )

    assert withdrawn.status_code == 201
    [line] = door.learner.get(f"{door.wallet}/credits").json()["credits"]
    assert (line["counts"], line["why_withdrawn"]) == (False, "another learner of the same name")
    assert door.learner.get(f"{door.wallet}/record").json()["totals"] == []
    assert door.learner.get(f"{door.wallet}/units").json()["credits"] == []


def test_a_transferred_credit_counts_at_both_and_once_in_the_record(door: Door):
    credit = door.award().json()["credit"]

    transferred = door.stranger.post(
        f"{door.wallet}/credits/{credit}/transfers",
        {"agreement": "Learning agreement 14", "transferred_on": "2026-05-30"},
    )

    assert transferred.status_code == 201
    record = door.learner.get(f"{door.wallet}/record").json()
    assert [total["points"] for total in record["totals"]] == [6]
    assert len(door.learner.get(f"{door.wallet}/credits").json()["credits"]) == 2


def test_progress_says_what_is_missing_and_then_the_qualification_is_conferred(door: Door):
    confer = {"qualification": "first-year", "conferred_on": "2026-05-30"}
    too_early = door.university.post(f"{door.wallet}/conferrals", confer)
    before = door.learner.get(f"{door.wallet}/progress/first-year").json()
    door.award()
    after = door.learner.get(f"{door.wallet}/progress/first-year").json()
    conferred = door.university.post(f"{door.wallet}/conferrals", confer)

    assert problem_of(too_early) == "requirements-not-met"
    assert too_early.json()["missing"] == before["missing"]
    assert (before["complete"], before["share"]) == (False, "0")
    assert (after["complete"], after["share"], after["missing"]) == (True, "1", [])
    assert conferred.status_code == 201


def test_a_qualification_is_certified_and_its_credential_ends_with_it(door: Door):
    door.award()
    confer = {"qualification": "first-year", "conferred_on": "2026-05-30"}
    conferral = door.university.post(f"{door.wallet}/conferrals", confer).json()["conferral"]
    learner = door.wallet.rpartition("/")[2]

    issued = door.university.post("/credentials", {"learner": learner, "conferral": conferral})
    diploma = door.learner.get(issued.json()["href"]).text
    withdrawal = f"{door.wallet}/conferrals/{conferral}/withdrawal"
    reason = {"reason": "The thesis is another's.", "withdrawn_on": "2026-06-01"}
    assert door.anybody.post("/verifications", {"document": diploma}).json()["outcome"] == "passed"
    assert problem_of(door.stranger.post(withdrawal, reason)) == "wrong-institution"
    withdrawn = door.university.post(withdrawal, reason)

    assert (issued.json()["kind"], issued.json()["conferral"]) == ("qualification", conferral)
    assert (withdrawn.status_code, withdrawn.json()["conferral"]) == (201, conferral)
    assert door.anybody.post("/verifications", {"document": diploma}).json()["outcome"] == "failed"
    assert problem_of(door.university.post(withdrawal, reason)) == "not-in-force"
    both = {"learner": learner, "conferral": conferral, "credit": "c-1"}
    assert problem_of(door.university.post("/credentials", both)) == "invalid-request"


def test_an_institution_without_accreditation_awards_nothing(door: Door):
    door.registry.post("/institutions", {"institution": "kiosk", "names": {"en": "Kiosk"}, "country": "KZ"})
    made = door.registry.post("/institutions/kiosk/api-keys", {"label": "first"})
    kiosk = type(door.anybody)(door.app, made.json()["api_key"])
    unit = {
        "unit": "tea",
        "code": "T",
        "names": {"en": "Tea"},
        "outcomes": [{"id": "lo1", "text": {"en": "Make tea"}}],
        "setting": "formal",
        "points": [{"scheme": "ECTS", "points": 1}],
    }
    described = kiosk.post("/institutions/kiosk/units", unit)

    refused = kiosk.post(f"{door.wallet}/credits", {"unit": "tea", "awarded_on": "2026-05-29"})

    assert described.status_code == 201
    assert (refused.status_code, problem_of(refused)) == (403, "not-accredited")


def test_a_learner_erases_herself_and_gets_a_receipt(door: Door):
    door.award()

    erased = door.learner.post(f"{door.wallet}/erasure", {"learner": door.admitted.learner})

    assert erased.status_code == 201, erased.text
    receipt = erased.json()["receipt"]
    assert (receipt["type"], receipt["learner"]) == ("ErasureReceipt", door.admitted.learner)
    assert receipt["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert door.learner.get(f"{door.wallet}/record").status_code == 401
    gone = door.university.get(f"{door.wallet}/record")
    assert (gone.status_code, problem_of(gone)) == (410, "erased")
    assert (door.award().status_code, problem_of(door.award())) == (410, "erased")


def test_the_registry_erases_at_a_learners_request_and_answers_a_retry_the_same(door: Door):
    said = {"learner": door.admitted.learner}

    first = door.registry.post(f"{door.wallet}/erasure", said, Idempotency_Key="request-17")
    again = door.registry.post(f"{door.wallet}/erasure", said, Idempotency_Key="request-17")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()


def test_nobody_is_erased_by_another_or_by_a_slip(door: Door):
    said = {"learner": door.admitted.learner}
    slip = {"learner": "00000000-0000-4000-8000-000000000000"}

    assert door.university.post(f"{door.wallet}/erasure", said).status_code == 403
    assert door.registry.post(f"{door.wallet}/erasure", slip).status_code == 422
    assert door.registry.post(f"{door.wallet}/erasure").status_code in (400, 422)
    assert door.learner.get(f"{door.wallet}/record").status_code == 200


def test_a_record_and_an_institution_are_shown_as_of_a_past_time(door: Door):
    door.award()
    now = datetime.now(UTC)
    later, before = ((now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (1, -9999))

    record = door.learner.get(f"{door.wallet}/record").json()

    assert door.learner.get(f"{door.wallet}/record?at={later}").json() == record
    assert len(door.learner.get(f"{door.wallet}/credits?at=2026-06-01T12:00:00Z").json()["credits"]) == 0
    assert problem_of(door.learner.get(f"{door.wallet}/record?at={before}")) == "not-found"
    assert problem_of(door.learner.get(f"{door.wallet}/record?at=yesterday")) == "invalid-request"
    assert door.anybody.get(f"/institutions/aitu?at={later}").status_code == 200
    assert door.anybody.get(f"/institutions/aitu?at={before}").status_code == 404
