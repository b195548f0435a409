"""`wallet credential history`: was it revoked on that day, by whom, and why."""

import json
from collections.abc import Callable

import pytest
from typer import Typer
from typer.main import get_command

from cli.command import command
from cli.credential_history import history
from tests.cli.conftest import Enrolled, Program

app = Typer()
command(app, "history")(history)


@pytest.fixture
def revoked(wallet: Program, enrolled: Enrolled) -> str:
    """The id of a credential that was issued and revoked just now."""
    given = ("-i", "saryarqa")
    issued = wallet.json("credential", "issue", enrolled.credit, *given, "-l", enrolled.learner)["credential"]
    wallet("credential", "revoke", issued, *given, "--reason", "plagiarism")
    return issued


@pytest.fixture
def ask(wallet: Program) -> Callable[..., str]:
    def ask(*arguments: str) -> str:
        wallet.capture.readouterr()
        get_command(app).main(args=list(arguments), standalone_mode=False)
        return wallet.capture.readouterr().out

    return ask


def test_every_change_is_shown_with_its_key_its_reason_and_its_events(ask, revoked):
    shown = ask(revoked)

    assert f"{revoked}, issued by saryarqa:" in shown
    assert [word in shown for word in ("in force", "revoked", "key-1", "plagiarism")] == [True] * 4

    told = json.loads(ask(revoked, "--json"))
    assert [change["standing"] for change in told["changes"]] == ["in-force", "revoked"]
    assert told["changes"][1]["reason"] == "plagiarism"
    assert all(change["list_events"] for change in told["changes"])


def test_a_day_is_answered_with_how_it_stood_on_that_day(ask, revoked):
    assert f"{revoked} was revoked." in ask(revoked, "--on", "2999-01-01")
    assert f"{revoked} had not been issued yet." in ask(revoked, "--on", "2001-01-01")

    told = json.loads(ask(revoked, "--on", "2999-01-01", "--json"))
    assert (told["standing"], told["reason"]) == ("revoked", "plagiarism")
    assert json.loads(ask(revoked, "--on", "2001-01-01", "--json"))["standing"] is None
