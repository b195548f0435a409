"""The OpenAPI document is taken at its word: requests are made from it, good and bad, by callers of every role.

Every answer must be one that the document tells of: its status, its media type, its headers, its schema. Bad
requests are refused, and nothing is ever a fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from fastapi import Request
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from api.pages.tries import Allowed, Tries
from domain.values import learner_id
from tests.api.world import Door, a_door
from tests.offices import NOON, a_credit, a_memorandum, a_unit, an_agreement, an_office
from wallet import issuing

CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            # Some rules are about two members, or about what the ledger holds: no schema can tell of them.
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "422"]
            },
            # A list longer than its schema allows may be longer than any body we read.
            "negative_data_rejection": {
                "expected-statuses": ["400", "401", "403", "404", "405", "409", "413", "415", "422"]
            },
        },
    }
)
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CALLERS = ["anybody", "registry", "university", "learner"]
MAY = {
    "Institutions": "registry",
    "Catalogue": "university",
    "Mobility": "university",
    "Wallets": "university",
    "Credentials": "university",
}
MAY |= {
    "Imports": "learner",
    "Papers": "university",
    "Records": "learner",
    "Recognition": "university",
    "Grades": "university",
    "Advice": "learner",
    "Schemes": "university",
    "Comparison": "university",
    "Frameworks": "learner",
}
"""Who may do most of what stands under each tag; anybody may do the rest."""
EDGES = 40
"""Cases at the edges of its schema that one operation is given, at even distances of all there are."""


class Patient(Tries):
    """Made-up keys are sent all the time here, and each is to be answered by itself."""

    def count(self, request: Request, what: str, allowed: Allowed) -> None:
        pass


@dataclass(frozen=True)
class Ground:
    """The door, its operations, and ids that are really there."""

    door: Door
    operations: list[Any]
    known: dict[str, str]

    def call(self, case: Any, who: str) -> None:
        """Where the case names something by a well-formed id, let it be one that is there."""
        for name, id_ in self.known.items():
            if name in (case.path_parameters or {}) and len(str(case.path_parameters[name])) == len(id_):
                case.path_parameters[name] = id_
        case.call_and_validate(headers=getattr(self.door, who).headers({}))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with an_office(tmp_path_factory.mktemp("fuzz")) as office:
        door = a_door(office)
        door.app.state.tries = Patient()
        learner = learner_id(door.admitted.learner)
        credit = a_credit(office, learner, "databases").credit
        issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        a_memorandum(office)
        a_unit(office, "algorithmen", institution="college")
        an_agreement(office, learner)
        known = {
            "learner": learner,
            "credit": credit,
            "credential": issued.credential,
            "memorandum": "aitu-and-college",
            "agreement": "semester",
            "host_unit": "algorithmen",
        }
        schema = schemathesis.openapi.from_asgi("/openapi.json", door.app, config=CONFIG)
        yield Ground(door, [found.ok() for found in schema.get_all_operations()], known)


def test_every_edge_of_every_schema_is_answered_as_the_document_tells(ground: Ground):
    for operation in ground.operations:
        generation = operation.schema.config.generation_for(operation=operation)
        cases = list(
            operation.schema.iter_coverage_cases(
                operation, generation_modes=MODES, generation_config=generation
            )
        )
        for case in cases[:: 1 + len(cases) // EDGES]:
            ground.call(case, MAY.get(operation.tags[0], "anybody"))


# Against the schema there is only something to send where there is a body, or an id in the address.
@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("mode", MODES, ids=["as the schema asks", "against the schema"])
def test_whatever_is_sent_is_answered_as_the_document_tells(who: str, mode: GenerationMode, ground: Ground):
    def knock(operation: Any) -> None:
        @seed(1)
        @settings(
            max_examples=3,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            ground.call(case, who)

        call()

    for operation in ground.operations:
        if mode is GenerationMode.POSITIVE or operation.body or operation.path_parameters:
            knock(operation)
