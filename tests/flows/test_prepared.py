"""Prepared statements say what SQLAlchemy's own say, on both databases, and fail as they do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from factories import make_shop
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.models import Shop
from app.models.base import UtcDateTime
from app.prepared import Prepared, connection_of, settled

ROWS = Shop.__table__
FIND = Prepared(select(ROWS.c.id, ROWS.c.created_at, ROWS.c.category).where(ROWS.c.name == bindparam("called")))
ADD = Prepared(insert(ROWS), columns=[column.key for column in ROWS.columns])
RENAME = Prepared(update(ROWS).where(ROWS.c.id == bindparam("one")).values(name=bindparam("called")))
AT = datetime(2026, 11, 26, 9, 30, 15, 120_034, tzinfo=UTC)


def row(shop_id, **values):
    return {"id": shop_id, "org_id": "o", "name": "n", "created_at": AT, **values}


def add(database, rows):
    database.write(lambda session: ADD.run(session.connection(), rows))


@pytest.mark.parametrize("at", [AT, AT.astimezone(timezone(timedelta(hours=8))), AT.replace(microsecond=0)])
def test_an_instant_is_written_and_read_as_the_models_do(database, at):
    add(database, [row("a", created_at=at)])
    database.write(lambda session: session.add(Shop(id="b", org_id="o", name="n", created_at=at)))

    with database.read() as session:
        assert session.get(Shop, "a").created_at == session.get(Shop, "b").created_at == at
    with database.glance() as connection:
        found = FIND.rows(connection, called="n")
    assert sorted(found) == [("a", at, None), ("b", at, None)]
    assert {each[1].tzinfo for each in found} == {UTC}


def test_an_instant_without_a_zone_is_refused(database):
    with pytest.raises(AssertionError, match="time zone"):
        add(database, [row("a", created_at=AT.replace(tzinfo=None))])


def test_instants_are_ordered_as_texts_as_they_are_in_time():
    written = UtcDateTime().bind_processor(sqlite.dialect())
    instants = [AT, AT.replace(microsecond=0), AT + timedelta(microseconds=1), AT - timedelta(days=400)]

    assert sorted(instants) == sorted(instants, key=written)
    assert {len(written(each)) for each in instants} == {26}


def test_each_row_of_many_is_written_and_a_missing_value_is_null(database):
    add(database, [row("a", category="食品"), row("b")])
    database.write(lambda s: RENAME.run(s.connection(), [{"one": "a", "called": "x"}, {"one": "b", "called": "y"}]))

    with database.glance() as connection:
        assert FIND.first(connection, called="x") == ("a", AT, "食品")
        assert FIND.first(connection, called="y") == ("b", AT, None)
        assert FIND.first(connection, called="n") is None


def test_a_row_that_is_there_is_refused_as_sqlalchemy_refuses_it_and_its_values_are_not_told(database):
    add(database, [row("a")])

    with pytest.raises(IntegrityError) as refused:
        add(database, [row("a", name="13800138000")])

    assert "13800138000" not in str(refused.value) or not database.is_sqlite
    add(database, [row("b")])


def test_what_the_session_holds_is_written_before_it_is_looked_for(database):
    def work(session):
        session.add(Shop(id="a", org_id="o", name="n", created_at=AT))
        return FIND.first(settled(session), called="n")

    assert database.write(work) == ("a", AT, None)


def test_a_glance_cannot_write_on_sqlite(sqlite_database):
    with sqlite_database.glance() as connection, pytest.raises(OperationalError, match="readonly"):
        ADD.run(connection, [row("a")])


def test_a_statement_that_is_wrong_says_so(database):
    wrong = Prepared(select(ROWS.c.id).where(ROWS.c.name == bindparam("called")).order_by(ROWS.c.id))
    make = database.write(lambda session: make_shop(session, "a").id)
    assert make == "a"
    with database.glance() as connection:
        wrong.rows(connection, called="n")
        wrong._made[connection.dialect.name].sql += " nonsense nonsense"
        with pytest.raises((OperationalError, ProgrammingError)):
            wrong.rows(connection, called="n")


def test_glances_of_many_threads_at_once_each_see_what_is_there(sqlite_database):
    add(sqlite_database, [row("a")])
    together = threading.Barrier(24)

    def look(_):
        with sqlite_database.glance() as connection:
            together.wait(10)
            return FIND.first(connection, called="n")

    with ThreadPoolExecutor(24) as threads:
        assert list(threads.map(look, range(24))) == [("a", AT, None)] * 24


def test_a_glance_sees_what_was_written_since_the_last_one(database):
    for number, name in enumerate(["a", "b"], 1):
        add(database, [row(name)])
        with database.glance() as connection:
            assert len(FIND.rows(connection, called="n")) == number


def test_work_that_makes_no_objects_and_work_that_does_are_both_rolled_back_whole(database):
    def fail(session):
        ADD.run(connection_of(session), [row("a")])
        make_shop(session, "b", name="n")
        raise KeyError("on purpose")

    with pytest.raises(KeyError):
        database.write(fail)
    with pytest.raises(KeyError):
        database.write(lambda session: [ADD.run(connection_of(session), [row("c")]), {}["no"]])

    with database.glance() as connection:
        assert FIND.rows(connection, called="n") == []
