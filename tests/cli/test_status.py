"""`wallet status`: how a home stands, in words, as a document, and by the exit code."""

import sqlite3
from contextlib import closing

import pytest

from tests.cli.conftest import Enrolled, Program


def test_a_home_that_is_well_ends_with_0_and_names_no_learner(wallet: Program, enrolled: Enrolled):
    told = wallet("status")
    document = wallet.json("status")

    assert "All is well." in told.out
    assert document["well"] is True
    assert document["events"] == document["logged"] == document["checkpoint"]["size"]
    assert document["behind"] == 0
    assert {keys["holder"] for keys in document["keys"]} >= {"registry", "saryarqa"}
    assert enrolled.learner not in told.out


def test_it_records_nothing_and_signs_nothing(wallet: Program, enrolled: Enrolled):
    before = wallet.json("log", "checkpoint")

    wallet("status")

    assert wallet.json("log", "checkpoint") == before


def test_what_ends_soon_is_told_and_ends_with_1(wallet: Program):
    wallet(
        *("institution", "add", "lyceum", "--name", "en=Lyceum", "--country", "KZ"),
    )
    wallet(
        *("institution", "accredit", "lyceum", "--by", "Agency", "--reference", "A-9", "--setting", "formal"),
        *("--valid-from", "2020-01-01", "--valid-until", "2400-01-01"),
    )

    assert "A-9" not in wallet("status").out
    assert "of saryarqa ends on 2028-08-31." in wallet("status", "--within", "3650", code=1).out

    wallet("institution", "withdraw-accreditation", "lyceum", "--reference", "A-9", "--reason", "Closed")

    told = wallet("status", code=1)
    assert "lyceum is accredited no longer: it can award nothing." in told.out
    assert wallet.json("status", code=1)["well"] is False


def test_a_checkpoint_from_the_future_says_that_a_clock_was_wrong(wallet: Program, enrolled: Enrolled):
    with closing(sqlite3.connect(wallet.home / "wallet.sqlite", isolation_level=None)) as file:
        file.execute("UPDATE log_checkpoints SET signed_at = signed_at + 86400000000")

    assert "this machine's clock was wrong then, or is now" in wallet("status", code=1).out


def test_events_that_no_checkpoint_has_dated_for_an_hour_are_told(wallet: Program, enrolled: Enrolled):
    with closing(sqlite3.connect(wallet.home / "wallet.sqlite", isolation_level=None)) as file:
        file.execute("DELETE FROM log_checkpoints WHERE size = (SELECT MAX(size) FROM log_checkpoints)")
        file.execute("UPDATE log_checkpoints SET signed_at = signed_at - 7200000000")

    assert "under no checkpoint" in wallet("status", code=1).out


RUBBISH = {
    "days that are none": (["--within", "soon"], 2),
    "fewer days than none": (["--within", "-1"], 2),
    "a home that is not there": (["--home", "/nowhere/at/all"], 1),
}


@pytest.mark.parametrize(("arguments", "code"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_refused_in_a_sentence(wallet: Program, arguments: list[str], code: int):
    refused = wallet("status", *arguments, code=code)

    assert refused.err.count("\n") == 1
    assert "Traceback" not in refused.err
