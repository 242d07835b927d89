"""Events of one shop's orders told over HTTP, one by one, as the stories about things told twice need them."""

from __future__ import annotations

from tests import partners


def tell(client, event_id, kind, subject, data, *, hours=-50.0, shop="shop-1"):
    """Tell one event that is accepted, and what it caused."""
    answer = partners.tell(client, kind, subject, event_id, data, hours=hours, shop=shop)
    assert answer["status"] == "accepted", answer
    return answer


def rules(answer):
    """The rules that fired, but those that lacked a fact."""
    return {each["rule"] for each in answer["firings"] if not each.get("missing")}
