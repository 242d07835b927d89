"""Events of one shop's orders told over HTTP, one by one, as the stories about things told twice need them."""

from __future__ import annotations

from sqlalchemy import select

from app.flows.choose_telling import Choice, choose_telling
from app.flows.told_things import PAYMENT, told_things
from app.models import Order
from tests import partners


def tell(client, event_id, kind, subject, data, *, hours=-50.0, shop="shop-1"):
    """Tell one event that is accepted, and what it caused."""
    answer = partners.tell(client, kind, subject, event_id, data, hours=hours, shop=shop)
    assert answer["status"] == "accepted", answer
    return answer


def rules(answer):
    """The rules that fired, but those that lacked a fact."""
    return {each["rule"] for each in answer["firings"] if not each.get("missing")}


def another(service):
    """A client of another person than ``service.client()``."""
    client = service.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name='second')}"
    return client


def things(client, order_id="o-1", **query):
    """What was told of an order in contradicting ways, by its name."""
    answer = client.get(f"/v1/orders/{order_id}/tellings", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return {each["thing"]: each for each in answer.get_json()["items"]}


def choose(client, thing, event, order_id="o-1", of=None, **more):
    """Say that the telling of that event counts, having seen all of them."""
    told = things(client, order_id)[thing]["tellings"]
    seen = [each["telling"] for each in told]
    [counts] = [each["telling"] for each in told if each["event"] == event]
    body = {"thing": of or thing, "telling": counts, "seen": seen, "reason": "与平台记录一致"}
    return client.post(f"/v1/orders/{order_id}/tellings", json=body | more)


def settle(parts, event, *, by, now, thing=PAYMENT, order_id="o-1"):
    """The same without HTTP, by each of these persons in turn."""
    for caller in by:
        with parts.db.read() as session:
            order = session.scalars(select(Order).where(Order.subject == order_id)).one()
        told = next(each for each in told_things(order) if each["thing"] == thing)["tellings"]
        counts = next(each["telling"] for each in told if each["event"] == event)
        choice = Choice(thing, counts, "与账单一致", [each["telling"] for each in told])
        choose_telling(parts, order_id, choice, shop_id=order.shop_id, caller=caller, now=now)
