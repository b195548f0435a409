"""Clocks that jump: the order of events is the ledger's own, and what rests on time says so or goes on."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.offices import NOON, a_university, an_office
from wallet import registering
from wallet.auditing import audit
from wallet.projections import VIEWS

JUMPS = {
    "an hour back": timedelta(hours=-1),
    "a year back": timedelta(days=-365),
    "an hour ahead": timedelta(hours=1),
    "ten years ahead": timedelta(days=3650),
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_what_is_recorded_after_a_jump_follows_holds_and_is_dated(tmp_path: Path, jump: timedelta):
    with an_office(tmp_path) as office:
        a_university(office)
        office.checkpoint(NOON)
        later = NOON + jump
        registering.register_learner(office, at=later)
        signed = office.recent_checkpoint(later)
        office.follower.catch_up()
        report = audit(office.ledger, views=VIEWS)

        assert signed.checkpoint.size == office.ledger.last_sequence()
        assert signed.signed_at == max(later, NOON)  # the log's own time never runs back
        assert report.finding is None, str(report.finding)


def test_after_a_jump_back_the_log_is_signed_as_often_as_before(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        office.checkpoint(NOON)
        for minutes in range(1, 4):
            now = NOON - timedelta(hours=5) + timedelta(minutes=minutes)
            registering.register_learner(office, at=now)
            assert office.recent_checkpoint(now).checkpoint.size == office.ledger.last_sequence()


def test_an_events_date_in_the_log_never_runs_before_what_was_recorded_earlier(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        office.checkpoint(NOON)
        first = office.ledger.last_sequence()
        registering.register_learner(office, at=NOON - timedelta(days=30))
        registering.register_learner(office, at=NOON - timedelta(days=29))

        dated = [office.log.logged_at(sequence) for sequence in range(1, office.ledger.last_sequence() + 1)]

        assert office.ledger.last_sequence() > first
        assert dated == sorted(dated)
