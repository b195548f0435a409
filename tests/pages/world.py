"""An office with people: a learner, another, staff of two institutions, each with a session of their own.

world = a_world(office)
world.as_learner.get("/my")
world.staff(StaffRole.ISSUER).post("/desk/aitu/award", unit="algorithms", …)
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from domain.credential import CredentialIssued
from tests.offices import NOON, a_credit, a_learner, a_qualification, a_unit, a_university
from wallet import accounts, issuing, sharing, signing_in
from wallet.accounts import StaffRole
from wallet.office import Office
from wallet.sharing import Share

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser, signed in or not. Posts carry the session's own secret unless told another."""

    app: FastAPI
    base_url: str
    session: str | None = None
    csrf: str = ""
    account: str = ""

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, said: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, data={"csrf": self.csrf, **(said or {})}, **more)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        name = "__Host-session" if self.base_url.startswith("https") else "session"
        cookies = {name: self.session} if self.session else {}

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("203.0.113.7", 4711))
            async with httpx.AsyncClient(
                transport=transport, base_url=self.base_url, cookies=cookies
            ) as client:
                return await client.request(method, path, **more)

        return asyncio.run(asking())


@dataclass(frozen=True)
class World:
    office: Office
    app: FastAPI
    learner: str
    other: str
    issued: CredentialIssued
    share: Share
    base_url: str

    @property
    def anybody(self) -> Visitor:
        return Visitor(self.app, self.base_url)

    @property
    def as_learner(self) -> Visitor:
        return self.visitor(learner=self.learner)

    @property
    def as_other(self) -> Visitor:
        return self.visitor(learner=self.other)

    def staff(self, *roles: StaffRole, at: str = "aitu", name: str = "Somebody") -> Visitor:
        return self.visitor(roles={at: [role.value for role in roles]}, name=name)

    def visitor(
        self, *, learner: str | None = None, roles: dict[str, list[str]] | None = None, name: str = ""
    ) -> Visitor:
        with self.office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=learner, name=name, roles=roles or {}, at=NOW)
        session = signing_in.begin_session(self.office, account, at=datetime.now(UTC))
        found = signing_in.session(self.office, session, at=datetime.now(UTC))
        assert found is not None
        return Visitor(self.app, self.base_url, session, found.csrf, account)


def a_world(office: Office) -> World:
    """A university with two units and a qualification, a college, a learner with a document that she shares."""
    a_university(office)
    a_university(office, "college")
    a_unit(office)
    a_unit(office, "databases")
    a_qualification(office)
    learner, other = a_learner(office).learner, a_learner(office).learner
    credit = a_credit(office, learner).credit
    issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
    shared = sharing.share(
        office,
        learner,
        credentials=[issued.credential],
        with_whom="Silk Road Logistics",
        purpose="job application",
        until=NOW + timedelta(days=30),
        at=NOW,
    )
    accounts.choose_qualification(office, learner, "first-year", chosen=True)
    app = create_app(office)
    return World(office, app, learner, other, issued, shared, office.registry().state.base_url)
