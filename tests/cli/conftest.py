"""The program, ready to be called, and a home of its own for each test."""

import io
import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.offices import CHEAP, PASSPHRASE
from wallet import bootstrap
from wallet.demonstration.story import DATA
from wallet.settings import HOME, PASSPHRASE_FILE, Settings
from wallet.settings import PASSPHRASE as PASSPHRASE_VARIABLE


@dataclass(frozen=True)
class Answered:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its answer to `--json`."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """The command line of one test: `wallet("unit", "list")`. It expects success unless told a code."""

    home: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, code: int = 0) -> Answered:
        self.capture.readouterr()
        ended = main(arguments)
        captured = self.capture.readouterr()
        answered = Answered(ended, captured.out, captured.err)
        assert answered.code == code, answered
        return answered

    def json(self, *arguments: str, code: int = 0) -> Any:
        """The document that the command answers with."""
        return self(*arguments, "--json", code=code).document


@pytest.fixture(scope="session")
def furnished_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demonstration's institutions, units and qualifications; copied, never used itself."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    bootstrap.create(
        Settings(home),
        PASSPHRASE,
        name="Register of Learning",
        base_url="https://records.example",
        at=datetime.now(UTC),
        params=CHEAP,
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(HOME, str(home))
        environment.setenv(PASSPHRASE_VARIABLE, PASSPHRASE.decode())
        environment.setattr(sys, "stdout", io.StringIO())
        for what in ("institution", "unit", "qualification"):
            assert main([what, "add", "--from", str(DATA / f"{what}s.json")]) == 0
    return home


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The program where nothing has been made yet, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE.decode())
    monkeypatch.delenv(PASSPHRASE_FILE, raising=False)
    monkeypatch.delenv("WALLET_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return Program(tmp_path / "home", capsys)


@pytest.fixture
def wallet(bare: Program, furnished_home: Path) -> Program:
    """The program with two institutions that are accredited and have said what they teach."""
    shutil.copytree(furnished_home, bare.home)
    return bare


@dataclass(frozen=True)
class Enrolled:
    """A learner with one credit at the university, and how to have more."""

    learner: str
    credit: str
    award: Callable[..., Any]


@pytest.fixture
def enrolled(wallet: Program) -> Enrolled:
    learner = wallet.json("learner", "add")["learner"]

    def award(unit: str, institution: str = "saryarqa", *more: str) -> Any:
        return wallet.json(
            "credit", "award", "-i", institution, "-l", learner, "--unit", unit, "--on", "2026-01-16", *more
        )

    return Enrolled(learner, award("algorithms")["credit"], award)


@pytest.fixture
def unused_port_held() -> Iterator[int]:
    """A port that another program, this test, listens at."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


@pytest.fixture
def unused_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port
