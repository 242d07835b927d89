"""Rates of API keys, shared by all processes; how a webhook's receiver stands, and robots beside signed webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEY = sa.String(length=36)
ADDED = (
    lambda: sa.Column("format", sa.String(length=12), nullable=False, server_default="standard"),
    lambda: sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
    lambda: sa.Column("failing_since", INSTANT, nullable=True),
    lambda: sa.Column("rests_until", INSTANT, nullable=True),
)


def upgrade() -> None:
    op.add_column("api_key", sa.Column("rate_per_minute", sa.Integer(), nullable=True))
    op.create_table(
        "rate_bucket",
        sa.Column("api_key_id", KEY, nullable=False),
        sa.Column("spent_until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("api_key_id", name=op.f("pk_rate_bucket")),
    )
    for column in ADDED:
        op.add_column("webhook_endpoint", column())
    op.create_index("ix_outbox_message_endpoint_id_created_at", "outbox_message", ["endpoint_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_message_endpoint_id_created_at", table_name="outbox_message")
    for column in reversed(ADDED):
        op.drop_column("webhook_endpoint", column().name)
    op.drop_table("rate_bucket")
    op.drop_column("api_key", "rate_per_minute")
