"""Levels of other countries in the terminal."""

from tests.cli.conftest import Enrolled, Program


def test_a_record_is_read_in_another_countrys_levels(wallet: Program, enrolled: Enrolled):
    shown = wallet("learner", "show", enrolled.learner, "--levels-of", "ie").out
    document = wallet.json("learner", "show", enrolled.learner, "--levels-of", "IE")

    assert "7 or 8" in shown
    assert "no recognition" in shown
    assert document["lines"][0]["read"]["eqf"] == 6


def test_the_frameworks_known_are_shown_with_their_sources(bare: Program):
    assert "GB-SCT" in bare("qualification", "frameworks").out
    assert bare.json("qualification", "frameworks", "GB-SCT")["levels"][0]["eqf"] is None
    assert "No framework of 'XX'" in bare("qualification", "frameworks", "XX", code=1).err


def test_one_thing_is_read_at_a_time(wallet: Program, enrolled: Enrolled):
    refused = wallet("learner", "show", enrolled.learner, "--levels-of", "IE", "--in", "KZ", code=2)

    assert "one at a time" in refused.err
