"""`wallet verify`: three answers and their exit codes, for anybody, with or without a wallet."""

import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import Enrolled, Program

PASSED, FAILED, UNREADABLE, COULD_NOT_CHECK = 0, 1, 2, 3


@dataclass(frozen=True)
class Handed:
    """What a learner hands to a stranger, and the registry the stranger has heard of."""

    credential: Path
    bundle: Path
    registry: str


@pytest.fixture
def handed(wallet: Program, enrolled: Enrolled, tmp_path: Path) -> Handed:
    credential, bundle = tmp_path / "credential.json", tmp_path / "bundle.json"
    issued = wallet.json(
        "credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner,
        "--out", str(credential),
    )  # fmt: skip
    told = wallet.json("credential", "bundle", issued["credential"], "--out", str(bundle))
    return Handed(credential, bundle, told["registry"])


@pytest.fixture
def stranger(wallet: Program, monkeypatch: pytest.MonkeyPatch, handed: Handed) -> Program:
    """Somebody with the files, no wallet, no passphrase and no network."""
    monkeypatch.setenv("WALLET_HOME", str(wallet.home.parent / "nowhere"))
    monkeypatch.delenv("WALLET_PASSPHRASE")
    monkeypatch.setattr("socket.getaddrinfo", _no_network)
    monkeypatch.setattr("socket.create_connection", _no_network)
    return Program(wallet.home.parent / "nowhere", wallet.capture)


def _no_network(*_: object, **__: object) -> None:
    raise AssertionError("offline, nobody is asked")


def test_in_its_own_home_a_credential_passes_without_a_passphrase(
    wallet: Program, handed: Handed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("WALLET_PASSPHRASE")

    passed = wallet("verify", str(handed.credential), "--offline", code=PASSED)

    assert passed.out.startswith("Passed: this is as Saryarqa Technical University issued it")


def test_a_stranger_with_the_bundle_of_a_trusted_registry_gets_passed(stranger: Program, handed: Handed):
    files = (str(handed.credential), "--offline", "--bundle", str(handed.bundle))

    stranger("verify", *files, "--trust", handed.registry, code=PASSED)


def test_a_bundle_of_a_registry_nobody_trusts_proves_nothing(stranger: Program, handed: Handed):
    files = (str(handed.credential), "--offline", "--bundle", str(handed.bundle))

    answered = stranger("verify", *files, code=COULD_NOT_CHECK)

    assert f"--trust {handed.registry}" in answered.out


def test_with_nothing_at_hand_it_could_not_be_checked(stranger: Program, handed: Handed):
    stranger("verify", str(handed.credential), "--offline", code=COULD_NOT_CHECK)


def test_every_check_has_a_number_a_sign_and_a_word(wallet: Program, handed: Handed):
    lines = wallet("verify", str(handed.credential), "--offline").out.splitlines()

    assert sum("✓ passed" in line for line in lines) == 8
    assert any(line.lstrip().startswith("6  ✓ passed") for line in lines)


def test_a_changed_number_fails_at_the_proof(wallet: Program, handed: Handed):
    told = json.loads(handed.credential.read_text())
    told["credentialSubject"]["creditsEarned"] = 60
    handed.credential.write_text(json.dumps(told))

    failed = wallet("verify", str(handed.credential), "--offline", code=FAILED)

    assert "✗ failed" in failed.out
    assert "It says of itself:" in failed.out


def test_the_answer_for_programs_has_the_same_verdict(wallet: Program, handed: Handed):
    verdict = wallet.json("verify", str(handed.credential), "--offline")

    assert verdict["outcome"] == "passed"
    assert [check["number"] for check in verdict["checks"]] == sorted(
        check["number"] for check in verdict["checks"]
    )


def test_it_may_be_asked_about_another_time(wallet: Program, handed: Handed):
    failed = wallet("verify", str(handed.credential), "--offline", "--at", "2001-01-01", code=FAILED)

    assert "not valid before" in failed.out
    assert "zone" in wallet("verify", str(handed.credential), "--at", "2026-01-01T00:00", code=2).err
    assert "not a time" in wallet("verify", str(handed.credential), "--at", "yesterday", code=2).err


def test_the_readers_own_terms_are_kept(wallet: Program, handed: Handed, tmp_path: Path):
    terms = tmp_path / "terms.json"
    terms.write_text('{"accept_issuers": ["did:web:elsewhere.example"]}')

    failed = wallet("verify", str(handed.credential), "--offline", "--policy", str(terms), code=FAILED)

    assert "You do not accept credentials of" in failed.out
    terms.write_text('{"accept_issuer": []}')
    refused = wallet("verify", str(handed.credential), "--policy", str(terms), code=UNREADABLE)
    assert "accept_issuer" in refused.err


def test_standard_input_is_a_dash(wallet: Program, handed: Handed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(handed.credential.read_bytes())))

    wallet("verify", "-", "--offline", code=PASSED)


RUBBISH = {
    "empty": b"",
    "bytes of no text": bytes(range(256)) * 40,
    "a text": b"I hereby certify",
    "a JSON of another kind": b'{"hello": "world"}',
    "a number": b"42",
    "an object in an object, very often": b'{"a":' * 100_000,
    "a member twice": b'{"type": "VerifiableCredential", "type": "OpenBadgeCredential"}',
    "more than anybody reads": b"[" + b"1," * 3_000_000,
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_a_failed_verdict_and_no_accident(bare: Program, tmp_path: Path, rubbish: bytes):
    file = tmp_path / "rubbish.json"
    file.write_bytes(rubbish)

    failed = bare("verify", str(file), "--offline", code=FAILED)

    assert failed.out.startswith("Failed: ")
    assert failed.err == ""
    assert bare.json("verify", str(file), "--offline", code=FAILED)["outcome"] == "failed"


def test_a_file_of_a_gigabyte_is_not_read_to_its_end(bare: Program, tmp_path: Path):
    file = tmp_path / "large.json"
    with file.open("wb") as sparse:
        os.truncate(sparse.fileno(), 2**30)

    assert "longer than" in bare("verify", str(file), "--offline", code=FAILED).out


def test_what_cannot_be_read_at_all_is_no_verdict(bare: Program, handed: Handed, tmp_path: Path):
    assert "Is a directory" in bare("verify", str(tmp_path), code=UNREADABLE).err
    assert "No such file" in bare("verify", "nowhere.json", code=UNREADABLE).err
    bundled = bare("verify", str(handed.credential), "--bundle", str(handed.credential), code=UNREADABLE)
    assert "bundle" in bundled.err


def test_a_broken_home_is_no_verdict_on_the_credential(wallet: Program, handed: Handed):
    (wallet.home / "wallet.sqlite").write_bytes(b"")

    refused = wallet("verify", str(handed.credential), "--offline", code=UNREADABLE)

    assert "migrate" in refused.err
