"""Pages: how soon the first byte of each comes, with 1,000 learners × 40 events behind it.

The raw limit is a bare application that answers the very bytes of the page at once, on the same server, asked by the
same client. What is asked for is a tenth of a second: ten pages a second, one after another.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.app import create_app
from benchmarks.measure import Line, Rate
from domain import wallet as wallets
from domain.qualification import AllOf, QualificationDescription, QualificationKind, RequiredUnit
from domain.unit import UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    IscedF,
    LearningOutcome,
    Level,
    OutcomeId,
    Setting,
    UnitId,
)
from keys.keystore import Argon2Params
from wallet import access, accounts, bootstrap, describing, registering, sharing, signing_in
from wallet.accounts import StaffRole
from wallet.issuing_many import issue_many, sheet_of_credentials
from wallet.office import Office
from wallet.settings import Settings

LEARNERS = 1_000
EVENTS = 40
TIMES = 15
FIRST_BYTE = 10.0
"""A second."""
UNIVERSITY = "northfield"
AT = datetime(2026, 6, 26, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Crowd:
    office: Office
    learner: str
    credential: str
    share: str


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder, a_crowd(Path(folder)) as crowd:
        app = create_app(crowd.office)
        learner = a_session(crowd.office, learner=crowd.learner)
        staff = a_session(crowd.office, roles={UNIVERSITY: [role.value for role in StaffRole]})
        desk = f"/desk/{UNIVERSITY}"
        pages = {
            "/": "",
            "/check": "",
            "/my": learner,
            "/my/qualifications/degree": learner,
            "/my/shares": learner,
            f"/s/{crowd.share}": "",
            desk: staff,
            f"{desk}/units": staff,
            f"{desk}/award": staff,
            f"{desk}/credentials": staff,
            f"{desk}/credentials/{crowd.credential}": staff,
            f"{desk}/people": staff,
        }
        with serving(app) as ours, httpx.Client(base_url=ours) as client:
            for path, session in pages.items():
                cookies = {"session": session} if session else {}
                body, soon = first_byte(client, path, cookies)
                with serving(bare(body)) as raw, httpx.Client(base_url=raw) as other:
                    _, limit = first_byte(other, path, cookies)
                shown = path.replace(crowd.share, "…").replace(crowd.credential, "…")
                what = f"page {shown}, {len(body) / 1024:.0f} KB: first bytes"
                yield Line(
                    "pages",
                    what,
                    Rate(1 / soon),
                    "the same bytes from a bare server",
                    Rate(1 / limit),
                    floor=FIRST_BYTE,
                )


def first_byte(client: httpx.Client, path: str, cookies: dict[str, str]) -> tuple[bytes, float]:
    """The page, and the median of the seconds until its first byte."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    seen = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        with client.stream("GET", path, headers=headers) as answer:
            chunks = answer.iter_bytes()
            first = next(chunks)
            seen.append(time.perf_counter() - began)
            body = first + b"".join(chunks)
        assert answer.status_code == 200, (path, answer.status_code)
    return body, statistics.median(seen[1:])


def bare(body: bytes) -> Any:
    """An application that says these bytes and does nothing else."""
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]

    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


@contextmanager
def serving(app: Any) -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


# --- the crowd ------------------------------------------------------------------------------------------


@contextmanager
def a_crowd(folder: Path) -> Iterator[Crowd]:
    """An office with a university, its units and a degree, and learners with credit for most of the units."""
    settings = Settings(folder / "home")
    cheap = Argon2Params(memory_kib=8, iterations=1, lanes=1)
    bootstrap.create(
        settings, b"benchmark", name="Registry", base_url="http://localhost:8400", at=AT, params=cheap
    )
    with Office.open(settings, b"benchmark") as office:
        units = what_is_taught(office)
        learners = [access.admit(office, opened_by=UNIVERSITY, at=AT).learner for _ in range(LEARNERS)]
        issued: dict[str, str] = {}
        for number, learner in enumerate(learners):
            issued[learner] = award(office, learner, units, number)
        sheet = folder / "credits.csv"
        sheet.write_text("learner,credit\n" + "".join(f"{who},{credit}\n" for who, credit in issued.items()))
        outcomes = list(issue_many(office, UNIVERSITY, sheet_of_credentials(sheet), at=AT))
        first = learners[0]
        credential = next(str(each.credential) for each in outcomes if each.learner == first)
        accounts.choose_qualification(office, first, "degree", chosen=True)
        now = datetime.now(UTC)
        shared = sharing.share(
            office,
            first,
            credentials=[credential],
            with_whom="An employer",
            purpose="A job",
            until=now + timedelta(days=30),
            at=now,
        )
        office.follower.catch_up()
        yield Crowd(office, first, credential, shared.secret)


def award(office: Office, learner: str, units: list[str], number: int) -> str:
    """Credit for each unit, in one save: the wallet's opening is its first event. The first credit of them."""
    read, by = office.learner(learner), office.institution(UNIVERSITY).state
    state, events, first = read.state, [], ""
    for place, unit in enumerate(units):
        described = office.unit(unit).state
        credit = f"{number:08x}-{place:04x}-4000-8000-000000000000"
        event = wallets.award(
            state,
            described,
            by=by,
            learner=state.learner,
            credit=credit,
            points=CreditPoints(CreditScheme.ECTS, Decimal(5)),
            grade=None,
            awarded_on=date(2026, 6, 1),
        )
        events.append(event)
        first = first or credit
    office.ledger.save(read.write(*events, signer=office.signer_of(by, AT)[1], learner=learner), at=AT)
    return first


def what_is_taught(office: Office) -> list[str]:
    registering.register_institution(
        office, institution=UNIVERSITY, names={"en": "Northfield University"}, country="KZ", at=AT
    )
    registering.accredit(
        office,
        UNIVERSITY,
        by="Agency",
        settings=tuple(Setting),
        valid_from=date(2024, 1, 1),
        reference="1",
        at=AT,
    )
    units = [f"unit-{number}" for number in range(EVENTS - 1)]
    for unit in units:
        description = UnitDescription(
            code=unit.upper(),
            names={"en": f"Course {unit}", "kk": f"Курс {unit}", "ru": f"Курс {unit}"},
            outcomes=tuple(
                LearningOutcome(id=OutcomeId(f"lo{number}"), text={"en": f"Outcome {number} of {unit}"})
                for number in (1, 2, 3)
            ),
            setting=Setting.FORMAL,
            points=(CreditPoints(CreditScheme.ECTS, Decimal(5)),),
            level=Level("EQF", 6),
            field=IscedF("0613"),
        )
        describing.describe_unit(office, UNIVERSITY, unit=unit, description=description, at=AT)
    needs = tuple(RequiredUnit(label={"en": unit}, unit=UnitId(unit)) for unit in units)
    degree = QualificationDescription(
        names={"en": "Degree"},
        points=CreditPoints(CreditScheme.ECTS, Decimal(5 * len(units))),
        level=Level("EQF", 6),
        kind=QualificationKind.BACHELOR,
        requirement=AllOf(label={"en": "Every unit"}, requirements=needs),
    )
    describing.describe_qualification(office, UNIVERSITY, qualification="degree", description=degree, at=AT)
    return units


def a_session(
    office: Office, *, learner: str | None = None, roles: dict[str, list[str]] | None = None
) -> str:
    now = datetime.now(UTC)
    with office.ledger.database.writer() as cursor:
        account = accounts.make_account(cursor, learner=learner, name="Somebody", roles=roles or {}, at=now)
    return signing_in.begin_session(office, account, at=now)
