"""Rules are compiled once and opened by the processes of every machine."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "packed_rules",
        sa.Column("snapshot_id", sa.String(length=80), nullable=False),
        sa.Column("variant", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "variant", "number", name=op.f("pk_packed_rules")),
    )
    op.create_index("ix_packed_rules_created_at", "packed_rules", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_packed_rules_created_at", table_name="packed_rules")
    op.drop_table("packed_rules")
