"""A backup: two files, because one of them may be kept for decades and the other must not.

    saturday.backup         the ledger as it was at one moment, the portfolios, and the lists of issuers
    saturday.backup.keys    the keystore and the learners' keys

What the ledger says of a learner is sealed under her own key. Whoever keeps the first file keeps noise about her once
she is erased, as long as no copy of her key is left: so the second file's copies are thrown away after the days that
were promised. Without its passphrase it opens nothing.

Each is a ZIP whose last member tells of all the others, and by which a damaged file is told from a whole one:

    {"format": "learner-credit-wallet/backup/1", "part": "ledger", "madeAt": "2026-06-30T09:00:00Z",
     "registry": "did:key:z6Mk…", "events": 1204,
     "files": {"wallet.sqlite": {"bytes": 401408, "sha256": "9f86d0…"}, "portfolios/7f9a…/5d41….sealed": {…}}}

That is no protection from whoever can write the file. It is the audit, after a restore, that shows whether the ledger
is the one that was signed.
"""

import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import IO, Annotated, Final, Literal

import msgspec

from domain import registry as registries
from keys.did import did_key
from wallet import streams
from wallet.errors import WalletError
from wallet.files import sync_folder
from wallet.ledger.database import Database
from wallet.ledger.ledger import Ledger
from wallet.ledger.migrate import LEARNER_KEYS, LEDGER, refuse_unready
from wallet.settings import Settings
from wallet.trusting import NoLearnerKeys

_MANIFEST: Final = "manifest.json"
_LARGEST_MANIFEST: Final = 256 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}")
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    msgspec.MsgspecError,
)
"""What reading a ZIP that is none, or that was changed, can raise."""


class BackupRefused(WalletError):
    """No backup, or a damaged one; or a place where none may be written."""


class Part(StrEnum):
    LEDGER = "ledger"
    KEYS = "keys"


_MEMBERS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.LEDGER: (LEDGER.file, "portfolios", "trust"),
    Part.KEYS: (LEARNER_KEYS.file, "keystore.json", "tls-certificate.pem", "tls-key.pem"),
}
"""What each part holds: files and folders of a home, the first of them always."""


class _File(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a part says of itself."""

    format: Literal["learner-credit-wallet/backup/1"]
    part: Part
    made_at: Annotated[datetime, msgspec.Meta(tz=True)]
    registry: str
    """The did:key under which the ledger was opened: which wallet this is a backup of."""
    events: int
    """How many events the ledger's copy holds; the keys are at least as new."""
    files: dict[str, _File]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """Both files, and what is in them."""

    ledger: Path
    keys: Path
    registry: str
    events: int
    files: int


def keys_beside(file: Path) -> Path:
    """Where the keys of a backup lie, unless somebody has put them elsewhere."""
    return Path(f"{file}.keys")


def back_up(settings: Settings, file: Path, *, at: datetime) -> BackedUp:
    """Copy a wallet while it is used, into `file` and the keys beside it; neither is there before it is whole.

    The ledger is copied first and the keys last: whoever is in the ledger's copy has a key in the other. No
    passphrase is needed, and nothing that was sealed is opened.

    Refuses: BackupRefused (a file is there already), NotMigrated, NotALedger, StorageUnavailable, OSError.
    """
    keys = keys_beside(file)
    if settings.url:
        raise BackupRefused(
            "The ledger lies on a PostgreSQL server, which is backed up by tools of its own; "
            "docs/operations.md says which, and how the keys in the wallet's folder are."
        )
    for path in (file, keys):
        if path.exists():
            raise BackupRefused(f"{path} is there already, and a backup is never written over.")
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent} to write a backup to.")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as scratch:
        aside = Path(scratch)
        for kind in (LEDGER, LEARNER_KEYS):
            with Database(settings.home / kind.file) as database:
                refuse_unready(database, kind)
                database.copy_to(aside / kind.file)
        with Ledger(aside / LEDGER.file, NoLearnerKeys()) as copied:
            registry = did_key(registries.fold(copied.history(streams.REGISTRY).events).keys[0])
            events = copied.last_sequence()
        packed = 0
        for part, path in ((Part.LEDGER, file), (Part.KEYS, keys)):
            about = Manifest(
                format="learner-credit-wallet/backup/1",
                part=part,
                made_at=at,
                registry=registry,
                events=events,
                files={},
            )
            packed += _pack(aside / path.name, about, _members(settings, part, aside))
        for path in (keys, file):  # the ledger last: where it is, its keys are
            (aside / path.name).rename(path)
        sync_folder(file.parent)
    return BackedUp(file, keys, registry, events, packed)


def read_manifest(file: Path, part: Part) -> Manifest:
    """What a file says of itself. Raises BackupRefused where it is not that part of a backup."""
    with _opened(file) as archive:
        return _manifest(archive, file, part)


def unpack(file: Path, part: Part, home: Path) -> Manifest:
    """Put what the file holds into `home`, an empty folder. Raises BackupRefused where anything is not as it was."""
    with _opened(file) as archive:
        manifest = _manifest(archive, file, part)
        for name, expected in manifest.files.items():
            path = home / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(name) as packed, _new_file(path) as unpacked:
                found = _copy(packed, unpacked, most=expected.bytes + 1)
            if found != expected:
                raise BackupRefused(f"{file} is damaged: {name} in it is not what was backed up.")
        return manifest


def _members(settings: Settings, part: Part, aside: Path) -> Iterator[tuple[str, Path]]:
    """Name and place of each file: the databases as copied, the others as they are."""
    for member in _MEMBERS[part]:
        copied, own = aside / member, settings.home / member
        if copied.exists():
            yield member, copied
        elif own.is_file():
            yield member, own
        elif own.is_dir():
            for path in sorted(own.rglob("*")):
                name = path.relative_to(settings.home).as_posix()
                if path.is_file() and _NAME.fullmatch(name):
                    yield name, path


def _pack(path: Path, about: Manifest, members: Iterable[tuple[str, Path]]) -> int:
    """Write one part, on the disk when this returns; how many files are in it."""
    files: dict[str, _File] = {}
    with _new_file(path) as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, source in members:
                try:
                    opened = source.open("rb")
                except FileNotFoundError:
                    continue  # taken away since it was listed, as a learner's documents are when she is erased
                with opened, archive.open(_entry(name, about.made_at), "w", force_zip64=True) as packed:
                    files[name] = _copy(opened, packed)
            manifest = msgspec.structs.replace(about, files=files)
            archive.writestr(_entry(_MANIFEST, about.made_at), msgspec.json.encode(manifest))
        target.flush()
        os.fsync(target.fileno())
    return len(files)


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _copy(source: IO[bytes], target: IO[bytes], *, most: int | None = None) -> _File:
    """What was copied: of a source that is longer than `most` bytes, no more than that."""
    digest, length = sha256(), 0
    while chunk := source.read(_CHUNK if most is None else min(_CHUNK, most - length)):
        target.write(chunk)
        digest.update(chunk)
        length += len(chunk)
    return _File(length, digest.hexdigest())


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner may read, where there is none yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive. What it raises while it is read is said as one refusal."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except BackupRefused:
        raise
    except FileNotFoundError as error:
        raise BackupRefused(f"There is no file {file}.") from error
    except IsADirectoryError as error:
        raise BackupRefused(f"{file} is a folder, and no backup.") from error
    except _BROKEN as error:
        raise BackupRefused(f"{file} is no backup of a wallet, or a damaged one.") from error


def _manifest(archive: zipfile.ZipFile, file: Path, part: Part) -> Manifest:
    with archive.open(_MANIFEST) as member:
        manifest = msgspec.json.decode(member.read(_LARGEST_MANIFEST), type=Manifest)
    if manifest.part is not part:
        raise BackupRefused(
            f"{file} is the part of a backup with the {manifest.part}, and the part with the {part} is wanted."
        )
    within = tuple(_MEMBERS[part])
    names = sorted(archive.namelist())
    sound = (
        names == sorted([*manifest.files, _MANIFEST])
        and within[0] in manifest.files
        and all(_NAME.fullmatch(name) and name.split("/")[0] in within for name in manifest.files)
    )
    if not sound:
        raise BackupRefused(f"{file} is damaged: it does not hold the files that it says it does.")
    return manifest
