"""Pages are whole in themselves, and the reference says what the OpenAPI document says."""

import json
from html.parser import HTMLParser

import pytest

from api.pages.assets import BY_ADDRESS
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


PUBLIC = ["/", "/check", "/verify", "/docs", "/embed"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_asks_for_nothing_from_anywhere_else(path: str, door: Door):
    page = door.anybody.get(path)
    outline = Outline(page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in outline.links)
    assert not {"iframe", "object", "style"} & {tag for tag, _ in outline.tags}
    assert all("src" in said for tag, said in outline.tags if tag == "script")
    assert not any(name == "style" or name.startswith("on") for _, said in outline.tags for name in said)


def test_whoever_was_registered_a_moment_ago_stands_on_the_first_page(door: Door):
    door.registry.post("/institutions", {"institution": "kiosk", "names": {"en": "Kiosk"}, "country": "KZ"})

    assert "Kiosk" in door.anybody.get("/").text


@pytest.mark.parametrize("path", PUBLIC)
def test_the_browser_is_told_to_run_and_show_our_own_and_nothing_else(path: str, door: Door):
    headers = door.anybody.get(path).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert ("frame-ancestors *" in policy) == (path == "/embed")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "max-age" in headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/", "/check", "/docs"])
def test_a_page_can_be_read_by_ear(path: str, door: Door):
    page = door.anybody.get(path)
    outline = Outline(page.text)

    assert ("html", {"lang": "en"}) in outline.tags
    assert sum(tag == "h1" for tag, _ in outline.tags) == 1
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in outline.tags}
    assert "#content" in outline.links
    assert len(set(outline.ids)) == len(outline.ids)


@pytest.mark.parametrize("path", ["/", "/check", "/verify", "/embed"])
def test_a_page_is_small_with_all_that_it_is_made_of(path: str, door: Door):
    page = door.anybody.get(path)
    parts = [link for link in Outline(page.text).links if link.startswith("/assets/")]
    size = len(page.content) + sum(len(door.anybody.get(part).content) for part in parts)

    assert parts
    assert size < 100 * 1024


def test_what_a_page_is_made_of_is_kept_for_a_year_because_its_name_changes_with_it(door: Door):
    for asset in BY_ADDRESS.values():
        answer = door.anybody.get(asset.address)

        assert answer.content == asset.content
        assert "immutable" in answer.headers["cache-control"]
    assert door.anybody.get("/assets/../app.py").status_code == 404


def test_a_form_of_another_site_is_refused(door: Door):
    for foreign in (
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        answer = door.anybody.ask("POST", "/check", data={"text": "x"}, headers=door.anybody.headers(foreign))

        assert answer.status_code == 403, foreign
    assert door.anybody.ask("POST", "/check", data={"text": "x"}).status_code == 200


BAD_FORMS = {
    "no form at all": ("application/json", b"{}", 415),
    "not ASCII": ("application/x-www-form-urlencoded", b"text=\xff", 400),
    "more fields than anybody fills in": (
        "application/x-www-form-urlencoded",
        b"&".join([b"a=1"] * 300),
        400,
    ),
    "parts without a boundary": ("multipart/form-data", b"--x", 400),
    "parts that never end": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data",
        422,
    ),
    "too large": ("application/x-www-form-urlencoded", b"text=" + b"a" * (9 * 1024 * 1024), 413),
    "empty": ("application/x-www-form-urlencoded", b"", 422),
}


@pytest.mark.parametrize("bad", BAD_FORMS)
def test_a_form_that_cannot_be_read_is_refused_in_words(bad: str, door: Door):
    kind, text, status = BAD_FORMS[bad]
    answer = door.anybody.ask("POST", "/check", content=text, headers={"Content-Type": kind})

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_link_to_a_place_inside_is_not_followed(door: Door):
    for link in ("https://127.0.0.1/", "http://localhost/x", "https://[::1]/", "https://2130706433/"):
        answer = door.anybody.ask("POST", "/check", data={"text": link})

        assert answer.status_code == 422
        assert "Nothing could be fetched" in answer.text


def test_an_address_where_nothing_is_answers_people_with_a_page_and_programs_with_a_problem(door: Door):
    assert "nothing at this address" in door.anybody.get("/nowhere", Accept="text/html").text
    assert door.anybody.get("/nowhere").headers["content-type"] == "application/problem+json"


def test_every_link_on_the_first_page_leads_somewhere(door: Door):
    for link in Outline(door.anybody.get("/").text).links:
        if link.startswith("/"):
            assert door.anybody.get(link).status_code == 200, link


def test_the_reference_tells_of_every_operation_and_its_links_lead_somewhere(door: Door):
    document = door.anybody.get("/openapi.json").json()
    contents = Outline(door.anybody.get("/docs").text)

    operations = {said["operationId"] for methods in document["paths"].values() for said in methods.values()}
    assert operations <= set(contents.ids)
    told = set()
    for operation in operations:
        assert f"/docs/{operation}" in contents.links
        page = door.anybody.get(f"/docs/{operation}")
        outline = Outline(page.text)
        assert {link.removeprefix("#") for link in outline.links if link.startswith("#")} <= set(outline.ids)
        assert len(page.content) < 85 * 1024, operation
        told |= set(outline.ids)
    assert {f"schema-{name}" for name in ("CreditAwardedShown", "Award", "Refusal")} <= told
    assert door.anybody.get("/docs/nothing").status_code == 404


def test_what_a_document_says_of_itself_is_shown_and_not_obeyed(door: Door):
    text = json.dumps({"name": "<script>alert(1)</script>", "id": "javascript:alert(1)", "issuer": "<b>"})
    shown = door.anybody.ask("POST", "/check", data={"text": text}).text

    assert "<script>alert" not in shown
    assert "<b>" not in shown
