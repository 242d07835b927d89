"""Rules: when a snapshot was first in force, counts by minute, breakers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("snapshot", sa.Column("first_active_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE snapshot SET first_active_at = created_at WHERE id IN (SELECT snapshot_id FROM active_snapshot"
        " UNION SELECT previous_id FROM active_snapshot"
        " UNION SELECT object_id FROM audit_row WHERE action = 'snapshot.activate')"
    )
    op.create_table(
        "rule_minute",
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("minute_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated", sa.Integer(), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "minute_at", name=op.f("pk_rule_minute")),
    )
    op.create_index("ix_rule_minute_minute_at", "rule_minute", ["minute_at"], unique=False)
    op.create_table(
        "rule_breaker",
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("tripped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reset_by", sa.String(length=128), nullable=True),
        sa.Column("reset_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule_breaker")),
    )


def downgrade() -> None:
    op.drop_table("rule_breaker")
    op.drop_index("ix_rule_minute_minute_at", table_name="rule_minute")
    op.drop_table("rule_minute")
    op.drop_column("snapshot", "first_active_at")
