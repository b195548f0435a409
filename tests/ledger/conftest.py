"""An open, empty ledger for every test that asks for one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import eventsourcing.cryptography
import pytest

from tests.ledger.world import open_ledger
from wallet.ledger.ledger import Ledger

# The library's conformance cases import a cipher made with PyCryptodome, for a mapper's case that is not ours
# to run. The library has the same class made with `cryptography`, which is here.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as ledger:
        yield ledger
