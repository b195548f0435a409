"""A disk under SQLite that remembers every write, and fails when it is told to.

SQLite reaches its files through a table of functions (https://sqlite.org/vfs.html). Here the table of the library in
use is copied, with opening, writing, cutting, syncing and deleting replaced by our own, which note what was asked and
pass it on; so it is the real SQLite, with the real ledger above it, that meets the fault.

    with Disk() as disk:
        ...                                 # the ledger opens its files as always
        disk.fail_at(3, FULL)               # the third write from now, and all after it, find no room
        for image in disk.images(rng):      # what may be on the platters after a loss of power

What a loss of power leaves is what was synced, and of each file's later writes any part: none, all, some, or one that
stops within a sector. That is harsher than most disks, and what POSIX promises.
"""

import ctypes
import random
import sys
import threading
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast, pointer
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import wallet.ledger.database  # noqa: F401 - loads the SQLite that is looked for here

FULL, READ_ONLY = 13, 8
CANNOT_WRITE, CANNOT_SYNC, CANNOT_READ = 10 | 3 << 8, 10 | 4 << 8, 10 | 1 << 8
"""Result codes of https://sqlite.org/rescode.html"""

SECTOR = 512

_OK = 0
_TABLE = 18  # functions of sqlite3_io_methods, version 3, after its version
_CLOSE, _READ, _WRITE, _TRUNCATE, _SYNC = range(5)

_Reading = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncating = CFUNCTYPE(c_int, c_void_p, c_int64)
_Syncing = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(Structure):
    """sqlite3_io_methods"""

    _fields_ = (("version", c_int), ("table", c_void_p * _TABLE))


class _File(Structure):
    """sqlite3_file: the beginning of whatever the real one keeps."""

    _fields_ = (("methods", POINTER(_Methods)),)


class _Vfs(Structure):
    """sqlite3_vfs, up to what is replaced; the rest is kept as it is."""


_Opening = CFUNCTYPE(c_int, POINTER(_Vfs), c_void_p, POINTER(_File), c_int, c_void_p)
_Deleting = CFUNCTYPE(c_int, POINTER(_Vfs), c_char_p, c_int)
_Vfs._fields_ = (
    ("version", c_int),
    ("file_size", c_int),
    ("longest_path", c_int),
    ("next", c_void_p),
    ("name", c_char_p),
    ("own", c_void_p),
    ("open", c_void_p),
    ("delete", c_void_p),
    ("rest", c_void_p * 14),
)


def library() -> Any | None:
    """The SQLite that the ledger uses, where its functions can be called from here; else None."""
    native = sys.modules.get("pysqlite3._sqlite3") or sys.modules["_sqlite3"]
    try:
        found = ctypes.CDLL(native.__file__)
        found.sqlite3_vfs_find.restype = POINTER(_Vfs)
    except (AttributeError, OSError):
        return None
    found.sqlite3_vfs_register.argtypes = (POINTER(_Vfs), c_int)
    found.sqlite3_vfs_unregister.argtypes = (POINTER(_Vfs),)
    return found


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done to a file, by its name without the folder."""

    file: str
    kind: Literal["write", "truncate", "sync", "delete"]
    offset: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """Stands between SQLite and the files while it is entered; for one test at a time."""

    done: list[Done] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _countdown: int | None = None
    _code: int = _OK
    _only: str = ""

    def __enter__(self) -> "Disk":
        self._library = library()
        assert self._library is not None, "the caller has looked before"
        self._real = self._library.sqlite3_vfs_find(None)
        self._tables: dict[int, tuple[_Methods, _Methods, list[object]]] = {}
        copied = _Vfs.from_buffer_copy(self._real.contents)
        copied.name = b"remembering"
        self._open, self._delete = _Opening(self._opened), _Deleting(self._deleted)
        copied.open, copied.delete = cast(self._open, c_void_p), cast(self._delete, c_void_p)
        self._vfs = copied
        self._real_open = _Opening(self._real.contents.open)
        self._real_delete = _Deleting(self._real.contents.delete)
        self._library.sqlite3_vfs_register(pointer(self._vfs), 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._library.sqlite3_vfs_register(self._real, 1)
        self._library.sqlite3_vfs_unregister(pointer(self._vfs))

    # --- failing ------------------------------------------------------------------------------------------

    def fail_at(self, number: int, code: int, *, only: str = "") -> None:
        """Let the write or sync of that number from now, and every one after it, end in this code.

        `only` is the end of a file's name, such as `-wal`, where the others go on working.
        """
        with self._lock:
            self._countdown, self._code, self._only = number, code, only

    def synced(self, name: str) -> None:
        """Note that a file was synced past SQLite, by the system's own call."""
        with self._lock:
            self.done.append(Done(name, "sync"))

    def heal(self) -> bool:
        """Work again; whether it had failed meanwhile."""
        with self._lock:
            failed = self._countdown is not None and self._countdown <= 0
            self._countdown = None
            return failed

    def _fails(self, name: str, *, syncing: bool = False) -> int:
        if self._countdown is None or not name.endswith(self._only):
            return _OK
        if self._code == CANNOT_SYNC and not syncing:
            return _OK
        self._countdown -= 1
        return self._code if self._countdown <= 0 else _OK

    # --- what SQLite calls --------------------------------------------------------------------------------

    def _opened(self, _vfs: object, path: int | None, file: Any, flags: int, out: int | None) -> int:
        result = self._real_open(self._real, path, file, flags, out)
        if result == _OK and file.contents.methods and path:
            name = Path(ctypes.string_at(path).decode()).name
            with self._lock:
                self._names[ctypes.addressof(file.contents)] = name
                file.contents.methods = pointer(self._table_like(file.contents.methods))
        return int(result)

    def _deleted(self, _vfs: object, path: bytes, sync: int) -> int:
        with self._lock:
            result = self._real_delete(self._real, path, sync)
            if result == _OK:
                self.done.append(Done(Path(path.decode()).name, "delete"))
            return int(result)

    def _table_like(self, real: Any) -> _Methods:
        """The real file's table with our functions in it; one for each kind of file there is."""
        address = ctypes.addressof(real.contents)
        if address not in self._tables:
            table = _Methods.from_buffer_copy(real.contents)
            write = _Reading(real.contents.table[_WRITE])
            truncate = _Truncating(real.contents.table[_TRUNCATE])
            sync = _Syncing(real.contents.table[_SYNC])

            def writing(file: int, data: int, size: int, offset: int) -> int:
                with self._lock:
                    name = self._names[file]
                    if code := self._fails(name):
                        return code
                    result = write(file, data, size, offset)
                    if result == _OK:
                        self.done.append(Done(name, "write", offset, ctypes.string_at(data, size)))
                    return int(result)

            def truncating(file: int, size: int) -> int:
                with self._lock:
                    name = self._names[file]
                    if code := self._fails(name):
                        return code
                    result = truncate(file, size)
                    if result == _OK:
                        self.done.append(Done(name, "truncate", size))
                    return int(result)

            def syncing(file: int, flags: int) -> int:
                with self._lock:
                    name = self._names[file]
                    if code := self._fails(name, syncing=True):
                        return code
                    result = sync(file, flags)
                    if result == _OK:
                        self.done.append(Done(name, "sync"))
                    return int(result)

            ours = [_Reading(writing), _Truncating(truncating), _Syncing(syncing)]
            for place, function in zip((_WRITE, _TRUNCATE, _SYNC), ours, strict=True):
                table.table[place] = cast(function, c_void_p).value
            self._tables[address] = (table, real.contents, ours)
        return self._tables[address][0]


# --- losing power -----------------------------------------------------------------------------------------


@dataclass
class _Platter:
    """One file: what is surely there, and what was done to it since."""

    kept: bytearray | None
    later: list[Done] = field(default_factory=list)

    def settled(self, part: Callable[[list[Done]], list[Done]]) -> bytes | None:
        content = None if self.kept is None else bytearray(self.kept)
        for done in part(self.later):
            content = _after(content, done)
        return None if content is None else bytes(content)


def _after(content: bytearray | None, done: Done) -> bytearray | None:
    if done.kind == "delete":
        return None
    content = bytearray() if content is None else content
    if done.kind == "write":
        end = done.offset + len(done.data)
        if len(content) < end:
            content.extend(bytes(end - len(content)))
        content[done.offset : end] = done.data
    elif done.kind == "truncate":
        del content[done.offset :]
    return content


Leave = Literal["nothing", "everything", "some", "torn"]
LEAVINGS: tuple[Leave, ...] = ("nothing", "everything", "some", "torn")


class PowerLoss:
    """Goes through what was done, one thing at a time, and tells what a loss of power there may leave."""

    def __init__(self, before: dict[str, bytes], done: list[Done]) -> None:
        self._platters = {name: _Platter(bytearray(content)) for name, content in before.items()}
        self._done = done
        self.reached = 0

    def forward(self, to: int) -> None:
        """As far as the first `to` things that were done."""
        for done in self._done[self.reached : to]:
            platter = self._platters.setdefault(done.file, _Platter(None))
            if done.kind == "sync":
                platter.kept = None if (kept := platter.settled(list)) is None else bytearray(kept)
                platter.later.clear()
            else:
                platter.later.append(done)
        self.reached = to

    def image(self, leave: Leave, rng: random.Random) -> dict[str, bytes]:
        """The files as they may be found, by name."""
        found = {
            name: platter.settled(lambda later: _part(later, leave, rng))
            for name, platter in self._platters.items()
        }
        return {name: content for name, content in found.items() if content is not None}


def _part(later: list[Done], leave: Leave, rng: random.Random) -> list[Done]:
    match leave:
        case "nothing":
            return []
        case "everything":
            return later
        case "some":
            return [done for done in later if rng.random() < 0.5]
        case "torn":
            if not later:
                return []
            until = rng.randrange(len(later))
            cut = later[until]
            sectors = rng.randrange(len(cut.data) // SECTOR + 1)
            return [*later[:until], Done(cut.file, cut.kind, cut.offset, cut.data[: sectors * SECTOR])]


def files_in(folder: Path) -> dict[str, bytes]:
    """What is in a folder, without the index of the write-ahead log, which is memory."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith("-shm")
    }


def put(image: dict[str, bytes], folder: Path) -> Path:
    """The image as files of a new folder."""
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    return folder
