"""Built matchers: kept once for all machines."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "packed_matcher",
        sa.Column("snapshot_id", sa.String(length=80), nullable=False),
        sa.Column("variant", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "variant", "number", name=op.f("pk_packed_matcher")),
    )
    op.create_index("ix_packed_matcher_created_at", "packed_matcher", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_packed_matcher_created_at", table_name="packed_matcher")
    op.drop_table("packed_matcher")
