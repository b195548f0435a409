"""Attacks by file, on `wallet verify`: an answer in words and a code, never a trace of what broke."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.test_documents import a_badge
from tests.attacks.test_messages import FORGED, Forger
from tests.attacks.test_texts import TEXTS
from tests.cli.conftest import Program
from tests.conformance.world import Server, signed


@pytest.fixture
def program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(tmp_path / "home", capsys)


def verify(program: Program, tmp_path: Path, data: bytes, code: int) -> Any:
    """The verdict; fails where the program ends otherwise, or says more than the verdict."""
    file = tmp_path / "credential.json"
    file.write_bytes(data)
    answered = program("verify", str(file), "--offline", "--home", str(program.home), "--json", code=code)
    assert answered.err == ""
    return answered.document


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_file_with_more_than_one_meaning_or_none_fails(text: str, program: Program, tmp_path: Path):
    verdict = verify(program, tmp_path, text.encode("utf-8", "surrogatepass"), code=1)

    assert [check["code"] for check in verdict["checks"]] == ["parse"]


MESSAGES = ["alg none", "HS256 with the public key as the secret", "a key in the header", "padding inside"]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_forged_message_fails(name: str, program: Program, tmp_path: Path, server: Server):
    verify(program, tmp_path, FORGED[name](Forger(server)).encode(), code=1)


def test_a_badge_by_nobody_known_could_not_be_checked(program: Program, tmp_path: Path):
    verdict = verify(program, tmp_path, json.dumps(signed(a_badge())).encode(), code=3)

    assert verdict["outcome"] == "could-not-check"


def test_a_name_that_would_order_the_terminal_about_is_only_shown(program: Program, tmp_path: Path):
    file = tmp_path / "credential.json"
    file.write_text(json.dumps(signed(a_badge(name="\x1b[2J\x1b]0;pwned\x07"))))

    shown = program("verify", str(file), "--offline", "--home", str(program.home), code=3)

    assert "\x1b[2J" not in shown.out
    assert "\x07" not in shown.out
