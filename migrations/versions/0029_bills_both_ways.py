"""Lines of a bill about money that came, entries that explain lines, and differences whose money is not in suspense."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bill_file") as table:
        table.add_column(sa.Column("is_whole", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("bill_line") as table:
        table.add_column(sa.Column("is_in", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("entry_id", sa.String(length=128), nullable=True))
        table.create_unique_constraint(op.f("uq_bill_line_entry_id"), ["entry_id"])
    with op.batch_alter_table("bill_difference") as table:
        table.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("bill_difference") as table:
        table.drop_column("is_held")
    with op.batch_alter_table("bill_line") as table:
        table.drop_constraint(op.f("uq_bill_line_entry_id"), type_="unique")
        table.drop_column("entry_id")
        table.drop_column("is_in")
    with op.batch_alter_table("bill_file") as table:
        table.drop_column("is_whole")
