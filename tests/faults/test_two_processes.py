"""Two servers on one file: what may happen once happens once, whoever is asked and however often."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import httpx

from tests.api.test_serve import a_server
from tests.api.world import a_key
from tests.offices import PASSPHRASE, a_credit, a_learner, a_unit, a_university, an_office
from wallet.access import Role
from wallet.auditing import audit
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.settings import Settings

SPENDS = 200
AGREEMENT = "LA-2026/1"


async def spend(addresses: list[str], key: str, path: str, *, lose: int, keys: list[str]) -> Counter[int]:
    """The same transfer so many times at once, by turns at either server; some callers hang up before the answer.

    How often each status was answered in the end: who was not answered asks the other server, under the same key.
    """
    rng, answers = random.Random(8), Counter[int]()
    limits = httpx.Limits(max_connections=SPENDS)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:

        async def one(number: int) -> None:
            hangs_up = number < lose
            for attempt in range(30):
                try:
                    answer = await client.post(
                        addresses[(number + attempt) % 2] + path,
                        json={"agreement": AGREEMENT, "transferred_on": "2026-05-29"},
                        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": keys[number]},
                        timeout=rng.uniform(0.005, 0.1) if hangs_up and attempt == 0 else 30,
                    )
                except httpx.TransportError:
                    continue
                if answer.status_code == 503:  # too busy, or too late to say: ask again
                    await asyncio.sleep(0.2)
                    continue
                answers[answer.status_code] += 1
                return

        await asyncio.gather(*(one(number) for number in range(SPENDS)))
    return answers


def test_two_hundred_spends_of_one_credit_at_two_servers_are_one(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "college")
        a_unit(office)
        learner = a_learner(office).learner
        awarded = [a_credit(office, learner).credit]
        a_unit(office, "databases")
        awarded.append(a_credit(office, learner, "databases").credit)
        key = a_key(office, Role.INSTITUTION, "college")
    home = tmp_path / "home"

    with a_server(home) as (_, one), a_server(home) as (_, other):
        first, second = (f"/learners/{learner}/credits/{credit}/transfers" for credit in awarded)
        by_many = asyncio.run(
            spend([one, other], key, first, lose=60, keys=[f"many-{number}" for number in range(SPENDS)])
        )
        by_one = asyncio.run(spend([one, other], key, second, lose=60, keys=["one"] * SPENDS))

    assert by_many == {201: 1, 409: SPENDS - 1}
    assert by_one == {201: SPENDS}
    with Office.open(Settings(home), PASSPHRASE) as office:
        office.follower.catch_up()
        assert len(office.learner(learner).state.credits) == 4
        report = audit(office.ledger, views=VIEWS)
        assert report.finding is None, str(report.finding)
