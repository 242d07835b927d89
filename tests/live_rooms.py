"""Live rooms for tests: what is said in them, over HTTP."""

from __future__ import annotations

from datetime import timedelta

SHOP, ROOM = "shop-1", "room-1"
ITEMS = ("display", "talk", "clothing", "set", "props")


def said(service, *texts, start=0, every_ms=500, at=None, speaker=""):
    """Utterances as recognised, one after the other."""
    first = at or service.clock()
    return [
        {
            "sequence": start + index,
            "at": (first + timedelta(milliseconds=every_ms * index)).isoformat(),
            "text": text,
            **({"speaker": speaker} if speaker else {}),
        }
        for index, text in enumerate(texts)
    ]


def hear(client, utterances, *, room=ROOM, shop=SHOP):
    """One call; its answer."""
    response = client.post(f"/v1/live/{room}/speech", json={"shop_id": shop, "utterances": utterances})
    assert response.status_code == 200, response.json
    return response.json


def tell(client, service, kind, data, *, subject=ROOM, number=1, shop=SHOP, at=None):
    """One event; what came of it."""
    event = {
        "id": f"{kind}-{subject}-{number}",
        "kind": kind,
        "subject": subject,
        "shop_id": shop,
        "occurred_at": (at or service.clock()).isoformat(),
        "data": data,
    }
    response = client.post("/v1/events", json=event)
    assert response.status_code == 200, response.json
    return response.json["results"][0]


def prechecked(at):
    """All five things, looked at at an instant."""
    return [
        {"item": item, "reviewer": "r-1", "evidence": f"{item}.jpg", "reviewed_at": at.isoformat()} for item in ITEMS
    ]


def started(service, **more):
    """A broadcast that begins as it should."""
    return {
        "title": "今晚八点秋冬新款",
        "host_refs": ["h-1"],
        "reported_host_refs": ["h-1"],
        "precheck": prechecked(service.clock() - timedelta(hours=1)),
        "operator_shown": True,
        "virtual_background": False,
        "digital_human": False,
        "source_type": "camera",
    } | more


def verified(client, service, ref="h-1", **more):
    """A host the shop has verified."""
    return tell(
        client,
        service,
        "live.host",
        {"is_verified": True, "age_band": "adult"} | more,
        subject=ref,
        number=more.get("n", 1),
    )


def rules_of(told):
    """The rules that fired, sorted."""
    return sorted(firing["rule"] for firing in told["firings"])
