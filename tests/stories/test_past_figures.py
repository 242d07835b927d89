"""Figures about the past are those of the instant judged, and rules act on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.due_deadlines import due_deadlines
from app.flows.tell_days import tell_days
from app.flows.watch_feeds import beat
from app.models import EventDecision
from tests.service import START


def tell(client, kind, subject, hours, event_id, data=None):
    at = (START + timedelta(hours=hours)).isoformat()
    event = {"id": event_id, "kind": kind, "subject": subject, "shop_id": "shop-1", "occurred_at": at}
    return client.post("/v1/events", json=event | {"data": data or {}}).get_json()["results"][0]


@pytest.mark.parametrize(("sent", "rules"), [(25, []), (22, ["S3-32"]), (15, ["S3-32", "S3-33"])])
def test_a_days_figures_count_the_deadlines_that_were_met(service, sent, rules):
    client = service.client("events")
    for number in range(25):
        facts = {"paid_fen": 100, "stock_type": "spot"}
        tell(client, "order.paid", f"o-{number}", -24 * 6, f"p-{number}", facts)
        if number < sent:
            tell(client, "order.deliver", f"o-{number}", -24 * 5, f"d-{number}", {"waybill_id": f"SF{number}"})
    beat(service.parts, "shop-1", now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass

    assert tell_days(service.parts, now=service.clock()) == 1
    assert tell_days(service.parts, now=service.clock()) == 0

    with service.parts.db.read() as session:
        wanted = select(EventDecision.firings).where(EventDecision.kind == "metrics.daily")
        assert [sorted(firing["rule"] for firing in row) for row in session.scalars(wanted)] == (
            [rules] if rules else []
        )


def test_the_fourth_claim_of_a_buyer_goes_to_a_person_and_none_is_refused(service):
    client = service.client("events")
    for number in range(5):
        facts = {"paid_fen": 100, "stock_type": "spot", "buyer_ref": "b-1" if number < 4 else "b-2"}
        tell(client, "order.paid", f"o-{number}", -24 * 6, f"p-{number}", facts)
    claims = [
        tell(client, "claim.submit", f"o-{number}", -24 * 5 + number, f"c-{number}", {"cause": "late_dispatch"})
        for number in (0, 1, 2, 3, 4)
    ]

    assert [each["decision"] for each in claims] == ["pass", "pass", "pass", "review", "pass"]
    assert claims[3]["firings"][0]["bindings"]["past.buyer_claim_count"] == 3
