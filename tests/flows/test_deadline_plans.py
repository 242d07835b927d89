"""With very many open deadlines the sweep finds those that are due by an index, and reads no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, text

from app import deadlines
from app.models import Deadline

OPEN = 30_000
INDEX = "ix_deadline_state_due_at"
_FILL = text(
    "INSERT INTO deadline"
    " (id, org_id, shop_id, root, kind, name, subject_type, subject, state, due_at, moved, created_at)"
    " SELECT lpad(n::text, 36, '0'), 'default', 'shop-' || n % 50, 'order:' || n, 'order.overdue', 'dispatch', 'order',"
    " n::text, 'waiting', CAST(:now AS timestamptz) + (n * interval '1 second'), 0, CAST(:now AS timestamptz)"
    " FROM generate_series(1, :rows) n"
)


def filled(database, now):
    """The database with that many deadlines, one a second, of fifty shops."""
    if database.is_sqlite:
        rows = [row(number, now) for number in range(1, OPEN + 1)]
        database.write(lambda session: session.execute(insert(Deadline), rows))
        return database
    with database.engine.begin() as connection:
        connection.execute(_FILL, {"now": now, "rows": OPEN})
        connection.execute(text("ANALYZE deadline"))
    return database


def row(number, now):
    return {
        "id": f"{number:036}",
        "org_id": "default",
        "shop_id": f"shop-{number % 50}",
        "root": f"order:{number}",
        "kind": "order.overdue",
        "name": "dispatch",
        "subject_type": "order",
        "subject": str(number),
        "state": "waiting",
        "due_at": now + timedelta(seconds=number),
        "moved": 0,
        "created_at": now,
    }


def plan_of(session, work):
    """How the database carries out the statement that ``work`` sends."""
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    engine = session.get_bind()
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = sent
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    rows = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
    return "\n".join(str(each[-1]) for each in rows)


def test_the_sweep_and_the_question_whether_anything_is_due_scan_no_table(database, now):
    filled(database, now)
    unheard = {"order.overdue": ["shop-1", "shop-2"]}
    at = now + timedelta(seconds=40)

    def look(session):
        swept = plan_of(session, lambda: deadlines.due(session, now=at, limit=200, unheard=unheard))
        asked = plan_of(session, lambda: deadlines.is_due(session, now=at))
        found = deadlines.due(session, now=at, limit=200, unheard=unheard, is_locked=False)
        return swept, asked, len(found)

    swept, asked, found = database.write(look)

    for plan in (swept, asked):
        assert "Seq Scan" not in plan, plan
        assert "SCAN deadline" not in plan, plan
        assert INDEX in plan, plan
    assert found == 40 - 2, "those of the shops that were not heard wait"


@pytest.mark.parametrize("silent", [0, 3_000])
def test_a_sweep_names_however_many_silent_shops_and_still_goes_by_the_index(database, now, silent):
    filled(database, now)
    unheard = {kind: [f"silent-{each}" for each in range(silent)] for kind in ("order.overdue", "parcel.tick")}
    at = now + timedelta(seconds=40)

    plan = database.write(
        lambda session: plan_of(session, lambda: deadlines.due(session, now=at, limit=200, unheard=unheard))
    )

    assert INDEX in plan, plan
