"""The doors: a verification asked for over HTTP, and the audit; against Ed25519 signatures checked and nothing else.

Both applications are asked in this process, without a socket between, so that what is measured is the application.
"""

import asyncio
import itertools
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api.app import create_app
from benchmarks.credentials import raw_verify
from benchmarks.ledger import BATCH, an_award
from benchmarks.measure import Line, Rate, rate
from domain.unit import UnitDescription
from domain.values import CreditPoints, CreditScheme, LearningOutcome, OutcomeId, Setting
from keys.keystore import Argon2Params
from keys.signing import Ed25519Signer
from wallet import awarding, bootstrap, describing, issuing, registering
from wallet.auditing import audit
from wallet.office import Office
from wallet.settings import Settings

AT = datetime(2026, 6, 26, 10, tzinfo=UTC)
DAY = date(2026, 6, 1)
PASSPHRASE = b"benchmark"
UNIVERSITY = "northfield"
AWARDS = 5_000
CORES = 2
ASKED = 50
CHEAP = Argon2Params(memory_kib=8, iterations=1, lanes=1)


def lines() -> Iterator[Line]:
    signer = Ed25519Signer.generate()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "home")
        bootstrap.create(
            settings, PASSPHRASE, name="Registry", base_url="https://records.example", at=AT, params=CHEAP
        )
        with Office.open(settings, PASSPHRASE) as office:
            learner = a_university_and_its_learner(office)
            yield _verification(office, learner, signer)
            yield _audit(office, learner, raw_verify(signer))


def a_university_and_its_learner(office: Office) -> str:
    registering.register_institution(
        office, institution=UNIVERSITY, names={"en": "Northfield"}, country="KZ", website=None, at=AT
    )
    registering.accredit(
        office,
        UNIVERSITY,
        by="Agency",
        settings=tuple(Setting),
        valid_from=date(2024, 1, 1),
        reference="A-1",
        at=AT,
    )
    outcome = LearningOutcome(id=OutcomeId("lo1"), text={"en": "An outcome"})
    described = UnitDescription(
        code="U1",
        names={"en": "A unit"},
        outcomes=(outcome,),
        setting=Setting.FORMAL,
        points=(CreditPoints(CreditScheme.ECTS, Decimal(6)),),
    )
    describing.describe_unit(office, UNIVERSITY, unit="unit-1", description=described, at=AT)
    return registering.register_learner(office, at=AT).learner


# --- the web door ---------------------------------------------------------------------------------------


def _verification(office: Office, learner: str, signer: Ed25519Signer) -> Line:
    credit = awarding.award(office, UNIVERSITY, learner=learner, unit="unit-1", awarded_on=DAY, at=AT)
    issued = issuing.issue_credit(office, UNIVERSITY, learner=learner, credit=credit.credit, at=AT)
    said = json.dumps({"verifiableCredential": json.loads(issued.document)}).encode()
    ours = asking(create_app(office, deadline=60), "/credentials/verify", said)
    bare = asking(_bare(signer), "/check", said)
    what, limit = "verify a credential over HTTP", "a bare endpoint that checks one signature"
    return Line("doors", what, ours, limit, bare, 0.5)


def _bare(signer: Ed25519Signer) -> FastAPI:
    """Reads the same body by the framework's own means, and checks one signature."""
    app, message = FastAPI(), bytes(64)
    signature, public = signer.sign(message), signer.public

    @app.post("/check")
    def check(said: dict[str, Any]) -> dict[str, bool]:
        public.verify(signature, message)
        return {"verified": bool(said)}

    return app


def asking(app: FastAPI, path: str, body: bytes) -> Rate:
    """Requests answered a second, eight at a time."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"records.example"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 443),
    }

    async def once() -> None:
        told = iter([{"type": "http.request", "body": body, "more_body": False}])
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            if (message := next(told, None)) is not None:
                return message
            await asyncio.sleep(60)  # nobody hangs up
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await app({**scope, "state": {}}, receive, send)
        assert statuses == [200], statuses

    async def one_of_eight(turns: Iterator[int]) -> None:
        for _ in turns:
            await once()

    with asyncio.Runner() as runner:

        async def crowd() -> int:
            turns = iter(range(ASKED))
            await asyncio.gather(*(one_of_eight(turns) for _ in range(8)))
            return ASKED

        return rate(lambda: runner.run(crowd()))


# --- the audit ------------------------------------------------------------------------------------------


def _audit(office: Office, learner: str, verify: Rate) -> Line:
    """Of awards in one wallet, each signed by the university and sealed for the learner."""
    numbers = itertools.count()
    for _ in range(0, AWARDS, BATCH):
        read = office.learner(learner)
        _, signer = office.signer_of(office.institution(UNIVERSITY).state, AT)
        awards = [an_award(number) for number in itertools.islice(numbers, BATCH)]
        office.ledger.save(read.write(*awards, signer=signer, learner=read.state.learner), at=AT)

    def work() -> int:
        report = audit(office.ledger)
        assert report.holds, str(report.finding)
        return report.events

    what, limit = "audit: every check of every event", "verify, on both cores"
    return Line("doors", what, rate(work, 3), limit, Rate(CORES * verify.per_second), 0.7)
