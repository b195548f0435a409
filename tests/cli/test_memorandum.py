"""`wallet memorandum`, from the proposal to the end."""

import pytest

from tests.cli.conftest import Program

PROPOSAL = (
    "memorandum", "propose", "exchange", "-i", "saryarqa", "--partner", "almaty-college",
    "--name", "en=Exchange in ICT", "--from", "2026-01-01", "--on", "2025-12-01",
)  # fmt: skip


def test_a_memorandum_is_proposed_signed_shown_and_ended(wallet: Program):
    proposed = wallet(
        *PROPOSAL, "--compare", "saryarqa:6:Bachelor", "--compare", "almaty-college:6:Applied: a"
    )
    signed = wallet("memorandum", "sign", "exchange", "-i", "almaty-college", "--on", "2025-12-24")
    shown = wallet("memorandum", "show", "exchange").out
    ended = wallet(
        "memorandum", "end", "exchange", "-i", "saryarqa", "--reason", "closed", "--on", "2026-02-01"
    )
    [listed] = wallet.json("memorandum", "list", "-i", "saryarqa")

    assert "waits for almaty-college" in proposed.out
    assert "holds from 2026-01-01" in signed.out
    assert "in-force" in shown
    assert "Applied: a (EQF level 6)" in shown
    assert "2026-02-01" in ended.out
    assert listed["ended"]["reason"] == "closed"


def test_before_there_is_one_the_list_says_so(wallet: Program):
    assert "no memorandum" in wallet("memorandum", "list").out
    assert wallet.json("memorandum", "list") == []


RUBBISH = {
    "no name": (2, PROPOSAL[:7] + PROPOSAL[9:], "--name"),
    "a comparison with no level": (2, (*PROPOSAL, "--compare", "saryarqa:Bachelor"), "INSTITUTION:LEVEL:NAME"),
    "a level nine": (2, (*PROPOSAL, "--compare", "saryarqa:9:Bachelor"), "INSTITUTION:LEVEL:NAME"),
    "an id that is none": (2, (*PROPOSAL, "--compare", "../x:6:Bachelor"), "institution's id"),
    "a stranger compared": (1, (*PROPOSAL, "--compare", "elsewhere:6:Bachelor"), "not a partner"),
    "a partner nobody knows": (1, (*PROPOSAL, "--partner", "nowhere"), "No institution"),
    "signing what is not there": (1, ("memorandum", "sign", "\x1b[31m", "-i", "saryarqa"), "not a memorandum's id"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "arguments", "said"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_gets_one_sentence(code: int, arguments: tuple[str, ...], said: str, wallet: Program):
    refused = wallet(*arguments, code=code)

    assert said in refused.err
    assert len(refused.err.strip().splitlines()) == 1
