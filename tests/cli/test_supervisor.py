"""Whatever happens, one sentence and an exit code; nobody sees a traceback who did not ask for one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app, main
from tests.cli.conftest import Program

PROGRAM = (sys.executable, "-c", "from cli.main import run; run()")


def _commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command there is, by the words it is called with."""
    command = command or get_command(app)
    if not hasattr(command, "list_commands"):
        yield path
        return
    for name in command.list_commands(None):
        yield from _commands(command.get_command(None, name), (*path, name))


COMMANDS = sorted(_commands())


def test_help_names_every_command(bare: Program):
    shown = bare("--help").out

    assert all(f" {path[0]} " in shown for path in COMMANDS)
    assert bare().out.strip() == shown.strip()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_answers_programs(bare: Program, path: tuple[str, ...]):
    shown = bare(*path, "--help").out

    for option in ("--json", "--home", "--lang"):
        assert option in shown


READ_BEFORE_ANYTHING_ELSE = {
    "--setting": "informal",
    "--result": "passed",
    "--role": "institution",
    "--valid-from": "2024-01-01",
    "--achieved-on": "2024-01-01",
    "--since": "2024-01-01",
}
"""What has to make sense for the rest to be looked at at all."""


def _filled(path: tuple[str, ...], rubbish: str) -> list[str]:
    """The command with rubbish for everything that it requires and every argument it takes."""
    command: Any = get_command(app)
    for name in path:
        command = command.get_command(None, name)
    filled = list(path)
    for parameter in command.params:
        if not parameter.opts[0].startswith("-"):
            filled.append(rubbish)
        elif parameter.required:
            option = parameter.opts[0]
            filled += [option, READ_BEFORE_ANYTHING_ELSE.get(option, rubbish)]
    return filled


ASKING = [path for path in COMMANDS if len(_filled(path, "x")) > len(path) and path != ("backup",)]
"""The commands that require something. Any word at all is a good name for a new backup."""

RUBBISH = {
    "an option nobody knows": "--no-such-option",
    "what a terminal would obey": "\x1b[31mred\x07",
    "quotation marks": "“”",
    "a dash": "-",
    "nothing": "",
    "a path upwards": "../../etc/passwd",
    "a very long word": "a" * 5000,
    "half a letter": "\udcff",
}


@pytest.mark.parametrize("path", ASKING, ids=" ".join)
@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_every_command_meets_rubbish_with_one_sentence(
    wallet: Program, path: tuple[str, ...], rubbish: str, capsys: pytest.CaptureFixture[str]
):
    code = main(_filled(path, rubbish))

    err = capsys.readouterr().err
    assert code in (1, 2)
    assert "Traceback" not in err
    assert "did not expect" not in err
    assert "\x1b" not in err
    assert err.count("\n") == 1
    assert len(err) < 2500


def test_a_usage_error_says_where_help_is(bare: Program):
    refused = bare("credit", "award", code=2)

    assert "wallet credit award --help" in refused.err
    assert refused.err.count("\n") == 1
    assert "No such command 'credits'" in bare("credits", code=2).err


def test_a_refusal_for_programs_is_a_problem_document(wallet: Program):
    refused = wallet("unit", "show", "alchemy", "--json", code=1)

    assert json.loads(refused.err) == {
        "type": "urn:learner-credit-wallet:problem:not-found",
        "title": "Not found",
        "detail": "No unit is described as alchemy.",
    }
    assert refused.out == ""
    assert json.loads(wallet("unit", "show", "--json", code=2).err)["title"] == "Usage"


def test_the_unexpected_is_one_sentence_and_a_hint(bare: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cli.migrate.bootstrap.migrate", _surprise)
    monkeypatch.setattr("cli.desk.Desk.refuse_without_wallet", lambda _desk: None)

    refused = bare("migrate", code=1)

    assert "ZeroDivisionError" in refused.err
    assert "WALLET_DEBUG=1" in refused.err
    assert "Traceback" not in refused.err
    monkeypatch.setenv("WALLET_DEBUG", "1")
    assert "Traceback" in bare("migrate", code=1).err


def _surprise(_settings: object) -> None:
    raise ZeroDivisionError("division by zero")


def test_an_interruption_ends_with_130(bare: Program, monkeypatch: pytest.MonkeyPatch):
    def interrupted(_desk: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.desk.Desk.refuse_without_wallet", interrupted)

    assert bare("migrate", code=130).err == ""


def test_the_installed_program_says_its_version():
    program = Path(sys.executable).with_name("wallet")
    if not program.exists():
        pytest.skip("the project is not installed beside this Python")

    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)

    assert said.stdout.startswith("wallet ")


def test_a_reader_that_goes_away_is_no_error(wallet: Program):
    process = subprocess.Popen(
        [*PROGRAM, "unit", "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait()

    assert err == b""


def test_a_pipe_gets_no_colour_and_a_narrow_alphabet_no_crash(wallet: Program):
    said = subprocess.run(
        [*PROGRAM, "unit", "list", "--lang", "kk"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )

    assert b"\x1b" not in said.stdout
    assert b"algorithms" in said.stdout


def test_verifying_waits_for_no_web_server_and_no_keystore():
    asked = (
        "import sys, cli.verify; print(sorted({'fastapi', 'uvicorn', 'wallet.office'} & set(sys.modules)))"
    )

    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert said.stdout == "[]\n"
