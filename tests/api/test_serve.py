"""The server itself: a process, with real sockets, that is stopped politely and killed without warning."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.api.world import a_key
from tests.offices import PASSPHRASE, a_learner, a_unit, a_university, an_office
from wallet.access import Role
from wallet.auditing import audit
from wallet.office import Office
from wallet.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def a_server(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server of that home, and its address, once it answers. Its log is beside the home; it is killed at the end."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "tests.api.serving", str(home), str(port)]
    with (
        home.with_name("server.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, stderr=log) as server,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server)
            yield server, address
        finally:
            server.kill()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def test_every_credit_that_was_acknowledged_is_there_after_the_server_is_killed(tmp_path: Path):
    units = [f"unit-{number}" for number in range(40)]
    with an_office(tmp_path) as office:
        a_university(office)
        for unit in units:
            a_unit(office, unit)
        learners = [a_learner(office).learner for _ in range(6)]
        key = a_key(office, Role.INSTITUTION, "aitu")
    home = tmp_path / "home"
    acknowledged: list[tuple[str, str]] = []

    with a_server(home) as (server, address):

        def award_all(learner: str) -> None:
            with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as client:
                for unit in units:
                    try:
                        answer = client.post(
                            f"/learners/{learner}/credits", json={"unit": unit, "awarded_on": "2026-05-29"}
                        )
                    except httpx.TransportError:
                        return  # it is dead
                    assert answer.status_code == 201, answer.text
                    acknowledged.append((learner, answer.json()["credit"]))

        with ThreadPoolExecutor(len(learners)) as crowd:
            awarding = [crowd.submit(award_all, learner) for learner in learners]
            while len(acknowledged) < 60:
                time.sleep(0.002)
            server.send_signal(signal.SIGKILL)
            for each in awarding:
                each.result()

    assert 60 <= len(acknowledged) < len(units) * len(learners)
    with Office.open(Settings(home), PASSPHRASE) as office:
        held = {learner: office.learner(learner).state.credits for learner in learners}
        assert [(learner, credit) for learner, credit in acknowledged if credit not in held[learner]] == []
        assert audit(office.ledger).finding is None


def test_a_server_that_is_asked_to_stop_stops_and_its_log_names_nobody(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        learner = a_learner(office).learner
        key = a_key(office, Role.INSTITUTION, "aitu")

    with a_server(tmp_path / "home") as (server, address):
        answer = httpx.post(
            f"{address}/learners/{learner}/credits",
            json={"unit": "algorithms", "awarded_on": "2026-05-29"},
            headers={"Authorization": f"Bearer {key}"},
        )
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
    log = (tmp_path / "server.log").read_text()

    assert answer.status_code == 201
    assert "server" not in answer.headers
    assert server.returncode == 0
    told = [json.loads(line) for line in log.splitlines()]
    assert any(line.get("event") == "stopped" for line in told)
    awarded = [line for line in told if line.get("route") == "/learners/{learner}/credits"]
    assert [line["status"] for line in awarded] == [201]
    assert learner not in log
    assert key not in log
