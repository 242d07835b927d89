"""Rules in force that were edited in the console or through the API, and what they were before."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("active_snapshot", sa.Column("edits_of", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("active_snapshot", "edits_of")
