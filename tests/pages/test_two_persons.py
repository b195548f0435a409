"""Four eyes: where an institution asks for two, one proposes and another confirms, and nobody does it alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from domain.errors import InvalidValue, NotFound
from tests.api.world import Knocker, a_key, problem_of
from tests.offices import NOON, a_learner, an_office
from tests.pages.world import NOW, Visitor, World, a_world
from wallet import issuing_many, registering, seconding, two_persons
from wallet.access import Role
from wallet.accounts import StaffRole
from wallet.issuing_many import Mode
from wallet.two_persons import (
    Act,
    NothingToDecide,
    Person,
    SamePerson,
    SecondPersonNeeded,
    Stage,
)

DESK = "/desk/aitu"
ONE, ANOTHER = Person("one", "Aigerim"), Person("another", "Daniyar")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with an_office(tmp_path) as office:
        yield a_world(office)


@pytest.fixture
def pair(world: World) -> tuple[Visitor, Visitor]:
    """Two who are both administrators and issuers, at an institution that asks for two."""
    both = tuple(world.staff(StaffRole.ADMIN, StaffRole.ISSUER, name=name) for name in ("Aigerim", "Daniyar"))
    assert both[0].post(f"{DESK}/two-persons", {"act": "ask"}).status_code == 303
    return both[0], both[1]


def keys(world: World) -> int:
    return len(world.office.institution("aitu").state.keys)


def proposed(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{DESK}/proposals/")
    return str(answer.headers["location"])


def a_table(world: World) -> str:
    return f"learner,unit,awarded_on\n{a_learner(world.office).learner},databases,2026-05-29\n"


def issued(world: World) -> int:
    return world.office.ledger.last_sequence()


def test_two_are_asked_for_only_where_there_are_two(world: World):
    alone = world.staff(StaffRole.ADMIN)

    assert alone.post(f"{DESK}/two-persons", {"act": "ask"}).status_code == 422
    assert alone.post(f"{DESK}/two-persons", {"act": "stop"}).status_code == 422
    assert not two_persons.asks_for_two(world.office, "aitu")
    with pytest.raises(InvalidValue):
        two_persons.ask_for_two(world.office, "aitu", at=NOW)


def test_a_key_is_changed_when_a_second_administrator_confirms_it(
    world: World, pair: tuple[Visitor, Visitor]
):
    one, other = pair
    where = proposed(one.post(f"{DESK}/keys", {"act": "rotate"}))
    assert keys(world) == 1
    alone = one.post(f"{where}/confirmation")
    assert (alone.status_code, keys(world)) == (422, 1)
    assert "Confirm, and do it" not in one.get(where).text
    assert "Confirm, and do it" in other.get(where).text

    assert other.post(f"{where}/confirmation").status_code == 303
    assert keys(world) == 2
    again = other.post(f"{where}/confirmation")
    assert (again.status_code, keys(world)) == (422, 2)


def test_a_table_is_issued_when_a_second_issuer_has_seen_it(world: World, pair: tuple[Visitor, Visitor]):
    one, other = pair
    table = a_table(world)
    before = issued(world)
    assert one.post(f"{DESK}/award/many", {"table": table}).status_code == 200
    where = proposed(one.post(f"{DESK}/award/many", {"table": table, "confirmed": "yes"}))
    assert issued(world) == before

    learner = table.splitlines()[1].partition(",")[0]
    assert learner in other.get(where).text
    assert other.post(f"{where}/confirmation").status_code == 303
    assert issued(world) > before
    assert learner not in other.get(where).text


def test_what_a_proposal_holds_is_sealed_and_gone_when_it_was_decided(world: World):
    office, table = world.office, a_table(world)
    learner = table.splitlines()[1].partition(",")[0]
    made = two_persons.propose(office, "aitu", Act.ISSUE_MANY, by=ONE, at=NOW, content=table.encode())
    with office.ledger.database.reader() as cursor:
        kept = cursor.execute("SELECT content FROM proposals").fetchone()[0]

    assert learner.encode() not in kept
    assert two_persons.content_of(office, made.id) == table.encode()
    two_persons.decline(office, made.id, by=ONE, at=NOW)
    assert two_persons.content_of(office, made.id) == b""


def test_a_table_that_cannot_be_issued_any_more_stays_open(world: World, pair: tuple[Visitor, Visitor]):
    one, other = pair
    wrong = "learner,unit,awarded_on\n00000000-0000-4000-8000-000000000000,databases,2026-05-29\n"
    made = two_persons.propose(
        world.office, "aitu", Act.ISSUE_MANY, by=Person(one.account, ""), at=NOW, content=wrong.encode()
    )
    answer = other.post(f"{DESK}/proposals/{made.id}/confirmation")

    assert answer.status_code == 422
    assert "cannot be taken" in answer.text
    assert two_persons.proposal(world.office, made.id, at=NOW).stage is Stage.OPEN


def test_only_who_could_do_it_alone_elsewhere_confirms_it(world: World, pair: tuple[Visitor, Visitor]):
    where = proposed(pair[0].post(f"{DESK}/keys", {"act": "rotate"}))
    named = where.rpartition("/")[2]

    assert world.staff(StaffRole.ISSUER).post(f"{where}/confirmation").status_code == 403
    assert world.staff(StaffRole.ISSUER).post(f"{where}/refusal").status_code == 403
    assert world.staff(StaffRole.EXPERT).post(f"{where}/confirmation").status_code == 403
    elsewhere = world.staff(*StaffRole, at="college")
    assert elsewhere.post(f"{where}/confirmation").status_code == 404
    assert elsewhere.get(f"/desk/college/proposals/{named}").status_code == 404
    assert elsewhere.post(f"/desk/college/proposals/{named}/confirmation").status_code == 404
    assert keys(world) == 1


def test_what_was_declined_is_not_done(world: World, pair: tuple[Visitor, Visitor]):
    where = proposed(pair[0].post(f"{DESK}/keys", {"act": "rotate"}))

    assert pair[0].post(f"{where}/refusal").status_code == 303
    assert pair[1].post(f"{where}/confirmation").status_code == 422
    assert keys(world) == 1
    assert "declined" in pair[1].get(f"{DESK}/proposals").text


def test_the_rule_is_given_up_by_two_as_well(world: World, pair: tuple[Visitor, Visitor]):
    one, other = pair
    where = proposed(one.post(f"{DESK}/two-persons", {"act": "stop"}))
    assert two_persons.asks_for_two(world.office, "aitu")
    assert other.post(f"{where}/confirmation").status_code == 303
    assert not two_persons.asks_for_two(world.office, "aitu")
    assert one.post(f"{DESK}/keys", {"act": "rotate"}).headers["location"] == f"{DESK}/keys"


def test_a_stolen_key_is_reported_by_one(world: World, pair: tuple[Visitor, Visitor]):
    [term] = world.office.institution("aitu").state.keys
    report = {"act": "report", "method": term.method, "since": NOON.date().isoformat(), "reason": "Stolen."}

    assert pair[0].post(f"{DESK}/keys", report).headers["location"] == f"{DESK}/keys"


def test_no_other_door_leads_around_the_second_person(
    world: World, pair: tuple[Visitor, Visitor], tmp_path: Path
):
    office = world.office
    sheet = tmp_path / "many.csv"
    sheet.write_text(a_table(world))
    before = issued(world)
    for alone in (
        lambda: registering.rotate_key(office, "aitu", at=NOW),
        lambda: registering.publish_key(office, "aitu", at=NOW),
        lambda: list(
            issuing_many.issue_many(
                office, "aitu", issuing_many.sheet_of_credentials(sheet), mode=Mode.EACH, at=NOW
            )
        ),
    ):
        with pytest.raises(SecondPersonNeeded):
            alone()
    program = Knocker(world.app, a_key(office, Role.INSTITUTION, "aitu"))
    assert problem_of(program.post("/institutions/aitu/keys")) == "second-person-needed"
    assert issued(world) == before
    assert registering.rotate_key(office, "college", at=NOW).method


def test_of_two_who_confirm_at_once_one_does_it(world: World):
    office = world.office
    made = two_persons.propose(office, "aitu", Act.ROTATE_KEY, by=ONE, at=NOW)

    def confirm(name: str) -> bool:
        try:
            seconding.confirm(office, made.id, by=Person(name, name), at=NOW)
        except NothingToDecide:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, "abcd")) == [False, False, False, True]
    assert keys(world) == 2


def test_a_proposal_ends_after_a_week(world: World):
    made = two_persons.propose(world.office, "aitu", Act.ROTATE_KEY, by=ONE, at=NOW)
    late = NOW + two_persons.WAITS_FOR

    assert two_persons.proposal(world.office, made.id, at=late - timedelta(seconds=1)).stage is Stage.OPEN
    assert two_persons.proposal(world.office, made.id, at=late).stage is Stage.ENDED
    with pytest.raises(NothingToDecide):
        seconding.confirm(world.office, made.id, by=ANOTHER, at=late)
    with pytest.raises(SamePerson):
        seconding.confirm(world.office, made.id, by=ONE, at=NOW)
    with pytest.raises(NotFound):
        seconding.confirm(world.office, "nothing", by=ANOTHER, at=NOW)
