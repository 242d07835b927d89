"""Whoever sends events asks why the rules said what they said of one, or why none of them spoke."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.flows.due_deadlines import due_deadlines
from app.flows.watch_feeds import beat
from app.metrics import REPLAYS_DIFFERENT
from app.models import Base, EventDecision
from tests.service import START

NUMBER = "138" + "0013" + "8000"


def event(kind, event_id, subject, data=None, *, hours=0.0, shop_id="shop-1"):
    at = (START - timedelta(days=3) + timedelta(hours=hours)).isoformat()
    return {"id": event_id, "kind": kind, "subject": subject, "shop_id": shop_id, "occurred_at": at, "data": data or {}}


def told(service):
    """Whoever told of two orders, at one of which a rule spoke."""
    client = service.client("events", "rules")
    sent = [
        event("order.paid", "e-1", "order-1", {"paid_fen": 19900, "stock_type": "spot"}),
        event("order.deliver", "e-2", "order-1", {"waybill_id": "SF1"}, hours=60),
        event("order.paid", "e-3", "order-2", {"paid_fen": 19900, "stock_type": "presale"}, hours=61),
    ]
    for each in sent:
        assert client.post("/v1/events", json=each).get_json()["results"][0]["status"] == "accepted"
    return client


@pytest.fixture
def client(sqlite_service):
    return told(sqlite_service)


def why(client, **query):
    return client.get("/v1/events/why", query_string={"shop_id": "shop-1"} | query)


def counted(service):
    with service.parts.db.read() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}


def spoken(service):
    """A decision about an order in which a rule had its say."""
    with service.parts.db.read() as session:
        rows = session.scalars(select(EventDecision).where(EventDecision.is_current)).all()
    return next(row for row in rows if any("rule" in firing for firing in row.firings))


def test_an_event_at_which_a_rule_spoke_is_explained_by_what_was_kept(service):
    client = told(service)
    said, before = spoken(service), counted(service)
    differed = REPLAYS_DIFFERENT._value.get()

    [answer] = why(client, event_id=said.event_id, source=said.source).get_json()["items"]

    assert counted(service) == before
    assert REPLAYS_DIFFERENT._value.get() == differed
    assert (answer["facts"], answer["readable"], answer["replayed"]) == ("kept", True, {"same": True})
    assert (answer["decision"], answer["kind"], answer["subject"]) == (said.decision, said.kind, said.subject)
    assert answer["snapshot"] == {"rules": said.rules_snapshot}
    fired = {firing["rule"] for firing in said.firings if "rule" in firing}
    assert {each["rule"] for each in answer["rules"] if each["outcome"] in ("fired", "unknown")} == fired
    assert fired < {each["rule"] for each in answer["rules"]}


def test_an_event_at_which_no_rule_spoke_is_worked_out_again(service):
    [answer] = why(told(service), event_id="e-1").get_json()["items"]

    assert (answer["facts"], answer["decided_at"], answer["decision"]) == ("worked_out", None, "pass")
    assert (answer["source"], answer["replayed"]) == ("shop:shop-1", {"same": True})
    assert answer["rules"]
    assert {each["outcome"] for each in answer["rules"]} <= {"not_fired", "not_in_force"}
    assert set(answer["near_misses"]) <= {each["rule"] for each in answer["rules"]}
    first = next(each for each in answer["rules"] if each["outcome"] == "not_fired")
    assert first["because"].startswith("因为 ")
    assert first["first_failed"] is not None


def test_it_is_explained_in_english_on_request(client, sqlite_service):
    for query in ({"event_id": "e-1"}, {"subject": spoken(sqlite_service).subject}):
        items = why(client, **query, language="en").get_json()["items"]

        said = [each["because"] for item in items for each in item["rules"] if each["outcome"] == "not_fired"]
        assert [each[:8] for each in said] == ["Because "] * len(said)
        assert said


def test_one_rule_may_be_asked_for_alone(client):
    everything = why(client, event_id="e-1").get_json()["items"][0]
    wanted = everything["rules"][-1]["rule"]

    [answer] = why(client, event_id="e-1", rule=wanted).get_json()["items"]

    assert [each["rule"] for each in answer["rules"]] == [wanted]
    assert answer["near_misses"] == everything["near_misses"]


def test_all_decisions_about_a_subject_come_newest_first(client, sqlite_service):
    said = spoken(sqlite_service)

    items = why(client, subject=said.subject).get_json()["items"]

    assert said.event_id in [each["event_id"] for each in items]
    assert [each["now"] for each in items] == sorted((each["now"] for each in items), reverse=True)
    assert {each["subject"] for each in items} == {said.subject}
    assert why(client, subject="nobody").get_json()["items"] == []


def test_nobody_hears_of_another_shop_or_without_both_scopes(sqlite_service):
    told(sqlite_service)
    other = sqlite_service.client("events", "rules", shops=["shop-2"])

    assert why(other, event_id="e-1").status_code == 403
    assert other.get("/v1/events/why?shop_id=shop-2&event_id=e-1").status_code == 404
    assert why(sqlite_service.client("events"), event_id="e-1").status_code == 403
    assert why(sqlite_service.client("rules"), event_id="e-1").status_code == 403


@pytest.mark.parametrize(
    "query", [{}, {"event_id": "e-1", "subject": "order-1"}, {"subject": "order-1", "source": "x"}]
)
def test_a_question_is_about_one_event_or_one_subject(client, query):
    assert why(client, **query).status_code == 422


def test_an_event_that_was_never_told_is_not_found(client):
    assert why(client, event_id="e-9").status_code == 404
    assert why(client, event_id="e-1", source="weixin").status_code == 404
    assert why(client, event_id="order.overdue:spot_dispatch:order-9").status_code == 404


def test_a_deadline_that_passed_unheard_is_worked_out_again(service):
    client = told(service)
    while service.clock() < START + timedelta(hours=13):  # a feed that lives
        service.clock.at += timedelta(minutes=55)
        beat(service.parts, "shop-1", now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass

    [answer] = why(client, event_id="parcel.tick:pickup:SF1").get_json()["items"]

    assert (answer["kind"], answer["source"], answer["subject"]) == ("parcel.tick", "~deadline", "SF1")
    assert answer["rules"]


def test_personal_data_in_a_fact_is_starred(client):
    client.post("/v1/events", json=event("order.paid", "e-4", "order-4", {"paid_fen": 1, "channel": f"打 {NUMBER}"}))

    answer = why(client, event_id="e-4", rule="S6-31")

    assert "打 138****8000" in answer.text
    assert NUMBER not in answer.text
