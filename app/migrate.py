"""The database's shape, brought up to date by Alembic from inside the service.

Alembic is loaded only where there is something to bring up to date: loading it takes longer than most commands do, and
every command looks whether it is needed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import inspect, text

from app.db import Database
from app.errors import NotReady
from app.settings import PROJECT

_FOLDER = PROJECT / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to ``revision``. One that a newer version has brought on stays as it is: migrations only add.

    What is there already is only looked at: on SQLite a command beside the service would otherwise keep all its writers
    waiting while the migrations are read.
    """
    now_at = current(database)
    if is_newer(now_at) or (revision == "head" and now_at == head()):
        return
    _run(database, "upgrade", revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to ``revision`` (``base`` removes every table)."""
    _run(database, "downgrade", revision)


def current(database: Database) -> str | None:
    """The revision the database is at, or None before the first."""
    with database.read() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        revision: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
        return revision


def head() -> str:
    """The revision this program needs."""
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """All that this program knows, oldest first: a migration's file is named by its revision."""
    return tuple(sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py")))


def check(database: Database) -> None:
    """Raise NotReady where this program cannot work with the schema, because that is older than it needs."""
    revision = current(database)
    if revision != head() and not is_newer(revision):
        at = "has no tables" if revision is None else f"is at revision {revision}"
        raise NotReady(f"the database {at}, this program needs {head()}: run `weiheng db upgrade`")


def is_newer(revision: str | None) -> bool:
    """Whether a revision is one this program does not know: a newer version was here, whose migrations only add."""
    return revision is not None and revision not in revisions()


def _run(database: Database, step: str, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - see above

    config = _config()
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        getattr(command, step)(config, revision)


def _config() -> Any:
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config
