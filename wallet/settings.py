"""Where a wallet lives on disk, and how its passphrase reaches us."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import InvalidValue
from wallet.errors import NoPassphrase
from wallet.files import replace_file

HOME = "WALLET_HOME"
ERASURES = "WALLET_ERASURES"
DATABASE = "WALLET_DATABASE_URL"
PASSPHRASE = "WALLET_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE = "WALLET_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
DEBUG = "WALLET_DEBUG"
"""Set to anything, errors are told with all that they say, which may be about a person."""
METRICS = "WALLET_METRICS"
SCHEMES = ("postgresql://", "postgres://")
_URL = "database-url"


@dataclass(frozen=True, slots=True)
class Settings:
    """The folder that holds everything: the ledger, the learners' keys and the keystore.

    The learners' keys are a file apart, so that its backups can be kept for a shorter time than the ledger's:
    a person is forgotten when her key is gone from every copy.
    """

    home: Path
    database: str = field(default_factory=lambda: os.environ.get(DATABASE, ""), repr=False)
    """`postgresql://…`: the ledger lies there, and the rest in the folder. Empty: where the folder says (`use`)."""

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(Path(os.environ.get(HOME, ".wallet")))

    @property
    def ledger(self) -> Path | str:
        """The ledger's file, or its URL."""
        return self.url or self.file

    @property
    def file(self) -> Path:
        """Where the ledger lies that lies in no server."""
        return self.home / "wallet.sqlite"

    @property
    def url(self) -> str:
        """The URL of the ledger's database; empty where it is the file. Raises InvalidValue for what is no such URL."""
        try:
            url = self.database or (self.home / _URL).read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""
        if not url.startswith(SCHEMES):
            where = DATABASE if self.database else self.home / _URL
            raise InvalidValue(f"{where} does not hold the URL of a PostgreSQL database: postgresql://…")
        return url

    def use(self, url: str) -> None:
        """Note in the folder where its ledger lies from now on: a URL, or nothing for the file."""
        note = self.home / _URL
        if url:
            replace_file(note, url.encode())
        else:
            note.unlink(missing_ok=True)

    @property
    def learner_keys(self) -> Path:
        return self.home / "learner-keys.sqlite"

    @property
    def portfolios(self) -> Path:
        """Learners' documents, each sealed with its learner's key: of no use once she is erased."""
        return self.home / "portfolios"

    @property
    def erasures(self) -> Path:
        """Receipts of erasures, one on each line; in no backup, and best kept on another disk (WALLET_ERASURES).

        A restored backup is as old as it is: this list tells whom to erase from it again.
        """
        return Path(os.environ.get(ERASURES) or self.home / "erasures.jsonl")

    @property
    def keystore(self) -> Path:
        return self.home / "keystore.json"


def metrics_are_public() -> bool:
    """Whether WALLET_METRICS says `public`; else the numbers at `/metrics` are the registry's own."""
    return os.environ.get(METRICS) == "public"


def passphrase_from_environment() -> bytes | None:
    """The passphrase from WALLET_PASSPHRASE, or from the file that WALLET_PASSPHRASE_FILE names; None if neither.

    A trailing line end in the file is not part of the passphrase. Raises NoPassphrase where the file cannot be
    read or is empty.
    """
    if text := os.environ.get(PASSPHRASE):
        return text.encode()
    if name := os.environ.get(PASSPHRASE_FILE):
        try:
            passphrase = Path(name).read_bytes().rstrip(b"\r\n")
        except OSError as error:
            raise NoPassphrase(f"The passphrase file {name} cannot be read: {error.strerror}.") from error
        if not passphrase:
            raise NoPassphrase(f"The passphrase file {name} is empty.")
        return passphrase
    return None
