"""Cases of a shop for the same causes, and hand-overs that wait, are found along indexes of their own."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_shop_id_basis_opened_at", "cases", ["shop_id", "basis", "opened_at"])
    op.create_index("ix_handover_taken_at_id", "handover", ["taken_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_handover_taken_at_id", "handover")
    op.drop_index("ix_cases_shop_id_basis_opened_at", "cases")
