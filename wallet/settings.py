"""Where a wallet lives on disk, and how its passphrase reaches us."""

import os
from dataclasses import dataclass
from pathlib import Path

from wallet.errors import NoPassphrase

HOME = "WALLET_HOME"
ERASURES = "WALLET_ERASURES"
PASSPHRASE = "WALLET_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSPHRASE_FILE = "WALLET_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Settings:
    """The folder that holds everything: the ledger, the learners' keys and the keystore.

    The learners' keys are a file apart, so that its backups can be kept for a shorter time than the ledger's:
    a person is forgotten when her key is gone from every copy.
    """

    home: Path

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(Path(os.environ.get(HOME, ".wallet")))

    @property
    def ledger(self) -> Path:
        return self.home / "wallet.sqlite"

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
