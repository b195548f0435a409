"""An office with people: a learner, another, staff of two institutions, each with a session of their own.

world = a_world(office)
world.as_learner.get("/my")
world.staff(StaffRole.ISSUER).post("/desk/aitu/award", unit="algorithms", …)
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from domain.credential import CredentialIssued
from domain.prior_learning import EvidenceKind, Source
from domain.recognition_policy import RecognitionRules
from domain.staff import Side
from domain.values import source_id
from tests.offices import (
    NOON,
    a_credit,
    a_learner,
    a_memorandum,
    a_qualification,
    a_unit,
    a_university,
    an_agreement,
)
from wallet import accounts, examining, issuing, portfolio, recognising, sharing, signing_in
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
    place: str = "203.0.113.7"

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, said: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, data={"csrf": self.csrf, **(said or {})}, **more)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        name = "__Host-session" if self.base_url.startswith("https") else "session"
        cookies = {name: self.session} if self.session else {}

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.place, 4711))
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
    case: str
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

    def staff(
        self, *roles: StaffRole, at: str = "aitu", name: str = "Somebody", signs: str | None = None
    ) -> Visitor:
        """One of the staff; experts and members at aitu sign as one of those in the case, or as who is named."""
        visitor = self.visitor(roles={at: [role.value for role in roles]}, name=name)
        usual = "dean" if StaffRole.COMMISSION in roles else "omarova" if StaffRole.EXPERT in roles else None
        if at == "aitu" and (person := signs or usual):
            accounts.sign_as(self.office, visitor.account, at, person)
        return visitor

    def visitor(
        self, *, learner: str | None = None, roles: dict[str, list[str]] | None = None, name: str = ""
    ) -> Visitor:
        with self.office.ledger.database.writer() as cursor:
            account = accounts.make_account(cursor, learner=learner, name=name, roles=roles or {}, at=NOW)
        session = signing_in.begin_session(self.office, account, at=datetime.now(UTC))
        found = signing_in.session(self.office, session, at=datetime.now(UTC))
        assert found is not None
        return Visitor(self.app, self.base_url, session, found.csrf, account)


COMMISSION = "prior-learning"
MEMBERS, EXPERTS = ("dean", "rector", "head"), ("omarova", "lee", "petrov")
_DAY = date(2026, 6, 1)


def a_commission(office: Office, institution: str = "aitu") -> None:
    """A policy in force since 2026, staff of whom "tutor" is in no group, and a commission under its dean."""
    rules = RecognitionRules()
    recognising.publish_policy(
        office, institution, rules, in_force_from=date(2026, 1, 1), reference="Council 7", at=NOON
    )
    for person in (*MEMBERS, *EXPERTS, "tutor"):
        side = Side.ADMINISTRATION if person == "rector" else Side.TEACHING
        examining.register_staff(
            office, institution, person=person, position=f"Position of {person}", side=side, at=NOON
        )
    examining.compose(
        office, institution, commission=COMMISSION, members=MEMBERS, reference="Order 12", on=_DAY, at=NOON
    )
    for member in MEMBERS:
        examining.cast_ballot(office, COMMISSION, by=member, chair="dean", deputy="rector", on=_DAY, at=NOON)
    examining.elect(office, institution, COMMISSION, on=_DAY, at=NOON)


def a_case(office: Office, learner: str, unit: str = "databases", *, on: date = _DAY) -> str:
    """A course of 180 hours in place of the unit; filed and sent to the experts on one day."""
    document = portfolio.keep(office, learner, b"%PDF-1.7 a course", name="course.pdf", at=NOON)
    source = Source(
        id=source_id("s1"),
        kind=EvidenceKind.MOOC,
        title="Databases from the beginning",
        provider="Open courses",
        achieved_on=date(2026, 3, 1),
        hours=Decimal(180),
        outcomes=("Outcome 1 of databases, and queries",),
        documents=(document,),
    )
    case = recognising.apply(
        office,
        learner,
        institution="aitu",
        unit=unit,
        sources=[source],
        identity=portfolio.keep(office, learner, b"%PDF-1.7 identity", name="identity.pdf", at=NOON),
        period_from=date(2026, 9, 1),
        on=on,
        at=NOON,
    ).case
    examining.assign(office, "aitu", case, commission=COMMISSION, experts=EXPERTS, on=on, at=NOON)
    return case


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
    a_commission(office)
    case = a_case(office, learner)
    a_memorandum(office)
    a_unit(office, "algorithmen", institution="college")
    an_agreement(office, learner)
    app = create_app(office)
    return World(office, app, learner, other, issued, shared, case, office.registry().state.base_url)
