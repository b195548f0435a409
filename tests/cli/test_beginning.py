"""Making a home, opening it, and what is said where that cannot be."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from tests.cli.conftest import Program


def test_init_makes_a_home_and_says_whom_its_readers_trust(bare: Program):
    opened = bare.json("init", "--name", "Register", "--base-url", "https://records.example")

    assert opened["did"].startswith("did:key:z6Mk")
    assert opened["base_url"] == "https://records.example"
    assert bare.json("institution", "list") == []


def test_a_second_init_is_refused_and_changes_nothing(wallet: Program):
    refused = wallet("init", "--name", "Another", "--base-url", "https://records.example", code=1)

    assert "already" in refused.err
    assert len(wallet.json("institution", "list")) == 2


def test_the_passphrase_may_be_in_a_file(wallet: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "passphrase"
    file.write_text(os.environ["WALLET_PASSPHRASE"] + "\n")
    monkeypatch.delenv("WALLET_PASSPHRASE")
    monkeypatch.setenv("WALLET_PASSPHRASE_FILE", str(file))

    assert "Saryarqa" in wallet("institution", "list").out


def test_without_a_passphrase_and_a_terminal_one_is_told_what_to_set(
    wallet: Program, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("WALLET_PASSPHRASE")

    refused = wallet("institution", "list", code=1)

    assert "WALLET_PASSPHRASE" in refused.err
    assert "WALLET_PASSPHRASE_FILE" in refused.err


def test_a_wrong_passphrase_is_one_sentence(wallet: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WALLET_PASSPHRASE", "not it")

    refused = wallet("institution", "list", code=1)

    assert "passphrase" in refused.err
    assert refused.err.count("\n") == 1


def test_at_a_terminal_the_passphrase_is_asked_and_never_shown(
    wallet: Program, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    secret = os.environ["WALLET_PASSPHRASE"]
    monkeypatch.delenv("WALLET_PASSPHRASE")

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return secret

    monkeypatch.setattr("getpass.getpass", typed)
    leader, follower = pty.openpty()
    with os.fdopen(follower) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        answered = wallet("institution", "list")
    os.close(leader)

    assert asked == ["Passphrase: "]
    assert secret not in answered.out + answered.err


def test_two_different_passphrases_make_nothing(bare: Program, monkeypatch: pytest.MonkeyPatch):
    typed = iter(["one", "another"])
    monkeypatch.delenv("WALLET_PASSPHRASE")
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    refused = bare("init", "--name", "Register", "--base-url", "https://records.example", code=1)

    assert "differ" in refused.err
    assert not bare.home.exists()


@pytest.mark.parametrize(
    "address",
    [
        "records.example",
        "ftp://records.example",
        "http://records.example",
        "https://records.example/path",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_made(bare: Program, address: str):
    refused = bare("init", "--name", "Register", "--base-url", address, code=1)

    assert "cannot be the wallet's address" in refused.err
    assert not (bare.home / "keystore.json").exists()


def test_where_there_is_no_wallet_one_is_told_how_to_make_one(bare: Program):
    assert "wallet init" in bare("institution", "list", code=1).err
    assert "wallet init" in bare("migrate", code=1).err
    assert "wallet init" in bare("serve", code=1).err


def test_migrating_again_does_nothing(wallet: Program):
    assert wallet.json("migrate") == {"done": []}


def test_a_file_of_another_program_is_left_alone(wallet: Program):
    (wallet.home / "wallet.sqlite").write_bytes(b"no database at all, but a text of some length" * 100)

    refused = wallet("institution", "list", code=1)

    assert refused.err.count("\n") == 1


def test_a_port_in_use_is_a_sentence_that_names_the_option(wallet: Program, unused_port_held: int):
    refused = wallet("serve", "--port", str(unused_port_held), code=1)

    assert f"Port {unused_port_held}" in refused.err
    assert "--port" in refused.err


def test_it_serves_until_it_is_stopped(wallet: Program, unused_port: int):
    serving = subprocess.Popen(
        [sys.executable, "-c", "from cli.main import run; run()", "serve", "--port", str(unused_port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert serving.stdout is not None
        assert f"http://127.0.0.1:{unused_port}" in serving.stdout.readline()
        document = _got(f"http://127.0.0.1:{unused_port}/i/saryarqa/did.json")
        serving.send_signal(signal.SIGINT)
        code = serving.wait(timeout=20)
    finally:
        serving.kill()
        serving.communicate()

    assert document["id"] == "did:web:records.example:i:saryarqa"
    assert code == 0


def _got(url: str) -> Any:
    """What the address answers, once it does."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
