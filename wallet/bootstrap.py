"""Making a wallet's home: the keystore, the migrated files, and the ledger's first event."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from domain import registry as registries
from domain.errors import InvalidValue
from keys.did import did_web
from keys.errors import InvalidDid, KeyExists
from keys.keystore import Argon2Params, Keystore
from keys.signing import Signer
from wallet import streams
from wallet.ledger.migrate import migrate as migrate_files
from wallet.office import Office, registry_key_name
from wallet.projections import VIEWS
from wallet.settings import Settings


@dataclass(frozen=True, slots=True)
class Opened:
    """A registry that has just been opened; `did` is what a reader of its bundles has to trust."""

    name: str
    base_url: str
    did: str


def host_of(base_url: str) -> str:
    """The host, with its port where there is one, that the DIDs of this wallet are made from.

    `http` is for a machine of one's own: everybody else is told `https`. Raises InvalidValue.
    """
    parts = urlsplit(base_url)
    local = parts.hostname == "localhost"
    plain = parts.path in ("", "/") and not (
        parts.query or parts.fragment or parts.username or parts.password
    )
    if parts.scheme not in (("https", "http") if local else ("https",)) or not plain or not parts.netloc:
        raise InvalidValue(
            f"{base_url} cannot be the wallet's address: it looks like https://records.example, "
            "or http://localhost:8400 on a machine of one's own."
        )
    try:
        did_web(parts.netloc)
    except InvalidDid as error:
        raise InvalidValue(f"{base_url} cannot be the wallet's address: {error}") from error
    return parts.netloc


def migrate(settings: Settings) -> list[str]:
    """Bring the files to what this program needs; the steps that were done. Raises NewerDatabase."""
    return migrate_files(settings.home, VIEWS, database=settings.url)


def create(
    settings: Settings,
    passphrase: bytes,
    *,
    name: str,
    base_url: str,
    at: datetime,
    params: Argon2Params | None = None,
) -> Opened:
    """Make the home and open the registry in it, under a new key.

    Starting again after a crash half-way takes up what is there. Raises AlreadyRegistered where a registry is
    open already, InvalidValue, WrongPassphrase.
    """
    base_url = base_url.rstrip("/")
    host_of(base_url)
    migrate(settings)
    if settings.keystore.exists():
        Keystore.open(settings.keystore, passphrase)
    else:
        Keystore.create(settings.keystore, passphrase, **({"params": params} if params else {}))
    with Office.open(settings, passphrase) as office:
        registry = office.find(streams.REGISTRY, registries.fold)
        signer = _first_key(office.keystore, at)
        event = registries.open_registry(
            registry.state, key=signer.public.multikey, base_url=base_url, name=name, at=at
        )
        office.ledger.save(registry.write(event, signer=signer), at=at)
        return Opened(name=event.name, base_url=base_url, did=signer.public.did)


def _first_key(keystore: Keystore, at: datetime) -> Signer:
    """A crash may have left the key and no event: then that key, which nothing was signed with, is the first."""
    try:
        return keystore.new_signing_key(registry_key_name(1), created=at)
    except KeyExists:
        return keystore.signer(registry_key_name(1))
