"""Officers' language, who they are at another sign-in service, and sign-ins there that were used up."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officer", sa.Column("language", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("officer", "language")
