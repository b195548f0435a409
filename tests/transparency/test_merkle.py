"""The tree: as RFC 6962 draws it, however it grew; what it proves, and what it cannot be made to prove."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.errors import LogProofBroken
from wallet.transparency.merkle import (
    EMPTY_ROOT,
    Edge,
    Tile,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    widths,
)
from wallet.transparency.proofs import check_consistency, check_inclusion

MOST = 70_000
"""More than 256 x 256, so that there are three levels of tiles."""
LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(MOST)]


def drawn(leaves: list[bytes]) -> bytes:
    """MTH, word for word as in RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(drawn(leaves[:k]), drawn(leaves[k:]))


@cache
def a_tree() -> Tile:
    """All the leaves, as tiles."""
    edge, kept = Edge(), {}
    for tile in edge.grow(LEAVES):
        kept[tile.level, tile.number] = tile.hashes
    return lambda level, number: kept.get((level, number)) or edge.tile(level)


sizes = st.integers(0, MOST) | st.sampled_from([1, 2, 255, 256, 257, 65_535, 65_536, 65_537, MOST])


@pytest.mark.parametrize("size", [*range(20), 255, 256, 257, 511, 512, 513, 1000])
def test_the_root_is_the_one_that_the_standard_draws(size: int):
    edge = Edge()
    edge.grow(LEAVES[:size])

    assert edge.root() == root_of(a_tree(), size) == drawn(LEAVES[:size])
    assert Edge.unpack(size, edge.pack()).root() == edge.root()


def test_the_published_roots_of_the_standards_own_example():
    """The eight leaves of the reference implementation's tests, by their published roots."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    edge = Edge()
    edge.grow([leaf_hash(bytes.fromhex(text)) for text in inputs])

    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert edge.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_tree_of_70_000_has_the_tiles_of_the_specifications_example():
    assert widths(70_000) == [112, 17, 1]
    assert widths(256) == [0, 1]


@given(st.lists(st.integers(1, 600), max_size=8))
def test_it_does_not_matter_in_what_pieces_a_tree_grew(pieces: list[int]):
    edge, once = Edge(), Edge()
    tiles = []
    for piece in pieces:
        tiles += edge.grow(LEAVES[edge.size : edge.size + piece])
        edge = Edge.unpack(edge.size, edge.pack())

    assert tiles == once.grow(LEAVES[: sum(pieces)])
    assert (edge.size, edge.pack(), edge.root()) == (once.size, once.pack(), once.root())


@given(sizes.filter(bool), st.data())
def test_every_leaf_is_proven_in_every_tree_that_holds_it(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion_proof(a_tree(), index, size), root_of(a_tree(), size)

    check_inclusion(LEAVES[index], index, size, path, root)
    for wrong in {index - 1, index + 1, size} - {index}:
        with pytest.raises(LogProofBroken):
            check_inclusion(LEAVES[index], wrong, size, path, root)
    with pytest.raises(LogProofBroken):
        check_inclusion(LEAVES[(index + 1) % MOST], index, size, path, root)
    with pytest.raises(LogProofBroken):
        check_inclusion(LEAVES[index], index, size, [*path, root], root)
    if path:
        with pytest.raises(LogProofBroken):
            check_inclusion(LEAVES[index], index, size, path[:-1], root)


@given(sizes, sizes)
def test_every_tree_is_proven_to_begin_with_every_smaller_one(one: int, other: int):
    old, new = sorted((one, other))
    path = consistency_proof(a_tree(), old, new)
    old_root, new_root = root_of(a_tree(), old), root_of(a_tree(), new)

    check_consistency(old, new, path, old_root, new_root)
    if old:
        with pytest.raises(LogProofBroken):
            check_consistency(old, new, path, leaf_hash(b"another"), new_root)
        with pytest.raises(LogProofBroken):
            check_consistency(old, new, path, old_root, leaf_hash(b"another"))
        with pytest.raises(LogProofBroken):
            check_consistency(old, new, [*path, new_root], old_root, new_root)
    if old < new:
        with pytest.raises(LogProofBroken):
            check_consistency(new, old, path, new_root, old_root)


@given(st.integers(1, MOST), st.data())
def test_no_changed_step_leads_to_the_root(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion_proof(a_tree(), index, size), root_of(a_tree(), size)
    if path:
        step = data.draw(st.integers(0, len(path) - 1))
        path[step] = leaf_hash(path[step])
        with pytest.raises(LogProofBroken):
            check_inclusion(LEAVES[index], index, size, path, root)


def test_a_leaf_beyond_the_end_has_no_proof():
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(a_tree(), 5, 5)
    with pytest.raises(ValueError, match="never"):
        consistency_proof(a_tree(), 6, 5)
    with pytest.raises(ValueError, match="not that of a tree"):
        Edge.unpack(3, bytes(64))
