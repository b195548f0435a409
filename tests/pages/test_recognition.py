"""Recognition of prior learning in a browser: from the learner's application to her transcript, and an appeal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from api.app import create_app
from api.clock import _now
from api.pages.languages import language
from domain.recognition import Correspondence, Criterion, Vote
from domain.recognition_policy import Clause
from tests.offices import a_learner, a_unit, a_university, an_office
from tests.pages.browsing import SIZES, Watched, a_free_port, serving
from tests.pages.world import EXPERTS, MEMBERS, a_case, a_commission
from wallet import accounts, examining, signing_in
from wallet.accounts import StaffRole
from wallet.examining import Refusal
from wallet.office import Office

MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When all of this happens: terms are counted in working days, and a calendar ends."""
PDF = b"%PDF-1.7\n"


@dataclass(frozen=True)
class World:
    office: Office
    address: str
    browser: Browser

    def visit(self, tag: str, size: str, session: str, **how: object) -> Watched:
        visitor = Watched(self.browser, self.address, locale=tag, viewport=SIZES[size], **how)
        visitor.context.add_cookies([{"name": "session", "value": session, "url": self.address}])
        return visitor

    def session(
        self, *, learner: str | None = None, roles: tuple[StaffRole, ...] = (), signs: str | None = None
    ) -> str:
        here = {"aitu": [role.value for role in roles]} if roles else {}
        with self.office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=learner, name="Aigerim", roles=here, at=MONDAY)
        if signs is not None:
            accounts.sign_as(self.office, account, "aitu", signs)
        return signing_in.begin_session(self.office, account, at=MONDAY)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    port = a_free_port()
    with an_office(tmp_path_factory.mktemp("cases"), base_url=f"http://localhost:{port}") as office:
        a_university(office)
        a_unit(office, "databases")
        a_commission(office)
        app = create_app(office, deadline=60)
        app.dependency_overrides[_now] = lambda: MONDAY
        with serving(app, port) as address:
            yield World(office, address, chromium)


def fill_in(page: Page, folder: Path, *, period: str) -> None:
    for name in ("identity", "course"):
        (folder / f"{name}.pdf").write_bytes(PDF + name.encode() + period.encode())
    page.fill("#period_from", period)
    page.fill("#title-1", "Databases from the beginning")
    page.fill("#provider-1", "Open courses")
    page.fill("#achieved_on-1", "2026-03-01")
    page.fill("#hours-1", "180")
    page.fill("#outcomes-1", "Outcome 1 of databases, and queries\nDraw a diagram")
    if page.locator("#identity").get_attribute("required") is not None:
        page.set_input_files("#identity", folder / "identity.pdf")
        page.set_input_files("#documents-1", folder / "course.pdf")
    page.click("main form button[type=submit]")


@pytest.mark.parametrize(("tag", "size"), [("ru", "phone"), ("kk", "desktop"), ("en", "phone")])
def test_a_course_takes_the_place_of_a_unit(tag: str, size: str, world: World, tmp_path: Path):
    say = language(tag).say
    learner = a_learner(world.office).learner
    her = world.visit(tag, size, world.session(learner=learner), color_scheme="dark")
    page = her.go("/my/recognitions")
    her.faultless()
    page.click("main .button")
    her.faultless()
    fill_in(page, tmp_path, period="2026-06-05")
    assert page.locator(".notice.bad").is_visible()
    her.faultless()
    fill_in(page, tmp_path, period="2026-09-01")
    page.wait_for_url("**/my/recognitions/*-*")
    case = page.url.rpartition("/")[2]
    assert say("still to come") in page.inner_text("main")
    her.faultless()

    office = world.visit(tag, size, world.session(roles=(StaffRole.REGISTRAR,)))
    page = office.go("/desk/aitu/recognitions")
    office.faultless()
    page.click(f"a[href$='{case}']")
    office.faultless()
    with page.expect_download() as download:
        page.click("a[download] >> nth=0")
    assert download.value.path().read_bytes().startswith(PDF)
    for expert in EXPERTS:
        page.check(f"input[value={expert}]")
    page.click("form[action$=assignment] button")

    for expert in EXPERTS:
        session = world.session(roles=(StaffRole.EXPERT,), signs=expert)
        desk = world.visit(tag, size, session)
        page = desk.go(f"/desk/aitu/recognitions/{case}")
        if expert == EXPERTS[0]:
            assert "180" in page.inner_text("main")
            desk.faultless()
        for criterion in ("outcomes", "aims", "volume", "assessment"):
            page.check(f"input[name=finding-{criterion}][value=full]")
        page.click("form[action$=conclusions] button")
        assert page.locator("form[action$=conclusions]").count() == 0
        desk.close()

    sessions = {each: world.session(roles=(StaffRole.COMMISSION,), signs=each) for each in MEMBERS}
    for member in MEMBERS:
        desk = world.visit(tag, size, sessions[member])
        page = desk.go(f"/desk/aitu/recognitions/{case}")
        if member == "dean":
            desk.faultless()
            page.fill("#motion-grade", "A-")
            page.fill("#motion-scale", "KZ letter scale")
            page.click("form[action$=session] > button")
            desk.faultless()
        page.click("button[value=in_favour]")
        desk.close()
    chair = world.visit(tag, size, sessions["dean"])
    page = chair.go(f"/desk/aitu/recognitions/{case}")
    page.fill("#minutes", "Heard: the experts.\nDecided: to grant.")
    page.click("form[action$=decision] button")
    chair.faultless()
    chair.go(f"/desk/aitu/recognitions/{case}/extract")
    chair.faultless()
    chair.close()

    page = office.go(f"/desk/aitu/recognitions/{case}")
    page.fill("#extract", "12/3")
    page.click("form[action$=entry] button")
    office.faultless()
    office.close()
    assert say("recognised, and entered in the transcript") in her.go(f"/my/recognitions/{case}").inner_text(
        "main"
    )
    her.faultless()
    her.close()
    assert [credit.recognised.case for credit in world.office.learner(learner).state.credits.values()] == [
        case
    ]


def test_a_late_case_says_whom_it_waits_for_and_a_refusal_can_be_appealed(world: World):
    office, day = world.office, MONDAY.date()
    learner = a_learner(office).learner
    case = a_case(office, learner, on=date(2026, 5, 12))
    queue = world.visit("en", "desktop", world.session(roles=(StaffRole.REGISTRAR,)))
    row = queue.go("/desk/aitu/recognitions").locator(f"tr:has(a[href$='{case}'])").inner_text()
    assert "overdue" in row
    assert "omarova" in row
    queue.faultless()
    queue.close()

    none = dict.fromkeys(Criterion, Correspondence.NONE)
    for expert in EXPERTS:
        examining.conclude(office, case, by=expert, findings=none, on=day, at=MONDAY)
    motion = Refusal("Nothing of the unit is there.", Clause.CORRESPONDENCE)
    examining.meet(office, case, by="dean", present=MEMBERS, motion=motion, on=day, at=MONDAY)
    for member in MEMBERS:
        examining.vote(office, case, by=member, vote=Vote.IN_FAVOUR, on=day, at=MONDAY)
    examining.decide(office, case, by="dean", minutes=["Decided: to refuse."], on=day, at=MONDAY)

    her = world.visit("en", "phone", world.session(learner=learner))
    page = her.go(f"/my/recognitions/{case}")
    assert "the outcomes do not correspond" in page.inner_text("main")
    her.faultless()
    page.fill("#grounds", "Two outcomes of three are in the course.")
    page.click("form[action$=appeal] button")
    assert "Appeal filed" in page.inner_text(".timeline")
    assert office.case(case).state.appealed is not None
    her.close()


def test_an_application_sent_twice_is_one_case(world: World):
    learner = a_learner(world.office).learner
    her = world.visit("en", "desktop", world.session(learner=learner))
    page = her.go("/my/recognitions/new")
    form = {name: page.locator(f"main form [name={name}]").input_value() for name in ("csrf", "case", "unit")}
    form |= {
        "period_from": "2026-09-01",
        "kind-1": "mooc",
        "title-1": "Databases",
        "provider-1": "Open courses",
        "achieved_on-1": "2026-03-01",
        "hours-1": "180",
    }
    files = {
        name: {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF + name.encode()}
        for name in ("identity", "documents-1")
    }
    answers = [page.request.post("/my/recognitions", multipart={**form, **files}) for _ in range(2)]

    assert {answer.url.rpartition("/")[2] for answer in answers} == {form["case"]}
    her.close()
