"""Writes the figures that events tell of goods and buyers, and who invited whom: rows that only grow.

A figure of the past must be the same whenever it is asked for, so what an event says stands here by the instant at
which it happened, beside what others said, and nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import FigurePoint, FissionEdge, new_id
from app.models.base import ORG
from app.values.facts import Happened

LISTED, COST, DEALT, STOCK, CUSTOMS = "listed_fen", "cost_fen", "dealt_fen", "stock_count", "customs_fen"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: about what (``sku:…``, ``buyer:…``), which, how much."""

    about: str
    name: str
    value: int


def note_points(session: Session, events: Sequence[tuple[str, Happened]]) -> None:
    """Keep what new events (by key) tell; call it once for each event."""
    points: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    for pk, event in events:
        points += [_point(pk, event, figure) for figure in _figures(event)]
        edges += _edge(pk, event)
    if points:
        session.execute(insert(FigurePoint), points)
    if edges:
        session.execute(insert(FissionEdge), edges)


def _figures(event: Happened) -> Iterable[Figure]:
    """What one event tells; the same goods twice in one order count by their lowest price."""
    reader = _READERS.get(event.kind)
    if reader is None:
        return ()
    found: dict[tuple[str, str], Figure] = {}
    for each in reader(event):
        known = found.get((each.about, each.name))
        if known is None or each.value < known.value:
            found[each.about, each.name] = each
    return found.values()


def _order(event: Happened) -> Iterator[Figure]:
    for item in event.facts.get("items") or ():
        if item["count"] > 0 and item["unit_fen"] >= 0:
            yield Figure(f"sku:{item['sku_id']}"[:240], DEALT, item["unit_fen"])


def _price(event: Happened) -> Iterator[Figure]:
    said, about = event.facts, f"sku:{event.subject}"
    listed = said["price_fen"] if said["price_type"] == "list" else said.get("list_fen")
    yield from _told(about, {LISTED: listed, COST: said.get("unit_cost_fen")})


def _goods(event: Happened) -> Iterator[Figure]:
    said = event.facts
    told = {LISTED: said.get("price_fen"), COST: said.get("unit_cost_fen"), STOCK: said.get("stock_count")}
    yield from _told(f"sku:{event.subject}", told)


def _stock(event: Happened) -> Iterator[Figure]:
    yield from _told(f"sku:{event.subject}", {STOCK: event.facts.get("stock_count")})


def _import(event: Happened) -> Iterator[Figure]:
    if buyer := event.facts.get("buyer_ref"):
        yield Figure(f"buyer:{buyer}", CUSTOMS, event.facts["customs_fen"])


def _told(about: str, figures: Mapping[str, int | None]) -> Iterator[Figure]:
    for name, value in figures.items():
        if value is not None:
            yield Figure(about, name, value)


_READERS: Mapping[str, Callable[[Happened], Iterable[Figure]]] = {
    "order.paid": _order,
    "price.publish": _price,
    "product.publish": _goods,
    "inventory.event": _stock,
    "crossborder.order": _import,
}


def _point(pk: str, event: Happened, figure: Figure) -> dict[str, Any]:
    return {
        "id": new_id(),
        "org_id": ORG,
        "shop_id": event.shop_id,
        "about": figure.about,
        "name": figure.name,
        "at": event.at,
        "value": figure.value,
        "subject": event.subject,
        "event_pk": pk,
    }


def _edge(pk: str, event: Happened) -> list[dict[str, Any]]:
    said = event.facts
    if event.kind != "fission.invite" or not said.get("invitee_ref"):
        return []
    own = {"id": new_id(), "org_id": ORG, "shop_id": event.shop_id, "at": event.at, "event_pk": pk}
    names = ("campaign_id", "inviter_ref", "invitee_ref", "device_ref", "is_new_customer")
    return [own | {name: said.get(name) for name in names}]
