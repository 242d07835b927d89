"""The settings of limits, of stopping and of traces: what keeps one caller, or a stop, from hurting the others.

A file of its own, joined to the other settings by ``app.settings.Settings``.
"""

from __future__ import annotations

from pydantic import BaseModel, Field


class LimitSettings(BaseModel):
    """What an operator may set about load; a field ``x_y`` is the environment's ``WEIHENG_X_Y``."""

    rate_per_minute: int = Field(
        0,
        ge=0,
        le=10_000_000,
        description="what an API key may ask for in a minute, where it has no rate of its own; 0: no limit",
    )
    rate_burst_s: int = Field(
        10, ge=1, le=60, description="so many seconds' worth of its rate a key may use at once, seconds"
    )
    queue_max: int = Field(
        32, ge=0, le=1_024, description="requests of one web process that may wait for a thread; more get 503"
    )
    queue_wait_ms: int = Field(
        5_000, ge=10, le=60_000, description="a request that waited so long for a thread gets 503, milliseconds"
    )
    body_timeout_s: int = Field(30, ge=1, le=300, description="a request's body has to arrive within this, seconds")
    drain_s: int = Field(
        0, ge=0, le=300, description="from a stop on, `/readyz` says 503 for so long before the service stops, seconds"
    )
    clock_differs_max_s: int = Field(
        30,
        ge=2,
        le=3_600,
        description="a worker whose machine's clock and the database's differ by more works no deadline and payment, "
        "seconds",
    )
    clock_stands_for_s: int = Field(
        900,
        ge=0,
        le=86_400,
        description="a clock that leapt by more is believed when it has stood for so long; until then deadlines and "
        "payments wait, seconds",
    )
    traces_url: str | None = Field(
        None, description="where traces are sent (OTLP over HTTP, `http://collector:4318/v1/traces`); unset: none"
    )
    traces_sample_bp: int = Field(100, ge=0, le=10_000, description="share of requests that are traced, bp")
