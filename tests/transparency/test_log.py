"""The log of a ledger: it holds every event once, signs one history, and tells nobody what is in it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from keys.note import NoteKey
from keys.signing import Ed25519Signer
from tests.ledger.world import light, write_letters
from wallet.errors import CheckpointRefused, LedgerDamaged, LogProofBroken
from wallet.ledger.ledger import Ledger
from wallet.transparency.checkpoint import Checkpoint, ConsistencyProof, InclusionProof, stated_time
from wallet.transparency.entries import ENTRY_BYTES
from wallet.transparency.log import Log
from wallet.transparency.merkle import leaf_hash, root_of
from wallet.transparency.proofs import check_consistency, check_inclusion

ORIGIN = "records.example/log"
LOG = Ed25519Signer.from_seed(bytes([1]) * 32)
KEY = NoteKey(ORIGIN, LOG.public)
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def log(ledger: Ledger) -> Log:
    return Log(ledger.database)


def test_the_log_has_every_event_once_however_often_it_is_brought_forward(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", *map(str, range(300)))
    assert log.catch_up() == 300
    light(ledger, "lamps/b", *map(str, range(300)))
    assert log.catch_up() == 300
    assert log.catch_up() == 0

    tree = log.tree()
    assert tree.size == 600
    entries = (log.entries(0) or b"") + (log.entries(1) or b"") + (log.entries(2, 88) or b"")
    leaves = [leaf_hash(entries[at + 2 : at + 66]) for at in range(0, len(entries), 66)]
    assert len(leaves) == 600
    for level, number, width in [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)]:
        tile = log.tile(level, number, width)
        assert tile is not None
        if level == 0:
            assert tile == b"".join(leaves[number * 256 : number * 256 + width])
    assert log.tile(0, 2, 89) is log.tile(1, 1, 1) is log.entries(2, 89) is log.tile(0, 2) is None


def test_many_who_bring_it_forward_at_once_do_it_once(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", *map(str, range(2000)))
    taken: list[int] = []
    threads = [threading.Thread(target=lambda: taken.append(log.catch_up())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(taken) == log.tree().size == 2000
    before = log.tree().root
    assert log.rebuild() == 2000
    assert log.tree().root == before


def test_a_checkpoint_is_signed_once_a_size_and_says_when(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1", "2", "3")
    signed = log.sign(ORIGIN, LOG, NOON)

    assert signed.checkpoint.size == 3
    assert signed.checkpoint.root == log.tree().root
    assert signed.checkpoint.check([KEY]) == KEY
    assert stated_time(signed.checkpoint, KEY) == NOON
    assert log.sign(ORIGIN, LOG, NOON + timedelta(hours=1)) == signed == log.newest()


def test_every_event_is_proven_under_every_checkpoint_that_covers_it(ledger: Ledger, log: Log):
    signed = []
    for number in range(1, 30):
        light(ledger, "lamps/a", *map(str, range(number)))
        signed.append(log.sign(ORIGIN, LOG, NOON))

    for each in signed:
        for sequence in range(1, each.checkpoint.size + 1, 7):
            proof = log.prove(sequence, each)
            assert proof is not None
            read = InclusionProof.parse(proof.to_text().encode())
            assert read == proof
            check_inclusion(
                leaf_hash(read.entry), read.index, each.checkpoint.size, read.path, each.checkpoint.root
            )
        assert log.prove(each.checkpoint.size + 1, each) is None
    first, last = signed[0].checkpoint, signed[-1]
    steps = log.prove_consistency(first.size, last)
    assert steps is not None
    assert ConsistencyProof.parse(steps.to_text().encode()) == steps
    check_consistency(first.size, last.checkpoint.size, steps.path, first.root, last.checkpoint.root)
    assert log.prove_consistency(last.checkpoint.size, signed[0]) is None


def test_an_entry_is_64_bytes_of_digests_whatever_the_event_says(ledger: Ledger, log: Log):
    ledger.learner_keys.create("ada")
    write_letters(ledger, "ada", "a secret")
    light(ledger, "lamps/a", "a lamp with a name of its own" * 100)
    log.catch_up()

    bundle = log.entries(0, 2)
    assert bundle is not None
    assert len(bundle) == 2 * (2 + ENTRY_BYTES)
    assert b"ada" not in bundle
    assert b"lamp" not in bundle


def test_an_erased_learners_events_are_proven_as_before(ledger: Ledger, log: Log):
    ledger.learner_keys.create("ada")
    write_letters(ledger, "ada", "dear diary", "and again")
    signed = log.sign(ORIGIN, LOG, NOON)
    before = log.prove(2, signed)
    ledger.learner_keys.destroy("ada")

    assert log.prove(2, signed) == before
    assert log.rebuild() == 2
    assert log.tree().root == signed.checkpoint.root


def test_the_log_never_signs_two_histories(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1", "2", "3")
    log.sign(ORIGIN, LOG, NOON)
    with ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM events WHERE sequence = 3")
    light(ledger, "lamps/b", "3", "4")
    log.rebuild()

    with pytest.raises(LedgerDamaged, match="does not begin with the 3 events"):
        log.sign(ORIGIN, LOG, NOON)


def test_a_gap_in_the_ledger_is_not_logged_over(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1", "2", "3")
    with ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM events WHERE sequence = 2")

    with pytest.raises(LedgerDamaged, match="lacks an event"):
        log.catch_up()


def test_an_event_is_as_old_as_the_first_checkpoint_that_covers_it(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1")
    log.sign(ORIGIN, LOG, NOON)
    light(ledger, "lamps/a", "2")
    log.sign(ORIGIN, LOG, NOON + timedelta(hours=1))
    light(ledger, "lamps/a", "3")

    assert log.logged_at(1) == NOON
    assert log.logged_at(2) == NOON + timedelta(hours=1)
    # What it says of itself (2025) is earlier than the last checkpoint, after which it came.
    assert log.logged_at(3) == NOON + timedelta(hours=1)
    assert log.logged_at(4) is None


def test_a_tree_goes_on_proving_about_its_size_while_the_log_grows(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", *map(str, range(250)))
    log.catch_up()
    tree = log.tree()
    light(ledger, "lamps/a", *map(str, range(250)))
    log.catch_up()

    assert tree.root == root_of(tree.tile, 250) == log.tree().root_at(250)
    assert len(tree.inclusion(249, 250)) > 0


def test_tiles_that_are_missing_are_said_to_be(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", *map(str, range(600)))
    log.catch_up()
    with ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM log_tiles WHERE number = 1")

    with pytest.raises(LedgerDamaged, match="cannot be read"):
        log.tree().inclusion(300, 600)


CHECKPOINT = f"{ORIGIN}\n3\n{'A' * 43}=\n\n— {ORIGIN} {'A' * 11}=\n"
NO_CHECKPOINTS = {
    "nothing": "",
    "two lines": f"{ORIGIN}\n3\n\n— {ORIGIN} {'A' * 11}=\n",
    "a size with a zero before it": CHECKPOINT.replace("\n3\n", "\n03\n"),
    "a size below zero": CHECKPOINT.replace("\n3\n", "\n-3\n"),
    "a size beyond counting": CHECKPOINT.replace("\n3\n", f"\n{'9' * 30}\n"),
    "a short root": CHECKPOINT.replace("A" * 43 + "=", "A" * 42 + "=="),
    "an empty line inside": CHECKPOINT.replace("\n3\n", "\n3\n\n"),
}


@pytest.mark.parametrize("text", NO_CHECKPOINTS.values(), ids=NO_CHECKPOINTS)
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(CheckpointRefused):
        Checkpoint.parse(text.encode())


STEP = "A" * 43 + "="
NO_PROOFS = {
    "no first line": f"index 1\n\n{CHECKPOINT}",
    "no index": f"c2sp.org/tlog-proof@v1\n{STEP}\n\n{CHECKPOINT}",
    "an index like none": f"c2sp.org/tlog-proof@v1\nindex 1e3\n\n{CHECKPOINT}",
    "a step that is no hash": f"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n{CHECKPOINT}",
    "too many steps": f"c2sp.org/tlog-proof@v1\nindex 1\n{(STEP + chr(10)) * 64}\n{CHECKPOINT}",
    "a letter outside ASCII": f"c2sp.org/tlog-proof@v1\nindex é\n\n{CHECKPOINT}",
    "no checkpoint": "c2sp.org/tlog-proof@v1\nindex 1\n\n",
    "an extra that is no base64": f"c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\n{CHECKPOINT}",
}


@pytest.mark.parametrize("text", NO_PROOFS.values(), ids=NO_PROOFS)
def test_what_is_no_proof_is_refused(text: str):
    with pytest.raises(CheckpointRefused):
        InclusionProof.parse(text.encode())
    with pytest.raises(CheckpointRefused):
        ConsistencyProof.parse(text.encode())


def test_a_checkpoint_of_another_log_is_not_this_ones(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1")
    checkpoint = log.sign(ORIGIN, LOG, NOON).checkpoint

    with pytest.raises(CheckpointRefused):
        checkpoint.check([NoteKey("another.example/log", LOG.public)])
    with pytest.raises(CheckpointRefused):
        checkpoint.check([NoteKey(ORIGIN, Ed25519Signer.generate().public)])
    with pytest.raises(LogProofBroken):
        check_inclusion(leaf_hash(b""), 0, 1, (), checkpoint.root)
