"""Runs over customers say how far they are, and when they were last heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tier_run", sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tier_run", sa.Column("stage", sa.String(length=12), nullable=True))
    op.add_column("tier_run", sa.Column("done_count", sa.Integer(), nullable=True))
    op.add_column("tier_run", sa.Column("total_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("total_count", "done_count", "stage", "beat_at"):
        op.drop_column("tier_run", name)
