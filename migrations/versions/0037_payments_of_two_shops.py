"""A payment's number is looked up under all shops.

On PostgreSQL the index is built in the one transaction of the migration: meanwhile everybody reads, and who takes
events waits. Where the table is large it is built beforehand beside running writers, and found here
(``docs/how-to/run-with-postgresql.md``); one that such a building left unfinished is built anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_NAME = "ix_event_link_name"
_UNFINISHED = sa.text(
    "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(current_schema() || '.' || :name) AND NOT indisvalid"
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql" and connection.scalar(_UNFINISHED, {"name": _NAME}):
        op.drop_index(_NAME, "event_link")
    op.create_index(_NAME, "event_link", ["name"], unique=False, if_not_exists=True)


def downgrade() -> None:
    op.drop_index(_NAME, "event_link")
