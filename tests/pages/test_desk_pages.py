"""The desk of mobility, grades and quality in a browser: signatures at each stage, a table read, an indicator told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from api.app import create_app
from api.clock import _now
from api.pages.languages import language
from tests.offices import a_learner, a_unit, a_university, an_office
from tests.pages.browsing import SIZES, Watched, a_free_port, serving
from wallet import accounts, signing_in
from wallet.accounts import StaffRole
from wallet.office import Office

MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    office: Office
    address: str
    browser: Browser

    def visit(self, tag: str, size: str, *, at: str | None = None, learner: str | None = None) -> Watched:
        """A registrar at an institution, or a learner."""
        roles = {} if at is None else {at: [StaffRole.REGISTRAR.value]}
        with self.office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=learner, name="Aigerim", roles=roles, at=MONDAY)
        session = signing_in.begin_session(self.office, account, at=MONDAY)
        scheme = "dark" if size == "phone" else "light"
        visitor = Watched(self.browser, self.address, locale=tag, viewport=SIZES[size], color_scheme=scheme)
        visitor.context.add_cookies([{"name": "session", "value": session, "url": self.address}])
        return visitor


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    port = a_free_port()
    with an_office(tmp_path_factory.mktemp("desks"), base_url=f"http://localhost:{port}") as office:
        a_university(office)
        a_university(office, "college")
        a_unit(office)
        a_unit(office, "algorithmen", institution="college")
        a_unit(office, "netze", institution="college")
        app = create_app(office, deadline=60)
        app.dependency_overrides[_now] = lambda: MONDAY
        with serving(app, port) as address:
            yield World(office, address, chromium)


@pytest.mark.parametrize(("tag", "size"), [("kk", "phone"), ("ru", "desktop")])
def test_a_semester_is_agreed_signed_changed_assessed_and_recognised(tag: str, size: str, world: World):
    say = language(tag).say
    learner = a_learner(world.office).learner
    her = world.visit(tag, size, learner=learner)
    page = her.go("/my/agreements")
    page.click("summary")
    her.faultless()
    page.select_option("#home", "aitu")
    page.select_option("#host", "college")
    page.fill("#starts_on", "2026-02-01")
    page.fill("#ends_on", "2026-05-20")
    page.fill("#host_unit-1", "algorithmen")
    page.fill("#home_unit-1", "algorithms")
    page.click("form[action$=agreements] button")
    page.wait_for_url("**/my/agreements/*")
    agreement = page.url.rpartition("/")[2]
    her.faultless()

    home, host = (world.visit(tag, size, at=institution) for institution in ("aitu", "college"))
    for desk, institution in ((home, "aitu"), (host, "college")):
        page = desk.go(f"/desk/{institution}/agreements")
        desk.faultless()
        page.click(f"a[href$='{agreement}']")
        desk.faultless()
        page.click("form[action$=signature] button")
    assert say("agreed by all three") in page.inner_text("main")

    page.click("details:has(form[action$=change]) > summary")
    page.fill("#host_unit-1", "netze")
    page.fill("#change-reason", "One more.")
    page.click("form[action$=change] button")
    host.faultless()
    for visitor, path in ((her, "/my"), (home, "/desk/aitu")):
        visitor.go(f"{path}/agreements/{agreement}").click("form[action$=signature] button")
    page = host.go(f"/desk/college/agreements/{agreement}")
    host.faultless()
    page.select_option("#result-algorithmen", "passed")
    page.click("form[action$=transcript] button")

    page = home.go(f"/desk/aitu/agreements/{agreement}")
    home.faultless()
    assert (
        page.locator("button[value=recognise]").count() == 0
    )  # without a memorandum, validation comes first
    page.click("button[value=validate]")
    page.click("button[value=recognise]")
    page.wait_for_load_state()
    assert say("recognised by home") in her.go(f"/my/agreements/{agreement}").inner_text("main")
    her.faultless()
    assert "Aigerim" in her.go("/my/looks").inner_text("main")
    for visitor in (her, home, host):
        visitor.close()
    held = world.office.agreement(agreement).state
    assert held.components["algorithmen"].recognised is not None  # type: ignore[index]  # a unit's id is text


@pytest.mark.parametrize(("tag", "size"), [("ru", "phone"), ("en", "desktop")])
def test_a_memorandum_is_proposed_signed_and_left(tag: str, size: str, world: World):
    say = language(tag).say
    home, host = (world.visit(tag, size, at=institution) for institution in ("aitu", "college"))
    page = home.go("/desk/aitu/agreements")
    page.click("details:has(#valid_from) > summary")
    page.fill("#m-en", f"Exchange {tag}")
    page.fill("#m-ru", f"Обмен {tag}")
    page.check("input[name=partner]")
    page.click("form[action$=memoranda] button")
    card = page.locator("section.card", has_text=say("waits for signatures"))
    assert card.count() == 1
    home.faultless()
    page = host.go("/desk/college/agreements")
    page.click("form[action$=signature] button")
    assert page.locator("section.card .tag.good").count() == 1
    page.click("details:has(form[action$=end]) > summary")
    page.fill("form[action$=end] input[name=reason]", "It was a test.")
    page.click("form[action$=end] button")
    assert page.locator("section.card", has_text="It was a test.").count() >= 1
    host.faultless()
    home.close()
    host.close()


def test_tables_are_published_and_the_vector_of_the_guide_is_read_in_a_browser(world: World):
    """Host A7 B37 C135 D98 E92, home 5:20 4.5:35 4:60 3.5:45 3:40; by the middle A→5, B→5, C→4, D→3.5, E→3."""
    tables = {
        "college": ("letters", "A\nB\nC\nD\nE\n---\nF", "A 7\nB 37\nC 135\nD 98\nE 92"),
        "aitu": ("marks", "5\n4.5\n4\n3.5\n3\n---\n2", "5 20\n4.5 35\n4 60\n3.5 45\n3 40"),
    }
    for institution, (scale, steps, counts) in tables.items():
        desk = world.visit("en", "desktop", at=institution)
        page = desk.go(f"/desk/{institution}/grading")
        page.click("details:has(#steps) > summary")
        page.fill("#scale", scale)
        page.check("input[value=own]")
        page.fill("#steps", steps)
        page.click("form[action$=scales] button")
        page.click("details:has(#counts) > summary")
        page.fill("#table", "ict")
        page.fill("#since", "2024-01-01")
        page.fill("#until", "2026-01-31")
        page.fill("#counts", counts)
        page.click("form[action$=tables] button")
        desk.faultless()
        desk.close()
    desk = world.visit("kk", "phone", at="aitu")
    page = desk.go("/desk/aitu/grading?theirs=college/ict&ours=ict&choice=mid")
    rows = page.locator("#reading tbody tr").all()
    read = {row.locator("th").inner_text(): row.locator("td").nth(1).inner_text() for row in rows}

    assert read == {"A": "5", "B": "5", "C": "4", "D": "3.5", "E": "3"}
    desk.faultless()
    desk.close()


def test_an_indicator_is_reported_with_its_source_and_stands_apart(world: World):
    desk = world.visit("ru", "phone", at="aitu")
    page = desk.go("/desk/aitu/quality")
    desk.faultless()
    page.click("summary")
    page.fill("#percent", "87,5")
    page.fill("#since", "2025-01-01")
    page.fill("#until", "2025-12-31")
    page.fill("#source", "Survey of graduates")
    page.click("form[action$=quality] button")
    assert "87,5" in page.inner_text("main table >> nth=-1")
    desk.faultless()
    desk.close()
