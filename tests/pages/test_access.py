"""The access matrix: every page × every kind of visitor × whose it is. And what an attacker tries at the door."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from api.pages.doors import RULES, Who
from api.routes import (
    desk,
    desk_agreements,
    desk_grading,
    desk_quality,
    desk_recognition,
    my,
    my_agreements,
    my_files,
    my_plan,
    my_recognition,
    programs,
    proposals,
    shown,
    sign_in,
    vouched,
)
from tests.offices import NOON, a_credit, a_learner, an_office
from tests.pages.world import COMMISSION, NOW, Visitor, World, a_world
from wallet import access, accounts, issuing, sharing, signing_in, two_persons
from wallet.accounts import StaffRole
from wallet.signing_in import IDLE, LONGEST
from wallet.two_persons import Act, Person


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with an_office(tmp_path) as office:
        yield a_world(office)


ROUTERS = (
    desk.router,
    desk_agreements.router,
    desk_grading.router,
    desk_quality.router,
    desk_recognition.router,
    my.router,
    my_agreements.router,
    my_files.router,
    my_files.erasing_router,
    my_plan.router,
    my_recognition.router,
    programs.pages,
    proposals.router,
    shown.router,
    sign_in.router,
    vouched.router,
)


def test_every_page_with_a_door_stands_in_the_table_and_no_other():
    routes = [
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    ]

    assert sorted(routes) == sorted(RULES)


def filled(path: str, world: World, name: str = "") -> str:
    act = Act.ISSUE_MANY if name == "issuer here" else Act.ROTATE_KEY
    proposed = two_persons.propose(world.office, "aitu", act, by=Person("somebody", "Somebody"), at=NOW)
    values = {
        "institution": "aitu",
        "credential": world.issued.credential,
        "share": world.share.name,
        "secret": world.share.secret,
        "number": "1",
        "sequence": str(world.office.learner(world.learner).history.entries[0].sequence),
        "qualification": "first-year",
        "proposal": proposed.id,
        "recognition": world.case,
        "document": world.office.case(world.case).state.documents[0].sha256,
        "commission": COMMISSION,
        "agreement": "semester",
        "memorandum": "aitu-and-college",
    }
    return path.format(**values)


VISITORS = {
    "nobody": lambda world: world.anybody,
    "the learner": lambda world: world.as_learner,
    **{f"{role.value} here": (lambda world, r=role: world.staff(r)) for role in StaffRole},
    "every role elsewhere": lambda world: world.staff(*StaffRole, at="college"),
}


def may(name: str, who: Who, roles: frozenset[StaffRole]) -> bool:
    match who:
        case Who.SIGNED_IN:
            return name != "nobody"
        case Who.LEARNER:
            return name == "the learner"
        case Who.STAFF:
            return name in {f"{role.value} here" for role in roles}
    return True


@pytest.mark.parametrize("name", VISITORS)
def test_each_visitor_opens_what_the_table_says_and_nothing_else(name: str, world: World):
    for (method, path), rule in RULES.items():
        if path == "/sign-out":
            continue  # it would end the walk
        visitor: Visitor = VISITORS[name](world)
        address = filled(path, world, name)
        answer = visitor.get(address) if method == "GET" else visitor.post(address)
        if rule.who is Who.ANYBODY:
            assert answer.status_code != 401, (method, path)
            continue
        if may(name, rule.who, rule.roles):
            assert answer.status_code not in (401, 404), (method, path, answer.text)
            assert not (answer.status_code == 403 and visitor.session), (method, path)
            assert not answer.headers.get("location", "").startswith("/sign-in"), (method, path)
        elif name == "nobody":
            assert answer.status_code == (303 if method == "GET" else 401), (method, path)
        else:
            expected = 403 if rule.who is Who.STAFF and name.endswith(" here") else 404
            assert answer.status_code == expected, (method, path)


def test_no_learner_sees_anything_of_another(world: World):
    entry = world.office.learner(world.learner).history.entries[1]

    assert world.as_other.get(f"/my/events/{entry.sequence}").status_code == 404
    assert world.as_other.post(f"/my/shares/{world.share.name}/withdrawal").status_code == 404
    assert world.issued.credential not in world.as_other.get("/my/shares").text
    stolen = world.as_other.post(
        "/my/shares",
        {"credential": world.issued.credential, "with_whom": "x", "purpose": "x", "until": "2026-12-30"},
    )
    assert stolen.status_code == 422
    assert world.as_other.get(f"/my/recognitions/{world.case}").status_code == 404
    assert (
        world.as_other.post(f"/my/recognitions/{world.case}/appeal", {"grounds": "mine"}).status_code == 404
    )
    assert sharing.open_share(world.office, world.share.secret, at=NOW).share.withdrawn_at is None


def test_no_institution_changes_the_document_of_another(world: World):
    elsewhere = world.staff(StaffRole.ISSUER, at="college")
    path = f"/desk/college/credentials/{world.issued.credential}"

    assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(path, {"act": "revoke", "reason": "mine now"}).status_code in (403, 404)
    assert world.office.credential(world.issued.credential).state.standing.value == "in-force"


def test_a_case_is_seen_by_those_who_judge_in_it_and_by_the_registrars_office(world: World):
    path = f"/desk/aitu/recognitions/{world.case}"
    document = world.office.case(world.case).state.documents[0].sha256
    stranger = world.staff(StaffRole.EXPERT, StaffRole.COMMISSION, signs="tutor")
    unnamed = world.visitor(roles={"aitu": [StaffRole.EXPERT.value]}, name="Nobody's")
    elsewhere = world.staff(*StaffRole, at="college")

    assert world.staff(StaffRole.REGISTRAR).get(path).status_code == 200
    assert world.staff(StaffRole.EXPERT, signs="omarova").get(path).status_code == 200
    for visitor in (stranger, unnamed):
        assert world.case not in visitor.get("/desk/aitu/recognitions").text
        for part in ("", f"/documents/{document}"):
            assert visitor.get(path + part).status_code == 404
    assert elsewhere.get(f"/desk/college/recognitions/{world.case}").status_code == 404


def test_nobody_signs_for_another(world: World):
    path = f"/desk/aitu/recognitions/{world.case}/conclusions"
    said = {f"finding-{each}": "full" for each in ("outcomes", "aims", "volume", "assessment")} | {
        "source": "s1"
    }
    member = world.staff(StaffRole.COMMISSION, StaffRole.EXPERT, signs="dean")

    assert member.post(path, said).status_code == 422
    assert world.staff(StaffRole.EXPERT, signs="omarova").post(path, said).status_code == 303
    assert list(world.office.case(world.case).state.now.conclusions) == ["omarova"]


def test_somebody_who_loses_her_roles_signs_no_longer(world: World):
    admin = world.staff(StaffRole.ADMIN)
    expert = world.staff(StaffRole.EXPERT, signs="omarova")
    assert "omarova" in accounts.staff_signing_at(world.office, "aitu").values()
    admin.post("/desk/aitu/people/withdrawal", {"account": expert.account})

    assert accounts.staff_signing_at(world.office, "aitu") == {}


# --- what an attacker tries -----------------------------------------------------------------------------


@pytest.mark.parametrize("csrf", ["", "wrong", "\N{CYRILLIC SMALL LETTER A}"])
def test_a_form_without_the_sessions_secret_does_nothing(csrf: str, world: World):
    staff = world.staff(*StaffRole)
    for (method, path), rule in RULES.items():
        if method == "POST" and rule.who is not Who.ANYBODY:
            visitor = world.as_learner if rule.who is Who.LEARNER else staff
            answer = visitor.post(filled(path, world), {"csrf": csrf})
            assert answer.status_code == 403, path


def test_a_session_of_another_ends_with_its_secret(world: World):
    learner = world.as_learner
    assert learner.get("/my").status_code == 200
    assert learner.post("/sign-out").status_code == 303
    assert learner.get("/my").status_code == 303


def test_a_session_planted_before_is_worth_nothing_after(world: World):
    """Session fixation: signing in always makes a new session, and an unknown one is never taken up."""
    planted = Visitor(world.app, world.base_url, session="planted-by-somebody")
    codes = signing_in.renew_codes(world.office, world.as_learner.account)
    answer = planted.post("/sign-in/code", {"code": codes[0]})

    assert answer.status_code == 303
    assert "planted-by-somebody" not in answer.headers["set-cookie"]
    assert planted.get("/my").status_code == 303


def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_after_half_a_day(world: World):
    learner = world.as_learner
    began = datetime.now(UTC)
    assert signing_in.session(world.office, learner.session or "", at=began + IDLE) is None
    for step in range(1, 8):
        at = began + step * timedelta(hours=1.7)
        found = signing_in.session(world.office, learner.session or "", at=at)
        assert (found is not None) == (at - began < LONGEST)


def test_the_sessions_cookie_is_for_us_alone(world: World):
    codes = signing_in.renew_codes(world.office, world.as_learner.account)
    cookie = world.anybody.post("/sign-in/code", {"code": codes[0]}).headers["set-cookie"]

    assert cookie.startswith("__Host-session=")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


def test_a_recovery_code_works_once_and_guessing_is_stopped(world: World):
    codes = signing_in.renew_codes(world.office, world.as_learner.account)

    assert world.anybody.post("/sign-in/code", {"code": codes[0].lower()}).status_code == 303
    assert world.anybody.post("/sign-in/code", {"code": codes[0]}).status_code == 403
    tried = [world.anybody.post("/sign-in/code", {"code": f"AAAAA-{n:05}"}).status_code for n in range(12)]
    assert tried[-1] == 429
    assert world.anybody.post("/sign-in/code", {"code": codes[1]}).status_code == 429


def test_a_link_that_opens_nothing_says_the_same_whatever_it_was_and_guessing_is_stopped(world: World):
    soon = sharing.share(
        world.office,
        world.learner,
        credentials=[world.issued.credential],
        with_whom="x",
        purpose="x",
        until=NOW + timedelta(seconds=1),
        at=NOW - timedelta(days=1),
    )
    sharing.withdraw_share(world.office, world.learner, world.share.name, at=NOW)
    while datetime.now(UTC) < soon.until:
        pass
    answers = {
        secret: world.anybody.get(f"/s/{secret}") for secret in (soon.secret, world.share.secret, "guess")
    }

    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({answer.text.replace(secret, "…") for secret, answer in answers.items()}) == 1
    tried = [world.anybody.get(f"/s/{n}").status_code for n in range(12)]
    assert tried[-1] == 429


def test_a_share_shows_what_was_chosen_and_its_preview_reveals_nothing(world: World):
    page = world.anybody.get(f"/s/{world.share.secret}").text
    head = page.partition("</head>")[0]

    assert "Unit algorithms" in page
    for private in ("algorithms", "Silk Road", "job application", world.learner, world.issued.credential):
        assert private not in head
    assert "noindex" in head
    looks = sharing.shares_of(world.office, world.learner)[0].looks
    assert len(looks) == 1


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/\t/e",
    "",
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_signing_in_leads_nobody_to_another_site(to: str, world: World):
    page = world.anybody.ask("GET", "/sign-in", params={"to": to}).text

    assert "evil" not in page
    assert 'name="to"' not in page


XSS = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7919*7919}}'


def test_whatever_is_written_is_shown_and_not_obeyed(world: World):
    """Stored markup, in every field that is shown again."""
    learner, staff = world.as_learner, world.staff(*StaffRole, name=XSS)
    stored = [
        learner.post(
            "/my/learning", {"setting": "informal", "name": XSS, "provider": XSS, "achieved_on": "2026-05-01"}
        ),
        learner.post(
            "/my/shares",
            {
                "credential": world.issued.credential,
                "with_whom": XSS,
                "purpose": XSS,
                "until": (NOW + timedelta(days=9)).date().isoformat(),
            },
        ),
        staff.post(
            "/desk/aitu/units",
            {
                "unit": "x",
                "code": XSS[:50],
                "name_en": XSS,
                "outcomes": XSS,
                "setting": "formal",
                "points": "1",
                "scheme": "ECTS",
                "level": "6",
            },
        ),
        staff.post(
            "/desk/aitu/qualifications",
            {
                "qualification": "x",
                "name_en": XSS,
                "kind": "bachelor",
                "points": "1",
                "scheme": "ECTS",
                "level": "6",
                "needs": "algorithms",
            },
        ),
        staff.post(f"/desk/aitu/credentials/{world.issued.credential}", {"act": "suspend", "reason": XSS}),
    ]
    assert [answer.status_code for answer in stored] == [303] * 5, [a.text[-900:] for a in stored]
    secret = sharing.shares_of(world.office, world.learner)[0].secret
    pages = [
        *(learner.get(path) for path in ("/my", "/my/shares", "/my/qualifications/first-year")),
        *(
            staff.get(f"/desk/aitu{path}")
            for path in (
                "",
                "/units",
                "/award",
                "/credentials",
                f"/credentials/{world.issued.credential}",
                "/people",
            )
        ),
        staff.post(
            "/desk/aitu/award", {"learner": XSS, "unit": XSS, "grade": XSS, "scale": XSS, "awarded_on": XSS}
        ),
        staff.post(
            "/desk/aitu/award/many",
            {"table": f'learner,unit,awarded_on\n"{XSS.replace(chr(34), chr(34) * 2)}",x,y'},
        ),
        staff.post("/desk/aitu/people", {"name": XSS, "role": "expert"}),
        staff.post("/desk/aitu/admissions", files={"files": (XSS, b"{}", "text/html")}),
        world.anybody.get(f"/s/{secret}"),
    ]
    for page in pages:
        assert page.status_code in (200, 422), page.url
        assert "<script>alert" not in page.text, page.url
        assert "<img src=x" not in page.text, page.url
        assert "62710561" not in page.text, page.url


def test_every_page_of_somebody_is_kept_by_nobody_on_the_way_and_every_access_is_noted(world: World):
    staff = world.staff(*StaffRole, name="Aigerim")
    before = len(accounts.accesses(world.office, "aitu"))
    answer = staff.get("/desk/aitu/keys")
    noted = accounts.accesses(world.office, "aitu")

    assert answer.headers["cache-control"] == "no-store"
    assert len(noted) == before + 1
    assert (noted[0].name, noted[0].route, noted[0].allowed) == ("Aigerim", "/desk/{institution}/keys", True)
    world.staff(StaffRole.EXPERT).get("/desk/aitu/keys")
    assert not accounts.accesses(world.office, "aitu")[0].allowed


def test_a_programs_key_is_made_at_the_desk_shown_once_and_taken_back(world: World):
    admin, elsewhere = world.staff(StaffRole.ADMIN), world.staff(StaffRole.ADMIN, at="college")
    asked = {"label": XSS[:90], "scope": ["records:read"], "days": "90"}
    page = admin.post("/desk/aitu/programs", asked)
    [made] = access.grants(world.office, "aitu")
    secret = re.search("lcw_[A-Za-z0-9_-]{43}", page.text)

    assert secret is not None
    assert "<script>alert" not in page.text
    assert (made.scopes, (made.ends_at or NOW) - made.made_at) == ({"records:read"}, timedelta(days=90))
    assert secret[0] not in admin.get("/desk/aitu/programs").text
    assert elsewhere.post("/desk/college/programs/withdrawal", {"name": made.name}).status_code == 422
    assert access.find(world.office, secret[0], at=datetime.now(UTC)) is not None
    assert admin.post("/desk/aitu/programs/withdrawal", {"name": made.name}).status_code == 303
    assert access.find(world.office, secret[0], at=datetime.now(UTC)) is None
    for wrong in ({**asked, "scope": []}, {**asked, "days": "9999"}, {**asked, "label": ""}):
        assert admin.post("/desk/aitu/programs", wrong).status_code == 422


def test_a_learner_is_told_who_of_the_staff_opened_what_is_hers(world: World):
    before = len(accounts.accesses(world.office, world.learner))
    path = f"/desk/aitu/credentials/{world.issued.credential}"
    world.staff(StaffRole.ISSUER, name="Aigerim").get(path)
    world.staff(StaffRole.ISSUER, at="college").get(path.replace("aitu", "college"))
    noted = accounts.accesses(world.office, world.learner)

    assert len(noted) == before + 1
    assert (noted[0].name, noted[0].route) == ("Aigerim", "/desk/{institution}/credentials/{credential}")


def test_documents_are_listed_a_hundred_to_a_page(world: World):
    office, issuer = world.office, world.staff(StaffRole.ISSUER)
    for _ in range(102):
        learner = a_learner(office).learner
        issuing.issue_credit(
            office, "aitu", learner=learner, credit=a_credit(office, learner).credit, at=NOON
        )
    first = issuer.get("/desk/aitu/credentials")
    older = re.search(r'href="(/desk/aitu/credentials\?before=\d+)"', first.text)
    assert older is not None
    second = issuer.get(older[1])

    assert [page.text.count("/desk/aitu/credentials/urn:") for page in (first, second)] == [100, 3]
    assert issuer.get("/desk/aitu/credentials?standing=revoked").text.count("/credentials/urn:") == 0
    assert len(first.content) < 85 * 1024


def test_the_last_administrator_cannot_be_put_out(world: World):
    admin = world.staff(StaffRole.ADMIN)
    answer = admin.post("/desk/aitu/people/withdrawal", {"account": admin.account})

    assert answer.status_code == 422
    assert admin.get("/desk/aitu/people").status_code == 200
