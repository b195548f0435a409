"""An open, empty ledger for every test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.world import open_ledger
from wallet.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as ledger:
        yield ledger
