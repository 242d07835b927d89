"""Backtests: candidates replayed over stored screenings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "backtest",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("shop_ids", JSON, nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("tried", JSON, nullable=False),
        sa.Column("rules_snapshot", sa.String(length=80), nullable=False),
        sa.Column("wordlists_snapshot", sa.String(length=80), nullable=False),
        sa.Column("candidate", sa.LargeBinary(), nullable=True),
        sa.Column("statuses", JSON, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("cursor", JSON, nullable=True),
        sa.Column("tally", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtest")),
    )


def downgrade() -> None:
    op.drop_table("backtest")
