"""One office for each test, with a university in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.offices import a_unit, a_university, an_office
from wallet.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        yield office
