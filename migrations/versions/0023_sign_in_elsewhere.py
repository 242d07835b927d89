"""Officers' language, who they are at a sign-in service, tries that were used up there, links that sign in once."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEY, NAME, DIGEST = sa.String(length=36), sa.String(length=128), sa.String(length=80)


def upgrade() -> None:
    op.add_column("officer", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("officer", sa.Column("once_digest", sa.String(length=64), nullable=True))
    op.add_column("officer", sa.Column("once_until", INSTANT, nullable=True))
    op.create_table(
        "officer_identity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", NAME, nullable=False),
        sa.Column("officer_id", KEY, nullable=False),
        sa.Column("issuer", sa.String(length=512), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("is_managed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("linked_by", NAME, nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_identity_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_identity")),
        sa.UniqueConstraint("org_id", "issuer", "subject", name=op.f("uq_officer_identity_org_id_issuer_subject")),
    )
    op.create_index("ix_officer_identity_officer_id", "officer_identity", ["officer_id"], unique=False)
    op.create_table(
        "used_try",
        sa.Column("state", DIGEST, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_used_try")),
    )
    op.create_index("ix_used_try_used_at", "used_try", ["used_at"], unique=False)


def downgrade() -> None:
    op.drop_table("used_try")
    op.drop_table("officer_identity")
    for name in ("once_until", "once_digest", "language"):
        op.drop_column("officer", name)
