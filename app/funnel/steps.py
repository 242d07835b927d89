"""How many people went from the public feed into the shop's circle, were reached there, and bought.

公域获客 → 社群沉淀 → 朋友圈触达 → 小程序成交. A person passed from one step to the next when they were in both
within the span and were not in the later one first. Where nobody told of a step it has no people, and no conversion is
made up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import polars as pl
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.models import Event, EventDecision, Order
from app.values.person_names import BUYER
from app.values.policy import Policy

Statement: TypeAlias = Select[*tuple[Any, ...]]
_ONE = 10_000
PUBLIC, MOMENTS, DEAL = "funnel.public_channels", "funnel.moments_channels", "funnel.deal_channels"
TITLES = {"public": "公域获客", "community": "社群沉淀", "moments": "朋友圈触达", "deal": "小程序成交"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: people in it, those who came from the step before, and those who passed every step up to it."""

    name: str
    people: int
    from_before: int | None
    conversion_bp: int | None
    passed_all: int


@dataclass(frozen=True, slots=True)
class Span:
    """Of which shop, from when, and before when."""

    shop_id: str
    starts_at: datetime
    ends_at: datetime


def funnel(session: Session, span: Span, policy: Policy) -> list[Step]:
    """The four steps of a shop over a span."""
    found: list[Step] = []
    before: pl.DataFrame | None = None
    passed: pl.DataFrame | None = None
    for name, ask in _STEPS.items():
        here = _people(session, ask(span, policy))
        came = None if before is None else _after(here, before)
        passed = here if passed is None else _after(here, passed)
        people = None if before is None else before.height
        conversion = came.height * _ONE // people if came is not None and people else None
        found.append(Step(name, here.height, None if came is None else came.height, conversion, passed.height))
        before = here
    return found


def _people(session: Session, asked: Sequence[Statement]) -> pl.DataFrame:
    """Each person's first and last instant in a step; a person has one name, however they are written."""
    rows = [tuple(row) for each in asked for row in session.execute(each)]
    schema: dict[str, Any] = {
        "ref": pl.String,
        "first_at": pl.Datetime("us", "UTC"),
        "last_at": pl.Datetime("us", "UTC"),
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    person = pl.col("ref").str.strip_prefix(BUYER)
    return frame.group_by(person).agg(pl.col("first_at").min(), pl.col("last_at").max())


def _after(here: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Those who are also in the step before, and were there no later than their last time here.

    Their first time here is then the first that can have come of it, so that the order holds over all steps.
    """
    joined = here.join(before.select("ref", pl.col("first_at").alias("from_at")), on="ref")
    kept = joined.filter(pl.col("last_at") >= pl.col("from_at"))
    return kept.with_columns(pl.max_horizontal("first_at", "from_at").alias("first_at")).drop("from_at")


def _events(span: Span, kind: str, channels: Sequence[str] | None = None) -> Statement:
    blocked = exists().where(
        EventDecision.shop_id == Event.shop_id,
        EventDecision.subject == Event.subject,
        EventDecision.source == Event.source,
        EventDecision.event_id == Event.event_id,
        EventDecision.is_current,
        EventDecision.decision == "block",
    )
    found = select(Event.subject, func.min(Event.happened_at), func.max(Event.happened_at)).where(
        Event.shop_id == span.shop_id,
        Event.kind == kind,
        Event.happened_at >= span.starts_at,
        Event.happened_at < span.ends_at,
        ~blocked,
    )
    if channels is not None:
        found = found.where(Event.facts["channel"].as_string().in_(list(channels)))
    return found.group_by(Event.subject)


def _public(span: Span, policy: Policy) -> list[Statement]:
    channels = policy.texts(PUBLIC)
    return [_events(span, kind, channels) for kind in ("person.activity", "track.collect")]


def _community(span: Span, _policy: Policy) -> list[Statement]:
    return [_events(span, "community.join")]


def _moments(span: Span, policy: Policy) -> list[Statement]:
    return [_events(span, "outreach.send", policy.texts(MOMENTS))]


def _deal(span: Span, policy: Policy) -> list[Statement]:
    paid = (Order.paid_at >= span.starts_at) & (Order.paid_at < span.ends_at)
    own = (Order.shop_id == span.shop_id) & Order.buyer_ref.is_not(None) & Order.cancelled_at.is_(None)
    bought = select(Order.buyer_ref, func.min(Order.paid_at), func.max(Order.paid_at)).where(own, paid)
    return [bought.where(Order.channel.in_(policy.texts(DEAL))).group_by(Order.buyer_ref)]


_STEPS: dict[str, Callable[[Span, Policy], list[Statement]]] = {
    "public": _public,
    "community": _community,
    "moments": _moments,
    "deal": _deal,
}
