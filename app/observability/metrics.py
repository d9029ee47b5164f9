"""Prometheus metrics of this process. Labels are few and fixed: no path, name or id of a user is ever one."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

__all__ = ["CONTENT_TYPE_LATEST", "METRICS", "Metrics"]

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Everything that is counted; one per process (`METRICS`), another one per test."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.requests = Counter(
            "slotgraph_http_requests",
            "HTTP requests by route and status",
            ["method", "route", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "slotgraph_http_request_seconds",
            "Seconds until an answer ends",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.requests_open = Gauge(
            "slotgraph_http_requests_open", "Requests and sockets at work", ["kind"], registry=registry
        )
        self.operations = Counter(
            "slotgraph_graphql_operations",
            "GraphQL operations by type and outcome",
            ["type", "outcome"],
            registry=registry,
        )
        self.operation_seconds = Histogram(
            "slotgraph_graphql_operation_seconds",
            "Seconds of queries and mutations",
            ["type"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._counted: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self.subscriptions_open = Gauge(
            "slotgraph_subscriptions_open", "GraphQL subscriptions at work", registry=registry
        )
        self.sockets_open = Gauge("slotgraph_websockets_open", "WebSocket connections", registry=registry)
        self.outbox_rows = Gauge("slotgraph_outbox_rows", "State changes that wait for the relay", registry=registry)
        self.outbox_lag = Gauge("slotgraph_outbox_lag_seconds", "Age of the oldest of them", registry=registry)
        self.jobs_due = Gauge("slotgraph_jobs_due", "Jobs that could run now", registry=registry)
        self.jobs_dead = Gauge("slotgraph_jobs_dead", "Jobs that were given up", registry=registry)
        self.pool_in_use = Gauge("slotgraph_database_pool_in_use", "Database connections at work", registry=registry)
        self.pool_size = Gauge("slotgraph_database_pool_size", "Database connections open", registry=registry)
        self.bus_connected = Gauge("slotgraph_bus_connected", "1 while hints reach other processes", registry=registry)
        self.bus_listeners = Gauge("slotgraph_bus_listeners", "Listeners of this process", registry=registry)
        self.bus_published = Gauge("slotgraph_bus_hints", "Hints delivered here since the start", registry=registry)
        self.bus_gaps = Gauge("slotgraph_bus_gaps", "Listeners told to read again since the start", registry=registry)
        self.bus_dropped = Gauge(
            "slotgraph_bus_dropped", "Hints that could not be sent, each part of a gap", registry=registry
        )

    def operation(self, kind: str, outcome: str, seconds: float) -> None:
        """Count a GraphQL operation: `kind` query, mutation or subscription, `outcome` ok or error."""
        counted = self._counted.get((kind, outcome))
        if counted is None:  # looking labels up costs more than counting
            counted = self._counted[kind, outcome] = (
                self.operations.labels(kind, outcome),
                self.operation_seconds.labels(kind),
            )
        counted[0].inc()
        counted[1].observe(seconds)

    def render(self) -> bytes:
        """The text format."""
        return generate_latest(self.registry)


disable_created_metrics()  # type: ignore[no-untyped-call] # nobody reads the creation instants, which double the answer
METRICS = Metrics()
"""Of this process."""
