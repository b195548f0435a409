"""The web door of a ready office, and those who knock at it.

door = a_door(office)
door.university.post(f"/learners/{learner}/credits", {"unit": "algorithms", "awarded_on": "2026-05-29"})
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from tests.offices import NOON, a_qualification, a_unit, a_university
from wallet import access
from wallet.access import Admitted, Role
from wallet.office import Office


@dataclass(frozen=True)
class Knocker:
    """Somebody with a key, or with none."""

    app: FastAPI
    key: str | None = None
    address: str = "https://records.example"

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers=self.headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """`body` is said in JSON; headers are written `Idempotency_Key="…"`."""
        sent = None if body is None else json.dumps(body).encode()
        return self.post_text(path, sent, **headers)

    def post_text(self, path: str, text: bytes | None, **headers: str) -> httpx.Response:
        typed = {} if text is None else {"Content-Type": "application/json"}
        return self.ask("POST", path, content=text, headers={**typed, **self.headers(headers)})

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self.asking(method, path, **more))

    async def asking(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=self.address) as client:
            return await client.request(method, path, **more)

    def headers(self, given: Mapping[str, str]) -> dict[str, str]:
        key = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return {**key, **{name.replace("_", "-"): value for name, value in given.items()}}


@dataclass(frozen=True)
class Door:
    """The application, and the usual callers. `learner` is the university's, and so is what it teaches."""

    office: Office
    app: FastAPI
    anybody: Knocker
    registry: Knocker
    university: Knocker
    stranger: Knocker
    """Another institution, which has nothing to do with the learner."""
    learner: Knocker
    admitted: Admitted

    @property
    def wallet(self) -> str:
        return f"/learners/{self.admitted.learner}"

    def award(self, unit: str = "algorithms", **headers: str) -> httpx.Response:
        """The university awards the learner credit for its unit."""
        return self.university.post(
            f"{self.wallet}/credits", {"unit": unit, "awarded_on": "2026-05-29"}, **headers
        )


def a_door(office: Office, *, deadline: float = 5.0) -> Door:
    """The door of an office in which a university teaches algorithms and databases, and a college nothing yet."""
    a_university(office)
    a_university(office, "college")
    a_unit(office)
    a_unit(office, "databases")
    a_qualification(office)
    app = create_app(office, deadline=deadline)
    admitted = access.admit(office, opened_by="aitu", at=NOON)
    return Door(
        office=office,
        app=app,
        anybody=Knocker(app),
        registry=Knocker(app, a_key(office, Role.REGISTRY, access.REGISTRY)),
        university=Knocker(app, a_key(office, Role.INSTITUTION, "aitu")),
        stranger=Knocker(app, a_key(office, Role.INSTITUTION, "college")),
        learner=Knocker(app, admitted.secret),
        admitted=admitted,
    )


def a_key(office: Office, role: Role, holder: str) -> str:
    return access.grant(office, holder=holder, role=role, label="for a test", at=NOON).secret


def problem_of(response: httpx.Response) -> str:
    """The last word of the problem's type: `already-awarded`. Fails where the answer is no problem document."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["detail"]
    return str(problem["type"]).rpartition(":")[2]
