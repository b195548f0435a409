"""One wallet served by two processes: what must happen once happens once, whichever of them is asked."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from domain.wallet import CreditTransferred
from tests.api.world import a_key
from tests.faults.postgresql import a_crowd, serving
from tests.ledger.server import WHERE_INSTALLED, a_server
from tests.offices import PASSPHRASE, a_credit, a_university
from wallet.access import Role
from wallet.auditing import audit
from wallet.office import Office

pytestmark = WHERE_INSTALLED


def test_what_is_asked_over_two_processes_happens_once(tmp_path: Path):
    """200 spends of one credit, each a request of its own; and one award that is asked for 60 times under one key."""
    with a_server() as server:
        crowd = a_crowd(tmp_path, server.a_database())
        spent, asked_often = crowd.learners[:2]
        with Office.open(crowd.settings, PASSPHRASE) as office:
            a_university(office, "college")
            credit = a_credit(office, spent, "unit-1-0").credit
            college = a_key(office, Role.INSTITUTION, "college")
        with serving(crowd), ThreadPoolExecutor(20) as pool:
            client = httpx.Client(base_url=crowd.address, timeout=60)

            def spend(number: int) -> int:
                return client.post(
                    f"/learners/{spent}/credits/{credit}/transfers",
                    json={"agreement": "agreement 7", "transferred_on": "2026-05-30"},
                    headers={"Authorization": f"Bearer {college}", "Idempotency-Key": f"spend-{number}"},
                ).status_code

            def award(_number: int) -> tuple[int, str]:
                answer = client.post(
                    f"/learners/{asked_often}/credits",
                    json={"unit": "unit-1-1", "awarded_on": "2026-05-29"},
                    headers={"Authorization": f"Bearer {crowd.key}", "Idempotency-Key": "one-award"},
                )
                return answer.status_code, answer.text

            spends = Counter(pool.map(spend, range(200)))
            awards = Counter(pool.map(award, range(60)))
            client.close()

        with Office.open(crowd.settings, PASSPHRASE) as office:
            kept = [type(event) for event in office.learner(spent).history.events]
            held = office.learner(asked_often).state.credits
            assert audit(office.ledger).finding is None

    assert spends == {201: 1, 409: 199}
    assert kept.count(CreditTransferred) == 1
    assert list(awards.values()) == [60]
    assert len(held) == 1
