"""The numbers, for Prometheus: to whoever has a key of the registry, or to anybody where the settings say so.

They name nobody, and yet they tell how much is done here and when: that is the registry's to show.
"""

from typing import Any, Final

from fastapi import APIRouter, Request, Response, status

from api.bodies import StrictRoute
from api.callers import TheRegistry
from api.errors import NoKey, WrongRole
from api.media import MetricsText
from api.metrics import Metrics
from api.posting import reading

for_the_registry = APIRouter(tags=["Health"], route_class=StrictRoute)
for_anybody = APIRouter(tags=["Health"], route_class=StrictRoute)

_SAID: Final[dict[str, Any]] = {
    "operation_id": "metrics",
    "summary": "How is it doing?",
    "response_class": MetricsText,
}


def _reading(*refused: type[Exception]) -> dict[str, Any]:
    content = {MetricsText.media_type: {"schema": {"type": "string"}}}
    said = reading(*refused)
    said["responses"][status.HTTP_200_OK] = {"description": "Prometheus' text format.", "content": content}
    return {**_SAID, **said}


@for_the_registry.get("/metrics", **_reading(NoKey, WrongRole))
def metrics_for_the_registry(request: Request, _caller: TheRegistry) -> Response:
    """Requests by route and status, how long they took, and how the ledger, its views and its log stand.

    With a key of the registry, in Prometheus' `authorization: {credentials_file: …}`.
    """
    return _numbers(request)


@for_anybody.get("/metrics", **_reading())
def metrics_for_anybody(request: Request) -> Response:
    """Requests by route and status, how long they took, and how the ledger, its views and its log stand."""
    return _numbers(request)


def _numbers(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    return MetricsText(metrics.text())
