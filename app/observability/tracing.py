"""OpenTelemetry, when `OTEL_EXPORTER_OTLP_ENDPOINT` is set; otherwise nothing of it is imported."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from app.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer


class _Process:
    tracer: "Tracer | None" = None
    provider: "TracerProvider | None" = None


def configure_tracing(settings: Settings) -> None:
    """Export spans to the endpoint of the settings; does nothing without one."""
    if settings.otel_exporter_otlp_endpoint is None:
        return
    # Only those who trace pay for these imports (0.3 s and 20 MiB).
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    endpoint = settings.otel_exporter_otlp_endpoint.rstrip("/")
    provider = TracerProvider(resource=Resource.create({"service.name": settings.otel_service_name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=5)))
    _Process.provider = provider
    _Process.tracer = provider.get_tracer("slotgraph")


def close_tracing() -> None:
    """Send what waits, for two seconds at most."""
    if _Process.provider is not None:
        _Process.provider.force_flush(2_000)
        _Process.provider.shutdown()
    _Process.provider = _Process.tracer = None


def is_tracing() -> bool:
    """Whether spans go anywhere."""
    return _Process.tracer is not None


@contextmanager
def span(name: str, **attributes: str | int | float | bool) -> Iterator[Callable[..., None]]:
    """A span around the block; yields a function that adds attributes. Without tracing it costs a generator."""
    if _Process.tracer is None:
        yield _ignore
        return
    opened: AbstractContextManager[Any] = _Process.tracer.start_as_current_span(name, attributes=attributes)
    with opened as current:
        yield lambda **more: current.set_attributes(more)


def record_span(name: str, seconds: float, **attributes: str | int | float | bool) -> None:
    """A span of something that has just ended, inside the current one."""
    if _Process.tracer is None:
        return
    end = time.time_ns()
    opened = _Process.tracer.start_span(name, attributes=attributes, start_time=end - int(seconds * 1e9))
    opened.end(end)


def _ignore(**_: Any) -> None:
    """Nobody listens."""
