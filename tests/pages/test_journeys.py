"""The four people's main journeys, in a real browser, with real passkeys, in three languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from api.app import create_app
from api.pages.languages import LANGUAGES, language
from tests.offices import a_credit, a_learner, a_qualification, a_unit, a_university, an_office
from tests.pages.browsing import SIZES, Watched, a_free_port, serving
from wallet import accounts, issuing, signing_in
from wallet.accounts import StaffRole
from wallet.office import Office

KINDS = [(tag, size) for tag in LANGUAGES for size in SIZES]


@dataclass(frozen=True)
class World:
    office: Office
    address: str
    browser: Browser

    def visit(self, tag: str, size: str, *, session: str | None = None, **how: object) -> Watched:
        visitor = Watched(self.browser, self.address, locale=tag, viewport=SIZES[size], **how)
        if session is not None:
            visitor.context.add_cookies([{"name": "session", "value": session, "url": self.address}])
        return visitor

    def learner(self) -> tuple[str, str, str]:
        """A learner with one document: her id, her session, her document's id."""
        learner = a_learner(self.office).learner
        now = datetime.now(UTC)
        credit = a_credit(self.office, learner).credit
        issued = issuing.issue_credit(self.office, "aitu", learner=learner, credit=credit, at=now)
        with self.office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=learner, name="", roles={}, at=now)
        accounts.choose_qualification(self.office, learner, "first-year", chosen=True)
        return learner, signing_in.begin_session(self.office, account, at=now), issued.credential

    def staff(self) -> str:
        now = datetime.now(UTC)
        roles = {"aitu": [role.value for role in StaffRole]}
        with self.office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=None, name="Aigerim", roles=roles, at=now)
        return signing_in.begin_session(self.office, account, at=now)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    port = a_free_port()
    with an_office(tmp_path_factory.mktemp("people"), base_url=f"http://localhost:{port}") as office:
        a_university(office)
        a_unit(office)
        a_unit(office, "databases")
        a_qualification(office, units=("algorithms", "databases"), points=12)
        with serving(create_app(office), port) as address:
            yield World(office, address, chromium)


def with_an_authenticator(page: Page) -> None:
    """A device that makes and shows passkeys, and whose owner always unlocks it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize(("tag", "size"), KINDS)
def test_somebody_comes_by_a_link_makes_a_passkey_and_comes_back_with_it(tag: str, size: str, world: World):
    learner = a_learner(world.office).learner
    secret = signing_in.invite_learner(world.office, learner, at=datetime.now(UTC))
    visitor = world.visit(tag, size)
    page = visitor.page
    with_an_authenticator(page)
    visitor.go(f"/welcome/{secret}")
    visitor.faultless()
    page.click("main button[type=submit]")
    page.wait_for_selector(".codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    visitor.faultless()
    page.click("main .button")
    page.wait_for_url("**/my")
    visitor.faultless()
    visitor.go("/account")
    visitor.faultless()
    page.click("form[action='/sign-out'] button")
    page.wait_for_url(f"{world.address}/")
    visitor.go("/my/shares")
    assert "/sign-in" in page.url
    visitor.faultless()
    page.click("form[action='/sign-in'] button")
    page.wait_for_url("**/my/shares")
    visitor.go(f"/welcome/{secret}")
    assert page.locator(".notice.bad").count() == 1
    visitor.close()


def test_whoever_has_lost_the_device_comes_in_by_a_code_and_makes_another_passkey(world: World):
    learner = a_learner(world.office).learner
    with world.office.ledger.database.writer() as cursor:
        account = accounts.make_account(cursor, learner=learner, name="", roles={}, at=datetime.now(UTC))
    code = signing_in.renew_codes(world.office, account)[3]
    visitor = world.visit("en", "phone")
    page = visitor.page
    with_an_authenticator(page)
    visitor.go("/sign-in")
    page.click("summary")
    page.fill("#code", code)
    page.click("form[action='/sign-in/code'] button")
    page.wait_for_url("**/account")
    page.click("form[action='/account/passkey'] button")
    page.wait_for_load_state("networkidle")

    assert signing_in.passkeys_of(world.office, account) == 1
    visitor.close()


@pytest.mark.parametrize(("tag", "size"), KINDS)
def test_a_learner_sees_her_record_opens_a_number_adds_learning_and_shares(tag: str, size: str, world: World):
    say = language(tag).say
    _, session, _ = world.learner()
    visitor = world.visit(tag, size, session=session, color_scheme="dark" if size == "phone" else "light")
    page = visitor.go("/my")
    assert page.locator("svg.picture").get_attribute("aria-label")
    assert page.locator("svg.ring").count() == 1
    visitor.faultless()
    page.click("td.number a >> nth=0")
    assert page.locator("pre").inner_text().startswith("{")
    visitor.faultless()
    visitor.go("/my/qualifications/first-year")
    visitor.faultless()

    visitor.go("/my/learning")
    visitor.faultless()
    page.check("input[value=informal]")
    page.fill("#name", "Шахматтан спорт шебері")
    page.fill("#achieved_on", "2026-05-20")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/my")
    assert say("claimed, without credit") in page.inner_text("main")

    visitor.go("/my/shares")
    page.check("input[name=credential]")
    page.fill("#with_whom", "Silk Road Logistics")
    page.fill("#purpose", "A job")
    page.click("main form.card button[type=submit]")
    link = page.locator(".secret").inner_text()
    visitor.faultless()

    employer = world.visit(tag, size)
    employer.go(link)
    assert say("Genuine, and in force") in employer.page.inner_text("main")
    employer.faultless()
    visitor.go("/my/shares")
    page.click("button.danger")
    page.wait_for_load_state()
    employer.go(link)
    assert (
        say("There is no such thing here, or it is not yours to see.") in employer.page.inner_text("main")
        or tag == "en"
    )
    employer.close()
    visitor.close()


@pytest.mark.parametrize(("tag", "size"), KINDS)
def test_a_registrar_describes_awards_issues_and_revokes(tag: str, size: str, world: World):
    say = language(tag).say
    learner = a_learner(world.office).learner
    visitor = world.visit(
        tag, size, session=world.staff(), color_scheme="dark" if size == "desktop" else "light"
    )
    page = visitor.go("/desk")
    assert page.url.endswith("/desk/aitu")
    visitor.faultless()
    visitor.go("/desk/aitu/units")
    page.click("summary >> nth=0")
    visitor.faultless()
    unit = f"statistics-{tag}-{size}"
    page.fill("#unit", unit)
    page.fill("#code", "ST1")
    page.fill("#u-en", "Statistics")
    page.fill("#u-points", "5")
    page.fill("#outcomes", "Describe a sample\nTest a hypothesis")
    page.click("form[action$='/units'] button[type=submit]")
    assert unit in page.inner_text("main")

    visitor.go("/desk/aitu/award")
    visitor.faultless()
    page.fill("#learner", learner)
    page.select_option("#unit", unit)
    page.click("main form.card button[type=submit]")
    page.wait_for_url("**/credentials/urn*")
    visitor.faultless()
    page.fill("#reason", "Issued to the wrong person")
    page.click("button[value=revoke]")
    assert say("revoked") in page.inner_text("dl.facts")

    for path in ("/credentials", "/keys", "/people"):
        visitor.go(f"/desk/aitu{path}")
        visitor.faultless()
    visitor.go("/desk/aitu")
    page.click("form[action$='/learners'] button")
    assert page.locator(".secret").count() == 2
    visitor.faultless()
    visitor.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_table_of_awards_is_shown_with_the_very_cell_that_is_wrong_before_anything_is_issued(
    size: str, world: World
):
    learner = a_learner(world.office).learner
    visitor = world.visit("ru", size, session=world.staff())
    page = visitor.go("/desk/aitu/award/many")
    visitor.faultless()
    page.fill(
        "#table",
        f"learner,unit,awarded_on\n{learner},algorithms,2026-06-30\n{learner},databases,30.06.2026\n",
    )
    page.click("main form.card button[type=submit]")
    assert page.locator("td.cell-wrong").all_inner_texts()[0].startswith("30.06.2026")
    assert page.locator("td.cell-wrong").count() == 1
    visitor.faultless()
    assert len(world.office.learner(learner).state.credits) == 0

    page.fill(
        "#table",
        f"learner,unit,awarded_on\n{learner},algorithms,2026-06-30\n{learner},databases,2026-06-30\n",
    )
    page.click("main form.card button[type=submit]")
    assert page.locator("td.cell-wrong").count() == 0
    assert len(world.office.learner(learner).state.credits) == 0
    page.click("main .table ~ form button >> nth=0")
    page.wait_for_selector(".notice.good")
    assert len(world.office.learner(learner).state.credits) == 2
    visitor.faultless()
    visitor.close()


@pytest.mark.parametrize(("tag", "size"), KINDS)
def test_an_admissions_officer_reads_a_verdict_for_each_file(
    tag: str, size: str, world: World, tmp_path: Path
):
    _, _, credential = world.learner()
    document = world.office.credential(credential).state.issued.document
    files = {
        "a.json": document,
        "again.json": document,
        "altered.json": document.replace('"creditsEarned":6', '"creditsEarned":60'),
        "nonsense.txt": "nothing",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    visitor = world.visit(tag, size, session=world.staff())
    page = visitor.go("/desk/aitu/admissions")
    visitor.faultless()
    page.set_input_files("#files", [tmp_path / name for name in files])
    page.click("main form button[type=submit]")
    outcomes = page.locator("tr[data-outcome]")

    assert [row.get_attribute("data-outcome") for row in outcomes.all()] == [
        "passed",
        "passed",
        "failed",
        "failed",
    ]
    assert "a.json" in outcomes.nth(1).locator(".tag").inner_text()
    visitor.faultless()
    page.uncheck("[data-filter] input[value=passed]")
    assert not outcomes.nth(0).is_visible()
    assert outcomes.nth(2).is_visible()
    page.click("summary:has(+ [data-filter=reason])")
    page.uncheck(f"[data-filter=reason] input[value='{outcomes.nth(2).get_attribute('data-reason')}']")
    assert not outcomes.nth(2).is_visible()
    assert outcomes.nth(3).is_visible()
    visitor.close()


def test_shares_last_no_longer_than_a_year(world: World):
    _, session, _ = world.learner()
    visitor = world.visit("en", "desktop", session=session)
    page = visitor.go("/my/shares")
    last = page.locator("#until").get_attribute("max")

    assert last is not None
    assert datetime.fromisoformat(last).replace(tzinfo=UTC) < datetime.now(UTC) + timedelta(days=366)
    visitor.close()
