"""Anybody checks what she was shown: by file, by text, in three languages, on a phone and at a desk."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser

from api.app import create_app
from api.pages.languages import LANGUAGES, language
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university, an_office
from tests.pages.browsing import SIZES, Watched, a_free_port, serving
from tests.verifying.world import signed, some_facts, stranger
from wallet import issuing
from wallet.formats import open_badges

HEADLINES = {
    "genuine": "Genuine, and in force",
    "altered": "Do not rely on this document",
    "of a stranger": "This could not be checked in full",
}


@dataclass(frozen=True)
class World:
    address: str
    browser: Browser
    documents: dict[str, str]

    def visit(self, tag: str, size: str, **how: object) -> Watched:
        return Watched(self.browser, self.address, locale=tag, viewport=SIZES[size], **how)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[World]:
    port = a_free_port()
    with an_office(tmp_path_factory.mktemp("check"), base_url=f"http://localhost:{port}") as office:
        a_university(office)
        a_unit(office)
        learner = a_learner(office).learner
        credit = a_credit(office, learner).credit
        issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        office.follower.catch_up()
        documents = {
            "genuine": issued.document,
            "altered": issued.document.replace('"creditsEarned":6', '"creditsEarned":60'),
            "of a stranger": _of_a_stranger(),
        }
        with serving(create_app(office), port) as address:
            yield World(address, chromium, documents)


def _of_a_stranger() -> str:
    """Signed with a key that nobody has registered, by an issuer that calls itself what it likes."""
    issuer = stranger.public.did
    method = f"{issuer}#{stranger.public.multikey}"
    told = open_badges.build(some_facts(issuer=issuer, issuer_name="Harvard", status=()))
    return json.dumps(signed(told, signer=stranger, method=method), ensure_ascii=False)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_whoever_is_shown_a_document_is_told_in_one_sentence_and_then_every_check(
    tag: str, size: str, world: World
):
    visitor = world.visit(tag, size)
    page = visitor.go("/check")
    visitor.faultless()
    for kind, document in world.documents.items():
        visitor.go("/check")
        page.fill("textarea", document)
        page.click("button[type=submit]")

        assert page.locator(".verdict h1").inner_text() == language(tag).say(HEADLINES[kind])
        assert page.locator(".checks li").count() >= 3
        visitor.faultless()
    visitor.close()


def test_a_file_is_enough_and_no_script_is_needed(world: World, tmp_path: Path):
    file = tmp_path / "badge.json"
    file.write_text(world.documents["genuine"])
    visitor = world.visit("en", "phone", java_script_enabled=False)
    page = visitor.go("/check")
    page.set_input_files("input[type=file]", file)
    page.click("button[type=submit]")

    assert page.locator("h1").inner_text() == HEADLINES["genuine"]
    assert "University aitu" in page.locator(".verdict").inner_text()
    assert not page.locator("[data-camera]").is_visible()
    visitor.close()


def test_the_whole_way_can_be_gone_by_keyboard(world: World):
    visitor = world.visit("en", "desktop")
    page = visitor.go("/check")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(world.documents["altered"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict")

    assert page.locator("h1").inner_text() == HEADLINES["altered"]
    visitor.close()


def test_the_name_shown_is_the_registrys_and_never_the_documents_own(world: World):
    visitor = world.visit("en", "desktop")
    page = visitor.go("/check")
    page.fill("textarea", world.documents["of a stranger"])
    page.click("button[type=submit]")

    assert "Harvard" not in page.locator(".verdict, .facts").all_inner_texts().__str__()
    assert "not confirmed" in page.locator(".facts").first.inner_text()
    visitor.close()


def test_a_language_once_chosen_stays(world: World):
    visitor = world.visit("en", "phone")
    page = visitor.go("/check")
    page.click(".languages a[hreflang=kk]")
    visitor.go("/")

    assert page.locator("html").get_attribute("lang") == "kk"
    visitor.faultless()
    visitor.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/check", "/nowhere", "/embed"])
def test_public_pages_are_faultless_by_day_and_by_night(path: str, scheme: str, size: str, world: World):
    visitor = world.visit("ru", size, color_scheme=scheme)
    visitor.go(path)
    visitor.faultless()
    visitor.close()


def test_another_site_shows_the_check_with_one_line(world: World):
    line = f'<!doctype html><title>E</title><script src="{world.address}/embed.js" async></script>'
    employer = FastAPI()
    employer.get("/")(lambda: HTMLResponse(line))
    with serving(employer, a_free_port()) as elsewhere:
        visitor = Watched(world.browser, elsewhere)
        visitor.go("/")
        frame = visitor.page.frame_locator("iframe")
        frame.locator("textarea").fill(world.documents["genuine"])
        frame.locator("button[type=submit]").click()

        assert frame.locator(".verdict h1").inner_text() == HEADLINES["genuine"]
        visitor.close()
