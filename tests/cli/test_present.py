"""Presenting from the command line, and verifying what was presented."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program

ASKED = ("--challenge", "u1", "--domain", "admissions.example")


@pytest.fixture
def credential(wallet: Program, enrolled: Enrolled) -> str:
    issued = wallet.json("credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner)
    return str(issued["credential"])


@pytest.fixture
def shown(wallet: Program, enrolled: Enrolled, credential: str, tmp_path: Path) -> str:
    """A file that holds the learner's presentation of her badge."""
    file = str(tmp_path / "presentation.json")
    wallet("present", credential, "-l", enrolled.learner, *ASKED, "--out", file)
    return file


def test_a_learner_presents_and_whoever_asked_verifies(wallet: Program, shown: str):
    verdict = wallet.json("verify", shown, "--offline", *ASKED)

    assert verdict["outcome"] == "passed"
    assert len(verdict["members"]) == 1


OTHERS = {
    "another challenge": ("--challenge", "u2", "--domain", "admissions.example"),
    "another domain": ("--challenge", "u1", "--domain", "elsewhere.example"),
}


@pytest.mark.parametrize("asked", OTHERS.values(), ids=OTHERS)
def test_it_is_worth_nothing_on_another_occasion(asked: tuple[str, ...], wallet: Program, shown: str):
    assert "It was signed for another" in wallet("verify", shown, "--offline", *asked, code=1).out


def test_the_badge_of_another_is_presented_in_vain(wallet: Program, credential: str, tmp_path: Path):
    thief = wallet.json("learner", "add")["learner"]
    file = str(tmp_path / "stolen.json")

    wallet("present", credential, "-l", thief, *ASKED, "--out", file)

    assert "it is another's" in wallet("verify", file, "--offline", *ASKED, code=1).out


def test_a_credential_may_be_given_as_a_file(
    wallet: Program, enrolled: Enrolled, credential: str, tmp_path: Path
):
    file = tmp_path / "badge.json"
    file.write_text(wallet("credential", "show", credential, "--document").out)

    made = json.loads(wallet("present", str(file), "-l", enrolled.learner, *ASKED).out)

    assert made["verifiableCredential"][0]["id"] == credential


def test_a_choice_where_there_is_none_is_refused_in_a_sentence(
    wallet: Program, enrolled: Enrolled, credential: str
):
    refused = wallet("present", credential, "-l", enrolled.learner, *ASKED, "--pointers", "/name", code=1)

    assert "shown whole" in refused.err


def test_a_file_that_is_not_there_is_named(wallet: Program, enrolled: Enrolled):
    refused = wallet("present", "nowhere.json", "-l", enrolled.learner, *ASKED, code=1)

    assert "nowhere.json" in refused.err


SERVING = {
    "a certificate without its key": ("--tls-cert", "c.pem"),
    "a key without its certificate": ("--tls-key", "k.pem"),
    "a certificate, and one made here": ("--tls-cert", "c.pem", "--tls-key", "k.pem", "--tls-self-signed"),
}


@pytest.mark.parametrize("options", SERVING.values(), ids=SERVING)
def test_a_server_is_not_started_with_half_of_what_it_needs(options: tuple[str, ...], wallet: Program):
    assert "--tls-self-signed" in wallet("serve", *options, code=2).err


def test_open_issuers_are_not_served_to_others(wallet: Program):
    refused = wallet("serve", "--open-issuers", "--host", "0.0.0.0", code=1)

    assert refused.err.count("\n") == 1
    assert "127.0.0.1 only" in refused.err
