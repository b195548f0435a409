"""The tree of RFC 6962, kept as tiles: what it hashes, how it grows, and how it proves.

A tile holds 256 hashes of one height: at level 0 those of leaves, at level 1 those of whole tiles of level 0,
and so on (C2SP tlog-tiles). A whole tile never changes. Where a tree ends, each level has one that is still
filling; together they are the `Edge`, a few kilobytes whatever the size, and all that is needed to grow on.

Proofs are made here and checked in `wallet.transparency.proofs`, which shares nothing with this but the two
hashes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

import msgspec

HASH: Final = 32
WIDTH: Final = 256
_HEIGHT: Final = 8
_TILE: Final = WIDTH * HASH

EMPTY_ROOT: Final = sha256(b"").digest()

Tile = Callable[[int, int], bytes]
"""Level and number -> the hashes of that tile, as many as there are by now, one after the other."""


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962, 2.1: the zero byte keeps a leaf from being taken for a node."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1."""
    return sha256(b"\x01" + left + right).digest()


class FullTile(msgspec.Struct, frozen=True):
    """A tile that has just been filled."""

    level: int
    number: int
    hashes: bytes


class Edge:
    """The right edge of a tree of `size` leaves: at each level the hashes of the tile that is filling."""

    def __init__(self, size: int = 0, levels: Iterable[bytes] = ()) -> None:
        self.size = size
        self._levels = [bytearray(level) for level in levels] or [bytearray()]

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Edge":
        """Of what `pack` made. How wide each level is follows from the size."""
        levels, start = [], 0
        for width in widths(size):
            levels.append(packed[start : start + width * HASH])
            start += width * HASH
        if start != len(packed):
            raise ValueError("the edge is not that of a tree of this size")
        return cls(size, levels)

    def pack(self) -> bytes:
        return b"".join(self._levels)

    def tile(self, level: int) -> bytes:
        """The hashes of the tile that is filling at this level."""
        return bytes(self._levels[level]) if level < len(self._levels) else b""

    def grow(self, leaves: Sequence[bytes]) -> list[FullTile]:
        """Add the hashes of leaves; the tiles that were filled, in the order in which they were."""
        full: list[FullTile] = []
        start = 0
        while start < len(leaves):
            room = WIDTH - len(self._levels[0]) // HASH
            taken = leaves[start : start + room]
            self._levels[0] += b"".join(taken)
            self.size += len(taken)
            start += room
            if len(self._levels[0]) == _TILE:
                self._carry(full)
        return full

    def _carry(self, full: list[FullTile]) -> None:
        """Close the full tile of level 0 and put its hash into level 1, and so on upwards."""
        level = 0
        while len(self._levels[level]) == _TILE:
            tile = bytes(self._levels[level])
            full.append(FullTile(level, (self.size >> _HEIGHT * (level + 1)) - 1, tile))
            self._levels[level].clear()
            level += 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += _fold(tile)

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        root: bytes | None = None
        for level in self._levels:
            end = len(level)
            while end:
                # The complete subtrees of a level, the smallest, which is the rightmost, first.
                count = end // HASH
                start = end - (count & -count) * HASH
                left = _fold(bytes(level[start:end]))
                root = left if root is None else node_hash(left, root)
                end = start
        return EMPTY_ROOT if root is None else root


def widths(size: int) -> list[int]:
    """How many hashes the filling tile of each level has in a tree of this size: 70,000 -> [112, 17, 1]."""
    found = [size % WIDTH]
    while size := size >> _HEIGHT:
        found.append(size % WIDTH)
    return found


def root_of(tile: Tile, size: int) -> bytes:
    """The root that the tree had when it had `size` leaves."""
    return _root(tile, 0, size) if size else EMPTY_ROOT


def inclusion_proof(tile: Tile, index: int, size: int) -> list[bytes]:
    """The way from leaf `index` to the root of the tree of `size` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            path.append(_root(tile, middle, end))
            end = middle
        else:
            path.append(_root(tile, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(tile: Tile, old: int, new: int) -> list[bytes]:
    """That the tree of `new` leaves begins with the one of `old` leaves (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves was never one of {old}")
    return list(_consistency(tile, old, 0, new, whole=True)) if 0 < old < new else []


def _consistency(tile: Tile, old: int, start: int, end: int, *, whole: bool) -> Iterator[bytes]:
    """SUBPROOF of the RFC; `old` counts from `start`, and `whole` says that the reader has that root already."""
    if old == end - start:
        if not whole:
            yield _root(tile, start, end)
        return
    middle = _largest_power_below(end - start)
    if old <= middle:
        yield from _consistency(tile, old, start, start + middle, whole=whole)
        yield _root(tile, start + middle, end)
    else:
        yield from _consistency(tile, old - middle, start + middle, end, whole=False)
        yield _root(tile, start, start + middle)


def _root(tile: Tile, start: int, end: int) -> bytes:
    """The root of the leaves from `start` to before `end`: a complete subtree is read, another split."""
    count = end - start
    if count & (count - 1):
        middle = start + _largest_power_below(count)
        return node_hash(_root(tile, start, middle), _root(tile, middle, end))
    level, rest = divmod(count.bit_length() - 1, _HEIGHT)
    number, offset = divmod(start >> _HEIGHT * level, WIDTH)
    hashes = tile(level, number)[offset * HASH : (offset + (1 << rest)) * HASH]
    if len(hashes) != HASH << rest:
        raise ValueError(f"the tile {level}/{number} does not reach as far as the tree is said to")
    return _fold(hashes)


def _fold(hashes: bytes) -> bytes:
    """The root over a power of two of hashes."""
    row = [hashes[start : start + HASH] for start in range(0, len(hashes), HASH)]
    while len(row) > 1:
        pairs = iter(row)
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def _largest_power_below(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
