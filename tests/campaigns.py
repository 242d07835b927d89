"""Telling a service of campaigns and their kin in tests."""

from __future__ import annotations

from datetime import timedelta

from tests.service import START

PRIZE = {"name": "杯子", "value_fen": 1_000, "count": 10, "odds_ppm": 100}


def at(hours):
    """An instant some hours after the tests' start, as events say it."""
    return (START + timedelta(hours=hours)).isoformat()


def event(kind, subject, hours, number=0, /, **data):
    """One event; ``number`` tells those of the same kind, subject and hour apart."""
    name = f"{kind}:{subject}:{hours}:{number}"
    told = {"id": name, "kind": kind, "subject": subject, "shop_id": "shop-1", "occurred_at": at(hours)}
    return told | {"data": data}


def tell(client, *events):
    """Take events; the results in order, every one of them accepted."""
    results = []
    for start in range(0, len(events), 500):
        body = {"events": list(events[start : start + 500])}
        results += client.post("/v1/events", json=body).get_json()["results"]
    assert {each["status"] for each in results} <= {"accepted", "duplicate"}, results[:3]
    return results


def orders(fen, count, hours=-24, prefix="o"):
    """Paid orders of the same amount."""
    return [event("order.paid", f"{prefix}-{n}", hours, paid_fen=fen, stock_type="spot") for n in range(count)]


def rules_of(result):
    """The rules that fired at an event."""
    return sorted(firing["rule"] for firing in result["firings"])
