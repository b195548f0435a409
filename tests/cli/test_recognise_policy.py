"""Policies of recognition by the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Program


def test_a_policy_is_published_from_a_file_and_shown_with_its_clauses(wallet: Program, tmp_path: Path):
    said = {
        "institution": "saryarqa",
        "in_force_from": "2099-01-01",
        "reference": "Academic Council 7",
        "rules": {"days_for_appeal": 5, "clauses": {"appeal": "Rules of Saryarqa, 5.4"}},
    }
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(said))

    wallet("recognise", "policy", "publish", str(file))

    shown = wallet.json("recognise", "policy", "show", "saryarqa", "--version", "1")
    assert shown["rules"]["days_for_appeal"] == 5
    told = wallet("recognise", "policy", "show", "saryarqa", "--version", "1").out
    assert "Rules of Saryarqa, 5.4" in told
    assert "10 working days before" in told
    assert "in force on" in wallet("recognise", "policy", "show", "saryarqa", code=1).err


def test_a_policy_with_a_parameter_that_means_nothing_is_refused_in_a_sentence(
    wallet: Program, tmp_path: Path
):
    file = tmp_path / "policy.json"
    for rules in ({"most_members": 6}, {"miracles": 1}, {"quorum": {"parts": 2}}):
        said = {"institution": "saryarqa", "in_force_from": "2099-01-01", "reference": "7", "rules": rules}
        file.write_text(json.dumps(said))
        assert "policy.json" in wallet("recognise", "policy", "publish", str(file), code=1).err
