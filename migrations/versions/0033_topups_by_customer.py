"""What one customer paid in advance is added up by an index, however many customers a shop has."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_stored_values_shop_id_person_ref_paid_at", "stored_values", ["shop_id", "person_ref", "paid_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_stored_values_shop_id_person_ref_paid_at", "stored_values")
