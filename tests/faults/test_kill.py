"""`kill -9` under load: no acknowledged event is lost, none is half-written, and nobody's request is done twice.

A server is killed while a crowd sends it awards; what had no answer is sent again to the next server under the same
key, until all of it is answered. The quick run kills a few; the long one fifty and more.
"""

import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from domain.values import LearnerId
from tests.api.test_serve import a_server
from tests.api.world import a_key
from tests.offices import PASSPHRASE, a_learner, a_unit, a_university, an_office
from wallet.access import Role
from wallet.auditing import audit
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LEARNERS = 6


@dataclass
class Awards:
    """What is to be awarded, each under a key of its own, and what was answered; shared by the crowd."""

    key: str
    waiting: list[tuple[LearnerId, str, str]]
    answered: dict[str, tuple[LearnerId, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    again: int = 0
    """Awards whose answer was lost, and that were there when they were sent again."""

    def send(self, address: str) -> None:
        """Until nothing waits or the server is gone; what was under way then waits again."""
        with httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {self.key}"}, timeout=20
        ) as client:
            while True:
                with self.lock:
                    if not self.waiting:
                        return
                    award = self.waiting.pop()
                learner, unit, key = award
                try:
                    answer = client.post(
                        f"/learners/{learner}/credits",
                        json={"unit": unit, "awarded_on": "2026-05-29"},
                        headers={"Idempotency-Key": key},
                    )
                except httpx.TransportError:
                    with self.lock:
                        self.waiting.append(award)
                    return
                assert answer.status_code == 201, answer.text
                with self.lock:
                    self.again += "idempotency-replayed" in answer.headers
                    self.answered[key] = (learner, answer.json()["credit"])


def kill_under_load(tmp_path: Path, kills: int) -> Awards:
    """Every award answered in the end, over so many killed servers and a last one that lives."""
    rng = random.Random(kills)
    units = [f"unit-{number}" for number in range(kills * 6 + 20)]
    with an_office(tmp_path) as office:
        a_university(office)
        for unit in units:
            a_unit(office, unit)
        learners = [a_learner(office).learner for _ in range(LEARNERS)]
        key = a_key(office, Role.INSTITUTION, "aitu")
    home = tmp_path / "home"
    awards = Awards(key, [(learner, unit, str(uuid.uuid4())) for learner in learners for unit in units])
    rng.shuffle(awards.waiting)
    asked = len(awards.waiting)
    killed = 0
    while awards.waiting:
        with a_server(home) as (server, address), ThreadPoolExecutor(LEARNERS) as crowd:
            sending = [crowd.submit(awards.send, address) for _ in range(LEARNERS)]
            if killed < kills:
                time.sleep(rng.uniform(0.01, 0.12))
                server.send_signal(signal.SIGKILL)
                killed += 1
            for each in sending:
                each.result()
    assert killed == kills
    assert len(awards.answered) == asked
    with Office.open(Settings(home), PASSPHRASE) as office:
        office.follower.catch_up()
        held = {learner: office.learner(learner).state.credits for learner in learners}
        for learner, credit in awards.answered.values():
            assert credit in held[learner]
        assert sum(map(len, held.values())) == asked
        report = audit(office.ledger, views=VIEWS)
        assert report.finding is None, str(report.finding)
    return awards


def test_a_few_kills_lose_nothing_and_double_nothing(tmp_path: Path):
    kill_under_load(tmp_path, kills=2)


@pytest.mark.long
def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path):
    awards = kill_under_load(tmp_path, kills=55)

    assert awards.again > 0  # some answers were lost on the way, which is what the keys are for


def test_a_follower_killed_in_the_middle_of_its_work_goes_on_where_it_stood(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        for number in range(60):
            a_unit(office, f"unit-{number}")
    following = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.following", str(tmp_path / "home")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert following.stdin is not None
    assert following.stdout is not None
    for _ in range(15):
        following.stdin.write("on\n")
        following.stdin.flush()
        assert following.stdout.readline()
    following.stdin.write("on\n")  # it is in the middle of one more
    following.stdin.flush()
    following.send_signal(signal.SIGKILL)
    following.communicate()

    with Office.open(Settings(tmp_path / "home"), PASSPHRASE) as office:
        events = office.ledger.last_sequence()
        stood_at = office.follower.position()
        office.follower.catch_up()
        report = audit(office.ledger, views=VIEWS)

    assert 0 < stood_at < events
    assert report.finding is None, str(report.finding)
    assert report.views == len(VIEWS)
