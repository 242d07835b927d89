"""The database's shape, brought up to date by Alembic from inside the service."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from app.db import Database
from app.errors import NotReady
from app.settings import PROJECT


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to ``revision``. One that a newer version has brought on stays as it is: migrations only add.

    What is there already is only looked at: on SQLite a command beside the service would otherwise keep all its writers
    waiting while the migrations are read.
    """
    now_at = current(database)
    if is_newer(now_at) or (revision == "head" and now_at == head()):
        return
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to ``revision`` (``base`` removes every table)."""
    _run(database, lambda config: command.downgrade(config, revision))


def current(database: Database) -> str | None:
    """The revision the database is at, or None before the first."""
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def head() -> str:
    """The revision this program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "the migrations folder is shipped"
    return revision


def check(database: Database) -> None:
    """Raise NotReady where this program cannot work with the schema, because that is older than it needs."""
    revision = current(database)
    if revision != head() and not is_newer(revision):
        at = "has no tables" if revision is None else f"is at revision {revision}"
        raise NotReady(f"the database {at}, this program needs {head()}: run `weiheng db upgrade`")


def is_newer(revision: str | None) -> bool:
    """Whether a revision is one this program does not know: a newer version was here, whose migrations only add."""
    if revision is None:
        return False
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except CommandError:
        return True
    return False


def _run(database: Database, step: Callable[[Config], None]) -> None:
    config = _config()
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        step(config)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
