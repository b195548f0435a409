"""Serving open issuers, and HTTPS with a certificate made here: a process, with real sockets."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.serve import serve
from tests.api.world import Door, Knocker, problem_of
from tests.conformance.world import a_credential
from tests.offices import NOON, PASSPHRASE, an_office
from wallet.open_issuers import NotOnThisMachine, OpenIssuers, refuse_unless_loopback
from wallet.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def a_server(home: Path, *options: str) -> Iterator[tuple[httpx.Client, Path]]:
    """`python -m api` over that home with these options, by HTTPS; and its log. Killed at the end."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {**os.environ, "WALLET_HOME": str(home), "WALLET_PASSPHRASE": PASSPHRASE.decode()}
    command = [sys.executable, "-m", "api", "--port", str(port), *options]
    log = home.with_name("server.log")
    with (
        log.open("w") as written,
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=written) as server,
    ):
        try:
            certificate = home / "tls-certificate.pem"
            deadline = time.monotonic() + 20
            while not certificate.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            trusting = ssl.create_default_context(cafile=str(certificate))
            with httpx.Client(base_url=f"https://localhost:{port}", verify=trusting) as client:
                while time.monotonic() < deadline and server.poll() is None:
                    try:
                        client.get("/livez")
                        break
                    except httpx.ConnectError:
                        time.sleep(0.05)
                yield client, log
        finally:
            server.kill()


def test_a_server_of_open_issuers_signs_by_https_and_warns_whoever_started_it(tmp_path: Path):
    an_office(tmp_path).close()

    with a_server(tmp_path / "home", "--open-issuers", "--tls-self-signed") as (client, log):
        issuers = client.get("/issuers").json()["issuers"]
        made = client.post("/issuers/status/credentials/issue", json={"credential": a_credential()})
        signed = made.json()["verifiableCredential"]
        told = client.post("/credentials/verify", json={"verifiableCredential": signed})
        listed = client.get(signed["credentialStatus"][0]["statusListCredential"])
        warned = log.read_text()

    assert len(issuers) == 9
    assert made.status_code == 201
    assert told.status_code == 200, json.dumps(told.json())
    assert listed.json()["issuer"] == signed["issuer"]
    assert signed["credentialStatus"][0]["statusListCredential"].startswith("https://127.0.0.1:")
    assert '"level": "warning"' in warned
    assert "ANYBODY ON THIS MACHINE" in warned
    assert (tmp_path / "home" / "tls-key.pem").stat().st_mode & 0o077 == 0


ELSEWHERE = ["0.0.0.0", "::", "192.168.1.5", "records.example", "127.0.0.1.example", ""]
HERE = ["127.0.0.1", "127.8.8.8", "::1", "localhost"]


@pytest.mark.parametrize("host", ELSEWHERE)
def test_open_issuers_are_not_served_where_others_reach_them(host: str, tmp_path: Path):
    an_office(tmp_path).close()

    with pytest.raises(NotOnThisMachine, match=r"127\.0\.0\.1 only"):
        serve(Settings(tmp_path / "home"), PASSPHRASE, host=host, open_issuers=True)


@pytest.mark.parametrize("host", HERE)
def test_they_are_served_on_this_machine(host: str):
    refuse_unless_loopback(host)


@pytest.fixture
def open_server(tmp_path: Path) -> Iterator[FastAPI]:
    with an_office(tmp_path) as office:
        yield create_app(office, open_issuers=OpenIssuers("http://127.0.0.1:8400", NOON))


OWN_NAMES = ["http://127.0.0.1:8400", "http://localhost:8400", "http://LOCALHOST", "http://[::1]:8400"]
NAMES_OF_OTHERS = [
    "http://evil.example:8400",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://192.168.1.7:8400",
    "http://0.0.0.0:8400",
]


@pytest.mark.parametrize("address", OWN_NAMES)
def test_open_issuers_answer_to_the_names_of_their_own_machine(address: str, open_server: FastAPI):
    assert Knocker(open_server, address=address).get("/issuers").status_code == 200


@pytest.mark.parametrize("address", NAMES_OF_OTHERS)
@pytest.mark.parametrize("path", ["/issuers", "/livez", "/nowhere"])
def test_and_to_no_other_though_it_may_lead_here(address: str, path: str, open_server: FastAPI):
    refused = Knocker(open_server, address=address).get(path)

    assert (refused.status_code, problem_of(refused)) == (421, "wrong-host")


def test_a_server_for_everybody_answers_to_any_name(door: Door):
    assert Knocker(door.app, address="https://proxy.example").get("/institutions").status_code == 200
