"""Migrations and models say the same, forwards and back, on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, inspect, select

from app import migrate, refreshes
from app.db import Database
from app.models import AuditPending, Base


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request, tmp_path):
    """A database without any table."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'bare.db'}" if is_sqlite else request.getfixturevalue("bare_postgres_url")
    with closing(Database(url)) as opened:
        yield opened


def differences(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def tables(database):
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_upgrading_an_empty_database_gives_exactly_the_models(bare):
    migrate.upgrade(bare)

    assert differences(bare) == []
    assert tables(bare) == set(Base.metadata.tables)


def test_the_files_are_named_by_their_revisions_in_their_order():
    chained = [each.revision for each in ScriptDirectory.from_config(migrate._config()).walk_revisions()]

    assert list(migrate.revisions()) == chained[::-1]


def test_downgrading_to_the_base_leaves_no_table_and_upgrading_again_works(bare):
    migrate.upgrade(bare)
    migrate.downgrade(bare, "base")
    assert tables(bare) == set()

    migrate.upgrade(bare)
    assert differences(bare) == []


def test_where_nothing_is_to_be_done_nobody_who_writes_is_waited_for(bare):
    migrate.upgrade(bare)
    with bare.migrating():  # another process writes, and keeps at it
        migrate.upgrade(bare)

    assert migrate.current(bare) == migrate.head()


def test_the_database_knows_which_revision_it_is_at(bare):
    assert migrate.current(bare) is None

    migrate.upgrade(bare)
    assert migrate.current(bare) == migrate.head()

    migrate.downgrade(bare, "base")
    assert migrate.current(bare) is None


def test_upgrading_what_is_up_to_date_changes_nothing(bare):
    migrate.upgrade(bare)
    migrate.upgrade(bare)

    assert differences(bare) == []


def test_a_difference_between_models_and_migrations_would_be_seen(bare):
    migrate.upgrade(bare)
    with bare.migrating() as connection:
        connection.exec_driver_sql("ALTER TABLE shop DROP COLUMN category")

    assert [difference[0] for difference in differences(bare)] == ["add_column"]


def test_processes_that_start_at_once_and_all_upgrade_get_one_schema(bare):
    together = threading.Barrier(3)

    def start(_):
        with closing(Database(bare.url)) as mine:
            together.wait(10)
            migrate.upgrade(mine)

    with ThreadPoolExecutor(3) as processes:
        list(processes.map(start, range(3)))

    assert differences(bare) == []


def test_an_older_database_with_data_is_upgraded_and_its_wordlists_have_an_hour_until_they_are_old(bare):
    migrate.upgrade(bare)
    migrate.downgrade(bare, "0004")
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    with bare.migrating() as connection:
        stored = Table("snapshot", MetaData(), autoload_with=connection)
        active = Table("active_snapshot", MetaData(), autoload_with=connection)
        audit = Table("audit_row", MetaData(), autoload_with=connection)
        row = {"id": "sha256:1", "kind": "wordlists", "files": b"", "summary": {}, "proposed_by": "cli"}
        connection.execute(stored.insert(), row | {"created_at": long_ago, "first_active_at": long_ago, "org_id": "o"})
        row = {"kind": "wordlists", "snapshot_id": "sha256:1", "generation": 1}
        connection.execute(active.insert(), row)
        row = {"id": "a", "org_id": "o", "at": long_ago, "actor": "cli", "action": "x.y", "object_type": "x"}
        connection.execute(audit.insert(), row | {"object_id": "1", "details": {}})

    migrate.upgrade(bare)

    with bare.read() as session:
        checked_at = refreshes.checked_at(session)
        assert session.scalars(select(AuditPending.row_id)).all() == ["a"]
    assert checked_at is not None
    assert timedelta(0) <= datetime.now(UTC) - checked_at < timedelta(hours=1)


@pytest.mark.parametrize("state", ["missing", "built beforehand", "left unfinished"])
def test_an_index_built_beforehand_is_taken_and_an_unfinished_one_built_anew(bare_postgres_url, state):
    with closing(Database(bare_postgres_url)) as database:
        migrate.upgrade(database, "0036")
        with database.engine.begin() as connection:
            if state != "missing":
                connection.exec_driver_sql("CREATE INDEX ix_event_link_name ON event_link (name)")
            if state == "left unfinished":
                named = "indexrelid = 'ix_event_link_name'::regclass"
                connection.exec_driver_sql(f"UPDATE pg_index SET indisvalid = false WHERE {named}")

        migrate.upgrade(database)

        asked = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_event_link_name'::regclass"
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql(asked).scalars().all() == [True]
        migrate.downgrade(database, "0036")
        with database.engine.connect() as connection:
            found = inspect(connection).get_indexes("event_link")
        assert "ix_event_link_name" not in [each["name"] for each in found]
