"""The part of the audit that is about the log: the tree is computed again, and held against what is kept."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from keys.errors import InvalidKey
from keys.signing import PublicKey
from wallet.errors import CheckpointRefused
from wallet.ledger.database import Database
from wallet.ledger.envelope import moment
from wallet.transparency.checkpoint import Checkpoint, cosigners, log_keys, origin_of, stated_time
from wallet.transparency.entries import entry_of
from wallet.transparency.log import read_edge
from wallet.transparency.merkle import Edge


class TreeDiffers(Exception):
    """The log, or a checkpoint of it, is not that of these events; the text completes "does not hold: ..."."""


class TreeAudit:
    """Takes in the events in order, compares each tile when it is full, and each checkpoint when its size is come to.

    The log may be some events behind the ledger, and may be brought forward meanwhile: what is compared is what it
    had when this began.
    """

    def __init__(self, database: Database, outside: Checkpoint | None, *, of_a_backup: bool = False) -> None:
        self._database = database
        self._outside = outside
        self._of_a_backup = of_a_backup
        self._kept = self._edge = Edge()
        self._signed: list[Checkpoint] = []
        self._beside: list[tuple[datetime, int]] = []
        self._stops: list[int] = []
        self._roots: dict[int, bytes] = {}
        self.checkpoints = 0
        """Checkpoints that hold: known at the end."""

    def begin(self) -> None:
        """Read what is kept. Raises TreeDiffers where it cannot be read, StorageUnavailable."""
        with self._database.snapshot() as cursor:
            rows = cursor.execute(
                "SELECT note, signed_at, cosignatures FROM log_checkpoints ORDER BY size"
            ).fetchall()
            self._kept = read_edge(cursor)
        try:
            self._signed = [Checkpoint.parse(bytes(note)) for note, *_ in rows]
            self._beside = [(moment(signed_at), cosignatures) for _, signed_at, cosignatures in rows]
        except (CheckpointRefused, TypeError) as error:  # of a damaged row even what cannot be absent may be
            raise TreeDiffers(f"a checkpoint that is kept here is none ({str(error).rstrip('.')})") from error
        sizes = {checkpoint.size for checkpoint in self._signed} | {self._kept.size}
        if self._outside is not None:
            sizes.add(self._outside.size)
        self._stops = sorted(sizes, reverse=True)

    def take(self, rows: Sequence[tuple[int, str, int, str, bytes]]) -> None:
        """The next events, which hold. Raises TreeDiffers."""
        leaves = [sha256(b"\x00" + entry_of(*row)).digest() for row in rows]
        done, before = 0, self._edge.size
        while self._stops and self._stops[-1] <= before + len(leaves):
            stop = self._stops.pop()
            self._grow(leaves[done : stop - before])
            done = stop - before
            self._roots[stop] = self._edge.root()
            if stop == self._kept.size and self._edge.pack() != self._kept.pack():
                raise TreeDiffers(f"the log's tree of {stop} events is not the one that they make")
        self._grow(leaves[done:])

    def _grow(self, leaves: list[bytes]) -> None:
        for tile in self._edge.grow(leaves):
            if (tile.number + 1) << 8 * (tile.level + 1) > self._kept.size:
                continue
            with self._database.reader() as cursor:
                found = cursor.execute(
                    "SELECT hashes FROM log_tiles WHERE level = ? AND number = ?", [tile.level, tile.number]
                ).fetchone()
            if found is None or bytes(found[0]) != tile.hashes:
                raise TreeDiffers(
                    f"the log's tile {tile.level}/{tile.number} is not the one that the events make"
                )

    def check_the_end(self, registry: tuple[str, list[PublicKey]]) -> None:
        """What can be said only after the last event: what is missing, and who signed. Raises TreeDiffers."""
        base_url, keys = registry
        self._roots.setdefault(0, Edge().root())
        if self._outside is not None:
            self._compare_outside(self._outside, base_url, keys)
        if self._kept.size > self._edge.size:
            raise TreeDiffers(f"its last events are missing: the log has {self._kept.size}")
        for checkpoint, beside in zip(self._signed, self._beside, strict=True):
            if checkpoint.size > self._edge.size:
                raise TreeDiffers(
                    f"its last events are missing: a checkpoint was signed of {checkpoint.size}"
                )
            if self._roots[checkpoint.size] != checkpoint.root:
                raise TreeDiffers(
                    f"its first {checkpoint.size} events are not those of which a checkpoint was signed"
                )
            _refuse_unsigned(checkpoint, base_url, keys, "a checkpoint that is kept here")
            _refuse_redated(checkpoint, *beside, keys)
            self.checkpoints += 1

    def _compare_outside(self, outside: Checkpoint, base_url: str, keys: list[PublicKey]) -> None:
        _refuse_unsigned(outside, base_url, keys, "the checkpoint that was brought")
        if outside.size > self._edge.size:
            missing = outside.size - self._edge.size
            raise TreeDiffers(f"its last events are missing, at least {missing} of them")
        if self._roots[outside.size] != outside.root:
            raise TreeDiffers(
                f"up to event {outside.size} it is not the ledger of the checkpoint that was brought: events were "
                "changed, removed or put in another order, or somebody was shown another ledger"
            )
        if not self._of_a_backup and all(kept.size != outside.size for kept in self._signed):
            raise TreeDiffers(
                f"the checkpoint of {outside.size} events, which was brought, is kept here no longer"
            )


def _refuse_redated(
    checkpoint: Checkpoint, signed_at: datetime, cosignatures: int, keys: list[PublicKey]
) -> None:
    """What dates an event is what the checkpoint says over its signature, and not what stands beside it."""
    try:
        stated = [stated_time(checkpoint, key) for key in log_keys(checkpoint.origin, keys)]
    except CheckpointRefused as error:
        raise TreeDiffers(f"the date of a checkpoint is not signed ({str(error).rstrip('.')})") from error
    if signed_at.replace(microsecond=0) not in stated:
        raise TreeDiffers(
            f"the checkpoint of {checkpoint.size} events is not of the date that is kept with it"
        )
    if len(cosigners(checkpoint)) != cosignatures:
        raise TreeDiffers(f"the checkpoint of {checkpoint.size} events has not {cosignatures} cosignatures")


def _refuse_unsigned(checkpoint: Checkpoint, base_url: str, keys: list[PublicKey], which: str) -> None:
    try:
        origin = origin_of(base_url)
        if checkpoint.origin != origin:
            raise CheckpointRefused(f"It is of the log {checkpoint.origin[:200]!a}, and this is {origin}.")
        checkpoint.check(log_keys(origin, keys))
    except (CheckpointRefused, InvalidKey) as error:
        raise TreeDiffers(f"{which} is not this registry's ({str(error).rstrip('.')})") from error
