"""What an attacker writes into our forms and addresses: every form of every page, every page of every visitor."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from api.pages.assets import BY_ADDRESS
from api.pages.doors import RULES, Who
from api.pages.languages import LANGUAGES
from tests.offices import an_office
from tests.pages.test_access import filled
from tests.pages.world import Visitor, World, a_world
from wallet.accounts import StaffRole

MARKUP = "'\"></title></textarea><script>alert(7)</script><img src=x onerror=alert(7)>{{7919*7919}}"
GOT_THROUGH = ("<script>alert", "<img src=x", "onerror=alert(7)>", "62710561")
KIBIBYTE = 1024
OPEN = ["/", "/check", "/verify", "/embed", "/docs", "/sign-in"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with an_office(tmp_path) as office:
        yield a_world(office)


@dataclass
class Filling:
    """A form as it stands in a page: where it goes, and what a browser would send."""

    action: str
    method: str
    said: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Reading(HTMLParser):
    """A page as a browser reads it: its forms, what it loads, where it leads, and what of it could run."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Filling] = []
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.runs: list[str] = []
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.runs += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag in ("script", "img", "iframe", "embed", "source"):
            self.loads.append(given.get("src", ""))
            if tag == "script" and "src" not in given:
                self.runs.append("script")
        if tag == "style":
            self.runs.append("style")
        if tag == "link":
            self.loads.append(given["href"])
        if tag in ("a", "form"):
            self.leads.append(given.get("href", given.get("action", "")))
        if tag == "form":
            self.forms.append(Filling(given.get("action", ""), given.get("method", "get")))
        if self.forms and tag in ("input", "textarea", "select", "button", "option"):
            self._field(self.forms[-1], tag, given)

    def _field(self, form: Filling, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "option" and self._select:
            form.said.setdefault(self._select, [given.get("value", "")])
            if not form.said[self._select][0]:
                form.said[self._select] = [given.get("value", "")]
            return
        self._select = name if tag == "select" else None
        if not name or (tag == "input" and kind == "submit"):
            return
        if tag == "textarea" or (tag == "input" and kind in ("text", "search", "email", "url")):
            form.texts.append(name)
        elif tag == "input" and kind == "file":
            form.files.append(name)
        elif tag == "input" and kind == "date":
            form.said[name] = [given.get("value") or given.get("min") or "2026-05-01"]
        elif tag == "input" and kind == "number":
            form.said[name] = [given.get("value") or given.get("min") or "1"]
        elif tag in ("input", "button"):
            form.said.setdefault(name, []).append(given.get("value", "on"))


def read(page: httpx.Response) -> Reading:
    reading = Reading()
    reading.feed(page.text)
    return reading


def is_a_page(answer: httpx.Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


def everybody(world: World) -> dict[str, Visitor]:
    return {
        "nobody": world.anybody,
        "the learner": world.as_learner,
        "all the staff": world.staff(*StaffRole, name=MARKUP[:90]),
    }


def pages_of(name: str, visitor: Visitor, world: World) -> Iterator[httpx.Response]:
    """Every page that can be asked for by this visitor."""
    for path in OPEN:
        yield visitor.get(path)
    for (method, path), rule in RULES.items():
        hers = {"nobody": (Who.ANYBODY,), "the learner": (Who.LEARNER, Who.SIGNED_IN, Who.ANYBODY)}
        if method == "GET" and rule.who in hers.get(name, tuple(Who)):
            answer = visitor.get(filled(path, world))
            if is_a_page(answer):
                yield answer


def test_markup_in_every_field_of_every_form_is_shown_and_not_obeyed(world: World):
    """Each form is sent with markup in all its texts, and in each one alone; whatever comes back is looked at."""
    sent, answers = 0, []
    for name, visitor in everybody(world).items():
        forms = [form for page in pages_of(name, visitor, world) for form in read(page).forms]
        seen = set()
        for form in forms:
            if form.method != "post" or form.action in seen or form.action == "/sign-out":
                continue
            seen.add(form.action)
            for wrong in ([*form.texts] if len(form.texts) < 8 else []) + [None]:
                marked = {text: MARKUP if wrong in (text, None) else "x" for text in form.texts}
                data = {**form.said, **marked}
                files = {each: (MARKUP[:60], MARKUP.encode(), "text/html") for each in form.files[:1]}
                more = {"files": files} if files else {}
                answer = visitor.post(form.action, data, **more)
                assert answer.status_code < 500, (form.action, answer.text)
                answers.append(answer)
                sent += 1
    for name, visitor in everybody(world).items():
        answers += pages_of(name, visitor, world)

    assert sent > 40
    for answer in answers:
        if is_a_page(answer):
            assert [text for text in GOT_THROUGH if text in answer.text] == [], answer.url
            assert read(answer).runs == [], answer.url


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_page_runs_anything_of_its_own_or_asks_another_host(tag: str, world: World):
    looked_at = 0
    for name, visitor in everybody(world).items():
        for page in pages_of(name, visitor, world):
            reading = read(page)
            assert reading.runs == [], page.url
            assert [each for each in reading.loads if each not in BY_ADDRESS] == [], page.url
            assert [
                each for each in reading.leads if each.startswith(("//", "/\\", "javascript:", "data:"))
            ] == []
            looked_at += 1
    assert looked_at > 40


def test_every_page_weighs_less_than_100_kb_with_all_that_it_loads(world: World):
    for name, visitor in everybody(world).items():
        for page in pages_of(name, visitor, world):
            loaded = sum(len(BY_ADDRESS[each].content) for each in set(read(page).loads))
            assert len(page.content) + loaded < 100 * KIBIBYTE, (page.url, len(page.content), loaded)


HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}


def test_every_page_comes_with_headers_that_let_a_browser_only_show_it(world: World):
    for name, visitor in everybody(world).items():
        for page in pages_of(name, visitor, world):
            policy = dict(
                each.strip().split(" ", 1) for each in page.headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
            assert policy["base-uri"] == "'none'"
            assert policy["frame-ancestors"] == ("*" if page.url.path == "/embed" else "'none'"), page.url
            assert "unsafe" not in page.headers["content-security-policy"]
            assert {each: page.headers.get(each) for each in HEADERS} == HEADERS, page.url
            if page.url.path.startswith(("/my", "/desk", "/account", "/welcome", "/s/")):
                assert page.headers["cache-control"] == "no-store", page.url


# --- where we would lead somebody -----------------------------------------------------------------------


ELSEWHERE = [
    "//evil.example",
    "//evil.example/check",
    "/\\evil.example",
    "///evil.example",
    "/%2F/evil.example",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_page_at_an_address_of_somebodys_making_leads_nowhere_else(path: str, world: World):
    for visitor in (world.anybody, world.as_learner):
        address = world.base_url + path
        answer = visitor.ask("GET", address, headers={"Accept": "text/html"})
        leads = read(answer).leads if is_a_page(answer) else []
        leads += [answer.headers.get("location", "")]
        assert [each for each in leads if re.match(r"[/\\]{2}|https?:", each)] == [], leads


@pytest.mark.parametrize(
    "host", ["evil.example", "records.example.evil.example", "records.example:1\r\nx: y"]
)
def test_a_host_that_is_made_up_stands_in_no_link(host: str, world: World):
    shared = world.as_learner.get("/my/shares", Host=host.partition("\r")[0])

    assert "evil" not in shared.text


# --- files ----------------------------------------------------------------------------------------------


def a_zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return packed.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"/>'
FILES = {
    "markup as its name": (MARKUP[:90], b"{}", "text/html"),
    "a page": ("a.html", MARKUP.encode(), "text/html"),
    "a picture that is a script": (
        "a.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"/>',
        "image/svg+xml",
    ),
    "an archive whose names lead out": (
        "a.zip",
        a_zip("../../../etc/passwd", MARKUP),
        "application/zip",
    ),
    "a name that leads out": ("../../../../tmp/x", b"{}", "application/json"),
    "an entity that asks another host": (
        "a.xml",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "https://evil.example/">]><a>&e;</a>',
        "application/xml",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_an_attackers_is_looked_at_and_not_obeyed(name: str, world: World):
    staff, learner = world.staff(*StaffRole), world.as_learner
    answers = [
        world.anybody.post("/check", files={"file": FILES[name]}),
        staff.post("/desk/aitu/admissions", files={"files": FILES[name]}),
        staff.post("/desk/aitu/award/many", files={"files": FILES[name]}),
        learner.post(
            "/my/learning",
            {"setting": "informal", "name": "Chess", "achieved_on": "2026-05-01"},
            files={"files": FILES[name]},
        ),
        learner.get("/my"),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.text
        assert [text for text in GOT_THROUGH if text in answer.text] == [], answer.url
        assert "root:" not in answer.text
        if is_a_page(answer):
            assert read(answer).runs == [], answer.url


FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_a_table_is_text(formula: str, world: World):
    table = f'learner,unit,awarded_on,row\n{world.learner},algorithms,2026-05-01,"{formula}"'
    answer = world.staff(StaffRole.ISSUER).post("/desk/aitu/award/many", {"table": table})

    assert answer.status_code in (200, 422)
    assert read(answer).runs == []


# --- guessing -------------------------------------------------------------------------------------------


def from_place(world: World, place: str, path: str) -> httpx.Response:
    visitor = Visitor(world.app, world.base_url, place=place)
    return visitor.get(path)


def test_one_place_is_one_place_whatever_address_of_its_network_it_takes(world: World):
    tried = [from_place(world, f"2001:db8:1:2::{n:x}", f"/s/guess-{n}").status_code for n in range(12)]

    assert tried[-1] == 429
    assert from_place(world, "2001:db8:1:3::1", "/s/guess").status_code == 404
    assert from_place(world, "198.51.100.9", "/s/guess").status_code == 404


def test_who_goes_on_guessing_is_locked_out_for_longer(world: World, monkeypatch: pytest.MonkeyPatch):
    now = datetime.now(UTC).timestamp()
    clock = {"now": now}
    monkeypatch.setattr("time.time", lambda: clock["now"])
    answers = []
    for minute in range(10):
        clock["now"] = now + 61 * minute
        answers += [world.anybody.get(f"/s/guess-{minute}-{n}").status_code for n in range(11)]
    assert answers.count(404) == 60
    clock["now"] = now + timedelta(hours=2).total_seconds()
    assert world.anybody.get("/s/guess-later").status_code == 404


def test_the_public_check_is_for_everybody_and_not_for_one_program(world: World):
    tried = [world.anybody.post("/check", {"text": "x"}) for _ in range(125)]

    assert tried[0].status_code == 200
    assert tried[-1].status_code == 429
    assert tried[-1].headers["retry-after"] == "60"
    assert world.anybody.get("/check").status_code == 200
