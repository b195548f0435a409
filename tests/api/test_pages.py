"""Pages are whole in themselves, and the reference says what the OpenAPI document says."""

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from tests.api.world import Door

_VOID = {"meta", "br", "link", "img", "hr", "input"}


class Outline(HTMLParser):
    """The links, the ids and the headings of a page; fails where a tag is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append((tag, said))
        self.links += [value for name in ("href", "src", "action") if (value := said.get(name))]
        self.ids += [value for value in (said.get("id"),) if value]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_asks_for_nothing_from_anywhere(path: str, door: Door):
    page = door.anybody.get(path)
    outline = Outline(page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in outline.links)
    assert not {"script", "img", "link", "iframe", "form"} & {tag for tag, _ in outline.tags}
    assert "url(" not in page.text
    assert "@import" not in page.text


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_browser_is_told_to_use_our_style_and_nothing_else(path: str, door: Door):
    page = door.anybody.get(path)
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)

    assert style is not None
    digest = base64.b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]
    assert "style=" not in page.text


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_can_be_read_by_ear_and_in_the_dark(path: str, door: Door):
    page = door.anybody.get(path)
    outline = Outline(page.text)

    assert ("html", {"lang": "en"}) in outline.tags
    assert sum(tag == "h1" for tag, _ in outline.tags) == 1
    assert {"header", "main", "footer"} <= {tag for tag, _ in outline.tags}
    assert "#content" in outline.links
    assert len(set(outline.ids)) == len(outline.ids)
    assert "prefers-color-scheme: dark" in page.text


def test_every_link_on_the_first_page_leads_somewhere(door: Door):
    for link in Outline(door.anybody.get("/").text).links:
        if link.startswith("/"):
            assert door.anybody.get(link).status_code == 200, link


def test_the_reference_tells_of_every_operation_and_its_links_lead_somewhere(door: Door):
    document = door.anybody.get("/openapi.json").json()
    outline = Outline(door.anybody.get("/docs").text)

    operations = {said["operationId"] for methods in document["paths"].values() for said in methods.values()}
    assert operations <= set(outline.ids)
    assert {link.removeprefix("#") for link in outline.links if link.startswith("#")} <= set(outline.ids)


def test_a_name_with_markup_in_it_is_shown_and_not_obeyed(tmp_path):
    from api.html import page

    shown = page("<script>alert(1)</script>", "a & b", "").body.decode()

    assert "<script>" not in shown
    assert "a &amp; b" in shown
