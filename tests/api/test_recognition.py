"""Recognition over HTTP: each in her own role, with her own key, and nobody in another's."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.clock import _now
from tests.api.world import Door, Knocker, a_door, problem_of
from tests.offices import an_office
from wallet.auditing import audit

PDF = b"%PDF-1.7\n"
MEMBERS, EXPERTS = ("dean", "rector", "head"), ("omarova", "lee", "petrov")
OTHERS = ("vice", "tutor", "registrar", "kim", "serik", "aidos")


@dataclass
class Examined:
    """The door of a university with a policy, two commissions and experts; and what day it is there."""

    door: Door
    staff: dict[str, Knocker]
    today: datetime

    def post(self, who: Knocker, path: str, body: Any = None) -> Any:
        answer = who.post(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def keep(self, content: bytes, name: str = "a.pdf") -> dict[str, Any]:
        body = {"name": name, "content": base64.b64encode(content).decode()}
        kept: dict[str, Any] = self.post(self.door.learner, f"{self.door.wallet}/documents", body)
        return kept

    def application(self, **more: Any) -> dict[str, Any]:
        return {
            "institution": "aitu",
            "unit": "algorithms",
            "points": {"scheme": "ECTS", "points": 5},
            "period_from": "2026-09-01",
            "identity": self.keep(PDF + b"identity"),
            "sources": [self.a_mooc("s1", 90), self.a_mooc("s2", 60)],
            **more,
        }

    def a_mooc(self, source: str, hours: int, **more: Any) -> dict[str, Any]:
        return {
            "id": source, "kind": "mooc", "title": f"Algorithms {source}", "provider": "Open courses",
            "achieved_on": "2026-03-01", "hours": hours, "grade": {"value": "92", "scale": "percent"},
            "points": {"amount": 3, "scheme": "CATS"}, "documents": [self.keep(PDF + source.encode())], **more,
        }  # fmt: skip

    def apply(self, **more: Any) -> str:
        filed = self.post(self.door.learner, f"{self.door.wallet}/recognitions", self.application(**more))
        return f"/recognitions/{filed['recognition']}"

    def judge(
        self, case: str, commission: str, members: tuple[str, ...], experts: tuple[str, ...], *votes: str
    ) -> Any:
        self.post(self.door.university, f"{case}/assignment", {"commission": commission, "experts": experts})
        full = dict.fromkeys(("outcomes", "aims", "volume", "assessment"), "full")
        for expert in experts:
            self.post(self.staff[expert], f"{case}/conclusions", {"findings": full})
        motion = {
            "present": members,
            "grant": {"points": {"scheme": "ECTS", "points": 5}, "sources": ["s1", "s2"]},
        }
        self.post(self.staff[members[0]], f"{case}/session", motion)
        for member, vote in zip(members, votes, strict=True):
            self.post(self.staff[member], f"{case}/votes", {"vote": vote})
        return self.post(self.staff[members[0]], f"{case}/decision", {"minutes": ["Heard.", "Decided."]})


@pytest.fixture
def examined(tmp_path: Path) -> Iterator[Examined]:
    with an_office(tmp_path) as office:
        door = a_door(office)
        at = Examined(door, {}, datetime(2026, 8, 3, 6, tzinfo=UTC))

        async def now() -> datetime:
            return at.today

        door.app.dependency_overrides[_now] = now
        aitu = "/institutions/aitu"
        at.post(
            door.university,
            f"{aitu}/recognition-policies",
            {"in_force_from": "2026-01-01", "reference": "Academic Council 7", "rules": {}},
        )
        for person in (*MEMBERS, *EXPERTS, *OTHERS):
            side = "administration" if person in ("rector", "vice") else "teaching"
            body = {"person": person, "position": f"Position {person}", "side": side}
            at.post(door.university, f"{aitu}/staff", body)
            key = at.post(door.university, f"{aitu}/staff/{person}/api-keys", {"label": "her browser"})[
                "api_key"
            ]
            at.staff[person] = Knocker(door.app, key)
        for commission, members in (("first", MEMBERS), ("second", OTHERS[:3])):
            body = {"commission": commission, "members": members, "reference": "Order 12"}
            at.post(door.university, f"{aitu}/commissions", body)
            for member in members:
                ballot = {"chair": members[0], "deputy": members[1]}
                at.post(at.staff[member], f"/commissions/{commission}/ballots", ballot)
            at.post(door.university, f"/commissions/{commission}/election")
        yield at


def test_from_an_application_to_the_transcript_each_signs_for_herself(examined: Examined):
    door, case = examined.door, examined.apply()
    decided = examined.judge(case, "first", MEMBERS, EXPERTS, "in_favour", "in_favour", "against")
    assert (decided["granted"], decided["in_favour"], decided["appeal_until"]) == (True, 2, "2026-08-17")
    extract = door.university.get(f"{case}/extract").json()
    assert [source["points"] for source in extract["sources"]] == [{"amount": 3, "scheme": "CATS"}] * 2
    signed = door.learner.get(f"{case}/extract/credential")
    assert signed.status_code == 200, signed.text
    assert signed.json()["description"].startswith("Granted: 5 ECTS")
    assert door.learner.post("/verifications", {"document": signed.text}).json()["outcome"] == "passed"
    assert problem_of(door.stranger.get(f"{case}/extract/credential")) == "not-found"
    examined.post(door.university, f"{case}/entry", {"extract": "12/3"})

    [line] = door.learner.get(f"{door.wallet}/credits").json()["credits"]
    assert (line["points"], line["setting"], line["counts"]) == (
        {"scheme": "ECTS", "points": 5},
        "non_formal",
        True,
    )
    shown = door.learner.get(case).json()
    assert (shown["stage"], shown["rounds"][0]["credit"]) == ("entered", line["credit"])
    assert audit(door.office.ledger).holds


def test_an_application_nine_working_days_before_the_period_is_refused_with_its_clause(examined: Examined):
    application = examined.application()
    examined.today = datetime(2026, 8, 18, 20, tzinfo=UTC)  # in Astana it is the 19th already

    refused = examined.door.learner.post(f"{examined.door.wallet}/recognitions", application)

    assert problem_of(refused) == "filed-too-late"
    assert "544/322" in refused.json()["clause"]
    examined.today = datetime(2026, 8, 18, 18, tzinfo=UTC)
    assert examined.apply()


def test_an_appeal_goes_to_a_new_composition_and_both_decisions_stay(examined: Examined):
    door, case = examined.door, examined.apply()
    refused = examined.judge(case, "first", MEMBERS, EXPERTS, "in_favour", "against", "abstained")
    assert (refused["granted"], refused["clause"]) == (False, "majority")
    examined.post(door.learner, f"{case}/appeal", {"grounds": "Both were full."})
    same = door.university.post(f"{case}/assignment", {"commission": "first", "experts": OTHERS[3:]})
    assert problem_of(same) == "conflict-of-interest"
    assert "appeal" in same.json()["clause"]

    again = examined.judge(case, "second", OTHERS[:3], OTHERS[3:], "in_favour", "in_favour", "in_favour")

    assert again["granted"]
    rounds = door.learner.get(case).json()["rounds"]
    assert [each["decision"]["granted"] for each in rounds] == [False, True]


def test_a_case_is_read_by_whom_it_concerns_and_by_nobody_else(examined: Examined):
    door, case = examined.door, examined.apply()
    examined.post(door.university, f"{case}/assignment", {"commission": "first", "experts": EXPERTS})
    document = door.learner.get(case).json()["sources"][0]["documents"][0]["sha256"]

    for knocker in (door.learner, door.university, examined.staff["dean"], examined.staff["lee"]):
        assert knocker.get(case).status_code == 200
        read = knocker.get(f"{case}/documents/{document}")
        assert (read.content, read.headers["content-type"]) == (PDF + b"s1", "application/pdf")
    for stranger in (door.stranger, door.registry, examined.staff["tutor"]):
        assert problem_of(stranger.get(case)) == "not-found"
        assert problem_of(stranger.get(f"{case}/documents/{document}")) == "not-found"
    assert problem_of(door.anybody.get(case)) == "no-key"


def test_a_document_of_the_portfolio_that_the_case_does_not_name_stays_the_learners(examined: Examined):
    door, case = examined.door, examined.apply()
    other = examined.keep(PDF + b"a diary")["sha256"]

    assert problem_of(door.university.get(f"{case}/documents/{other}")) == "not-found"
    assert door.learner.get(f"{door.wallet}/documents/{other}").content == PDF + b"a diary"
    assert problem_of(door.university.get(f"{door.wallet}/documents/{other}")) == "wrong-role"


def test_nobody_acts_in_anothers_role(examined: Examined):
    door, case = examined.door, examined.apply()
    examined.post(door.university, f"{case}/assignment", {"commission": "first", "experts": EXPERTS})
    full = {"findings": dict.fromkeys(("outcomes", "aims", "volume", "assessment"), "full")}

    assert problem_of(door.university.post(f"{case}/conclusions", full)) == "wrong-role"
    assert problem_of(door.university.post(f"{case}/votes", {"vote": "in_favour"})) == "wrong-role"
    assert problem_of(door.university.post(f"{case}/appeal", {"grounds": "I object."})) == "wrong-role"
    assert problem_of(door.learner.post(f"{case}/entry", {"extract": "1"})) == "wrong-role"
    assert problem_of(examined.staff["dean"].post(f"{case}/conclusions", full)) == "not-of-the-commission"
    assert problem_of(door.stranger.post(f"{case}/entry", {"extract": "1"})) == "not-found"
    assert problem_of(examined.staff["dean"].get(f"{door.wallet}/record")) == "not-found"
    stranger = door.stranger.post("/institutions/college/staff/dean/api-keys", {"label": "x"})
    assert problem_of(stranger) == "wrong-institution"


def test_what_was_posted_twice_under_one_key_was_done_once(examined: Examined):
    door, case = examined.door, examined.apply()
    body = {"commission": "first", "experts": EXPERTS}
    first = door.university.post(f"{case}/assignment", body, Idempotency_Key="a")
    again = door.university.post(f"{case}/assignment", body, Idempotency_Key="a")

    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    document = {"name": "a.pdf", "content": base64.b64encode(PDF).decode()}
    kept = [door.learner.post(f"{door.wallet}/documents", document, Idempotency_Key="d") for _ in range(2)]
    assert kept[0].json() == kept[1].json()
    other = {**document, "name": "b.pdf"}
    reused = door.learner.post(f"{door.wallet}/documents", other, Idempotency_Key="d")
    assert problem_of(reused) == "idempotency-key-reused"


def test_the_queue_shows_what_is_late_and_whose_it_is(examined: Examined):
    door, case = examined.door, examined.apply()
    examined.post(door.university, f"{case}/assignment", {"commission": "first", "experts": EXPERTS})
    examined.today = datetime(2026, 8, 20, 6, tzinfo=UTC)

    [queued] = door.university.get("/institutions/aitu/recognitions").json()["cases"]

    assert (queued["stage"], queued["due"], queued["waits_for"]) == (
        "with-experts",
        "2026-08-10",
        list(EXPERTS),
    )
    assert problem_of(door.stranger.get("/institutions/aitu/recognitions")) == "wrong-role"


def test_a_case_of_an_erased_learner_stays_in_the_queue_without_her(examined: Examined):
    door, case = examined.door, examined.apply()
    learner = door.admitted.learner
    examined.post(door.registry, f"/learners/{learner}/erasure", {"learner": learner})

    listed = door.university.get("/institutions/aitu/recognitions?closed=true")

    assert listed.json()["cases"] == []
    assert [each["recognition"] for each in listed.json()["erased"]] == [case.rpartition("/")[2]]
    assert learner not in listed.text
    assert door.university.get("/institutions/aitu/recognitions").json()["erased"] == []


NO_DOCUMENTS = {
    "what is no document": b"MZ\x90\x00",
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script>",
}


@pytest.mark.parametrize("content", NO_DOCUMENTS.values(), ids=NO_DOCUMENTS.keys())
def test_only_documents_are_kept_whatever_their_names_say(examined: Examined, content: bytes):
    body = {"name": "diploma.pdf", "content": base64.b64encode(content).decode()}

    assert (
        problem_of(examined.door.learner.post(f"{examined.door.wallet}/documents", body)) == "invalid-value"
    )


def test_a_document_is_base64_and_below_its_limit(examined: Examined):
    where = f"{examined.door.wallet}/documents"
    for content in ("not base64!", "QQ", "QQ==\n"):
        refused = examined.door.learner.post(where, {"name": "a.pdf", "content": content})
        assert refused.json()["errors"][0]["pointer"] == "/content"
    large = base64.b64encode(PDF + bytes(10 * 1024 * 1024)).decode()
    assert (
        problem_of(examined.door.learner.post(where, {"name": "a.pdf", "content": large})) == "invalid-value"
    )


def test_an_application_names_only_documents_that_are_in_the_portfolio(examined: Examined):
    absent = {"name": "a.pdf", "sha256": "0" * 64, "media_type": "application/pdf"}
    application = examined.application(identity=absent)

    assert (
        problem_of(examined.door.learner.post(f"{examined.door.wallet}/recognitions", application))
        == "not-found"
    )
