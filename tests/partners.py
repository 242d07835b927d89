"""Suppliers and service providers as a shop's events make them, for the tests of their parts, doors and pages."""

from __future__ import annotations

from datetime import timedelta

from app.flows.due_deadlines import due_deadlines
from app.flows.rank_suppliers import rank_suppliers
from app.flows.rate_providers import rate_providers
from app.flows.watch_feeds import beat
from tests.service import START


def tell(client, kind, subject, event_id, data=None, *, hours=0.0, shop="shop-1"):
    """Tell one event that happened ``hours`` after the tests' start, and what it caused."""
    at = (START + timedelta(hours=hours)).isoformat()
    event = {"id": event_id, "kind": kind, "subject": subject, "shop_id": shop, "occurred_at": at}
    answer = client.post("/v1/events", json=event | {"data": data or {}})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["results"][0]


def tell_many(client, events, *, shop="shop-1"):
    """Tell events given as (id, kind, subject, hours, data), two hundred a call."""
    for start in range(0, len(events), 200):
        said = [
            {
                "id": event_id,
                "kind": kind,
                "subject": subject,
                "shop_id": shop,
                "occurred_at": (START + timedelta(hours=hours)).isoformat(),
                "data": data,
            }
            for event_id, kind, subject, hours, data in events[start : start + 200]
        ]
        results = client.post("/v1/events", json={"events": said}).get_json()["results"]
        assert {each["status"] for each in results} == {"accepted"}, results


def rules(result):
    """The ids of the rules that fired, sorted."""
    return sorted(firing["rule"] for firing in result["firings"])


def put_orders(service, client, plan, *, shop="shop-1"):
    """Orders of suppliers: ``plan[supplier] = (orders, sent in time, fen each)``; what was not sent in time is late."""
    events = []
    for supplier, (count, timely, fen) in plan.items():
        for number in range(count):
            order = f"{supplier}-{number}"
            paid = {"paid_fen": fen, "stock_type": "spot", "supplier_id": supplier}
            events.append((f"paid-{order}", "order.paid", order, -24 * 6, paid))
            if number < timely:
                sent = {"waybill_id": f"W-{order}", "ship_province": "云南省"}
                events.append((f"sent-{order}", "order.deliver", order, -24 * 5, sent))
    tell_many(client, events, shop=shop)
    beat(service.parts, shop, now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass


def put_jobs(client, provider, count, *, score=90, novel=90, late=0, hours=-24.0, shop="shop-1", name="job"):
    """Finished work of a provider, ``late`` of it after it was due."""
    events = []
    for number in range(count):
        due = (START + timedelta(hours=hours + (-1 if number < late else 1))).isoformat()
        said = {"provider_id": provider, "due_at": due, "client_score": score, "innovation_score": novel}
        job = f"{name}-{provider}-{number}"
        events.append((job, "provider.job", job, hours, said))
    tell_many(client, events, shop=shop)


def put_contract(client, provider, **more):
    """A contract that keeps every rule."""
    said = {
        "name": "云帆代运营",
        "provider_type": "operation",
        "contract_id": f"c-{provider}",
        "starts_at": (START - timedelta(days=100)).isoformat(),
        "ends_at": (START + timedelta(days=265)).isoformat(),
        "scopes": ["orders", "inventory"],
        "data_agreement_ref": "委托处理协议-1",
        "license_verified_at": (START - timedelta(days=101)).isoformat(),
        "agreement_ref": "合作协议-1",
        "records_kept_until_at": (START + timedelta(days=265 + 1095)).isoformat(),
    }
    return tell(client, "provider.contract", provider, f"contract-{provider}", said | more, hours=-24 * 99)


def put_partners(service):
    """A shop with ranked suppliers, a rated provider and one whose rating is held; the ids of both ratings."""
    client = service.client("events")
    put_orders(service, client, {f"s-{number}": (20, 20 - number, 1_000) for number in range(5)})
    rank_suppliers(service.parts, by="system", now=service.clock())
    for provider, jobs in (("p-1", 30), ("p-2", 12)):
        put_contract(client, provider)
        put_jobs(client, provider, jobs)
    made = rate_providers(service.parts, by="system", now=service.clock())
    return {"rating_id": made[0].id, "held_rating_id": made[1].id, "provider_id": "p-1", "supplier_id": "s-0"}
