"""Private keys at rest: one file that is of no use without its passphrase.

    {"format": "learner-credit-wallet/keystore/1",
     "argon2id": {"memory_kib": 65536, "iterations": 3, "lanes": 4, "salt": "u…"},
     "master": "u…",                                     the master key, sealed under the passphrase
     "keys": {"institution/aitu/key-1": {"did": "did:key:z6Mk…", "created": "2026-06-30T09:00:00+00:00",
                                         "seed": "u…"}},  sealed under the master key, for that name
     "mac": "u…",                                         over all of the above, by the master key
     "sha256": "u…"}                                      over all of the above, by nobody

The passphrase (Argon2id, RFC 9106) opens only the master key, so a new passphrase leaves everything else as
it is, what was wrapped elsewhere included. The hash tells a damaged file from a wrong passphrase before the
passphrase is tried; the mac tells whether someone who can write the file has taken a key out or renamed one.
Neither shows that the whole file was put back to an older, sound state.

Changes are written to a new file, flushed, and put in place of the old one under a lock: after a crash there
is the old file or the new, and two processes do not lose each other's keys. POSIX only, for the lock.
"""

import fcntl
import hmac
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from keys.canonical import canonicalize
from keys.errors import (
    InvalidKey,
    KeyExists,
    KeysError,
    KeystoreDamaged,
    KeystoreError,
    SealBroken,
    UnknownKey,
    WrongPassphrase,
)
from keys.multikey import from_multibase, to_multibase
from keys.sealing import KEY_BYTES, DataKey
from keys.signing import Ed25519Signer
from keys.strict_json import parse

__all__ = ["Argon2Params", "KeyInfo", "Keystore"]

_FORMAT: Final = "learner-credit-wallet/keystore/1"
_SALT_BYTES: Final = 16
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(?:/[a-z0-9][a-z0-9.-]*)*", re.ASCII)
_LONGEST_NAME: Final = 200
_FOR_THE_MASTER_KEY: Final = b"learner-credit-wallet keystore master key"
_FOR_A_SIGNING_KEY: Final = b"learner-credit-wallet keystore signing key\0"


@dataclass(frozen=True, slots=True)
class Argon2Params:
    """What one guess at the passphrase costs: memory in KiB, passes over it, threads at once (RFC 9106).

    The default takes about a tenth of a second. Raises KeystoreError for a cost out of all reason.
    """

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        # The ceiling is for files: whoever can write one must not make us use up the machine to read it.
        in_bounds = (
            1 <= self.lanes <= 64
            and 1 <= self.iterations <= 64
            and 8 * self.lanes <= self.memory_kib <= 1024 * 1024
            and self.memory_kib * self.iterations <= 4 * 1024 * 1024
        )
        if not in_bounds:
            raise KeystoreError("The cost set for guessing the passphrase is outside of what we allow.")


_DEFAULT: Final = Argon2Params()


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What is known of a key without using it."""

    name: str
    did: str
    created: datetime | None


class _MasterKey:
    """The key behind every other use, each with a key of its own (HKDF, RFC 5869)."""

    __slots__ = ("_mac", "raw", "seeds", "wraps")

    def __init__(self, raw: bytes) -> None:
        self.raw: Final = raw
        self.seeds: Final = DataKey(self._derived(b"seeds"))
        self.wraps: Final = DataKey(self._derived(b"wraps"))
        self._mac: Final = self._derived(b"mac")

    def mac(self, message: bytes) -> bytes:
        return hmac.digest(self._mac, message, "sha256")

    def _derived(self, use: bytes) -> bytes:
        return HKDFExpand(SHA256(), KEY_BYTES, info=b"learner-credit-wallet keystore " + use).derive(self.raw)


@dataclass(frozen=True, slots=True)
class _Entry:
    did: str
    created: datetime | None
    seed: bytes
    """Sealed."""


@dataclass(frozen=True, slots=True)
class _Content:
    """The file, read and found to be of the right shape."""

    params: Argon2Params
    salt: bytes
    master: bytes
    """Sealed."""
    entries: dict[str, _Entry]
    mac: bytes


class Keystore:
    """An opened keystore. Keys that other processes add become visible when they are asked for."""

    def __init__(self, path: Path, master: _MasterKey, content: _Content) -> None:
        """Use `create` or `open`."""
        self._path = path
        self._master = master
        self._content = content
        self._signers: dict[str, Ed25519Signer] = {}

    @classmethod
    def create(cls, path: Path, passphrase: bytes, *, params: Argon2Params = _DEFAULT) -> Self:
        """A new, empty keystore. Raises KeystoreError: there is one already, or the passphrase is empty."""
        master = _MasterKey(os.urandom(KEY_BYTES))
        salt = os.urandom(_SALT_BYTES)
        sealed = _key_of_passphrase(passphrase, salt, params).seal(master.raw, _FOR_THE_MASTER_KEY)
        content = _Content(params, salt, sealed, {}, b"")
        with _locked(path):
            if path.exists():
                raise KeystoreError(f"There is a keystore at {path} already.")
            return cls(path, master, _write(path, content, master))

    @classmethod
    def open(cls, path: Path, passphrase: bytes) -> Self:
        """Raises WrongPassphrase; KeystoreDamaged; KeystoreError when there is none."""
        content = _read(path)
        try:
            raw = _key_of_passphrase(passphrase, content.salt, content.params).open(
                content.master, _FOR_THE_MASTER_KEY
            )
        except SealBroken:
            raise WrongPassphrase("The passphrase does not open the keystore.") from None
        master = _MasterKey(raw)
        _check_mac(content, master)
        return cls(path, master, content)

    def new_signing_key(self, name: str, *, created: datetime | None = None) -> Ed25519Signer:
        """Make a key and keep it under a name such as `institution/aitu/key-1`. Raises KeyExists.

        `created` is the time to write beside it; it is for people, and decides nothing. Raises ValueError
        when it has no time zone.
        """
        if created is not None and created.tzinfo is None:
            raise ValueError("A key's time of creation needs a time zone.")
        if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
            raise KeystoreError(
                f"A key cannot be named {name[:_LONGEST_NAME]!r}: lower-case words with / between."
            )
        signer = Ed25519Signer.generate()
        sealed = self._master.seeds.seal(signer.seed, _FOR_A_SIGNING_KEY + name.encode())
        entry = _Entry(signer.public.did, created, sealed)
        with _locked(self._path):
            content = self._reread()
            if name in content.entries:
                raise KeyExists(f"The keystore already holds a key named {name}.")
            more = replace(content, entries={**content.entries, name: entry})
            self._content = _write(self._path, more, self._master)
        self._signers[name] = signer
        return signer

    def signer(self, name: str) -> Ed25519Signer:
        """The signer of that name. Raises UnknownKey."""
        signer = self._signers.get(name)
        if signer is None:
            signer = self._signers[name] = self._opened(name)
        return signer

    def names(self) -> list[KeyInfo]:
        """Every key there is now, by name."""
        self._content = self._reread()
        entries = sorted(self._content.entries.items())
        return [KeyInfo(name, entry.did, entry.created) for name, entry in entries]

    def wrap(self, plaintext: bytes, associated: bytes) -> bytes:
        """Seal something kept elsewhere, such as a learner's key, for the place `associated` names."""
        return self._master.wraps.seal(plaintext, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """What was wrapped. Raises SealBroken."""
        return self._master.wraps.open(wrapped, associated)

    def change_passphrase(self, new: bytes, *, params: Argon2Params | None = None) -> None:
        """From now on only `new` opens the file. What was wrapped stays readable.

        Copies of the old file still open with the old passphrase, and hold the same keys.
        """
        salt = os.urandom(_SALT_BYTES)
        with _locked(self._path):
            content = self._reread()
            cost = params or content.params
            sealed = _key_of_passphrase(new, salt, cost).seal(self._master.raw, _FOR_THE_MASTER_KEY)
            changed = replace(content, params=cost, salt=salt, master=sealed)
            self._content = _write(self._path, changed, self._master)

    def _opened(self, name: str) -> Ed25519Signer:
        if name not in self._content.entries:
            self._content = self._reread()
        entry = self._content.entries.get(name)
        if entry is None:
            raise UnknownKey(f"The keystore holds no key named {name[:_LONGEST_NAME]!r}.")
        try:
            signer = Ed25519Signer.from_seed(
                self._master.seeds.open(entry.seed, _FOR_A_SIGNING_KEY + name.encode())
            )
        except (SealBroken, InvalidKey) as error:
            raise KeystoreDamaged(f"The key named {name} in the keystore was changed.") from error
        if signer.public.did != entry.did:
            raise KeystoreDamaged(f"The key named {name} in the keystore is not the one it says.")
        return signer

    def _reread(self) -> _Content:
        """The file as it is now; under the same master key, whatever its passphrase has become."""
        content = _read(self._path)
        _check_mac(content, self._master)
        return content

    def __repr__(self) -> str:
        return f"Keystore({self._path})"


def _key_of_passphrase(passphrase: bytes, salt: bytes, params: Argon2Params) -> DataKey:
    if not passphrase:
        raise KeystoreError("The passphrase is empty.")
    argon2id = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=params.iterations,
        lanes=params.lanes,
        memory_cost=params.memory_kib,
    )
    return DataKey(argon2id.derive(passphrase))


def _check_mac(content: _Content, master: _MasterKey) -> None:
    if not hmac.compare_digest(content.mac, master.mac(canonicalize(_outline(content)))):
        raise KeystoreDamaged("The keystore was changed by someone who does not hold its master key.")


def _outline(content: _Content) -> dict[str, Any]:
    """What the mac covers, as the file has it."""
    return {
        "format": _FORMAT,
        "argon2id": {**asdict(content.params), "salt": to_multibase(content.salt, "u")},
        "master": to_multibase(content.master, "u"),
        "keys": {
            name: {
                "did": entry.did,
                "created": None if entry.created is None else entry.created.astimezone(UTC).isoformat(),
                "seed": to_multibase(entry.seed, "u"),
            }
            for name, entry in content.entries.items()
        },
    }


def _write(path: Path, content: _Content, master: _MasterKey) -> _Content:
    """Put the content in place of the file, whole or not at all; answers what is then there.

    The caller holds the lock.
    """
    outline = _outline(content)
    mac = master.mac(canonicalize(outline))
    outline["mac"] = to_multibase(mac, "u")
    outline["sha256"] = to_multibase(sha256(canonicalize(outline)).digest(), "u")
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # a file left by a crash keeps its mode
        file.write(json.dumps(outline, indent=2).encode() + b"\n")
        file.flush()
        os.fsync(descriptor)
    new.replace(path)
    # The name is as precious as the content: without this, a power loss may bring the old file back.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return replace(content, mac=mac)


def _read(path: Path) -> _Content:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise KeystoreError(f"There is no keystore at {path}.") from None
    try:
        return _content_of(parse(data))
    except (KeysError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise KeystoreDamaged(f"The file at {path} is not a sound keystore.") from error


def _content_of(outline: Any) -> _Content:
    """Any member that is missing or of the wrong type raises; `_read` says that the file is damaged."""
    stated = from_multibase(outline.pop("sha256"))
    if stated != sha256(canonicalize(outline)).digest():
        raise ValueError("the content does not have the hash it states")
    if outline["format"] != _FORMAT:
        raise ValueError("another format, or another version of it")
    cost = outline["argon2id"]
    salt = from_multibase(cost.pop("salt"))
    if len(salt) != _SALT_BYTES:
        raise ValueError("the salt has another length")
    entries = {
        name: _Entry(
            did=entry["did"],
            created=None if entry["created"] is None else datetime.fromisoformat(entry["created"]),
            seed=from_multibase(entry["seed"]),
        )
        for name, entry in outline["keys"].items()
    }
    return _Content(
        Argon2Params(**cost), salt, from_multibase(outline["master"]), entries, from_multibase(outline["mac"])
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the keystore's lock, waiting for it; it also keeps the threads of one process apart."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)  # which lets go of it
