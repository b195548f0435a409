"""The application as a server finds it: from the environment, with a life that begins and ends."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from api import app as door_of
from api.app import create_app, from_environment
from tests.api.world import Door, Knocker
from tests.offices import PASSPHRASE, a_university, an_office
from wallet.errors import NoPassphrase, StorageUnavailable


def test_the_home_and_its_passphrase_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with an_office(tmp_path) as office:
        a_university(office)
    monkeypatch.setenv("WALLET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WALLET_PASSPHRASE", PASSPHRASE.decode())
    app = from_environment()

    async def live() -> list[str]:
        async with app.router.lifespan_context(app):
            answer = await Knocker(app).asking("GET", "/institutions")
            return [each["institution"] for each in answer.json()["institutions"]]

    assert asyncio.run(live()) == ["aitu"]
    with pytest.raises(StorageUnavailable):  # it was closed at the end
        app.state.office.registry()


def test_without_a_passphrase_there_is_no_application(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WALLET_PASSPHRASE", raising=False)
    monkeypatch.delenv("WALLET_PASSPHRASE_FILE", raising=False)

    with pytest.raises(NoPassphrase):
        from_environment()


def test_answers_are_forgotten_in_time_while_the_application_runs(
    door: Door, monkeypatch: pytest.MonkeyPatch
):
    door.award(Idempotency_Key="k-1")
    monkeypatch.setattr(door_of, "KEPT_FOR", timedelta(seconds=-60))
    app = create_app(door.office)

    async def live() -> None:
        async with app.router.lifespan_context(app):
            for _ in range(100):
                if not kept(door):
                    return
                await asyncio.sleep(0.01)

    before = kept(door)
    asyncio.run(live())

    assert (before, kept(door)) == (1, 0)


def kept(door: Door) -> int:
    with door.office.ledger.database.reader() as cursor:
        number: int = cursor.execute("SELECT COUNT(*) FROM answers").fetchone()[0]
    return number


def test_an_office_that_is_lent_stays_open(door: Door):
    async def live() -> None:
        async with door.app.router.lifespan_context(door.app):
            pass

    asyncio.run(live())

    assert door.office.registry().state.name
