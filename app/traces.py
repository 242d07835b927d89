"""Traces, where somebody asked for them: spans of requests, screenings, statements and jobs, sent by OTLP over HTTP.

The packages are an extra (``requirements/traces.txt``); without them, or without an address, every span is nothing and
costs nothing. No span carries a text, a person or an id of a content: names, counts, states, and statements with their
placeholders.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

_STATEMENT_MAX = 400
_provider: Any = None
_tracer: Any = None
_log = structlog.get_logger(__name__)


def configure(url: str | None, *, sample_bp: int, service: str) -> bool:
    """Begin to trace this process; False where no address is set or the packages are missing."""
    global _provider, _tracer  # noqa: PLW0603 - one process, one tracer; a request must not carry it around
    if url is None:
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased  # noqa: PLC0415
    except ImportError as missing:
        _log.warning("traces_off", error=str(missing))
        return False
    _provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(sample_bp / 10_000)), resource=Resource.create({"service.name": service})
    )
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=5)))
    _tracer = _provider.get_tracer("weiheng")
    return True


def stop() -> None:
    """Send what is waiting and trace no more."""
    global _provider, _tracer
    provider, _provider, _tracer = _provider, None, None
    if provider is not None:
        provider.shutdown()


def is_on() -> bool:
    """Whether this process traces."""
    return _tracer is not None


@contextmanager
def span(name: str, /, **attributes: str | int | bool) -> Iterator[Any]:
    """A span around a block, below the one that is open; yields it, or None where nothing is traced."""
    if _tracer is None:
        yield None
        return
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_attribute("error.type", type(error).__name__)  # its message may quote what was sent
            raise


def begin_request(method: str, headers: Mapping[str, str]) -> Any:
    """Open the span of a request, below the caller's where it sent ``traceparent``; None where nothing is traced."""
    if _tracer is None:
        return None
    from opentelemetry.trace import SpanKind  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    parent = TraceContextTextMapPropagator().extract({name.lower(): value for name, value in headers.items()})
    holder = _tracer.start_as_current_span(
        method, context=parent, kind=SpanKind.SERVER, attributes={"http.request.method": method}, record_exception=False
    )
    return holder, holder.__enter__()


def end_request(begun: Any, *, route: str, endpoint: str, status: int) -> None:
    """Close it with what became of the request."""
    holder, opened = begun
    opened.update_name(
        f"{opened.attributes.get('http.request.method', '')} {route}" if opened.is_recording() else route
    )
    opened.set_attributes({"http.route": route, "http.response.status_code": status, "weiheng.endpoint": endpoint})
    holder.__exit__(None, None, None)


def note_statement(statement: str, *, began: float, system: str) -> None:
    """Add the span of a statement that has just ended, where it belongs to something that is traced."""
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind, get_current_span  # noqa: PLC0415

    if not get_current_span().is_recording():
        return
    words = " ".join(statement.split())
    took_ns = int((time.perf_counter() - began) * 1e9)
    end_ns = time.time_ns()
    made = _tracer.start_span(
        words.partition(" ")[0].upper()[:20] or "SQL",
        kind=SpanKind.CLIENT,
        start_time=end_ns - took_ns,
        attributes={"db.system.name": system, "db.query.text": words[:_STATEMENT_MAX]},
    )
    made.end(end_time=end_ns)
