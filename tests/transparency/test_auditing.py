"""The audit of the log: what a chain alone cannot show, anybody with an older checkpoint sees."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.catalogue import EVENTS
from keys.signing import Ed25519Signer
from tests.ledger.test_auditing import World, awarded
from tests.ledger.world import open_ledger
from wallet.auditing import audit
from wallet.ledger.follower import Follower
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import migrate
from wallet.projections import VIEWS
from wallet.transparency.checkpoint import Checkpoint, sign_checkpoint
from wallet.transparency.log import Log

ORIGIN = "wallet.example/log"
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A small registry whose log has a checkpoint after seven events, and six more events after that."""
    migrate(tmp_path, VIEWS)
    with open_ledger(tmp_path, events=dict(EVENTS)) as ledger:
        world = World(ledger).open()
        checkpoint_of(world)
        for number in range(6):
            world.record("wallet/ada", awarded(f"c-{number + 3}"), world.aitu)
        Follower(ledger, VIEWS).catch_up()
        Log(ledger.database).catch_up()
        yield world


def checkpoint_of(world: World) -> Checkpoint:
    return Log(world.ledger.database).sign(ORIGIN, world.registry, NOON).checkpoint


def found(ledger: Ledger, checkpoint: Checkpoint | None = None) -> str:
    report = audit(ledger, checkpoint=checkpoint, views=VIEWS)
    return str(report.finding or "")


def change(world: World, *statements: str) -> None:
    with world.ledger.database.writer() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_a_ledger_its_log_and_its_views_hold(world: World):
    kept = checkpoint_of(world)
    report = audit(world.ledger, checkpoint=kept, views=VIEWS)

    assert report.finding is None
    assert (report.events, report.checkpoints, report.views) == (13, 2, len(VIEWS))


def test_a_log_that_lags_behind_holds_as_far_as_it_has_come(world: World):
    world.record("wallet/ada", awarded("late"), world.aitu)

    assert found(world.ledger) == ""


def erase_the_log(world: World) -> None:
    """What somebody does who knows that there is one."""
    change(world, "DELETE FROM log_tiles", "DELETE FROM log_edge", "DELETE FROM log_checkpoints")


def truncate(world: World) -> None:
    change(world, "DELETE FROM events WHERE sequence > 11")
    erase_the_log(world)


def swap(world: World) -> None:
    """Two learners' events change places: possible where each is the first of its stream."""
    change(
        world,
        "UPDATE events SET sequence = -2 WHERE sequence = 2",
        "UPDATE events SET sequence = 2 WHERE sequence = 3",
        "UPDATE events SET sequence = 3 WHERE sequence = -2",
    )
    erase_the_log(world)


def forge(world: World) -> None:
    """The last events are replaced by others, signed with the institution's own key by whoever has it."""
    change(world, "DELETE FROM events WHERE sequence > 11")
    for number in range(2):
        world.record("wallet/ada", awarded(f"forged-{number}"), world.aitu)
    erase_the_log(world)


CRIMES: dict[str, tuple[Callable[[World], None], str]] = {
    "the last events removed": (truncate, "its last events are missing, at least 2"),
    "two events swapped": (swap, "it is not the ledger of the checkpoint"),
    "the last events forged with a stolen key": (forge, "it is not the ledger of the checkpoint"),
}


@pytest.mark.parametrize(("crime", "words"), CRIMES.values(), ids=CRIMES)
def test_an_older_checkpoint_shows_what_the_chain_does_not(
    crime: Callable[[World], None], words: str, world: World
):
    kept = checkpoint_of(world)
    crime(world)

    assert audit(world.ledger).finding is None
    assert words in str(audit(world.ledger, checkpoint=kept).finding)


def test_a_split_view_is_found_by_whoever_was_shown_the_other(world: World, tmp_path: Path):
    """One registry, two ledgers, each in itself without a fault."""
    with open_ledger(tmp_path / "other", events=dict(EVENTS)) as ledger:
        other = World(ledger)
        other.registry = world.registry
        other.open()
        shown = checkpoint_of(other)

    assert "somebody was shown another ledger" in found(world.ledger, shown)


def test_a_checkpoint_of_another_registry_is_told_apart(world: World):
    strangers = sign_checkpoint(ORIGIN, 3, bytes(32), Ed25519Signer.generate(), NOON)
    elsewhere = sign_checkpoint("other.example/log", 3, bytes(32), world.registry, NOON)

    assert "not this registry's" in found(world.ledger, strangers)
    assert "not this registry's" in found(world.ledger, elsewhere)


TAMPERED = {
    "a tile": ("UPDATE log_edge SET hashes = zeroblob(length(hashes))", "tree of 13 events"),
    "an edge of another size": ("UPDATE log_edge SET size = 12", "The log cannot be read"),
    "a checkpoint's bytes": (
        "UPDATE log_checkpoints SET note = CAST(replace(CAST(note AS TEXT), 'wallet', 'mallet') AS BLOB)",
        "not this registry's",
    ),
    "a checkpoint that is none": (
        "UPDATE log_checkpoints SET note = x'00' WHERE size = 7",
        "kept here is none",
    ),
    "a checkpoint's date": (
        "UPDATE log_checkpoints SET signed_at = signed_at - 86400000000",
        "is not of the date that is kept with it",
    ),
    "the date that a checkpoint was signed with": (
        "UPDATE log_checkpoints SET note = CAST(substr(CAST(note AS TEXT), 1, length(CAST(note AS TEXT)) - 8)"
        " || 'AAAAA==' || char(10) AS BLOB)",
        "the date of a checkpoint is not signed",
    ),
    "how many have cosigned": (
        "UPDATE log_checkpoints SET cosignatures = 3",
        "has not 3 cosignatures",
    ),
    "the last event": (
        "DELETE FROM events WHERE sequence = 13",
        "its last events are missing: the log has 13",
    ),
    "a view": (
        "UPDATE record_credits SET thousandths = 999000",
        "the view record is not what the events make",
    ),
    "a row of a view": (
        "DELETE FROM catalogue_institutions WHERE institution = 'narxoz'",
        "the view catalogue is not what",
    ),
}


@pytest.mark.parametrize(("statement", "words"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_made_from_the_events_is_held_to_them(statement: str, words: str, world: World):
    Follower(world.ledger, VIEWS).catch_up()
    change(world, statement)

    assert words in found(world.ledger)


def test_a_checkpoint_that_was_removed_is_missed_by_whoever_has_it(world: World):
    kept = checkpoint_of(world)
    change(world, f"DELETE FROM log_checkpoints WHERE size = {kept.size}")

    assert "is kept here no longer" in found(world.ledger, kept)


def test_full_tiles_are_held_to_the_events_too(world: World):
    for number in range(300):
        world.record("wallet/ada", awarded(f"many-{number}"), world.aitu, NOON - timedelta(days=1))
    Log(world.ledger.database).catch_up()
    assert found(world.ledger) == ""
    change(world, "UPDATE log_tiles SET hashes = zeroblob(8192)")

    assert "the log's tile 0/0 is not" in found(world.ledger)


def test_a_changed_byte_of_an_erased_payload_is_found_by_its_checkpoint(world: World):
    """Nobody can open it any more: the log alone still knows which bytes they were."""
    kept = checkpoint_of(world)
    world.ledger.learner_keys.destroy("ada")
    cut = "substr(envelope, 1, length(envelope) - 1)"
    change(world, f"UPDATE events SET envelope = CAST({cut} || x'00' AS BLOB) WHERE sequence = 6")

    assert found(world.ledger, kept) != ""
