"""With very many open deadlines the sweep finds those that are due by an index, and reads no other."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from app import deadlines

OPEN = 30_000
_FILL = text(
    "INSERT INTO deadline"
    " (id, org_id, shop_id, root, kind, name, subject_type, subject, state, due_at, moved, created_at)"
    " SELECT lpad(n::text, 36, '0'), 'default', 'shop-' || n % 50, 'order:' || n, 'order.overdue', 'dispatch', 'order',"
    " n::text, 'waiting', CAST(:now AS timestamptz) + (n * interval '1 second'), 0, CAST(:now AS timestamptz)"
    " FROM generate_series(1, :rows) n"
)


def plan_of(session, work):
    """How PostgreSQL carries out the statement that ``work`` sends."""
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
    rows = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return "\n".join(line for (line,) in rows)


def test_the_sweep_and_the_question_whether_anything_is_due_scan_no_table(postgres_database, now):
    with postgres_database.engine.begin() as connection:
        connection.execute(_FILL, {"now": now, "rows": OPEN})
        connection.execute(text("ANALYZE deadline"))
    unheard = {"order.overdue": ["shop-1", "shop-2"]}
    at = now + timedelta(seconds=40)

    def look(session):
        swept = plan_of(session, lambda: deadlines.due(session, now=at, limit=200, unheard=unheard))
        asked = plan_of(session, lambda: deadlines.is_due(session, now=at))
        found = deadlines.due(session, now=at, limit=200, unheard=unheard, is_locked=False)
        return swept, asked, len(found)

    swept, asked, found = postgres_database.write(look)

    for plan in (swept, asked):
        assert "Seq Scan" not in plan, plan
        assert "ix_deadline_state_due_at" in plan, plan
    assert found == 40 - 2, "those of the shops that were not heard wait"
