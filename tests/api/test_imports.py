"""Records from elsewhere over the web door: read first, and brought in by whoever they are for."""

from tests.api.world import Door, problem_of
from tests.formats.elmos import a_signatory, an_elmo, course

DOCUMENT = an_elmo(course("A", "6", parts=[course("B", "5")]), course("C", "3", scheme="SWS")).decode()


def test_a_record_is_shown_confirmed_and_then_in_the_record(door: Door):
    shown = door.learner.post("/imports", {"document": DOCUMENT}).json()
    before = door.learner.get(f"{door.wallet}/record").json()
    confirmed = {"document": DOCUMENT, "confirmed": shown["document"]}
    first = door.learner.post("/imports/confirmed", confirmed, Idempotency_Key="1")
    replayed = door.learner.post("/imports/confirmed", confirmed, Idempotency_Key="1")
    again = door.learner.post("/imports/confirmed", confirmed)

    assert (shown["kind"], shown["totals"], shown["added_up"]) == (
        "elmo",
        {"ECTS": 6, "SWS": 3},
        {"ECTS": 11, "SWS": 3},
    )
    assert [line["counts"] for line in shown["lines"]] == [True, False, True]
    assert before["brought"] == []
    assert first.status_code == 201
    assert first.json() == replayed.json()
    assert again.json()["brought"] == []
    record = door.learner.get(f"{door.wallet}/record").json()
    assert [each["points"] for each in record["brought"]] == [
        [{"scheme": "ECTS", "points": 6}],
        [{"scheme": "SWS", "points": 3}],
    ]
    assert record["totals"] == []


def test_a_signature_is_checked_by_the_certificates_that_are_given(door: Door):
    provider = a_signatory()
    signed = provider.signed(an_elmo(course("A"))).decode()
    given = {"document": signed, "certificates": [provider.pem.decode()]}

    assert door.learner.post("/imports", given).json()["signature"]["outcome"] == "passed"
    assert door.learner.post("/imports", {"document": signed}).json()["signature"]["reason"] == "unknown-key"
    changed = {**given, "document": signed.replace("<value>6<", "<value>60<")}
    shown = door.learner.post("/imports", changed).json()
    assert shown["signature"]["outcome"] == "failed"
    refused = door.learner.post("/imports/confirmed", {**changed, "confirmed": shown["document"]})
    assert problem_of(refused) == "signature-false"


def test_what_is_refused(door: Door):
    def refused(document: str, **more: object) -> str:
        return problem_of(door.learner.post("/imports", {"document": document, **more}))

    assert refused("{}") == "unknown-record"
    assert refused("<!DOCTYPE a><a/>") == "xml-refused"
    assert refused("<a/>") == "unknown-record"
    assert refused("<a>\ud800</a>") in ("xml-refused", "unreadable-body")
    assert refused(an_elmo(body="").decode()) == "not-elmo"
    assert refused(DOCUMENT, certificates=["no"]) == "certificate-refused"
    other = {"document": DOCUMENT, "confirmed": "0" * 64}
    assert problem_of(door.learner.post("/imports/confirmed", other)) == "not-the-document"
    for who in (door.university, door.registry):
        assert problem_of(who.post("/imports", {"document": DOCUMENT})) == "wrong-role"
    assert problem_of(door.anybody.post("/imports", {"document": DOCUMENT})) == "no-key"


def test_a_record_is_taken_elsewhere_by_the_learner_alone(door: Door):
    assert problem_of(door.learner.get(f"{door.wallet}/elmo")) == "not-found"
    door.award()

    taken = door.learner.get(f"{door.wallet}/elmo")

    assert taken.headers["content-type"] == "application/xml"
    assert door.learner.post("/imports", {"document": taken.text}).json()["totals"] == {"ECTS": 6}
    assert problem_of(door.university.get(f"{door.wallet}/elmo")) == "wrong-role"
