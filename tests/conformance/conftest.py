from collections.abc import Iterator

import pytest

from api.app import create_app
from tests.api.world import Knocker
from tests.conformance.world import ADDRESS, NOW, Server
from tests.offices import an_office
from wallet.open_issuers import OpenIssuers


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all: nothing that is asked changes it."""
    with an_office(tmp_path_factory.mktemp("open")) as office:
        issuers = OpenIssuers(ADDRESS, NOW)
        yield Server(Knocker(create_app(office, open_issuers=issuers), address=issuers.address), issuers)
