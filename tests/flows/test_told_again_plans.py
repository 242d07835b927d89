"""What an event that is told again has caused is found by indexes, however many events its shop has."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, text

from app.flows.told_events import told_before
from app.models import Effect, EventDecision
from app.values.facts import Happened

ROWS = 3_000


def decision(number, now):
    return {
        "id": f"d{number:035}",
        "org_id": "default",
        "shop_id": "shop-1",
        "root": f"order:{number}",
        "kind": "order.update",
        "subject": str(number),
        "source": "bench",
        "event_id": f"e-{number}",
        "happened_at": now,
        "decided_at": now,
        "decision": "review",
        "firings": [],
        "facts": {},
        "digest": "sha256:0",
        "rules_snapshot": "sha256:0",
        "is_current": True,
    }


def effect(number, now):
    return {
        "id": f"f{number:035}",
        "org_id": "default",
        "shop_id": "shop-1",
        "root": f"order:{number}",
        "subject_type": "order",
        "subject": str(number),
        "rule": "S8-40",
        "pack": "compensation",
        "verb": "alert",
        "number": 0,
        "occasion": "dispatch",
        "decision_id": f"d{number:035}",
        "state": "open",
        "data": {},
        "result": {},
        "happened_at": now,
        "opened_at": now,
    }


def test_one_event_of_thousands_is_told_again_without_a_walk_through_its_shop(database, now):
    def fill(session):
        session.execute(insert(EventDecision), [decision(number, now) for number in range(ROWS)])
        session.execute(insert(Effect), [effect(number, now) for number in range(ROWS)])

    database.write(fill)
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE event_decision, effect"))
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    def ask(session):
        engine = session.get_bind()
        again = Happened("order.update", "e-77", "bench", "shop-1", "77", now + timedelta(hours=1), {})
        sqlalchemy_event.listen(engine, "before_cursor_execute", note)
        try:
            told = told_before(session, again)
        finally:
            sqlalchemy_event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        rows = [session.connection().exec_driver_sql(f"{explain} {said}", values).all() for said, values in sent]
        return told, ["\n".join(str(each[-1]) for each in plan) for plan in rows]

    told, plans = database.write(ask)

    assert (told.decision, [each["subject"] for each in told.effects]) == ("review", ["77"])
    by_event, by_decision = plans
    assert "ix_event_decision_shop_id_event_id" in by_event, plans
    assert "ix_effect_decision_id" in by_decision, plans
