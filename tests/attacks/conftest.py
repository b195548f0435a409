"""Two doors to attack: a wallet with a university in it, and a server of open issuers. Neither may ask the network.

Every attack here is over in two seconds, and nothing of ours goes out to anybody.
"""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.app import create_app
from tests.api.world import Door, Knocker, a_door
from tests.conformance.world import ADDRESS, NOW, Server
from tests.offices import an_office
from wallet.open_issuers import OpenIssuers

PATIENCE = 2.0
"""Seconds that a hostile document may keep anybody waiting."""


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with an_office(tmp_path_factory.mktemp("open")) as office:
        issuers = OpenIssuers(ADDRESS, NOW)
        yield Server(Knocker(create_app(office, open_issuers=issuers), address=issuers.address), issuers)


@pytest.fixture(scope="package")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Of a wallet with two institutions and a learner."""
    with an_office(tmp_path_factory.mktemp("wallet")) as office:
        yield a_door(office)


@pytest.fixture(autouse=True)
def asked_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Whatever this process tried to look up or to connect to; a test that allows none of it need not say so."""
    asked: list[Any] = []

    def refuse(*what: Any, **more: Any) -> Any:
        asked.append(what)
        raise OSError("there is no network in these tests")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    yield asked
    assert asked == [], "somebody was asked on the network"


@pytest.fixture(autouse=True)
def over_in_two_seconds(
    server: Server, door: Door
) -> Iterator[None]:  # both are made before the clock starts
    began = time.process_time()
    yield
    assert time.process_time() - began < PATIENCE
