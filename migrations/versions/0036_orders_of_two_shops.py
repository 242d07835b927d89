"""An order's number is looked up under all shops; whether a person said that another shop has the order.

On PostgreSQL the index is built in the one transaction of the migration: meanwhile everybody reads, and writers of
orders wait. The column comes last: adding it keeps readers off until the end.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_orders_subject", "orders", ["subject"], unique=False)
    op.add_column("orders", sa.Column("belongs_elsewhere", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "belongs_elsewhere")
    op.drop_index("ix_orders_subject", "orders")
