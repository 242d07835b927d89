"""With very many cases the next one, one that is looked for and those like it are read along an index, and no other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, text

from app.models import Case, Shop
from app.review import claiming, marks, rosters
from app.review.claiming import Wanted
from app.values.access import Caller
from app.values.rosters import Skills
from app.web.console import case_list

ROWS = 4_000
LIN = Caller("l", "officer:lin", frozenset({"officer"}), None)
KEY = Caller("k", "key:lin", frozenset({"cases"}), None)


def row(number, now):
    opened = now - timedelta(seconds=number)
    return {
        "id": f"{number:036}",
        "org_id": "default",
        "shop_id": f"shop-{number % 4}",
        "folded_digest": f"sha256:{number // 8}",
        "basis": f"sha256:{number // 80}",
        "state": "open" if number % 2 else "decided",
        "decision": "review",
        "category": ("doubt", "medical", "fraud")[number % 3],
        "severity": 2,
        "summary": "疑似绝对化用语",
        "opened_at": opened,
        "due_at": opened + timedelta(minutes=90),
        "queue": "content",
        "size": 1,
        "stamp": 0,
        "subject": f"subject-{number}",
        "assigned_to": "officer:lin" if number == 7 else None,
    }


@pytest.fixture
def filled(database, now):
    database.write(lambda session: session.execute(insert(Case), [row(number, now) for number in range(ROWS)]))
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(text("ANALYZE cases"))
    return database


def plans_of(database, work, wanted=("FROM cases", "FROM handover")):
    """How the database carries out the questions about cases and hand-overs that ``work`` asks."""
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT") and any(each in statement for each in wanted):
            sent.append((statement, parameters))

    def whole(session):
        engine = session.get_bind()
        sqlalchemy_event.listen(engine, "before_cursor_execute", note)
        try:
            found = work(session)
        finally:
            sqlalchemy_event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        rows = [session.connection().exec_driver_sql(f"{explain} {said}", values).all() for said, values in sent]
        return found, ["\n".join(str(each[-1]) for each in plan) for plan in rows]

    return database.write(whole)


def check(plans, *indexes):
    assert plans
    for plan in plans:
        assert "Seq Scan" not in plan, plan
        assert "SCAN cases" not in plan.replace("SCAN cases USING INDEX ix_cases_due_at_id", ""), plan
    for index in indexes:
        assert any(index in plan for plan in plans), (index, plans)


@pytest.mark.parametrize("who", [LIN, KEY])
@pytest.mark.parametrize("skills", [Skills(), Skills(categories=frozenset({"medical", "rare"}))])
def test_the_next_case_is_what_is_kept_for_the_officer_and_then_what_is_due_first(filled, now, who, skills):
    def take(session):
        return [
            claiming.take_next(session, caller=who, minutes=15, now=now, wanted=Wanted({}, None, skills)).id
            for _ in range(2)
        ]

    (first, second), plans = plans_of(filled, take)

    assert int(first) == 7, "also where it is outside their skills, and a key of their name asks"
    wanted = [number for number in range(ROWS) if number % 2 and (number % 3 == 1 or not skills.categories)]
    assert int(second) == max(wanted)
    kept = [plan for plan in plans if "ix_cases_assigned_to" in plan]
    assert len(kept) >= (4 if filled.is_sqlite else 2), plans  # PostgreSQL knows that no case waits for a second person
    check(plans)


def test_what_is_kept_is_not_looked_for_among_all_of_a_severity(filled, now):
    wanted = Wanted({"severity": "2", "queue": "content", "decision": "review"})

    taken, plans = plans_of(
        filled, lambda session: claiming.take_next(session, caller=LIN, minutes=15, now=now, wanted=wanted).id
    )

    assert int(taken) == 7
    assert "ix_cases_assigned_to" in plans[0], plans[0]
    other = Wanted({"severity": "3"})
    assert filled.write(lambda s: claiming.take_next(s, caller=LIN, minutes=15, now=now, wanted=other)) is None


def test_one_case_by_its_id_is_read_by_its_key(filled, now):
    filters = case_list.Filters.read({"q": f"{42:036}"})

    page, plans = plans_of(
        filled, lambda s: case_list.read_page(s, filters, caller=LIN, now=now, after=None, before=None)
    )

    assert [int(each.case.id) for each in page.rows] == [42]
    check(plans, "sqlite_autoindex_cases_1" if filled.is_sqlite else "pk_cases")
    assert not any("ix_cases_state" in plan for plan in plans)


@pytest.mark.parametrize("typed", [f"{42:036}", "subject-42", "店 2", "ＳＨＯＰ－２", "疑似绝对化用语", "没有的字"])
def test_whatever_is_searched_for_no_table_that_grows_is_read_through(filled, now, typed):
    filled.write(lambda s: s.execute(insert(Shop), [shop(number, now) for number in range(4)]))
    filters, sent = case_list.Filters.read({"q": typed}), []
    kept = (
        "FROM cases",
        "FROM content",
        "FROM screening",
        "FROM claim",
        "FROM orders",
        "FROM appeal",
        "FROM case_member",
    )

    def work(session):
        session.execute(text("SET LOCAL enable_seqscan = off") if not filled.is_sqlite else text("SELECT 1"))
        return case_list.read_page(session, filters, caller=LIN, now=now)

    page, plans = plans_of(filled, work, kept)

    sent = [plan for plan in plans if re.search(r"SCAN (?!.* USING|CONSTANT ROW|\(subquery)|Seq Scan", plan)]
    assert sent == []
    assert len(plans) > 3
    assert bool(page.rows) == (typed != "没有的字")


def shop(number, now):
    return {"id": f"shop-{number}", "org_id": "default", "name": f"店 {number}", "created_at": now}


def test_cases_like_one_are_found_by_text_and_by_cause(filled):
    case = filled.write(lambda session: session.get_one(Case, f"{2_000:036}"))

    found, plans = plans_of(filled, lambda session: [int(each.id) for each in marks.similar(session, case, limit=30)])

    like = [number for number in range(2_000, 2_080) if number % 4 == 0 and number != 2_000]
    assert found == like
    check(plans, "ix_cases_folded_digest", "ix_cases_shop_id_basis_opened_at")


def test_hand_overs_that_wait_are_read_without_those_that_were_taken(filled):
    waiting, plans = plans_of(filled, lambda session: list(rosters.waiting_for(session, "officer:lin")))

    assert (waiting, len(plans)) == ([], 1), "one question, whatever was taken"
    if filled.is_sqlite:  # PostgreSQL walks a table of no rows, and is right
        check(plans, "ix_handover_taken_at_id")
