"""The trust lists a reader keeps: a file for each in the folder `trust/` of the home.

    {"format": 1, "kind": "dcc", "name": "DCC Community Registry",
     "source": "https://example.org/registry.json", "gotAt": "2026-06-30T09:00:00Z",
     "sha256": "4f1c…", "anchor": null, "text": "{…the list, exactly as it was got…}"}

Every time, a list is read from its own text, and its signatures are checked anew. No passphrase is asked for, since
nothing here is a secret: whoever may write into the home may also decide whom its owner trusts.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from domain.errors import NotFound
from keys import strict_json
from keys.errors import InvalidKey, MalformedJson
from keys.rsa import RsaPublicKey
from keys.signing import PublicKey
from wallet.files import replace_file
from wallet.settings import Settings
from wallet.trust_lists.federation import FederationKey, key_of_jwk, read_chain
from wallet.trust_lists.known_issuers import LIMITS, read_registry
from wallet.trust_lists.trust_list import (
    GOOD_FOR,
    Kind,
    TrustList,
    TrustListRefused,
    refuse_ended,
    refuse_from_the_future,
    refuse_older,
)

MOST_BYTES: Final = LIMITS.size
_FILE_LIMITS: Final = strict_json.Limits(size=8 * MOST_BYTES)
"""A list inside a file is written with escapes, which can make it longer, six times at the worst."""

_LONGEST_NAME: Final = 100


class KeptTrustList(msgspec.Struct, frozen=True, kw_only=True):
    """A list with where it came from, when, and what exactly was got."""

    list: TrustList
    source: str  # a file's path or an address
    got_at: datetime
    sha256: str

    @property
    def good_until(self) -> datetime:
        """The list's own end; for one that names none, so long after it was got that it has to be got anew."""
        return self.list.expires_at or self.got_at + GOOD_FOR


class _File(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """How a kept list is written."""

    format: Literal[1] = 1
    kind: Kind
    name: str
    source: str
    got_at: Annotated[datetime, msgspec.Meta(tz=True)]
    sha256: str
    anchor: str | None
    text: str


def folder_of(settings: Settings) -> Path:
    """Where the home keeps its trust lists."""
    return settings.home / "trust"


def read_list(
    data: bytes, kind: Kind, *, name: str | None, anchor: FederationKey | None, at: datetime
) -> TrustList:
    """A list of this kind, its signatures checked as of `at`.

    `name` is what the reader calls it: a registry has to be called something, a chain may go by its subject.
    `anchor` is the key the chain has to end at, which the reader has from somewhere else. Raises TrustListRefused.
    """
    if len(data) > MOST_BYTES:
        raise TrustListRefused("too-large", f"A trust list has at most {MOST_BYTES} bytes.")
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise TrustListRefused("no-name", f"A list's name is a line of at most {_LONGEST_NAME} letters.")
    match kind:
        case Kind.DCC if name is None:
            raise TrustListRefused("no-name", "A registry does not say what it is called: give it a name.")
        case Kind.DCC if anchor is not None:
            raise TrustListRefused("not-signed", "Nobody signs a known-issuer registry: it has no anchor.")
        case Kind.DCC:
            assert name is not None, "the first case has seen to it"
            return read_registry(data, name=name)
        case Kind.FEDERATION if anchor is None:
            raise TrustListRefused(
                "no-anchor",
                "A federation is trusted by the key of its anchor: give it, from a source of your own.",
            )
        case Kind.FEDERATION:
            assert anchor is not None, "the case before has seen to it"
            return read_chain(data, anchor=anchor, name=name, at=at)


def kind_of(data: bytes) -> Kind:
    """The kind of a list that came without a word: a registry is a JSON object, a chain is not."""
    return Kind.DCC if data.lstrip()[:1] == b"{" else Kind.FEDERATION


def got_now(
    data: bytes,
    kind: Kind,
    *,
    source: str,
    now: datetime,
    name: str | None = None,
    anchor: FederationKey | None = None,
) -> KeptTrustList:
    """A list that is used once and kept nowhere, so that nobody can say whether it is the newest.

    Raises TrustListRefused for a list that cannot be read, whose signatures do not hold, that has ended, or that is
    from the future.
    """
    new = read_list(data, kind, name=name, anchor=anchor, at=now)
    refuse_from_the_future(new, now)
    refuse_ended(new, now)
    return KeptTrustList(list=new, source=source, got_at=now, sha256=sha256(data).hexdigest())


def add(
    settings: Settings,
    data: bytes,
    kind: Kind,
    *,
    source: str,
    now: datetime,
    name: str | None = None,
    anchor: FederationKey | None = None,
) -> KeptTrustList:
    """Keep a list, in the place of the one of the same name.

    Raises TrustListRefused for a list that cannot be read, whose signatures do not hold, that has ended, that is
    from the future, or that is older than the one it would replace. The kept one then stays.
    """
    new = got_now(data, kind, source=source, now=now, name=name, anchor=anchor).list
    folder = folder_of(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        path = folder / _file_name(new.name)
        if path.exists():
            before = _read(path)
            if before.list.kind is not new.kind:
                raise TrustListRefused("another-kind", f"A list of another kind is kept as {new.name}.")
            refuse_older(new, before.list)
        written = _File(
            kind=kind,
            name=new.name,
            source=source,
            got_at=now,
            sha256=sha256(data).hexdigest(),
            anchor=_written(anchor),
            text=data.decode(),
        )
        replace_file(path, msgspec.json.encode(written))
        return _read(path)


def kept(settings: Settings) -> list[KeptTrustList]:
    """Every list, by name. Raises TrustListRefused where a file is not what was kept."""
    return sorted(
        (_read(path) for path in folder_of(settings).glob("*.json")), key=lambda each: each.list.name
    )


def remove(settings: Settings, name: str) -> None:
    """Trust a list no longer. Raises NotFound."""
    folder = folder_of(settings)
    if not folder.is_dir():
        raise NotFound(f"No trust list is kept as {name}.")
    with _locked(folder):
        try:
            (folder / _file_name(name)).unlink()
        except FileNotFoundError:
            raise NotFound(f"No trust list is kept as {name}.") from None


def _read(path: Path) -> KeptTrustList:
    """A kept list, read anew from its text, as it was when it was got: that it has ended since is another matter."""
    try:
        value: Any = strict_json.parse(path.read_bytes(), limits=_FILE_LIMITS)
        file = msgspec.convert(value, _File)
        anchor = _anchor(file.anchor)
    except (MalformedJson, msgspec.ValidationError, InvalidKey, OSError) as error:
        raise TrustListRefused(
            "damaged", f"The trust list in {path} is damaged; remove it, and add it anew."
        ) from error
    data = file.text.encode()
    if sha256(data).hexdigest() != file.sha256 or path.name != _file_name(file.name):
        raise TrustListRefused("damaged", f"The trust list in {path} is damaged; remove it, and add it anew.")
    return KeptTrustList(
        list=read_list(data, file.kind, name=file.name, anchor=anchor, at=file.got_at),
        source=file.source,
        got_at=file.got_at,
        sha256=file.sha256,
    )


def _file_name(name: str) -> str:
    """Readable, and never the same for two names: `dcc-community-registry-1f2a9c03.json`."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"{slug}-{sha256(name.encode()).hexdigest()[:8]}.json".lstrip("-")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One change at a time: between looking at the kept list and replacing it nobody else may do the same."""
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)  # which lets go of it


def _written(anchor: FederationKey | None) -> str | None:
    """An anchor's key as it is kept: its multikey, or for RSA, which has none, its JSON Web Key."""
    return anchor.jwk if isinstance(anchor, RsaPublicKey) else None if anchor is None else anchor.multikey


def _anchor(text: str | None) -> FederationKey | None:
    """The key that was kept so. Raises InvalidKey, MalformedJson."""
    if text is None or not text.startswith("{"):
        return None if text is None else PublicKey.from_multikey(text)
    jwk = strict_json.parse(text)
    return key_of_jwk(jwk if isinstance(jwk, dict) else {})
