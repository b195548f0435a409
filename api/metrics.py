"""What is counted and measured while the door is open, in the form that Prometheus reads.

Every label has a closed set of values: methods, the patterns of addresses, statuses, names of views. None is what
somebody sent, so nobody can be read off the numbers, and nobody can make their number grow.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from wallet.errors import LedgerError
from wallet.office import Office

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_OTHER: Final = "other"
_SECONDS: Final = (0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The numbers of one application."""

    def __init__(self, office: Office, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "wallet_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "wallet_request_seconds",
            "From a request's first byte to the end of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.under_way = Gauge(
            "wallet_requests_under_way", "Requests that wait for their answer.", registry=self._registry
        )
        self.turned_away = Counter(
            "wallet_requests_turned_away",
            "Requests refused at once because too many wait.",
            registry=self._registry,
        )
        about = Gauge(
            "wallet_info", "Which program this is.", ["version", "storage"], registry=self._registry
        )
        about.labels(version("learner-credit-wallet"), office.ledger.database.flavour).set(1)
        self._registry.register(_OfTheLedger(office, now))
        ProcessCollector(registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request. `route` is a pattern, or `-` where there is nothing at the address."""
        self._requests.labels(method if method in _METHODS else _OTHER, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it, as it stands now, in Prometheus' text format."""
        return generate_latest(self._registry)


class _OfTheLedger(Collector):
    """Asked of the ledger when somebody reads the numbers, and not before."""

    def __init__(self, office: Office, now: Callable[[], datetime]) -> None:
        self._office = office
        self._now = now

    def collect(self) -> Iterator[Metric]:
        try:
            measured = self._measured()
        except LedgerError:
            measured = {}
        yield _gauge(
            "wallet_ledger_answers", "1 where the ledger can be read, else 0.", float(bool(measured))
        )
        for (name, meaning), value in measured.items():
            yield _gauge(name, meaning, value)

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked for the sake of registering it."""
        return iter(())

    def _measured(self) -> dict[tuple[str, str], float]:
        office = self._office
        events, position = office.ledger.last_sequence(), office.follower.position()
        measured: dict[tuple[str, str], float] = {
            ("wallet_ledger_events", "Events recorded."): events,
            ("wallet_views_behind_events", "Events that the views have not taken in."): max(
                0, events - position
            ),
            ("wallet_views_failing", "1 where the views stand still on an error, else 0."): float(
                office.follower.failure is not None
            ),
            ("wallet_log_events", "Events in the transparency log."): office.log.tree().size,
        }
        if (newest := office.log.newest()) is not None:
            age = (self._now() - newest.signed_at).total_seconds()
            measured["wallet_checkpoint_events", "Events under the last checkpoint."] = newest.checkpoint.size
            measured["wallet_checkpoint_age_seconds", "Since the last checkpoint was signed."] = age
            measured["wallet_checkpoint_cosignatures", "Witnesses who cosigned it."] = newest.cosignatures
        return measured


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)
