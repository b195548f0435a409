"""The log over HTTP: for anybody to copy, to check, and to keep."""

import pytest

from keys.note import NoteKey
from tests.api.world import Door, problem_of
from wallet.transparency.checkpoint import Checkpoint, ConsistencyProof, InclusionProof
from wallet.transparency.merkle import leaf_hash
from wallet.transparency.proofs import check_consistency, check_inclusion


def keys(door: Door) -> list[NoteKey]:
    return [NoteKey.parse(line) for line in door.anybody.get("/log/key").text.splitlines()]


def test_a_checkpoint_is_served_to_anybody_and_not_kept_for_long(door: Door):
    answer = door.anybody.get("/log/checkpoint")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=5"
    checkpoint = Checkpoint.parse(answer.content)
    assert checkpoint.origin == "records.example/log"
    assert checkpoint.size == door.office.ledger.last_sequence()
    assert checkpoint.check(keys(door)) == keys(door)[-1]


def test_from_tiles_alone_anybody_can_compute_the_root(door: Door):
    checkpoint = Checkpoint.parse(door.anybody.get("/log/checkpoint").content)
    tile = door.anybody.get(f"/log/tile/0/000.p/{checkpoint.size}")
    bundle = door.anybody.get(f"/log/tile/entries/000.p/{checkpoint.size}").content

    assert tile.headers["content-type"] == "application/octet-stream"
    assert "immutable" in tile.headers["cache-control"]
    entries = [bundle[at + 2 : at + 66] for at in range(0, len(bundle), 66)]
    leaves = [leaf_hash(entry) for entry in entries]
    assert b"".join(leaves) == tile.content
    assert door.admitted.learner.encode() not in bundle


def test_proofs_are_served_as_the_texts_that_others_read(door: Door):
    earlier = Checkpoint.parse(door.anybody.get("/log/checkpoint").content)
    proof = InclusionProof.parse(door.anybody.get("/log/inclusion/3").content)
    steps = ConsistencyProof.parse(door.anybody.get("/log/consistency/2").content)

    proof.checkpoint.check(keys(door))
    check_inclusion(leaf_hash(proof.entry), 2, proof.checkpoint.size, proof.path, earlier.root)
    before = door.office.log.tree().root_at(2)
    check_consistency(2, steps.checkpoint.size, steps.path, before, steps.checkpoint.root)


def test_what_the_log_does_not_have_is_not_found(door: Door):
    door.anybody.get("/log/checkpoint")
    for path in ("inclusion/99999", "consistency/99999", "tile/0/000", "tile/7/000", "tile/entries/x001/000"):
        assert problem_of(door.anybody.get(f"/log/{path}")) == "not-found", path


BAD = {
    "a level of 64": "tile/64/000",
    "a level with a zero before it": "tile/01/000",
    "a number of two digits": "tile/0/00",
    "a number that does not begin with x": "tile/0/001/000",
    "a partial tile of 256": "tile/0/000.p/256",
    "a partial tile of none": "tile/0/000.p/0",
    "an index in words": "inclusion/first",
    "an event before the first": "inclusion/0",
    "a size below none": "consistency/-1",
}


@pytest.mark.parametrize("path", BAD.values(), ids=BAD)
def test_an_address_that_no_log_has_is_refused(path: str, door: Door):
    assert problem_of(door.anybody.get(f"/log/{path}")) == "invalid-request"
