"""The log as it is kept: tiles and checkpoints beside the events, in the same database.

The tree follows the ledger: event number 1 is leaf 0. It is brought forward a page of events at a time, each in
one transaction with the edge from which it grows on, so no event is in it twice and none is left out, whoever
stops when. Everything but the checkpoints can be computed again; they cannot, since they say what was said when.

Nothing here is trusted by a reader: whoever alters it makes proofs that do not hold.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from keys.note import Note, NoteKey, NoteSignature
from keys.signing import Signer
from wallet.errors import CheckpointRefused, LedgerDamaged, WitnessRefused
from wallet.ledger.database import Cursor, Database
from wallet.ledger.envelope import microseconds, moment, unpack
from wallet.transparency.checkpoint import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    cosigners,
    sign_checkpoint,
)
from wallet.transparency.entries import entry_of
from wallet.transparency.merkle import (
    HASH,
    WIDTH,
    Edge,
    FullTile,
    consistency_proof,
    inclusion_proof,
    root_of,
)

LOG_TABLES: Final = (
    """
    CREATE TABLE log_tiles (
        level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE log_edge (size INTEGER NOT NULL, hashes BLOB NOT NULL) STRICT",
    """
    CREATE TABLE log_checkpoints (
        size INTEGER PRIMARY KEY, note BLOB NOT NULL, signed_at INTEGER NOT NULL, cosignatures INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE log_timestamps (
        size INTEGER NOT NULL, stamp BLOB NOT NULL, stamped_at INTEGER NOT NULL, PRIMARY KEY (size, stamped_at)
    ) STRICT, WITHOUT ROWID
    """,
)

PAGE: Final = 4096
"""Events that are taken in together: sixteen tiles."""

_EVENTS: Final = "SELECT sequence, stream, position, name, envelope FROM events "


_Answer = TypeVar("_Answer")


class Signed(msgspec.Struct, frozen=True):
    """A checkpoint as it is kept: when we signed it, and how many others have cosigned it since."""

    checkpoint: Checkpoint
    signed_at: datetime
    cosignatures: int


class Tree:
    """The tree at the moment it was asked for; it goes on proving about that size while the log grows."""

    def __init__(self, database: Database, edge: Edge) -> None:
        self._database = database
        self._edge = edge
        self._read: dict[tuple[int, int], bytes] = {}
        self.size: Final = edge.size

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, fewer than 256 where the log ends in it; none beyond the end."""
        if number == self.size >> 8 * (level + 1):
            return self._edge.tile(level)
        if (level, number) not in self._read:
            with self._database.reader() as cursor:
                found = cursor.execute(
                    "SELECT hashes FROM log_tiles WHERE level = ? AND number = ?", [level, number]
                ).fetchone()
            self._read[level, number] = bytes(found[0]) if found else b""
        return self._read[level, number]

    @cached_property
    def root(self) -> bytes:
        return self._edge.root()

    def root_at(self, size: int) -> bytes:
        """The root the log had at an earlier size. Raises LedgerDamaged where tiles are missing."""
        return self._told(lambda: root_of(self.tile, size))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The path of leaf `index` in the tree of `size` leaves. Raises LedgerDamaged."""
        return self._told(lambda: tuple(inclusion_proof(self.tile, index, size)))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """That the tree of `new` leaves begins with the one of `old`. Raises LedgerDamaged."""
        return self._told(lambda: tuple(consistency_proof(self.tile, old, new)))

    def _told(self, ask: Callable[[], _Answer]) -> _Answer:
        try:
            return ask()
        except ValueError as error:
            raise LedgerDamaged(f"The log cannot be read: {error}.") from error


class Log:
    """The log of the ledger in one database; any number of threads, and of processes, may use it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- growing ------------------------------------------------------------------------------------------

    def catch_up(self) -> int:
        """Take in every event recorded until now; how many there were. Raises TamperFound, StorageUnavailable."""
        taken = 0
        while page := self._step():
            taken += page
        return taken

    def _step(self) -> int:
        with self._database.reader() as cursor:
            if read_edge(cursor).size >= (
                cursor.execute("SELECT MAX(sequence) FROM events").fetchone()[0] or 0
            ):
                return 0
        with self._database.writer(durable=False) as cursor:
            edge = read_edge(cursor)
            rows = cursor.execute(
                _EVENTS + "WHERE sequence > ? ORDER BY sequence LIMIT ?", [edge.size, PAGE]
            ).fetchall()
            if rows and rows[-1][0] != edge.size + len(rows):
                raise LedgerDamaged(f"The ledger lacks an event after {edge.size}: it cannot be logged.")
            # The zero byte makes each a leaf (`merkle.leaf_hash`); said here, a call for every event is saved.
            full = edge.grow([sha256(b"\x00" + entry_of(*row)).digest() for row in rows])
            _write(cursor, edge, full)
            return len(rows)

    def rebuild(self) -> int:
        """Compute the tree anew from the first event; the checkpoints stay. How many events were taken in."""
        with self._database.writer(durable=False) as cursor:
            cursor.execute("DELETE FROM log_tiles")
            cursor.execute("DELETE FROM log_edge")
        return self.catch_up()

    # --- reading ------------------------------------------------------------------------------------------

    def tree(self) -> Tree:
        """The tree as far as it has come."""
        with self._database.reader() as cursor:
            return Tree(self._database, read_edge(cursor))

    def tile(self, level: int, number: int, width: int = WIDTH) -> bytes | None:
        """`width` hashes of a tile as it is published, or None where the log has not come so far."""
        hashes = self.tree().tile(level, number)[: width * HASH]
        return hashes if len(hashes) == width * HASH else None

    def entries(self, number: int, width: int = WIDTH) -> bytes | None:
        """An entry bundle: the entries of a tile of level 0, each after its length in two bytes; or None."""
        first = number * WIDTH + 1
        if first + width - 1 > self.tree().size:
            return None
        with self._database.reader() as cursor:
            rows = cursor.execute(
                _EVENTS + "WHERE sequence BETWEEN ? AND ? ORDER BY sequence", [first, first + width - 1]
            ).fetchall()
        entries = [entry_of(*row) for row in rows]
        return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)

    def row(self, sequence: int) -> tuple[int, str, int, str, bytes] | None:
        """The stored event of that sequence."""
        with self._database.reader() as cursor:
            found = cursor.execute(_EVENTS + "WHERE sequence = ?", [sequence]).fetchone()
        return None if found is None else (found[0], found[1], found[2], found[3], bytes(found[4]))

    def prove(self, sequence: int, signed: Signed) -> InclusionProof | None:
        """That an event stands under a checkpoint; None where it came later, or never."""
        row = self.row(sequence)
        if row is None or sequence > signed.checkpoint.size:
            return None
        path = self.tree().inclusion(sequence - 1, signed.checkpoint.size)
        return InclusionProof(signed.checkpoint, sequence - 1, path, entry_of(*row))

    def prove_consistency(self, old: int, signed: Signed) -> ConsistencyProof | None:
        """That a checkpoint's tree begins with the one of `old` leaves; None where it is smaller."""
        new = signed.checkpoint.size
        if old > new:
            return None
        return ConsistencyProof(signed.checkpoint, old, self.tree().consistency(old, new))

    # --- checkpoints --------------------------------------------------------------------------------------

    def newest(self) -> Signed | None:
        """The checkpoint signed last."""
        return self._one("ORDER BY size DESC LIMIT 1")

    def of_size(self, size: int) -> Signed | None:
        return self._one("WHERE size = ?", size)

    def covering(self, sequence: int, *, cosigned: bool = False) -> Signed | None:
        """The first checkpoint that an event stands under; of those with cosignatures, if so asked."""
        return self._one(
            f"WHERE size >= ? {'AND cosignatures > 0 ' if cosigned else ''}ORDER BY size LIMIT 1", sequence
        )

    def logged_at(self, sequence: int) -> datetime | None:
        """The trusted time of an event: when the first checkpoint that covers it was signed.

        One that none covers yet counts as no earlier than what was recorded before it: a stolen key may put any
        date on what it signs, and cannot put it further ahead in the log. None where there is no such event.
        """
        with self._database.reader() as cursor:
            covered = cursor.execute(
                "SELECT signed_at FROM log_checkpoints WHERE size >= ? ORDER BY size LIMIT 1", [sequence]
            ).fetchone()
            if covered is not None:
                return moment(covered[0])
            last = cursor.execute(
                "SELECT size, signed_at FROM log_checkpoints ORDER BY size DESC LIMIT 1"
            ).fetchone()
            after, latest = last or (0, 0)
            rows = cursor.execute(
                _EVENTS + "WHERE sequence > ? AND sequence <= ? ORDER BY sequence", [after, sequence]
            ).fetchall()
        if not rows or rows[-1][0] != sequence:
            return None
        return moment(max(latest, *(unpack(*row).recorded for row in rows)))

    def sign(self, origin: str, signer: Signer, at: datetime) -> Signed:
        """Take in what is new and sign how far the log has come; the last checkpoint, where nothing is new.

        Raises LedgerDamaged where the log does not begin with what was signed before: a log never signs two
        histories.
        """
        self.catch_up()
        tree, last = self.tree(), self.newest()
        if last is not None:
            if last.checkpoint.size > tree.size or tree.root_at(last.checkpoint.size) != last.checkpoint.root:
                raise LedgerDamaged(
                    f"The log does not begin with the {last.checkpoint.size} events of the checkpoint signed on "
                    f"{last.signed_at:%Y-%m-%d %H:%M} UTC; `wallet audit` says more."
                )
            if last.checkpoint.size == tree.size:
                return last
            # A clock that was put back must not date what is recorded now before what was recorded earlier: a key
            # stolen meanwhile would seem to have signed in time.
            at = max(at, last.signed_at)
        checkpoint = sign_checkpoint(origin, tree.size, tree.root, signer, at)
        with self._database.writer() as cursor:
            # Another process may have signed this size in the meantime: then its word stands.
            cursor.execute(
                "INSERT INTO log_checkpoints (size, note, signed_at, cosignatures) VALUES (?, ?, ?, 0)"
                " ON CONFLICT (size) DO NOTHING",
                [checkpoint.size, checkpoint.note, microseconds(at)],
            )
        kept = self.of_size(checkpoint.size)
        assert kept is not None, "one was just written"
        return kept

    def add_cosignatures(
        self, size: int, lines: Sequence[NoteSignature], witnesses: Sequence[NoteKey]
    ) -> Signed:
        """Keep what these witnesses have signed, and nothing else that came along.

        Raises WitnessRefused where none of them has, and CheckpointRefused for a false one.
        """
        known = {(key.name, key.id) for key in witnesses}
        wanted = [line for line in lines if (line.name, line.id) in known]
        with self._database.writer() as cursor:
            found = cursor.execute("SELECT note FROM log_checkpoints WHERE size = ?", [size]).fetchone()
            if found is None:
                raise CheckpointRefused(f"No checkpoint of {size} events was signed here.")
            note = Note.parse(bytes(found[0]))
            cosigned = Checkpoint.parse(note.with_signatures(*wanted).to_bytes())
            by = cosigned.cosigned(witnesses)
            if not by:
                raise WitnessRefused("What the witness answered is not a cosignature of its own.")
            cursor.execute(
                "UPDATE log_checkpoints SET note = ?, cosignatures = ? WHERE size = ?",
                [cosigned.note, len(cosigners(cosigned)), size],
            )
        kept = self.of_size(size)
        assert kept is not None, "it was just changed"
        return kept

    # --- time-stamps --------------------------------------------------------------------------------------

    def add_timestamp(self, size: int, stamp: bytes, at: datetime) -> None:
        """Keep an authority's stamp on a checkpoint; whoever adds it has checked it."""
        with self._database.writer() as cursor:
            cursor.execute(
                "INSERT INTO log_timestamps (size, stamp, stamped_at) VALUES (?, ?, ?)"
                " ON CONFLICT (size, stamped_at) DO NOTHING",
                [size, stamp, microseconds(at)],
            )

    def timestamps(self, size: int) -> tuple[bytes, ...]:
        """The stamps on the checkpoint of this size, the earliest first."""
        with self._database.reader() as cursor:
            rows = cursor.execute(
                "SELECT stamp FROM log_timestamps WHERE size = ? ORDER BY stamped_at", [size]
            ).fetchall()
        return tuple(bytes(stamp) for (stamp,) in rows)

    def _one(self, which: str, *values: int) -> Signed | None:
        with self._database.reader() as cursor:
            row = cursor.execute(
                f"SELECT note, signed_at, cosignatures FROM log_checkpoints {which}",  # noqa: S608 - constants of ours
                values,
            ).fetchone()
        return None if row is None else Signed(Checkpoint.parse(bytes(row[0])), moment(row[1]), row[2])


def read_edge(cursor: Cursor) -> Edge:
    """The edge as it is kept. Raises LedgerDamaged where it is none."""
    found = cursor.execute("SELECT size, hashes FROM log_edge").fetchone()
    if found is None:
        return Edge()
    try:
        return Edge.unpack(found[0], bytes(found[1]))
    except ValueError as error:
        raise LedgerDamaged(f"The log cannot be read: {error}.") from error


def _write(cursor: Cursor, edge: Edge, full: Sequence[FullTile]) -> None:
    cursor.executemany(
        "INSERT INTO log_tiles (level, number, hashes) VALUES (?, ?, ?)",
        [(tile.level, tile.number, tile.hashes) for tile in full],
    )
    cursor.execute("DELETE FROM log_edge")
    cursor.execute("INSERT INTO log_edge (size, hashes) VALUES (?, ?)", [edge.size, edge.pack()])
