"""Checking what a log says of itself. Nothing here makes a proof or reads a tile; a reader needs this alone.

Source: RFC 9162, 2.1.3.2 (inclusion) and 2.1.4.2 (consistency), step by step.
"""

from collections.abc import Sequence
from hashlib import sha256

from wallet.errors import LogProofBroken


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise LogProofBroken unless the leaf of this hash is number `index` of the tree of that size and root."""
    if not 0 <= index < size:  # 1
        raise LogProofBroken("The proof is of a place beyond the end of the log.")
    at, last, reached = index, size - 1, leaf  # 2, 3
    for step in path:  # 4
        if last == 0:
            raise LogProofBroken("The proof has more steps than lead to the root.")
        if at & 1 or at == last:
            reached = _node(step, reached)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            reached = _node(reached, step)
        at, last = at >> 1, last >> 1
    if last != 0 or reached != root:  # 5
        raise LogProofBroken("The proof does not lead to the root that was signed.")


def check_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise LogProofBroken unless the tree of size `new` begins with the tree of size `old`."""
    if not 0 <= old <= new:
        raise LogProofBroken("The later log is smaller than the earlier one.")
    if old in (0, new):
        if path:
            raise LogProofBroken("The proof has steps where none are needed.")
        if old == new and old_root != new_root:
            raise LogProofBroken("The two logs are of one size, and are not the same.")
        return
    steps = list(path)
    if not steps:  # 1
        raise LogProofBroken("The proof is empty.")
    if old & (old - 1) == 0:  # 2
        steps.insert(0, old_root)
    at, last = old - 1, new - 1  # 3
    while at & 1:  # 4
        at, last = at >> 1, last >> 1
    first = second = steps[0]  # 5
    for step in steps[1:]:  # 6
        if last == 0:
            raise LogProofBroken("The proof has more steps than lead to the root.")
        if at & 1 or at == last:
            first, second = _node(step, first), _node(step, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = _node(second, step)
        at, last = at >> 1, last >> 1
    if first != old_root or second != new_root or last != 0:  # 7
        raise LogProofBroken("The later log does not begin with the earlier one.")


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
