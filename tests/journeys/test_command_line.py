"""The whole way by the command line, as a person goes it: from an empty folder to a stranger's verdict."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wallet.demonstration.story import DATA

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the program in a process of its own, in an empty folder; its JSON answer, or its text."""
    program = [sys.executable, "-c", "from cli.main import run; run()"]
    environment = {**os.environ, "WALLET_HOME": "home", "WALLET_PASSPHRASE": "a passphrase"}
    environment.pop("WALLET_PASSPHRASE_FILE", None)

    def run(*arguments: str, code: int = 0) -> Any:
        done = subprocess.run(
            [*program, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == code, done
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    return run


def test_from_an_empty_folder_to_a_strangers_verdict(run: Run, tmp_path: Path):
    registry = run("init", "--name", "Register", "--base-url", "https://records.example", "--json")["did"]
    run("institution", "add", "--from", str(DATA / "institutions.json"))
    run("unit", "add", "--from", str(DATA / "units.json"))
    learner = run("learner", "add", "--json")["learner"]
    credit = run(
        "credit", "award", "-i", "saryarqa", "-l", learner, "--unit", "algorithms",
        "--grade", "A-", "--scale", "KZ letter scale", "--on", "2026-01-16", "--json",
    )["credit"]  # fmt: skip
    credential = run(
        "credential", "issue", credit, "-i", "saryarqa", "-l", learner, "-o", "c.json", "--json"
    )["credential"]
    run("credential", "bundle", credential, "-o", "bundle.json")

    stranger = ("--home", "nowhere", "--offline")
    trusting = (*stranger, "--bundle", "bundle.json", "--trust", registry)
    run("verify", "c.json", *trusting)
    run("verify", "c.json", *stranger, code=3)
    altered = (tmp_path / "c.json").read_text(encoding="utf-8").replace('"A-"', '"A"')
    (tmp_path / "altered.json").write_text(altered, encoding="utf-8")
    run("verify", "altered.json", *trusting, code=1)

    run("credential", "revoke", credential, "-i", "saryarqa", "--reason", "Issued in error.")
    run("credential", "bundle", credential, "-o", "bundle.json")
    run("verify", "c.json", *trusting, code=1)
    assert "hold." in run("audit")
