"""What was acknowledged is there: when the program is killed, when the database is, when a standby takes over.

A few kills here; fifty by `pytest -m long tests/faults`.
"""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults.postgresql import a_crowd, kill, serving, wait_until_ready
from tests.ledger.server import WHERE_INSTALLED, Server, a_server

pytestmark = WHERE_INSTALLED


def test_every_acknowledged_credit_survives_a_kill_of_the_program(tmp_path: Path):
    kill_the_program(tmp_path, times=2)


@pytest.mark.long
def test_every_acknowledged_credit_survives_fifty_kills_of_the_program(tmp_path: Path):
    kill_the_program(tmp_path, times=50)


def test_every_acknowledged_credit_survives_a_kill_of_the_database(tmp_path: Path):
    kill_the_database(tmp_path, times=1)


@pytest.mark.long
def test_every_acknowledged_credit_survives_fifty_kills_of_the_database(tmp_path: Path):
    kill_the_database(tmp_path, times=50)


def test_every_acknowledged_credit_is_on_the_standby_that_takes_over(tmp_path: Path):
    """The primary is killed under load, its standby is promoted, and the same program goes on there."""
    with a_server(fsync=True) as primary, a_server(fsync=True, following=primary) as standby:
        wait_for_the_standby(primary)
        url = primary.a_database().replace(str(primary.folder), f"{primary.folder},{standby.folder}")
        crowd = a_crowd(tmp_path, url)
        with serving(crowd), crowd.awarding():
            crowd.wait_for(30)
            primary.kill()
            standby.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
            standby.promote()
            crowd.wait_for(30)
        crowd.assert_nothing_lost()


def test_one_of_several_processes_that_is_killed_is_replaced(tmp_path: Path):
    with a_server() as server:
        crowd = a_crowd(tmp_path, server.a_database())
        with serving(crowd) as api, crowd.awarding():
            crowd.wait_for(10)
            workers = children_of(api.pid)
            os.kill(workers[0], signal.SIGKILL)
            crowd.wait_for(30)
            deadline = time.monotonic() + 30
            while set(replaced := children_of(api.pid)) == set(workers) and time.monotonic() < deadline:
                time.sleep(0.05)
            while len(replaced := children_of(api.pid)) < 2 and time.monotonic() < deadline:
                time.sleep(0.05)
        crowd.assert_nothing_lost()

    assert len(workers) == len(replaced) == 2
    assert set(workers) != set(replaced)


def kill_the_program(tmp_path: Path, *, times: int) -> None:
    with a_server(fsync=True) as server:
        crowd = a_crowd(tmp_path, server.a_database(), rounds=times)
        for _ in range(times):
            with crowd.awarding(), serving(crowd) as api:
                crowd.wait_for(20)
                kill(api)
        crowd.assert_nothing_lost()
    assert len(crowd.acknowledged) >= 20 * times


def kill_the_database(tmp_path: Path, *, times: int) -> None:
    with a_server(fsync=True) as server:
        crowd = a_crowd(tmp_path, server.a_database(), rounds=times)
        with serving(crowd) as api:
            for _ in range(times):
                with crowd.awarding():
                    crowd.wait_for(20)
                    server.kill()
                    server.start(fsync=True)
                    crowd.wait_for(5)
            wait_until_ready(crowd.address, api)
        crowd.assert_nothing_lost()


def wait_for_the_standby(primary: Server) -> None:
    """Until every commit waits for it."""
    primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (standby)'")
    primary.ask("SELECT pg_reload_conf()")
    while primary.ask("SELECT sync_state FROM pg_stat_replication") != [["quorum"]]:
        time.sleep(0.05)


def children_of(number: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
