"""Restoring a wallet from its backup: into an empty place, and proved before it is there.

Everything is unpacked aside, opened with the passphrase, and audited from the first event; only a ledger that holds
is moved to where the wallet lives. Whatever fails, the place stays as empty as it was.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keys.errors import UnknownKey
from wallet import bootstrap
from wallet.auditing import AuditReport, audit
from wallet.backup import BackupRefused, Part, keys_beside, read_manifest, unpack
from wallet.erasing import replay
from wallet.errors import LedgerDamaged, NoLearnerKey
from wallet.files import sync_folder
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.settings import DATABASE, Settings
from wallet.transparency.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Restored:
    """A wallet that is in its place again, and the audit that it was proved by."""

    made_at: datetime
    """When the backup was made: what was recorded later is not in it."""
    report: AuditReport
    erased_again: int
    """Learners who were erased since the backup was made, and are so again."""


def restore(
    settings: Settings,
    file: Path,
    passphrase: bytes,
    *,
    at: datetime,
    erasures: bytes,
    keys: Path | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Restored:
    """Put a backup where the settings say that the wallet lives, and audit it. `keys` are beside it if not named.

    `erasures` is the list of those who were erased, as this wallet kept it; empty where nobody ever was. Each of them
    whom the backup knows is erased again, before anybody can look. `checkpoint` is one of the log's that was kept
    elsewhere: a backup that lacks any of its events is refused.

    Refuses: BackupRefused (something is there already; no backup, or a damaged one; a ledger that does not hold),
    ErasureRefused (the list holds what is none), WrongPassphrase, NewerDatabase, StorageUnavailable, OSError.
    """
    if settings.database:
        raise BackupRefused(
            f"{DATABASE} is set, and a backup is restored to a file: take it away, and move the ledger afterwards."
        )
    keys = keys or keys_beside(file)
    home = settings.home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupRefused(f"There is something in {home} already, and nothing is ever restored over it.")
    of_ledger, of_keys = read_manifest(file, Part.LEDGER), read_manifest(keys, Part.KEYS)
    if of_ledger.registry != of_keys.registry:
        raise BackupRefused(f"{keys} holds the keys of another wallet than the one in {file}.")
    home.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{home.name}.restoring-", dir=home.parent))
    try:
        unpack(file, Part.LEDGER, aside)
        unpack(keys, Part.KEYS, aside)
        report, erased = _prove(Settings(aside, database=""), passphrase, erasures, at, checkpoint, progress)
        os.sync()  # many files: one wait for all of them
        aside.rename(home)
        sync_folder(home.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Restored(of_ledger.made_at, report, erased)


def _prove(
    settings: Settings,
    passphrase: bytes,
    erasures: bytes,
    at: datetime,
    checkpoint: Checkpoint | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[AuditReport, int]:
    """The audit of a wallet that holds, and how many were erased from it again. Raises BackupRefused for any other."""
    bootstrap.migrate(settings)
    with Office.open(settings, passphrase) as office:
        try:
            erased = replay(office, erasures, at=at)
            report = audit(
                office.ledger, checkpoint=checkpoint, of_a_backup=True, views=VIEWS, progress=progress
            )
            if report.holds:
                office.registry_signer()
                office.follower.catch_up()
        except (UnknownKey, NoLearnerKey) as error:
            raise BackupRefused(f"The keys are older than the ledger: {error}") from error
        except LedgerDamaged as error:
            raise BackupRefused(f"The backup was not restored. {error}") from error
    if report.finding is not None:
        raise BackupRefused(f"The backup was not restored. {report.finding}")
    return report, erased
