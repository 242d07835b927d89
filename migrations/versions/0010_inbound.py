"""Inbound messages of the platforms, access tokens, and how far a split is from what was asked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=128), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint(
            "org_id", "provider", "account", "message_id", "digest", name="uq_inbound_message_natural_key"
        ),
    )
    op.create_index("ix_inbound_message_state_received_at", "inbound_message", ["state", "received_at"], unique=False)
    op.create_table(
        "platform_token",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renewing_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", "account", name=op.f("pk_platform_token")),
    )
    op.add_column("splits", sa.Column("difference_fen", sa.BigInteger(), nullable=True))
    op.add_column("splits", sa.Column("renumbered", JSON, nullable=True))
    op.add_column("splits", sa.Column("renumbered_count", sa.Integer(), nullable=True))
    for name in ("transaction_id", "requested_at"):
        op.create_index(f"ix_splits_shop_id_{name}", "splits", ["shop_id", name], unique=False)


def downgrade() -> None:
    for name in ("requested_at", "transaction_id"):
        op.drop_index(f"ix_splits_shop_id_{name}", table_name="splits")
    for name in ("renumbered_count", "renumbered", "difference_fen"):
        op.drop_column("splits", name)
    op.drop_table("platform_token")
    op.drop_index("ix_inbound_message_state_received_at", table_name="inbound_message")
    op.drop_table("inbound_message")
