"""A second opinion: a client of other people's making (Rust, from PyPI) checks what our log says of itself."""

from datetime import UTC, datetime

import pytest

from keys.note import Note, NoteKey, cosign
from keys.signing import Ed25519Signer
from tests.ledger.world import light
from wallet.ledger.ledger import Ledger
from wallet.transparency.log import Log
from wallet.transparency.merkle import leaf_hash

other = pytest.importorskip("metamorphic_log", reason="the second client has no wheel for this platform")

ORIGIN = "records.example/log"
LOG = Ed25519Signer.from_seed(bytes([1]) * 32)
KEY = NoteKey(ORIGIN, LOG.public).text
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def log(ledger: Ledger) -> Log:
    return Log(ledger.database)


def test_it_reads_our_checkpoint(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", *map(str, range(300)))
    signed = log.sign(ORIGIN, LOG, NOON).checkpoint

    head = other.checkpoint_verify(signed.note.decode(), [KEY])

    assert (head.origin, head.size, bytes(head.root)) == (ORIGIN, 300, signed.root)


def test_it_refuses_it_under_another_key(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1")
    note = log.sign(ORIGIN, LOG, NOON).checkpoint.note.decode()

    with pytest.raises(other.VerifyError):
        other.checkpoint_verify(note, [NoteKey(ORIGIN, Ed25519Signer.generate().public).text])
    with pytest.raises(other.VerifyError):
        other.checkpoint_verify(note.replace("\n1\n", "\n2\n"), [KEY])


def test_it_takes_our_proofs_of_inclusion_and_no_other(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", *map(str, range(700)))
    signed = log.sign(ORIGIN, LOG, NOON)
    note = signed.checkpoint.note.decode()
    for sequence in (1, 2, 255, 256, 257, 512, 513, 699, 700):
        proof = log.prove(sequence, signed)
        assert proof is not None
        leaf, path = leaf_hash(proof.entry), list(proof.path)
        other.checkpoint_verify_inclusion(note, [KEY], proof.index, leaf, path)
        with pytest.raises(other.VerifyError):
            other.checkpoint_verify_inclusion(note, [KEY], proof.index ^ 1, leaf, path)


def test_it_takes_our_proofs_of_consistency_and_no_other(ledger: Ledger, log: Log):
    notes = []
    for _ in range(6):
        light(ledger, "lamps/a", *map(str, range(101)))
        notes.append(log.sign(ORIGIN, LOG, NOON))
    last = notes[-1]
    for earlier in notes[:-1]:
        steps = log.prove_consistency(earlier.checkpoint.size, last)
        assert steps is not None
        one, two, path = earlier.checkpoint.note.decode(), last.checkpoint.note.decode(), list(steps.path)
        other.checkpoint_verify_consistency(one, two, [KEY], path)
        with pytest.raises(other.VerifyError):
            other.checkpoint_verify_consistency(one, two, [KEY], path[:-1])


def test_it_reads_past_a_cosignature_that_it_has_no_key_for(ledger: Ledger, log: Log):
    light(ledger, "lamps/a", "1")
    signed = log.sign(ORIGIN, LOG, NOON).checkpoint
    line = cosign(Note.parse(signed.note).text, "witness.example/w1", Ed25519Signer.generate(), NOON)
    cosigned = Note.parse(signed.note).with_signatures(line).to_bytes().decode()

    assert other.verify_signed_note(cosigned, [KEY]) == 1
