"""Numbers of running for a Prometheus server: requests as they are answered, the lines of the operations page when they
are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from casework.domain.operations import lines
from kit.metrics import FOLDER

REQUESTS = Counter("fanbu_requests", "Answered requests", ["view", "status"])
SECONDS = Histogram(
    "fanbu_request_seconds", "Time to the answer", ["view"], buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
)


def observe(view: str, status: int, seconds: float) -> None:
    """Count an answered request; `view` is the name of its address, never the address itself."""
    REQUESTS.labels(view, str(status)).inc()
    SECONDS.labels(view).observe(seconds)


class OperationsCollector:
    """The operations page as gauges: its lines are read when the server asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauges: dict[str, GaugeMetricFamily] = {}
        for line in lines():
            gauge = gauges.setdefault(
                line.name,
                GaugeMetricFamily(f"fanbu_{line.name}", line.name.replace("_", " "), labels=["of"] if line.of else []),
            )
            gauge.add_metric([line.of] if line.of else [], line.value)
        yield from gauges.values()


def exposition() -> bytes:
    """All numbers in Prometheus's text format. Web processes share theirs in the folder PROMETHEUS_MULTIPROC_DIR."""
    registry = CollectorRegistry()
    registry.register(OperationsCollector())
    if not FOLDER:
        return generate_latest(REGISTRY) + generate_latest(registry)
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
