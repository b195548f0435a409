"""What a learner asks and takes: a plan, her files, who looked; in a browser, and by what is in the answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.app import create_app
from api.pages.languages import language
from keys.signing import PublicKey
from tests.offices import a_credit, a_learner, a_qualification, a_unit, a_university, an_office
from tests.pages.browsing import KIBIBYTE, SIZES, Watched, a_free_port, serving
from wallet import accounts, erasing, exporting, signing_in
from wallet.advising import show_progress
from wallet.errors import Erased
from wallet.office import Office


@dataclass(frozen=True)
class World:
    office: Office
    address: str
    browser: Browser
    learner: str
    session: str

    def visit(self, tag: str, size: str, **how: object) -> Watched:
        visitor = Watched(self.browser, self.address, locale=tag, viewport=SIZES[size], **how)
        visitor.context.add_cookies([{"name": "session", "value": self.session, "url": self.address}])
        return visitor


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    port, now = a_free_port(), datetime.now(UTC)
    with an_office(tmp_path_factory.mktemp("hers"), base_url=f"http://localhost:{port}") as office:
        a_university(office)
        a_university(office, "college")
        for unit in ("algorithms", "databases", "networks"):
            a_unit(office, unit)
        a_qualification(office, units=("algorithms", "databases"), points=18)
        learner = a_learner(office).learner
        a_credit(office, learner)
        with office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=learner, name="", roles={}, at=now)
        accounts.choose_qualification(office, learner, "first-year", chosen=True)
        show_progress(
            office, learner, "first-year", on=now.date()
        )  # the solver, once, out of any page's time
        session = signing_in.begin_session(office, account, at=now)
        with serving(create_app(office, deadline=60), port) as address:
            yield World(office, address, chromium, learner, session)


@pytest.mark.parametrize(("tag", "size"), [("kk", "phone"), ("ru", "desktop"), ("en", "phone")])
def test_she_asks_how_she_would_stand_and_which_way_is_the_shortest(tag: str, size: str, world: World):
    say = language(tag).say
    visitor = world.visit(tag, size, color_scheme="dark" if size == "phone" else "light")
    page = visitor.go("/my/plan")
    assert page.locator("svg.ring").count() == 1, page.inner_text("body")
    visitor.faultless()
    events = len(world.office.learner(world.learner).history.entries)
    page.check("input[name=take][value=databases]")
    page.check("input[name=recognise][value=networks]")
    page.click("form:has([value=what-if]) button")
    assert page.locator("svg.ring").count() == 2
    assert say("Everything is there.") in page.inner_text("#answer")
    visitor.faultless()

    page.fill("#terms", "2")
    page.fill("#capacity", "6")
    page.click("form:has([value=plan]) button")
    assert page.locator("#answer .timeline > li").count() == 2
    visitor.faultless()
    page.fill("#terms", "1")
    page.click("form:has([value=plan]) button")
    assert page.locator(".notice.bad").is_visible()
    assert len(world.office.learner(world.learner).history.entries) == events
    visitor.close()


@pytest.mark.parametrize(("tag", "size"), [("en", "desktop"), ("kk", "phone")])
def test_she_brings_in_a_record_after_she_has_seen_what_it_adds(
    tag: str, size: str, world: World, tmp_path: Path
):
    other = a_learner(world.office).learner
    a_credit(world.office, other, "networks")
    record = exporting.export(world.office, other, "elmo", at=datetime.now(UTC)).content
    (tmp_path / "record.xml").write_bytes(record)
    brought = world.office.learner(world.learner).state.brought
    visitor = world.visit(tag, size)
    page = visitor.go("/my/files")
    visitor.faultless()
    page.set_input_files("#record", tmp_path / "record.xml")
    page.click("form:has(#record) button")
    visitor.faultless()
    assert len(page.content()) < 100 * KIBIBYTE
    assert len(world.office.learner(world.learner).state.brought) == len(brought)
    if page.locator("form[action$=confirmed]").count():
        page.click("form[action$=confirmed] button")
        page.wait_for_url("**/my#brought")
        visitor.faultless()
    assert len(world.office.learner(world.learner).state.brought) == 1

    (tmp_path / "nonsense.xml").write_text("<nonsense/>")
    visitor.go("/my/files")
    page.set_input_files("#record", tmp_path / "nonsense.xml")
    page.click("form:has(#record) button")
    assert page.locator(".notice.bad").is_visible()
    visitor.faultless()
    with page.expect_download() as download:
        page.click("form[action$=elmo] button")
    assert b"<elmo" in download.value.path().read_bytes()
    visitor.close()


def test_a_record_is_not_swapped_between_the_look_and_the_word(world: World):
    visitor = world.visit("en", "desktop")
    page = visitor.go("/my/files")
    csrf = page.locator("input[name=csrf]").first.input_value()
    for packed in ("", "nonsense", "eJw="):
        answer = page.request.post(
            "/my/files/confirmed", form={"csrf": csrf, "packed": packed, "confirmed": "0" * 64}
        )
        assert answer.status == 422
    visitor.close()


def test_she_sees_who_looked(world: World):
    visitor = world.visit("ru", "phone")
    visitor.go("/my/looks")
    visitor.faultless()
    visitor.close()


def test_she_is_erased_when_she_has_written_the_word_and_keeps_a_receipt(world: World):
    now, say = datetime.now(UTC), language("kk").say
    learner = a_learner(world.office).learner
    with world.office.ledger.database.writer() as cursor:
        account = accounts.make_account(cursor, learner=learner, name="", roles={}, at=now)
    visitor = Watched(world.browser, world.address, locale="kk", viewport=SIZES["phone"])
    session = signing_in.begin_session(world.office, account, at=now)
    visitor.context.add_cookies([{"name": "session", "value": session, "url": world.address}])
    page = visitor.go("/my/erase")
    visitor.faultless()
    page.fill("#word", "иә")
    page.click("button.danger")
    assert page.locator(".notice.bad").is_visible()
    visitor.faultless()
    page.fill("#word", say("erase"))
    page.click("button.danger")
    receipt = page.input_value("#receipt")
    visitor.faultless()

    keys = {PublicKey.from_multikey(key).did for key in world.office.registry().state.keys}
    told = erasing.read_receipt(receipt.encode())
    assert (told.learner, told.registry in keys) == (learner, True)
    with pytest.raises(Erased):
        world.office.learner(learner)
    assert visitor.go("/my").url.endswith("/sign-in?to=%2Fmy")
    visitor.close()
