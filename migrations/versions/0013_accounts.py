"""Officers' second factor, single-use codes, and passwords that must be changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("officer", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("officer", sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("officer", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column("officer", sa.Column("recovery_codes", JSON, nullable=False, server_default="[]"))
    op.add_column("officer", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("officer", sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("signed_in_at", "must_change", "recovery_codes", "totp_step", "totp_since", "totp_secret"):
        op.drop_column("officer", name)
