"""Alembic's entry: the connection always comes from ``app.migrate``, so there is one way to migrate."""

from alembic import context

from app.models import Base
from app.models.base import UtcDateTime


def render_type(kind: str, item: object, _context: object) -> str | bool:
    """Write plain column types into migrations, so that an old one never depends on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_type,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
