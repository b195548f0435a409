"""`wallet audit`: one sentence that all holds, or the first event that does not."""

import sqlite3
from contextlib import closing

from tests.cli.conftest import Enrolled, Program
from wallet.ledger.database import tables_made_by
from wallet.projections import VIEWS

VIEW_TABLES = [table for view in VIEWS for table in tables_made_by(view.create_tables())]


def test_an_untouched_ledger_holds_and_its_head_can_be_kept(wallet: Program, enrolled: Enrolled):
    head = wallet.json("audit")["head"]

    assert wallet("audit", "--head", head).out.startswith("All ")


def test_a_changed_event_is_named_and_ends_with_1(wallet: Program, enrolled: Enrolled):
    with closing(sqlite3.connect(wallet.home / "wallet.sqlite", isolation_level=None)) as file:
        (last,) = file.execute("SELECT MAX(sequence) FROM events").fetchone()
        (envelope,) = file.execute("SELECT envelope FROM events WHERE sequence = ?", [last]).fetchone()
        spoilt = envelope[:-1] + bytes([envelope[-1] ^ 1])
        file.execute("UPDATE events SET envelope = ? WHERE sequence = ?", [spoilt, last])

    found = wallet("audit", code=1)

    assert f"Event {last} (wallet/{enrolled.learner}, position 2) does not hold" in found.out
    assert wallet.json("audit", code=1)["finding"]["sequence"] == last


def test_missing_last_events_show_against_a_kept_head(wallet: Program, enrolled: Enrolled):
    head = wallet.json("audit")["head"]
    with closing(sqlite3.connect(wallet.home / "wallet.sqlite", isolation_level=None)) as file:
        file.execute("DELETE FROM events WHERE sequence = (SELECT MAX(sequence) FROM events)")
        assert "last events are missing" in wallet("audit", code=1).out  # the log has them still
        for table in ("log_tiles", "log_edge", "log_checkpoints", "positions"):
            file.execute(f"DELETE FROM {table}")
        for table in VIEW_TABLES:
            file.execute(f"DELETE FROM {table}")

    assert wallet.json("audit")["holds"] is True
    assert "last events are missing" in wallet("audit", "--head", head, code=1).out


def test_a_head_that_is_none_is_a_usage_error(wallet: Program):
    for head in ("7", "7:zz", "0:" + "00" * 32, "seven:" + "00" * 32, "7:00"):
        assert "is not a head" in wallet("audit", "--head", head, code=2).err
