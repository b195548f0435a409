"""Issuing credentials from the command line, and saying later that one no longer stands."""

import json
from pathlib import Path

from tests.cli.conftest import Enrolled, Program


def _issue(wallet: Program, enrolled: Enrolled, file: Path) -> str:
    issued = wallet.json(
        "credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner, "--out", str(file)
    )
    credential: str = issued["credential"]
    return credential


def test_the_file_holds_the_document_exactly_as_it_was_signed(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    credential = _issue(wallet, enrolled, tmp_path / "credential.json")

    written = (tmp_path / "credential.json").read_text(encoding="utf-8")

    assert json.loads(written)["id"] == credential
    assert wallet("credential", "show", credential, "--document").out == written
    assert wallet.json("credential", "show", credential)["issued"]["document"] == written


def test_a_credential_is_suspended_reinstated_and_revoked(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    file = tmp_path / "credential.json"
    credential = _issue(wallet, enrolled, file)
    check = ("verify", str(file), "--offline")
    wallet(*check)

    wallet("credential", "suspend", credential, "-i", "saryarqa", "--reason", "Under examination.")
    assert "suspended" in wallet(*check, code=1).out
    wallet("credential", "reinstate", credential, "-i", "saryarqa")
    wallet(*check)
    wallet("credential", "revoke", credential, "-i", "saryarqa", "--reason", "Issued in error.")
    assert "revoked" in wallet(*check, code=1).out
    assert "revoked" in wallet("credential", "show", credential).out
    assert (
        "for ever"
        in wallet("credential", "revoke", credential, "-i", "saryarqa", "--reason", "Again.", code=1).err
    )


def test_a_superseded_credential_ends_in_favour_of_the_new_one(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    credential = _issue(wallet, enrolled, old)

    issued = wallet.json("credential", "supersede", credential, "-i", "saryarqa", "--out", str(new))

    assert issued["supersedes"] == credential
    wallet("verify", str(old), "--offline", code=1)
    wallet("verify", str(new), "--offline")


def test_withdrawing_a_credit_ends_the_credential_that_tells_of_it(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    _issue(wallet, enrolled, tmp_path / "credential.json")

    wallet(
        "credit",
        "withdraw",
        enrolled.credit,
        "-i",
        "saryarqa",
        "-l",
        enrolled.learner,
        "--reason",
        "In error.",
    )

    wallet("verify", str(tmp_path / "credential.json"), "--offline", code=1)


def test_another_institution_may_not_revoke(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    credential = _issue(wallet, enrolled, tmp_path / "credential.json")

    refused = wallet("credential", "revoke", credential, "-i", "almaty-college", "--reason", "Envy.", code=1)

    assert "saryarqa" in refused.err


def test_a_record_carries_every_badge_in_force(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    _issue(wallet, enrolled, tmp_path / "credential.json")
    file = tmp_path / "record.json"

    wallet("credential", "record", "-l", enrolled.learner, "-i", "saryarqa", "--out", str(file))
    verdict = wallet.json("verify", str(file), "--offline")

    assert [member["outcome"] for member in verdict["members"]] == ["passed"]


def test_a_bundle_goes_to_a_file_or_to_standard_output(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    credential = _issue(wallet, enrolled, tmp_path / "credential.json")
    file = tmp_path / "bundle.json"

    told = wallet.json("credential", "bundle", credential, "--out", str(file))
    printed = json.loads(wallet("credential", "bundle", credential).out)

    assert json.loads(file.read_text())["registry"]["did"] == told["registry"]
    assert printed["type"] == "VerificationBundle"
    assert "credentials" not in printed
    whole = json.loads(wallet("credential", "bundle", credential, "--with-credentials").out)
    assert json.loads(whole["credentials"][0])["id"] == credential


def test_a_folder_that_is_not_there_is_one_sentence(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    refused = wallet(
        "credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner,
        "--out", str(tmp_path / "nowhere" / "credential.json"), code=1,
    )  # fmt: skip

    assert "No such file or directory" in refused.err
    assert refused.err.count("\n") == 1
