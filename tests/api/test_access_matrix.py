"""Every route × every caller, by the table in `tests.api.matrix`: whoever is not let in learns and changes nothing."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from api.pages.doors import RULES, admit
from api.problems import URN
from tests.api import test_recognition
from tests.api.matrix import CALLERS, EVERYBODY, MATRIX, OPEN
from tests.api.test_recognition import EXPERTS, Examined
from tests.api.world import Door, Knocker, a_key
from tests.offices import NOON, a_credit, a_memorandum, a_unit, a_university, an_agreement
from wallet import access, accounts, issuing
from wallet.access import Role

examined = test_recognition.examined


def routes(door: Door) -> list[tuple[str, str]]:
    found = iter_route_contexts(door.app.routes)
    return [(method, str(each.path)) for each in found for method in each.methods or () if method != "HEAD"]


def test_every_route_of_the_application_stands_in_one_table(door: Door):
    there = routes(door)
    named = [*MATRIX, *OPEN, *RULES]

    assert sorted(set(there) - set(named)) == [], "a new route: say in tests/api/matrix.py whom it lets in"
    assert sorted(set(named) - set(there)) == []
    assert len(named) == len(set(named))
    assert len(there) == len(set(there))


def test_every_page_in_the_table_of_doors_has_the_door(door: Door):
    without = [
        (method, str(each.path))
        for each in iter_route_contexts(door.app.routes)
        for method in each.methods or ()
        if (method, each.path) in RULES and admit not in [part.call for part in each.dependant.dependencies]
    ]

    assert without == []


@dataclass
class Walk:
    """Everybody who may call, and a value for every word in braces."""

    door: Door
    callers: dict[str, Knocker]
    known: dict[str, str]
    examples: dict[tuple[str, str], Any]

    def ask(self, who: str, method: str, path: str, body: Any) -> httpx.Response:
        address = path.replace(":urn}", "}").format(**self.known)
        return self.callers[who].get(address) if method == "GET" else self.callers[who].post(address, body)

    @property
    def recorded(self) -> int:
        return self.door.office.ledger.last_sequence()


@pytest.fixture
def walk(examined: Examined) -> Walk:
    door, office = examined.door, examined.door.office
    a_university(office, "academy")
    learner = door.admitted.learner
    case = examined.apply()
    examined.post(door.university, f"{case}/assignment", {"commission": "first", "experts": list(EXPERTS)})
    members = (EXPERTS[0], "vice", "kim")
    composed = {"commission": "third", "members": members, "reference": "Order 13"}
    examined.post(door.university, "/institutions/aitu/commissions", composed)
    credit = a_credit(office, learner, "databases").credit
    issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
    a_memorandum(office)
    a_unit(office, "algorithmen", institution="college")
    an_agreement(office, learner)
    claim = {"setting": "informal", "names": {"en": "Chess"}, "achieved_on": "2026-03-01"}
    claimed = examined.post(door.learner, f"{door.wallet}/achievements", claim)
    person = {"person": "outsider", "position": "Lecturer", "side": "teaching"}
    academy = Knocker(door.app, a_key(office, Role.INSTITUTION, "academy"))
    examined.post(academy, "/institutions/academy/staff", person)
    document = examined.keep(b"%PDF-1.7\nidentity")["sha256"]
    entries = office.learner(learner).history.entries
    return Walk(
        door,
        callers={
            "anybody": door.anybody,
            "registry": door.registry,
            "university": door.university,
            "host": door.stranger,
            "stranger": academy,
            "learner": door.learner,
            "other": Knocker(door.app, access.admit(office, opened_by="academy", at=NOON).secret),
            "judge": examined.staff[EXPERTS[0]],
            "outsider": Knocker(door.app, a_key(office, Role.STAFF, "outsider")),
        },
        known={
            "institution": "aitu",
            "learner": learner,
            "unit": "algorithms",
            "qualification": "first-year",
            "other": "first-year",
            "memorandum": "aitu-and-college",
            "agreement": "semester",
            "host_unit": "algorithmen",
            "conferral": "none",
            "format": "elmo",
            "attempt": "00000000-0000-4000-8000-000000000001",
            "rule": "none",
            "scheme": "ECTS",
            "country": "KZ",
            "person": EXPERTS[0],
            "commission": "third",
            "document": document,
            "recognition": case.rpartition("/")[2],
            "achievement": claimed["achievement"],
            "credit": credit,
            "credential": issued.credential,
            "sequence": str(entries[-1].sequence),
            "profile": "aitu",
        },
        examples=examples(door),
    )


def examples(door: Door) -> dict[tuple[str, str], Any]:
    """A body that each route takes, as its own documentation gives it."""
    document = door.anybody.get("/openapi.json").json()
    found: dict[tuple[str, str], Any] = {}
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            for content in said.get("requestBody", {}).get("content", {}).values():
                name = content["schema"].get("$ref", "").rpartition("/")[2]
                given = document["components"]["schemas"].get(name, {}).get("examples")
                if given:
                    found[method.upper(), path] = given[0]
    return found


def test_whoever_is_not_let_in_learns_nothing_and_changes_nothing(walk: Walk):
    before, wrong = walk.recorded, []
    for (method, path), admitted in MATRIX.items():
        body = walk.examples.get((method, path.replace(":urn}", "}")), {})
        for who in CALLERS:
            if who in admitted:
                continue
            answer = walk.ask(who, method, path, body)
            refused = answer.status_code in ((401,) if who == "anybody" else (403, 404))
            if not refused or not answer.json()["type"].startswith(URN):
                wrong.append((who, method, path, answer.status_code, answer.text[:200]))

    assert wrong == []
    assert walk.recorded == before


NOTHING_THERE = ("{attempt}", "{conferral}", "{rule}", "{other}", "/averages/")
"""Words for which there is nothing in this office: whoever is let in is told just that."""


def test_whoever_is_let_in_is_not_kept_out(walk: Walk):
    wrong = []
    for (method, path), admitted in MATRIX.items():
        for who in CALLERS:
            if who not in admitted:
                continue
            answer = walk.ask(who, method, path, {})
            absent = admitted == EVERYBODY or any(word in path for word in NOTHING_THERE)
            if answer.status_code in (401, 403) or (answer.status_code == 404 and not absent):
                wrong.append((who, method, path, answer.status_code, answer.text[:200]))

    assert wrong == []


HERS = ("{learner}", "{credential:urn}", "{recognition}")


def test_whoever_else_reads_what_is_hers_is_noted_for_her(walk: Walk):
    office, learner = walk.door.office, walk.door.admitted.learner
    unnoted, read = [], 0
    for (method, path), admitted in MATRIX.items():
        if method != "GET" or not any(word in path for word in HERS):
            continue
        for who in sorted(admitted - {"learner"}):
            before = len(accounts.accesses(office, learner, most=1000))
            answer = walk.ask(who, method, path, None)
            if len(accounts.accesses(office, learner, most=1000)) != before + 1:
                unnoted.append((who, path, answer.status_code))
            read += 1

    assert read > 15
    assert unnoted == []
