from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.world import Door, a_door
from tests.offices import an_office


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with an_office(tmp_path) as office:
        yield a_door(office)
