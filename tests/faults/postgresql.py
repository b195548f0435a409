"""A crowd at the web door of a wallet on PostgreSQL: every award that was acknowledged is remembered.

with a_server(fsync=True) as server:
    crowd = a_crowd(tmp_path, server.a_database())
    with serving(crowd) as api, crowd.awarding():
        …
    crowd.assert_nothing_lost()
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx

from tests.api.world import a_key
from tests.offices import BASE_URL, CHEAP, NOON, PASSPHRASE, a_learner, a_unit, a_university
from wallet import bootstrap
from wallet.access import Role
from wallet.auditing import audit
from wallet.office import Office
from wallet.settings import DATABASE, HOME, Settings
from wallet.settings import PASSPHRASE as PASSPHRASE_VARIABLE

ROOT = Path(__file__).resolve().parents[2]

LEARNERS = 6
UNITS = 40


@dataclass
class Crowd:
    """Every learner is awarded every unit, each once, however often it has to be asked for."""

    settings: Settings
    key: str
    learners: list[str]
    port: int
    acknowledged: dict[tuple[str, str], str] = field(default_factory=dict)
    """The credit that was answered with 201, by learner and unit."""
    refused: list[str] = field(default_factory=list)
    """What was answered that no crash explains."""
    rounds: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def awarding(self) -> Iterator[None]:
        """Six learners at once, until the end of the block: a request that was not answered is sent again."""
        ended, prefix = threading.Event(), next(self.rounds)
        with ThreadPoolExecutor(len(self.learners)) as pool:
            working = [pool.submit(self._award_all, learner, prefix, ended) for learner in self.learners]
            try:
                yield
            finally:
                ended.set()
                for each in working:
                    each.result()

    def _award_all(self, learner: str, prefix: int, ended: threading.Event) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=20) as client:
            for number in range(UNITS):
                once = {"Idempotency-Key": str(uuid4())}
                asked = {"unit": f"unit-{prefix}-{number}", "awarded_on": "2026-05-29"}
                while not ended.is_set():
                    try:
                        answer = client.post(f"/learners/{learner}/credits", json=asked, headers=once)
                    except httpx.TransportError:
                        time.sleep(0.02)
                        continue
                    if answer.status_code == 201:
                        self.acknowledged[learner, asked["unit"]] = answer.json()["credit"]
                        break
                    if answer.status_code not in (503, 504):
                        self.refused.append(answer.text)
                        return
                    time.sleep(0.02)

    def wait_for(self, many: int, seconds: float = 60) -> None:
        """Until so many more are acknowledged."""
        deadline, wanted = time.monotonic() + seconds, len(self.acknowledged) + many
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, (
                f"{len(self.acknowledged)} of {wanted}; refused: {self.refused[:1]}"
            )
            time.sleep(0.002)

    def assert_nothing_lost(self) -> None:
        """Every acknowledged credit is there, none is there twice, and every event holds."""
        assert self.refused == []
        with Office.open(self.settings, PASSPHRASE) as office:
            held = {learner: office.learner(learner).state.credits for learner in self.learners}
            lost = [said for (learner, _), said in self.acknowledged.items() if said not in held[learner]]
            assert lost == []
            for learner in self.learners:
                units = [credit.unit for credit in held[learner].values()]
                assert len(units) == len(set(units))
            assert audit(office.ledger).finding is None


def a_crowd(tmp_path: Path, url: str, *, rounds: int = 1) -> Crowd:
    """A new wallet in that database, with units enough for so many rounds of awarding."""
    settings = Settings(tmp_path / "home", url)
    bootstrap.create(settings, PASSPHRASE, name="Register", base_url=BASE_URL, at=NOON, params=CHEAP)
    with Office.open(settings, PASSPHRASE) as office:
        a_university(office)
        for prefix in range(1, rounds + 1):
            for number in range(UNITS):
                a_unit(office, f"unit-{prefix}-{number}")
        learners = [str(a_learner(office).learner) for _ in range(LEARNERS)]
        key = a_key(office, Role.INSTITUTION, "aitu")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    return Crowd(settings, key, learners, port)


@contextmanager
def serving(crowd: Crowd, *, workers: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    """`wallet serve` in several processes, once it answers; all of them are killed at the end."""
    environment = os.environ | {
        HOME: str(crowd.settings.home),
        DATABASE: crowd.settings.database,
        PASSPHRASE_VARIABLE: PASSPHRASE.decode(),
    }
    command = [sys.executable, "-m", "api", "--port", str(crowd.port), "--workers", str(workers)]
    with (
        crowd.settings.home.with_name("server.log").open("a") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, start_new_session=True) as api,
    ):
        try:
            wait_until_ready(crowd.address, api)
            yield api
        finally:
            kill(api)


def kill(api: subprocess.Popen[bytes]) -> None:
    """The parent and every worker, at once and without a word."""
    if api.returncode is None:
        os.killpg(api.pid, signal.SIGKILL)
        api.wait()


def wait_until_ready(address: str, api: subprocess.Popen[bytes]) -> None:
    deadline, told = time.monotonic() + 180, "nothing"
    while time.monotonic() < deadline and api.poll() is None:
        try:
            answer = httpx.get(f"{address}/readyz")
        except httpx.TransportError as error:
            told = repr(error)
        else:
            if answer.status_code == 200:
                return
            told = answer.text
        time.sleep(0.05)
    raise AssertionError(f"the server ended with {api.returncode}, or is not ready; at last it said {told}")
