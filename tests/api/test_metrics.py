"""The numbers at `/metrics`: what they count, what they never say, and to whom."""

from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from tests.api.matrix import MATRIX, OPEN
from tests.api.world import Door, Knocker, problem_of
from wallet.errors import StorageUnavailable


def numbers(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels, as Prometheus' own parser reads them."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def number(text: str, name: str, **labels: str) -> float:
    return numbers(text)[name, frozenset(labels.items())]


def test_they_are_the_registrys_own_unless_the_settings_say_otherwise(door: Door):
    public = Knocker(create_app(door.office, public_metrics=True))

    assert problem_of(door.anybody.get("/metrics")) == "no-key"
    assert problem_of(door.university.get("/metrics")) == "wrong-role"
    assert door.registry.get("/metrics").headers["content-type"].startswith("text/plain; version=1.0.0")
    assert public.get("/metrics").status_code == 200


def test_requests_are_counted_by_the_pattern_of_their_address_and_name_nobody(door: Door):
    door.learner.get(f"{door.wallet}/record")
    door.learner.get(f"{door.wallet}/record")
    door.anybody.get(f"{door.wallet}/record")
    door.anybody.get("/nowhere/at-all")
    door.anybody.ask("BREW", "/units")

    text = door.registry.get("/metrics").text

    record = "/learners/{learner}/record"
    assert number(text, "wallet_requests_total", method="GET", route=record, status="200") == 2
    assert number(text, "wallet_requests_total", method="GET", route=record, status="401") == 1
    assert number(text, "wallet_requests_total", method="GET", route="-", status="404") == 1
    assert number(text, "wallet_request_seconds_count", route=record) == 3
    assert 'method="other"' in text
    assert not any(word in text for word in (door.admitted.learner, "nowhere", "BREW", door.learner.key))


def test_no_label_is_what_somebody_sent(door: Door):
    patterns = {pattern for _, pattern in MATRIX.keys() | OPEN} | {"-"}
    for path in ("/units/a", "/units/b", "/log/tile/0/000", "/x", "/%00", f"/i/{'z' * 60}/did.json"):
        door.anybody.get(path)

    told = numbers(door.registry.get("/metrics").text)

    labels = {dict(labels)["route"] for _, labels in told if dict(labels).get("route")}
    assert labels <= patterns


def test_the_ledger_its_views_and_its_log_are_measured(door: Door):
    door.office.follower.catch_up()
    door.office.checkpoint(datetime.now(UTC))
    door.award()
    events = door.office.ledger.last_sequence()

    text = door.registry.get("/metrics").text

    assert number(text, "wallet_ledger_answers") == 1
    assert number(text, "wallet_ledger_events") == events
    assert number(text, "wallet_views_behind_events") == 1
    assert number(text, "wallet_views_failing") == 0
    assert number(text, "wallet_checkpoint_events") == events - 1
    assert 0 <= number(text, "wallet_checkpoint_age_seconds") < 60


def test_a_ledger_that_cannot_be_read_is_a_number_too(door: Door, monkeypatch: pytest.MonkeyPatch):
    def gone() -> int:
        raise StorageUnavailable("The disk is gone.")

    monkeypatch.setattr(door.office.ledger, "last_sequence", gone)

    text = door.registry.get("/metrics").text

    assert number(text, "wallet_ledger_answers") == 0
    assert "wallet_ledger_events" not in text
