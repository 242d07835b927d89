"""The register of sign-offs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rule_sign_off",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=128), nullable=False),
        sa.Column("object_type", sa.String(length=12), nullable=False),
        sa.Column("pack", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=128), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("approval_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=128), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_rule_sign_off_approval_id_approval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sign_off")),
    )
    op.create_index("ix_rule_sign_off_approval_id", "rule_sign_off", ["approval_id"], unique=True)
    op.create_index("ix_rule_sign_off_pack_name", "rule_sign_off", ["pack", "name"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_rule_sign_off_pack_name", table_name="rule_sign_off")
    op.drop_index("ix_rule_sign_off_approval_id", table_name="rule_sign_off")
    op.drop_table("rule_sign_off")
