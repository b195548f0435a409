"""Records from elsewhere over the web door: read first, and brought in by whoever they are for."""

import json
from base64 import b64encode

from tests.api.world import Door, problem_of
from tests.formats.elmos import a_signatory, an_elmo, course
from tests.records.world import a_backup, a_locked_backup, a_png, a_zip, text_of
from tests.verifying.world import a_credential

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


def test_a_badge_is_verified_by_what_is_known_here_and_comes_as_text_or_as_a_picture(door: Door):
    credit = door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    document = door.learner.get(issued.headers["location"]).json()
    text = json.dumps(document)
    picture = {"document": b64encode(a_png(text.encode())).decode(), "encoding": "base64"}

    shown = door.learner.post("/imports", {"document": text}).json()
    baked = door.learner.post("/imports", picture).json()
    confirmed = door.learner.post("/imports/confirmed", {**picture, "confirmed": baked["document"]})

    for each in (shown, baked):
        assert (each["kind"], each["signature"]["outcome"]) == ("open-badge", "passed")
        assert each["verdict"]["outcome"] == "passed"
        assert each["totals"] == {"ECTS": 6}
    assert confirmed.status_code == 201
    assert door.learner.post("/imports", {"document": text}).json()["lines"][0]["held"] is True


def test_a_part_of_what_carries_others_has_a_verdict_of_its_own(door: Door):
    packed = a_zip({"a.json": text_of(a_credential()), "b.xml": DOCUMENT.encode()})
    said = {"document": b64encode(packed).decode(), "encoding": "base64"}

    shown = door.learner.post("/imports", said).json()

    assert [(part["name"], part["kind"]) for part in shown["parts"]] == [
        ("a.json", "open-badge"),
        ("b.xml", "elmo"),
    ]
    assert shown["parts"][0]["verdict"]["outcome"] == "could-not-check"
    assert [line["stands_in"] for line in shown["lines"]] == ["a.json", "b.xml", "b.xml", "b.xml"]
    assert problem_of(door.learner.post("/imports", {**said, "document": "€"})) == "unknown-record"
    assert problem_of(
        door.learner.post("/imports", {**said, "document": b64encode(packed[:-9]).decode()})
    ) == ("archive-refused")
    locked = a_locked_backup(a_backup(a_credential()), "x").decode()
    assert problem_of(door.learner.post("/imports", {"document": locked})) == "backup-refused"
    assert door.learner.post("/imports", {"document": locked, "passphrase": "x"}).status_code == 200


def test_a_record_leaves_in_every_format_with_what_it_leaves_behind(door: Door):
    credit = door.award().json()["credit"]
    door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})

    for to in ("elmo", "csv", "json-resume", "open-badges", "clr"):
        taken = door.learner.get(f"{door.wallet}/exports/{to}")
        losses = door.learner.get(f"{door.wallet}/exports/{to}/losses").json()
        assert taken.status_code == 200
        assert taken.content
        assert losses["format"] == to
        assert all(each["at"].startswith("/") for each in losses["losses"])
    assert problem_of(door.learner.get(f"{door.wallet}/exports/papyrus")) == "not-found"
    assert problem_of(door.university.get(f"{door.wallet}/exports/csv")) == "wrong-role"


def test_the_type_of_our_tokens_is_told_at_its_own_address(door: Door):
    told = door.anybody.get("/vct/learning-credit").json()

    assert told["vct"] == "https://records.example/vct/learning-credit"
    assert {each["locale"] for each in told["display"]} == {"en", "kk", "ru"}
