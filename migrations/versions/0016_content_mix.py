"""Which part of the 3:5:2 mix each screened content is."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("screening", sa.Column("mix_type", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("screening", "mix_type")
